"""`gate ask` as its users meet it: files, pipes, questions, exit statuses."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from checkthegate.cli.main import run
from checkthegate.declaration import Form, read_declarations, write
from checkthegate.declaration.template import EXAMPLES, template

HEAVY = ("numpy", "PIL", "av", "c2pa", "jinja2", "rich", "cryptography", "OpenImageIO", "sqlite3")
MOODBOARD = EXAMPLES[0]
LINE = write([MOODBOARD], Form.LINES)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def piped(monkeypatch: pytest.MonkeyPatch, text: str | bytes) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content), "utf-8"))


@pytest.mark.parametrize("form", ["yaml", "json", "csv"])
def test_a_template_is_a_declaration(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "--template", form]) == 0
    Path(f"form.{form}").write_text(capfd.readouterr().out, newline="")
    assert run(["ask", "--from", f"form.{form}"]) == 1
    shown = capfd.readouterr().out
    assert "▲ Escalate. Ask your studio contact first. You need their written approval." in shown
    assert "nfx.p4" in shown
    assert "not legal advice" in shown


def test_one_use_is_one_document_and_several_are_a_list(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("one.yaml").write_text(write(EXAMPLES[:1], Form.YAML))
    assert run(["ask", "--from", "one.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "notify"
    Path("two.json").write_text(write(EXAMPLES, Form.JSON))
    assert run(["ask", "--from", "two.json", "--json"]) == 1
    answers = json.loads(capsys.readouterr().out)["items"]
    assert [answer["title"] for answer in answers] == [use.title for use in EXAMPLES]


@pytest.mark.parametrize("words", [["ask", "--from", "-"], ["ask"]])
@pytest.mark.parametrize("form", list(Form))
def test_piped_declarations_are_told_by_their_beginning(
    words: list[str],
    form: Form,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    piped(monkeypatch, template(form))
    assert run([*words, "--json"]) == 1
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    if form is Form.LINES:
        assert [answer["verdict"] for answer in answers] == ["notify", "escalate"]
    else:
        assert len(answers) == 1


def test_lines_answer_bad_ones_in_their_place_and_end_with_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("uses.jsonl").write_text(LINE + "\n{oops\n" + LINE)
    assert run(["ask", "--from", "uses.jsonl"]) == 2
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["notify", "escalate", "escalate", "notify"]
    assert [answers[n]["error"]["line"] for n in (1, 2)] == [2, 3]
    assert all({"line", "field", "message", "hint"} <= answers[n]["error"].keys() for n in (1, 2))


@pytest.mark.parametrize(
    ("words", "content", "what"),
    [
        (["--from", "nowhere.yaml"], None, "cannot be read"),
        (["--from", "."], None, "cannot be read"),
        (["--from", "u.yaml"], "title: x\npurpse: temp\n", "“purpose”"),
        (["--from", "u.yaml", "--record"], LINE, "no home here"),
        (["--from", "u.yaml", "--pack", "gate"], LINE, "about declared uses"),
        (["--from", "u.yaml", "--template", "xml"], LINE, ""),
        (["--from", "-"], "", "no declaration"),
        ([], "Only a title\n", "before the last question"),
    ],
)
def test_wrong_input_is_2_with_a_next_step(
    words: list[str],
    content: str | None,
    what: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if content is not None:
        Path("u.yaml").write_text(content)
    for more in ([], ["--json"]):
        piped(monkeypatch, content or "")
        assert run(["ask", *words, *more]) == 2
        out, err = capsys.readouterr()
        assert what in err
        assert "Traceback" not in err
        if more:
            assert json.loads(out)["error"]["hint"]
        else:
            assert out == ""


def test_cold_start_imports_nothing_heavy() -> None:
    Path("one.yaml").write_text(write([MOODBOARD], Form.YAML))
    code = (
        "import sys; from checkthegate.cli.main import run; "
        "status = run(['ask', '--from', 'one.yaml']); "
        "print(*sys.modules, sep='\\n', file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0
    loaded = set(done.stderr.split())
    assert not loaded & set(HEAVY)
    ours = {name for name in loaded if name.startswith("checkthegate.")}
    assert not [name for name in ours if ".detect" in name or ".delivery" in name]
    assert len(loaded) < 500, len(loaded)


INTERVIEWS = {
    "a moodboard": (
        ["Moodboard for the lighthouse", "1", "image", "Firefly", "y", "2", "1", "n",
         "no", "own", "none", "n", "n", "n", "n", "n", ""],
        0, "◆ Notify", {"final": "no", "prominence": None, "talent": ()},
    ),
    "a de-aged captain, wrong answers and a change of mind on the way": (
        ["", "Younger captain", "99", "talnt", "talent", "video", "face model", "yes", "local", "1",
         "n", "no", "back", "yes", "story", "y", "footage", "yes", "none", "no",
         "yes", "the captain", "de-age", "customary", "1", "unsure", "no",
         "no", "no", "no", "captain.yaml"],
        1, "▲ Escalate", {"final": "yes", "prominence": "story", "union_work": "no"},
    ),
    "a cloned voice without consent": (
        ["New lines for the narrator", "dubbing", "voice", "VoiceLab", "1", "5", "2 4", "",
         "no", "talent-likeness", "", "1", "no", "yes", "", "voice", "new-dialogue", "none", "no",
         "", "", "", "no", "no", "voice.json"],
        1, "■ Blocked", {"final": "no", "union_work": "unsure"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INTERVIEWS)
def test_questions_one_by_one(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers, status, shown, expected = INTERVIEWS[name]
    piped(monkeypatch, "\n".join(answers) + "\n")
    assert run(["ask"]) == status
    out, err = capsys.readouterr()
    assert shown in out
    (kept,) = Path().iterdir()
    assert f"gate ask --from {kept}" in err
    (use,) = read_declarations(kept.read_bytes(), kept.name)
    for field, value in expected.items():
        assert getattr(use, field) == value, field
    assert err.count("\n> ") + err.count("\n  ") >= len(answers) - 1
    assert run(["ask", "--from", str(kept)]) == status
    assert capsys.readouterr().out == out


def test_wrong_answers_are_asked_again_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = INTERVIEWS["a de-aged captain, wrong answers and a change of mind on the way"][0]
    piped(monkeypatch, "\n".join(answers) + "\n")
    run(["ask"])
    err = capsys.readouterr().err
    assert "This cannot be left empty." in err
    assert "There is no number 99 here. Pick 1 to 14." in err
    assert "“talnt” is not one of the answers. Did you mean “talent”?" in err
    assert err.count("May any of it be seen, heard or read") == 2


def test_with_json_the_questions_go_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piped(monkeypatch, "\n".join(INTERVIEWS["a moodboard"][0]) + "\n")
    assert run(["ask", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "notify"


def test_a_file_is_never_overwritten(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.yaml").write_text("precious")
    answers = INTERVIEWS["a moodboard"][0][:-1]
    piped(monkeypatch, "\n".join([*answers, "mine.yaml", "mine.doc", "no/where.yaml", ""]) + "\n")
    assert run(["ask"]) == 0
    assert Path("mine.yaml").read_text() == "precious"
    assert Path("moodboard-for-the-lighthouse.yaml").is_file()
    err = capsys.readouterr().err
    assert "is there already and stays as it is" in err
    assert "should end with .yaml, .json or .csv" in err
    assert "cannot be written" in err
    piped(monkeypatch, "\n".join([*answers, "no"]) + "\n")
    assert run(["ask"]) == 0
    assert len(list(Path().iterdir())) == 2


@pytest.mark.parametrize(("given", "kept"), [(2, False), (8, True), (17, True)])
def test_stopping_in_the_middle_keeps_what_was_said(
    given: int,
    kept: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answers = iter([*INTERVIEWS["a moodboard"][0][:given]])

    class Interrupted(io.StringIO):
        def isatty(self) -> bool:
            return True

        def readline(self, size: int | None = -1, /) -> str:
            answer = next(answers, None)
            if answer is None or (given == 17 and answer == ""):
                raise KeyboardInterrupt
            return answer + "\n"

    monkeypatch.setattr("sys.stdin", Interrupted())
    assert run(["ask"]) == 130
    err = capsys.readouterr().err
    file = Path("moodboard-for-the-lighthouse.yaml")
    assert file.is_file() is kept
    assert ("gate ask --from" in err) is kept
    assert "Stopped." in err
    if kept:
        assert run(["ask", "--from", str(file)]) == (0 if given == 17 else 1)


def test_hostile_texts_cannot_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    use = write([MOODBOARD], Form.JSON).replace("Moodboard", "\\u001b[2JMoodboard\\u202e")
    Path("u.json").write_text(use)
    run(["ask", "--from", "u.json"])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    Path("u.yaml").write_text('title: x\nfinal: "\\e[2J"\n')
    run(["ask", "--from", "u.yaml"])
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of its own")
def test_on_a_terminal_the_first_question_is_asked_at_once() -> None:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "checkthegate", "ask"], stdin=theirs, stderr=subprocess.PIPE
    ) as gate:
        os.close(theirs)
        assert gate.stderr is not None
        seen = b""
        while b"\n> " not in seen:
            seen += os.read(gate.stderr.fileno(), 1)
        os.write(ours, b"\x03")
        assert "What do you want to do" in seen.decode()
        gate.kill()
    os.close(ours)

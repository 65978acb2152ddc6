"""The command line as its users meet it: words, exit statuses, one JSON document."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from checkthegate.cli.main import run

SCHEMAS = Path(__file__).parents[2] / "schemas"


def gate(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "checkthegate", *words], capture_output=True, text=True, cwd=cwd
    )


def valid(document: object, schema: str) -> None:
    jsonschema.validate(document, json.loads((SCHEMAS / schema).read_text()))


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    folder = tmp_path / "clean"
    folder.mkdir()
    (folder / "scene.fountain").write_text("INT. HARBOUR - NIGHT\n\nRain on the pier.\n")
    return folder


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    folder = tmp_path / "tagged"
    folder.mkdir()
    graph = {"3": {"class_type": "KSampler", "inputs": {"seed": 5}}}
    (folder / "graph.json").write_text(json.dumps(graph))
    return folder


def test_clear_is_0_and_writes_no_files_with_json(
    clean: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clean.parent)
    assert run(["check", str(clean), "--json"]) == 0
    out, _ = capsys.readouterr()
    document = json.loads(out)
    valid(document, "report.1.json")
    assert document["verdict"] == "clear"
    assert sorted(entry.name for entry in clean.parent.iterdir()) == ["clean"]


def test_escalate_is_1_and_the_six_files_are_written(
    tagged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["check", str(tagged), "--out", str(out)]) == 1
    shown, _ = capsys.readouterr()
    assert shown.rstrip().splitlines()[-1] == str(out / "report.html")
    assert sorted(file.name for file in out.iterdir()) == [
        "ai-map.csv", "ai-map.json", "report.html", "report.json",
        "report.junit.xml", "report.sarif",
    ]  # fmt: skip
    valid(json.loads((out / "report.json").read_text()), "report.1.json")


def test_without_a_home_the_report_goes_to_a_new_folder_here(
    tagged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(["check", str(tagged)])
    assert len(list(tmp_path.glob("gate-report-*/report.html"))) == 1


def test_in_a_home_it_goes_to_the_home_and_names_it(
    tagged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tagged), "--production", "Night Harbour"]) == 0
    monkeypatch.chdir(tagged)
    assert run(["check", "."]) == 1
    (report,) = tagged.glob(".gate/reports/*/report.json")
    document = json.loads(report.read_text())
    assert document["home"]["production"] == "Night Harbour"
    assert document["home"]["key"].startswith("sha256:")
    assert [each["path"] for each in document["skipped"]] == [".gate"]
    assert [each["path"] for each in document["assets"]] == ["graph.json"]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["check", "nowhere"], "does not exist"),
        (["check"], ""),
        (["check", ""], "empty"),
        (["check", "x", "--nonsense"], ""),
        (["chekc", "x"], ""),
        (["check", ".", "--pack", "nonsense"], "no rule pack"),
        (["check", ".", "--home", "nowhere"], "no home"),
        (["trust", "add", "nowhere.pem"], "cannot be read"),
    ],
)
def test_wrong_usage_is_2_with_a_next_step(
    words: list[str],
    what: str,
    clean: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(clean)
    assert run(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("gate: ")
    assert what in err
    assert "Traceback" not in err
    assert run([*words, "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    valid(document, "error.1.json")
    assert document["error"]["hint"]


def test_an_empty_folder_is_2(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run(["check", str(tmp_path / "empty")]) == 2


def test_a_bad_file_that_opens_is_a_gap_and_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    assert run(["check", str(tmp_path / "cut.jpg"), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["assets"][0]["ai"] == "unknown"
    assert document["assets"][0]["gaps"]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    for command in ("check", "home", "init", "trust"):
        assert command in shown


def test_our_bug_is_70_and_says_so(
    clean: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("checkthegate.app.reporting.check", broken)
    assert run(["check", str(clean), "--json"]) == 70
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "internal"


def test_json_says_nothing_else_on_standard_output(tagged: Path) -> None:
    done = gate("check", str(tagged), "--json")
    assert done.returncode == 1
    json.loads(done.stdout)


def test_no_absolute_path_or_prompt_leaves_in_any_report(tmp_path: Path) -> None:
    folder, out = tmp_path / "secretfolder", tmp_path / "out"
    folder.mkdir()
    graph = {"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "mara lindqvist smiling"}}}
    (folder / "graph.json").write_text(json.dumps(graph))
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert run(["check", str(folder), "--out", str(out)]) == 1
    for file in out.iterdir():
        text = file.read_text("utf-8")
        assert str(tmp_path) not in text, file.name
        assert "lindqvist" not in text, file.name
    shown = tmp_path / "shown"
    assert run(["check", str(folder), "--out", str(shown), "--with-prompts"]) == 1
    assert "lindqvist" in (shown / "report.json").read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_interrupt_is_130(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number}.txt").write_text(f"scene {number}")
    process = subprocess.Popen(
        [sys.executable, "-m", "checkthegate", "check", str(folder), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ,
    )  # fmt: skip
    started = time.monotonic()
    while not list(Path(os.environ["XDG_CACHE_HOME"]).rglob("cache.db")):
        assert time.monotonic() - started < 60, "it never began"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert b"Traceback" not in err


def without_privileges(*words: str) -> list[str]:
    """A command line that root runs without root's right to read everything."""
    if os.geteuid() != 0:
        return list(words)
    if shutil.which("setpriv") is None:
        pytest.skip("root may read everything, and setpriv is not here to take that away")
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}", *words]


def test_permission_denied_is_a_gap_inside_and_2_when_named(tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    (folder / "locked").mkdir(parents=True)
    for name in ("locked.txt", "open.txt", "locked/inside.txt"):
        (folder / name).write_text("INT. HARBOUR - NIGHT")
    (folder / "locked.txt").chmod(0)
    (folder / "locked").chmod(0)
    command = [sys.executable, "-m", "checkthegate", "check", "--json"]
    done = subprocess.run(without_privileges(*command, str(folder)), capture_output=True, text=True)
    (folder / "locked").chmod(0o700)
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    assets = {asset["path"]: asset for asset in document["assets"]}
    assert assets["locked.txt"]["ai"] == "unknown"
    assert assets["open.txt"]["ai"] == "none-found"
    assert [gap["path"] for gap in document["gaps"]] == ["locked"]
    named = subprocess.run(
        without_privileges(*command, str(folder / "locked.txt")), capture_output=True, text=True
    )
    assert named.returncode == 2
    assert "cannot be opened" in json.loads(named.stdout)["error"]["message"]


def test_reports_are_written_all_or_none(
    tagged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    (out / "report.sarif" / "in the way").mkdir(parents=True)
    assert run(["check", str(tagged), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert "report.sarif" in said
    assert "--out" in said
    assert not [file for file in out.iterdir() if file.suffix == ".part"]


def test_our_own_report_is_skipped_and_a_strangers_is_looked_at(
    tagged: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tagged)
    assert run(["check", "."]) == 1
    capsys.readouterr()
    (ours,) = tagged.glob("gate-report-*")
    assert run(["check", ".", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [asset["path"] for asset in document["assets"]] == ["graph.json"]
    assert len(document["skipped"]) == 6
    (ours / "report.html").write_bytes((tagged / "graph.json").read_bytes())
    run(["check", ".", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert f"{ours.name}/report.html" in [asset["path"] for asset in document["assets"]]


def test_a_folder_that_may_not_be_listed_is_2(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0)
    command = [sys.executable, "-m", "checkthegate", "check", "--json", str(folder)]
    done = subprocess.run(without_privileges(*command), capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "cannot be opened" in json.loads(done.stdout)["error"]["message"]


def test_a_name_that_is_no_text_is_said_on_any_terminal(tmp_path: Path) -> None:
    command = [os.fsencode(sys.executable), b"-m", b"checkthegate", b"check", b"\xff\x1b[31m"]
    surroundings = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for words in (command, [*command, b"--json"]):
        done = subprocess.run(words, capture_output=True, env=surroundings, cwd=tmp_path)
        assert done.returncode == 2
        assert b"does not exist" in done.stderr
        assert b"Traceback" not in done.stderr
        assert b"\x1b" not in done.stderr
    assert json.loads(done.stdout)["error"]["path"]


def test_a_cache_that_cannot_be_used_costs_only_time(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    surroundings = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "in the way")}
    command = [sys.executable, "-m", "checkthegate", "check", "--json", str(clean)]
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "clear"
    assert "The cache" in done.stderr

"""The registry's commands as their users meet them: words, ids, JSON, exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.app.registry.making import DE_AGE, FACTS, MAIL, MOODBOARD, paper, picture

from checkthegate.cli.main import run
from checkthegate.declaration import Form, write

SCHEMAS = Path(__file__).parents[2] / "schemas"
LISTS = ("tool", "use", "work", "talent", "consent", "approval", "escalation", "gap")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", ".", "--production", "Night Boat"]) == 0
    Path("use.yaml").write_text(write([DE_AGE], Form.YAML))
    Path("idea.yaml").write_text(write([MOODBOARD], Form.YAML))
    paper(tmp_path, "consent.pdf")
    paper(tmp_path, "terms.pdf", b"%PDF-1.7 terms")
    paper(tmp_path, "yes.eml", MAIL)
    capsys.readouterr()


def gate(capsys: Any, *words: str, status: int = 0) -> Any:
    """What a command prints as JSON."""
    assert run([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def told(capsys: Any, *words: str) -> str:
    """What a command prints for people."""
    assert run(list(words)) == 0
    return str(capsys.readouterr().out)


def test_declare_review_consent_revoke_approve(capsys: Any) -> None:
    use = gate(capsys, "use", "add", "--from", "use.yaml")["id"]
    tool = gate(capsys, "tool", "add", "Paintbox", "--tier", "enterprise")["id"]
    gate(capsys, "tool", "review", tool, "--fact", *FACTS, "--source", "terms.pdf",
         "--reviewer", "Bo", "--review-by", "2999-01-01", "--clause", "4.2")  # fmt: skip
    gate(capsys, "talent", "add", "Ann Lee")
    consent = gate(capsys, "consent", "add", "Ann Lee", "--type", "alteration", "voice",
                   "--document", "consent.pdf", "--to", "2999-01-01")["id"]  # fmt: skip
    assert gate(capsys, "use", "show", use)["verdict"] == "escalate"
    revoked = gate(capsys, "consent", "revoke", consent, "--why", "changed her mind")
    assert revoked["changed"][0]["now"]["verdict"] == "blocked"
    shown = told(capsys, "use", "list", "--changed")
    assert "blocked" in shown
    assert f"consent {consent} was revoked (entry {revoked['entry']})" in shown
    approval = gate(capsys, "approval", "add", "--use", use, "--answer", "yes", "--by", "Nora",
                    "--capacity", "studio contact", "--rule", "nfx.tp1", "nfx.tp2",
                    "--covers", "use", "--evidence", "yes.eml")["id"]  # fmt: skip
    assert approval in told(capsys, "approval", "list")
    assert gate(capsys, "use", "list")["items"][0]["approvals"] == [approval]
    assert gate(capsys, "ledger", "verify")["ok"]


def test_an_approval_of_bytes_and_an_escalation(capsys: Any) -> None:
    picture(Path("sign.png"), prompt="x")
    opened = gate(capsys, "escalation", "open", "sign.png", "--question", "May it?", "--out", "p")
    assert Path(opened["page"]).parent == Path("p")
    assert told(capsys, "escalation", "list").splitlines()[1].split()[:3] == [
        opened["id"], "open", "0",
    ]  # fmt: skip
    answered = gate(capsys, "escalation", "answer", opened["id"], "--answer", "yes", "--by",
                    "Nora", "--capacity", "contact", "--evidence", "yes.eml")  # fmt: skip
    assert gate(capsys, "approval", "show", answered["approval"])["covers"] == "bytes"
    assert "sign.png" in told(capsys, "approval", "list")
    gate(capsys, "approval", "revoke", answered["approval"], "--why", "x")
    assert gate(capsys, "approval", "list")["items"][0]["standing"] == "revoked"


def test_ask_with_record_answers_with_the_id(capsys: Any) -> None:
    answer = gate(capsys, "ask", "--from", "idea.yaml", "--record")
    jsonschema.validate(answer, json.loads((SCHEMAS / "answer.1.json").read_text()))
    assert gate(capsys, "use", "show", answer["use"])["title"] == MOODBOARD.title
    line = write([MOODBOARD], Form.LINES)
    Path("uses.jsonl").write_text(line + "{oops\n" + line)
    assert run(["ask", "--from", "uses.jsonl", "--record"]) == 2
    answers = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert ["use" in each for each in answers] == [True, False, True]
    assert len(gate(capsys, "use", "list")["items"]) == 3


def test_other_packs_cannot_judge_what_is_kept(capsys: Any) -> None:
    gate(capsys, "ask", "--from", "idea.yaml", "--record", "--pack", "netflix", status=2)
    assert gate(capsys, "use", "list")["items"] == []


@pytest.mark.parametrize("noun", LISTS)
def test_an_empty_list_says_what_to_do(noun: str, capsys: Any) -> None:
    assert gate(capsys, noun, "list") == {"items": []}
    assert told(capsys, noun, "list").startswith(("No", "Nothing"))


@pytest.mark.parametrize("noun", LISTS)
def test_a_wrong_id_is_2_with_a_next_step(noun: str, capsys: Any) -> None:
    error = gate(capsys, noun, "show", "nobody_0000000000", status=2)["error"]
    assert f"gate {noun} list" in error["hint"]
    assert gate(capsys, noun, "list", "--as-of", "soon", status=2)["error"]["message"]


def test_without_a_home_the_next_step_is_named(
    capsys: Any, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert "gate init" in gate(capsys, "tool", "list", status=2)["error"]["hint"]


def test_every_noun_can_be_listed_and_shown(capsys: Any) -> None:
    picture(Path("face.png"))
    Path("works").mkdir()
    for name in ("a", "b"):
        Path("works", f"{name}.txt").write_text(name)
    ids = {
        "tool": gate(capsys, "tool", "add", "Paintbox")["id"],
        "use": gate(capsys, "use", "add", "--from", "idea.yaml")["id"],
        "work": gate(capsys, "work", "add", "works", "--kind", "owned")["items"][0]["id"],
        "talent": gate(capsys, "talent", "add", "Ann Lee")["id"],
        "consent": gate(capsys, "consent", "add", "Ann Lee", "--type", "biometric")["id"],
        "gap": gate(capsys, "gap", "accept", "raw/**", "--why", "ours", "--by", "Bo")["id"],
    }
    enrolled = gate(capsys, "talent", "enrol", "Ann Lee", "face.png")
    assert (enrolled["modality"], enrolled["consent"]) == ("face", ids["consent"])
    for noun, id_ in ids.items():
        items = gate(capsys, noun, "list")["items"]
        assert id_ in [each["id"] for each in items]
        assert gate(capsys, noun, "show", id_)["history"]
        assert id_ in told(capsys, noun, "list")
        assert "History" in told(capsys, noun, "show", id_)
        assert gate(capsys, noun, "list", "--as-of", "2020-01-01")["items"] == []
    gone = gate(capsys, "talent", "forget", "Ann Lee", "--why", "over", "--everything")
    assert len(gone["erased"]) == 3
    assert gate(capsys, "ledger", "verify")["ok"]


def test_a_licence_for_a_work_comes_on_file_later(capsys: Any) -> None:
    Path("kiss.txt").write_text("a painting")
    paper(Path(), "licence.pdf", b"%PDF-1.7 licence")
    work = gate(capsys, "work", "add", "kiss.txt", "--kind", "protected")["items"][0]["id"]
    added = gate(capsys, "work", "show", work)["history"][0]["at"]
    gate(capsys, "work", "change", "kiss", "--licence", "L-2231", "--licence-file", "licence.pdf",
         "--licensed-for", "Night Boat", "Night Harbour", "--licensed-from", "2026-01-01",
         "--licensed-to", "2999-12-31")  # fmt: skip
    gate(capsys, "work", "change", "kiss", "--licensed-to", "2030-12-31", "--owner", "Belvedere")
    shown = gate(capsys, "work", "show", work)
    licence = shown["licence"]
    assert licence["document"]["name"] == "licence.pdf"
    del licence["document"]
    assert licence == {
        "reference": "L-2231",
        "productions": ["Night Boat", "Night Harbour"],
        "starts": "2026-01-01",
        "ends": "2030-12-31",
    }
    assert (shown["owner"], len(shown["files"]), len(shown["history"])) == ("Belvedere", 1, 3)
    (then,) = gate(capsys, "work", "list", "--as-of", added)["items"]
    assert (then["id"], then["licence"], then["owner"]) == (work, None, None)
    assert "L-2231" in told(capsys, "work", "list")
    assert gate(capsys, "ledger", "verify")["ok"]
    before = shown["history"]
    error = gate(capsys, "work", "change", work, "--licensed-to", "2020-01-01", status=2)["error"]
    assert "2020-01-01" in error["message"]
    error = gate(capsys, "work", "change", work, status=2)["error"]
    assert "--licence" in error["hint"]
    assert gate(capsys, "work", "show", work)["history"] == before


def test_backdated_is_marked_with_both_times(capsys: Any) -> None:
    gate(capsys, "talent", "add", "Ann Lee")
    gate(capsys, "consent", "add", "Ann Lee", "--type", "voice", "--effective", "2020-01-01")
    assert "backdated" in told(capsys, "consent", "list")
    item = gate(capsys, "consent", "list", "Ann Lee")["items"][0]
    assert item["holds_from"].startswith("2020-01-01")
    assert item["at"] > item["holds_from"]
    error = gate(capsys, "tool", "add", "X", "--effective", "yesterday", status=2)["error"]
    assert "is not a time" in error["message"]


def test_listing_imports_nothing_heavy(capsys: Any) -> None:
    gate(capsys, "tool", "add", "Paintbox")
    heavy = ("numpy", "PIL", "av", "c2pa", "jinja2", "rich", "OpenImageIO", "psycopg")
    code = (
        "import sys; from checkthegate.cli.main import run; run(['tool', 'list']); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_many_lines_are_kept_one_by_one(capsys: Any) -> None:
    line = write([MOODBOARD], Form.LINES)
    Path("many.jsonl").write_text(line * 30)
    assert run(["ask", "--from", "many.jsonl", "--record"]) == 0
    ids = {json.loads(each)["use"] for each in capsys.readouterr().out.splitlines()}
    assert ids == {each["id"] for each in gate(capsys, "use", "list")["items"]}

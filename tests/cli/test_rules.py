"""`gate rules` as its users meet it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from checkthegate.cli.main import run

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "90")


def printed(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert run(["rules", *words]) == status
    out, _ = capsys.readouterr()
    return out


def test_the_list_names_each_pack_with_its_digest(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(printed(capsys, "list", "--json"))["items"]
    by_id = {each["id"]: each for each in listed}
    assert {"gate@1", "netflix@2025.08"} <= by_id.keys()
    for each in listed:
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", each["digest"])
        assert each["rule_count"] > 0
        assert each["case_count"] >= 3 * each["rule_count"]
        assert (each["origin"], each["lock"]) == ("shipped", "locked")
    text = printed(capsys, "list")
    assert all(name in text for name in by_id)
    assert "not legal advice" in text


@pytest.mark.parametrize("words", [("netflix",), ("netflix", "nfx.p4"), ("gate@1",)])
def test_every_show_says_what_it_is_not(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    text = " ".join(printed(capsys, "show", *words).split())
    assert "This is not legal advice, and no studio, guild or authority has reviewed" in text
    assert "ask your studio contact" in text


def test_show_reads_every_rule_of_the_pack(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(printed(capsys, "show", "netflix", "--json"))
    text = " ".join(printed(capsys, "show", "netflix").split())
    for rule in document["rules"]:
        assert f"{rule['id']}: {rule['title']}" in text
        for branches in rule["outcomes"].values():
            for branch in branches:
                assert branch["reason"] in text
                assert branch["next_step"] in text
        assert rule["citation"]["clause"] in text
    assert "Confidence A" in text
    for row in document["matrix"]["rows"] if document["matrix"] else ():
        assert row["id"] in text


def test_lines_keep_to_the_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    for line in printed(capsys, "show", "netflix").splitlines():
        assert len(line) <= 70 or " " not in line.strip(" -"), line


def test_one_rule_alone(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(printed(capsys, "show", "netflix", "nfx.p4", "--json"))
    assert {rule["id"] for rule in document["rules"]} == {"nfx.p4"}
    assert "not legal advice" in document["caution"]
    assert "nfx.p5:" not in printed(capsys, "show", "netflix", "nfx.p4")


def test_an_unknown_pack_or_rule_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "show", "nobody"]) == 2
    assert "netflix@2025.08" in capsys.readouterr().err
    assert run(["rules", "show", "netflix", "nfx.zz", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)
    assert "nfx.p4" in error["error"]["hint"]


def test_the_cases_of_all_packs_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    items = json.loads(printed(capsys, "test", "--json"))["items"]
    assert all(each["cases"] and not each["disagreements"] for each in items)
    assert "all come out as they say" in printed(capsys, "test", "netflix")


def test_the_shipped_lock_fits(capsys: pytest.CaptureFixture[str]) -> None:
    assert "as they were locked" in printed(capsys, "lock", str(ROOT / "packs"), "--check")


def test_a_version_compared_with_itself_has_no_change(capsys: pytest.CaptureFixture[str]) -> None:
    change = json.loads(printed(capsys, "diff", "netflix", "netflix", "--json"))
    assert (change["added"], change["removed"], change["changed"], change["head"]) == (
        [],
        [],
        [],
        [],
    )
    assert change["unchanged"] > 5


def test_two_packs_compared_name_each_rule_once(capsys: pytest.CaptureFixture[str]) -> None:
    change = json.loads(printed(capsys, "diff", "gate@1", "netflix@2025.08", "--json"))
    shown = json.loads(printed(capsys, "show", "netflix@2025.08", "--json"))
    assert [(r["id"], r["scope"]) for r in change["added"]] == [
        (r["id"], r["scope"]) for r in shown["rules"]
    ]
    assert change["changed"] == []
    text = printed(capsys, "diff", "gate@1", "netflix@2025.08")
    assert "not legal advice" in text
    assert "Removed rules" in text


def test_facts_are_listed_with_meanings(capsys: pytest.CaptureFixture[str]) -> None:
    scopes = json.loads(printed(capsys, "facts", "--json"))["items"]
    assert {scope["id"] for scope in scopes} == {"asset", "delivery", "use"}
    text = printed(capsys, "facts")
    for scope in scopes:
        assert all(fact["id"] in text for fact in scope["facts"])


def test_the_manual_says_on_every_page_that_nobody_endorses_it() -> None:
    pages = sorted((ROOT / "docs/rules").glob("*.md"))
    assert len(pages) >= 4
    for page in pages:
        text = page.read_text("utf-8")
        assert "not legal advice" in text, page
        assert "reviewed or endorsed" in text, page
        assert "ask your studio contact" in text, page

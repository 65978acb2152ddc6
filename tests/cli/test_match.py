"""`gate match`: answers to what was found by content, from a report or from the cache."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.app.test_judging import declared
from tests.app.test_judging_matches import CUT, SHOT, judged, matches, recorded
from tests.report.conftest import make_decision

from checkthegate.app.home import Home, open_home
from checkthegate.app.recording import records_of
from checkthegate.cli.main import run
from checkthegate.model import Evidence, Grade, observation_to_json
from checkthegate.model.match import match_id
from checkthegate.report.document import report_document
from checkthegate.report.json_report import json_bytes
from checkthegate.store.cache import Cache

MATCH = match_id(CUT.digest, SHOT)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Home:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATE_ACTOR", "ida")
    assert run(["init", ".", "--production", "Night Harbour"]) == 0
    capsys.readouterr()
    return open_home(tmp_path)


@pytest.fixture
def said(home: Home) -> Evidence:
    with records_of(home) as store:
        record_id = recorded(store, declared(store))
    return matches("matches-recorded", record_id, grade=Grade.SUSPECTED)


def report(home: Home, stamp: str, *evidence: Evidence) -> None:
    decision = make_decision([judged(home, *evidence)])
    document = report_document(decision, key=b"k", home=None, checked_at=f"{stamp}T10:00:00Z")
    folder = home.reports / stamp
    folder.mkdir()
    (folder / "report.json").write_bytes(json_bytes(document))


def gate(capsys: Any, *words: str, status: int = 0) -> Any:
    assert run([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_confirm_then_reject_and_both_stay(home: Home, said: Evidence, capsys: Any) -> None:
    report(home, "2026-11-22", said)
    (listed,) = gate(capsys, "match", "list")["items"]
    assert (listed["id"], listed["answer"], listed["path"]) == (MATCH, None, "cut/reel_1.mov")
    assert listed["source_path"] == "gen/shot_042.mov"
    assert listed["places"] == [
        {"span": {"start": 12.4, "end": 15.9}, "source_span": {"start": 1.0, "end": 4.5}}
    ]
    written = gate(capsys, "match", "confirm", MATCH, "--why", "Same rain.", "--by", "Ida Reed")
    assert (written["match"], written["answer"], written["person"]) == (
        MATCH, "confirmed", "Ida Reed",
    )  # fmt: skip
    assert judged(home, said).evidence[0].grade is Grade.DECLARED
    gate(capsys, "match", "reject", MATCH, "--why", "Take 3, not take 2.")
    assert judged(home, said).evidence[0].claim == "match-rejected"
    (listed,) = gate(capsys, "match", "list")["items"]
    assert (listed["answer"], listed["person"]) == ("rejected", "ida")
    shown = gate(capsys, "match", "show", MATCH)
    assert [(each["kind"], each["why"]) for each in shown["history"]] == [
        ("match-confirmed", "Same rain."),
        ("match-rejected", "Take 3, not take 2."),
    ]
    with records_of(home) as store, store.reading() as reading:
        word = reading.rows("match_words", match=MATCH)[0]
        assert (word["digest"], word["claim"]) == (CUT.digest, "matches-recorded")
        assert list(reading.differences()) == []


def test_the_same_answer_twice_is_refused(home: Home, said: Evidence, capsys: Any) -> None:
    report(home, "2026-11-22", said)
    gate(capsys, "match", "reject", MATCH, "--why", "No.")
    error = gate(capsys, "match", "reject", MATCH, "--why", "No.", status=2)["error"]
    assert "rejected by ida already" in error["message"]


@pytest.mark.parametrize(
    ("match", "message"),
    [
        ("mat_" + "0" * 20, "No check of this home has shown a match mat_"),
        ("shot_042.mov", "is not the id of a match"),
        ("mat_0123456789", "is not the id of a match"),
    ],
)
def test_an_unknown_match_names_the_next_step(
    home: Home, said: Evidence, capsys: Any, match: str, message: str
) -> None:
    report(home, "2026-11-22", said)
    error = gate(capsys, "match", "confirm", match, "--why", "x", status=2)["error"]
    assert message in error["message"]
    assert "gate check" in error["hint"] or "reports print it" in error["hint"]


def test_a_check_that_wrote_no_report_leaves_its_matches_in_the_cache(
    home: Home, said: Evidence, capsys: Any
) -> None:
    with closing(Cache(home.cache)) as cache:
        key = (CUT.digest, "fingerprint-picture@1", "s")
        cache.remember_job(key, [observation_to_json(said)])
    shown = gate(capsys, "match", "show", MATCH)
    assert (shown["digest"], shown["source"]) == (CUT.digest, said.source.id)  # type: ignore[union-attr]
    assert shown["places"][0]["span"] == {"start": 12.4, "end": 15.9}
    gate(capsys, "match", "reject", MATCH, "--why", "Another take.")
    home.cache.unlink()
    assert gate(capsys, "match", "show", MATCH)["answer"] == "rejected"


def test_the_list_is_of_the_newest_report_and_of_what_was_answered(
    home: Home, said: Evidence, capsys: Any
) -> None:
    report(home, "2026-11-21", said)
    gate(capsys, "match", "reject", MATCH, "--why", "No.")
    report(home, "2026-11-22")
    (listed,) = gate(capsys, "match", "list")["items"]
    assert (listed["id"], listed["answer"], listed["path"]) == (MATCH, "rejected", None)
    assert gate(capsys, "match", "list", "--as-of", "2026-11-20")["items"] == []


def test_a_damaged_report_is_passed_over(home: Home, said: Evidence, capsys: Any) -> None:
    report(home, "2026-11-21", said)
    for stamp, content in (("2026-11-22", b"{" + MATCH.encode()), ("2026-11-23", b"[]")):
        (home.reports / stamp).mkdir()
        (home.reports / stamp / "report.json").write_bytes(content)
    assert gate(capsys, "match", "show", MATCH)["path"] == "cut/reel_1.mov"


def test_people_read_tables(home: Home, said: Evidence, capsys: Any) -> None:
    assert run(["match", "list"]) == 0
    assert capsys.readouterr().out == "The newest check found nothing by its content.\n"
    report(home, "2026-11-22", said)
    assert run(["match", "confirm", MATCH, "--why", "Same rain."]) == 0
    printed = capsys.readouterr().out
    assert f"{MATCH}: confirmed by ida." in printed
    assert "It counts from the next check on" in printed
    assert run(["match", "list"]) == 0
    printed = capsys.readouterr().out
    assert "cut/reel_1.mov  is recorded material  gen/shot_042.mov" in printed
    assert run(["match", "show", MATCH]) == 0
    printed = capsys.readouterr().out
    assert "12.4 – 15.9 of the file is 1 – 4.5 of its source" in printed
    assert "confirmed by ida; why: Same rain." in printed


def test_a_trace_names_the_answers(home: Home, said: Evidence, capsys: Any) -> None:
    report(home, "2026-11-22", said)
    record_id = said.source.id  # type: ignore[union-attr]
    assert gate(capsys, "trace", CUT.digest)["known"] is False
    gate(capsys, "match", "confirm", MATCH, "--why", "Same rain.")
    for named in (CUT.digest, record_id):
        found = gate(capsys, "trace", named)
        assert found["known"] is True
        (match,) = found["matches"]
        assert (match["id"], match["answer"], match["source"]) == (MATCH, "confirmed", record_id)
    (public,) = gate(capsys, "trace", CUT.digest, "--public")["matches"]
    assert not {"person", "why"} & set(public)
    assert run(["trace", CUT.digest]) == 0
    assert "confirmed by ida: Same rain." in capsys.readouterr().out

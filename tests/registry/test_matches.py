"""Matches as the records leave them: named, answered for, seen side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.registry.making import (
    Log,
    asset,
    digest,
    id_of,
    matched,
    rebuilt,
    record_body,
    use_body,
)

from checkthegate.model import Evidence, Grade, Kind, Source, Span
from checkthegate.model.match import match_id
from checkthegate.model.registry import AsOf
from checkthegate.registry.matches import licensed, newest_word, settled, work_evidence
from checkthegate.registry.times import as_known_now, as_of

NOW = as_known_now("2026-11-22")
FILM = asset("film.mov", Kind.VIDEO)
MATCH = match_id(FILM.digest, digest("a.mov"))
LICENCE = {"reference": "L-2231", "productions": ["Night Harbour"]}


def _log(**record: Any) -> Log:
    log = Log()
    log.add("use-declared", id_of("use"), use_body())
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.mov", **record))
    return log


def _work(log: Log, kind: str = "protected", **more: Any) -> None:
    files = [{"digest": digest("kiss.jpg"), "path": "works/kiss.jpg"}]
    body = {"kind": kind, "title": "The Kiss", "owner": "Belvedere", "files": files, **more}
    log.add("work-added", id_of("work"), body)


def _word(
    log: Log, kind: str, number: int = 1, at: str | None = None, match: str = MATCH, **more: Any
) -> None:
    body = {"match": match, "person": "Ida Reed", "why": "I looked.", **more}
    log.add(f"match-{kind}", id_of("mat", number), body, at)


def _suspected(**detail: Any) -> Evidence:
    said = matched(id_of("rec"), "a.mov", (10.0, 12.0), (1.0, 3.0), 0.3, Grade.SUSPECTED)
    return replace(said, detail={"match": MATCH, "by": "picture", **detail})


def _of_work(grade: Grade = Grade.PROVEN) -> Evidence:
    source = Source(id_of("work"), "works/kiss.jpg", None, 0.1)
    return Evidence("fingerprint", grade, "matches-work", {"by": "picture"}, source=source)


def _settled(log: Log, *evidence: Evidence, when: AsOf = NOW) -> tuple[Evidence, ...]:
    return settled(evidence, log.rows(), when, "Night Harbour")


def test_a_match_is_named_by_its_record() -> None:
    (said,) = _settled(_log(made="modified"), _suspected())
    assert said.detail["made"] == "modified"
    assert said.detail["use"] == id_of("use")
    assert said.detail["match"] == MATCH


def test_what_was_not_on_file_by_then_does_not_count() -> None:
    log = _log()
    assert _settled(log, _suspected(), when=as_of("2026-10-01")) == ()
    assert len(_settled(log, _suspected(), when=as_of("2026-11-02"))) == 1


def test_other_evidence_is_left_as_it_is() -> None:
    said = Evidence("metadata", Grade.DECLARED, "ai-generated", {"tool": "Paintbox"})
    stranger = Evidence("somebody", Grade.SUSPECTED, "matches-recorded")
    unknown = matched("rec_0000000099", None)
    assert _settled(_log(), said, stranger, unknown) == (said, stranger, unknown)


def test_a_rejected_match_is_listed_as_rejected() -> None:
    log = _log()
    _word(log, "rejected")
    (said,) = _settled(log, _suspected())
    assert said.claim == "match-rejected"
    assert said.detail["claim"] == "matches-recorded"
    assert said.detail["answer"] == {
        "word": "rejected",
        "person": "Ida Reed",
        "why": "I looked.",
        "on": "2026-11-01T00:02:00.000000Z",
    }
    assert said.span == Span(10.0, 12.0)


def test_a_confirmed_look_alike_is_declared_and_a_proven_match_stays_proven() -> None:
    log = _log()
    _word(log, "confirmed")
    suspected, proven = _settled(log, _suspected(), replace(_suspected(), grade=Grade.PROVEN))
    assert (suspected.grade, suspected.claim) == (Grade.DECLARED, "matches-recorded")
    assert suspected.detail["answer"]["person"] == "Ida Reed"  # type: ignore[index,call-overload]
    assert proven.grade is Grade.PROVEN


@pytest.mark.parametrize(
    ("day", "claim", "grade"),
    [
        ("2026-11-04", "matches-recorded", Grade.SUSPECTED),
        ("2026-11-06", "match-rejected", Grade.SUSPECTED),
        ("2026-11-11", "matches-recorded", Grade.DECLARED),
    ],
)
def test_the_newest_answer_by_then_counts(day: str, claim: str, grade: Grade) -> None:
    log = _log()
    _word(log, "rejected", 1, at="2026-11-05T00:00:00Z")
    _word(log, "confirmed", 2, at="2026-11-10T00:00:00Z")
    (said,) = _settled(log, _suspected(), when=as_of(day))
    assert (said.claim, said.grade) == (claim, grade)
    assert len(log.rows().rows("match_words", match=MATCH)) == 2


def test_of_two_answers_of_one_time_the_later_recorded_counts() -> None:
    log = _log()
    for number, kind in enumerate(("rejected", "confirmed"), 1):
        _word(log, kind, number, at="2026-11-05T00:00:00Z")
    word = newest_word(log.rows(), MATCH, NOW)
    assert word is not None
    assert word["word"] == "confirmed"


def test_an_answer_is_about_one_pair_of_contents() -> None:
    log = _log()
    _word(log, "rejected", match=match_id(FILM.digest, digest("b.mov")))
    assert _settled(log, _suspected())[0].claim == "matches-recorded"


def test_a_work_is_named_with_its_licence() -> None:
    log = _log()
    _work(log, licence=LICENCE)
    (said,) = _settled(log, _of_work())
    assert dict(said.detail) == {
        "by": "picture",
        "kind": "protected",
        "title": "The Kiss",
        "owner": "Belvedere",
        "licence": "L-2231",
        "licensed": True,
    }


def test_the_very_bytes_of_a_work_are_proven_to_be_it() -> None:
    log = _log()
    _work(log)
    (said,) = work_evidence(asset("kiss.jpg"), log.rows(), NOW, "Night Harbour")
    assert (said.claim, said.grade) == ("matches-work", Grade.PROVEN)
    assert (said.detail["exact"], said.detail["licensed"]) == (True, False)
    assert work_evidence(asset("kiss.jpg"), log.rows(), as_of("2026-10-01")) == ()
    assert work_evidence(asset("other.jpg"), log.rows(), NOW) == ()


def test_a_licence_counts_from_when_it_came_on_file() -> None:
    log = _log()
    _work(log)
    files = [{"digest": digest("kiss.jpg"), "path": "works/kiss.jpg"}]
    body = {"kind": "protected", "title": "The Kiss", "files": files, "licence": LICENCE}
    log.add("work-changed", id_of("work"), body, "2026-11-05T00:00:00Z")
    before, after = as_of("2026-11-04"), as_of("2026-11-06")
    for when, stands, owner in ((before, False, "Belvedere"), (after, True, None)):
        (said,) = work_evidence(asset("kiss.jpg"), log.rows(), when, "Night Harbour")
        assert (said.detail["licensed"], said.detail.get("owner")) == (stands, owner)
        assert _settled(log, _of_work(), when=when)[0].detail["licensed"] is stands
    assert rebuilt(log.events).tables == log.book.tables


def test_an_owned_work_needs_no_licence() -> None:
    log = _log()
    _work(log, "owned")
    assert "licensed" not in _settled(log, _of_work())[0].detail


@pytest.mark.parametrize(
    ("licence", "holds"),
    [
        (None, False),
        ({}, False),
        ({"reference": "L-1"}, True),
        (LICENCE, True),
        ({"productions": ["night harbour "]}, True),
        ({"productions": ["Another Show"]}, False),
        ({**LICENCE, "starts": "2026-11-22", "ends": "2026-11-22"}, True),
        ({**LICENCE, "starts": "2026-11-23"}, False),
        ({**LICENCE, "ends": "2026-11-21"}, False),
    ],
)
def test_a_licence_covers_its_productions_in_its_days(
    licence: dict[str, Any] | None, holds: bool
) -> None:
    assert licensed(licence, NOW, "Night Harbour") is holds


def _proven(claim: str = "matches-recorded", **changes: Any) -> Evidence:
    detail = {"by": "picture", "differs": 0.02, **changes.pop("detail", {})}
    source = Source(id_of("rec"), "a.mov", None, changes.pop("distance", 0.1))
    span = changes.pop("span", Span(9.8, 12.0))
    return Evidence("fingerprint", Grade.PROVEN, claim, detail, span=span, source=source)


@pytest.mark.parametrize("claim", ["matches-recorded", "matches-input"])
def test_a_look_alike_of_what_is_proven_nearer_says_so(claim: str) -> None:
    said = _settled(_log(), _suspected(), _proven(claim))[0]
    assert said.detail["nearer"] == id_of("rec")


@pytest.mark.parametrize(
    "beside",
    [
        _proven("matches-work"),
        _proven(distance=0.4),
        _proven(distance=None),
        _proven(span=Span(20.0, 30.0)),
        _proven(span=Span(11.0, 12.0)),
        _proven(detail={"by": "sound"}),
        _proven(detail={"differs": 0.3}),
        _proven(detail={"differs": None}),
        replace(_proven(), grade=Grade.SUSPECTED),
    ],
)
def test_nothing_else_makes_a_look_alike_harmless(beside: Evidence) -> None:
    assert "nearer" not in _settled(_log(), _suspected(), beside)[0].detail


def test_what_a_person_confirmed_stays_an_accusation() -> None:
    log = _log()
    _word(log, "confirmed")
    said = _settled(log, _suspected(), _proven())[0]
    assert said.grade is Grade.DECLARED
    assert "nearer" not in said.detail

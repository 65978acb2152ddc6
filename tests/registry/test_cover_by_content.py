"""Coverage of material that was found by its content: which record decides where."""

from __future__ import annotations

from typing import Any

import pytest
from tests.registry.making import (
    Log,
    approval_body,
    asset,
    digest,
    id_of,
    matched,
    record_body,
    says_ai,
    use_body,
)

from checkthegate.model import (
    Approval,
    Evidence,
    Finding,
    Grade,
    Kind,
    Outcome,
    Source,
    Span,
    Verdict,
)
from checkthegate.model.match import match_id
from checkthegate.registry.context import use_context
from checkthegate.registry.coverage import cover
from checkthegate.registry.records import matches_of, parts_of, works_in
from checkthegate.registry.times import as_known_now

NOW = as_known_now("2026-11-22")
FILM = asset("film.mov", Kind.VIDEO)
FINDING = Finding(
    "nfx.p4", Outcome.FAIL, Verdict.ESCALATE, Approval.REQUIRED, "t", "It is AI.", "Ask.", "c"
)


def _log(*names: str) -> Log:
    log = Log()
    for number, name in enumerate(names, 1):
        log.add("use-declared", id_of("use", number), use_body())
        body = record_body(id_of("use", number), name)
        log.add("files-recorded", id_of("rec", number), body)
    return log


def _approve(log: Log, name: str, number: int = 1, **more: Any) -> None:
    body = {"covers": "material", "files": [{"digest": digest(name), "path": name}], **more}
    log.add("approval-imported", id_of("apr", number), approval_body(**body))


def _verdict(log: Log, *evidence: Evidence, finding: Finding = FINDING, **more: Any) -> Verdict:
    (judged,) = cover(FILM, evidence, [finding], log.rows(), NOW, **more)
    return judged.verdict


def _ranged(name: str, log: Log) -> None:
    _approve(log, name, ranges=[{"start": 0, "end": 5}])


def test_a_picture_does_not_cover_the_sound_beside_it() -> None:
    log = _log("a.mov", "b.wav")
    _approve(log, "b.wav")
    sound = matched(id_of("rec", 2), "b.wav", (0.0, 4.0), distance=0.1, by="sound")
    picture = matched(id_of("rec", 1), "a.mov", (0.0, 4.0), distance=3.0, by="picture")
    assert _verdict(log, sound) is Verdict.NOTIFY
    assert _verdict(log, sound, picture) is Verdict.ESCALATE
    _approve(log, "a.mov", 2)
    assert _verdict(log, sound, picture) is Verdict.NOTIFY


def test_only_that_part_of_the_source_is_used_which_the_nearest_leaves_over() -> None:
    log = _log("a.mov", "b.mov")
    _ranged("a.mov", log)
    _approve(log, "b.mov", 2)
    whole = matched(id_of("rec", 1), "a.mov", (10.0, 20.0), (0.0, 10.0))
    assert _verdict(log, whole) is Verdict.ESCALATE
    tail = matched(id_of("rec", 2), "b.mov", (15.0, 20.0), (0.0, 5.0), distance=0.5)
    assert _verdict(log, whole, tail) is Verdict.NOTIFY


def test_a_speed_change_is_followed_into_the_source() -> None:
    log = _log("a.mov", "b.mov")
    fast = matched(id_of("rec", 1), "a.mov", (0.0, 8.0), (0.0, 10.0))
    tail = matched(id_of("rec", 2), "b.mov", (4.0, 8.0), (0.0, 4.0), distance=0.5)
    matches = matches_of(FILM, [fast, tail], log.rows(), NOW)
    parts = parts_of([fast, tail], matches)
    assert [part.matches[0].source for part in parts] == [Span(0.0, 5.0), Span(0.0, 4.0)]


@pytest.mark.parametrize(("end", "verdict"), [(5.04, Verdict.NOTIFY), (5.06, Verdict.ESCALATE)])
def test_a_range_is_held_to_a_frame(end: float, verdict: Verdict) -> None:
    log = _log("a.mov")
    _ranged("a.mov", log)
    assert _verdict(log, matched(id_of("rec"), "a.mov", (0.0, end), (0.0, end))) is verdict


def test_the_match_tells_which_file_of_a_record_it_is() -> None:
    log = Log()
    log.add("use-declared", id_of("use"), use_body())
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.mov", "b.mov"))
    _approve(log, "a.mov")
    for name, verdict in (("a.mov", Verdict.NOTIFY), ("b.mov", Verdict.ESCALATE)):
        known = match_id(FILM.digest, digest(name))
        said = matched(id_of("rec"), "a.mov", (0.0, 4.0), match=known)
        assert _verdict(log, said) is verdict
    strange = matched(id_of("rec"), "a.mov", (0.0, 4.0), match="mat_" + "0" * 20)
    assert _verdict(log, strange) is Verdict.ESCALATE


def test_a_look_alike_is_explained_only_by_what_is_proven_nearer() -> None:
    log = _log("a.mov", "b.mov")
    _approve(log, "a.mov")
    proven = matched(id_of("rec", 1), "a.mov", (0.0, 4.0))
    alike = matched(id_of("rec", 2), "b.mov", (0.0, 4.0), grade=Grade.SUSPECTED)
    assert _verdict(log, proven, alike) is Verdict.ESCALATE
    settled = matched(
        id_of("rec", 2), "b.mov", (0.0, 4.0), grade=Grade.SUSPECTED, nearer=id_of("rec")
    )
    assert _verdict(log, proven, settled) is Verdict.NOTIFY


def test_what_a_person_confirmed_is_covered_by_bytes_alone() -> None:
    confirmed = matched(id_of("rec"), "a.mov", (0.0, 4.0), grade=Grade.DECLARED)
    for covers in ({"covers": "material"}, {"covers": "use", "use": id_of("use")}):
        log = _log("a.mov")
        _approve(log, "a.mov", **covers)
        assert _verdict(log, confirmed) is Verdict.ESCALATE
    log = _log("a.mov")
    _approve(log, "film.mov", covers="bytes")
    assert _verdict(log, confirmed) is Verdict.NOTIFY


def test_a_pack_may_allow_more_or_less_of_the_frame() -> None:
    log = _log("a.mov")
    _approve(log, "a.mov")
    said = matched(id_of("rec"), "a.mov", differs=0.15)
    assert _verdict(log, said) is Verdict.ESCALATE
    assert _verdict(log, said, most_different={"nfx.p4": 0.2}) is Verdict.NOTIFY
    assert _verdict(log, said, most_different={"other.p4": 0.2}) is Verdict.ESCALATE


def _work(span: tuple[float, float] | None, **detail: Any) -> Evidence:
    return Evidence(
        "fingerprint", Grade.PROVEN, "matches-work", {"kind": "protected", **detail},
        span=Span(*span) if span else None, source=Source("work_0000000001", "w.jpg", None, 0.1),
    )  # fmt: skip


def test_a_finding_about_a_work_is_covered_where_the_work_lies() -> None:
    log = _log("a.mov")
    _approve(log, "a.mov")
    recorded = matched(id_of("rec"), "a.mov", (0.0, 4.0))
    works = {"nfx.p4": True}
    assert _verdict(log, recorded, _work((1.0, 2.0)), works=works) is Verdict.NOTIFY
    assert _verdict(log, recorded, _work((6.0, 8.0)), works=works) is Verdict.ESCALATE
    assert _verdict(log, recorded, _work((6.0, 8.0))) is Verdict.NOTIFY
    both = {"nfx.p4": False}
    assert _verdict(log, recorded, says_ai(None), _work((1.0, 2.0)), works=both) is (
        Verdict.ESCALATE
    )


def test_own_and_licensed_works_need_no_cover() -> None:
    own, licensed = _work(None, kind="owned"), _work(None, licensed=True)
    assert works_in([own, licensed], ()) == ()
    assert len(works_in([_work(None), _work(None, licensed=False)], ())) == 2


def test_only_records_that_decide_somewhere_speak_for_an_asset() -> None:
    log = _log("a.mov", "b.mov")
    near = matched(id_of("rec", 1), "a.mov", (0.0, 4.0), distance=0.1)
    far = matched(id_of("rec", 2), "b.mov", (1.0, 2.0), distance=0.9)
    context = use_context(FILM, [near, far], log.rows(), NOW)
    assert [record.id for record in context.records] == [id_of("rec", 1)]


def test_a_confirmed_match_brings_what_is_bad_about_its_use_and_nothing_good() -> None:
    log = _log("a.mov")
    confirmed = matched(id_of("rec"), "a.mov", (0.0, 4.0), grade=Grade.DECLARED)
    facts = use_context(FILM, [confirmed], log.rows(), NOW).facts
    assert facts["use.recorded"] is False
    assert facts["use.imitates"] is None
    log = Log()
    log.add(
        "use-declared", id_of("use"), use_body({**use_body()["declaration"], "imitates": "yes"})
    )
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.mov"))
    facts = use_context(FILM, [confirmed], log.rows(), NOW).facts
    assert facts["use.imitates"] is True
    suspected = matched(id_of("rec"), "a.mov", (0.0, 4.0), grade=Grade.SUSPECTED)
    assert use_context(FILM, [suspected], log.rows(), NOW).facts["use.imitates"] is None


@pytest.mark.parametrize("covers", ["material", "use"])
def test_a_refusal_blocks_what_a_person_confirmed(covers: str) -> None:
    log = _log("a.mov")
    about = {"use": id_of("use")} if covers == "use" else {}
    _approve(log, "a.mov", covers=covers, answer="no", **about)
    confirmed = matched(id_of("rec"), "a.mov", (0.0, 4.0), grade=Grade.DECLARED)
    assert _verdict(log, confirmed) is Verdict.BLOCKED
    suspected = matched(id_of("rec"), "a.mov", (0.0, 4.0), grade=Grade.SUSPECTED)
    assert _verdict(log, suspected) is Verdict.ESCALATE

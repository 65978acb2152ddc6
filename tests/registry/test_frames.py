"""Frames of a sequence on record: where they lie, which records decide, what approvals reach."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.registry.making import (
    Log,
    approval_body,
    asset,
    digest,
    id_of,
    matched,
    record_body,
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
from checkthegate.registry.context import UseContexts
from checkthegate.registry.coverage import cover
from checkthegate.registry.frames import Frames, known_frames
from checkthegate.registry.records import matches_of
from checkthegate.registry.spans import lies_in, united
from checkthegate.registry.times import as_known_now, as_of

NOW = as_known_now("2026-11-22")
SHOT = asset("shot.[1-24].exr", Kind.SEQUENCE)
NAMES = [f"shot.{number:04d}.exr" for number in range(1, 25)]
FRAMES = Frames(tuple(map(digest, NAMES)), 24.0)
FINDING = Finding(
    "nfx.p4", Outcome.FAIL, Verdict.ESCALATE, Approval.REQUIRED, "t", "It is AI.", "Ask.", "c"
)


def _log(*records: list[str]) -> Log:
    log = Log()
    log.add("use-declared", id_of("use"), use_body())
    for number, names in enumerate(records, 1):
        log.add("files-recorded", id_of("rec", number), record_body(id_of("use"), *names))
    return log


def _approve(log: Log, names: list[str], number: int = 1, **more: Any) -> None:
    files = [{"digest": digest(name), "path": name} for name in names]
    log.add("approval-imported", id_of("apr", number), approval_body(files=files, **more))


def _said(record: str, span: tuple[float, float] | None) -> Evidence:
    """Frames whose very bytes are on record, as a check says it."""
    return Evidence(
        "record", Grade.PROVEN, "matches-recorded", {"exact": True, "made": "generated"},
        span=Span(*span) if span else None, source=Source(record, NAMES[0], None, 0.0),
    )  # fmt: skip


def _cover(log: Log, *evidence: Evidence) -> Finding:
    (judged,) = cover(SHOT, evidence, [FINDING], log.rows(), NOW, frames=FRAMES)
    return judged


def test_stretches_are_grouped_by_record() -> None:
    log = _log(NAMES[:8], [*NAMES[8:10], NAMES[23]])
    found = list(known_frames(FRAMES, log.rows(), NOW))
    stated = [(each.source, each.path, each.first, each.last) for each in found]
    assert stated == [
        (id_of("rec", 1), NAMES[0], 0, 7),
        (id_of("rec", 2), NAMES[8], 8, 9),
        (id_of("rec", 2), NAMES[23], 23, 23),
    ]
    assert FRAMES.span(0, 7) == Span(0.0, 8 / 24)
    assert FRAMES.span(0, 23) is None
    assert list(known_frames(FRAMES, log.rows(), as_of("2026-10-01"))) == []


def test_what_only_went_into_a_record_is_its_input() -> None:
    log = _log()
    inputs = [{"digest": digest(name), "path": f"plates/{name}"} for name in NAMES]
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), NAMES[0], inputs=inputs))
    found = [(each.claim, each.first, each.last) for each in known_frames(FRAMES, log.rows(), NOW)]
    assert found == [("matches-recorded", 0, 0), ("matches-input", 1, 23)]


def test_a_work_of_frames_is_found() -> None:
    log = _log()
    files = [{"digest": digest(name), "path": name} for name in NAMES[4:6]]
    body = {"kind": "protected", "title": "A film", "files": files}
    log.add("work-added", id_of("work"), body)
    (found,) = known_frames(FRAMES, log.rows(), NOW)
    assert (found.claim, found.first, found.last) == ("matches-work", 4, 5)


@given(st.integers(0, 23), st.integers(0, 23))
def test_a_stretch_and_its_span_are_the_same_frames(one: int, other: int) -> None:
    first, last = sorted((one, other))
    assert FRAMES.within(FRAMES.span(first, last)) == FRAMES.digests[first : last + 1]


def test_bytes_cover_when_every_frame_of_the_span_is_named() -> None:
    log = _log(NAMES[:8])
    _approve(log, NAMES[:8])
    covered = _cover(log, _said(id_of("rec"), (0.0, 8 / 24)))
    assert (covered.verdict, covered.approval_id) == (Verdict.NOTIFY, id_of("apr"))
    short = _log(NAMES[:8])
    _approve(short, NAMES[:7])
    assert _cover(short, _said(id_of("rec"), (0.0, 8 / 24))).verdict is Verdict.ESCALATE


def test_the_whole_needs_all_frames() -> None:
    log = _log(NAMES)
    _approve(log, NAMES)
    assert _cover(log, _said(id_of("rec"), None)).verdict is Verdict.NOTIFY
    short = _log(NAMES)
    _approve(short, NAMES[1:])
    assert _cover(short, _said(id_of("rec"), None)).verdict is Verdict.ESCALATE


def test_naming_the_first_frame_as_material_does_not_cover_the_others() -> None:
    log = _log(NAMES)
    _approve(log, NAMES[:1], covers="material")
    assert _cover(log, _said(id_of("rec"), None)).verdict is Verdict.ESCALATE


def test_a_range_of_one_file_says_nothing_of_frames() -> None:
    log = _log(NAMES)
    _approve(log, NAMES, covers="material", ranges=[{"start": 0.0, "end": 1.0}])
    assert _cover(log, _said(id_of("rec"), None)).verdict is Verdict.ESCALATE


def test_a_use_covers_frames_recorded_under_it() -> None:
    log = _log(NAMES)
    body = approval_body(covers="use", use=id_of("use"))
    log.add("approval-imported", id_of("apr"), body)
    assert _cover(log, _said(id_of("rec"), None)).verdict is Verdict.NOTIFY


def test_a_no_to_one_frame_blocks() -> None:
    log = _log(NAMES)
    _approve(log, NAMES)
    _approve(log, NAMES[5:6], 2, answer="no")
    assert _cover(log, _said(id_of("rec"), None)).verdict is Verdict.BLOCKED


@pytest.mark.parametrize(
    ("span", "deciding"),
    [(None, ["rec_0000000001"]), ((0.0, 0.5), ["rec_0000000001", "rec_0000000002"])],
)
def test_the_record_of_the_very_frames_decides_there(
    span: tuple[float, float] | None, deciding: list[str]
) -> None:
    log = _log(NAMES, ["film.mov"])
    content = matched(id_of("rec", 2), "film.mov", None, None, 0.1, by="film")
    inside = matched(id_of("rec", 2), "film.mov", (0.1, 0.4), (0.0, 0.3), 0.1, by="film")
    found = matches_of(SHOT, [_said(id_of("rec"), span), content, inside], log.rows(), NOW)
    assert sorted({match.record.id for match in found}) == deciding
    assert [match.digest for match in found if match.exact] == [None]
    assert all(match.span is None for match in found if not match.exact)


def test_the_contact_was_told_when_an_approval_names_every_frame() -> None:
    log = _log()
    _approve(log, NAMES[1:])
    contexts = UseContexts(log.rows(), NOW)
    assert contexts.of(SHOT, [], FRAMES).facts["contact.told"] is False
    _approve(log, NAMES, 2)
    assert UseContexts(log.rows(), NOW).of(SHOT, [], FRAMES).facts["contact.told"] is True


def test_spans_put_together() -> None:
    spans = [Span(2.0, 3.0), Span(0.0, 1.0), Span(1.0, 1.5)]
    assert united(spans) == (Span(0.0, 1.5), Span(2.0, 3.0))
    assert lies_in(Span(0.5, 1.5), united(spans))
    assert not lies_in(Span(1.4, 2.2), united(spans))
    assert not lies_in(None, united(spans))
    assert united([*spans, None]) is None
    assert lies_in(None, None)

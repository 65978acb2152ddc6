"""A cut beside its flattened film: findings of the film named by the events lying there."""

from __future__ import annotations

import pytest
from tests.app.cutting import ai, clip, cutting, judge, looked, of_timelines, slate, timeline

from checkthegate.model import AssetDecision, Evidence, Grade, Source, Span, Verdict


def _found(start: float, end: float, by: str = "picture") -> Evidence:
    return Evidence(
        "fingerprint",
        Grade.PROVEN,
        "matches-recorded",
        {"by": by},
        span=Span(start, end),
        source=Source("rec_1", "a.mov"),
    )


def _film(*said: Evidence, seconds: float = 10.0) -> AssetDecision:
    """A film of a cut: five seconds of a.mov, which is AI from 2 to 5 s, then five of b.mov."""
    cut = timeline(
        clip(1, "a.mov", (0, 5)),
        clip(2, "b.mov", (0, 5), 5),
        clip(3, "music.wav", (0, 10), 0, track="A1"),
    )
    film = looked("film.mov", slate(seconds), *said)
    media = [
        looked("a.mov", slate(), ai(2, 5)),
        looked("b.mov", slate()),
        looked("music.wav", slate()),
    ]
    done = cutting([of_timelines("c.otio", cut), film, *media])
    return done.asset(judge(), film.asset, film.observations, "read")


def _missing(decided: AssetDecision) -> list[Evidence]:
    return [each for each in decided.evidence if each.claim == "not-in-timeline"]


def test_what_is_found_in_the_film_is_named_by_the_event_there() -> None:
    decided = _film(_found(2.0, 5.0))
    named = [each.detail.get("events") for each in decided.evidence]
    assert named[0] == ["001 “a” (01:00:00:00 to 01:00:05:00, V1)"]
    assert _missing(decided) == []


def test_sound_is_named_by_the_events_of_sound() -> None:
    (found, *_) = _film(_found(2.0, 5.0, by="sound")).evidence
    assert found.detail["events"] == ["003 “music” (01:00:00:00 to 01:00:10:00, A1)"]


@pytest.mark.parametrize(("start", "end"), [(6.0, 8.0), (2.0, 8.0), (0.0, 4.0)])
def test_ai_where_the_cut_shows_none_is_told(start: float, end: float) -> None:
    (told,) = _missing(_film(_found(start, end)))
    assert told.span is not None
    shown = (2.0, 5.0)
    outside = (end > shown[1], start < shown[0])
    assert (told.span.end > shown[1], told.span.start < shown[0]) == outside
    assert "the cut “R1” shows" in str(told.detail["why"])
    finding = next(each for each in _film(_found(start, end)).findings if each.rule == "gate.g8")
    assert finding.verdict is Verdict.ESCALATE
    assert "the cut “R1” shows" in finding.reason


def test_a_film_that_holds_what_is_missing_is_still_the_film_and_counts_whole() -> None:
    cut = timeline(clip(1, "gone.mov", (0, 5)), clip(2, "b.mov", (0, 5), 5))
    held = Source("rec_1", "vfx/gone.mov", Span(0.0, 5.0))
    said = [
        Evidence("fingerprint", Grade.PROVEN, "matches-recorded", {}, span=span, source=source)
        for span, source in ((Span(0.0, 5.0), held), (Span(7.0, 9.0), Source("rec_2", "x.mov")))
    ]
    film = looked("film.mov", slate(10), *said)
    done = cutting([of_timelines("c.otio", cut), film, looked("b.mov", slate())])
    assert done.timelines()[0].events[0].linked_by == "content"
    assert done.timelines()[0].film == "film.mov"
    assert done.cuts.used_of("film.mov") == ()
    decided = done.asset(judge(), film.asset, film.observations, "read")
    (told,) = _missing(decided)
    assert told.span == Span(7.0, 9.0)


def test_a_frame_more_or_less_is_nothing() -> None:
    assert _missing(_film(_found(1.9, 5.2))) == []


def test_a_film_of_another_length_is_no_film_of_this_cut() -> None:
    decided = _film(_found(6.0, 8.0), seconds=60.0)
    assert _missing(decided) == []
    assert not any(each.claim == "plays-timeline" for each in decided.evidence)
    assert "events" not in decided.evidence[0].detail

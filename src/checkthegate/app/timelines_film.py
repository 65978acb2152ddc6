"""A cut against its flattened film: what is found in the film is named by the events lying there.

AI that is found in the film where the cut shows none is evidence of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from checkthegate.app.extents import lies
from checkthegate.app.planning import Looked
from checkthegate.app.relinking import shelved
from checkthegate.app.timelines_judging import JudgedCut, JudgedEvent
from checkthegate.app.timelines_rows import says_ai, shown_at
from checkthegate.editorial.observer import OBSERVER
from checkthegate.model import AssetDecision, Evidence, Grade, Json, Kind, Observation, Span
from checkthegate.model.timecode import timecode
from checkthegate.model.timeline import FrameRange, LinkedBy, Timeline, TrackKind
from checkthegate.registry.used import common

_CLOSE: Final = 2.0
_SLACK: Final = 0.5
_MOST_NAMED: Final = 20
_MOST_TOLD: Final = 200
_MOST_FILMS: Final = 1000
NOT_IN_TIMELINE: Final = "not-in-timeline"
PLAYS_TIMELINE: Final = "plays-timeline"


@dataclass(frozen=True, slots=True)
class Flattened:
    """A film that is a cut played out: its path, and the cut's frame at its first frame."""

    path: str
    cut: JudgedCut
    first: int

    def range_of(self, span: Span) -> FrameRange:
        """The cut's frames of these seconds of the film."""
        rate = self.cut.cut.timeline.rate
        start = self.first + int(span.start * rate + Fraction(1, 100))
        end = self.first - int(-(span.end * rate) // 1)
        return FrameRange(start, max(start + 1, end), rate)


def flattened(looked: Sequence[Looked], cuts: Sequence[JudgedCut]) -> list[Flattened]:
    """The films of a check that are as long as a cut and that no event of any cut uses."""
    lengths = [(_seconds(judged.cut.timeline), judged) for judged in cuts]
    lengths = [each for each in lengths if each[0] > 0]
    if not lengths:
        return []
    linked = (event.linked for cut in cuts for event in cut.events)
    used = {each.path for each in linked if each.by is not LinkedBy.CONTENT}
    films = [
        shelved(each.found.path, each.asset, each.observations)
        for each in looked
        if each.asset.kind is Kind.VIDEO and each.found.path not in used
    ]
    return [
        Flattened(film.path, judged, judged.cut.timeline.start)
        for film in films
        for length, judged in lengths
        if film.seconds > 0 and abs(film.seconds - length) <= max(_CLOSE, length / 100)
    ][:_MOST_FILMS]


def _seconds(timeline: Timeline) -> float:
    """How long a cut is; 0 where its clips lie nowhere, as in a log."""
    if timeline.format in ("srt", "vtt") or not any(c.record.length for c in timeline.clips):
        return 0.0
    return float((timeline.end - timeline.start) / timeline.rate)


def named_in_film(decided: AssetDecision, films: Sequence[Flattened]) -> AssetDecision:
    """The film's decision, with every statement about a part naming the events lying there."""
    if not films:
        return decided
    evidence = tuple(
        replace(each, detail={**each.detail, "events": names})
        if lies(each) is not None and (names := _names(films[0], each))
        else each
        for each in decided.evidence
    )
    return replace(decided, evidence=evidence)


def _names(film: Flattened, evidence: Evidence) -> list[str]:
    span = lies(evidence)
    if span is None:
        return []
    lying = _lying(film, film.range_of(span), evidence)
    return [film.cut.cut.where(event.linked.clip) for event in lying[:_MOST_NAMED]]


def _lying(film: Flattened, frames: FrameRange, evidence: Evidence) -> list[JudgedEvent]:
    """The enabled events at these frames, of pictures or of sound as the statement is."""
    wanted = TrackKind.AUDIO if evidence.detail.get("by") == "sound" else TrackKind.VIDEO
    slack = int(film.cut.cut.timeline.rate * Fraction(1, 20)) or 1
    return [
        event
        for event in film.cut.events
        if event.linked.clip.enabled
        and event.linked.clip.record.start < frames.end - slack
        and event.linked.clip.record.end > frames.start + slack
        and event.linked.clip.track.startswith(wanted.letter)
    ]


def beside_cut(said: Sequence[Observation], films: Sequence[Flattened]) -> list[Evidence]:
    """That a film plays a cut, and each part of it that holds AI where the cut shows none."""
    told = [_plays(film) for film in films]
    for film in films:
        shown = _shown_ai(film.cut)
        for evidence in said:
            if not isinstance(evidence, Evidence) or not says_ai(evidence):
                continue
            for span in _gaps_between(film, evidence, shown)[:_MOST_TOLD]:
                told.append(_untold(film, evidence, span))
        if len(told) >= _MOST_TOLD:
            break
    return told[:_MOST_TOLD]


def _plays(film: Flattened) -> Evidence:
    cut = film.cut.cut
    detail: dict[str, Json] = {"timeline": cut.path, "name": cut.timeline.name}
    return Evidence(OBSERVER, Grade.DECLARED, PLAYS_TIMELINE, detail)


def _shown_ai(judged: JudgedCut) -> list[tuple[int, int]]:
    """The frames of a cut where any enabled event shows AI, joined and ascending."""
    found = []
    for event in judged.events:
        if event.decided is None or not event.linked.clip.enabled:
            continue
        for each in event.decided.evidence:
            span, used = each.span, event.linked.used
            if says_ai(each) and not (span and used and common(span, used) is None):
                frames = shown_at(event.linked.clip, used, span)
                found.append((frames.start, frames.end))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _gaps_between(
    film: Flattened, evidence: Evidence, shown: Sequence[tuple[int, int]]
) -> list[FrameRange]:
    """The frames of a statement that lie outside of what the cut shows as AI."""
    timeline = film.cut.cut.timeline
    span = lies(evidence)
    if span is None:
        # About the whole film: a cut that shows AI anywhere explains it.
        return [] if shown else [FrameRange(timeline.start, timeline.end, timeline.rate)]
    frames = film.range_of(span)
    slack = max(1, int(timeline.rate * Fraction(_SLACK)))
    at, left = frames.start, []
    place = max(0, bisect_right(shown, (frames.start, 1 << 62)) - 1)
    for start, end in shown[place:]:
        if start >= frames.end:
            break
        if start - at > slack:
            left.append(FrameRange(at, start, timeline.rate))
        at = max(at, end)
    if frames.end - at > slack or (frames.length <= slack and at == frames.start):
        left.append(FrameRange(at, frames.end, timeline.rate))
    return left


def _untold(film: Flattened, evidence: Evidence, frames: FrameRange) -> Evidence:
    timeline = film.cut.cut.timeline
    first, last = (
        timecode(each, timeline.rate, drop=timeline.drop_frame)
        for each in (frames.start, frames.end)
    )
    lying = _lying(film, frames, evidence)
    names = [film.cut.cut.where(event.linked.clip) for event in lying[:_MOST_NAMED]]
    there = f"shows {'; '.join(names)} there, which holds none" if names else "shows nothing there"
    rate = timeline.rate
    span = Span(float((frames.start - film.first) / rate), float((frames.end - film.first) / rate))
    return Evidence(
        OBSERVER,
        Grade.DECLARED,
        NOT_IN_TIMELINE,
        {
            "between": [evidence.observer, OBSERVER],
            "why": f"AI was found in the film from {first} to {last}, and the cut “"
            f"{timeline.name}” {there}",
            "timeline": film.cut.cut.path,
            "events": names,
        },
        span=span,
        source=evidence.source,
    )

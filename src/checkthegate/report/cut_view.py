"""Cuts as the page shows them: the strip, the places below it, what changed, the film beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from checkthegate.model import Verdict
from checkthegate.model.timecode import timecode
from checkthegate.model.timeline import Changed, EventDecision, TimelineDecision
from checkthegate.report.cut_places import CutPlace, event_name, places_of
from checkthegate.report.cut_strip import Strip, strip_of
from checkthegate.report.cuts import clean
from checkthegate.report.how import how_we_know
from checkthegate.report.match_words import told_of
from checkthegate.report.text import clock, count, full_sentence, listed, sentence, spell

MOST_CUTS: Final = 20
MOST_PLACES: Final = 200
MOST_EVENTS: Final = 300
_MOST_OPEN: Final = 40
_MOST_CHANGED: Final = 100
_MOST_OMITTED: Final = 50
_MOST_FOUND: Final = 60
_FORMATS: Final = {
    "edl": "CMX 3600 EDL", "otio": "OpenTimelineIO", "otioz": "OpenTimelineIO", "fcpxml": "FCPXML",
    "xml": "Final Cut Pro 7 XML", "aaf": "AAF", "ale": "Avid log", "srt": "SubRip subtitles",
    "vtt": "WebVTT subtitles", "imf": "IMF composition",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A numbered place below the strip. `media_anchor` leads to the card of its media."""

    number: int
    anchor: str
    place: CutPlace
    media_anchor: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in a list: all of them, or those that changed."""

    anchor: str
    name: str
    track: str
    record: tuple[str, str]
    source: tuple[str, str]
    media: str
    linked_by: str
    verdict: str
    state: str


@dataclass(frozen=True, slots=True)
class FoundInFilm:
    """Something found in the flattened film: when in film and cut, what, and what lies there."""

    film_time: str
    record: tuple[str, str]
    said: str
    grade: str
    events: Sequence[str]


@dataclass(frozen=True, slots=True)
class CutView:
    """A cut as the page shows it. `more_*` count what is left out of the page.

    `places` are to be seen at once, `folded` behind a click.
    """

    anchor: str
    name: str
    path: str
    path_anchor: str
    facts: str
    verdict: str
    answer: str
    strip: Strip | None
    legend: Sequence[tuple[str, int]]
    places: Sequence[PlaceLine]
    folded: Sequence[PlaceLine]
    more_places: int
    events: Sequence[EventLine]
    number: int
    since: str
    changes: str
    changed: Sequence[EventLine]
    more_changed: int
    omitted: Sequence[str]
    more_omitted: int
    film: str
    film_anchor: str
    found: Sequence[FoundInFilm]
    more_found: int


def cut_views(
    timelines: Sequence[TimelineDecision],
    assets: Sequence[Mapping[str, Any]],
    anchor_of: Callable[[str], str],
) -> list[CutView]:
    """The cuts of a report, those that were named and the most severe first, at most `MOST_CUTS`.

    `assets` are those of the report document; `anchor_of` leads from a path to its card.
    """
    known = {asset["path"]: asset for asset in assets}
    order = sorted(
        range(len(timelines)),
        key=lambda n: (not timelines[n].named, -_worst(timelines[n]).rank),
    )
    return [
        _view(f"c{at}", timelines[n], known, anchor_of) for at, n in enumerate(order[:MOST_CUTS])
    ]


def _view(
    anchor: str,
    timeline: TimelineDecision,
    known: Mapping[str, Mapping[str, Any]],
    anchor_of: Callable[[str], str],
) -> CutView:
    places = places_of(timeline)
    shown = _most_severe(places)
    numbered = {at: (n, f"{anchor}-p{n}") for n, at in enumerate(shown, 1)}
    every = timeline.events if len(timeline.events) <= MOST_EVENTS else ()
    anchors = {event.number: f"{anchor}-e{event.number}" for event in every}
    changed = [e for e in timeline.events if e.changed not in (None, Changed.UNCHANGED)]
    opened = [at for at in shown if places[at].stops or len(shown) <= _MOST_OPEN][:_MOST_OPEN]

    def lines(which: Sequence[int]) -> list[PlaceLine]:
        return [PlaceLine(*numbered[at], places[at], anchor_of(places[at].media)) for at in which]

    film = clean(timeline.film)
    found = _found(timeline, known.get(film, {}))
    return CutView(
        anchor=anchor,
        name=clean(timeline.name) or clean(timeline.path).rpartition("/")[2],
        path=clean(timeline.path),
        path_anchor=anchor_of(clean(timeline.path)),
        facts=_facts(timeline),
        verdict=_worst(timeline).value,
        answer=_answer(timeline, places),
        strip=strip_of(timeline, places, numbered, anchors),
        legend=_legend(places),
        places=lines(opened),
        folded=lines([at for at in shown if at not in set(opened)]),
        more_places=len(places) - len(shown),
        events=[_line(event, anchors[event.number]) for event in every],
        number=len(timeline.events),
        since=clean(timeline.since),
        changes=_changes(timeline.changes),
        changed=[_line(event, "") for event in changed[:_MOST_CHANGED]],
        more_changed=max(0, len(changed) - _MOST_CHANGED),
        omitted=[clean(words) for words in timeline.omitted[:_MOST_OMITTED]],
        more_omitted=max(0, timeline.changes.get("omitted", 0) - _MOST_OMITTED),
        film=film,
        film_anchor=anchor_of(film),
        found=found[:_MOST_FOUND],
        more_found=max(0, len(found) - _MOST_FOUND),
    )


def _worst(timeline: TimelineDecision) -> Verdict:
    return Verdict.worst((e.verdict for e in timeline.events if e.enabled), Verdict.CLEAR)


def _most_severe(places: Sequence[CutPlace]) -> list[int]:
    """Positions of the places to list, in the order of time."""
    order = sorted(range(len(places)), key=lambda n: (not places[n].stops, -places[n].verdict.rank))
    return sorted(order[:MOST_PLACES])


def _facts(timeline: TimelineDecision) -> str:
    rate = f"{float(timeline.rate):.3f}".rstrip("0").rstrip(".")
    ends = (
        timecode(frame, timeline.rate, drop=timeline.drop_frame)
        for frame in (timeline.start, timeline.end)
    )
    drop = ", drop-frame" if timeline.drop_frame else ""
    tracks = len({event.track for event in timeline.events})
    told = [
        _FORMATS.get(timeline.format, timeline.format),
        f"{rate} frames a second{drop}",
        " to ".join(ends) if timeline.end > timeline.start else "",
        f"{count(len(timeline.events), 'event')} on {count(tracks, 'track')}",
    ]
    return " · ".join(filter(None, told))


def _answer(timeline: TimelineDecision, places: Sequence[CutPlace]) -> str:
    """`Three events stop this cut. One more shows AI that is covered.`"""
    stopping = {place.number for place in places if place.stops}
    missing = {place.number for place in places if place.stops and place.missing}
    rest = {place.number for place in places if place.enabled} - stopping
    off = {place.number for place in places if not place.enabled} - stopping - rest
    told = []
    if stopping:
        verb = "stops" if len(stopping) == 1 else "stop"
        told.append(f"{count(len(stopping), 'event')} {verb} this cut")
    if missing:
        known = "the media of one of them was" if len(missing) == 1 else (
            f"the media of {spell(len(missing))} of them were"
        )  # fmt: skip
        told[-1] += f"; {known} not found" if len(stopping) > 1 else "; its media was not found"
    if rest:
        more = "more event" if stopping else "event"
        told.append(f"{count(len(rest), more)} with AI may go on")
    if off:
        verb = "does" if len(off) == 1 else "do"
        told.append(f"{count(len(off), 'disabled event')} with AI {verb} not count")
    if not told:
        return "No event of this cut shows AI, and all of them were looked at."
    return " ".join(full_sentence(sentence(words)) for words in told)


def _legend(places: Sequence[CutPlace]) -> list[tuple[str, int]]:
    """How many places of each verdict are drawn, the most severe first."""
    counts: dict[str, int] = {}
    for place in places:
        if place.enabled and not place.missing:
            counts[place.verdict.value] = counts.get(place.verdict.value, 0) + 1
    return sorted(counts.items(), key=lambda pair: -Verdict(pair[0]).rank)


def _line(event: EventDecision, anchor: str) -> EventLine:
    state = [] if event.enabled else ["disabled"]
    if event.changed is not None:
        state.append(event.changed.value)
    if event.nest:
        state.append("in " + listed([clean(each) for each in event.nest[:4]]))
    return EventLine(
        anchor=anchor,
        name=event_name(event),
        track=clean(event.track),
        record=(event.record_in, event.record_out),
        source=(event.source_in, event.source_out),
        media=clean(event.media),
        linked_by=event.linked_by,
        verdict=event.verdict.value,
        state=", ".join(state),
    )


def _changes(changes: Mapping[str, int]) -> str:
    """`1,990 unchanged, four moved, one omitted`."""
    told = [f"{spell(changes[each])} {each.value}" for each in Changed if changes.get(each)]
    return ", ".join(told) + "." if told else ""


def _found(timeline: TimelineDecision, film: Mapping[str, Any]) -> list[FoundInFilm]:
    """What was found in the film, by the events that lie there."""
    found: dict[FoundInFilm, None] = {}
    for said in film.get("evidence", ()):
        events, span = said["detail"].get("events"), said.get("span")
        if not isinstance(events, list) or not span:
            continue
        told = told_of(said)
        if told is not None and told.rejected:
            continue
        one = FoundInFilm(
            film_time=f"{clock(span['start'])} – {clock(span['end'])}",
            record=(_in_cut(timeline, span["start"]), _in_cut(timeline, span["end"])),
            said=how_we_know(said),
            grade=said["grade"],
            events=tuple(str(each) for each in events),
        )
        found[one] = None
    return sorted(found, key=lambda each: each.record)


def _in_cut(timeline: TimelineDecision, seconds: float) -> str:
    frame = timeline.start + round(Fraction(seconds) * timeline.rate)
    return timecode(frame, timeline.rate, drop=timeline.drop_frame)

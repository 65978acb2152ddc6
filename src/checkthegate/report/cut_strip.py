"""A cut drawn to scale: tracks as lanes, events as blocks, what is or may be AI laid over them.

Across, positions are percent of the cut; down, pixels. However many events a cut has, a lane holds
at most a few hundred blocks: what is too short to be seen alone stands in a group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from checkthegate.model import Verdict
from checkthegate.model.timecode import nominal, timecode
from checkthegate.model.timeline import EventDecision, TimelineDecision, TrackKind
from checkthegate.report.cut_places import CutPlace, event_name
from checkthegate.report.cuts import clean
from checkthegate.report.text import count

MOST_LANES: Final = 16
COLUMNS: Final = 180
LANE: Final = 26
_TOP: Final = 36
_RULER: Final = 24
_CHANGES: Final = 16
_FLAG_ROOM: Final = {1: 2.6, 2: 3.8, 3: 5.4}
_SEEN: Final = 0.4
_FEW: Final = 4
_TALL: Final = 20
# What is too narrow for its pattern tells its verdict by its height.
_HEIGHTS: Final = {"blocked": 20, "escalate": 16, "notify": 11, "clear": 6}
_MOST_TICKS: Final = 6
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_ORDER: Final = {TrackKind.VIDEO: 0, TrackKind.AUDIO: 1, TrackKind.TEXT: 2}


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle: `x` and `width` in percent, `y` in pixels. `look` is how it is drawn."""

    x: str
    width: str
    y: int
    look: str
    title: str
    anchor: str = ""
    height: int = _TALL


@dataclass(frozen=True, slots=True)
class Flag:
    """A verdict above the lanes that stands for one numbered place or for several."""

    x: str
    verdict: str
    text: str
    title: str
    anchor: str
    down: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A time-code under the lanes. `turn` says on which side of its line it stands."""

    x: str
    text: str
    turn: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A track's name beside its lane."""

    name: str
    label: str
    y: int


@dataclass(frozen=True, slots=True)
class Strip:
    """Everything to draw. `left_out` counts tracks with nothing to say that are not drawn."""

    lanes: Sequence[Lane]
    blocks: Sequence[Block]
    marks: Sequence[Block]
    flags: Sequence[Flag]
    changes: Sequence[Block]
    ticks: Sequence[Tick]
    height: int
    floor: int
    left_out: int


Anchors = Mapping[int, str]
_Scale = Callable[[int], float]


def strip_of(
    timeline: TimelineDecision,
    places: Sequence[CutPlace],
    numbered: Mapping[int, tuple[int, str]],
    anchors: Anchors,
) -> Strip | None:
    """The strip of a cut; None where no event lies anywhere.

    `numbered` gives a place (by its position in `places`) its number and anchor in the table;
    `anchors` an event's line in the list of all.
    """
    long = timeline.end - timeline.start
    if long <= 0 or not any(e.record_out_frame > e.record_in_frame for e in timeline.events):
        return None

    def scale(frame: int) -> float:
        return min(100.0, max(0.0, 100 * (frame - timeline.start) / long))

    names, left_out = _lanes(timeline, places)
    lanes = {name: _TOP + n * LANE for n, name in enumerate(names)}
    labels = {track.name: clean(track.label) for track in timeline.tracks}
    floor = _TOP + len(lanes) * LANE
    changes = list(_changes(timeline, scale, floor)) if timeline.since else []
    floor += _CHANGES if changes else 0
    return Strip(
        lanes=[Lane(clean(name), labels.get(name, ""), y) for name, y in lanes.items()],
        blocks=list(_blocks(timeline.events, lanes, scale, anchors)),
        marks=list(_marks(places, lanes, scale, numbered)),
        flags=list(_flags(places, lanes, scale, numbered)),
        changes=changes,
        ticks=list(_ticks(timeline, scale)),
        height=floor + _RULER,
        floor=floor,
        left_out=left_out,
    )


def _lanes(timeline: TimelineDecision, places: Sequence[CutPlace]) -> tuple[list[str], int]:
    """The tracks to draw from the top down, and how many are not drawn."""
    kinds = {track.name: track.kind for track in timeline.tracks}
    used = dict.fromkeys(event.track for event in timeline.events)
    telling = {place.track for place in places}
    ranked = sorted(used, key=lambda name: clean(name) not in telling)[:MOST_LANES]
    kept = [name for name in used if name in set(ranked)]
    return sorted(kept, key=lambda name: _lane_order(name, kinds)), len(used) - len(kept)


def _lane_order(name: str, kinds: Mapping[str, TrackKind]) -> tuple[int, int, str]:
    kind = next((k for k in TrackKind if name.startswith(k.letter)), TrackKind.VIDEO)
    kind = kinds.get(name, kind)
    digits = name.lstrip("VAT")
    number = int(digits) if digits.isdecimal() and len(digits) < 6 else 0
    return _ORDER[kind], -number if kind is TrackKind.VIDEO else number, name


def _blocks(
    events: Sequence[EventDecision], lanes: Mapping[str, int], scale: _Scale, anchors: Anchors
) -> Iterator[Block]:
    """Every event; the short ones of a column together."""
    groups: dict[tuple[str, int, str], list[EventDecision]] = {}
    alone: dict[str, int] = {}
    for event in events:
        if event.track not in lanes or event.record_out_frame <= event.record_in_frame:
            continue
        start, end = scale(event.record_in_frame), scale(event.record_out_frame)
        look = _look(event)
        if end - start >= 100 / COLUMNS and alone.get(event.track, 0) < COLUMNS:
            alone[event.track] = alone.get(event.track, 0) + 1
            title = event_title(event)
            anchor = anchors.get(event.number, "")
            yield _block(start, end, lanes[event.track], look, title, anchor)
        else:
            column = min(COLUMNS - 1, int(start * COLUMNS / 100))
            groups.setdefault((event.track, column, look), []).append(event)
    for (track, _, look), same in groups.items():
        yield _group(same, lanes[track], look, scale, anchors)


def _group(
    same: Sequence[EventDecision], y: int, look: str, scale: _Scale, anchors: Anchors
) -> Block:
    first = min(same, key=lambda event: event.record_in_frame)
    last = max(same, key=lambda event: event.record_out_frame)
    start, end = scale(first.record_in_frame), scale(last.record_out_frame)
    if len(same) == 1:
        end = max(end, start + _SEEN) if look == "lost" else end
        anchor = anchors.get(first.number, "")
        return _block(start, end, y, f"{look} many", event_title(first), anchor)
    if look != "plain":
        end = start + max(_SEEN, _together(same, scale))
    ends = f"{first.record_in} to {last.record_out}"
    title = f"{count(len(same), 'event')} · {clean(first.track)} · {ends}"
    return _block(start, end, y, f"{look} many", title, "")


def _together(same: Sequence[EventDecision], scale: _Scale) -> float:
    """How much of the cut several events fill, wherever between the first and last they lie."""
    return sum(scale(each.record_out_frame) - scale(each.record_in_frame) for each in same)


def _look(event: EventDecision) -> str:
    if not event.enabled:
        return "off"
    if not event.media and event.verdict is not Verdict.CLEAR:
        return "lost"
    return "plain"


def event_title(event: EventDecision) -> str:
    """What a block says when it is pointed at."""
    linked = f"{clean(event.media)} (by {event.linked_by})" if event.linked_by else ""
    source = f"source {event.source_in} to {event.source_out}" if event.source_in else ""
    told = [
        event_name(event),
        clean(event.track),
        f"{event.record_in} to {event.record_out}",
        source,
        linked or clean(event.media) or ("media not found" if _look(event) == "lost" else ""),
        "" if event.enabled else "disabled",
        event.changed or "",
    ]
    return " · ".join(filter(None, told))


def place_title(place: CutPlace) -> str:
    """What a place with AI says when it is pointed at."""
    source = f"source {place.source_in} to {place.source_out}" if place.source_in else ""
    told = [f"{place.verdict.value.capitalize()}: {place.words}", source, place.known]
    return " · ".join(filter(None, told))


def _marks(
    places: Sequence[CutPlace],
    lanes: Mapping[str, int],
    scale: _Scale,
    numbered: Mapping[int, tuple[int, str]],
) -> Iterator[Block]:
    """What is or may be AI; short places of one verdict in a column together."""
    shown = {clean(name): y for name, y in lanes.items()}
    groups: dict[tuple[str, int, str], list[int]] = {}
    for at, place in enumerate(places):
        if place.track not in shown or place.end <= place.start or place.missing:
            continue
        start, end = scale(place.start), scale(place.end)
        column = min(COLUMNS - 1, int(start * COLUMNS / 100))
        wide = end - start >= 100 / COLUMNS
        key = (place.track, -1 - column if wide else column, _verdict(place))
        groups.setdefault(key, []).append(at)
    for (track, _, verdict), same in sorted(groups.items(), key=_mildest):
        first = places[same[0]]
        title = place_title(first)
        if len(same) > 1:
            ends = f"{first.record_in} to {places[same[-1]].record_out}"
            title = f"{verdict.capitalize()}: {count(len(same), 'place')} · {first.track} · {ends}"
        anchor = next((numbered[at][1] for at in same if at in numbered), "")
        width = sum(scale(places[at].end) - scale(places[at].start) for at in same)
        start, height = scale(first.start), _TALL if width > _SEEN else _HEIGHTS[verdict]
        look = verdict if height == _TALL else f"{verdict} many"
        y = shown[track] + _TALL - height
        drawn = _block(start, start + max(_SEEN, width), y, look, title, anchor)
        yield replace(drawn, height=height)


def _mildest(group: tuple[tuple[str, int, str], Sequence[int]]) -> int:
    """What is more severe is drawn later, so that nothing hides it."""
    return Verdict(group[0][2]).rank


def _flags(
    places: Sequence[CutPlace],
    lanes: Mapping[str, int],
    scale: _Scale,
    numbered: Mapping[int, tuple[int, str]],
) -> Iterator[Flag]:
    """Above the lanes, as many as there is room for; the worse verdict stands for several."""
    shown = {clean(name): y for name, y in lanes.items()}
    told = [(scale((places[at].start + places[at].end) // 2), at) for at in numbered]
    room = _FLAG_ROOM.get(len(str(len(numbered))), 7.0)
    for group in _gathered(sorted(told), room):
        yield _flag(group, places, shown, numbered)


def _gathered(told: Sequence[tuple[float, int]], room: float) -> list[list[tuple[float, int]]]:
    """Neighbours together, so that the middles of groups lie no nearer than there is room."""
    groups: list[list[tuple[float, int]]] = []
    for each in told:
        if groups and each[0] - groups[-1][0][0] < room:
            groups[-1].append(each)
        else:
            groups.append([each])
    apart: list[list[tuple[float, int]]] = []
    for group in groups:
        if apart and _middle(group) - _middle(apart[-1]) < room:
            apart[-1].extend(group)
        else:
            apart.append(group)
    return apart


def _middle(group: Sequence[tuple[float, int]]) -> float:
    return sum(at for at, _ in group) / len(group)


def _flag(
    group: Sequence[tuple[float, int]],
    places: Sequence[CutPlace],
    lanes: Mapping[str, int],
    numbered: Mapping[int, tuple[int, str]],
) -> Flag:
    numbers = sorted(numbered[at][0] for _, at in group)
    worst = max((at for _, at in group), key=lambda at: (places[at].stops, places[at].verdict.rank))
    text = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
    if len(numbers) > 1 and numbers[-1] - numbers[0] >= len(numbers):
        text = f"{numbers[0]}…"
    title = place_title(places[worst])
    if len(group) > 1:
        title = f"{count(len(group), 'place')}; the most severe: {title}"
    on = {lanes.get(places[at].track, _TOP) for _, at in group}
    down = on.pop() if len(on) == 1 and len(group) < _FEW else _TOP - 3
    x = _percent(_middle(group))
    return Flag(x, _verdict(places[worst]), text, title, numbered[worst][1], down)


def _verdict(place: CutPlace) -> str:
    return place.verdict.value if place.enabled else Verdict.CLEAR.value


def _changes(timeline: TimelineDecision, scale: _Scale, y: int) -> Iterator[Block]:
    """A line under everything that is not where or what it was."""
    columns: dict[int, list[EventDecision]] = {}
    for event in timeline.events:
        if event.changed and event.changed.value != "unchanged":
            at = min(COLUMNS - 1, int(scale(event.record_in_frame) * COLUMNS / 100))
            columns.setdefault(at, []).append(event)
    for same in columns.values():
        first = same[0]
        end = max(scale(event.record_out_frame) for event in same)
        more = f" · and {count(len(same) - 1, 'more change')} here" if len(same) > 1 else ""
        title = f"{(first.changed or '').capitalize()}: {event_title(first)}{more}"
        yield _block(scale(first.record_in_frame), end, y, "changed", title, "")


def _ticks(timeline: TimelineDecision, scale: _Scale) -> Iterator[Tick]:
    """Round times, not more than fit; they start at the first frame."""
    second = nominal(timeline.rate)
    seconds = Fraction(timeline.end - timeline.start, second)
    fits = (step for step in _STEPS if seconds / step <= _MOST_TICKS)
    step = next(fits, int(seconds // _MOST_TICKS) + 1) * second
    first = -(-timeline.start // step) * step
    for frame in _spaced(timeline, first, step):
        x = scale(frame)
        turn = "end" if x > 94 else "start" if x < 6 else "middle"
        text = timecode(frame, timeline.rate, drop=timeline.drop_frame)
        yield Tick(_percent(x), text, turn)


def _spaced(timeline: TimelineDecision, first: int, step: int) -> Iterable[int]:
    if first > timeline.end or timeline.end - timeline.start < step:
        return (timeline.start, timeline.end)
    return range(first, timeline.end + 1, step)


def _block(start: float, end: float, y: int, look: str, title: str, anchor: str) -> Block:
    width = max(0.15, end - start)
    return Block(_percent(min(start, 100 - width)), _percent(width), y, look, title, anchor)


def _percent(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + "%"

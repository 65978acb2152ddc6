"""OpenTimelineIO documents, read as JSON: every version of their schemas, unknown ones too.

Nothing of a document is carried out or followed: no hooks, no media linkers, no plug-ins.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from checkthegate.editorial.assembly import Assembly, Window, frame_at, plain, range_around
from checkthegate.editorial.edl import text_of
from checkthegate.editorial.otio_values import (
    Node,
    Overlap,
    children_of,
    inside,
    kind_of_track,
    media_of,
    overlaps,
    pace_of,
    range_in,
    rate_in,
    reference_of,
    schema_of,
    seconds_in,
    speed_of,
)
from checkthegate.model import Unreadable
from checkthegate.model.timecode import can_drop
from checkthegate.model.timeline import FrameRange, MediaRef, Timeline, TrackKind

_TRACKS: Final = frozenset({"Track", "Sequence"})
_NESTS: Final = _TRACKS | {"Stack", "SerializableCollection"}
_DEFAULT_RATE: Final = Fraction(24)
_NO_OVERLAP: Final = Overlap(0.0, "")
_NO_OVERLAPS: Final = (_NO_OVERLAP, _NO_OVERLAP)
_BROKEN: Final = (
    "this OpenTimelineIO document is damaged, cut off or nested too deeply, so what the cut holds "
    "is not known"
)


def read_otio(content: bytes, format: str = "otio") -> tuple[Timeline, ...]:
    """The timelines of a document: one, or those of a collection. Raises `Unreadable`."""
    try:
        document = json.loads(text_of(content))
    except (ValueError, RecursionError):
        raise Unreadable(_BROKEN) from None
    if not isinstance(document, dict) or "OTIO_SCHEMA" not in document:
        raise Unreadable("this is JSON, but not an OpenTimelineIO document")
    return tuple(_timeline(root, format) for root in _roots(document))


def _roots(document: Node) -> list[Node]:
    """The timelines in a document; anything else that has a place in one is its own."""
    if schema_of(document) != "SerializableCollection":
        return [document]
    timelines = [each for each in children_of(document) if schema_of(each) == "Timeline"]
    return timelines or [document]


def _timeline(root: Node, format: str) -> Timeline:
    is_timeline = schema_of(root) == "Timeline"
    stack = root.get("tracks") if is_timeline else root
    began = root.get("global_start_time") if is_timeline else None
    if not isinstance(stack, dict) or (is_timeline and schema_of(stack) not in _NESTS):
        raise Unreadable("this OpenTimelineIO timeline holds no tracks")
    rate = rate_in(began) or _first_rate(stack) or _DEFAULT_RATE
    made = Assembly(format, plain(root.get("name")), rate)
    made.drop_frame = can_drop(rate)
    made.start = frame_at(seconds_in(began), rate)
    _Walk(made).outermost(stack)
    return made.timeline()


def _first_rate(root: Node) -> Fraction | None:
    """The rate of the first picture's source range; that of sound only if there is no other."""
    sound: Fraction | None = None
    pending = [root]
    for _ in range(200_000):
        if not pending:
            break
        node = pending.pop()
        rate = rate_in(inside(node.get("source_range"), "duration"))
        if rate is not None and rate <= 1000:
            return rate
        sound = sound or rate
        pending.extend(reversed(children_of(node)))
    return sound


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the outermost timeline something comes to lie, and what it lies in."""

    window: Window
    track: str
    nest: tuple[str, ...] = ()
    on: bool = True
    depth: int = 0

    def switched(self, node: Node) -> _Place:
        """The same, off where `node` is off."""
        off = self.on and node.get("enabled") is False
        return replace(self, on=False) if off else self


class _Walk:
    """Goes through nested stacks and tracks, and lays every clip onto the outermost timeline."""

    def __init__(self, made: Assembly) -> None:
        self._made = made
        self._lengths: dict[int, float] = {}

    def outermost(self, root: Node) -> None:
        """The stack of tracks of a timeline, or whatever stands in its place."""
        if schema_of(root) in _TRACKS or schema_of(root) not in _NESTS:
            self._numbered_track(root, 1, Window())
            return
        window = _trimmed(root, Window())
        numbers = dict.fromkeys(TrackKind, 0)
        for child in children_of(root):
            kind = kind_of_track(child)
            numbers[kind] += 1
            self._numbered_track(child, numbers[kind], window)
        self._markers(root, window, "")

    def _numbered_track(self, node: Node, number: int, window: Window) -> None:
        on = node.get("enabled") is not False
        label = plain(node.get("name"))
        name = self._made.track(kind_of_track(node), number, label, enabled=on)
        self._shown(node, _Place(window, name))

    def _shown(self, node: Node, place: _Place) -> None:
        """Show a child of a stack: all of it, from the stack's own beginning."""
        if schema_of(node) in _TRACKS:
            window = _trimmed(node, place.window)
            self._in_track(node, replace(place.switched(node), window=window))
        else:
            self._laid(node, 0.0, place, _NO_OVERLAPS)

    def _in_track(self, node: Node, place: _Place) -> None:
        """Children one after the other; transitions lengthen their neighbours."""
        children = children_of(node)
        schemas = [schema_of(child) for child in children]
        smooth = "Transition" in schemas
        at = 0.0
        for number, (child, schema) in enumerate(zip(children, schemas, strict=True)):
            if not self._made.visit(place.depth):
                return
            if schema == "Transition":
                continue
            if schema not in ("Gap", "Filler"):
                sides = overlaps(children, number) if smooth else _NO_OVERLAPS
                self._laid(child, at, place, sides)
            at += self._length(child)
        self._markers(node, place.window, place.track)

    def _laid(self, node: Node, at: float, place: _Place, sides: tuple[Overlap, Overlap]) -> None:
        """Lay one child down at `at` of its parent's time, lengthened by dissolves."""
        schema = schema_of(node)
        place = place.switched(node)
        if schema == "Clip":
            self._clip(node, at, place, sides)
        elif schema in _NESTS:
            self._nest(node, at, place, sides)
        else:
            name = plain(node.get("OTIO_SCHEMA"), 60) or "nothing known"
            self._made.problem(
                f"something in this timeline is of a kind that is not known here ({name}), so "
                "what it shows is not known"
            )

    def _nest(self, node: Node, at: float, place: _Place, sides: tuple[Overlap, Overlap]) -> None:
        before, after = sides
        pace = speed_of(node)
        pace = 1.0 if pace is None else pace
        begin = seconds_in(inside(node.get("source_range"), "start_time")) - before.seconds * pace
        length = self._length(node) + before.seconds + after.seconds
        window = place.window.inside(at - before.seconds, length, begin, pace)
        depth = place.depth + 1
        if window is None or not self._made.visit(depth):
            return
        nest = (*place.nest, plain(node.get("name"), 120) or "nest")
        within = _Place(window, place.track, nest, place.on, depth)
        if schema_of(node) in _TRACKS:
            self._in_track(node, within)
            return
        for child in children_of(node):
            lane = self._lane(child, place.track)
            self._shown(child, within if lane == place.track else replace(within, track=lane))

    def _lane(self, child: Node, track: str) -> str:
        """Where a nest's track comes to lie: among its own kind, numbered as the outer one is."""
        kind = kind_of_track(child)
        if schema_of(child) not in _TRACKS or kind.letter == track[:1]:
            return track
        return self._made.track(kind, int(track[1:]))

    def _clip(self, node: Node, at: float, place: _Place, sides: tuple[Overlap, Overlap]) -> None:
        made, (before, after) = self._made, sides
        reference = reference_of(node)
        available = range_in(reference.get("available_range"))
        stated = node.get("source_range")
        rate = rate_in(inside(stated, "duration")) or (available.rate if available else made.rate)
        speed = speed_of(node)
        begin = 0.0
        if isinstance(stated, dict):
            begin = seconds_in(stated.get("start_time"))
        elif available:
            begin = available.seconds.start
        media = media_of(node, reference, available)
        length = self._length(node)
        if schema_of(reference) != "MissingReference":
            self._beyond(node, media, begin, length * abs(speed or 0.0))
        pace = 1.0 if speed is None else speed
        begin -= before.seconds * pace if pace >= 0 else after.seconds * -pace
        more = before.seconds + after.seconds
        window = place.window.inside(at - before.seconds, length + more, begin, pace)
        if window is None:
            self._unseen(node, length)
            return
        known = speed is not None and (isinstance(stated, dict) or available is not None)
        record = window.record(made.rate, made.start)
        source = range_around(window.low, window.high, rate) if known else None
        if source is not None and not pace:
            source = FrameRange(source.start, source.start + 1, rate)
        made.add(
            plain(node.get("name")) or media.file,
            place.track,
            record,
            source,
            media,
            speed=pace_of(window.slope) if pace else Fraction(0),
            enabled=place.on,
            transition=before.kind,
            dissolve_in=self._overlap(before, record),
            dissolve_out=self._overlap(after, record),
            nest=place.nest,
        )
        if node.get("markers"):
            self._markers(node, window, place.track)

    def _overlap(self, side: Overlap, record: FrameRange) -> int:
        """How many frames a clip shares with its neighbour: both reach into the transition."""
        return min(record.length, frame_at(side.whole, self._made.rate)) if side.kind else 0

    def _unseen(self, node: Node, length: float) -> None:
        """A clip without any length is no event, and is told; one that a nest cuts off is not."""
        if length <= 0:
            self._made.problem(
                f"the event “{plain(node.get('name'), 80)}” has no length in this timeline, so "
                "it is not known what it uses"
            )

    def _beyond(self, node: Node, media: MediaRef, begin: float, length: float) -> None:
        """An event that uses frames its media does not have cannot be looked at there."""
        there = media.available
        if there is None or not there.length:
            return
        frame = there.rate.denominator / there.rate.numerator
        first, last = (there.start - 0.5) * frame, (there.end + 0.5) * frame
        if begin < first or begin + length > last:
            self._made.problem(
                f"the event “{plain(node.get('name'), 80)}” uses frames that lie outside of its "
                "media as the timeline describes it, so what is seen there is not known"
            )

    def _length(self, node: Node) -> float:
        """How long something lasts in its parent, in seconds."""
        known = self._lengths.get(id(node))
        if known is None:
            known = self._lengths[id(node)] = self._measured(node, 0)
        return known

    def _measured(self, node: Node, depth: int) -> float:
        stated = node.get("source_range")
        if isinstance(stated, dict):
            return max(0.0, seconds_in(stated.get("duration")))
        if schema_of(node) == "Clip":
            available = reference_of(node).get("available_range")
            return max(0.0, seconds_in(inside(available, "duration")))
        if depth > 100:
            return 0.0
        parts = []
        for child in children_of(node):
            if schema_of(child) != "Transition":
                length = self._measured(child, depth + 1)
                self._lengths[id(child)] = length
                parts.append(length)
        return max(parts, default=0.0) if schema_of(node) == "Stack" else sum(parts)

    def _markers(self, node: Node, window: Window, track: str) -> None:
        marks = node.get("markers")
        if not isinstance(marks, list):
            return
        made = self._made
        for mark in marks[:1000]:
            at = seconds_in(inside(inside(mark, "marked_range"), "start_time"))
            frame = made.start + frame_at(window.slope * at + window.shift, made.rate)
            made.mark(frame, inside(mark, "name"), inside(mark, "comment"), track)


def _trimmed(root: Node, window: Window) -> Window:
    """The window into something that shows only a part of itself.

    One that is said to begin before anything is there is what some converters write; it would hide
    the end of the cut, so it is not believed.
    """
    stated = root.get("source_range")
    if not isinstance(stated, dict):
        return window
    start, length = (seconds_in(stated.get(key)) for key in ("start_time", "duration"))
    if start < 0:
        return window
    return window.inside(0.0, length, start, 1.0) or Window(0.0, 0.0)

"""Final Cut Pro 7 XML (`xmeml`), as Premiere, Resolve, Hiero and others still write it.

In and out count frames from the media's first; the media's time-code is added, so that a clip's
source is on the media's own clock. Editors disagree whether in and out of a clip with another speed
count media or cut: such a clip is taken to use both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from checkthegate.editorial.assembly import (
    Assembly,
    Window,
    frame_at,
    known_rate,
    media_named,
    plain,
    range_around,
)
from checkthegate.editorial.cut_xml import child, children, is_no, number, parse_cut, text
from checkthegate.model import Unreadable
from checkthegate.model.timeline import FrameRange, MediaRef, Timeline, TrackKind

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_EVENTS: Final = ("clipitem", "generatoritem", "transitionitem")
_FRAGMENTS: Final = frozenset({"filter", "effect"})


def read_fcp7(content: bytes) -> tuple[Timeline, ...]:
    """The sequences of a document; clips of a bin, described, where it has no sequence.

    A filter by itself (as effects are exchanged) is a timeline without clips. Raises `Unreadable`.
    """
    root = parse_cut(content)
    if root.tag in _FRAGMENTS and root.find(".//effectid") is not None:
        return (Assembly("xml", text(root, "effect/name"), Fraction(24)).timeline(),)
    if root.tag != "xmeml":
        raise Unreadable("this XML is no Final Cut Pro 7 timeline")
    library = _Library(root)
    found = [_sequence(each, library) for each in library.outermost]
    if not found:
        found = [_bin(root, library)]
    return tuple(found)


class _Library:
    """Everything with an id: files and sequences are described once and pointed to afterwards."""

    def __init__(self, root: Element) -> None:
        self.outermost: list[Element] = []
        self.clips: list[Element] = []
        self._files: dict[str, Element] = {}
        self._sequences: dict[str, Element] = {}
        self._collect(root)

    def _collect(self, root: Element) -> None:
        pending = [(root, False)]
        while pending:
            element, used = pending.pop()
            name, id = element.tag, element.get("id", "")
            if name == "file" and len(element) and id:
                self._files.setdefault(id, element)
            elif name == "sequence" and len(element):
                self._sequences.setdefault(id, element)
                if not used:
                    self.outermost.append(element)
            elif name == "clip" and not used:
                self.clips.append(element)
            inside = used or name in ("sequence", "clip", "clipitem")
            pending.extend((each, inside) for each in reversed(element))

    def file(self, element: Element | None) -> Element | None:
        """The file's description, wherever in the document it stands."""
        if element is None or len(element):
            return element
        return self._files.get(element.get("id", ""), element)

    def sequence(self, element: Element) -> Element:
        """The sequence's description."""
        return element if len(element) else self._sequences.get(element.get("id", ""), element)


def rate_in(element: Element | None) -> Fraction | None:
    """`<rate>` of an element: its timebase, slowed where it says NTSC."""
    timebase = number(text(element, "rate/timebase"))
    if timebase is None or timebase <= 0:
        return None
    whole = known_rate(timebase)
    ntsc = text(element, "rate/ntsc").upper() == "TRUE"
    return whole * Fraction(1000, 1001) if ntsc and whole.denominator == 1 else whole


def _sequence(element: Element, library: _Library) -> Timeline:
    rate = rate_in(element) or rate_in(child(element, "timecode")) or Fraction(24)
    made = Assembly("xml", text(element, "name"), rate)
    made.start = round(number(text(element, "timecode/frame")) or 0)
    made.drop_frame = text(element, "timecode/displayformat").upper() == "DF"
    walk = _Walk(made, library)
    walk.sequence(element, _Place(Window(high=1e9), rate))
    for marker in children(element, "marker"):
        at = round(number(text(marker, "in")) or 0)
        made.mark(made.start + at, text(marker, "name"), text(marker, "comment"))
    return made.timeline()


def _bin(root: Element, library: _Library) -> Timeline:
    """The clips of a bin: described, on no track."""
    made = Assembly("xml", "", Fraction(24))
    for clip in library.clips:
        element = library.file(next(iter(clip.iter("file")), None))
        media = _media(element, text(clip, "name"), rate_in(clip))
        made.add(text(clip, "name"), "", FrameRange(0, 0, made.rate), media.available, media)
    if not made.clips:
        made.problem("it holds neither a sequence nor a clip, so it is not known what it is for")
    return made.timeline()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sequence is shown: its window, its rate, and what it lies in."""

    window: Window
    rate: Fraction
    track: int = 0
    nest: tuple[str, ...] = ()
    on: bool = True


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Where an event lies in its sequence, in frames, transitions included, and their lengths."""

    start: float
    end: float
    head: float = 0.0
    tail: float = 0.0


class _Walk:
    def __init__(self, made: Assembly, library: _Library) -> None:
        self._made = made
        self._library = library

    def sequence(self, element: Element, place: _Place) -> None:
        """All tracks of a sequence, the outermost one or a nested one."""
        for kind in (TrackKind.VIDEO, TrackKind.AUDIO):
            tracks = children(child(element, f"media/{kind.value}"), "track")
            for number_, track in enumerate(tracks, 1):
                # A nest lies on the outer track; on the outermost sequence tracks are counted.
                name = self._made.track(kind, place.track or number_)
                on = place.on and not is_no(text(track, "enabled"))
                events = [each for each in track if each.tag in _EVENTS]
                self._laid_out(events, name, replace(place, on=on))

    def _laid_out(self, events: list[Element], track: str, place: _Place) -> None:
        for at, event in enumerate(events):
            if not self._made.visit(len(place.nest)):
                return
            if event.tag == "transitionitem":
                continue
            before = events[at - 1] if at else None
            after = events[at + 1] if at + 1 < len(events) else None
            bounds = _bounds(event, before, after)
            if bounds is None or bounds.end < bounds.start:
                self._made.problem(
                    f"the event “{plain(text(event, 'name'), 80)}” has no place in the cut, or "
                    "ends before it begins"
                )
            else:
                self._event(event, track, bounds, place)

    def _event(self, event: Element, track: str, bounds: _Bounds, place: _Place) -> None:
        on = place.on and not is_no(text(event, "enabled"))
        nested = child(event, "sequence")
        if nested is not None:
            self._nest(self._library.sequence(nested), event, track, bounds, place, on)
            return
        rate = rate_in(event) or place.rate
        media = self._media(event, rate)
        source, speed = _source(event, rate)
        window = self._window(bounds, place, source)
        if window is None:
            return
        shown = None
        if source is not None:
            first = media.available.start if media.available else 0
            offset = float(first / rate) if media.available else 0.0
            shown = range_around(window.low + offset, window.high + offset, rate)
        self._made.add(
            text(event, "name") or media.file,
            track,
            window.record(self._made.rate, self._made.start),
            shown,
            media,
            label=plain(event.get("id"), 60),
            speed=speed,
            enabled=on,
            transition="dissolve" if bounds.head else "",
            dissolve_in=frame_at(bounds.head / float(place.rate), self._made.rate),
            dissolve_out=frame_at(bounds.tail / float(place.rate), self._made.rate),
            nest=place.nest,
        )
        for marker in children(event, "marker"):
            at = (number(text(marker, "in")) or 0.0) / float(rate)
            frame = frame_at(window.slope * at + window.shift, self._made.rate)
            name, comment = text(marker, "name"), text(marker, "comment")
            self._made.mark(self._made.start + frame, name, comment, track)

    def _window(
        self, bounds: _Bounds, place: _Place, source: tuple[float, float] | None
    ) -> Window | None:
        """What is seen of an event, on its media's frames as seconds."""
        start, length = (each / float(place.rate) for each in (bounds.start, _length(bounds)))
        low, high = source or (0.0, length)
        pace = (high - low) / length if length and high > low else 1.0
        return place.window.inside(start, length, low, pace)

    def _media(self, event: Element, rate: Fraction) -> MediaRef:
        if event.tag == "generatoritem":
            kind = text(event, "effect/name") or text(event, "name")
            return MediaRef(name=plain(kind), made_here=plain(kind) or "generator")
        element = self._library.file(child(event, "file"))
        return _media(element, text(event, "name"), rate)

    def _nest(
        self,
        nested: Element,
        event: Element,
        track: str,
        bounds: _Bounds,
        place: _Place,
        on: bool,
    ) -> None:
        inner = rate_in(nested) or place.rate
        source, _ = _source(event, rate_in(event) or inner)
        window = self._window(bounds, place, source)
        if window is None or not self._made.visit(len(place.nest) + 1):
            return
        nest = (*place.nest, plain(text(nested, "name") or text(event, "name"), 120) or "nest")
        self.sequence(nested, _Place(window, inner, int(track[1:]), nest, on))


def _length(bounds: _Bounds) -> float:
    return bounds.end - bounds.start


def _bounds(event: Element, before: Element | None, after: Element | None) -> _Bounds | None:
    """A start or end of -1 is that of the transition beside it."""
    start, end = number(text(event, "start")), number(text(event, "end"))
    head = tail = 0.0
    if start == -1 and before is not None and before.tag == "transitionitem":
        start, head = number(text(before, "start")), _span(before)
    if end == -1 and after is not None and after.tag == "transitionitem":
        end, tail = number(text(after, "end")), _span(after)
    if start is None or end is None or start < 0 or end < 0:
        return None
    return _Bounds(start, end, head, tail)


def _span(transition: Element) -> float:
    start, end = number(text(transition, "start")), number(text(transition, "end"))
    return max(0.0, (end or 0.0) - (start or 0.0))


def _source(event: Element, rate: Fraction) -> tuple[tuple[float, float] | None, Fraction]:
    """The seconds of media used, from its first frame, and the speed; None for all of it."""
    first, last = number(text(event, "in")), number(text(event, "out"))
    speed, fixed = _speed(event)
    if first is None or last is None or first < 0 or last <= first or not fixed or speed < 0:
        return None, speed
    offset = number(text(event, "subclipinfo/startoffset")) or 0.0
    low, high = first + offset, last + offset
    if speed == 0:
        high = low + 1
    elif speed != 1:
        pace = float(speed)
        low, high = min(low, low * pace), max(high, high * pace)
    return (low / float(rate), high / float(rate)), speed


def _speed(event: Element) -> tuple[Fraction, bool]:
    """The speed, and whether it stays the same all through."""
    for effect in (child(each, "effect") for each in children(event, "filter")):
        if text(effect, "effectid").lower() == "timeremap" and effect is not None:
            said = {
                text(each, "parameterid").lower(): text(each, "value")
                for each in children(effect, "parameter")
            }
            percent = number(said.get("speed", "100")) or 0.0
            fixed = (number(said.get("variablespeed", "0")) or 0.0) == 0.0
            back = said.get("reverse", "").upper() == "TRUE"
            pace = Fraction(max(-1e4, min(1e4, percent)) / 100).limit_denominator(1000)
            return (-abs(pace) if back else pace), fixed
    return Fraction(1), True


def _media(element: Element | None, name: str, usual: Fraction | None) -> MediaRef:
    """By what a file can be found; its clock starts at its time-code."""
    if element is None:
        return MediaRef(name=plain(name))
    rate = rate_in(element) or usual or Fraction(24)
    code = child(element, "timecode")
    at_rate = rate_in(code) or rate
    first = round((number(text(code, "frame")) or 0.0) * float(rate / at_rate))
    length = number(text(element, "duration"))
    available = FrameRange(first, first + round(length), rate) if length else None
    if available is None and code is not None:
        available = FrameRange(first, first, rate)
    path = text(element, "pathurl") or text(element, "name")
    reel = plain(text(code, "reel/name") or text(element, "reel/name"))
    return media_named(path, name=plain(name), reel=reel, available=available)

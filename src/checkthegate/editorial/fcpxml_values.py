"""Times, formats, assets and retimings of Final Cut Pro X XML."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from checkthegate.editorial.assembly import Window, frame_at, media_named, plain
from checkthegate.editorial.cut_xml import child, children, is_no
from checkthegate.model import Unreadable
from checkthegate.model.timeline import FrameRange, MediaRef

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def seconds(written: str | None, otherwise: float = 0.0) -> float:
    """`1001/30000s` and `5s` in seconds. Raises `Unreadable` for what is no time."""
    if written is None:
        return otherwise
    above, _, below = written.strip().removesuffix("s").partition("/")
    try:
        value = float(above) / float(below) if below else float(above)
    except (ValueError, ZeroDivisionError):
        raise Unreadable("a time in this Final Cut Pro X timeline is no time") from None
    if not -1e8 < value < 1e8:
        raise Unreadable("a time in this Final Cut Pro X timeline lies beyond all reason")
    return value


def _rate(duration: str | None) -> Fraction | None:
    """The rate whose frames last so long."""
    above, _, below = (duration or "").strip().removesuffix("s").partition("/")
    if not (above.isdigit() and (below or "1").isdigit()) or not int(above):
        return None
    rate = Fraction(int(below or 1), int(above))
    return rate if 0 < rate <= 1_000_000 else None


class Resources:
    """Formats, assets, effects and compound or multicam media, by id."""

    def __init__(self, element: Element | None) -> None:
        self.by_id: dict[str, Element] = {}
        for each in element if element is not None else ():
            self.by_id.setdefault(each.get("id", ""), each)

    def get(self, element: Element, kind: str) -> Element | None:
        """The resource of this kind that an element points to with `ref`."""
        found = self.by_id.get(element.get("ref", ""))
        return found if found is not None and found.tag == kind else None

    def rate(self, element: Element | None) -> Fraction | None:
        """The rate of the format that an element names."""
        if element is None:
            return None
        format_ = self.by_id.get(element.get("format", ""))
        return _rate(format_.get("frameDuration")) if format_ is not None else None

    def media(self, asset: Element, name: str, usual: Fraction) -> MediaRef:
        """By what an asset can be found."""
        rate = self.rate(asset) or usual
        start, length = seconds(asset.get("start")), seconds(asset.get("duration"))
        first = frame_at(start, rate)
        available = FrameRange(first, first + max(0, frame_at(length, rate)), rate)
        path = asset.get("src", "")
        for each in children(asset, "media-rep"):
            if not path or each.get("kind") == "original-media":
                path = each.get("src", path)
        reels = (
            each.get("value", "")
            for each in asset.iter("md")
            if each.get("key", "").endswith("reel")
        )
        return media_named(
            path,
            name=plain(asset.get("name")) or plain(name),
            reel=plain(next(filter(None, reels), "")),
            available=available,
        )


def lane_of(element: Element) -> int:
    """The lane an element is connected on; 0 for the storyline itself."""
    written = element.get("lane", "0")
    return int(written) if written.lstrip("-").isdigit() and len(written) < 5 else 0


def reach_of(transition: Element | None, start: float, end: float) -> tuple[float, float]:
    """How far a transition beside an element reaches out of it, at its head and at its tail."""
    if transition is None or transition.tag != "transition":
        return 0.0, 0.0
    first = seconds(transition.get("offset"), end)
    last = first + seconds(transition.get("duration"))
    return max(0.0, start - first), max(0.0, last - end)


def through_time_map(element: Element, window: Window, rate: float) -> tuple[float, float] | None:
    """Which media seconds a retimed element shows; None when it is not retimed."""
    points = sorted(
        (seconds(each.get("time")), seconds(each.get("value")))
        for each in list(children(child(element, "timeMap"), "timept"))[:1000]
    )
    if len(points) < 2:
        return _conformed(element, window, rate)
    inside = [value for time, value in points if window.low < time < window.high]
    values = [_at(points, window.low), _at(points, window.high), *inside]
    return min(values), max(values)


def _conformed(element: Element, window: Window, rate: float) -> tuple[float, float] | None:
    """Media of another rate, played frame by frame: editors count it either way, so both count."""
    conform = child(element, "conform-rate")
    if conform is None or is_no(conform.get("scaleEnabled", "1")):
        return None
    try:
        ratio = rate / float(conform.get("srcFrameRate", ""))
    except (ValueError, ZeroDivisionError):
        return None
    if abs(ratio - 1) < 0.002 or not 0.1 < ratio < 10:
        return None
    length = window.high - window.low
    return window.low, window.low + max(length, length * ratio)


def _at(points: list[tuple[float, float]], time: float) -> float:
    """The value at a time, on the straight line between the points around it."""
    place = next((n for n, (at, _) in enumerate(points) if at >= time), len(points) - 1)
    (before, low), (after, high) = points[max(0, place - 1)], points[max(1, place)]
    return low + (high - low) * (time - before) / (after - before) if after > before else high


def pace_of(low: float, high: float, window: Window) -> Fraction:
    """The mean speed of something that shows these media seconds."""
    shown = window.high - window.low
    return Fraction((high - low) / shown).limit_denominator(1000) if shown > 0 else Fraction(0)

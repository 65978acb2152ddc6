"""Puts a timeline together, clip by clip, within bounds: every cut may be made to hurt."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from checkthegate.model import Unreadable
from checkthegate.model.timecode import can_drop, exact_rate
from checkthegate.model.timeline import (
    Clip,
    FrameRange,
    Marker,
    MediaRef,
    Timeline,
    Track,
    TrackKind,
)

MOST_CLIPS: Final = 50_000
MOST_VISITS: Final = 200_000
DEEPEST: Final = 40
_MOST_PROBLEMS: Final = 12
_MOST_MARKERS: Final = 20_000
_LONGEST_TEXT: Final = 400
_FURTHEST: Final = 1e7
_NEARLY: Final = 1e-5
_MOST_LOOKED_AT: Final = 200
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\ud800-\udfff]+")


def plain(text: object, longest: int = _LONGEST_TEXT) -> str:
    """A name from a file as one printable line of bounded length; empty for what is no text."""
    if not isinstance(text, str):
        return str(text) if isinstance(text, int | float) else ""
    if len(text) <= longest and text.isprintable():
        return text.strip()
    return _UNSEEN.sub(" ", text[: longest * 2]).strip()[:longest]


@lru_cache(maxsize=256)
def known_rate(rate: float) -> Fraction:
    """The exact rate meant by a decimal. Raises `Unreadable` for what is none."""
    try:
        return exact_rate(rate)
    except (ValueError, OverflowError):
        raise Unreadable("a frame rate in this timeline is no frame rate") from None


def frame_at(seconds: float, rate: Fraction) -> int:
    """The frame nearest this time. Raises `Unreadable` beyond 115 days either way."""
    if not -_FURTHEST < seconds < _FURTHEST:
        raise Unreadable("a time in this timeline lies beyond all reason")
    return round(seconds * rate.numerator / rate.denominator)


def range_around(start: float, end: float, rate: Fraction) -> FrameRange:
    """The fewest frames that hold all of a range of seconds; at least one."""
    for seconds in (start, end):
        if not -_FURTHEST < seconds < _FURTHEST:
            raise Unreadable("a time in this timeline lies beyond all reason")
    a_second = rate.numerator / rate.denominator
    first = math.floor(start * a_second + _NEARLY)
    return FrameRange(first, max(first + 1, math.ceil(end * a_second - _NEARLY)), rate)


@dataclass(frozen=True, slots=True)
class Window:
    """What is seen of a nested timeline: from `low` to `high` of its own time, in seconds.

    Its time t lies at `slope * t + shift` of the outermost timeline's.
    """

    low: float = 0.0
    high: float = math.inf
    slope: float = 1.0
    shift: float = 0.0

    def inside(self, start: float, length: float, inner: float, speed: float) -> Window | None:
        """The window into something at `start` of this time, whose own time begins at `inner`.

        In reverse its own time is played from the end of what it uses. None if nothing is seen.
        """
        low, high = max(self.low, start), min(self.high, start + length)
        if high <= low:
            return None
        if math.isinf(high):
            return None
        # A still frame is played so slowly that nothing moves: the same sums hold.
        pace = speed if abs(speed) > _NEARLY else _NEARLY * _NEARLY
        begin = inner if pace > 0 else inner - length * pace
        ends = sorted((begin + (low - start) * pace, begin + (high - start) * pace))
        slope = self.slope / pace
        return Window(ends[0], ends[1], slope, self.slope * start + self.shift - slope * begin)

    def record(self, rate: Fraction, origin: int) -> FrameRange:
        """Where it lies in the outermost timeline, whose first frame has number `origin`."""
        one, other = self.slope * self.low + self.shift, self.slope * self.high + self.shift
        first, last = frame_at(min(one, other), rate), frame_at(max(one, other), rate)
        return FrameRange(origin + first, origin + last, rate)


class Assembly:
    """A timeline in the making. Beyond the bounds it stops taking things in, and says so."""

    def __init__(self, format: str, name: str, rate: Fraction) -> None:
        self.format = format
        self.name = plain(name)
        self.rate = rate
        self.start = 0
        self.drop_frame = False
        self.rate_stated = True
        self.clips: list[Clip] = []
        self.full = False
        self._tracks: dict[str, Track] = {}
        self._markers: list[Marker] = []
        self._problems: dict[str, None] = {}
        self._untold = 0
        self._visits = 0

    def visit(self, depth: int = 0) -> bool:
        """Count one step into the file. False once it is too deep or too much."""
        self._visits += 1
        if depth > DEEPEST:
            self.problem(
                f"timelines lie more than {DEEPEST} deep in each other, or in a circle; what lies "
                "deeper was not looked at"
            )
            return False
        if self._visits > MOST_VISITS:
            self._overflow()
            return False
        return not self.full

    def track(self, kind: TrackKind, number: int, label: str = "", *, enabled: bool = True) -> str:
        """The name of a track, which is listed from now on."""
        name = f"{kind.letter}{number}"
        if name not in self._tracks and len(self._tracks) < MOST_CLIPS:
            self._tracks[name] = Track(name, kind, plain(label), enabled)
        return name

    def add(
        self,
        name: str,
        track: str,
        record: FrameRange,
        source: FrameRange | None,
        media: MediaRef,
        **more: Any,
    ) -> None:
        """Take in a clip; its number is its place."""
        if len(self.clips) >= MOST_CLIPS:
            self._overflow()
            return
        number = len(self.clips) + 1
        self.clips.append(Clip(number, plain(name), track, record, source, media, **more))

    def mark(self, frame: int, name: object, comment: object = "", track: str = "") -> None:
        """Take in a marker."""
        if len(self._markers) < _MOST_MARKERS:
            self._markers.append(Marker(frame, plain(name), plain(comment), track))

    def problem(self, sentence: str) -> None:
        """Keep a sentence about what could not be read; each is kept once, and not too many."""
        if sentence in self._problems:
            return
        if len(self._problems) < _MOST_PROBLEMS:
            self._problems[sentence] = None
        else:
            self._untold += 1

    def _overflow(self) -> None:
        self.full = True
        self.problem(
            f"the timeline holds more than {MOST_CLIPS} events; those after that were not read"
        )

    def timeline(self) -> Timeline:
        """What was put together."""
        problems = list(self._problems)
        if self._untold:
            problems.append(f"{self._untold} more things in this timeline could not be read")
        return Timeline(
            self.format,
            self.name,
            self.rate,
            tuple(self.clips),
            tuple(self._tracks.values()),
            self.start,
            self.drop_frame and can_drop(self.rate),
            self.rate_stated,
            tuple(self._markers),
            tuple(problems),
        )


def media_named(path: object, **more: Any) -> MediaRef:
    """A media reference from a path or URL as a file writes it, of whatever system."""
    written = plain(path, 2000)
    shown = _unquoted(written) if "%" in written and "://" in written else written
    last = shown.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return MediaRef(file=plain(last), path=written, **more)


def _unquoted(written: str) -> str:
    from urllib.parse import unquote

    return unquote(written)


def metadata_found(
    metadata: Mapping[str, Any], names: Sequence[frozenset[str]], depth: int = 3
) -> list[str]:
    """For each set of keys (lower case) the first text under one, a few levels down; else empty."""
    found = [""] * len(names)
    level: list[Mapping[str, Any]] = [metadata]
    for _ in range(depth + 1):
        below: list[Mapping[str, Any]] = []
        for each in level[:_MOST_LOOKED_AT]:
            for key, value in islice(each.items(), _MOST_LOOKED_AT):
                if type(value) is dict:
                    below.append(value)
                elif type(value) is str and value:
                    low = str(key).lower()
                    for place, wanted in enumerate(names):
                        if low in wanted and not found[place]:
                            found[place] = plain(value)
        level = below
    return found

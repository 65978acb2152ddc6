"""The closer look: from where to where two sounds are the same, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.sound_ends import LENIENT, STRICT, Care, ends
from checkthegate.fingerprint.sound_line import (
    FASTEST,
    LEAST_PEAKS,
    SLOWEST,
    Line,
    Side,
    glanced,
    settled,
)
from checkthegate.fingerprint.sound_meeting import Meeting, Spread, meeting, spread_of
from checkthegate.fingerprint.spectra import Peaks

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_VOTERS = 40
_WORTH, _BRIDGE_SECONDS = 15.0, 6.0
_PROMISING_THEN = 40.0
_REACH = 16.0
_TURNS = 4
_FIRST_SHARE = 0.3
_DROP = 60.0
_LEAST_EVIDENCE = 8.0
_STRETCHES: Final = 16
_AT_A_GLANCE, _STRIKING, _CURIOUS, _PROMISING = 3.5, 5.0, 3.8, 30.0
_SLOPE_SECONDS, _MANY = 3.0, 60
_TIMES = 2


@dataclass(frozen=True, slots=True)
class Aligned:
    """A stretch of the source that is heard along a line. Spans are in seconds.

    `evidence` is the logarithm of how much likelier what meets is if it is heard there. `share` of
    the source's peaks are met, `chance` is the share that is met anyway.
    """

    line: Line
    source: tuple[float, float]
    target: tuple[float, float]
    evidence: float
    share: float
    chance: float
    spread: Spread

    @property
    def seconds(self) -> float:
        """How long it is, in target time."""
        return self.target[1] - self.target[0]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The peaks of a source: the strongest, which vote, and all of them, which show the ends."""

    strong: Side
    every: Side

    @classmethod
    def of(cls, peaks: Peaks) -> Source:
        """Of these peaks."""
        return cls(Side.of(peaks.strongest(_VOTERS)), Side.of(peaks))


def aligned(source: Source, target: Side, around: float, guess: Line) -> list[Aligned]:
    """Stretches of the source heard in the target along a line near `guess`, the surest first;
    `ended` says where exactly each begins and ends.

    `around` is the moment of the target where the guess was made.
    """
    glance = glanced(source.strong, target, around, guess)
    if glance is None or glance.votes < max(LEAST_PEAKS, _AT_A_GLANCE * glance.expected):
        return []
    start = settled(source.strong, target, around, guess)
    if start is None or start.votes < LEAST_PEAKS:
        return []
    # What is short fills the shorter look alone.
    striking = glance.votes >= _STRIKING * glance.expected
    if not striking and start.votes < _CURIOUS * start.expected:
        return []
    line = start.line
    if not _worth_it(source.strong, target.between(around - _REACH, around + _REACH), line):
        return []
    best: Aligned | None = None
    for turn in range(_TURNS):
        met = meeting(source.strong, target, line)
        parts = _stretches(met, best) if met is not None else []
        if met is None or not parts or parts[0][2] < (_PROMISING if turn == 0 else _PROMISING_THEN):
            return []
        best = _described(met, *parts[0])
        better = _polished(met, best)
        if better is None or turn == _TURNS - 1 or (turn > 1 and _same(better, line)):
            worthy = [_described(met, *part) for part in parts if part[2] >= _WORTH]
            return _bridged(worthy)
        line = better
    return []


def _worth_it(source: Side, target: Side, line: Line) -> bool:
    """Whether nearly enough meets along the line, looked at quickly."""
    met = meeting(source, target, line, quick=True)
    return met is not None and any(part[2] >= _PROMISING for part in _stretches(met, None))


def _bridged(found: list[Aligned]) -> list[Aligned]:
    """The same, joined where only a short part between them was covered."""
    parts = sorted(found, key=lambda each: each.source[0])
    joined: list[Aligned] = []
    for part in parts:
        if joined and part.source[0] - joined[-1].source[1] < _BRIDGE_SECONDS:
            part = _together(joined.pop(), part)
        joined.append(part)
    return sorted(joined, key=lambda each: -each.evidence)


def _together(one: Aligned, other: Aligned) -> Aligned:
    surer = one if one.evidence >= other.evidence else other
    return replace(
        surer,
        source=(one.source[0], other.source[1]),
        target=(one.target[0], other.target[1]),
        evidence=one.evidence + other.evidence,
    )


def _stretches(met: Meeting, before: Aligned | None) -> list[tuple[int, int, float]]:
    """(first, last, evidence) of where the votes add up, the surest first."""
    import numpy

    share, closeness = _FIRST_SHARE, numpy.zeros(len(met.hit))
    if before is not None:
        share = float(numpy.clip(0.6 * before.share, 0.2, 0.5))
        closeness = met.closeness(before.spread)
    return _sums(met.votes(share, closeness))


def _described(met: Meeting, first: int, last: int, total: float) -> Aligned:
    begin, end = float(met.source.times[first]), float(met.source.times[last])
    inside = met.within(begin, end)
    return Aligned(
        line=met.line,
        source=(begin, end),
        target=(float(met.line.forth(begin)), float(met.line.forth(end))),
        evidence=total,
        share=float(met.hit[inside].mean()),
        chance=float(met.chance[inside].mean()),
        spread=spread_of(met, inside),
    )


def ended(source: Source, target: Side, found: Aligned) -> Aligned:
    """The same with exact ends. Where what covers it leaves a doubt, a strict look ends it too
    soon and a lenient one too late, or it ended where it seemed to: the middle of these three."""
    looks = (found.source, *(_looked(source, target, found, care) for care in (STRICT, LENIENT)))
    begin, end = (sorted(moments)[1] for moments in zip(*looks, strict=True))
    span = (float(found.line.forth(begin)), float(found.line.forth(end)))
    return replace(found, source=(begin, end), target=span)


def _looked(source: Source, target: Side, found: Aligned, care: Care) -> tuple[float, float]:
    """The ends: what is heard inside them tells where they are, so twice."""
    rough = found.source
    for _ in range(_TIMES):
        rough = ends(source.every, target, found.line, rough, found.spread, care)
    return rough


def _polished(met: Meeting, found: Aligned) -> Line | None:
    """The line through the peaks that are met in this stretch."""
    import numpy

    heard = met.hit & met.within(*found.source)
    times, late = met.source.times[heard], met.late[heard]
    if len(times) < LEAST_PEAKS:
        return None
    slope, at_centre = 0.0, float(numpy.median(late))
    centre = float(times.mean())
    if found.seconds > _SLOPE_SECONDS or (found.seconds > 1 and len(times) >= _MANY):
        slope, at_centre = numpy.polyfit(times - centre, late, 1)
    pace = float(numpy.clip(1 / met.line.speed + slope, 1 / FASTEST, 1 / SLOWEST))
    offset = float(met.line.forth(centre)) + float(at_centre) - centre * pace
    return Line(offset, 1 / pace, met.line.shift + float(numpy.median(met.higher[heard])))


def _same(one: Line, other: Line) -> bool:
    return (
        abs(one.offset - other.offset) < 0.002
        and abs(one.speed - other.speed) < 0.0001
        and abs(one.shift - other.shift) < 0.01
    )


def _sums(votes: Array) -> list[tuple[int, int, float]]:
    """(first, last, sum) of the stretches where votes add up most, the highest sum first."""
    import numpy

    found: list[tuple[int, int, float]] = []
    waiting = [(0, len(votes))]
    while waiting and len(found) < _STRETCHES:
        begin, end = waiting.pop()
        if end - begin < LEAST_PEAKS:
            continue
        sums = numpy.concatenate([[0.0], numpy.cumsum(votes[begin:end])])
        rises = sums[1:] - numpy.minimum.accumulate(sums)[:-1]
        last = int(numpy.argmax(rises))
        first = int(numpy.argmin(sums[: last + 1]))
        if rises[last] < _LEAST_EVIDENCE:
            continue
        for left, right in _unbroken(sums, first, last):
            total = float(sums[right + 1] - sums[left])
            found.append((begin + left, begin + right, total))
        waiting += [(begin, begin + first), (begin + last + 1, end)]
    return sorted(found, key=lambda part: -part[2])


def _unbroken(sums: Array, first: int, last: int) -> list[tuple[int, int]]:
    """The stretch, cut wherever its sum falls by more than `_DROP` on the way."""
    import numpy

    parts, waiting = [], [(first, last)]
    while waiting:
        first, last = waiting.pop()
        inner = sums[first : last + 2]
        fall = numpy.maximum.accumulate(inner) - inner
        deepest = int(numpy.argmax(fall))
        if fall[deepest] < _DROP:
            parts.append((first, last))
            continue
        top = int(numpy.argmax(inner[: deepest + 1]))
        waiting += [(first, first + top - 1), (first + deepest, last)]
    return parts

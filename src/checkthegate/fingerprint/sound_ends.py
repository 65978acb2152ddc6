"""Where exactly a stretch begins and ends.

Inside it a peak of the source is met unless something louder covers it there; that is what a miss
is judged by. A peak that should be heard above all around it and is not says that the stretch is
over, one that would be covered says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.sound_line import Line, Side
from checkthegate.fingerprint.sound_meeting import Meeting, Spread, levels_expected, meeting
from checkthegate.fingerprint.spectra import BASE_HERTZ, NEAR_HERTZ, NEAR_SECONDS, spread

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

BEYOND: Final = 3.0
"""Seconds beyond the stretch that are looked at."""

_DECOY_SECONDS = 5.0
_COVERED_DECIBELS = 1.0
_PRIOR, _COVERED_SHARE = 6.0, 0.3
_FOR_A_SHARE = 30
_SURELY = 0.05
"""What share of a stretch at either end may not belong to it."""
_TOGETHER_SECONDS = 0.04
_TELLS, _NOT_FAR = 3.0, 0.4
_LEAST_DECIBELS, _ANY_DECIBELS, _CLOSEST = 1.0, 6.0, 1.5


@dataclass(frozen=True, slots=True)
class Care:
    """`doubt` is what a single peak that is met by chance may say; `missing` how much a peak that
    is not met tells, 1 for all that it would if it knew of all that covers it."""

    doubt: float
    missing: float


STRICT: Final = Care(2.0, 1.0)
LENIENT: Final = Care(1.0, 0.6)


def ends(
    source: Side,
    target: Side,
    line: Line,
    rough: tuple[float, float],
    close: Spread,
    care: Care = STRICT,
) -> tuple[float, float]:
    """The first and last second of the source that is heard, given these roughly.

    `source` holds all peaks there are. `close` says how closely peaks meet.
    """
    import numpy

    first, last = rough[0] - BEYOND, rough[1] + BEYOND
    margin = _DECOY_SECONDS
    heard = target.between(float(line.forth(first)) - margin, float(line.forth(last)) + margin)
    met = meeting(source.between(first, last), heard, line)
    if met is None:
        return rough
    inside = met.within(*rough)
    if not bool((met.hit & inside).any()):
        return rough
    surely = _SURELY * (rough[1] - rough[0])
    votes = _votes(met, met.within(rough[0] + surely, rough[1] - surely), close)
    votes = numpy.where(votes < 0, votes * care.missing, votes)
    times = met.source.times
    middle = (rough[0] + rough[1]) / 2
    after = times >= middle
    end = _last(times[after], votes[after], care.doubt)
    begin = -_last(-times[~after][::-1], votes[~after][::-1], care.doubt)
    return (begin if numpy.isfinite(begin) else middle), (end if numpy.isfinite(end) else middle)


def _last(times: Array, votes: Array, doubt: float) -> float:
    """The moment up to which the votes add up to most. What begins together is counted together.
    Where nothing tells for a while, it lies half way, not far from what told last."""
    import numpy

    if not len(times):
        return float("-inf")
    sums = numpy.concatenate([[0.0], numpy.cumsum(votes)])
    until = sums[numpy.searchsorted(times, times + _TOGETHER_SECONDS, "right")]
    best = int(numpy.flatnonzero(until >= until.max() - doubt)[0])
    over = numpy.flatnonzero(until[best:] < until[best] - _TELLS)
    dumb = best + int(over[0]) if len(over) else len(times) - 1
    silent = float(times[dumb] - times[best])
    return float(times[best]) + min(silent / 2, _NOT_FAR)


def _votes(met: Meeting, inside: Array, close: Spread) -> Array:
    import numpy

    expected = levels_expected(met, inside)
    covered = _loudest_beside(met) > expected + _COVERED_DECIBELS
    usual = float(met.hit[inside].mean())
    share = numpy.empty(len(covered))
    for which, prior in ((covered, usual * _COVERED_SHARE), (~covered, usual)):
        members = inside & which
        known = _shares(expected[members], met.hit[members], prior)
        share[which] = numpy.interp(expected[which], *known)
    scale = max(close.decibels, _LEAST_DECIBELS) * 1.5
    away = numpy.abs(met.target.levels[met.other] - expected)
    fitting = numpy.log(0.8 * numpy.exp(-away / scale) * _ANY_DECIBELS / scale + 0.2)
    closeness = met.closeness(close) + numpy.minimum(fitting, _CLOSEST)
    return met.votes(numpy.clip(share, 0.03, 0.9), closeness)


def _shares(levels: Array, hit: Array, prior: float) -> tuple[Array, Array]:
    """(level, which share of the peaks that should be so loud is met), ascending: what lies below
    what else is heard is seldom met, and says little where it is not."""
    import numpy

    order = numpy.argsort(levels, kind="stable")
    parts = max(1, len(order) // _FOR_A_SHARE)
    found = [(0.0, prior)] if not len(order) else []
    for part in numpy.array_split(order, parts) if len(order) else []:
        share = (float(hit[part].sum()) + _PRIOR * prior) / (len(part) + _PRIOR)
        found.append((float(numpy.median(levels[part])), share))
    told = numpy.array(found)
    return told[:, 0], told[:, 1]


def _loudest_beside(met: Meeting) -> Array:
    """The level of the loudest other peak of the target beside where each should be met: a peak is
    one only if nothing that near is louder."""
    import numpy

    target = met.target
    times = met.line.forth(met.source.times)
    low = numpy.searchsorted(target.times, times - NEAR_SECONDS)
    high = numpy.searchsorted(target.times, times + NEAR_SECONDS)
    which, other = spread(low, high)
    asked = _hertz(met.source.pitches + met.line.shift)
    near = numpy.abs(_hertz(target.pitches)[other] - asked[which]) < NEAR_HERTZ
    near &= ~(met.hit[which] & (other == met.other[which]))
    loudest = numpy.full(len(times), -numpy.inf)
    numpy.maximum.at(loudest, which[near], target.levels[other[near]])
    return loudest


def _hertz(semitones: Array) -> Array:
    hertz: Array = BASE_HERTZ * 2 ** (semitones / 12)
    return hertz

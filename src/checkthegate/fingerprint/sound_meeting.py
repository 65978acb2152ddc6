"""Where peaks of two sounds meet along a line, and what each says for the line or against it.

Each peak of the source votes for the line when the target has a peak just there, against it when
not; what a vote weighs follows from how often that happens beside the line, so held notes and dense
music weigh little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.sound_line import LEAST_PEAKS, Line, Side

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MET_SECONDS: Final = 0.030
MET_SEMITONES: Final = 0.22
"""How near is met."""

_DECOYS = (-2.9, -2.1, -1.63, -1.27, -0.91, -0.53, 0.47, 0.83, 1.19, 1.57, 2.3, 3.1)
_PRIOR, _AROUND = 6.0, 60
_LEAST_CHANCE = 0.01
_CLOSEST = 3.0
_LEAST_SECONDS, _LEAST_SEMITONES = 0.003, 0.025


@dataclass(frozen=True, slots=True)
class Spread:
    """How closely peaks meet: median deviations in seconds, semitones and decibels."""

    seconds: float
    semitones: float
    decibels: float


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """The source's peaks that could be heard; which of them are (`hit`, bool), by which of the
    target's (`other`, int64), and how likely that is where the source is not heard (`chance`)."""

    line: Line
    source: Side
    target: Side
    hit: Array
    other: Array
    chance: Array

    @property
    def late(self) -> Array:
        """By how many seconds each peak is met later than the line says."""
        late: Array = self.target.times[self.other] - self.line.forth(self.source.times)
        return late

    @property
    def higher(self) -> Array:
        """By how many semitones each is met higher than the line says."""
        higher: Array = self.target.pitches[self.other] - self.source.pitches - self.line.shift
        return higher

    @property
    def louder(self) -> Array:
        """By how many decibels each is louder where it is met."""
        louder: Array = self.target.levels[self.other] - self.source.levels
        return louder

    def votes(self, share: float | Array, closeness: float | Array) -> Array:
        """What each peak says for the line (logarithm of a ratio of likelihoods), if `share` of
        the peaks are met where it holds."""
        import numpy

        chance = numpy.minimum(self.chance, share * 0.8)
        gain = numpy.log(share / chance) + closeness
        return numpy.where(self.hit, gain, numpy.log((1 - share) / (1 - chance)))

    def closeness(self, spread: Spread) -> Array:
        """What it adds that a peak is met just so, and not anywhere within what counts as met."""
        import numpy

        likelier = numpy.ones(len(self.hit))
        for away, usual, most in (
            (self.late, max(spread.seconds, _LEAST_SECONDS), MET_SECONDS),
            (self.higher, max(spread.semitones, _LEAST_SEMITONES), MET_SEMITONES),
        ):
            scale = usual * 1.5
            likelier *= numpy.exp(-numpy.abs(away) / scale) * most / scale
        closeness: Array = numpy.minimum(numpy.log(0.8 * likelier + 0.2), _CLOSEST)
        return closeness

    def within(self, start: float, stop: float) -> Array:
        """Which peaks of the source lie between these of its seconds, both included."""
        inside: Array = (self.source.times >= start) & (self.source.times <= stop)
        return inside


def meeting(source: Side, target: Side, line: Line, *, quick: bool = False) -> Meeting | None:
    """What meets along a line, over all that the two have in common; None where that is little.

    `quick` looks beside the line in fewer places.
    """
    import numpy

    if not len(source) or not len(target):
        return None
    span = line.back(numpy.array([target.times[0], target.times[-1]]))
    played = source.between(float(span[0]), float(span[1]))
    if len(played) < LEAST_PEAKS:
        return None
    hit, other = _hits(played, target, line)
    decoys = _DECOYS[::3] if quick else _DECOYS
    tries = [_hits(played, target, replace(line, offset=line.offset + d))[0] for d in decoys]
    beside = numpy.sum(tries, axis=0)
    around = _smooth(beside / len(decoys))
    chance = beside + _PRIOR * numpy.maximum(around, _LEAST_CHANCE)
    return Meeting(line, played, target, hit, other, chance / (len(decoys) + _PRIOR))


def _hits(played: Side, target: Side, line: Line) -> tuple[Array, Array]:
    """(whether each peak is met, by which of the target's peaks)."""
    import numpy

    expected, wanted = line.forth(played.times), played.pitches + line.shift
    low = numpy.searchsorted(target.times, expected - MET_SECONDS)
    high = numpy.searchsorted(target.times, expected + MET_SECONDS)
    other = numpy.zeros(len(expected), numpy.int64)
    nearest = numpy.full(len(expected), MET_SEMITONES)
    last = len(target) - 1
    for step in range(int((high - low).max(initial=0))):
        member = numpy.minimum(low + step, last)
        away = numpy.abs(target.pitches[member] - wanted)
        better = (low + step < high) & (away < nearest)
        nearest[better], other[better] = away[better], member[better]
    return nearest < MET_SEMITONES, other


def _smooth(values: Array) -> Array:
    """The mean of the neighbours of each."""
    import numpy

    padded = numpy.pad(values, _AROUND // 2, mode="edge")
    sums = numpy.cumsum(padded)
    smooth: Array = (sums[_AROUND - 1 :] - numpy.pad(sums, (1, 0))[:-_AROUND]) / _AROUND
    return smooth[: len(values)]


def levels_expected(met: Meeting, inside: Array) -> Array:
    """How loud each peak of the source should be in the target, in dB: as loud as those that are
    met nearby in time and in pitch, among `inside`, say."""
    import numpy

    heard = met.hit & inside
    extra = numpy.zeros(len(met.hit))
    for _ in range(2):
        for places, width in ((met.source.pitches, 6.0), (met.source.times, 1.5)):
            extra += _running(places[heard], (met.louder - extra)[heard], width, places)
    expected: Array = met.source.levels + extra
    return expected


def _running(places: Array, values: Array, width: float, asked: Array) -> Array:
    """Running medians of the values, between their places, at the places asked for."""
    import numpy

    order = numpy.argsort(places, kind="stable")
    places, values = places[order], values[order]
    if not len(places):
        return numpy.zeros(len(asked))
    knots = numpy.arange(places[0], places[-1] + width, width / 2)
    low = numpy.searchsorted(places, knots - width / 2)
    high = numpy.searchsorted(places, knots + width / 2)
    known = [
        (knot, float(numpy.median(values[a:b])))
        for knot, a, b in zip(knots, low, high, strict=True)
        if b - a >= 4
    ]
    if not known:
        return numpy.full(len(asked), numpy.median(values))
    at, level = numpy.array(known).T
    between: Array = numpy.interp(asked, at, level)
    return between


def spread_of(met: Meeting, inside: Array) -> Spread:
    """How closely the peaks among `inside` that are met do so.

    Of levels, only what neither a filter nor a fader explains.
    """
    import numpy

    heard = met.hit & inside
    left = met.target.levels[met.other] - levels_expected(met, inside)
    deviations = [
        float(numpy.median(numpy.abs(each - numpy.median(each)))) if len(each) else 0.0
        for each in (met.late[heard], met.higher[heard], left[heard])
    ]
    return Spread(*deviations)

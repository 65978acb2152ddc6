"""Where peaks of two sounds meet along a line, and what each says for the line or against it.

Each peak of the source votes for the line when the target has a peak just there, against it when
not; what a vote weighs follows from how often that happens beside the line, so held notes and dense
music weigh little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.sound_line import LEAST_PEAKS, Line, Side
from checkthegate.fingerprint.spectra import spread

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MET_SECONDS: Final = 0.030
MET_SEMITONES: Final = 0.22
"""How near is met."""

_DECOYS = (-2.9, -2.1, -1.63, -1.27, -0.91, -0.53, 0.47, 0.83, 1.19, 1.57, 2.3, 3.1)
_PRIOR, _AROUND = 6.0, 60
_FOR_A_MEDIAN = 4
_TOGETHER, _ANOTHER_PITCH = 0.02, 0.4
_LEAST_CHANCE = 0.01
_CLOSEST = 3.0
_LEAST_SECONDS, _LEAST_SEMITONES = 0.003, 0.025


@dataclass(frozen=True, slots=True)
class Spread:
    """How closely peaks meet: median deviations in seconds, semitones and decibels.

    `together` is the correlation of how late peaks are that begin together, over so many `pairs`
    of them: the partials of a note that is played anew are late together, what a room or a codec
    does to them it does to each.
    """

    seconds: float
    semitones: float
    decibels: float
    together: float = 0.0
    pairs: int = 0


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

    def closeness(self, close: Spread) -> Array:
        """What it adds that a peak is met just so, and not anywhere within what counts as met."""
        import numpy

        likelier = numpy.ones(len(self.hit))
        for away, usual, most in (
            (self.late, max(close.seconds, _LEAST_SECONDS), MET_SECONDS),
            (self.higher, max(close.semitones, _LEAST_SEMITONES), MET_SEMITONES),
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
    beside = numpy.zeros(len(played))
    for away in decoys:
        beside += _beside(played, target, replace(line, offset=line.offset + away))
    around = _smooth(beside / len(decoys))
    chance = beside + _PRIOR * numpy.maximum(around, _LEAST_CHANCE)
    return Meeting(line, played, target, hit, other, chance / (len(decoys) + _PRIOR))


def _hits(played: Side, target: Side, line: Line) -> tuple[Array, Array]:
    """(whether each peak is met, by which of the target's peaks)."""
    import numpy

    which, other, away = _near(played, target, line)
    hit = numpy.zeros(len(played), bool)
    hit[which] = True
    nearest = numpy.zeros(len(played), numpy.int64)
    order = numpy.argsort(-away, kind="stable")
    nearest[which[order]] = other[order]
    return hit, nearest


def _beside(played: Side, target: Side, line: Line) -> Array:
    """Whether each peak is met, as 0 or 1."""
    import numpy

    met = numpy.zeros(len(played), numpy.int64)
    met[_near(played, target, line)[0]] = 1
    return met


def _near(played: Side, target: Side, line: Line) -> tuple[Array, Array, Array]:
    """(which peak, one of the target's that meets it, how far that is in pitch)."""
    import numpy

    expected = line.forth(played.times)
    low = numpy.searchsorted(target.times, expected - MET_SECONDS)
    high = numpy.searchsorted(target.times, expected + MET_SECONDS)
    which, other = spread(low, high)
    away = numpy.abs(target.pitches[other] - played.pitches[which] - line.shift)
    near = numpy.flatnonzero(away < MET_SEMITONES)
    return which[near], other[near], away[near]


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
        for places, width in ((met.source.pitches, 4.0), (met.source.times, 1.0)):
            extra += _running(places[heard], (met.louder - extra)[heard], width, places)
    expected: Array = met.source.levels + extra
    return expected


def _running(places: Array, values: Array, width: float, asked: Array) -> Array:
    """Medians of the values in bins of this width, and between them, at the places asked for."""
    import numpy

    if not len(places):
        return numpy.zeros(len(asked))
    bins = numpy.floor(places / width).astype(numpy.int64)
    order = numpy.lexsort((values, bins))
    bins, values = bins[order], values[order]
    starts = numpy.flatnonzero(numpy.diff(bins, prepend=bins[0] - 1))
    counts = numpy.diff(starts, append=len(bins))
    known = counts >= _FOR_A_MEDIAN
    if not known.any():
        return numpy.full(len(asked), numpy.median(values))
    middles = values[(starts + counts // 2)[known]]
    between: Array = numpy.interp(asked, (bins[starts[known]] + 0.5) * width, middles)
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
    late, higher, left_over = deviations
    together, longest = _together(met, heard)
    return Spread(late, higher, left_over, together, longest)


def _together(met: Meeting, heard: Array) -> tuple[float, int]:
    """Correlation of how late peaks are that begin together at different pitches; of how many."""
    import numpy

    times, pitches = met.source.times[heard], met.source.pitches[heard]
    numbers = numpy.arange(len(times))
    one, other = spread(numbers + 1, numpy.searchsorted(times, times + _TOGETHER))
    apart = numpy.abs(pitches[one] - pitches[other]) > _ANOTHER_PITCH
    one, other = one[apart], other[apart]
    late = met.late[heard] - numpy.median(met.late[heard]) if len(times) else times
    power = float(numpy.sum(late[one] ** 2) * numpy.sum(late[other] ** 2)) ** 0.5
    return (float(numpy.sum(late[one] * late[other])) / power if power else 0.0), len(one)

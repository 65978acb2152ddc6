"""Lines between two sounds: when each moment of a source is heard in a target, and how much higher.

Another offset, speed or pitch is still a line, while another performance keeps to none for long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.spectra import STEPS, TICK_SECONDS, Peaks, spread

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

SLOWEST: Final = 0.94
FASTEST: Final = 1.06
SHIFTS: Final = 1.15
"""Speeds, and semitones up or down, that are looked for."""
LEAST_PEAKS: Final = 8

_SPEED_STEP, _GLANCE_STEP = 0.005, 0.02
_COARSE_SECONDS, _COARSE_SEMITONES = 0.05, 0.3
_REACH, _GLANCE = 8.0, 4.0
_SEEK_SECONDS, _SEEK_SEMITONES = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """Moment `t` of the source is heard at `t / speed + offset` seconds of the target.

    `shift` is by how many semitones it sounds higher there.
    """

    offset: float
    speed: float = 1.0
    shift: float = 0.0

    def forth(self, moment: Any) -> Any:
        """From source to target seconds."""
        return moment / self.speed + self.offset

    def back(self, moment: Any) -> Any:
        """From target to source seconds."""
        return (moment - self.offset) * self.speed

    def near(self, other: Line, moment: float) -> bool:
        """Whether both say much the same of a moment of the target."""
        return (
            abs(self.back(moment) - other.back(moment)) < 0.5
            and abs(self.shift - other.shift) < 0.4
        )


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Peaks in order of time: `times` in seconds, `pitches` in semitones, `levels` in decibels."""

    times: Array
    pitches: Array
    levels: Array

    @classmethod
    def of(cls, peaks: Peaks) -> Side:
        """Of these peaks."""
        import numpy

        return cls(
            peaks.times * TICK_SECONDS,
            peaks.pitches / numpy.float64(STEPS),
            peaks.levels / numpy.float64(2),
        )

    def between(self, start: float, stop: float) -> Side:
        """Those from `start` up to `stop` seconds."""
        import numpy

        first, last = numpy.searchsorted(self.times, (start, stop))
        cut = slice(int(first), int(last))
        return Side(self.times[cut], self.pitches[cut], self.levels[cut])

    def __len__(self) -> int:
        return len(self.times)


@dataclass(frozen=True, slots=True)
class Settled:
    """A line, how many pairs of peaks lie on it, and how many would by chance."""

    line: Line
    votes: int
    expected: float


def glanced(source: Side, target: Side, around: float, guess: Line) -> Settled | None:
    """Like `settled`, over a shorter time and roughly, at a fraction of the cost."""
    return _settled(source, target, (around, _GLANCE), guess, _GLANCE_STEP)


def settled(source: Side, target: Side, around: float, guess: Line) -> Settled | None:
    """The line near `guess` on which most peaks around this moment of the target meet."""
    return _settled(source, target, (around, _REACH), guess, _SPEED_STEP)


def _settled(
    source: Side, target: Side, where: tuple[float, float], guess: Line, step: float
) -> Settled | None:
    import numpy

    around, reach = where
    heard = target.between(around - reach, around + reach)
    first, last = guess.back(numpy.array([around - reach, around + reach]))
    played = source.between(first - 1, last + 1)
    pairs = _pairs(played, heard, guess)
    if len(pairs) < LEAST_PEAKS:
        return None
    centre = guess.back(around)
    speeds = numpy.arange(SLOWEST, FASTEST + 1e-9, step)
    lags = (pairs[:, 1] - around) - (pairs[:, 0] - centre) / speeds[:, None]
    votes, at, lag, shift = _densest(lags, pairs[:, 2])
    line = Line(float(around + lag - centre / speeds[at]), float(speeds[at]), float(shift))
    area = _COARSE_SECONDS * _COARSE_SEMITONES / (4 * _SEEK_SECONDS * _SEEK_SEMITONES)
    return Settled(line, votes, len(pairs) * area)


def _pairs(played: Side, heard: Side, guess: Line) -> Array:
    """(source time, target time, shift) of all peaks that could be the same one."""
    import numpy

    expected = guess.forth(played.times)
    low = numpy.searchsorted(heard.times, expected - _SEEK_SECONDS)
    high = numpy.searchsorted(heard.times, expected + _SEEK_SECONDS)
    which, other = spread(low, high)
    higher = heard.pitches[other] - played.pitches[which]
    near = numpy.abs(higher - guess.shift) < _SEEK_SEMITONES
    which, other = which[near], other[near]
    return numpy.stack([played.times[which], heard.times[other], higher[near]], axis=1)


def _densest(lags: Array, shifts: Array) -> tuple[int, int, float, float]:
    """How many lie in the fullest cell of lag and shift of all rows of lags; the number of the row,
    and the cell's middle."""
    import numpy

    step, rise = _COARSE_SECONDS / 2, _COARSE_SEMITONES / 2
    first, lowest = lags.min(), shifts.min()
    columns = ((lags - first) * (1 / step)).astype(numpy.int32)
    rows = ((shifts - lowest) * (1 / rise)).astype(numpy.int32)
    shape = (len(lags), int(columns.max()) + 2, int(rows.max()) + 2)
    columns += (numpy.arange(shape[0], dtype=numpy.int32) * shape[1])[:, None]
    columns *= shape[2]
    columns += rows
    counts = numpy.bincount(columns.ravel(), minlength=shape[0] * shape[1] * shape[2])
    table = counts.reshape(shape)
    wide = table[:, :-1] + table[:, 1:]
    squares = wide[:, :, :-1] + wide[:, :, 1:]
    best = int(numpy.argmax(squares))
    at, column, row = numpy.unravel_index(best, squares.shape)
    lag, shift = first + (column + 1) * step, lowest + (row + 1) * rise
    return int(squares.flat[best]), int(at), float(lag), float(shift)

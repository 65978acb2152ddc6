"""The closer look: do the peaks of two sounds fall together along one line, and from where to where?

A line says when each moment of the source is heard in the target: another offset, speed or pitch
is still a line, while another performance keeps to none for five seconds. Each peak of the source
votes for the line when the target has a peak just there, against it when not; what a vote weighs
follows from how often that happens beside the line, so held notes and dense music weigh little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.spectra import STEPS, TICK_SECONDS, Peaks

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

SLOWEST, FASTEST = 0.94, 1.06
SHIFTS = 1.15
"""Semitones up or down that are looked for."""
SOURCE_DENSITY: Final = 40
"""Peaks a second of the source that vote."""

_SPEED_STEP = 0.005
_COARSE_SECONDS, _COARSE_SEMITONES = 0.05, 0.3
_FINE_SECONDS, _FINE_SEMITONES = 0.030, 0.22
_REACH = 8.0
_SEEK_SECONDS, _SEEK_SEMITONES = 0.8, 0.5
_DECOYS = (-2.9, -2.1, -1.63, -1.27, -0.91, -0.53, 0.47, 0.83, 1.19, 1.57, 2.3, 3.1)
_PRIOR = 6.0
_SHARE = 0.3
_DROP = 60.0
_EDGE_SECONDS = 3.0
_CLOSEST = 3.0


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


@dataclass(frozen=True, slots=True)
class Aligned:
    """A stretch of the source that is heard along a line. Spans are in seconds.

    `evidence` is the logarithm of how much likelier the coincidences are if it is. `share` of the
    source's peaks were met, `chance` is the share that is met anyway. `time_spread` (seconds),
    `pitch_spread` (semitones) and `level_spread` (dB) say how closely: median deviations.
    """

    line: Line
    source: tuple[float, float]
    target: tuple[float, float]
    evidence: float
    share: float
    chance: float
    time_spread: float
    pitch_spread: float
    level_spread: float

    @property
    def seconds(self) -> float:
        """How long it is, in target time."""
        return self.target[1] - self.target[0]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Peaks as the alignment reads them: seconds, semitones, decibels."""

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


def aligned(source: Side, target: Side, around: float, guess: Line) -> list[Aligned]:
    """Stretches of the source heard in the target along a line near `guess`.

    `around` is the moment of the target where the guess was made.
    """
    line = settled(source, target, around, guess)
    if line is None:
        return []
    found: list[Aligned] = []
    close: Aligned | None = None
    for turn in range(4):
        met = _met(source, target, line)
        if met is None:
            return []
        found = met.stretches(close)
        if not found:
            return []
        close = max(found, key=lambda each: each.evidence)
        polished = met.polished(close)
        if polished is None or (turn > 1 and _same(polished, line)):
            break
        line = polished
    return found


def settled(source: Side, target: Side, around: float, guess: Line) -> Line | None:
    """The line near `guess` on which most peaks around this moment meet."""
    import numpy

    heard = target.between(around - _REACH, around + _REACH)
    first, last = guess.back(numpy.array([around - _REACH, around + _REACH]))
    played = source.between(first - 1, last + 1)
    pairs = _pairs(played, heard, guess)
    if len(pairs) < 8:
        return None
    centre = guess.back(around)
    early, late, higher = pairs[:, 0] - centre, pairs[:, 1] - around, pairs[:, 2]
    best: tuple[int, Line] | None = None
    for speed in numpy.arange(SLOWEST, FASTEST + 1e-9, _SPEED_STEP):
        lag = late - early / speed
        votes, where, shift = _densest(lag, higher)
        if best is None or votes > best[0]:
            offset = around + where - centre / speed
            best = votes, Line(float(offset), float(speed), float(shift))
    return best[1] if best else None


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


def spread(low: Array, high: Array) -> tuple[Array, Array]:
    """(number of the range, member) for every member of the ranges `low[i]..high[i]`."""
    import numpy

    sizes = high - low
    which = numpy.repeat(numpy.arange(len(low)), sizes)
    ends = numpy.cumsum(sizes)
    within = numpy.arange(len(which)) - numpy.repeat(ends - sizes, sizes)
    return which, numpy.repeat(low, sizes) + within


def _densest(lags: Array, shifts: Array) -> tuple[int, float, float]:
    """How many lie in the fullest cell of lag and shift, and the cell's middle."""
    import numpy

    step, rise = _COARSE_SECONDS / 2, _COARSE_SEMITONES / 2
    first, lowest = lags.min(), shifts.min()
    columns = ((lags - first) / step).astype(numpy.int64)
    rows = ((shifts - lowest) / rise).astype(numpy.int64)
    shape = (int(columns.max()) + 2, int(rows.max()) + 2)
    counts = numpy.bincount(columns * shape[1] + rows, minlength=shape[0] * shape[1])
    table = counts.reshape(shape)
    squares = table[:-1, :-1] + table[1:, :-1] + table[:-1, 1:] + table[1:, 1:]
    at = int(numpy.argmax(squares))
    column, row = divmod(at, squares.shape[1])
    return int(squares.flat[at]), first + (column + 1) * step, lowest + (row + 1) * rise


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    """The source's peaks that could be heard, and which of them are (`hit`), and by which."""

    line: Line
    source: Side
    target: Side
    hit: Array
    other: Array
    chance: Array

    def stretches(self, close: Aligned | None) -> list[Aligned]:
        """Where the votes add up, best first. `close` says how closely true peaks meet."""
        import numpy

        share = _SHARE if close is None else float(numpy.clip(0.6 * close.share, 0.2, 0.5))
        closeness = 0.0 if close is None else self._closeness(close)
        parts = _sums(self._votes(share, closeness), self.source.times)
        return [
            self._described(*self._trimmed(first, last, closeness), total)
            for first, last, total in parts
        ]

    def _votes(self, share: float, closeness: Array | float) -> Array:
        """What each peak says for the line, if this share of the peaks is met where it holds."""
        import numpy

        chance = numpy.minimum(self.chance, share * 0.8)
        gain = numpy.log(share / chance) + closeness
        return numpy.where(self.hit, gain, numpy.log((1 - share) / (1 - chance)))

    def _trimmed(self, first: int, last: int, closeness: Array | float) -> tuple[int, int]:
        """The stretch with its ends where the peaks nearby, by how many are met there, have them."""
        for _ in range(2):
            last = self._end(first, last, 1, closeness)
            first = self._end(first, last, -1, closeness)
        return first, last

    def _end(self, first: int, last: int, way: int, closeness: Array | float) -> int:
        import numpy

        times = self.source.times
        edge = times[last] if way > 0 else times[first]
        inner = edge - way * _EDGE_SECONDS
        low, high = numpy.searchsorted(times, sorted((inner, edge + way * _EDGE_SECONDS / 2)))
        near = self.hit[max(low, first) : min(high, last + 1)]
        if len(near) < 20:
            return last if way > 0 else first
        votes = self._votes(float(numpy.clip(near.mean(), 0.15, 0.8)), closeness)
        if way > 0:
            begin = max(int(low), first)
            return begin + int(numpy.argmax(numpy.cumsum(votes[begin:high])))
        end = min(int(high), last + 1)
        return end - 1 - int(numpy.argmax(numpy.cumsum(votes[low:end][::-1])))

    def _closeness(self, close: Aligned) -> Array:
        """What it adds that a peak is met just so, and not anywhere within what counts as met."""
        import numpy

        late = self.target.times[self.other] - self.line.forth(self.source.times)
        higher = self.target.pitches[self.other] - self.source.pitches - self.line.shift
        likelier = numpy.ones(len(late))
        for away, spread_, least, most in (
            (late, close.time_spread, 0.003, _FINE_SECONDS),
            (higher, close.pitch_spread, 0.025, _FINE_SEMITONES),
        ):
            scale = max(spread_, least) * 1.5
            likelier *= numpy.exp(-numpy.abs(away) / scale) * most / scale
        closeness: Array = numpy.minimum(numpy.log(0.8 * likelier + 0.2), _CLOSEST)
        return closeness

    def _described(self, first: int, last: int, total: float) -> Aligned:

        inside = slice(first, last + 1)
        hit, other = self.hit[inside], self.other[inside]
        times, pitches = self.source.times[inside][hit], self.source.pitches[inside][hit]
        met = other[hit]
        late = self.target.times[met] - self.line.forth(times)
        higher = self.target.pitches[met] - pitches - self.line.shift
        louder = self.target.levels[met] - self.source.levels[inside][hit]
        begin, end = float(times[0]), float(times[-1])
        return Aligned(
            line=self.line,
            source=(begin, end),
            target=(float(self.line.forth(begin)), float(self.line.forth(end))),
            evidence=float(total),
            share=float(hit.mean()),
            chance=float(self.chance[inside].mean()),
            time_spread=_deviation(late),
            pitch_spread=_deviation(higher),
            level_spread=_deviation(_unexplained(louder, times, pitches)),
        )

    def polished(self, found: Aligned) -> Line | None:
        """The line through the peaks that met in this stretch."""
        import numpy

        inside = self.hit & (self.source.times >= found.source[0])
        inside &= self.source.times <= found.source[1]
        times, met = self.source.times[inside], self.other[inside]
        if len(times) < 8:
            return None
        late = self.target.times[met] - self.line.forth(times)
        higher = self.target.pitches[met] - self.source.pitches[inside]
        slope, at_centre = 0.0, float(numpy.median(late))
        centre = float(times.mean())
        if found.seconds > 3:
            slope, at_centre = numpy.polyfit(times - centre, late, 1)
        pace = float(numpy.clip(1 / self.line.speed + slope, 1 / FASTEST, 1 / SLOWEST))
        offset = float(self.line.forth(centre)) + float(at_centre) - centre * pace
        return Line(offset, 1 / pace, float(numpy.median(higher)))


def _same(one: Line, other: Line) -> bool:
    return (
        abs(one.offset - other.offset) < 0.002
        and abs(one.speed - other.speed) < 0.0001
        and abs(one.shift - other.shift) < 0.01
    )


def _met(source: Side, target: Side, line: Line) -> _Met | None:
    """Which peaks of the source are met, over all that the two have in common."""
    import numpy

    if not len(source.times) or not len(target.times):
        return None
    span = line.back(numpy.array([target.times[0], target.times[-1]]))
    played = source.between(float(span[0]), float(span[1]))
    if len(played.times) < 8:
        return None
    hit, other = _hits(played, target, line)
    tries = [_hits(played, target, replace(line, offset=line.offset + d))[0] for d in _DECOYS]
    beside = numpy.sum(tries, axis=0)
    around = _smooth(beside / len(_DECOYS), 60)
    chance = (beside + _PRIOR * numpy.maximum(around, 0.01)) / (len(_DECOYS) + _PRIOR)
    return _Met(line, played, target, hit, other, chance)


def _hits(played: Side, target: Side, line: Line) -> tuple[Array, Array]:
    """(whether each peak is met, by which of the target's peaks)."""
    import numpy

    expected, wanted = line.forth(played.times), played.pitches + line.shift
    low = numpy.searchsorted(target.times, expected - _FINE_SECONDS)
    high = numpy.searchsorted(target.times, expected + _FINE_SECONDS)
    other = numpy.zeros(len(expected), numpy.int64)
    nearest = numpy.full(len(expected), _FINE_SEMITONES)
    last = len(target.times) - 1
    for step in range(int((high - low).max(initial=0))):
        member = numpy.minimum(low + step, last)
        away = numpy.abs(target.pitches[member] - wanted)
        better = (low + step < high) & (away < nearest)
        nearest[better], other[better] = away[better], member[better]
    return nearest < _FINE_SEMITONES, other


def _smooth(values: Array, width: int) -> Array:
    """The mean of `width` neighbours of each."""
    import numpy

    padded = numpy.pad(values, (width // 2, width - width // 2), mode="edge")
    sums = numpy.cumsum(padded)
    smooth: Array = (sums[width:] - sums[:-width]) / width
    return smooth


def _sums(votes: Array, times: Array) -> list[tuple[int, int, float]]:
    """(first, last, sum) of the stretches where votes add up most, best first; at most 16."""
    import numpy

    found: list[tuple[int, int, float]] = []
    open_parts = [(0, len(votes))]
    while open_parts and len(found) < 16:
        begin, end = open_parts.pop()
        if end - begin < 8:
            continue
        sums = numpy.concatenate([[0.0], numpy.cumsum(votes[begin:end])])
        rises = sums[1:] - numpy.minimum.accumulate(sums)[:-1]
        last = int(numpy.argmax(rises))
        first = int(numpy.argmin(sums[: last + 1]))
        if rises[last] < 8:
            continue
        for left, right in _unbroken(sums, first, last):
            total = float(sums[right + 1] - sums[left])
            found.append((begin + left, begin + right, total))
        open_parts += [(begin, begin + first), (begin + last + 1, end)]
    return sorted(found, key=lambda part: -part[2])


def _unbroken(sums: Array, first: int, last: int) -> list[tuple[int, int]]:
    """The stretch, cut where its sum falls by more than `_DROP` on the way."""
    import numpy

    inner = sums[first : last + 2]
    fall = numpy.maximum.accumulate(inner) - inner
    deepest = int(numpy.argmax(fall))
    if fall[deepest] < _DROP:
        return [(first, last)]
    top = int(numpy.argmax(inner[: deepest + 1]))
    return _unbroken(sums, first, first + top - 1) + _unbroken(sums, first + deepest, last)


def _deviation(values: Array) -> float:
    import numpy

    return float(numpy.median(numpy.abs(values - numpy.median(values)))) if len(values) else 0.0


def _unexplained(louder: Array, times: Array, pitches: Array) -> Array:
    """Differences of level that neither a filter nor a fader explains."""
    import numpy

    left = louder - numpy.median(louder)
    for _ in range(2):
        for places, width in ((pitches, 6.0), (times, 1.5)):
            slots = ((places - places.min()) / width).astype(numpy.int64)
            order = numpy.argsort(slots, kind="stable")
            edges = numpy.searchsorted(slots[order], numpy.arange(int(slots.max()) + 2))
            for begin, end in zip(edges[:-1], edges[1:], strict=True):
                if end - begin > 2:
                    left[order[begin:end]] -= numpy.median(left[order[begin:end]])
    return left

"""Whether two aligned films are the same take: their movements compared, place by place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.film_tones import fitted_tone, toned
from checkthegate.fingerprint.motion import Moving

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.aligning import Line

    Array = numpy.ndarray[Any, Any]

_MOMENTS = (0.12, 0.5)
_CELL = 4
_NOISE_FLOOR = 0.15
_MANY_TIMES_NOISE = 3.0
_CELL_AGREES = 0.6


@dataclass(frozen=True, slots=True)
class Score:
    """How far movements agree. `correlation` (-1..1) of all that moves in either, grain aside.
    `agreeing` is the share of the source's movement that lies where both agree. `moving` is how
    much the source moves: energy as many times that of noise, in the places that do.
    `moving_share` is the share of visible places that do. `rest` is what stays unexplained, in grey
    levels.
    """

    correlation: float = 0.0
    agreeing: float = 0.0
    moving: float = 0.0
    moving_share: float = 0.0
    rest: float = 255.0


NO_SCORE: Final = Score()
"""That of films which were not aligned."""


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """Target and source at the same moments, `step` seconds apart: float32 [n,h,w] each, the
    source graded as the target is. Empty where they hardly meet."""

    there: Array
    here: Array
    step: float

    def __len__(self) -> int:
        return len(self.here)


def scored(target: Moving, source: Moving, visible: Array, line: Line) -> Score:
    """Score a target that lies on the source's grid along a line."""
    return compared(paired(target, source, visible, line), visible)


def paired(target: Moving, source: Moving, visible: Array, line: Line) -> Paired:
    """Bring a target that lies on the source's grid together with the source along a line."""
    import numpy

    times = source_times(target, source, line)
    if len(times) < 4 or not visible.any():
        none = numpy.zeros((0, *visible.shape), numpy.float32)
        return Paired(none, none, 0.0)
    there = target.at((times - line.offset) / line.speed)
    near = source.between(float(times[0]), float(times[-1]))
    tone = fitted_tone(near.at(times)[::2][:, visible], there[::2][:, visible])
    here = Moving(near.times, toned(tone, near.frames)).at(times)
    return Paired(there, here, float(times[1] - times[0]))


def compared(pair: Paired, visible: Array) -> Score:
    """The score of paired frames, where they are visible."""
    import numpy

    if not len(pair) or not visible.any():
        return NO_SCORE
    rest = float(numpy.median(numpy.abs(pair.here - pair.there)[:, visible]))
    best = Score(rest=rest)
    for lag in sorted({max(1, round(moment / pair.step)) for moment in _MOMENTS}):
        if len(pair) > lag + 2:
            score = _moved(pair, visible, lag, rest)
            best = max(best, score, key=lambda each: each.correlation * min(1.0, each.moving))
    return best


def source_times(target: Moving, source: Moving, line: Line) -> Array:
    """Even times of the source that the target shows, as dense as the sparser one is."""
    import numpy

    ends = sorted(line.source_at(float(t)) for t in (target.times[0], target.times[-1]))
    start, stop = max(ends[0], float(source.times[0])), min(ends[1], float(source.times[-1]))
    step = max(source.step, target.step * abs(line.speed), 0.02)
    if stop - start < 2 * step:
        return numpy.zeros(0)
    return numpy.linspace(start, stop, int((stop - start) / step) + 1)


def _moved(pair: Paired, visible: Array, lag: int, rest: float) -> Score:
    import numpy

    own, other = (_changes(each, visible, lag) for each in (pair.here, pair.there))
    noise = _NOISE_FLOOR + float(numpy.median((own - other)[:, visible] ** 2)) / 0.455
    products = [_cells(a * b, visible) for a, b in ((own, other), (own, own), (other, other))]
    _, mine, theirs = products
    energy = numpy.maximum(mine, theirs)
    weight = energy / (energy + _MANY_TIMES_NOISE * noise)
    total = [float((weight * each).sum()) for each in products]
    correlation = total[0] / (total[1] * total[2] + 1e-9) ** 0.5
    by_place = [(weight * each).sum(axis=0) for each in products]
    likeness = by_place[0] / numpy.sqrt(by_place[1] * by_place[2] + 1e-9)
    sum_mine = float(by_place[1].sum()) + 1e-9
    agreeing = float(by_place[1][likeness >= _CELL_AGREES].sum()) / sum_mine
    moves = mine.mean(axis=0) > _MANY_TIMES_NOISE * noise
    moving = float(mine.mean(axis=0)[moves].mean() / noise) if moves.any() else 0.0
    present = _cells(visible[None].astype(numpy.float32), visible)[0] > 0.5
    share = float(moves[present].mean()) if present.any() else 0.0
    return Score(correlation, agreeing, moving, share, rest)


def _changes(frames: Array, visible: Array, lag: int) -> Array:
    """Differences over so many frames, hidden places at 0, each frame's mean taken off."""
    steps: Array = (frames[lag:] - frames[:-lag]) * visible
    steps -= (steps.sum(axis=(1, 2)) / visible.sum())[:, None, None] * visible
    return steps


def _cells(values: Array, visible: Array) -> Array:
    """Means over square cells: [T,h,w] becomes [T,h/4,w/4]."""
    count, rows, columns = values.shape
    rows, columns = rows // _CELL * _CELL, columns // _CELL * _CELL
    cells = values[:, :rows, :columns].reshape(count, rows // _CELL, _CELL, columns // _CELL, _CELL)
    means: Array = cells.mean(axis=(2, 4))
    return means

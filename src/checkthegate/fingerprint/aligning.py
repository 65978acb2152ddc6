"""When two films show the same: at which speed and offset one runs along the other.

Differences between frames a moment apart hold only what moves, whatever stands still. Those of
the source are compared with those of the target at every speed and offset that finishing could
have made, forwards and backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.motion import Moving, halved

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

SLOWEST: Final = 0.78
FASTEST: Final = 1.28

_COARSE_STEP = 0.05
_SPEED_STEP = 0.02
_MOMENT = 0.16
_STRIDE = 0.08
_TICK = 0.04
_SHORTEST = 0.4
_CLIPPED = 3.0
_APART = 0.12


@dataclass(frozen=True, slots=True)
class Line:
    """The source's time as it runs along the target's: source = speed x target + offset.

    `speed` is negative where the source runs backwards. `score` is a correlation (-1..1).
    """

    speed: float
    offset: float
    score: float

    def source_at(self, target: float) -> float:
        """The source's time that is shown at this time of the target."""
        return self.speed * target + self.offset

    def target_at(self, source: float) -> float:
        """The target's time that shows this time of the source."""
        return (source - self.offset) / self.speed


def lines(target: Moving, source: Moving, visible: Array, most: int = 4) -> list[Line]:
    """The best lines along which source and target (on one grid) move alike, best first.

    `visible` bool[h,w] says where the target shows the source's frame. Empty where either is
    too short to tell.
    """
    import numpy

    if len(target) < 4 or len(source) < 3:
        return []
    seen = halved(visible[None].astype(numpy.float32))[0] > 0.99
    if not seen.any():
        return []
    small = _Small(Moving(target.times, halved(target.frames)), seen)
    pairs = _pairs(source)
    here = source.times[pairs[:, 0]]
    steps = small.of(halved(source.frames[pairs[:, 1]]) - halved(source.frames[pairs[:, 0]]))
    moment = float(numpy.median(source.times[pairs[:, 1]] - here))
    search = _Search(small, steps, here, moment)
    for speed in numpy.arange(SLOWEST, FASTEST + 1e-6, _COARSE_STEP).tolist():
        search.at(speed)
    for line in _distinct(search.found, target, most):
        for aside in (-2, -1, 1, 2):
            search.at(abs(line.speed) + aside * _SPEED_STEP)
    return _distinct(search.found, target, most)


class _Search:
    """Tries speeds, each once."""

    def __init__(self, small: _Small, steps: Array, here: Array, moment: float) -> None:
        self._small, self._steps, self._here, self._moment = small, steps, here, moment
        self._tried: set[float] = set()
        self.found: list[Line] = []

    def at(self, speed: float) -> None:
        """Take in the best lines of a speed."""
        speed = round(speed, 3)
        if speed in self._tried or not SLOWEST <= speed <= FASTEST + 1e-6:
            return
        self._tried.add(speed)
        table = self._small.against(self._steps, self._moment / speed)
        if table is not None:
            self.found += table.lines(self._here, self._moment, speed)


def _pairs(source: Moving) -> Array:
    """int64[K,2]: numbers of frames a moment apart, one pair every so often."""
    import numpy

    step = max(source.step, 1e-3)
    lag = max(1, round(_MOMENT / step))
    stride = max(1, round(_STRIDE / step))
    first = numpy.arange(0, len(source) - lag, stride)
    if not len(first):
        first, lag = numpy.array([0]), len(source) - 1
    return numpy.stack([first, first + lag], axis=1)


class _Small:
    """The target's frames, small, at even times; asked for differences over any interval."""

    def __init__(self, target: Moving, seen: Array) -> None:
        import numpy

        self._target, self._seen = target, seen
        self._first, self._last = float(target.times[0]), float(target.times[-1])
        self._times = numpy.arange(self._first, self._last + 1e-6, _TICK)
        self._frames = target.at(self._times)

    def of(self, steps: Array) -> Array:
        """float32 [n,pixels]: what is visible, its mean taken off (light that flickers)."""
        flat = steps[:, self._seen]
        flat -= flat.mean(axis=1, keepdims=True)
        return flat

    def against(self, steps: Array, interval: float) -> _Table | None:
        """All products of the target's differences over `interval` with the source's."""
        import numpy

        count = int((self._last - self._first - interval) / _TICK + 1e-6) + 1
        if count < max(2, round(_SHORTEST / _TICK) // 2):
            return None
        own = self.of(self._target.at(self._times[:count] + interval) - self._frames[:count])
        size = numpy.sqrt(numpy.einsum("ij,ij->i", own, own))
        usual = _CLIPPED * float(numpy.median(size)) + 1e-3
        own *= numpy.minimum(1.0, usual / numpy.maximum(size, 1e-6))[:, None]
        size = numpy.minimum(size, usual)
        theirs = numpy.sqrt(numpy.einsum("ij,ij->i", steps, steps))
        return _Table(own @ steps.T, size, theirs, self._first, interval)


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Products [J,K] of target differences (from `first`, every tick) and source differences."""

    products: Array
    target: Array
    source: Array
    first: float
    interval: float

    def lines(self, here: Array, moment: float, speed: float) -> Sequence[Line]:
        """The best line forwards, and the best backwards."""
        found = [self._best(here, speed, 1.0), self._best(here + moment, -speed, -1.0)]
        return [line for line in found if line is not None]

    def _best(self, here: Array, speed: float, sign: float) -> Line | None:
        import numpy

        rows = len(self.target)
        ends = numpy.array([self.first, self.first + (rows - 1) * _TICK]) * speed
        offsets = numpy.arange(
            here[0] - ends.max(), here[-1] - ends.min() + 1e-6, abs(speed) * _TICK
        )
        at = (here[None, :] - offsets[:, None]) / speed
        row = numpy.rint((at - self.first) / _TICK).astype(numpy.int64)
        inside = (row >= 0) & (row < rows)
        row = row.clip(0, rows - 1)
        columns = numpy.arange(len(here))[None, :]
        shared = (self.products[row, columns] * inside).sum(axis=1) * sign
        own = ((self.target**2)[row] * inside).sum(axis=1)
        theirs = ((self.source**2)[None, :] * inside).sum(axis=1)
        overlap = inside.sum(axis=1)
        most = max(1, int(overlap.max()))
        scores = shared / numpy.sqrt(own * theirs + 1e-3) * numpy.sqrt(overlap / most)
        best = int(scores.argmax())
        return Line(speed, float(offsets[best]), float(scores[best]))


def _distinct(found: Sequence[Line], target: Moving, most: int) -> list[Line]:
    """The best lines that do not say the same, best first."""
    middle = float(target.times[0] + target.times[-1]) / 2
    kept: list[Line] = []
    for line in sorted(found, key=lambda each: -each.score):
        at = line.source_at(middle)
        if all(
            abs(at - other.source_at(middle)) > _APART or (line.speed > 0) != (other.speed > 0)
            for other in kept
        ):
            kept.append(line)
        if len(kept) == most:
            break
    return kept

"""From when to when a target shows a source, once it is known where and along which line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.film_fitting import Fit
from checkthegate.fingerprint.film_shot import Shot
from checkthegate.fingerprint.film_tones import fitted_tone, toned
from checkthegate.fingerprint.motion import Moving

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_CELL = 4
_TIMES_USUAL, _LEVELS = 2.5, 4.0
_LEAST_BAD, _TIMES_BAD = 0.08, 2.0
_PENALTY = 2.0


class Yardstick:
    """Tells frames that show the source from those that show something else.

    It is made from frames of which it is known, and says of others what share of the picture is
    clearly further from the source than it was there.
    """

    def __init__(self, shot: Shot, source: Moving, fit: Fit) -> None:
        import numpy

        self._source, self._fit = source, fit
        target, self._visible = shot.on_source(fit.matrix, source.frames.shape[1:])
        here = source.at(fit.line.speed * target.times + fit.line.offset)
        self._tone = fitted_tone(here[:, self._visible], target.frames[:, self._visible])
        self._present = _cells(self._visible[None].astype(numpy.float32))[0] > 0.99
        rest = self._rest(target)
        self._usual = numpy.median(rest, axis=0) if len(rest) else numpy.zeros(0)
        bad = self._bad(rest)
        own = float(numpy.quantile(bad, 0.8)) if len(bad) else 0.0
        self.limit = max(_LEAST_BAD, min(0.35, _TIMES_BAD * own))

    def bad(self, shot: Shot) -> Array:
        """float64[T]: the share of the picture that is off, 1 where the source has no frame."""
        import numpy

        if not len(shot.times) or not self._present.any():
            return numpy.ones(len(shot.times))
        target, _ = shot.on_source(self._fit.matrix, self._source.frames.shape[1:])
        bad = self._bad(self._rest(target))
        at = self._fit.line.speed * shot.times + self._fit.line.offset
        half = 0.6 * max(self._source.step, 0.02)
        outside = (at < self._source.times[0] - half) | (at > self._source.times[-1] + half)
        bad[outside] = 1.0
        return bad

    def _rest(self, target: Moving) -> Array:
        """What the source leaves unexplained, in grey levels: [T,cells]."""
        import numpy

        line = self._fit.line
        at = line.speed * target.times + line.offset
        near = self._source.between(float(at.min()), float(at.max()))
        here = Moving(near.times, toned(self._tone, near.frames)).at(at)
        rest: Array = _cells(numpy.abs(here - target.frames))[:, self._present]
        return rest

    def _bad(self, rest: Array) -> Array:
        import numpy

        if not rest.size:
            return numpy.zeros(len(rest))
        return numpy.asarray((rest > _TIMES_USUAL * self._usual + _LEVELS).mean(axis=1))


def longest_run(bad: Array, limit: float) -> tuple[int, int]:
    """First and last+1 of the stretch that is mostly good: single bad frames do not break it."""
    import numpy

    worth = numpy.where(bad <= limit, 1.0, -_PENALTY)
    sums = numpy.concatenate([[0.0], numpy.cumsum(worth)])
    lowest = numpy.minimum.accumulate(sums)
    gains = sums - lowest
    stop = int(gains.argmax())
    start = int(numpy.flatnonzero(sums[: stop + 1] == lowest[stop])[-1]) if stop else 0
    return start, stop


def _cells(values: Array) -> Array:
    """Means over square cells: [T,h,w] becomes [T,h/4,w/4]."""
    count, rows, columns = values.shape
    rows, columns = rows // _CELL * _CELL, columns // _CELL * _CELL
    cells = values[:, :rows, :columns].reshape(count, rows // _CELL, _CELL, columns // _CELL, _CELL)
    means: Array = cells.mean(axis=(2, 4))
    return means

"""The grade between two films as one curve: which grey of the source became which of the target."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_BINS = 14
_FEWEST = 16
_MOST_POINTS = 5_000
_STEEPEST, _FLATTEST = 4.0, 0.05


def fitted_tone(source: Array, target: Array) -> Array:
    """float32[256]: for each grey of the source the target's, from pairs of greys (arrays of one
    size). It rises; it is led by what most pairs say, and goes straight on beyond them."""
    import numpy

    source, target = source.ravel(), target.ravel()
    stride = max(1, len(source) // _MOST_POINTS)
    source, target = source[::stride], target[::stride]
    if not len(source):
        return numpy.arange(256, dtype=numpy.float32)
    order = numpy.argsort(source, kind="stable")
    source, target = source[order], target[order]
    cuts = numpy.linspace(0, len(source), _BINS + 1).astype(int)
    bins = [slice(a, b) for a, b in pairwise(cuts.tolist()) if b - a >= _FEWEST]
    lows = numpy.array([source[each].mean() for each in bins])
    highs = numpy.array([numpy.median(target[each]) for each in bins])
    kept = numpy.append(True, numpy.diff(lows) > 1.0) if len(lows) else numpy.zeros(0, bool)
    if kept.sum() < 2:
        shift = float(numpy.median(target) - numpy.median(source))
        return numpy.arange(256, dtype=numpy.float32) + numpy.float32(shift)
    return _curve(lows[kept], numpy.maximum.accumulate(highs[kept]))


def toned(tone: Array, frames: Array) -> Array:
    """float32: frames as the grade would make them, given in uint8 or in float."""
    import numpy

    if frames.dtype == numpy.uint8:
        made: Array = tone[frames]
        return made
    inside = numpy.clip(frames, 0, 255)
    between: Array = numpy.interp(inside, numpy.arange(256), tone).astype(numpy.float32)
    return between


def _curve(lows: Array, highs: Array) -> Array:
    import numpy

    greys = numpy.arange(256)
    table = numpy.interp(greys, lows, highs)
    first = _slope(lows[:2], highs[:2])
    last = _slope(lows[-2:], highs[-2:])
    table = numpy.where(greys < lows[0], highs[0] + first * (greys - lows[0]), table)
    table = numpy.where(greys > lows[-1], highs[-1] + last * (greys - lows[-1]), table)
    return numpy.asarray(table, numpy.float32)


def _slope(lows: Array, highs: Array) -> float:
    slope = float(highs[1] - highs[0]) / max(1e-3, float(lows[1] - lows[0]))
    return min(max(slope, _FLATTEST), _STEEPEST)

"""Which of two films a target is nearer to, told where the two differ: an output and its plate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.film_tones import fitted_tone, toned
from checkthegate.fingerprint.geometry import after, inverted, warped
from checkthegate.fingerprint.motion import Moving

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.film_closer import Found

    Array = numpy.ndarray[Any, Any]

_MOST_FRAMES = 40
_ROUNDS = 3
_LEVELS, _TIMES_REST = 5.0, 4.0
_FEWEST = 12
_BLUR = 0.8


@dataclass(frozen=True, slots=True)
class Leaning:
    """Where a target lies between two films: 1 is the first, 0 the second (it may be beyond).

    `share` of the frame is where the two differ so clearly that it can be told; 0: nowhere.
    """

    towards: float = 0.5
    share: float = 0.0


def leaning(first: Found, second: Found) -> Leaning:
    """Compare what was found of two films in one stretch of the target, on the first's grid."""
    import numpy

    start, stop = max(first.start, second.start), min(first.stop, second.stop)
    times = first.shot.times
    shot = first.shot.of((times >= start - 1e-3) & (times <= stop + 1e-3)).some(_MOST_FRAMES)
    if len(shot) < 2:
        return Leaning()
    shape = first.source.shape
    target, visible = shot.on_source(first.fit.matrix, shape)
    one = _at(first, first.source.moving, shot.times)
    other = _at(second, second.source.moving, shot.times)
    between = after(first.fit.matrix, inverted(second.fit.matrix))
    laid = [warped(frame, between, shape) for frame in other]
    seen = visible & laid[0][1]
    if not seen.any():
        return Leaning()
    there, one, other = (
        _soft(each) for each in (target.frames, one, numpy.stack([each for each, _ in laid]))
    )
    return _told(there, one, other, seen)


def _at(found: Found, source: Moving, times: Array) -> Array:
    """uint8: a source's frames as the target shows them at these times."""
    import numpy

    at = found.fit.line.speed * times + found.fit.line.offset
    near = source.between(float(at.min()), float(at.max()))
    return numpy.rint(near.at(at)).astype(numpy.uint8)


def _soft(frames: Array) -> Array:
    """float32, a little blurred: the two may lie a fraction of a pixel apart."""
    import cv2
    import numpy

    return numpy.stack(
        [cv2.GaussianBlur(frame.astype(numpy.float32), (0, 0), _BLUR) for frame in frames]
    )


def _told(there: Array, one: Array, other: Array, seen: Array) -> Leaning:
    """The grade is fitted where the two agree; what is left is told where they differ."""
    import numpy

    alike = seen
    for _ in range(_ROUNDS):
        graded = [
            toned(fitted_tone(each[:, alike], there[:, alike]), each) for each in (one, other)
        ]
        apart = numpy.abs(graded[0] - graded[1])
        rest = numpy.minimum(numpy.abs(there - graded[0]), numpy.abs(there - graded[1]))
        usual = float(numpy.median(rest[:, seen]))
        differ = seen & (apart.mean(axis=0) > _LEVELS + _TIMES_REST * usual)
        if (seen & ~differ).sum() < max(_FEWEST, seen.sum() // 20):
            break
        alike = seen & ~differ
    if differ.sum() < _FEWEST:
        return Leaning()
    step = (graded[0] - graded[1])[:, differ]
    way = (there - graded[1])[:, differ]
    # Each place has one say, so that a glint does not decide.
    towards = (way * step).sum(axis=0) / (step * step).sum(axis=0)
    return Leaning(float(numpy.median(towards)), float(differ.sum() / seen.sum()))

"""Moves a rough registration until the pictures fit, led by what most of the picture says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.geometry import after, normalised, plausible, scaled, warped

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_EDGE = 320
_ROUNDS = 3
_MOST_POINTS = 300
_ENOUGH = 12
_TOLERANCE = 0.8
_SETTLED = 0.05
_WINDOW = (17, 17)


def refined(source: Array, target: Array, matrix: Array) -> tuple[Array, float]:
    """A better map (float64[2,3], in shares), and the share of tracked points that agree on it.

    Small points are followed from the source to the target as the map places it, and the map is
    moved as most of them say: what lies over the picture or moved in it has no say.
    """
    here = levelled(scaled(source, _EDGE))
    places = _places(here)
    score = 0.0
    for _ in range(_ROUNDS):
        step, score, moved = _step(here, places, *warped(target, matrix, here.shape))
        if step is None:
            break
        better = after(normalised(step, here.shape, here.shape), matrix)
        if not plausible(better, source.shape, target.shape):
            break
        matrix = better
        if moved < _SETTLED:
            break
    return matrix, score


def levelled(grey: Array) -> Array:
    """uint8: detail alone, at the same strength everywhere, whatever grade lies over it."""
    import cv2
    import numpy

    picture = cv2.GaussianBlur(grey.astype(numpy.float32), (0, 0), 1.0)
    detail = picture - cv2.blur(picture, (19, 19))
    strength = numpy.sqrt(numpy.maximum(cv2.blur(detail * detail, (25, 25)), 0)) + 2.0
    return numpy.clip(128 + 40 * detail / strength, 0, 255).astype(numpy.uint8)


def _places(here: Array) -> Array:
    """Points of a levelled picture that can be followed."""
    import cv2
    import numpy

    found = cv2.goodFeaturesToTrack(here, _MOST_POINTS, 0.01, 6)
    return numpy.zeros((0, 1, 2), numpy.float32) if found is None else numpy.asarray(found)


def _step(
    here: Array, places: Array, there: Array, seen: Array
) -> tuple[Array | None, float, float]:
    """The map within the source's grid that most points agree on, their share, and how far it
    moves them, in pixels. `here` is levelled."""
    import cv2
    import numpy

    corners = numpy.rint(places.reshape(-1, 2)).astype(int)
    visible = places[seen[corners[:, 1], corners[:, 0]]]
    if len(visible) < _ENOUGH:
        return None, 0.0, 0.0
    ends, found, _ = cv2.calcOpticalFlowPyrLK(
        here, levelled(there), visible, None, winSize=_WINDOW, maxLevel=2
    )
    kept = found.ravel() == 1
    if kept.sum() < _ENOUGH:
        return None, 0.0, 0.0
    starts, ends = visible[kept], ends[kept]
    step, agreed = cv2.estimateAffine2D(starts, ends, None, cv2.RANSAC, _TOLERANCE, 500, 0.999, 10)
    if step is None or agreed.sum() < _ENOUGH:
        return None, 0.0, 0.0
    moved = numpy.abs((ends - starts)[agreed.ravel() == 1]).mean()
    return step, float(agreed.sum() / len(visible)), float(moved)

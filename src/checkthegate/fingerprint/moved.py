"""Finds points that lie elsewhere in the target than the registration says: something moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.blocks import smooth
from checkthegate.fingerprint.refining import levelled

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_MOST_POINTS = 600
_PATCH = 13
_WINDOW = (13, 13)
_RETURNS = 0.5
_ALIKE, _CLEARLY = 0.92, 0.04
_STEP, _FURTHEST = 0.5, 14.0


def moved_points(source: Array, target: Array, seen: Array) -> tuple[Array, int]:
    """Where (int64[m,2], x and y) points of the source are found surely, but half a pixel
    away or more; and how many points were followed.

    Pictures are grey, of one shape, grade and sharpness: the target warped onto the source's grid.
    """
    import cv2
    import numpy

    inner = cv2.erode(seen.astype(numpy.uint8), numpy.ones((_PATCH, _PATCH)), borderValue=0)
    found = cv2.goodFeaturesToTrack(
        cv2.GaussianBlur(source.astype(numpy.float32), (0, 0), 1.0),
        _MOST_POINTS,
        0.004,
        5,
        mask=inner * 255,
    )
    if found is None:
        return numpy.zeros((0, 2), numpy.int64), 0
    ends, sure = _followed(levelled(source), levelled(target), found)
    starts = found.reshape(-1, 2)
    way = numpy.hypot(*(ends - starts).T)
    here = _patches(source, starts)
    at_rest = _likeness(here, _patches(target, starts))
    elsewhere = _likeness(here, _patches(target, ends))
    moved = sure & (way > _STEP) & (way < _FURTHEST)
    moved &= (elsewhere > _ALIKE) & (elsewhere > at_rest + _CLEARLY)
    return numpy.rint(starts[moved]).astype(numpy.int64), len(starts)


def _followed(here: Array, there: Array, starts: Array) -> tuple[Array, Array]:
    """Where points went, and whether they come back when followed the other way."""
    import cv2
    import numpy

    ends, out, _ = cv2.calcOpticalFlowPyrLK(here, there, starts, None, winSize=_WINDOW, maxLevel=3)
    back, home, _ = cv2.calcOpticalFlowPyrLK(there, here, ends, None, winSize=_WINDOW, maxLevel=3)
    astray = numpy.hypot(*(back - starts).reshape(-1, 2).T)
    sure = (astray < _RETURNS) & (out.ravel() == 1) & (home.ravel() == 1)
    limits = numpy.array(here.shape[::-1], numpy.float32) - 1
    return numpy.clip(ends.reshape(-1, 2), 0, limits), sure


def _patches(picture: Array, places: Array) -> Array:
    import cv2
    import numpy

    soft = smooth(picture.astype(numpy.float32), 0.8)
    size = (_PATCH, _PATCH)
    cut = [cv2.getRectSubPix(soft, size, (float(x), float(y))) for x, y in places]
    return numpy.stack(cut).reshape(len(places), -1)


def _likeness(one: Array, two: Array) -> Array:
    import numpy

    one = one - one.mean(axis=1, keepdims=True)
    two = two - two.mean(axis=1, keepdims=True)
    size = numpy.sqrt((one * one).sum(axis=1) * (two * two).sum(axis=1) + 1e-3)
    likeness: Array = (one * two).sum(axis=1) / size
    return likeness

"""Cuts bars of one tone from around a picture: letterbox, pillarbox, mattes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.geometry import scaled

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_EDGE = 256
_TOLERANCE = 10.0
_STRAY = 0.04
_LEAST = 0.25
_THINNEST = 0.01


def content_box(picture: Array) -> tuple[int, int, int, int]:
    """Where the picture lies in its frame, in pixels: left, top, right, bottom (exclusive).

    The whole frame where there are no bars, or hardly anything else. `picture` is uint8, rgb or
    grey. Each bar is of one tone but for stray pixels; its edge is known to about a pixel of 256.
    """
    import cv2
    import numpy

    height, width = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture
    small = scaled(grey, _EDGE).astype(numpy.float32)
    top, bottom = _bars(small)
    left, right = _bars(small[top : len(small) - bottom].T)
    rows, columns = height / small.shape[0], width / small.shape[1]
    box = (
        round(left * columns),
        round(top * rows),
        width - round(right * columns),
        height - round(bottom * rows),
    )
    too_little = box[2] - box[0] < _LEAST * width or box[3] - box[1] < _LEAST * height
    return (0, 0, width, height) if too_little else box


def trimmed(picture: Array) -> Array:
    """The picture without bars around it: a view of the same array."""
    left, top, right, bottom = content_box(picture)
    return picture[top:bottom, left:right]


def _bars(small: Array) -> tuple[int, int]:
    """How many rows at the top and at the bottom are one tone."""
    first, last = _flat_rows(small), _flat_rows(small[::-1])
    return (0, 0) if first + last >= len(small) else (first, last)


def _flat_rows(small: Array) -> int:
    import numpy

    if not small.size:
        return 0
    strays = (abs(small - numpy.median(small[0])) > _TOLERANCE).mean(axis=1)
    busy = numpy.flatnonzero(strays > _STRAY)
    count = int(busy[0]) if len(busy) else len(small)
    return count if count >= max(1, _THINNEST * len(small)) else 0

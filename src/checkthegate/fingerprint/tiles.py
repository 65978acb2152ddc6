"""Parts of a picture that are looked at by themselves: a picture may lie in another as a part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

COUNT: Final = 15
"""The whole, four quarters, nine overlapping parts of half the size, and the middle."""


def tiles(picture: Array) -> list[Array]:
    """The fifteen parts, the whole first; views of the picture."""
    height, width = picture.shape[:2]
    found = [picture]
    for x0, y0, x1, y1 in _boxes():
        left, top = round(x0 * width), round(y0 * height)
        right, bottom = max(left + 1, round(x1 * width)), max(top + 1, round(y1 * height))
        found.append(picture[top:bottom, left:right])
    return found


def _boxes() -> Iterator[tuple[float, float, float, float]]:
    for row in (0.0, 0.5):
        for column in (0.0, 0.5):
            yield column, row, column + 0.5, row + 0.5
    for row in (0.0, 0.25, 0.5):
        for column in (0.0, 0.25, 0.5):
            yield column, row, column + 0.5, row + 0.5
    yield 0.2, 0.2, 0.8, 0.8

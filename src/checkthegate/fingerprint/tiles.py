"""Parts of a picture that another picture may fill: quarters, halves between them, the middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a picture, in shares (0..1) of its width and height."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def cut(self, picture: Array) -> Array:
        """This part of a picture: a view of the same array, never empty."""
        height, width = picture.shape[:2]
        left, top = min(int(self.left * width), width - 1), min(int(self.top * height), height - 1)
        right, bottom = max(left + 1, round(self.right * width)), round(self.bottom * height)
        return picture[top : max(top + 1, bottom), left:right]

    def widened(self, by: float) -> Region:
        """The region with so much more on each side (in shares), within the picture."""
        return Region(
            max(0.0, self.left - by),
            max(0.0, self.top - by),
            min(1.0, self.right + by),
            min(1.0, self.bottom + by),
        )

    def placed(self, matrix: Array) -> Array:
        """A map into this part (float64[2,3], in shares) as a map into the whole picture."""
        import numpy

        size = numpy.array([[self.right - self.left], [self.bottom - self.top]])
        whole: Array = matrix * size
        whole[:, 2] += (self.left, self.top)
        return whole


WHOLE: Final = Region()


def _regions() -> tuple[Region, ...]:
    quarters = [(x, y) for y in (0.0, 0.5) for x in (0.0, 0.5)]
    between = [(x, y) for y in (0.0, 0.25, 0.5) for x in (0.0, 0.25, 0.5)]
    halves = [Region(x, y, x + 0.5, y + 0.5) for x, y in quarters]
    halves += [Region(x, y, x + 0.5, y + 0.5) for x, y in between if (x, y) not in quarters]
    return (*halves, Region(0.125, 0.125, 0.875, 0.875))


TILES: Final = _regions()
"""Nine parts of half the size, each way overlapping by half, and the middle: 10 regions."""

"""Small pictures in time: what moves in a film, on a grid of 64 columns.

So small, grain and coding all but vanish, while everything that moves leaves its trace. Two takes
of one set-up share what stands still; how things move is their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

COLUMNS: Final = 64
_FEWEST_ROWS, _MOST_ROWS = 8, 160


@dataclass(frozen=True, slots=True, eq=False)
class Moving:
    """Luma of frames in order: `times` float64[T] in seconds, ascending; `frames` [T,h,w]."""

    times: Array
    frames: Array

    def __len__(self) -> int:
        return len(self.times)

    @property
    def step(self) -> float:
        """Seconds from frame to frame, mostly; 0 for a single frame."""
        import numpy

        return float(numpy.median(numpy.diff(self.times))) if len(self.times) > 1 else 0.0

    def between(self, start: float, stop: float) -> Moving:
        """The frames from `start` to `stop`, both included, and one more at each end."""
        import numpy

        first, last = numpy.searchsorted(self.times, [start, stop])
        kept = slice(max(0, int(first) - 1), int(last) + 1)
        return Moving(self.times[kept], self.frames[kept])

    def at(self, times: Array) -> Array:
        """float32 [n,h,w]: the frames at these times, faded from one to the next in between."""
        import numpy

        if len(self.times) == 1:
            return numpy.repeat(self.frames.astype(numpy.float32), len(times), axis=0)
        after = numpy.searchsorted(self.times, times, side="right").clip(1, len(self.times) - 1)
        before = after - 1
        share = (times - self.times[before]) / (self.times[after] - self.times[before] + 1e-9)
        share = share.clip(0, 1).astype(numpy.float32)[:, None, None]
        here: Array = self.frames[before].astype(numpy.float32)
        here += share * (self.frames[after].astype(numpy.float32) - here)
        return here


def grid_shape(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of the grid for pictures of this size."""
    rows = round(COLUMNS * height / max(1, width))
    return min(_MOST_ROWS, max(_FEWEST_ROWS, rows)), COLUMNS


def grey(rgb: Array) -> Array:
    """uint8 luma of uint8 rgb."""
    import cv2
    import numpy

    return numpy.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))


def on_grid(picture: Array, shape: tuple[int, int]) -> Array:
    """A grey picture averaged onto a grid of rows and columns."""
    import cv2
    import numpy

    size = (shape[1], shape[0])
    return numpy.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def halved(frames: Array) -> Array:
    """float32 [n,h/2,w/2]: four pixels become one."""
    import numpy

    rows, columns = frames.shape[1] // 2 * 2, frames.shape[2] // 2 * 2
    even = frames[:, :rows, :columns].astype(numpy.float32, copy=False)
    wide = even[:, :, 0::2] + even[:, :, 1::2]
    small: Array = (wide[:, 0::2] + wide[:, 1::2]) * 0.25
    return small

"""Decoded frames of films, made small, upright and of square pixels."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from checkthegate.delivery.pixels import check_size

if TYPE_CHECKING:
    from checkthegate.delivery.pixels import Pixels

_SMALLEST = 2
_WIDEST_PIXEL = Fraction(8)


def shown_size(width: int, height: int, shape: Fraction | None) -> tuple[int, int]:
    """Width and height in square pixels; `shape` is a pixel's width by its height."""
    wide = shape if shape and 1 / _WIDEST_PIXEL <= shape <= _WIDEST_PIXEL else Fraction(1)
    if wide >= 1:
        return round(width * wide), height
    return width, round(height / wide)


def fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """The size scaled down so that no side is over `longest`; never up."""
    factor = min(1.0, longest / max(size))
    return max(_SMALLEST, round(size[0] * factor)), max(_SMALLEST, round(size[1] * factor))


def quarter_turns(frame: Any) -> int:
    """How often a frame is to be turned by 90 degrees, counter-clockwise, to stand upright."""
    turns: int = round(frame.rotation / 90) % 4
    return turns


class Scaler:
    """Turns PyAV frames of one film into small arrays, keeping what can be used again."""

    def __init__(self, shape: Fraction | None, most_pixels: int) -> None:
        from av.video.reformatter import VideoReformatter

        self._shape = shape
        self._most_pixels = most_pixels
        self._reformatter = VideoReformatter()

    def rgb(self, frame: Any, longest: int) -> Pixels:
        """uint8 (height, width, 3), upright, square pixels, no side over `longest`."""
        import numpy

        check_size(frame.width, frame.height, self._most_pixels)
        width, height = fitted(shown_size(frame.width, frame.height, self._shape), longest)
        small = self._reformatter.reformat(
            frame, width=width, height=height, format="rgb24", interpolation="BILINEAR"
        )
        pixels: Pixels = small.to_ndarray()
        return numpy.ascontiguousarray(numpy.rot90(pixels, quarter_turns(frame)))

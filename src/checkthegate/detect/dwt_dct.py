"""The open image watermark known as dwtDct: read votes for its bits, and write it for examples.

The mark lies in the U plane (BT.601, full range). One Haar step over blocks of 2×2 pixels gives
a low band, cut into blocks of 4×4 coefficients, so of 8×8 pixels. Of each block the largest
coefficient (the corner one apart) carries one bit: its magnitude modulo 36 lies near 9 for 0,
near 27 for 1. Block n, counted from the top left row by row, carries bit n mod L.

What "largest" means differs between the generators' scripts, so three views are read:

`OFFSET`   8-bit pixels were marked: U is centred at 128, so the largest coefficient is positive.
`SIGNED`   floating-point pixels were marked: U is centred near 0, magnitude and sign count.
`SWAPPED`  the same with red and blue exchanged, as Diffusers did until February 2024.

Sources: invisible-watermark 0.2.0 (the algorithm), Diffusers issue 6292 (the exchanged colours).
Only marks aligned with the top left corner are found: a crop or a resize takes the mark away.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image

    Array: TypeAlias = numpy.ndarray[Any, Any]

BLOCK = 8
SMALLEST_AREA = 256 * 256
_STEP = 36
_RED, _GREEN, _BLUE = -0.492 * 0.299, -0.492 * 0.587, 0.492 * (1 - 0.114)
_SWAPPED_BLUE, _SWAPPED_RED = _RED, _BLUE
_CENTRE = 128.0


class View(Enum):
    """How the generator's script saw the pixels when it wrote the mark."""

    OFFSET = "offset"
    SIGNED = "signed"
    SWAPPED = "swapped"


@dataclass(frozen=True, slots=True)
class Votes:
    """One vote (0 or 1) a block read, with the block's number; arrays of equal length."""

    numbers: Array
    ones: Array

    def shares(self, length: int) -> Array:
        """For each of `length` bits, the share (0..1) of its blocks voting 1; 0.5 without any."""
        import numpy

        bit = self.numbers % length
        cast = numpy.bincount(bit, minlength=length)
        ones = numpy.bincount(bit[self.ones], minlength=length)
        return numpy.where(cast > 0, ones / numpy.maximum(cast, 1), 0.5)


def can_carry(image: Image) -> bool:
    """Whether the picture is in colour and has the 65,536 pixels that the encoder demands."""
    return image.mode in ("RGB", "RGBA") and image.width * image.height >= SMALLEST_AREA


def count_votes(image: Image, most_blocks: int) -> dict[View, Votes]:
    """The votes in each view, from at most about `most_blocks` blocks.

    `image` is RGB or RGBA. Blocks are read in whole rows, evenly spread over the height.
    """
    import numpy

    across, down = image.width // BLOCK, image.height // BLOCK
    if not across or not down:
        return {}
    rows = _spread(down, max(1, most_blocks // across))
    halved = _halved(image, rows, across)
    numbers = (numpy.array(rows)[:, None] * across + numpy.arange(across)).ravel()
    plain = _u_plane(halved, (_RED, _GREEN, _BLUE, _CENTRE))
    swapped = _u_plane(halved, (_SWAPPED_RED, _GREEN, _SWAPPED_BLUE, _CENTRE))
    offset_bits, signed_bits = _bit_tables()
    low, high = _extremes(plain)
    return {
        View.OFFSET: Votes(numbers, offset_bits[high]),
        View.SIGNED: Votes(numbers, signed_bits[_farther(low, high)]),
        View.SWAPPED: Votes(numbers, signed_bits[_farther(*_extremes(swapped))]),
    }


def _spread(count: int, wanted: int) -> list[int]:
    """At most `wanted` of the numbers below `count`, evenly spread."""
    if wanted >= count:
        return list(range(count))
    return [(2 * n + 1) * count // (2 * wanted) for n in range(wanted)]


def _halved(image: Image, rows: Sequence[int], across: int) -> Image:
    """The block rows asked for, one below the other, at half size (the mean of 2×2 pixels)."""
    from PIL import Image as images

    half = BLOCK // 2
    whole = images.new("RGB", (across * half, len(rows) * half))
    for place, row in enumerate(rows):
        box = (0, row * BLOCK, across * BLOCK, row * BLOCK + BLOCK)
        if image.mode == "RGB":
            band = image.reduce(2, box=box)
        else:  # Pillow would weigh the colours of RGBA with their alpha
            band = image.crop(box).convert("RGB").reduce(2)
        whole.paste(band, (0, place * half))
    return whole


def _u_plane(halved: Image, weights: tuple[float, float, float, float]) -> Array:
    """U as `uint8`, shape (block rows, 4, blocks across, 4): half of the Haar low band."""
    import numpy

    plane = numpy.asarray(halved.convert("L", weights))
    return plane.reshape(halved.height // 4, 4, halved.width // 4, 4)


def _extremes(plane: Array) -> tuple[Array, Array]:
    """Smallest and largest coefficient of each block, the corner one apart; flat `uint8`."""
    import numpy

    found = []
    for pick in (numpy.minimum, numpy.maximum):
        column = pick(pick(plane[:, 1], plane[:, 2]), plane[:, 3])
        top = plane[:, 0]
        right = pick(pick(top[..., 1], top[..., 2]), top[..., 3])
        below = pick(pick(column[..., 0], column[..., 1]), pick(column[..., 2], column[..., 3]))
        found.append(pick(right, below).ravel())
    return found[0], found[1]


def _farther(low: Array, high: Array) -> Array:
    """Whichever lies farther from the middle of 0..255."""
    import numpy

    return numpy.where(high.astype(numpy.uint16) + low >= 255, high, low)


@functools.cache
def _bit_tables() -> tuple[Array, Array]:
    """The bit of each value of U, seen as centred at 128 and as centred near 0."""
    import numpy

    value = numpy.arange(256)
    coefficient, magnitude = 2 * value, abs(2 * value - 255)
    return coefficient % _STEP > _STEP // 2, magnitude % _STEP > _STEP // 2


def embed(image: Image, bits: Sequence[int]) -> Image:
    """An RGB picture with `bits` written into it (`OFFSET` view), for examples and tests."""
    import numpy
    from PIL import Image as images

    pixels = numpy.asarray(image.convert("RGB")).astype(numpy.float64)
    across, down = image.width // BLOCK, image.height // BLOCK
    for number in range(across * down):
        top, left = number // across * BLOCK, number % across * BLOCK
        _embed_block(pixels[top : top + BLOCK, left : left + BLOCK], bits[number % len(bits)])
    return images.fromarray(numpy.clip(numpy.rint(pixels), 0, 255).astype(numpy.uint8))


def _embed_block(block: Array, bit: int) -> None:
    """Move the largest coefficient of 8×8 pixels (changed in place) to where `bit` has it."""
    u = block @ (_RED, _GREEN, _BLUE) + _CENTRE
    low_band = u.reshape(4, 2, 4, 2).sum(axis=(1, 3)) / 2
    place = int(low_band.ravel()[1:].argmax()) + 1
    row, column = place // 4 * 2, place % 4 * 2
    value = low_band[place // 4, place % 4]
    wanted = (value // _STEP + 0.25 + 0.5 * bit) * _STEP
    change = (wanted - value) / 2
    part = block[row : row + 2, column : column + 2]
    part[..., 2] += change / 0.492
    part[..., 1] -= change * 0.114 / (0.587 * 0.492)

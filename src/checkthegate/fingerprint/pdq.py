"""PDQ: 256 bits of a picture's coarse structure, and how much structure there is.

Our own writing of the published algorithm (Facebook, "The TMK+PDQF Video-Hashing Algorithm and
the PDQ Image-Hashing Algorithm", 2019): luma, a tent filter down to 64 x 64, a cosine transform,
16 x 16 low frequencies without the constant one, each held against their median. Since the hash
depends on how a picture is made smaller, there is one way only: averaged to 256 x 256, then the
tent.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MATCH_RADIUS: Final = 31
"""Codes at most this many bits apart are taken for the same picture, as is usual."""

LEAST_QUALITY: Final = 40
"""Below this a picture has too little structure for its code to mean anything."""

_EDGE = 64
_CANONICAL = 256
_FREQUENCIES = 16
_TENT = (0.125, 0.375, 0.375, 0.125)
_BATCH = 2048


def pdq(rgb: Array) -> tuple[Array, int]:
    """Code (uint8[32]) and quality (0..100) of one picture, uint8 (height, width, 3) or grey."""
    small = _small(rgb)
    codes = _codes(_waves(small[None]))
    return codes[0], int(_qualities(small[None])[0])


def dihedral(rgb: Array) -> Array:
    """Codes uint8[8,32] of the picture turned and mirrored in all eight ways; row 0 is as is."""
    import numpy

    waves = _waves(_small(rgb)[None])[0]
    odd = numpy.where(numpy.arange(1, _FREQUENCIES + 1) % 2, -1.0, 1.0).astype(numpy.float32)
    turned = [
        side * upright * lying
        for side in (waves, waves.T)
        for upright in (1.0, odd[:, None])
        for lying in (1.0, odd[None, :])
    ]
    return _codes(numpy.stack(turned))


def pdq_many(luma: Array) -> tuple[Array, Array]:
    """Codes uint8[n,32] and qualities uint8[n] of frames, luma uint8[n,64,64]."""
    import numpy

    codes = numpy.zeros((len(luma), 32), numpy.uint8)
    qualities = numpy.zeros(len(luma), numpy.uint8)
    for start in range(0, len(luma), _BATCH):
        batch = luma[start : start + _BATCH].astype(numpy.float32)
        codes[start : start + _BATCH] = _codes(_waves(batch))
        qualities[start : start + _BATCH] = _qualities(batch)
    return codes, qualities


def to_luma64(rgb: Array) -> Array:
    """uint8[64,64]: what `pdq_many` takes, of one picture of any size."""
    import numpy

    return numpy.rint(_small(rgb)).astype(numpy.uint8)


def _small(picture: Array) -> Array:
    """float32[64,64] luma by the one canonical way."""
    import cv2
    import numpy

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture
    grey = _averaged(numpy.ascontiguousarray(grey))
    lines = grey.reshape(_EDGE, 4, _CANONICAL)
    tent = numpy.array(_TENT, numpy.float32)
    rows = numpy.einsum("ikx,k->ix", lines, tent)
    return numpy.einsum("ijk,k->ij", rows.reshape(_EDGE, _EDGE, 4), tent)


def _averaged(grey: Array) -> Array:
    """float32[256,256]: each pixel the mean of what it covers; smaller pictures interpolated."""
    import cv2
    import numpy

    size = (_CANONICAL, _CANONICAL)
    way = cv2.INTER_AREA if min(grey.shape) >= _CANONICAL else cv2.INTER_LINEAR
    return cv2.resize(grey.astype(numpy.float32), size, interpolation=way)


@lru_cache(maxsize=1)
def _cosines() -> Array:
    """float32[16,64]: rows 1 to 16 of the cosine transform of 64 points."""
    import numpy

    frequency = numpy.arange(1, _FREQUENCIES + 1)[:, None]
    place = 2 * numpy.arange(_EDGE)[None, :] + 1
    rows = numpy.cos(numpy.pi / (2 * _EDGE) * frequency * place) * (2 / _EDGE) ** 0.5
    return rows.astype(numpy.float32)


def _waves(small: Array) -> Array:
    """float32[n,16,16] of float32[n,64,64]."""
    cosines = _cosines()
    waves: Array = cosines @ small @ cosines.T
    return waves


def _codes(waves: Array) -> Array:
    """uint8[n,32], most significant bit first: the last frequency is the first bit."""
    import numpy

    flat = waves.reshape(len(waves), -1)
    middle = numpy.partition(flat, 127, axis=1)[:, 127]
    return numpy.packbits(flat[:, ::-1] > middle[:, None], axis=1)


def _qualities(small: Array) -> Array:
    """uint8[n]: how much neighbouring pixels differ, 0 for a flat picture, at most 100."""
    import numpy

    across = numpy.abs(numpy.trunc(numpy.diff(small, axis=2) * 100 / 255)).sum(axis=(1, 2))
    down = numpy.abs(numpy.trunc(numpy.diff(small, axis=1) * 100 / 255)).sum(axis=(1, 2))
    return numpy.minimum((across + down) // 90, 100).astype(numpy.uint8)

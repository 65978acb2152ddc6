"""Affine maps between pictures: between shares of width and height (0..1), or between pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_MOST_STRETCH = 3.0
_MOST_SCALE = 8.0


def normalised(pixels: Array, source: tuple[int, ...], target: tuple[int, ...]) -> Array:
    """A map between pixels (float64[2,3]) as one between shares of width and height."""
    whole: Array = _to_share(target) @ _square(pixels) @ _to_pixel(source)
    return whole[:2]


def in_pixels(matrix: Array, source: tuple[int, ...], target: tuple[int, ...]) -> Array:
    """The inverse of `normalised`, for pictures of these shapes."""
    whole: Array = _to_pixel(target) @ _square(matrix) @ _to_share(source)
    return whole[:2]


def after(first: Array, second: Array) -> Array:
    """The map that does `first`, then `second`."""
    whole: Array = _square(second) @ _square(first)
    return whole[:2]


def inverted(matrix: Array) -> Array:
    """The map that leads back."""
    import numpy

    return numpy.linalg.inv(_square(matrix))[:2]


def unmirrored(matrix: Array) -> Array:
    """The map of a picture itself, given that of its mirror image (in shares)."""
    import numpy

    turned: Array = matrix @ numpy.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
    return turned


def mirrors(matrix: Array) -> bool:
    """Whether the map turns left into right."""
    return bool(matrix[0, 0] * matrix[1, 1] < matrix[0, 1] * matrix[1, 0])


def plausible(matrix: Array, source: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether finishing could do this: scaled to between 1/8 and 8, stretched or sheared little."""
    import numpy

    pixels = in_pixels(matrix, source, target)
    if not numpy.isfinite(pixels).all():
        return False
    large, small = numpy.linalg.svd(pixels[:, :2], compute_uv=False)
    relative = large * max(source[:2]) / max(target[:2])
    small_enough = bool(small > 0 and large / small < _MOST_STRETCH)
    return small_enough and bool(1 / _MOST_SCALE < relative < _MOST_SCALE)


def scaled(picture: Array, longest: int) -> Array:
    """The picture with its longest side at most `longest`, averaged; never made larger."""
    import cv2
    import numpy

    factor = longest / max(picture.shape[:2])
    if factor >= 1:
        return numpy.ascontiguousarray(picture)
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    return numpy.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def warped(target: Array, matrix: Array, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """The target resampled onto a source's grid of this shape, and where it is visible (bool).

    What lies outside is filled with the nearest edge.
    """
    import cv2

    reach = _largest_step(in_pixels(matrix, shape, target.shape))
    near = scaled(target, max(8, round(max(target.shape[:2]) / max(reach, 1.0))))
    pixels = in_pixels(matrix, shape, near.shape)
    size = (int(shape[1]), int(shape[0]))
    ways = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    picture = cv2.warpAffine(near, pixels, size, flags=ways, borderMode=cv2.BORDER_REPLICATE)
    return picture, _visible(pixels, size, near.shape)


def _visible(pixels: Array, size: tuple[int, int], target: tuple[int, ...]) -> Array:
    import numpy

    x, y = numpy.arange(size[0])[None, :], numpy.arange(size[1])[:, None]
    across = pixels[0, 0] * x + pixels[0, 1] * y + pixels[0, 2]
    down = pixels[1, 0] * x + pixels[1, 1] * y + pixels[1, 2]
    inside = (across >= -0.5) & (across <= target[1] - 0.5)
    return numpy.asarray(inside & (down >= -0.5) & (down <= target[0] - 0.5))


def _largest_step(pixels: Array) -> float:
    import numpy

    return float(numpy.linalg.svd(pixels[:, :2], compute_uv=False)[0])


def _square(matrix: Array) -> Array:
    import numpy

    return numpy.vstack([matrix, [0.0, 0.0, 1.0]])


def _to_share(shape: tuple[int, ...]) -> Array:
    import numpy

    height, width = shape[:2]
    return numpy.array([[1 / width, 0, 0.5 / width], [0, 1 / height, 0.5 / height], [0, 0, 1]])


def _to_pixel(shape: tuple[int, ...]) -> Array:
    import numpy

    height, width = shape[:2]
    return numpy.array([[width, 0, -0.5], [0, height, -0.5], [0, 0, 1.0]])

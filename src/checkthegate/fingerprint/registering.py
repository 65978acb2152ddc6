"""Where one picture lies in another, and how far the two agree there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint import agreeing, points
from checkthegate.fingerprint.agreeing import Agreement as Agreement
from checkthegate.fingerprint.geometry import mirrors, normalised, plausible, unmirrored, warped
from checkthegate.fingerprint.refining import refined

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]


_BEYOND_DOUBT = 60


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """How a source picture lies in a target picture.

    `matrix` float64[2,3] maps points of the source to points of the target, both as shares of
    width and height (0..1). `flipped` says that it is mirrored. `score` (0..1) is the share of
    points followed from one to the other that agree.
    """

    matrix: Array
    flipped: bool
    score: float


class Ground:
    """A target picture that several sources are looked for in: its points are found once."""

    def __init__(self, grey: Array) -> None:
        """`grey` is uint8 (height, width)."""
        self.grey = grey
        self._points: dict[tuple[int, int], points.Points] = {}

    def points(self, shape: tuple[int, int] | None = None) -> points.Points:
        """The strongest points, found once; `shape` (height, width) stretches it before."""
        key = shape or (0, 0)
        if key not in self._points:
            self._points[key] = points.points_of(self._stretched(shape), points.TARGET_EDGE)
        return self._points[key]

    def _stretched(self, shape: tuple[int, int] | None) -> Array:
        if shape is None:
            return self.grey
        import cv2
        import numpy

        size = (shape[1], shape[0])
        return numpy.asarray(cv2.resize(self.grey, size, interpolation=cv2.INTER_AREA))


def register(source_grey: Array, target_grey: Array) -> Registration | None:
    """Where the source (uint8 grey, any size) lies in the target; None when it does not."""
    return register_in(source_grey, Ground(target_grey))


def register_in(
    source_grey: Array, ground: Ground, known: points.Points | None = None
) -> Registration | None:
    """As `register`, in a picture whose points are known; `known` are the source's own."""
    own = points.points_of(source_grey, points.SOURCE_EDGE) if known is None else known
    for stretch in _stretches(source_grey.shape, ground.grey.shape):
        matrix = _by_points(own, source_grey.shape, ground, stretch)
        if matrix is not None:
            matrix, score = refined(source_grey, ground.grey, matrix)
            return Registration(matrix, mirrors(matrix), score)
    return None


def agreement(source: Array, target: Array, registration: Registration) -> Agreement:
    """How far two uint8 pictures, each grey or rgb, agree under this registration."""
    return agreeing.agreement(source, target, registration.matrix)


def warp(
    target_grey: Array, registration: Registration, shape: tuple[int, int]
) -> tuple[Array, Array]:
    """The target resampled onto the source's grid (height, width), and where it is visible."""
    return warped(target_grey, registration.matrix, shape)


def _stretches(
    source: tuple[int, ...], target: tuple[int, ...]
) -> tuple[tuple[int, int] | None, ...]:
    """The target as it is; and as if it had been stretched from the source's aspect."""
    aspect, now = source[1] / source[0], target[1] / target[0]
    if max(aspect, now) / min(aspect, now) < 1.2:
        return (None,)
    if now > aspect:
        return (None, (target[0], max(8, round(target[0] * aspect))))
    return (None, (max(8, round(target[1] / aspect)), target[1]))


def _by_points(
    upright: points.Points,
    shape: tuple[int, ...],
    ground: Ground,
    stretch: tuple[int, int] | None,
) -> Array | None:
    """The map, as the source is or mirrored, whichever more points agree on."""
    best, most = None, 0
    there = ground.points(stretch)
    for here, mirrored in ((upright, False), (upright.mirrored(), True)):
        agreed = points.agreed_geometry(here, there)
        if agreed is None or agreed[1] <= most:
            continue
        matrix = normalised(agreed[0], here.shape, there.shape)
        matrix = unmirrored(matrix) if mirrored else matrix
        if plausible(matrix, shape, ground.grey.shape):
            best, most = matrix, agreed[1]
        if most >= _BEYOND_DOUBT:
            break
    return best

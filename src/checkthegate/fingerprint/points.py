"""Points of a picture that are found again after finishing, and the geometry they agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.geometry import scaled

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

SOURCE_EDGE: Final = 256
TARGET_EDGE: Final = 384

_MOST_POINTS = 500
_CONTRAST = 0.015
_RATIO = 0.8
_TOLERANCE = 4.0
_ENOUGH = 8
_ROUNDS = 3000


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Where points lie (float32[n,2], pixels of the scaled picture), their description
    (float32[n,128]), and the size (height, width) of the scaled picture."""

    places: Array
    looks: Array
    shape: tuple[int, int]

    def mirrored(self) -> Points:
        """The points of the mirror image: SIFT describes a mirrored patch by the same numbers in
        another order (rows turned over, directions counted the other way round)."""
        import numpy

        order = numpy.arange(128).reshape(4, 4, 8)[::-1, :, (-numpy.arange(8)) % 8].ravel()
        places = numpy.stack([self.shape[1] - 1 - self.places[:, 0], self.places[:, 1]], axis=1)
        return Points(places, self.looks[:, order], self.shape)


def points_of(grey: Array, longest: int) -> Points:
    """The strongest points of a uint8 grey picture, looked at with this longest side."""
    import cv2
    import numpy

    picture = scaled(grey, longest)
    finder = cv2.SIFT.create(nfeatures=_MOST_POINTS, contrastThreshold=_CONTRAST)
    places, looks = finder.detectAndCompute(picture, None)
    if not places or looks is None:
        looks = numpy.zeros((0, 128), numpy.float32)
    where = numpy.array([each.pt for each in places], numpy.float32).reshape(-1, 2)
    total = numpy.maximum(looks.sum(axis=1, keepdims=True), 1e-6)
    return Points(where, numpy.sqrt(looks / total), picture.shape[:2])


def agreed_geometry(source: Points, target: Points) -> tuple[Array, int] | None:
    """The affine map (float64[2,3], scaled pixels) most points agree on, and how many do."""
    import cv2
    import numpy

    pairs = _paired(source.looks, target.looks)
    if len(pairs) < _ENOUGH:
        return None
    here, there = source.places[pairs[:, 0]], target.places[pairs[:, 1]]
    matrix, inliers = cv2.estimateAffine2D(
        here, there, None, cv2.RANSAC, _TOLERANCE, _ROUNDS, 0.999, 10
    )
    if matrix is None:
        return None
    count = len(numpy.unique(there[inliers.ravel() == 1].round(), axis=0))
    return (matrix, count) if count >= _ENOUGH else None


def _paired(source: Array, target: Array) -> Array:
    """int64[m,2]: the nearest look of the target for each of the source, where it stands out."""
    import numpy

    if len(source) < 2 or len(target) < 2:
        return numpy.zeros((0, 2), numpy.int64)
    alike = source @ target.T
    best = alike.argmax(axis=1)
    rows = numpy.arange(len(source))
    first = alike[rows, best]
    alike[rows, best] = -1
    second = alike.max(axis=1)
    far, near = (
        numpy.sqrt(numpy.maximum(2 - 2 * second, 1e-9)),
        numpy.sqrt(numpy.maximum(2 - 2 * first, 0)),
    )
    clear = near < _RATIO * far
    return numpy.stack([rows[clear], best[clear]], axis=1)

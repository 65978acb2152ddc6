"""Two small pictures to lay side by side: what lies in the asset, and what it matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.geometry import warped
from checkthegate.fingerprint.still_prints import jpeg
from checkthegate.model.evidence import Exhibit

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MOST_BYTES: Final = 20_000

_EDGE = 320
_QUALITIES = (80, 65, 50, 35, 20)


def side_by_side(
    found: Array, source: Array, matrix: Array | None, captions: tuple[str, str]
) -> tuple[Exhibit, Exhibit]:
    """Exhibits of the target (uint8 rgb) and of the source, both of one size and under 20 kB each.

    Given a registration's `matrix`, the target is shown as it lies over the source: what of the
    source is not in it stays dark.
    """
    import cv2
    import numpy

    size = _size(source if matrix is not None else found)
    own = cv2.resize(source, size, interpolation=cv2.INTER_AREA)
    if matrix is None:
        shown = cv2.resize(found, size, interpolation=cv2.INTER_AREA)
    else:
        shown, seen = warped(found, matrix, (size[1], size[0]))
        shown = numpy.where(seen[..., None], shown, shown * 0).astype(numpy.uint8)
    return (
        Exhibit("found", "image/jpeg", _small(shown), captions[0]),
        Exhibit("source", "image/jpeg", _small(own), captions[1]),
    )


def _size(picture: Array) -> tuple[int, int]:
    height, width = picture.shape[:2]
    factor = _EDGE / max(height, width)
    return max(8, round(width * factor)), max(8, round(height * factor))


def _small(picture: Array) -> bytes:
    body = b""
    for quality in _QUALITIES:
        body = jpeg(picture, quality)
        if len(body) <= MOST_BYTES:
            break
    return body

"""Two small pictures to show beside a match: what lies in the asset, and what is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.geometry import scaled
from checkthegate.model import Exhibit

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

EDGE: Final = 320
_MOST_BYTES: Final = 20_000
_QUALITIES: Final = (75, 60, 45, 30)


def side_by_side(
    found: Array, source: Array, found_caption: str, source_caption: str
) -> tuple[Exhibit, ...]:
    """The two pictures (uint8 rgb or grey), each at most 320 pixels and about 20 kB."""
    return (
        Exhibit("found", "image/jpeg", _jpeg(found), found_caption),
        Exhibit("source", "image/jpeg", _jpeg(source), source_caption),
    )


def decoded(jpeg: bytes) -> Array:
    """A kept still as uint8 rgb; a grey square where it is damaged."""
    import cv2
    import numpy

    body = numpy.frombuffer(jpeg, numpy.uint8)
    picture = cv2.imdecode(body, cv2.IMREAD_COLOR) if len(body) else None
    if picture is None:
        return numpy.full((8, 8, 3), 128, numpy.uint8)
    return numpy.asarray(picture[:, :, ::-1])


def _jpeg(picture: Array) -> bytes:
    import cv2
    import numpy

    small = numpy.ascontiguousarray(scaled(picture, EDGE))
    shown = small[:, :, ::-1] if small.ndim == 3 else small
    body = b""
    for quality in _QUALITIES:
        made, encoded = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality])
        body = bytes(encoded) if made else b""
        if len(body) <= _MOST_BYTES:
            break
    return body

"""Stills prepared for matching: a working picture, its codes and descriptors, and what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint import pdq
from checkthegate.fingerprint.borders import content_box
from checkthegate.fingerprint.geometry import scaled
from checkthegate.fingerprint.picture_print import STILL_EDGE, KeptStill, PicturePrint

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.sscd import Descriptors
    from checkthegate.seams import OpenAsset, Picture

    Array = numpy.ndarray[Any, Any]

WORKING_EDGE: Final = 1024
_BLANK = 2.0
_GREY = 128
_TURNS = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True), 6: (3, False)}
_TURNS |= {7: (1, True), 8: (1, False)}
_QUALITY = 85


def working_picture(opened: OpenAsset) -> Array:
    """The still as uint8 rgb, upright, longest side at most 1024, on grey where it is see-through.

    Raises `Unreadable`.
    """
    picture = opened.picture()
    return _upright(_opaque(picture), getattr(picture, "orientation", 1))


def _opaque(picture: Picture) -> Array:
    import numpy

    rgb, alpha = scaled(picture.rgb, WORKING_EDGE), picture.alpha
    if alpha is None or alpha.min() == 255:
        return rgb
    cover = scaled(alpha, WORKING_EDGE)[..., None].astype(numpy.float32) / 255
    flat = rgb * cover + _GREY * (1 - cover)
    return numpy.rint(flat).astype(numpy.uint8)


def _upright(rgb: Array, orientation: int) -> Array:
    import numpy

    turns, mirrored = _TURNS.get(orientation, (0, False))
    turned = numpy.rot90(rgb, turns)
    return numpy.ascontiguousarray(turned[:, ::-1] if mirrored else turned)


def views(rgb: Array) -> tuple[Array, ...]:
    """The picture, and the picture without the bars around it where there are any."""
    left, top, right, bottom = content_box(rgb)
    if (left, top, right, bottom) == (0, 0, rgb.shape[1], rgb.shape[0]):
        return (rgb,)
    return rgb, rgb[top:bottom, left:right]


def still_print(opened: OpenAsset, descriptors: Descriptors) -> PicturePrint | None:
    """The print of a still; None when it is blank. Raises `Unreadable`."""
    import numpy

    rgb = working_picture(opened)
    if rgb.std() < _BLANK:
        return None
    seen = views(rgb)
    codes = numpy.stack([pdq.pdq(view)[0] for view in seen])
    vectors = descriptors.bulk(seen) if descriptors.ready else numpy.zeros((0, 512))
    return PicturePrint(
        "still",
        rgb.shape[1],
        rgb.shape[0],
        times=numpy.zeros(len(seen), numpy.float32),
        codes=codes,
        descriptors=vectors.astype(numpy.float16),
        stills=(KeptStill(0.0, jpeg(scaled(rgb, STILL_EDGE), _QUALITY)),),
    )


def jpeg(rgb: Array, quality: int) -> bytes:
    """A picture as JPEG without metadata."""
    import cv2
    import numpy

    turned = numpy.ascontiguousarray(rgb[:, :, ::-1])
    _, body = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(body)


def decoded(body: bytes) -> Array | None:
    """A kept JPEG as uint8 rgb; None where it is damaged."""
    import cv2
    import numpy

    if not body:
        return None
    picture = cv2.imdecode(numpy.frombuffer(body, numpy.uint8), cv2.IMREAD_COLOR)
    return None if picture is None else numpy.ascontiguousarray(picture[:, :, ::-1])


def grey(rgb: Array) -> Array:
    """The picture as uint8 grey."""
    import cv2
    import numpy

    return numpy.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))

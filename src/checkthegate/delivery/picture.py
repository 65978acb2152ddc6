"""Stills, decoded once and wholly: by Pillow, OpenImageIO or PyAV, whichever can.

What cannot be decoded raises `Unreadable` with a sentence for a producer. The size is read
from the header and held against `limits.pixels` before anything is decoded.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from checkthegate.delivery.pixels import RAW
from checkthegate.model import Unreadable

if TYPE_CHECKING:
    from checkthegate.seams import OpenAsset, Picture

_RAW = frozenset({"image/x-camera-raw", "image/x-adobe-dng"})
_PYAV = frozenset({"image/heic", "image/heif"})
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
_GREY = 128


def decode_picture(opened: OpenAsset) -> Picture:
    """The first picture of a still at full size; raises `Unreadable`."""
    from checkthegate.delivery import oiio_picture, pillow_picture

    media_type = opened.asset.media_type
    if media_type in _RAW:
        raise Unreadable(RAW)
    if media_type in oiio_picture.MEDIA_TYPES:
        return oiio_picture.decode(opened)
    if media_type in _PYAV:
        from checkthegate.delivery.heif_picture import decode

        return decode(opened)
    if media_type not in pillow_picture.FORMATS:
        raise Unreadable("this kind of picture cannot be decoded here, so nobody looked at it")
    return _with_second_opinion(opened)


def _with_second_opinion(opened: OpenAsset) -> Picture:
    """Pillow first; OpenImageIO for the flavours of TIFF and PSD that Pillow does not know."""
    from checkthegate.delivery import oiio_picture, pillow_picture

    try:
        return pillow_picture.decode(opened)
    except pillow_picture.UnknownFlavour as first:
        if opened.asset.media_type not in oiio_picture.FALLBACK:
            raise
        try:
            return oiio_picture.decode(opened)
        except Unreadable:
            raise first from None


def thumbnail(picture: Picture, edge: int = 320) -> bytes:
    """A small JPEG, at most `edge` pixels each way, upright, on grey, without metadata."""
    from PIL import Image

    image = picture.image
    factor = max(image.size) // (2 * edge)
    small = image.reduce(factor) if factor > 1 else image.copy()
    small.thumbnail((edge, edge))
    turn = _TURNS.get(getattr(picture, "orientation", 1))
    if turn is not None:
        small = small.transpose(Image.Transpose(turn))
    flat = Image.new("RGB", small.size, (_GREY, _GREY, _GREY))
    flat.paste(small, mask=small.getchannel("A") if "A" in small.getbands() else None)
    buffer = io.BytesIO()
    flat.save(buffer, "JPEG", quality=78)
    return buffer.getvalue()

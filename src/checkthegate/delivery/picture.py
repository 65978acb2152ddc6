"""Stills, decoded once and wholly: by Pillow, OpenImageIO or PyAV, whichever can.

What cannot be decoded raises `Unreadable` with a sentence for a producer. The size is read
from the header and held against `limits.pixels` before anything is decoded.
"""

from __future__ import annotations

import io
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from checkthegate.model import Unreadable

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image

    from checkthegate.seams import OpenAsset, Picture

    Pixels: TypeAlias = "numpy.ndarray[Any, Any]"

RAW = (
    "camera raw pictures cannot be decoded here, so nobody looked at its pixels; a TIFF, EXR or "
    "JPEG made from it can be checked"
)
_RAW = frozenset({"image/x-camera-raw", "image/x-adobe-dng"})
_PYAV = frozenset({"image/heic", "image/heif"})
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
_GREY = 128


class DecodedPicture:
    """The `Picture` of a Pillow image of mode L, LA, RGB or RGBA.

    `orientation` is the EXIF orientation (1..8) that a viewer would apply; the pixels are as
    stored.
    """

    def __init__(self, image: Image, orientation: int = 1) -> None:
        self.image = image
        self.orientation = orientation

    @cached_property
    def rgb(self) -> Pixels:
        """`uint8` array of shape (height, width, 3), made on first use."""
        import numpy

        image = self.image if self.image.mode == "RGB" else self.image.convert("RGB")
        return numpy.asarray(image)

    @cached_property
    def alpha(self) -> Pixels | None:
        """`uint8` array of shape (height, width), or None without an alpha channel."""
        import numpy

        if "A" not in self.image.getbands():
            return None
        return numpy.asarray(self.image.getchannel("A"))


class ArrayPicture:
    """The `Picture` of an array of shape (height, width, 3 or 4), `uint8`."""

    def __init__(self, pixels: Pixels) -> None:
        self._pixels = pixels

    @cached_property
    def image(self) -> Image:
        """The Pillow image, made on first use."""
        from PIL import Image

        return Image.fromarray(self._pixels)

    @property
    def rgb(self) -> Pixels:
        """`uint8` array of shape (height, width, 3)."""
        return self._pixels[:, :, :3]

    @property
    def alpha(self) -> Pixels | None:
        """`uint8` array of shape (height, width), or None without an alpha channel."""
        return self._pixels[:, :, 3] if self._pixels.shape[2] == 4 else None


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


def check_size(width: int, height: int, limit: int) -> None:
    """Refuse a picture before it is decoded; raises `Unreadable` with its megapixels named."""
    if width <= 0 or height <= 0:
        raise Unreadable("the picture says that it has no width or no height; it is damaged")
    if width * height > limit:
        raise Unreadable(
            f"the picture says it has {width * height / 1e6:,.0f} megapixels; more than "
            f"{limit / 1e6:,.0f} megapixels are not decoded, so nobody looked at its pixels; "
            "a home can allow more (megapixels, in its gate.toml)"
        )


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

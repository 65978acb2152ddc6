"""What a decoded picture is, and the bound that holds before one is decoded."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from checkthegate.model import Unreadable

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image

    Pixels: TypeAlias = "numpy.ndarray[Any, Any]"

RAW = (
    "camera raw pictures cannot be decoded here, so nobody looked at its pixels; a TIFF, EXR or "
    "JPEG made from it can be checked"
)


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

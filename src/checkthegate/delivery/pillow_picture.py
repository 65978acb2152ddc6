"""Stills through Pillow: JPEG, PNG, WebP, GIF, TIFF, BMP, AVIF, JPEG 2000, PSD.

Every other mode (palette, CMYK, 16 bits, float) is brought to L, LA, RGB or RGBA of 8 bits.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import warnings
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from checkthegate.delivery.extent import share_present
from checkthegate.delivery.pixels import RAW, DecodedPicture, check_size
from checkthegate.model import Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

    from checkthegate.delivery.pixels import Pixels
    from checkthegate.seams import OpenAsset

FORMATS = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/gif": ("GIF",),
    "image/tiff": ("TIFF",),
    "image/bmp": ("BMP",),
    "image/avif": ("AVIF",),
    "image/jp2": ("JPEG2000",),
    "image/vnd.adobe.photoshop": ("PSD",),
}
_WHOLE_FILE = frozenset({"image/webp", "image/avif", "image/jp2"})
_WHOLE_FILE_LIMIT = 512 * 1024 * 1024
_PLAIN_MODES = frozenset({"L", "LA", "RGB", "RGBA"})
_PNG_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"tRNS"})
_MOST_READS = 200_000
_ORIENTATION = 0x0112
_DNG_VERSION = 0xC612
_QUIET = logging.NullHandler()


class UnknownFlavour(Unreadable):
    """Pillow does not know this variety of the format; somebody else may."""


def decode(opened: OpenAsset) -> DecodedPicture:
    """The first picture at full size; raises `Unreadable`."""
    media_type = opened.asset.media_type
    if media_type in _WHOLE_FILE and opened.asset.size > _WHOLE_FILE_LIMIT:
        raise Unreadable("the picture's file is larger than 512 MB and was not decoded")
    with opened.open() as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if media_type == "image/jpeg":
            image = _loaded(opened, cast("BinaryIO", _Patient(stream)))
        else:
            image = _loaded(opened, stream)
        if media_type == "image/png":
            _check_png(stream)
        return DecodedPicture(eight_bit(image), _orientation(image))


class _Patient:
    """A file object that gives up after too many reads: Pillow skips junk byte by byte."""

    def __init__(self, stream: BinaryIO) -> None:
        self._left = _MOST_READS
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int = -1) -> bytes:
        """As a file's; raises `Unreadable` in the end."""
        self._left -= 1
        if self._left < 0:
            raise Unreadable(
                "the picture could not be opened: there is nothing but junk where it should "
                "begin; ask for it again"
            )
        return self._stream.read(size)


def _loaded(opened: OpenAsset, stream: BinaryIO) -> Image:
    from PIL import Image, PngImagePlugin

    # Pillow's loggers print where nobody listens.
    logging.getLogger("PIL").addHandler(_QUIET)
    # Workflow graphs in compressed text chunks outgrow Pillow's 1 MB; the bound is ours instead.
    PngImagePlugin.MAX_TEXT_CHUNK = opened.limits.metadata_bytes
    image = None
    try:
        image = Image.open(stream, formats=FORMATS[opened.asset.media_type])
        check_size(*image.size, opened.limits.pixels)
        with _silence(image.format == "TIFF"):
            _check_tiff(image, opened.asset.size)
            image.load()
    except Unreadable:
        raise
    except Image.DecompressionBombError as problem:
        raise _bomb(str(problem), opened.limits.pixels) from None
    except Exception as problem:  # decoders meet hostile bytes with every kind of exception
        raise _damage(opened, image, problem) from None
    return image


@contextlib.contextmanager
def _silence(wanted: bool) -> Iterator[None]:
    """No standard error while the block runs: libtiff writes its complaints there itself."""
    if not wanted:
        yield
        return
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _check_tiff(image: Image, size: int) -> None:
    """Refuse raw files in the guise of TIFF, and strips or tiles that lie behind the file's end."""
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return
    if _DNG_VERSION in tags:
        raise Unreadable(RAW)
    for offsets, counts in ((273, 279), (324, 325)):
        parts = zip(tags.get(offsets, ()), tags.get(counts, ()), strict=False)
        if any(offset + count > size for offset, count in parts):
            raise _cut_off(None)


def _bomb(message: str, limit: int) -> Unreadable:
    claimed = re.search(r"\((\d+) pixels\)", message)
    try:
        check_size(int(claimed[1]) if claimed else limit + 1, 1, limit)
    except Unreadable as refusal:
        return refusal
    return Unreadable("the picture unpacks to more pixels than are decoded")


def _damage(opened: OpenAsset, image: Image | None, problem: Exception) -> Unreadable:
    """The sentence for a picture that did not decode."""
    present = share_present(opened, opened.asset.size)
    if present < 1:
        return _cut_off(present)
    message = str(problem)
    if isinstance(problem, MemoryError):
        return Unreadable("there was not enough memory to decode the picture")
    if "truncated" in message or isinstance(problem, EOFError):
        return _cut_off(_filled(image))
    if image is None or isinstance(problem, NotImplementedError) or "not available" in message:
        return UnknownFlavour(
            "the picture could not be opened: it is damaged, or of a variety that cannot be "
            "decoded here; nobody looked at its pixels"
        )
    return Unreadable("the picture data is damaged, so nobody looked at all of its pixels")


def _cut_off(share: float | None) -> Unreadable:
    after = f" after about {share:.0%}" if share is not None and 0.01 <= share <= 0.97 else ""
    return Unreadable(f"the picture is cut off{after}; ask for the whole file")


def _filled(image: Image | None) -> float | None:
    """Down to which share of its height a broken-off picture was decoded."""
    try:
        box = image.im.getbbox() if image is not None else None
        return box[3] / image.height if box and image is not None else None
    except Exception:  # nothing was allocated yet
        return None


def _check_png(stream: BinaryIO) -> None:
    """Hold the chunks that make the pixels against their checksums, which Pillow does not."""
    stream.seek(8)
    while True:
        head = stream.read(8)
        if len(head) < 8:
            raise Unreadable("the picture is cut off at its end; ask for the whole file")
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        if name == b"IEND":
            return
        if name not in _PNG_PIXEL_CHUNKS:
            stream.seek(length + 4, 1)
        elif _checksum(stream, length, zlib.crc32(name)) != int.from_bytes(stream.read(4), "big"):
            raise Unreadable(
                "the picture data is damaged: a checksum in it does not match; ask for the file "
                "again"
            )


def _checksum(stream: BinaryIO, length: int, crc: int) -> int:
    while length > 0:
        part = stream.read(min(length, 1 << 20))
        if not part:
            return -1
        crc = zlib.crc32(part, crc)
        length -= len(part)
    return crc


def _orientation(image: Image) -> int:
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # hostile EXIF; whoever reads metadata reports it
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def eight_bit(image: Image) -> Image:
    """The image in mode L, LA, RGB or RGBA; itself where it already is."""
    if image.mode in ("L", "RGB") and "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in _PLAIN_MODES:
        return image
    if image.mode in ("P", "PA"):
        see_through = image.mode == "PA" or "transparency" in image.info
        return image.convert("RGBA" if see_through else "RGB")
    if image.mode[0] in "IF" and image.mode != "IF":
        return _from_deep(image)
    if image.mode in ("La", "RGBa"):
        return image.convert("LA" if image.mode == "La" else "RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _from_deep(image: Image) -> Image:
    """16-bit, 32-bit and float greys to 8 bits: shifted down, or scaled to the brightest."""
    import numpy
    from PIL import Image as images

    deep: Pixels = numpy.asarray(image)
    if deep.dtype.itemsize == 2:
        return images.fromarray((deep >> 8).astype(numpy.uint8))
    values = numpy.nan_to_num(deep.astype(numpy.float32), posinf=0, neginf=0)
    top = float(values.max(initial=0))
    if deep.dtype.kind in "iu":
        scale = 255 / 65535 if top <= 65535 else 255 / (2**31)
    else:
        scale = 255 / max(top, 1.0)
    return images.fromarray(numpy.clip(values * scale, 0, 255).astype(numpy.uint8))

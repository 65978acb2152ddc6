"""The hidden text called stealth pixels: found in, and for examples written to, lowest bits.

Column by column from the top left, the lowest bit of each alpha value (or of each red, green
and blue value) is one bit of: a magic of 15 letters, the length of the text in bits as 32 bits,
the text, plain or compressed by gzip. Text is UTF-8: NovelAI's JSON, or a settings text.

Sources: NovelAI/novelai-image-metadata (alpha), sd-webui-stealth-pnginfo (RGB and plain text).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.model import Unreadable

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image

_MAGIC_BYTES = 15
_HEAD_BITS = (_MAGIC_BYTES + 4) * 8
_GZIP = 31


@dataclass(frozen=True, slots=True)
class _Place:
    """Where bits lie: which channels of which modes, and the magics used there."""

    modes: frozenset[str]
    channels: tuple[int, ...]
    plain: bytes
    packed: bytes


_PLACES = (
    _Place(frozenset({"RGBA", "LA"}), (-1,), b"stealth_pnginfo", b"stealth_pngcomp"),
    _Place(frozenset({"RGB", "RGBA"}), (0, 1, 2), b"stealth_rgbinfo", b"stealth_rgbcomp"),
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """Where a magic was found, and the bytes after it as they lie there."""

    magic: str
    raw: bytes
    whole: bool

    def text(self, limit: int) -> str:
        """The text, at most `limit` bytes of it; raises `Unreadable` where it is damaged."""
        if not self.whole:
            raise Unreadable("is longer than the picture has room for")
        plain = _unpacked(self.raw, limit) if self.magic.endswith("comp") else self.raw
        try:
            return plain.decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable("is damaged") from None


def find(image: Image) -> Hidden | None:
    """What is hidden in the picture, or None. Without a magic only a few columns are looked at."""
    for place in _PLACES:
        if image.mode not in place.modes or _room(image, place) < _HEAD_BITS:
            continue
        head = _bytes_of(image, place, _HEAD_BITS)
        magic = head[:_MAGIC_BYTES]
        if magic in (place.plain, place.packed):
            return _behind(image, place, magic, int.from_bytes(head[_MAGIC_BYTES:], "big"))
    return None


def _behind(image: Image, place: _Place, magic: bytes, length: int) -> Hidden:
    bits = _HEAD_BITS + length
    whole = length > 0 and length % 8 == 0 and bits <= _room(image, place)
    raw = _bytes_of(image, place, bits)[_HEAD_BITS // 8 :] if whole else b""
    return Hidden(magic.decode("ascii"), raw, whole)


def _room(image: Image, place: _Place) -> int:
    return image.width * image.height * len(place.channels)


def _bytes_of(image: Image, place: _Place, bits: int) -> bytes:
    """The first `bits` bits, from as few columns as hold them."""
    import numpy

    columns = -(-bits // (image.height * len(place.channels)))
    pixels: numpy.ndarray[Any, Any] = numpy.asarray(image.crop((0, 0, columns, image.height)))
    chosen = pixels[:, :, list(place.channels)].transpose(1, 0, 2).ravel()[:bits]
    return numpy.packbits(chosen & 1).tobytes()


def _unpacked(raw: bytes, limit: int) -> bytes:
    machine = zlib.decompressobj(_GZIP)
    try:
        plain = machine.decompress(raw, limit + 1)
    except zlib.error:
        raise Unreadable("is damaged") from None
    if len(plain) > limit:
        raise Unreadable("unpacks to more than is allowed to be read")
    if not machine.eof:
        raise Unreadable("is damaged")
    return plain


def hide(image: Image, magic: str, content: bytes) -> Image:
    """A copy of an RGBA (alpha) or RGB picture with `content` behind `magic`, for examples."""
    import numpy
    from PIL import Image as images

    place = next(p for p in _PLACES if magic.encode() in (p.plain, p.packed))
    message = magic.encode() + (8 * len(content)).to_bytes(4, "big") + content
    bits = numpy.unpackbits(numpy.frombuffer(message, numpy.uint8))
    pixels = numpy.array(image)
    columns = pixels[:, :, list(place.channels)].transpose(1, 0, 2)
    flat = columns.ravel()
    flat[: len(bits)] = flat[: len(bits)] & 0xFE | bits
    pixels[:, :, list(place.channels)] = flat.reshape(columns.shape).transpose(1, 0, 2)
    return images.fromarray(pixels)

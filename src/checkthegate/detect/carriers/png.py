"""PNG and APNG: text chunks wherever they lie, Exif, XMP, and the checksum of every chunk."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from checkthegate.detect.carriers import png_text
from checkthegate.detect.carriers.bounded import collected
from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, OpenAsset

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_WINDOW = 256 * 1024
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf"})
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_KIND = re.compile(rb"[A-Za-z]{4}")
_DAMAGED = Trouble(
    "a checksum inside the PNG does not match its content: the file was damaged after it was "
    "written, so what it says cannot be relied on"
)
_MARKED_DAMAGED = Trouble(
    "a text stored in the PNG does not match its checksum: it was damaged after it was written"
)


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of all chunks; every checksum is verified, at the speed of zlib.

    A text whose checksum does not match is told and still read. Bytes after the end chunk
    are not looked at.
    """
    return collected(opened, lambda content: _tags(opened, content.size))


def _tags(opened: OpenAsset, size: int) -> Iterator[Carried]:
    with opened.open() as stream:
        yield from _Chunks(stream, opened.limits, size).tags()


class _Chunks:
    """One pass over the chunks through a window that is refilled in big reads."""

    def __init__(self, stream: BinaryIO, limits: Limits, size: int) -> None:
        self._stream = stream
        self._limits = limits
        self._left = limits.metadata_bytes
        self._steps = limits.items + size // 256
        self._buffer = bytearray(_WINDOW)
        self._view = memoryview(self._buffer)
        self._at = 0
        self._end = 0
        self._sound = True
        self._pixels = False

    def tags(self) -> Iterator[Carried]:
        """Every tag; raises `Unreadable` where the walk cannot go on."""
        self._need(8, "its first bytes")
        if self._take(8) != _SIGNATURE:
            raise Unreadable("it does not begin as a PNG file must")
        first = True
        while True:
            kind, length = self._header()
            if first:
                self._first(kind, length)
                first = False
            if kind in _TEXTS:
                yield from self._text(kind, length)
            else:
                self._skip(kind, length)
            if kind == b"IEND":
                break
        if not self._sound:
            yield _DAMAGED
        if not self._pixels:
            yield Trouble("the PNG holds no picture: it is damaged")

    def _header(self) -> tuple[bytes, int]:
        self._steps -= 1
        if self._steps < 0:
            raise Unreadable("the PNG is divided into more parts than any real picture")
        self._need(8, "the PNG")
        length = int.from_bytes(self._view[self._at : self._at + 4], "big")
        kind = bytes(self._view[self._at + 4 : self._at + 8])
        if length > 0x7FFFFFFF or not _KIND.fullmatch(kind):
            raise Unreadable(
                "the PNG is damaged: one of its parts has an impossible name or length, "
                "so what comes after it was not read"
            )
        self._pixels = self._pixels or kind == b"IDAT"
        return kind, length

    def _first(self, kind: bytes, length: int) -> None:
        """The header chunk must come first and make sense."""
        if kind != b"IHDR" or length != 13:
            raise Unreadable("the PNG does not begin with its header: it is damaged")
        self._need(8 + 13, "the PNG's header")
        fields = bytes(self._view[self._at + 8 : self._at + 21])
        sides = int.from_bytes(fields[:4], "big"), int.from_bytes(fields[4:8], "big")
        depth, colour, packing, filters, interlace = fields[8:13]
        sane = depth in _DEPTHS.get(colour, ()) and not packing and not filters and interlace < 2
        if not sane or not all(0 < side < 2**31 for side in sides):
            raise Unreadable("the PNG's header makes no sense: the file is damaged")

    def _skip(self, kind: bytes, length: int) -> None:
        """Verify a chunk without keeping it."""
        whole = length + 12
        if whole <= self._end - self._at:
            body = self._at + 8 + length
            seen = zlib.crc32(self._view[self._at + 4 : body])
            told = int.from_bytes(self._view[body : body + 4], "big")
            self._at += whole
        else:
            self._at += 4
            seen = self._streamed(length + 4)
            told = int.from_bytes(self._take(4), "big")
        if seen != told:
            self._sound = False

    def _streamed(self, length: int) -> int:
        """The checksum of the next `length` bytes, whatever their number."""
        seen = 0
        while length:
            if self._at == self._end:
                self._need(1, "the PNG")
            step = min(length, self._end - self._at)
            seen = zlib.crc32(self._view[self._at : self._at + step], seen)
            self._at += step
            length -= step
        return seen

    def _text(self, kind: bytes, length: int) -> Iterator[Carried]:
        if length > self._left:
            megabytes = self._limits.metadata_bytes >> 20
            yield Trouble(f"the PNG holds more than {megabytes} MB of text; not all was read")
            self._skip(kind, length)
            return
        self._left -= length
        self._take(8)
        body = self._gathered(length)
        told = int.from_bytes(self._take(4), "big")
        if zlib.crc32(body, zlib.crc32(kind)) != told:
            yield _MARKED_DAMAGED
        yield from png_text.parse(kind, body, self._limits)

    def _gathered(self, length: int) -> bytes:
        """The next `length` bytes, joined; never more memory than the file really has."""
        parts: list[bytes] = []
        while length:
            if self._at == self._end:
                self._need(1, "a text in the PNG")
            step = min(length, self._end - self._at)
            parts.append(self._take(step))
            length -= step
        return b"".join(parts)

    def _take(self, length: int) -> bytes:
        self._need(length, "the PNG")
        self._at += length
        return bytes(self._view[self._at - length : self._at])

    def _need(self, length: int, what: str) -> None:
        """Have `length` bytes (far less than a window) at hand."""
        if self._end - self._at >= length:
            return
        rest = bytes(self._view[self._at : self._end])
        self._buffer[: len(rest)] = rest
        self._at, self._end = 0, len(rest)
        while self._end < length:
            count = self._stream.readinto(self._view[self._end :])  # type: ignore[attr-defined]
            if not count:
                raise Unreadable(f"the file ends inside {what}: it is cut off or damaged")
            self._end += count

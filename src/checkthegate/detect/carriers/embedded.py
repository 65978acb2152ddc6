"""Pictures, films and sounds inside documents, read by their own carriers from memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from typing import BinaryIO, NoReturn

from checkthegate.detect.carriers.bounded import shielded
from checkthegate.detect.carriers.tag import Carried
from checkthegate.model import Asset, Kind, Unreadable
from checkthegate.seams import Limits

_MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (0, b"\xff\xd8\xff", "jpeg", "image/jpeg"),
    (0, b"GIF8", "gif", "image/gif"),
    (8, b"WEBP", "webp", "image/webp"),
    (0, b"II*\0", "tiff", "image/tiff"),
    (0, b"MM\0*", "tiff", "image/tiff"),
    (4, b"ftyp", "bmff", "video/mp4"),
    (8, b"WAVE", "riff", "audio/wav"),
    (8, b"AVI ", "riff", "video/x-msvideo"),
    (0, b"\x1aE\xdf\xa3", "matroska", "video/webm"),
    (0, b"ID3", "id3", "audio/mpeg"),
)


class Member:
    """The `OpenAsset` of bytes in memory; it has tags only, no decoded views."""

    def __init__(self, content: bytes, media_type: str, limits: Limits) -> None:
        family = media_type.partition("/")[0]
        kind = Kind(family) if family in ("image", "video", "audio", "text") else Kind.OTHER
        self._content = content
        self.asset = Asset("embedded", kind, media_type, len(content), "")
        self.limits = limits

    def open(self) -> BinaryIO:
        """A handle at the beginning."""
        return io.BytesIO(self._content)

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`."""
        return self._content[offset : offset + length]

    def sidecar(self, suffix: str) -> bytes | None:
        """Nothing lies beside a member."""
        return None

    def picture(self) -> NoReturn:
        """Never decoded."""
        raise Unreadable("it lies inside a document and is not decoded")

    def media(self) -> NoReturn:
        """Never decoded."""
        raise Unreadable("it lies inside a document and is not decoded")

    def frame(self, fraction: float) -> NoReturn:
        """Never decoded."""
        raise Unreadable("it lies inside a document and is not decoded")


def tags(content: bytes, limits: Limits) -> Iterator[Carried]:
    """Tags of a picture, film or sound, told by its first bytes; nothing for other bytes."""
    for offset, magic, module, media_type in _MAGIC:
        if content.startswith(magic, offset):
            reader = import_module(f"checkthegate.detect.carriers.{module}")
            found = reader.read(Member(content, media_type, limits))
            yield from islice(shielded(found), limits.items)
            return

"""XMP too long for one JPEG segment: pieces gathered by their digest and put in order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.seams import Limits

PACKET = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_HEAD = len(EXTENSION) + 32 + 4 + 4
_NOTE = re.compile(rb"HasExtendedXMP\s*(?:=\s*[\"']|>)\s*([0-9A-Fa-f]{32})")
_MISSING = "a part of its extended XMP metadata is missing or damaged"


class Extended:
    """Pieces of extended XMP, by the digest each says it belongs to."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pieces: dict[bytes, list[tuple[int, bytes]]] = {}
        self._lengths: dict[bytes, int] = {}
        self._announced: set[bytes] = set()

    def announced(self, packet: bytes) -> None:
        """Remember which extension the main packet says there is."""
        self._announced.update(digest.upper() for digest in _NOTE.findall(packet)[:4])

    def add(self, body: bytes) -> None:
        """Take one segment's content. Its size has been counted by the caller."""
        digest = body[len(EXTENSION) : len(EXTENSION) + 32].upper()
        place = len(EXTENSION) + 32
        self._lengths[digest] = int.from_bytes(body[place : place + 4], "big")
        offset = int.from_bytes(body[place + 4 : place + 8], "big")
        self._pieces.setdefault(digest, []).append((offset, body[_HEAD:]))

    def tags(self) -> Iterator[Carried]:
        """Tags of every extension; an incomplete one is told and read as far as it goes."""
        from checkthegate.detect.carriers import xmp

        if self._announced - set(self._pieces):
            yield Trouble(_MISSING)
        for digest, pieces in self._pieces.items():
            packet = _joined(pieces)
            # MD5 is what the format uses to name its parts, not a defence.
            seen = hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode()
            if seen != digest or len(packet) != self._lengths[digest]:
                yield Trouble(_MISSING)
            yield from xmp.parse(packet, limits=self._limits)


def _joined(pieces: list[tuple[int, bytes]]) -> bytes:
    """The pieces in order; a repeated piece counts once, a hole is closed."""
    parts: list[bytes] = []
    end = -1
    for offset, content in sorted(pieces):
        if offset > end or not parts:
            parts.append(content)
            end = offset
    return b"".join(parts)

"""GIF: comments, and XMP in its application block."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected, text_of
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.detect.carriers.unpack import exactly
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_COMMENT, _APPLICATION = 0xFE, 0xFF
_XMP = b"XMP DataXMP"
_WINDOW = 256 * 1024
_MAGIC_TRAILER = 258
_MOST_BLOCKS = 20_000_000


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of all extensions up to the trailer; no trailer is `Trouble`."""
    return collected(opened, lambda content: _Blocks(content).tags())


class _Blocks:
    """One pass over the blocks, through a window kept in memory."""

    def __init__(self, content: Bounded) -> None:
        self._content = content
        self._start = 0
        self._window = b""
        self._left = _MOST_BLOCKS

    def tags(self) -> Iterator[Carried]:
        """Every tag; raises `Unreadable` where the walk cannot go on."""
        screen = exactly(self._content, 0, 13, "its header")
        at = 13 + _table(screen[10])
        pictures = 0
        while True:
            self._content.step()
            kind = self._byte(at)
            if kind == _TRAILER:
                break
            if kind == _IMAGE:
                pictures += 1
                at = self._past(at + 11 + _table(self._byte(at + 9)))
            elif kind == _EXTENSION:
                end = self._past(at + 2)
                yield from self._extension(self._byte(at + 1), at + 2, end)
                at = end
            else:
                raise Unreadable("the GIF is damaged: what comes after the damage was not read")
        if not pictures:
            yield Trouble("the GIF holds no picture: it is damaged")

    def _extension(self, label: int, at: int, end: int) -> Iterator[Carried]:
        if label == _COMMENT:
            raw = self._joined(self._content.take(at, end - at))
            yield Tag("gif", "comment", text_of(raw), raw)
        elif label == _APPLICATION and self._content.peek(at + 1, 11) == _XMP:
            from checkthegate.detect.carriers import xmp

            raw = self._content.take(at + 12, end - at - 12)
            packet = raw[:-_MAGIC_TRAILER] if raw.endswith(b"\1\0\0") else raw
            yield from xmp.parse(packet, limits=self._content.limits)

    def _joined(self, blocks: bytes) -> bytes:
        parts, at = [], 0
        while at < len(blocks) and blocks[at]:
            parts.append(blocks[at + 1 : at + 1 + blocks[at]])
            at += 1 + blocks[at]
        return b"".join(parts)

    def _past(self, at: int) -> int:
        """The offset behind the chain of sub-blocks that begins at `at`."""
        while True:
            length = self._byte(at)
            at += 1 + length
            self._left -= 1
            if length == 0:
                return at
            if self._left < 0:
                raise Unreadable("the GIF is divided into more parts than can be checked")

    def _byte(self, at: int) -> int:
        place = at - self._start
        if not 0 <= place < len(self._window):
            self._start, place = at, 0
            self._window = _some(self._content, at)
        return self._window[place]


def _some(content: Bounded, at: int) -> bytes:
    """At least one byte from `at`, or `Unreadable`."""
    window = content.peek(at, _WINDOW)
    if not window:
        raise Unreadable("the GIF has no end: it is cut off or damaged")
    return window


def _table(flags: int) -> int:
    """Bytes of the colour table that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0

"""JPEG: segments from the first marker to the last, and what phones append after it."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected, text_of
from checkthegate.detect.carriers.jpeg_scan import next_marker
from checkthegate.detect.carriers.jpeg_xmp import EXTENSION, PACKET, Extended
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

_SOI, _EOI, _SOS, _COM, _APP1 = 0xD8, 0xD9, 0xDA, 0xFE, 0xE1
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_EXIF = b"Exif\0"
_ORDERS = (b"II*\0", b"MM\0*")
_PHOTOSHOP = b"Photoshop 3.0\0"
_LABELS = (_EXIF, _PHOTOSHOP, PACKET, EXTENSION)
_LABEL = 40
_EDITS = b"PhotoEditor_Re_Edit_Data"
_REACH = 256 * 1024
_EDITS_LENGTH = 64 * 1024
_CUT = "the JPEG is cut off or damaged: it ends before its picture does"


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of all segments, also between and after scans, and of a trailer's re-edit record.

    Marks of Exif and XMP are also known by what they hold, should their label be damaged.
    """
    return collected(opened, lambda content: _Walk(opened, content).tags())


class _Walk:
    """One pass over the markers."""

    def __init__(self, opened: OpenAsset, content: Bounded) -> None:
        self._opened = opened
        self._content = content
        self._extended = Extended(content.limits)
        self._scans = 0

    def tags(self) -> Iterator[Carried]:
        """Every tag, then trouble with what is left."""
        at = 2
        try:
            while at >= 0:
                at = yield from self._segment(at)
        except Unreadable as problem:
            yield Trouble(problem.reason)
        yield from self._extended.tags()

    def _segment(self, at: int) -> Generator[Carried, None, int]:
        """The segment at `at`; returns where the next one begins, or -1 at the end."""
        self._content.step()
        head = self._content.peek(at, 4)
        if len(head) < 2:
            raise Unreadable(_CUT)
        if head[0] != 0xFF:
            yield Trouble("the JPEG is damaged: there are stray bytes between its parts")
            return self._scan(at)
        marker = head[1]
        if marker == 0xFF:
            return at + 1
        if marker in _ALONE or marker == _SOI:
            return at + 2
        if marker == _EOI:
            yield from self._ended(at + 2)
            return -1
        length = int.from_bytes(head[2:4], "big")
        if len(head) < 4 or length < 2 or at + 2 + length > self._content.size:
            raise Unreadable("the JPEG is cut off or damaged: one of its parts has no end")
        yield from self._carried(marker, at + 4, length - 2)
        if marker != _SOS:
            return at + 2 + length
        self._scans += 1
        return self._scan(at + 2 + length)

    def _scan(self, at: int) -> int:
        following = next_marker(self._opened, at)
        if following is None:
            raise Unreadable(_CUT)
        return following

    def _ended(self, at: int) -> Iterator[Carried]:
        if not self._scans:
            yield Trouble("the JPEG holds no picture: it is damaged")
        yield from self._trailer(at)

    def _carried(self, marker: int, at: int, length: int) -> Iterator[Carried]:
        """What a segment says; labels count under any marker, and content without a label."""
        start = self._content.peek(at, min(_LABEL, length))
        labelled = start.startswith(_LABELS) or start[6:10] in _ORDERS
        if not labelled and marker not in (_COM, _APP1):
            return
        body = self._content.take(at, length)
        if labelled or marker == _APP1:
            yield from self._packet(body)
        else:
            yield Tag("jpeg", "comment", text_of(body), body)

    def _packet(self, body: bytes) -> Iterator[Carried]:
        from checkthegate.detect.carriers import exif, photoshop, xmp

        limits = self._content.limits
        if body.startswith(_PHOTOSHOP):
            yield from photoshop.parse(body, limits=limits)
        elif body.startswith(EXTENSION):
            self._extended.add(body)
        elif body.startswith(PACKET):
            packet = body[len(PACKET) :]
            self._extended.announced(packet)
            yield from xmp.parse(packet, limits=limits)
        elif body[6:10] in _ORDERS or body.startswith(_EXIF):
            yield from exif.parse(body[6:], limits=limits)
        elif b"<rdf:RDF" in body or b"xmpmeta" in body:
            yield from xmp.parse(body[max(body.find(b"<"), 0) :], limits=limits)

    def _trailer(self, at: int) -> Iterator[Carried]:
        """The record some phones append about what was edited."""
        size = self._content.size
        first = (at, self._content.peek(at, min(_REACH, size - at)))
        last = (max(at, size - _REACH), self._content.peek(max(at, size - _REACH), _REACH))
        for start, block in (first, last):
            found = block.find(_EDITS)
            if found >= 0:
                begin = start + found + len(_EDITS)
                record = self._content.peek(begin, _EDITS_LENGTH)
                yield Tag("jpeg", f"trailer/{_EDITS.decode()}", text_of(record))
                return

"""JPEG 2000: XMP, Exif and IPTC boxes, XML boxes, and comments of the codestream."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected, text_of
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.detect.carriers.unpack import exactly, number
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_EXIF = b"JpgTiffExif->JP2"
_KNOWN = (_XMP, _IPTC, _EXIF)
_COM, _SOT, _SOC, _EOC = 0xFF64, 0xFF90, b"\xff\x4f", b"\xff\xd9"
_CUT = "the JPEG 2000 file is cut off or damaged: one of its parts has no end"


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of boxes and of the codestream's comments (`jp2`, `comment`)."""
    return collected(opened, _tags)


def _tags(content: Bounded) -> Iterator[Carried]:
    if content.peek(0, 2) == _SOC:
        yield from _codestream(content, 0, content.size)
        return
    at, pictures = 0, 0
    while at < content.size:
        content.step()
        kind, start, end = _box(content, at)
        if kind == b"jp2c":
            pictures += 1
            yield from _codestream(content, start, end)
        else:
            yield from _told(content, kind, start, end)
        at = end
    if not pictures:
        yield Trouble("the JPEG 2000 file holds no picture: it is damaged")


def _box(content: Bounded, at: int) -> tuple[bytes, int, int]:
    """Type, begin of content, and end of the box at `at`."""
    head = exactly(content, at, 8, "the JPEG 2000 file")
    length, start = number(head, 0, 4), at + 8
    if length == 1:
        length, start = number(exactly(content, at + 8, 8, "the JPEG 2000 file"), 0, 8), at + 16
    end = content.size if length == 0 else at + length
    if not start <= end <= content.size:
        raise Unreadable(_CUT)
    return head[4:8], start, end


def _told(content: Bounded, kind: bytes, start: int, end: int) -> Iterator[Carried]:
    from checkthegate.detect.carriers import exif, iptc, xmp

    if kind == b"xml ":
        raw = content.take(start, end - start)
        if b"RDF" in raw:
            yield from xmp.parse(raw, limits=content.limits)
    elif kind == b"uuid":
        name = exactly(content, start, 16, "the JPEG 2000 file")
        packet = content.take(start + 16, end - start - 16) if name in _KNOWN else b""
        if name == _XMP:
            yield from xmp.parse(packet, limits=content.limits)
        elif name == _EXIF:
            yield from exif.parse(packet, limits=content.limits)
        elif name == _IPTC:
            yield from iptc.parse(packet, limits=content.limits)


def _codestream(content: Bounded, start: int, end: int) -> Iterator[Carried]:
    """Comments of the main header; the end mark must be in its place."""
    at = start + 2
    while True:
        content.step()
        head = exactly(content, at, 4, "the JPEG 2000 picture")
        marker, length = number(head, 0, 2), number(head, 2, 2)
        if marker == _SOT:
            break
        if marker < 0xFF00 or length < 2 or at + 2 + length > end:
            raise Unreadable(_CUT)
        if marker == _COM and number(content.peek(at + 4, 2), 0, 2) == 1:
            yield Tag("jp2", "comment", text_of(content.take(at + 6, max(length - 4, 0))))
        at += 2 + length
    if content.peek(end - 2, 2) != _EOC and not content.zeros(end - 2):
        yield Trouble("the JPEG 2000 picture has no end: it is cut off or damaged")

"""WebP: Exif and XMP chunks of still and animated pictures."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected
from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.detect.carriers.unpack import exactly, number
from checkthegate.seams import OpenAsset

_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04
_PIXELS = frozenset({b"VP8 ", b"VP8L", b"ANMF"})


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of all chunks; lengths that do not agree with the file are `Trouble`."""
    return collected(opened, _tags)


def _tags(content: Bounded) -> Iterator[Carried]:
    head = exactly(content, 0, 12, "its header")
    end = 8 + number(head, 4, 4, little=True)
    if not end <= content.size <= end + 1 and not content.zeros(end):
        yield Trouble(
            "the WebP's length is not what it says: it is cut off, or something was added to it"
        )
    at, end, seen, flags = 12, min(end, content.size), set[bytes](), 0
    while at < end:
        content.step()
        chunk = exactly(content, at, 8, "the WebP")
        kind, length = chunk[:4], number(chunk, 4, 4, little=True)
        if at + 8 + length > content.size:
            yield Trouble("the WebP is cut off or damaged: one of its parts has no end")
            return
        seen.add(kind)
        if kind == b"VP8X":
            flags = number(content.peek(at + 8, 1), 0, 1)
        yield from _chunk(content, kind, at + 8, length)
        at += 8 + length + length % 2
    yield from _missing(flags, seen)


def _chunk(content: Bounded, kind: bytes, at: int, length: int) -> Iterator[Carried]:
    from checkthegate.detect.carriers import exif, xmp

    if kind == b"EXIF":
        yield from exif.parse(content.take(at, length), limits=content.limits)
    elif kind == b"XMP ":
        yield from xmp.parse(content.take(at, length), limits=content.limits)


def _missing(flags: int, seen: set[bytes]) -> Iterator[Carried]:
    """What the header announces must be there."""
    for flag, kind, name in ((_EXIF_FLAG, b"EXIF", "EXIF"), (_XMP_FLAG, b"XMP ", "XMP")):
        if flags & flag and kind not in seen:
            yield Trouble(f"the WebP says that it holds {name} metadata, but there is none")
    if not seen & _PIXELS:
        yield Trouble("the WebP holds no picture: it is damaged")

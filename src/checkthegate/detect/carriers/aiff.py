"""AIFF and AIFF-C: name, author, annotation and comment chunks, ID3 and XMP inside.

Source: Apple's Audio Interchange File Format 1.3 and the AIFF-C draft.
"""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers import id3
from checkthegate.detect.carriers.bounded import (
    Bounded,
    collected,
    shielded,
    text_of,
    text_tag,
    xmp_tags,
)
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

CARRIER = "aiff"
_TEXTS = (b"NAME", b"AUTH", b"ANNO", b"(c) ")
_CUT = (
    "the file is cut short: it says it is longer than it is, and what is missing "
    "could not be checked"
)


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the file with carrier `aiff` (and `id3`, `xmp` inside), and trouble."""
    return collected(opened, parse)


def parse(source: Bounded) -> Iterator[Carried]:
    """The same for any bytes."""
    end = 8 + int.from_bytes(source.peek(4, 4), "big")
    if end > source.size:
        yield Trouble(_CUT)
    seen = set[bytes]()
    yield from shielded(_chunks(source, min(end, source.size), seen))
    if end + 8 <= source.size and not source.zeros(end):
        yield Trouble("it is damaged: bytes after its last part were not understood")
    if b"SSND" not in seen:
        yield Trouble("it holds no sound that could be found: cut short or damaged")


def _chunks(source: Bounded, end: int, seen: set[bytes]) -> Iterator[Carried]:
    at = 12
    while end - at >= 8:
        source.step()
        head = source.peek(at, 8)
        kind, size = head[:4], int.from_bytes(head[4:], "big")
        if head == b"\0" * 8:
            return
        if not all(32 <= byte < 127 for byte in kind):
            raise Unreadable("it is damaged: a part of it has no readable name or length")
        seen.add(kind)
        if at + 8 + size > end:
            yield Trouble(_CUT)
            return
        yield from shielded(_chunk(source, kind, at + 8, size))
        at += 8 + size + (size & 1)


def _chunk(source: Bounded, kind: bytes, at: int, size: int) -> Iterator[Carried]:
    if kind in _TEXTS:
        yield text_tag(CARRIER, kind.decode("ascii").strip(), source.take(at, size))
    elif kind == b"COMT":
        yield from _comments(source.take(at, size))
    elif kind == b"ID3 ":
        yield from id3.tags(source.take(at, size), source.limits)
    elif kind == b"APPL" and size >= 4:
        signature = source.take(at, 4)
        if signature == b"XMP ":
            yield from xmp_tags(source.take(at + 4, size - 4))
        else:
            yield Tag(CARRIER, "APPL", text_of(signature))


def _comments(raw: bytes) -> Iterator[Carried]:
    at = 2
    for _ in range(int.from_bytes(raw[:2], "big")):
        size = int.from_bytes(raw[at + 6 : at + 8], "big")
        if at + 8 + size > len(raw):
            yield Trouble("its comments are damaged and were not wholly read")
            return
        yield text_tag(CARRIER, "COMT", raw[at + 8 : at + 8 + size])
        at += 8 + size + (size & 1)

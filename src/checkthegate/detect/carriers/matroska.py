"""Matroska and WebM: tags, writing programs and attached files, before or after the clusters.

Clusters and cues are stepped over. Checksums of the parts that are read are verified.
Source: RFC 8794 (EBML), RFC 9559 (Matroska).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from checkthegate.detect.carriers.bounded import (
    Bounded,
    collected,
    printable,
    shielded,
    text_of,
    text_tag,
)
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

CARRIER = "matroska"
_EBML, _SEGMENT, _VOID, _CRC = 0x1A45DFA3, 0x18538067, 0xEC, 0xBF
_SEEK, _INFO, _TRACKS, _CLUSTER = 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1F43B675
_CUES, _CHAPTERS, _TAGS, _ATTACHMENTS = 0x1C53BB6B, 0x1043A770, 0x1254C367, 0x1941A469
_LEVEL_1 = frozenset({_SEEK, _INFO, _TRACKS, _CLUSTER, _CUES, _CHAPTERS, _TAGS, _ATTACHMENTS})
_PARENTS = {_TAGS: 0x7373, 0x7373: 0x67C8, 0x67C8: 0x67C8, _ATTACHMENTS: 0x61A7, _TRACKS: 0xAE}
_SIMPLE, _NAME, _STRING, _BINARY, _ATTACHED = 0x67C8, 0x45A3, 0x4487, 0x4485, 0x61A7
_FILE_NAME, _FILE_MIME, _FILE_BYTES = 0x466E, 0x4660, 0x465C
_INFO_TEXTS = {0x7BA9: "Title", 0x4D80: "MuxingApp", 0x5741: "WritingApp"}
_TRACK_NAME, _ENCODINGS, _ENCODING, _ENCRYPTION = 0x536E, 0x6D80, 0x6240, 0x5035
_DEEPEST = 24
_CUT = (
    "the file is cut short: it says it is longer than it is, and what is missing "
    "could not be checked"
)
_BROKEN = "it is damaged: a part of it has no readable name or length"


@dataclass(frozen=True, slots=True)
class _Element:
    """One element: payload from `start` to `end`; `end` is None when the size is unknown."""

    number: int
    start: int
    end: int | None


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the file with carrier `matroska`, and trouble where a length lies."""
    return collected(opened, parse)


def parse(source: Bounded) -> Iterator[Carried]:
    """The same for any bytes."""
    at, segments = 0, 0
    while at < source.size and not source.zeros(at):
        element = _element(source, at)
        if element.number not in (_EBML, _SEGMENT, _VOID, _CRC):
            yield Trouble("it is damaged: bytes after its last part were not understood")
            return
        end = source.size if element.end is None else element.end
        if end > source.size:
            yield Trouble(_CUT)
        if element.number == _SEGMENT:
            segments += 1
            yield from _segment(source, element.start, min(end, source.size))
        at = end
    if not segments:
        yield Trouble("it holds no pictures, sound or tags: the file is cut short or damaged")


def _element(source: Bounded, at: int) -> _Element:
    source.step()
    head = source.peek(at, 12)
    width = 9 - head[0].bit_length() if head else 9
    if width > 4 or len(head) <= width or not head[width]:
        raise Unreadable(_BROKEN)
    number = int.from_bytes(head[:width], "big")
    length = 9 - head[width].bit_length()
    raw = head[width : width + length]
    if len(raw) != length:
        raise Unreadable(_CUT)
    size = int.from_bytes(raw, "big") & ((1 << 7 * length) - 1)
    start = at + width + length
    unknown = size == (1 << 7 * length) - 1
    return _Element(number, start, None if unknown else start + size)


def _segment(source: Bounded, at: int, end: int) -> Iterator[Carried]:
    while at < end:
        element = _element(source, at)
        if element.end is None:
            if element.number != _CLUSTER:
                raise Unreadable(_BROKEN)
            at = _open_cluster_end(source, element.start, end)
            continue
        if element.end > end:
            yield Trouble(_CUT)
        elif element.number in (_INFO, _TRACKS, _TAGS, _ATTACHMENTS):
            yield from shielded(_part(source, element.number, element.start, element.end))
        at = element.end


def _open_cluster_end(source: Bounded, at: int, end: int) -> int:
    """Where a cluster of unknown size ends: at the next part of the segment."""
    while at < end:
        element = _element(source, at)
        if element.number in _LEVEL_1 or element.number in (_EBML, _SEGMENT):
            return at
        if element.end is None or element.end > end:
            raise Unreadable(_CUT)
        at = element.end
    return end


def _part(source: Bounded, number: int, start: int, end: int) -> Iterator[Carried]:
    if number != _ATTACHMENTS:
        yield from _checksum(source, start, end)
    if number == _INFO:
        for child, raw in _texts(source, start, end, frozenset(_INFO_TEXTS)):
            yield text_tag(CARRIER, _INFO_TEXTS[child], raw)
    else:
        yield from _nested(source, number, start, end, 0)


def _checksum(source: Bounded, start: int, end: int) -> Iterator[Carried]:
    """Verify a CRC-32 that comes first in its part."""
    if end - start < 6 or source.peek(start, 2) != b"\xbf\x84" or end - start > 1 << 20:
        return
    raw = source.take(start + 2, end - start - 2)
    if zlib.crc32(raw[4:]) != int.from_bytes(raw[:4], "little"):
        yield Trouble("a checksum in it does not fit: its tags were damaged or changed")


def _children(source: Bounded, start: int, end: int) -> Iterator[_Element]:
    while start < end:
        element = _element(source, start)
        if element.end is None or element.end > end:
            raise Unreadable("it is damaged: one of its tags runs past the end of the list")
        yield element
        start = element.end


def _texts(
    source: Bounded, start: int, end: int, wanted: frozenset[int]
) -> Iterator[tuple[int, bytes]]:
    for child in _children(source, start, end):
        if child.number in wanted and child.end is not None:
            yield child.number, source.take(child.start, child.end - child.start)


def _nested(source: Bounded, number: int, start: int, end: int, depth: int) -> Iterator[Carried]:
    if depth > _DEEPEST:
        raise Unreadable("its tags are nested deeper than can be checked")
    if number == _SIMPLE:
        yield from _simple_tag(source, start, end)
    elif number == _ATTACHED:
        yield from _attachment(source, start, end)
        return
    elif number == 0xAE:
        yield from _track(source, start, end)
        return
    for child in _children(source, start, end):
        if child.number == _PARENTS.get(number) and child.end is not None:
            yield from _nested(source, child.number, child.start, child.end, depth + 1)


def _simple_tag(source: Bounded, start: int, end: int) -> Iterator[Carried]:
    found = dict(_texts(source, start, end, frozenset({_NAME, _STRING, _BINARY})))
    key = text_of(found.get(_NAME, b""))
    if _STRING in found:
        yield text_tag(CARRIER, key, found[_STRING])
    elif _BINARY in found:
        yield Tag(CARRIER, key, printable(found[_BINARY]), found[_BINARY][:4096])


def _track(source: Bounded, start: int, end: int) -> Iterator[Carried]:
    for child in _children(source, start, end):
        if child.end is None:
            continue
        if child.number == _TRACK_NAME:
            yield text_tag(CARRIER, "Name", source.take(child.start, child.end - child.start))
        elif child.number == _ENCODINGS and _encrypted(source, child.start, child.end):
            yield Trouble("a track is encrypted, so what it shows or says could not be checked")


def _encrypted(source: Bounded, start: int, end: int) -> bool:
    return any(
        inner.number == _ENCRYPTION
        for coding in _children(source, start, end)
        if coding.number == _ENCODING and coding.end is not None
        for inner in _children(source, coding.start, coding.end)
    )


def _attachment(source: Bounded, start: int, end: int) -> Iterator[Carried]:
    """Name and type of an attached file; its text too when it is JSON."""
    name, mime, place = "", "", (0, 0)
    for child in _children(source, start, end):
        if child.end is None:
            continue
        if child.number == _FILE_BYTES:
            place = (child.start, child.end - child.start)
        elif child.number in (_FILE_NAME, _FILE_MIME):
            text = text_of(source.take(child.start, child.end - child.start))
            name, mime = (text, mime) if child.number == _FILE_NAME else (name, text)
    yield Tag(CARRIER, "attachment", mime)
    if "json" in mime.lower() or name.lower().endswith(".json"):
        yield text_tag(CARRIER, "attachment/json", source.take(*place))

"""Exif and XMP of HEIF and AVIF pictures, which lie as numbered parts behind `iloc`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checkthegate.detect.carriers.bmff_tags import meta_start
from checkthegate.detect.carriers.bounded import Bounded, exif_tags, shielded, xmp_tags
from checkthegate.detect.carriers.boxes import Box, boxes
from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.model import Unreadable

_BROKEN = "it is damaged: the list of what it holds (pictures, Exif, XMP) cannot be read"
_XMP = "application/rdf+xml"


@dataclass(frozen=True, slots=True)
class _Part:
    """What one numbered part is: Exif or mime with its type."""

    number: int
    kind: bytes
    mime: str
    protected: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part lies: `method` 0 in the file, 1 in `idat`, 2 in another part."""

    method: int
    base: int
    extents: tuple[tuple[int, int], ...]


class _Cursor:
    """Big-endian numbers one after the other; running out is `Unreadable`."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._at = raw, 0

    def number(self, width: int) -> int:
        piece = self.piece(width)
        return int.from_bytes(piece, "big")

    def piece(self, width: int) -> bytes:
        piece = self._raw[self._at : self._at + width]
        if len(piece) != width:
            raise Unreadable(_BROKEN)
        self._at += width
        return piece

    def text(self) -> str:
        end = self._raw.find(b"\0", self._at)
        end = len(self._raw) if end < 0 else end
        text = self._raw[self._at : end].decode("utf-8", "replace")
        self._at = end + 1
        return text


def picture_items(source: Bounded, meta: Box) -> Iterator[Carried]:
    """Tags of the Exif and XMP parts that a `meta` box lists."""
    found: dict[bytes, Box] = {}
    for child in boxes(source, meta_start(source, meta), meta.end):
        found.setdefault(child.kind, child)
    if b"iinf" not in found or b"iloc" not in found:
        return
    parts = [part for part in _parts(source, found[b"iinf"]) if _wanted(part)]
    if parts:
        places = _places(source, found[b"iloc"])
        for part in parts:
            yield from shielded(_part_tags(source, part, places, found.get(b"idat")))


def _wanted(part: _Part) -> bool:
    return part.kind == b"Exif" or (part.kind == b"mime" and part.mime == _XMP)


def _parts(source: Bounded, iinf: Box) -> Iterator[_Part]:
    wide = source.take(iinf.start, 4)[0] > 0
    for entry in boxes(source, iinf.start + (8 if wide else 6), iinf.end):
        if entry.kind != b"infe":
            continue
        cursor = _Cursor(source.take(entry.start, entry.length))
        version = cursor.number(4) >> 24
        if version < 2:
            continue
        number, protection = cursor.number(4 if version > 2 else 2), cursor.number(2)
        kind = cursor.piece(4)
        cursor.text()
        mime = cursor.text() if kind == b"mime" else ""
        yield _Part(number, kind, mime, protection != 0)


def _places(source: Bounded, iloc: Box) -> dict[int, _Place]:
    cursor = _Cursor(source.take(iloc.start, iloc.length))
    version, sizes = cursor.number(4) >> 24, cursor.number(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    places: dict[int, _Place] = {}
    for _ in range(cursor.number(4 if version == 2 else 2)):
        source.step()
        number = cursor.number(4 if version == 2 else 2)
        method = cursor.number(2) & 15 if version else 0
        cursor.number(2)
        start = cursor.number(base)
        extents = []
        for _ in range(cursor.number(2)):
            source.step()
            cursor.number(index if version else 0)
            extents.append((cursor.number(offset), cursor.number(length)))
        places[number] = _Place(method, start, tuple(extents))
    return places


def _part_tags(
    source: Bounded, part: _Part, places: dict[int, _Place], idat: Box | None
) -> Iterator[Carried]:
    place = places.get(part.number)
    if part.protected:
        yield Trouble("its metadata is encrypted and was not read")
    elif place is None or place.method > 1 or (place.method == 1 and idat is None):
        yield Trouble("its metadata lies in a place that cannot be found, and was not read")
    else:
        raw = _gathered(source, place, idat)
        if part.kind == b"mime":
            yield from xmp_tags(raw)
        else:
            yield from exif_tags(raw[4 + int.from_bytes(raw[:4], "big") :])


def _gathered(source: Bounded, place: _Place, idat: Box | None) -> bytes:
    inside = idat if place.method == 1 else None
    first, last = (inside.start, inside.end) if inside else (0, source.size)
    pieces = []
    for offset, length in place.extents:
        at = first + place.base + offset
        length = length or last - at
        if at + length > last:
            raise Unreadable("its metadata is said to lie beyond the end of the file")
        pieces.append(source.take(at, length))
    return b"".join(pieces)

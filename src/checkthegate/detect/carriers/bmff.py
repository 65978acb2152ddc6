"""MP4, MOV, M4A, HEIF, AVIF and boxed JPEG XL: tags wherever the boxes lie.

Payloads of pictures and sound are stepped over, never read. Sources: ISO/IEC 14496-12,
Apple's QuickTime File Format, ISO/IEC 23008-12 (HEIF), 18181-2 (JPEG XL).
"""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers import bmff_items, bmff_tags
from checkthegate.detect.carriers.bounded import (
    Bounded,
    collected,
    exif_tags,
    printable,
    shielded,
    text_of,
    xmp_tags,
)
from checkthegate.detect.carriers.boxes import Box, boxes, nameless_tags
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.seams import OpenAsset

CARRIER = "mp4"
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_UUID_TEXT = 4096
_INDEXES = frozenset({b"moov", b"moof", b"meta", b"jxlc", b"jxlp"})
_NESTED = {
    b"moov": frozenset({b"trak", b"udta", b"meta", b"uuid", b"cmov"}),
    b"trak": frozenset({b"udta", b"meta", b"mdia", b"uuid"}),
    b"mdia": frozenset({b"hdlr", b"minf", b"udta"}),
    b"minf": frozenset({b"stbl"}),
    b"stbl": frozenset({b"stsd"}),
}
_ENCRYPTED = frozenset({b"encv", b"enca", b"enct", b"encs", b"drmi", b"drms"})


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the file with carrier `mp4`, and trouble where a length or a box lies."""
    return collected(opened, parse)


def parse(source: Bounded) -> Iterator[Carried]:
    """The same for any bytes."""
    seen = set[bytes]()
    for box in boxes(source, 0, source.size, top=True):
        seen.add(box.kind)
        yield from shielded(_top(source, box))
        if box.cut:
            yield Trouble(
                f"the file is cut short: its part '{box.name}' says it is longer than the file, "
                "and what is missing could not be checked"
            )
    if not seen & _INDEXES:
        yield Trouble("it has no header that lists its contents, so its tags could not be found")


def _top(source: Bounded, box: Box) -> Iterator[Carried]:
    if box.kind == b"Exif":
        yield from _exif(source.take(box.start, box.length))
    elif box.kind == b"xml ":
        yield from _xml(source.take(box.start, box.length))
    elif box.kind == b"brob":
        inner = source.peek(box.start, 4).decode("latin-1").strip()
        yield Trouble(f"its '{inner}' metadata is Brotli-compressed and was not read")
    elif box.kind == b"udta":
        yield from bmff_tags.user_tags(source, box)
    elif box.kind in (b"moov", b"meta", b"uuid"):
        yield from _inside(source, box)


def _inside(source: Bounded, box: Box) -> Iterator[Carried]:
    """A box of the movie header; `_NESTED` has no cycle, so the depth is bounded."""
    if box.kind == b"meta":
        yield from bmff_tags.meta_tags(source, box)
        yield from bmff_items.picture_items(source, box)
    elif box.kind == b"udta":
        yield from bmff_tags.user_tags(source, box)
    elif box.kind == b"uuid":
        yield from _uuid(source, box)
    elif box.kind == b"hdlr":
        yield from _handler_name(source, box)
    elif box.kind == b"stsd":
        yield from _sample_entries(source, box)
    elif box.kind == b"cmov":
        yield Trouble("its movie header is compressed, so its tags were not read")
    else:
        wanted = _NESTED[box.kind]
        for child in boxes(source, box.start, box.end):
            if child.kind in wanted:
                yield from shielded(_inside(source, child))
            elif lost := nameless_tags(source, child):
                yield Trouble(lost)
            if child.cut:
                yield Trouble(_overrun(child, box))


def _overrun(child: Box, parent: Box) -> str:
    return f"it is damaged: its part '{child.name}' runs past the end of '{parent.name}'"


def _uuid(source: Bounded, box: Box) -> Iterator[Carried]:
    name, start = source.take(box.start, 16), box.start + 16
    if name == _XMP:
        yield from xmp_tags(source.take(start, box.end - start))
    else:
        short = name != _C2PA and box.end - start <= _UUID_TEXT
        text = printable(source.take(start, box.end - start)) if short else ""
        yield Tag(CARRIER, f"uuid/{name.hex()}", text)


def _exif(payload: bytes) -> Iterator[Carried]:
    """An Exif block behind the four bytes that say where its TIFF header begins."""
    offset = 4 + int.from_bytes(payload[:4], "big")
    if offset + 8 > len(payload):
        yield Trouble("its Exif block is damaged and was not read")
        return
    yield from exif_tags(payload[offset:])


def _xml(payload: bytes) -> Iterator[Carried]:
    if b"rdf:RDF" in payload or b"xmpmeta" in payload:
        yield from xmp_tags(payload)
    else:
        yield Tag(CARRIER, "xml", text_of(payload))


def _handler_name(source: Bounded, box: Box) -> Iterator[Carried]:
    raw = source.take(box.start, min(box.length, 280))[24:]
    counted = raw[1 : 1 + raw[0]] if raw and raw[0] == len(raw.rstrip(b"\0")) - 1 else raw
    name = printable(counted.partition(b"\0")[0])
    if name:
        yield Tag(CARRIER, "hdlr/name", name)


def _sample_entries(source: Bounded, box: Box) -> Iterator[Carried]:
    """Compressor names of picture tracks, and tracks that are encrypted."""
    for entry in boxes(source, box.start + 8, box.end):
        if entry.kind in _ENCRYPTED:
            yield Trouble("a track is encrypted, so what it shows or says could not be checked")
        raw = source.take(entry.start, min(entry.length, 78))
        picture = len(raw) == 78 and raw[40:42] == b"\0\1" and raw[42] < 32
        name = printable(raw[43 : 43 + raw[42]]) if picture else ""
        if name:
            yield Tag(CARRIER, "stsd/encoder", name)
        if entry.cut:
            yield Trouble(_overrun(entry, box))

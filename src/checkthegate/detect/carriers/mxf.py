"""MXF: who wrote the file, comments in its header, and whether all partitions are there.

Essence is stepped over. Sources: SMPTE ST 377-1 (file format, header metadata), ST 429-6
(encryption), ST 410 (generic streams).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checkthegate.detect.carriers.bounded import Bounded, collected, shielded, text_tag, xmp_tags
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

CARRIER = "mxf"
_SMPTE = b"\x06\x0e\x2b\x34"
_PARTITION = bytes.fromhex("060e2b34020501010d01020101")
_INDEX_PACK = bytes.fromhex("060e2b34020501010d010201011101")
_FILL = bytes.fromhex("060e2b340101010203010210")
_ENCRYPTED = bytes.fromhex("060e2b34020401070d010301027e01")
_SETS = bytes.fromhex("060e2b34025301010d01010101")
_IDENTIFICATION, _TAGGED, _PACKAGES = 0x30, 0x3F, (0x36, 0x37)
_FOOTER, _STREAM_PARTITION = 4, b"\x03\x11"
_WORDS = {
    0x3C01: "CompanyName",
    0x3C02: "ProductName",
    0x3C04: "VersionString",
    0x3C08: "Platform",
}
_FIRST_ESSENCE = 64
_PARTITIONS = 10_000
_TEXT_STREAM = 1 << 20
_CUT = (
    "the file is cut short: it says it is longer than it is, and what is missing "
    "could not be checked"
)
_DAMAGED = "it is damaged: a part of it has no readable name or length"


@dataclass(frozen=True, slots=True)
class _Packet:
    """One key, length and value: the value lies from `start` to `end`."""

    key: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Partition:
    """A partition's head: its kind, the footer's offset, where header metadata and index end.

    Bytes of metadata are counted from behind the filler that may follow the head.
    """

    kind: int
    footer: int
    header: int
    body: int


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the file with carrier `mxf`, and trouble where partitions are missing."""
    return collected(opened, parse)


def parse(source: Bounded) -> Iterator[Carried]:
    """The same for any bytes. Tags of header metadata repeated in other partitions count once."""
    told = set[Tag]()
    yield from _new(shielded(_partition_tags(source, 0)), told)
    first = _partition(source, 0)
    places = _places(source)
    if first.footer >= source.size or not places:
        yield Trouble(_CUT)
    for place in sorted({0, *places})[1:]:
        yield from _new(shielded(_partition_tags(source, place)), told)


def _new(found: Iterator[Carried], told: set[Tag]) -> Iterator[Carried]:
    """What was not told before."""
    for carried in found:
        if isinstance(carried, Trouble):
            yield carried
        elif carried not in told:
            told.add(carried)
            yield carried


def _packet(source: Bounded, at: int) -> _Packet:
    source.step()
    head = source.peek(at, 25)
    if len(head) < 17 or head[:4] != _SMPTE:
        raise Unreadable(_CUT if len(head) < 17 else _DAMAGED)
    size, start = head[16], at + 17
    if size & 0x80:
        width = size & 0x7F
        if not 0 < width <= 8:
            raise Unreadable(_DAMAGED)
        size, start = int.from_bytes(head[17 : 17 + width], "big"), start + width
    if start + size > source.size:
        raise Unreadable(_CUT)
    return _Packet(head[:16], start, start + size)


def _partition(source: Bounded, at: int) -> _Partition:
    packet = _packet(source, at)
    if not packet.key.startswith(_PARTITION) or packet.end - packet.start < 88:
        raise Unreadable(_DAMAGED)
    raw = source.take(packet.start, 88)
    footer, header, index = (int.from_bytes(raw[n : n + 8], "big") for n in (24, 32, 40))
    start = packet.end
    if header and _is_fill(source.peek(start, 16)):
        start = _packet(source, start).end
    return _Partition(packet.key[13], footer, start + header, start + header + index)


def _is_fill(key: bytes) -> bool:
    """Whether a key is the filler's, whose version byte writers disagree on."""
    return key[:7] == _FILL[:7] and key[8:12] == _FILL[8:]


def _places(source: Bounded) -> list[int]:
    """Where partitions begin: from the random index pack, else from a walk over the file.

    Empty when the file does not end as it should.
    """
    length = int.from_bytes(source.peek(source.size - 4, 4), "big")
    at = source.size - length
    if 20 <= length <= 20 + 12 * _PARTITIONS and source.peek(at, 15).startswith(_INDEX_PACK):
        packet = _packet(source, at)
        raw = source.take(packet.start, packet.end - packet.start - 4)
        places = [int.from_bytes(raw[n + 4 : n + 12], "big") for n in range(0, len(raw), 12)]
        if any(place >= at for place in places):
            raise Unreadable(_CUT)
        return places
    return _walked(source)


def _walked(source: Bounded) -> list[int]:
    at, places, kind = 0, list[int](), 0
    while at < source.size and not source.zeros(at):
        packet = _packet(source, at)
        if packet.key.startswith(_PARTITION) and packet.key[13] in (2, 3, _FOOTER):
            places.append(at)
            kind = packet.key[13]
        at = packet.end
    return places if kind == _FOOTER or len(places) == 1 else []


def _partition_tags(source: Bounded, at: int) -> Iterator[Carried]:
    partition = _partition(source, at)
    generic = source.peek(at, 15)[13:15] == _STREAM_PARTITION
    packet = _packet(source, at)
    if max(partition.header, partition.body) > source.size:
        raise Unreadable(_CUT)
    at = packet.end
    while at < partition.header:
        packet = _packet(source, at)
        if packet.end > partition.header and packet.key.startswith(_SETS):
            raise Unreadable("it is damaged: its header is longer or shorter than it says")
        yield from _set_tags(source, packet)
        at = packet.end
    if generic:
        yield from _streamed(source, max(at, partition.body))
    elif partition.kind != _FOOTER:
        yield from _essence(source, max(at, partition.body))


def _essence(source: Bounded, at: int) -> Iterator[Carried]:
    """Whether the first pictures or sounds are encrypted."""
    for _ in range(_FIRST_ESSENCE):
        if at >= source.size:
            return
        packet = _packet(source, at)
        if packet.key.startswith(_ENCRYPTED):
            yield Trouble("the essence is encrypted, so what it shows or says was not checked")
            return
        if packet.key.startswith((_PARTITION, _INDEX_PACK)):
            return
        at = packet.end


def _streamed(source: Bounded, at: int) -> Iterator[Carried]:
    """Text or XMP that lies in a stream of its own."""
    while at < source.size:
        packet = _packet(source, at)
        if packet.key.startswith((_PARTITION, _INDEX_PACK)):
            return
        if packet.end - packet.start <= _TEXT_STREAM:
            raw = source.take(packet.start, packet.end - packet.start)
            if b"xmpmeta" in raw or b"rdf:RDF" in raw:
                yield from xmp_tags(raw)
            elif b"\0" not in raw[:512] and raw.strip():
                yield text_tag(CARRIER, "stream", raw)
        at = packet.end


def _set_tags(source: Bounded, packet: _Packet) -> Iterator[Carried]:
    if not packet.key.startswith(_SETS):
        return
    kind = packet.key[14]
    if kind not in (_IDENTIFICATION, _TAGGED, *_PACKAGES):
        return
    fields = dict(_fields(source.take(packet.start, packet.end - packet.start)))
    if kind == _IDENTIFICATION:
        for number, name in _WORDS.items():
            if number in fields:
                yield Tag(CARRIER, name, _utf16(fields[number]))
    elif kind == _TAGGED and 0x5001 in fields:
        yield Tag(CARRIER, _utf16(fields[0x5001]), _indirect(fields.get(0x5003, b"")))
    elif kind in _PACKAGES and 0x4402 in fields:
        yield Tag(CARRIER, "Name", _utf16(fields[0x4402]))


def _fields(raw: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(raw):
        number, size = (int.from_bytes(raw[at + n : at + n + 2], "big") for n in (0, 2))
        if at + 4 + size > len(raw):
            raise Unreadable("it is damaged: one of the descriptions in its header is cut short")
        yield number, raw[at + 4 : at + 4 + size]
        at += 4 + size


def _utf16(raw: bytes) -> str:
    return raw.decode("utf-16-be", "replace").partition("\0")[0]


def _indirect(raw: bytes) -> str:
    """Text behind its byte order and type (17 bytes)."""
    codec = "utf-16-le" if raw[:1] == b"L" else "utf-16-be"
    return raw[17:].decode(codec, "replace").partition("\0")[0]

"""Ogg pages: every page's checksum and number, and the comment packets of every stream.

The Ogg checksum is CRC-32 with bits the other way round, so bytes are mirrored for zlib.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from checkthegate.detect.carriers import vorbis
from checkthegate.detect.carriers.bounded import Bounded, shielded
from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.model import Unreadable

_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_BEGIN, _END, _CONTINUED = 2, 4, 1
_STREAMS = 256
_HEADER_PACKETS = 3
_CUT = "the file is cut short: the end of its sound is missing"
_DAMAGED = "it is damaged: a checksum in it does not fit"
_COMMENTS = (b"\x03vorbis", b"OpusTags", b"\x81theora")


@dataclass(slots=True)
class _Logical:
    """One stream on its way: `first` tells its codec, `open` is a packet not yet whole."""

    page: int = -1
    first: bytes = b""
    open: list[bytes] = field(default_factory=list)
    packets: int = 0
    ended: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class _Page:
    serial: int
    number: int
    flags: int
    lacing: bytes
    body: bytes


def streams(source: Bounded) -> Iterator[Carried]:
    """Tags of all streams, one after the other or interleaved."""
    at, logical = 0, dict[int, _Logical]()
    while at < source.size:
        source.step()
        head = source.peek(at, 282)
        if head[:4] != b"OggS":
            yield from _behind(source, at)
            break
        length = 27 + head[26] + sum(head[27 : 27 + head[26]]) if len(head) > 27 else 282
        if at + length > source.size:
            yield Trouble(_CUT)
            return
        raw = source.peek(at, length)
        if checksum(raw) != int.from_bytes(raw[22:26], "little"):
            yield Trouble(_DAMAGED)
        yield from shielded(_page(_parsed(raw), logical, source))
        at += length
    if not logical or not all(stream.ended for stream in logical.values()):
        yield Trouble(_CUT)


def _behind(source: Bounded, at: int) -> Iterator[Carried]:
    from checkthegate.detect.carriers import id3

    if source.zeros(at):
        return
    if source.size - at == 128 and source.peek(at, 3) == b"TAG":
        yield from id3.tags(source.take(at, 128), source.limits)
    else:
        yield Trouble("it is damaged: bytes within its sound were not understood")


def checksum(page: bytes) -> int:
    """The Ogg checksum of a page, whose own checksum field counts as zero."""
    mirrored = (page[:22] + b"\0\0\0\0" + page[26:]).translate(_MIRROR)
    reflected = zlib.crc32(mirrored, 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)


def _parsed(raw: bytes) -> _Page:
    serial, number = (int.from_bytes(raw[at : at + 4], "little") for at in (14, 18))
    segments = raw[26]
    return _Page(serial, number, raw[5], raw[27 : 27 + segments], raw[27 + segments :])


def _page(page: _Page, logical: dict[int, _Logical], source: Bounded) -> Iterator[Carried]:
    if page.flags & _BEGIN:
        if page.serial not in logical and len(logical) >= _STREAMS:
            raise Unreadable("it holds more streams than can be checked")
        logical[page.serial] = _Logical(page=page.number - 1)
    stream = logical.get(page.serial)
    if stream is None:
        yield Trouble("it is damaged: a stream in it has no beginning")
        return
    if page.number != stream.page + 1:
        yield Trouble("it is damaged: pages of its sound are missing")
    stream.page = page.number
    stream.ended = stream.ended or bool(page.flags & _END)
    if not stream.told:
        yield from _packets(page, stream, source)


def _packets(page: _Page, stream: _Logical, source: Bounded) -> Iterator[Carried]:
    """Header packets of a stream, put together over pages."""
    at = 0
    for size in page.lacing:
        stream.open.append(page.body[at : at + size])
        at += size
        if size < 255:
            packet = b"".join(stream.open)
            stream.open = []
            stream.packets += 1
            yield from _packet(packet, stream, source)
            if stream.told:
                return
        elif len(stream.open) * 255 > source.limits.metadata_bytes:
            stream.told = True
            raise Unreadable("it holds more metadata than can be checked")


def _packet(packet: bytes, stream: _Logical, source: Bounded) -> Iterator[Carried]:
    most = source.limits.items
    if stream.packets == 1:
        stream.first = packet[:80]
    elif packet.startswith(_COMMENTS):
        stream.told = True
        head = 8 if packet.startswith(b"OpusTags") else 7
        yield from vorbis.comments(packet[head:], most)
    elif stream.first.startswith(b"Speex   "):
        stream.told = True
        yield from vorbis.comments(packet, most)
    elif stream.first.startswith(b"\x7fFLAC"):
        stream.told = bool(packet[:1] and packet[0] & 0x80)
        if packet[:1] and packet[0] & 0x7F == 4:
            yield from vorbis.comments(packet[4:], most)
    elif stream.first.startswith((b"\x01vorbis", b"OpusHead", b"\x80theora")):
        stream.told = stream.packets >= _HEADER_PACKETS
        if stream.told:
            yield Trouble("it is damaged: its tags are not where they belong")
    else:
        stream.told = True

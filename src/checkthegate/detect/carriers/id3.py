"""MP3 files: ID3v2, ID3v1 and APE tags, before, between and behind the sound.

Source: id3.org ID3v2.2, 2.3.0 and 2.4.0; the APEv2 description of the Hydrogenaudio wiki.
"""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers import id3_frames
from checkthegate.detect.carriers.bounded import (
    Bounded,
    bounded_bytes,
    collected,
    shielded,
    text_tag,
)
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, OpenAsset

CARRIER = "id3"
_V1 = (("Title", 3, 33), ("Artist", 33, 63), ("Album", 63, 93), ("Year", 93, 97))
_CUT_TAG = "the file ends inside its ID3 tag: it is cut short or damaged"


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the file with carrier `id3`, and trouble where lengths or the sound are wrong."""
    return collected(opened, parse)


def parse(source: Bounded) -> Iterator[Carried]:
    """The same for any bytes; FLAC behind an ID3 tag is read as FLAC."""
    from checkthegate.detect.carriers import mpeg_audio, vorbis

    places: list[int] = []
    yield from _leading(source, places)
    at = places[-1] if places else 0
    if source.peek(at, 4) == b"fLaC":
        yield from vorbis.flac(source, at)
    elif at < source.size:
        yield from mpeg_audio.sound(source, at)


def _leading(source: Bounded, places: list[int]) -> Iterator[Carried]:
    """Tags at the beginning; `places` gets the offset behind each."""
    at = 0
    while True:
        size = tag_size(source, at)
        if size == 0:
            break
        source.step()
        yield from shielded(tag_at(source, at, size))
        at += size
        places.append(at)
        if at > source.size:
            return
    if at == source.size:
        yield Trouble("no sound could be found after its tags: it is cut short or damaged")


def tags(raw: bytes, limits: Limits) -> Iterator[Carried]:
    """Tags of bytes that hold nothing else: an `ID3 ` chunk of another container."""
    source = bounded_bytes(raw, limits)
    at = 0
    while at < source.size and not source.zeros(at):
        size = tag_size(source, at)
        if size == 0:
            yield Trouble("its ID3 tag is damaged and was not wholly read")
            return
        source.step()
        yield from shielded(tag_at(source, at, size))
        at += size


def tag_size(source: Bounded, at: int) -> int:
    """Length of the tag that begins at `at`, 0 when none does."""
    head = source.peek(at, 32)
    if head[:3] == b"ID3" and len(head) >= 10 and head[3] < 0xFF and head[4] < 0xFF:
        if any(byte & 0x80 for byte in head[6:10]):
            raise Unreadable("its ID3 tag has an impossible length and was not read")
        return 10 + id3_frames.syncsafe(head[6:10]) + (10 if head[5] & 0x10 and head[3] == 4 else 0)
    if head[:8] == b"APETAGEX" and len(head) == 32:
        size = int.from_bytes(head[12:16], "little")
        return size + (32 if head[23] & 0x20 or head[23] & 0x80 else 0)
    if head[:3] == b"TAG" and source.size - at == 128:
        return 128
    return 0


def tag_at(source: Bounded, at: int, size: int) -> Iterator[Carried]:
    """What the tag of `size` bytes at `at` says."""
    if at + size > source.size:
        yield Trouble(_CUT_TAG)
        size = source.size - at
    raw = source.take(at, size)
    if raw[:3] == b"TAG":
        yield from _version_1(raw)
    elif raw[:8] == b"APETAGEX":
        yield from _ape(raw)
    else:
        yield from id3_frames.version_2(raw, source.limits)


def headless_ape(source: Bounded) -> tuple[int, int]:
    """Offset and length of an APE tag that has only a footer, (size of the file, 0) if none."""
    for behind in (0, 128):
        footer = source.peek(source.size - 32 - behind, 32) if source.size > 160 else b""
        if footer[:8] == b"APETAGEX" and not footer[23] & 0x80:
            size = int.from_bytes(footer[12:16], "little")
            start = source.size - behind - size
            if size >= 32 and start >= 0:
                return start, size
    return source.size, 0


def headless_ape_tags(source: Bounded, at: int, size: int) -> Iterator[Carried]:
    """Tags of an APE tag that has only a footer."""
    raw = source.take(at, size)
    yield from _ape(raw[-32:] + raw[:-32])


def _version_1(raw: bytes) -> Iterator[Carried]:
    fields = [(name, raw[start:end]) for name, start, end in _V1]
    comment = raw[97:125] if raw[125] == 0 else raw[97:127]
    for name, text in [*fields, ("Comment", comment)]:
        text = text.partition(b"\0")[0].rstrip(b" ")
        if text:
            yield text_tag(CARRIER, f"ID3v1:{name}", text)


def _ape(raw: bytes) -> Iterator[Carried]:
    count, at = int.from_bytes(raw[16:20], "little"), 32
    for _ in range(count):
        size, flags = (int.from_bytes(raw[at + n : at + n + 4], "little") for n in (0, 4))
        stop = raw.find(b"\0", at + 8, at + 8 + 256)
        if stop < 0 or stop + 1 + size > len(raw):
            yield Trouble("its APE tag is damaged and was not wholly read")
            return
        key, value = raw[at + 8 : stop].decode("latin-1"), raw[stop + 1 : stop + 1 + size]
        if flags >> 1 & 3 == 1:
            yield Tag(CARRIER, f"APE:{key}", "")
        else:
            yield text_tag(CARRIER, f"APE:{key}", value.replace(b"\0", b"\n"))
        at = stop + 1 + size
    if raw[at : at + 8] != b"APETAGEX" and any(raw[at:]):
        yield Trouble("its APE tag is damaged and was not wholly read")

"""FLAC and Ogg (Vorbis, Opus, Speex, FLAC, Theora): comment fields, wherever they lie.

Sources: RFC 9639 (FLAC), RFC 3533 (Ogg), RFC 7845 (Opus), the Vorbis I comment description.
"""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected, shielded, text_of
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

CARRIER = "vorbis"
_COMMENT, _APPLICATION, _STREAM, _LAST, _INVALID = 4, 2, 0, 0x80, 127
_DAMAGED = "its list of tags is damaged: what lies beyond was not read"
_CUT = "the file is cut short: it ends inside its header"


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the file with carrier `vorbis`: keys in capitals, `vendor` for the encoder."""
    return collected(opened, parse)


def parse(source: Bounded) -> Iterator[Carried]:
    """The same for any bytes."""
    from checkthegate.detect.carriers import ogg

    if source.peek(0, 4) == b"fLaC":
        yield from flac(source, 0)
    else:
        yield from ogg.streams(source)


def flac(source: Bounded, at: int) -> Iterator[Carried]:
    """Tags of the FLAC stream that begins at `at` and fills the file."""
    from checkthegate.detect.carriers import flac_end

    at, last, stream = at + 4, False, b""
    while not last:
        source.step()
        head = source.peek(at, 4)
        if len(head) < 4:
            raise Unreadable(_CUT)
        last, kind, size = bool(head[0] & _LAST), head[0] & 0x7F, int.from_bytes(head[1:], "big")
        if kind == _INVALID or at + 4 + size > source.size:
            raise Unreadable(_CUT if kind != _INVALID else "it is damaged: its header is not FLAC")
        if kind == _STREAM:
            stream = source.take(at + 4, size)
        yield from shielded(_block(source, kind, at + 4, size))
        at += 4 + size
    if len(stream) < 34:
        yield Trouble("it is damaged: the description of its sound is missing")
        return
    yield from flac_end.checked(source, at, stream)


def _block(source: Bounded, kind: int, at: int, size: int) -> Iterator[Carried]:
    if kind == _COMMENT:
        yield from comments(source.take(at, size), source.limits.items)
    elif kind == _APPLICATION and size >= 4:
        yield Tag(CARRIER, "APPLICATION", text_of(source.take(at, 4)))


def comments(raw: bytes, most: int) -> Iterator[Carried]:
    """Tags of one comment block: vendor, then `NAME=text` fields."""
    vendor, at = _field(raw, 0)
    if vendor:
        yield Tag(CARRIER, "vendor", text_of(vendor))
    count = int.from_bytes(raw[at : at + 4], "little")
    if at + 4 > len(raw) or count > most:
        raise Unreadable(_DAMAGED)
    at += 4
    for _ in range(count):
        line, at = _field(raw, at)
        name, equals, value = line.partition(b"=")
        if not equals:
            yield Trouble("one of its tags has no name and was not understood")
            continue
        key = name.decode("utf-8", "replace").upper()
        if key not in ("METADATA_BLOCK_PICTURE", "COVERART"):
            yield Tag(CARRIER, key, text_of(value))


def _field(raw: bytes, at: int) -> tuple[bytes, int]:
    """A counted field and the offset behind it."""
    size = int.from_bytes(raw[at : at + 4], "little")
    end = at + 4 + size
    if at + 4 > len(raw) or end > len(raw):
        raise Unreadable(_DAMAGED)
    return raw[at + 4 : end], end

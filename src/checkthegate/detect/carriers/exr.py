"""OpenEXR: attributes of every part's header, and whether the last chunk is in the file."""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from checkthegate.detect.carriers.bounded import Bounded, collected, text_of
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.detect.carriers.unpack import exactly, number
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

_TILED, _DEEP, _PARTS = 0x200, 0x800, 0x1000
_NAME = 256
_MOST_CHUNKS = 4_000_000
# Rows a chunk holds, by number of the compression: none, RLE, ZIPS, ZIP, PIZ, PXR24, B44, …
_ROWS = (1, 1, 1, 16, 32, 16, 32, 32, 32, 256, 32, 256)
_STRINGS = frozenset({"string", "stringvector"})
_PLACES = frozenset({"longitude", "latitude", "altitude"})
_CUT = "the EXR is cut off, or was never finished: some of its picture is missing"


@dataclass(slots=True)
class _Part:
    """What of one part's header decides where its chunks lie."""

    rows: int = 0
    chunks: int = -1
    compression: int = 0
    tiled: bool = False
    deep: bool = False
    seen: set[str] = field(default_factory=set)


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags named as the attributes: text of strings, the type's name for other types.

    Positions are told as present only.
    """
    return collected(opened, _tags)


def _tags(content: Bounded) -> Iterator[Carried]:
    version = number(exactly(content, 0, 8, "its header"), 4, 4, little=True)
    at, parts = 8, list[_Part]()
    while True:
        part = _Part(tiled=bool(version & _TILED), deep=bool(version & _DEEP))
        at = yield from _header(content, at, part)
        parts.append(part)
        if not version & _PARTS:
            break
        if content.peek(at, 1) in (b"\0", b""):
            at += 1
            break
    for part in parts:
        if not {"channels", "dataWindow", "compression"} <= part.seen:
            yield Trouble("the EXR's header lacks what it must have: it is damaged")
    yield from _chunks(content, at, parts, multiple=bool(version & _PARTS))


def _header(content: Bounded, at: int, part: _Part) -> Generator[Carried, None, int]:
    """Attributes of one part; returns the offset behind them."""
    while True:
        content.step()
        name, at = _word(content, at)
        if not name:
            return at
        kind, at = _word(content, at)
        length = number(exactly(content, at, 4, "the EXR's header"), 0, 4, little=True)
        at += 4
        if not kind or at + length > content.size:
            raise Unreadable("the EXR's header is cut off or damaged")
        raw = content.take(at, length) if kind in _STRINGS else content.peek(at, min(length, 64))
        part.seen.add(name)
        _note(part, name, raw)
        yield Tag("exr", name, _shown(name, kind, raw))
        at += length


def _word(content: Bounded, at: int) -> tuple[str, int]:
    """A name ended by a zero byte, and the offset behind it."""
    window = exactly(content, at, 1, "the EXR's header") + content.peek(at + 1, _NAME)
    end = window.find(b"\0")
    if end < 0:
        raise Unreadable("the EXR's header is cut off or damaged")
    return text_of(window[:end]), at + end + 1


def _shown(name: str, kind: str, raw: bytes) -> str:
    if name in _PLACES:
        return "present"
    if kind == "string":
        return text_of(raw)
    if kind != "stringvector":
        return kind
    lines, at = [], 0
    while at + 4 <= len(raw):
        length = number(raw, at, 4, little=True)
        lines.append(text_of(raw[at + 4 : at + 4 + length]))
        at += 4 + length
    return "\n".join(lines)


def _note(part: _Part, name: str, raw: bytes) -> None:
    if name == "dataWindow" and len(raw) >= 16:
        low, high = struct.unpack("<4xi4xi", raw[:16])
        part.rows = max(high - low + 1, 0)
    elif name == "chunkCount":
        part.chunks = number(raw, 0, 4, little=True)
    elif name == "compression":
        part.compression = number(raw, 0, 1)
    elif name == "type":
        part.tiled, part.deep = b"tile" in raw, raw.startswith(b"deep")


def _chunks(content: Bounded, at: int, parts: list[_Part], *, multiple: bool) -> Iterator[Carried]:
    """Every part's table of offsets must be whole, and its last chunk within the file."""
    for part in parts:
        count = _count(content, at, part)
        if count > _MOST_CHUNKS:
            raise Unreadable("the EXR says it has more parts than can be checked")
        table = content.take(at, 8 * count) if at + 8 * count <= content.size else b""
        at += 8 * count
        offsets = struct.unpack(f"<{len(table) // 8}Q", table)
        if len(offsets) != count or 0 in offsets:
            yield Trouble(_CUT)
            return
        if offsets and _end(content, max(offsets), part, multiple) > content.size:
            yield Trouble(_CUT)
            return


def _count(content: Bounded, at: int, part: _Part) -> int:
    if part.chunks >= 0:
        return part.chunks
    if not part.tiled:
        known = part.compression < len(_ROWS)
        rows = _ROWS[part.compression] if known else 1
        return -(-part.rows // rows)
    # The first chunk of a tiled file follows its table, so its offset tells the length.
    first = number(exactly(content, at, 8, "the EXR"), 0, 8, little=True)
    return (first - at) // 8 if at < first <= content.size else 1


def _end(content: Bounded, at: int, part: _Part, multiple: bool) -> int:
    """Where the chunk at `at` ends."""
    place = (4 if multiple else 0) + (16 if part.tiled else 4)
    width = 24 if part.deep else 4
    raw = content.peek(at + place, width)
    if len(raw) < width:
        return content.size + 1
    if not part.deep:
        return at + place + 4 + number(raw, 0, 4, little=True)
    return at + place + 24 + number(raw, 0, 8, little=True) + number(raw, 8, 8, little=True)

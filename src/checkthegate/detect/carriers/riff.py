"""WAV (RIFF, RF64, BW64) and AVI: INFO lists, broadcast-wave texts, XMP and ID3 chunks.

Sound and pictures are stepped over. Sources: EBU Tech 3285 and 3306, ITU-R BS.2088.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checkthegate.detect.carriers import id3
from checkthegate.detect.carriers.bounded import (
    Bounded,
    collected,
    printable,
    shielded,
    text_tag,
    xmp_tags,
)
from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

CARRIER = "riff"
_DEEPEST = 8
_UNKNOWN = 0xFFFFFFFF
_FORMS = (b"RIFF", b"RF64", b"BW64")
_BEXT = (("Description", 0, 256), ("Originator", 256, 32), ("OriginatorReference", 288, 32))
_HISTORY = 602
_TEXTS = {b"iXML": "iXML", b"axml": "axml", b"aXML": "axml"}
_XMP = (b"_PMX", b"XMP ")
_ENDLESS = (
    "its length is not written in it (a stream saved as it came), so what may follow its "
    "sound or pictures was not found"
)


@dataclass(slots=True)
class _State:
    """What is learnt on the way: 64-bit sizes by chunk, and which chunks were seen."""

    sizes: dict[bytes, int] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the file with carrier `riff` (and `id3`, `xmp` inside), and trouble."""
    return collected(opened, parse)


def parse(source: Bounded) -> Iterator[Carried]:
    """The same for any bytes: one RIFF form after the other until the end."""
    at, state, form = 0, _State(), source.peek(8, 4)
    while source.size - at >= 8 and not source.zeros(at):
        head = source.peek(at, 12)
        if head[:4] not in _FORMS:
            yield from _trailer(source, at)
            break
        size = _form_size(source, at, state)
        end = source.size if size == _UNKNOWN else at + 8 + size
        if size == _UNKNOWN:
            yield Trouble(_ENDLESS)
        if end > source.size:
            yield Trouble(_cut())
        yield from shielded(_chunks(source, at + 12, min(end, source.size), state, 0))
        at = end + (end & 1)
    needed = {b"fmt ", b"data"} if form == b"WAVE" else {b"hdrl", b"movi"}
    if not needed <= state.seen:
        yield Trouble("it holds no sound or pictures that could be found: cut short or damaged")


def _cut() -> str:
    return (
        "the file is cut short: it says it is longer than it is, and what is missing "
        "could not be checked"
    )


def _form_size(source: Bounded, at: int, state: _State) -> int:
    """Size of a form; of 64-bit forms from their `ds64` chunk, which also sizes others."""
    head = source.peek(at, 12)
    size = int.from_bytes(head[4:8], "little")
    if head[:4] == b"RIFF" or source.peek(at + 12, 4) != b"ds64":
        return size
    raw = source.take(at + 20, 28)
    state.sizes[b"data"] = int.from_bytes(raw[8:16], "little")
    count = min(int.from_bytes(raw[24:28], "little"), 1000)
    table = source.take(at + 48, 12 * count)
    for row in range(0, 12 * count, 12):
        state.sizes[table[row : row + 4]] = int.from_bytes(table[row + 4 : row + 12], "little")
    return int.from_bytes(raw[:8], "little") if size == _UNKNOWN else size


def _trailer(source: Bounded, at: int) -> Iterator[Carried]:
    """An ID3 tag hung on behind, or bytes nobody knows."""
    head = source.peek(at, 10)
    if head.startswith((b"ID3", b"TAG", b"APETAGEX")):
        yield from id3.tags(source.take(at, source.size - at), source.limits)
    else:
        yield Trouble("it is damaged: bytes after its last part were not understood")


def _chunks(source: Bounded, at: int, end: int, state: _State, depth: int) -> Iterator[Carried]:
    if depth > _DEEPEST:
        raise Unreadable("its parts are nested deeper than can be checked")
    while end - at >= 8:
        source.step()
        head = source.peek(at, 12)
        kind, size = head[:4], int.from_bytes(head[4:8], "little")
        if not any(kind) and source.zeros(at, end):
            return
        if not all(32 <= byte < 127 for byte in kind):
            raise Unreadable("it is damaged: a part of it has no readable name or length")
        if size == _UNKNOWN:
            size = state.sizes.get(kind, end - at - 8)
        stop = at + 8 + size
        if stop > end:
            yield Trouble(_cut() if end == source.size else _overrun(kind))
        state.seen.add(kind)
        if kind in (b"LIST", *_FORMS):
            yield from _list(source, at, min(stop, end), state, depth)
        elif stop <= end:
            yield from shielded(_chunk(source, kind, at + 8, size))
        at = stop + (size & 1)


def _overrun(kind: bytes) -> str:
    name = kind.decode("ascii").strip()
    return f"it is damaged: its part '{name}' runs past the end of what holds it"


def _list(source: Bounded, at: int, end: int, state: _State, depth: int) -> Iterator[Carried]:
    kind = source.peek(at + 8, 4)
    state.seen.add(kind)
    if kind in (b"INFO", b"exif"):
        yield from _info(source, at + 12, end)
    elif kind == b"adtl":
        yield from _labels(source, at + 12, end)
    elif kind != b"movi":
        yield from _chunks(source, at + 12, end, state, depth + 1)


def _leaves(source: Bounded, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Chunks of a list that holds texts only."""
    while end - at >= 8:
        source.step()
        head = source.peek(at, 8)
        size = int.from_bytes(head[4:], "little")
        if not any(head[:4]) and source.zeros(at, end):
            return
        if not all(32 <= byte < 127 for byte in head[:4]):
            raise Unreadable("it is damaged: one of its tags has lost its name")
        if head[:4] in (b"LIST", *_FORMS):
            raise Unreadable("it is damaged: lists lie inside a list that can hold only texts")
        if at + 8 + size > end:
            raise Unreadable("it is damaged: one of its tags runs past the end of the list")
        yield head[:4], source.take(at + 8, size)
        at += 8 + size + (size & 1)


def _info(source: Bounded, at: int, end: int) -> Iterator[Carried]:
    for kind, raw in _leaves(source, at, end):
        yield text_tag(CARRIER, kind.decode("latin-1").strip(), raw)


def _labels(source: Bounded, at: int, end: int) -> Iterator[Carried]:
    for kind, raw in _leaves(source, at, end):
        if kind in (b"labl", b"note"):
            yield text_tag(CARRIER, kind.decode("ascii"), raw[4:])


def _chunk(source: Bounded, kind: bytes, at: int, size: int) -> Iterator[Carried]:
    if kind == b"bext":
        yield from _bext(source.take(at, size))
    elif kind in _TEXTS:
        yield text_tag(CARRIER, _TEXTS[kind], source.take(at, size))
    elif kind in _XMP:
        yield from xmp_tags(source.take(at, size))
    elif kind.upper() == b"ID3 ":
        yield from id3.tags(source.take(at, size), source.limits)
    elif kind in (b"strn", b"IDIT", b"DISP", b"CSET") or _named_text(kind):
        raw = source.take(at, min(size, 1 << 20))
        if printable(raw):
            yield text_tag(CARRIER, kind.decode("ascii"), raw)


def _named_text(kind: bytes) -> bool:
    """Whether a chunk outside an INFO list is named like one inside (some writers do that)."""
    return kind.startswith(b"I") and kind.isupper() and kind.isalnum()


def _bext(raw: bytes) -> Iterator[Carried]:
    if len(raw) < _HISTORY:
        yield Trouble("its broadcast-wave description is cut short and was not read")
        return
    fields = [(name, raw[at : at + size]) for name, at, size in _BEXT]
    for name, text in [*fields, ("CodingHistory", raw[_HISTORY:])]:
        text = text.partition(b"\0")[0]
        if text:
            yield text_tag(CARRIER, f"bext/{name}", text)

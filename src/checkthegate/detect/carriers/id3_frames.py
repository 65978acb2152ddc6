"""Frames of an ID3v2 tag (2.2, 2.3 and 2.4), with unsynchronisation and compression."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from checkthegate.detect.carriers import id3_text
from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import Limits

_NAME = re.compile(rb"[A-Z][A-Z0-9]{2,3}[ \0]?\Z")
_SHORT = {
    "TXX": "TXXX",
    "COM": "COMM",
    "ULT": "USLT",
    "WXX": "WXXX",
    "GEO": "GEOB",
    "WAS": "WOAS",
    "TEN": "TENC",
    "TSS": "TSSE",
    "TT2": "TIT2",
    "TP1": "TPE1",
    "TAL": "TALB",
    "TCO": "TCON",
    "TCR": "TCOP",
    "PIC": "APIC",
    "UFI": "UFID",
}
_CHAPTER_DEPTH = 4
_DAMAGED = "its ID3 tag is damaged and was not wholly read"
_COMPRESSION = 200
_KNOWN_FLAGS = {2: 0xC0, 3: 0xE0, 4: 0xF0}
_KNOWN_FRAME_FLAGS = {2: 0, 3: 0xE0E0, 4: 0x704F}


@dataclass(frozen=True, slots=True)
class _Form:
    """What differs between tags; `grouped` says that one names a group for its frames."""

    version: int
    name: int
    head: int
    grouped: bool
    limits: Limits


def version_2(raw: bytes, limits: Limits) -> Iterator[Carried]:
    """Tags of a whole ID3v2 tag, header included."""
    version, flags = raw[3], raw[5]
    if version not in (2, 3, 4):
        yield Trouble("its ID3 tag is of a version that is not known, and was not read")
        return
    if version == 2 and flags & 0x40:
        yield Trouble("its ID3 tag is compressed in a way nobody can read")
        return
    if flags & ~_KNOWN_FLAGS[version]:
        yield Trouble(_DAMAGED)
    body = raw[10:]
    if flags & 0x10 and version == 4:
        body = body[:-10] if body[-10:-7] == b"3DI" else body
    if flags & 0x80 and version < 4:
        body = body.replace(b"\xff\0", b"\xff")
    name, head = (3, 6) if version == 2 else (4, 10)
    form = _Form(version, name, head, b"GRID" in body, limits)
    start = _extended(body, version) if flags & 0x40 else 0
    yield from _frames(body, start, form, 0)


def _extended(body: bytes, version: int) -> int:
    """Where the frames begin behind an extended header; some writers only say there is one."""
    if _NAME.match(body[:4]):
        return 0
    plain = int.from_bytes(body[:4], "big")
    size, least = (4 + plain, 10) if version == 3 else (syncsafe(body[:4]), 6)
    if not least <= size <= len(body):
        raise Unreadable(_DAMAGED)
    return size


def syncsafe(raw: bytes) -> int:
    """A number of seven bits a byte."""
    total = 0
    for byte in raw:
        total = total << 7 | byte & 0x7F
    return total


def _frames(body: bytes, at: int, form: _Form, depth: int) -> Iterator[Carried]:
    count = 0
    while at + form.head <= len(body) and body[at]:
        count += 1
        name = body[at : at + form.name]
        if count > form.limits.items:
            raise Unreadable("its ID3 tag has more parts than can be checked")
        if not _NAME.match(name):
            raise Unreadable(_DAMAGED)
        size = _frame_size(body, at, form)
        end = at + form.head + size
        if end > len(body):
            raise Unreadable(_DAMAGED)
        key = name.decode("ascii").strip(" \0")
        flags = 0 if form.version == 2 else int.from_bytes(body[at + 8 : at + 10], "big")
        yield from _frame(_SHORT.get(key, key), flags, body[at + form.head : end], form, depth)
        at = end
    if any(body[at:]):
        raise Unreadable(_DAMAGED)


def _frame_size(body: bytes, at: int, form: _Form) -> int:
    """Size of a frame; some writers of version 4 wrote plain numbers instead of syncsafe."""
    raw = body[at + form.name : at + 2 * form.name]
    plain = int.from_bytes(raw, "big")
    if form.version != 4 or plain < 128:
        return plain
    safe = syncsafe(raw)
    if any(byte & 0x80 for byte in raw):
        return plain
    if _frame_follows(body, at + 10 + safe) or not _frame_follows(body, at + 10 + plain):
        return safe
    return plain


def _frame_follows(body: bytes, at: int) -> bool:
    following = body[at : at + 4]
    if at >= len(body):
        return at == len(body)
    return following.strip(b"\0") == b"" or bool(_NAME.match(following))


def _frame(key: str, flags: int, raw: bytes, form: _Form, depth: int) -> Iterator[Carried]:
    if key == "APIC":
        return
    coding = _coding(flags, form)
    unpacked = _unpacked(coding, raw, form.limits)
    if unpacked is None:
        yield Trouble(f"its ID3 tag '{key}' is encrypted and was not read")
    elif key in ("CHAP", "CTOC"):
        yield from _chapter(key, unpacked, form, depth)
    elif unpacked:
        yield from id3_text.meaning(key, unpacked)
    if flags & ~_KNOWN_FRAME_FLAGS[form.version] or _lies(coding, raw, unpacked, form):
        yield Trouble(_DAMAGED)


@dataclass(frozen=True, slots=True)
class _Coding:
    """How the content of a frame is wrapped: compressed, encrypted, with a group's byte,
    with stuffed zeros, with its length in four bytes before it."""

    packed: bool
    locked: bool
    grouped: bool
    stuffed: bool
    counted: bool


def _coding(flags: int, form: _Form) -> _Coding:
    bits = (0x80, 0x40, 0x20, 0, 0x80) if form.version == 3 else (8, 4, 0x40, 2, 1)
    return _Coding(*(bool(flags & bit) for bit in bits))


def _unpacked(coding: _Coding, raw: bytes, limits: Limits) -> bytes | None:
    """The content of a frame, None if it is encrypted."""
    if coding.locked:
        return None
    content = raw[coding.grouped + 4 * coding.counted :]
    if coding.stuffed:
        content = content.replace(b"\xff\0", b"\xff")
    return _inflated(content, limits) if coding.packed else content


def _lies(coding: _Coding, raw: bytes, unpacked: bytes | None, form: _Form) -> bool:
    """Whether a frame claims a group that nothing names, or another length than it has."""
    if coding.grouped and not form.grouped:
        return True
    if not coding.counted or unpacked is None:
        return False
    told = raw[coding.grouped : coding.grouped + 4]
    return len(unpacked) not in (syncsafe(told), int.from_bytes(told, "big"))


def _inflated(content: bytes, limits: Limits) -> bytes:
    most = min(limits.metadata_bytes, len(content) * _COMPRESSION + 65_536)
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(content, most)
    except zlib.error:
        raise Unreadable(_DAMAGED) from None
    if not stream.eof:
        raise Unreadable("its ID3 tag unpacks to more than can be checked, or is damaged")
    return unpacked


def _chapter(key: str, raw: bytes, form: _Form, depth: int) -> Iterator[Carried]:
    if depth >= _CHAPTER_DEPTH:
        raise Unreadable("its ID3 chapters are nested deeper than can be checked")
    start = raw.find(b"\0") + 1
    if key == "CHAP":
        start += 16
    else:
        entries = raw[start + 1] if start + 1 < len(raw) else 0
        start += 2
        for _ in range(entries):
            start = raw.find(b"\0", start) + 1 or len(raw)
    yield from _frames(raw, start, form, depth + 1)

"""Frames of an ID3v2 tag (2.2, 2.3 and 2.4), with unsynchronisation and compression."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from checkthegate.detect.carriers.bounded import printable, text_of, xmp_tags
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import Limits

CARRIER = "id3"
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
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_CHAPTER_DEPTH = 4
_DAMAGED = "its ID3 tag is damaged and was not wholly read"
_COMPRESSION = 200


@dataclass(frozen=True, slots=True)
class _Form:
    """What differs between versions; `left` is how many bytes may still be unpacked."""

    version: int
    name: int
    head: int
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
    body = raw[10:]
    if flags & 0x10 and version == 4:
        body = body[:-10] if body[-10:-7] == b"3DI" else body
    if flags & 0x80 and version < 4:
        body = body.replace(b"\xff\0", b"\xff")
    form = _Form(version, 3 if version == 2 else 4, 6 if version == 2 else 10, limits)
    start = _extended(body, version) if flags & 0x40 else 0
    yield from _frames(body, start, form, 0)


def _extended(body: bytes, version: int) -> int:
    if version == 3:
        return 4 + int.from_bytes(body[:4], "big")
    return syncsafe(body[:4])


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
    unpacked = _unpacked(flags, raw, form)
    if unpacked is None:
        yield Trouble(f"its ID3 tag '{key}' is encrypted and was not read")
    elif key in ("CHAP", "CTOC"):
        yield from _chapter(key, unpacked, form, depth)
    elif unpacked:
        yield from _meaning(key, unpacked)


def _unpacked(flags: int, raw: bytes, form: _Form) -> bytes | None:
    """The content of a frame, None if it is encrypted."""
    if form.version == 3:
        packed, locked, grouped, stuffed, counted = (
            flags & 0x80,
            flags & 0x40,
            flags & 0x20,
            0,
            flags & 0x80,
        )
    else:
        packed, locked, grouped, stuffed, counted = (flags & bit for bit in (8, 4, 0x40, 2, 1))
    if locked:
        return None
    start = (1 if grouped else 0) + (4 if counted else 0)
    content = raw[start:].replace(b"\xff\0", b"\xff") if stuffed else raw[start:]
    return _inflated(content, form.limits) if packed else content


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


def _meaning(key: str, raw: bytes) -> Iterator[Carried]:
    if key == "TXXX":
        name, value = _split(raw[0], raw[1:])
        yield Tag(CARRIER, f"TXXX:{_text(raw[0], name)}", _values(raw[0], value))
    elif key in ("COMM", "USLT"):
        name, value = _split(raw[0], raw[4:])
        label = _text(raw[0], name) if key == "COMM" else ""
        yield Tag(CARRIER, f"{key}:{label}" if label else key, _values(raw[0], value))
    elif key == "WXXX":
        name, value = _split(raw[0], raw[1:])
        yield Tag(CARRIER, f"WXXX:{_text(raw[0], name)}", text_of(value))
    elif key == "PRIV":
        yield from _private(raw)
    elif key == "GEOB":
        mime = raw[1:].partition(b"\0")[0].decode("latin-1")
        yield Tag(CARRIER, f"GEOB:{mime}", "")
    elif key == "UFID":
        owner, _, value = raw.partition(b"\0")
        yield Tag(CARRIER, f"UFID:{owner.decode('latin-1')}", printable(value))
    elif key == "USER":
        yield Tag(CARRIER, key, _values(raw[0], raw[4:]))
    elif key.startswith("W"):
        yield Tag(CARRIER, key, text_of(raw.partition(b"\0")[0]))
    elif key.startswith(("T", "IPL")):
        yield Tag(CARRIER, key, _values(raw[0], raw[1:]))


def _private(raw: bytes) -> Iterator[Carried]:
    owner, _, value = raw.partition(b"\0")
    if owner == b"XMP":
        yield from xmp_tags(value)
    else:
        yield Tag(CARRIER, f"PRIV:{owner.decode('latin-1')}", printable(value[:65_536]))


def _split(encoding: int, raw: bytes) -> tuple[bytes, bytes]:
    """A description and what follows its end mark."""
    if encoding not in (1, 2):
        name, _, value = raw.partition(b"\0")
        return name, value
    at = raw.find(b"\0\0")
    while at >= 0 and at % 2:
        at = raw.find(b"\0\0", at + 1)
    return (raw, b"") if at < 0 else (raw[:at], raw[at + 2 :])


def _text(encoding: int, raw: bytes) -> str:
    if encoding > 3:
        return text_of(raw)
    codec = _ENCODINGS[encoding]
    if codec == "utf-16" and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        codec = "utf-16-le"
    text = raw.decode(codec, "replace")
    return text.replace("\ufeff", "")


def _values(encoding: int, raw: bytes) -> str:
    """One text or several, a line each."""
    return "\n".join(part for part in _text(encoding, raw).split("\0") if part)

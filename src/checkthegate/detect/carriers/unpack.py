"""What image carriers share: exact reads, bounded inflation, text of unknown encoding."""

from __future__ import annotations

import zlib

from checkthegate.detect.carriers.bounded import Bounded, text_of
from checkthegate.model import Unreadable


def exactly(content: Bounded, offset: int, length: int, what: str) -> bytes:
    """`length` bytes (a header) from `offset`; `Unreadable` says that `what` is cut off."""
    raw = content.peek(offset, length) if offset >= 0 else b""
    if len(raw) < length:
        raise Unreadable(f"the file ends inside {what}: it is cut off or damaged")
    return raw


def number(raw: bytes, at: int, length: int, *, little: bool = False) -> int:
    """The unsigned integer of `length` bytes at `at`; what is missing counts as zero."""
    return int.from_bytes(raw[at : at + length], "little" if little else "big")


def inflate(raw: bytes, limit: int) -> bytes:
    """Zlib-decompressed bytes, at most `limit`; raises `Unreadable` if broken or larger."""
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(raw, max(limit, 1))
    except zlib.error:
        raise Unreadable("a compressed text in it is damaged and could not be read") from None
    if machine.eof and len(plain) <= limit:
        return plain
    if len(plain) >= limit:
        raise Unreadable("a compressed text in it unpacks to more than is allowed to be read")
    raise Unreadable("a compressed text in it is cut off and could not be read")


def utf16_order(raw: bytes) -> str | None:
    """`utf-16-le` or `utf-16-be` when the zero bytes of Latin text lie in every other place."""
    pairs = len(raw) // 2
    if pairs < 2:
        return None
    even, odd = raw[0 : pairs * 2 : 2].count(0), raw[1 : pairs * 2 : 2].count(0)
    if odd * 2 > pairs and odd > even * 4:
        return "utf-16-le"
    if even * 2 > pairs and even > odd * 4:
        return "utf-16-be"
    return None


def any_text(raw: bytes) -> str:
    """Text of bytes whose encoding nobody wrote down: UTF-16 if it looks so, UTF-8, Latin-1."""
    order = utf16_order(raw)
    return raw.decode(order, "replace").rstrip("\0") if order else text_of(raw)

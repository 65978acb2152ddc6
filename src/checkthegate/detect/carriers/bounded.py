"""Random access to bytes that may lie: every read is counted, nothing runs past the end.

Parsers of containers walk a `Bounded`; what they raise as `Unreadable` becomes `Trouble`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Protocol

from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable
from checkthegate.seams import Limits, OpenAsset

_STEPS_PER_TAG = 50
_BLOCK = 1 << 20
_PADDING = 64 * _BLOCK
_TROUBLES = 50


class ReadAt(Protocol):
    """Reads at most `length` bytes from `offset`."""

    def __call__(self, offset: int, length: int) -> bytes:
        """The bytes, fewer at the end."""


class Bounded:
    """Bytes of `size`, read under `limits`. All reads raise `Unreadable` when they cannot."""

    def __init__(self, read_at: ReadAt, size: int, limits: Limits) -> None:
        self._read_at = read_at
        self.size = size
        self.limits = limits
        self._left = limits.metadata_bytes
        self._steps = limits.items * _STEPS_PER_TAG

    def peek(self, offset: int, length: int) -> bytes:
        """At most `length` bytes (a header); uncounted, so `length` must be small."""
        return self._read_at(offset, length) if 0 <= offset < self.size else b""

    def take(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes, counted against the metadata limit of the whole file."""
        if length > self._left:
            megabytes = self.limits.metadata_bytes >> 20
            raise Unreadable(
                f"it holds more than {megabytes} MB of metadata; what lies beyond was not read"
            )
        if length < 0 or offset + length > self.size:
            raise Unreadable("the file ends inside its metadata: it is cut short or damaged")
        self._left -= length
        raw = self._read_at(offset, length)
        if len(raw) != length:
            raise Unreadable("the file became shorter while it was being read")
        return raw

    def step(self) -> None:
        """Count one box, chunk, frame or page; too many are `Unreadable`."""
        self._steps -= 1
        if self._steps < 0:
            raise Unreadable("it is divided into more parts than can be checked")

    def zeros(self, offset: int, end: int | None = None) -> bool:
        """Whether nothing but zero bytes lies from `offset` to `end` (64 MB at most)."""
        stop = self.size if end is None else min(end, self.size)
        if stop - offset > _PADDING or any(self._read_at(offset, min(16, stop - offset))):
            return False
        while offset < stop:
            block = self._read_at(offset, min(_BLOCK, stop - offset))
            if not block or block.count(0) != len(block):
                return False
            offset += len(block)
        return True


def bounded_asset(opened: OpenAsset) -> Bounded:
    """The whole file as it is now."""
    with opened.open() as stream:
        size = stream.seek(0, 2)
    return Bounded(opened.read_at, size, opened.limits)


def bounded_bytes(raw: bytes, limits: Limits) -> Bounded:
    """Bytes already in memory: a container inside another."""

    def read_at(offset: int, length: int) -> bytes:
        return raw[offset : offset + length]

    return Bounded(read_at, len(raw), limits)


def collected(
    opened: OpenAsset, parse: Callable[[Bounded], Iterator[Carried]]
) -> Iterator[Carried]:
    """All that `parse` finds in the file: each trouble once, and no more tags than allowed."""
    yield from capped(parse(bounded_asset(opened)), opened.limits)


def capped(found: Iterator[Carried], limits: Limits) -> Iterator[Carried]:
    """The same: each trouble once, no more tags than allowed, `Unreadable` as trouble."""
    tags, told = 0, set[str]()
    for carried in shielded(found):
        if isinstance(carried, Tag):
            tags += 1
            if tags > limits.items:
                yield Trouble(f"it holds more than {limits.items} tags; not all were read")
                return
            yield carried
        elif carried.reason not in told and len(told) < _TROUBLES:
            told.add(carried.reason)
            yield carried


def shielded(found: Iterator[Carried]) -> Iterator[Carried]:
    """The same, with `Unreadable` turned into a last `Trouble`."""
    try:
        yield from found
    except Unreadable as problem:
        yield Trouble(problem.reason)


def text_of(raw: bytes) -> str:
    """Text of unmarked bytes: UTF-16 with a mark, UTF-8, else Latin-1; without outer NULs."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace").strip("\0")
    trimmed = raw.strip(b"\0")
    try:
        return trimmed.decode("utf-8-sig")
    except UnicodeDecodeError:
        return trimmed.decode("latin-1")


def printable(raw: bytes) -> str:
    """The text if all of it is readable as UTF-8 or marked UTF-16, else an empty string."""
    try:
        marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = raw.decode("utf-16" if marked else "utf-8").strip("\0")
    except UnicodeDecodeError:
        return ""
    odd = any(letter < " " and letter not in "\t\n\r" for letter in text)
    return "" if odd else text


def text_tag(carrier: str, key: str, raw: bytes) -> Tag:
    """A tag of unmarked bytes, which are kept where they are not UTF-8."""
    text = text_of(raw)
    plain = text.encode("utf-8", "surrogatepass") == raw.strip(b"\0")
    return Tag(carrier, key, text, b"" if plain else raw)


def xmp_tags(packet: bytes) -> Iterator[Carried]:
    """Tags of an XMP packet found inside a container."""
    from checkthegate.detect.carriers import xmp

    yield from islice(xmp.parse(packet), 100_000)


def exif_tags(tiff: bytes) -> Iterator[Carried]:
    """Tags of an Exif block (TIFF bytes) found inside a container."""
    from checkthegate.detect.carriers import exif

    yield from islice(exif.parse(tiff), 100_000)

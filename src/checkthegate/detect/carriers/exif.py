"""Exif and TIFF directories, walked under bounds: text, camera settings, embedded packets."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from checkthegate.detect.carriers import exif_names as names
from checkthegate.detect.carriers.bounded import Bounded, bounded_bytes
from checkthegate.detect.carriers.exif_text import ascii_value, user_comment, windows_text
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.detect.carriers.unpack import exactly
from checkthegate.model import Unreadable
from checkthegate.seams import Limits

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIZES |= {16: 8, 17: 8, 18: 8, 129: 1}
_CODES = {1: "B", 3: "H", 4: "L", 6: "b", 8: "h", 9: "l", 13: "L", 16: "Q", 17: "q", 18: "Q"}
_RATIOS = {5: "L", 10: "l"}
_FLOATS = {11: "f", 12: "d"}
_TEXT_TYPES = frozenset({2, 129})
_UNDEFINED = 7
_COMMENT_CODES = (b"UNICODE\0", b"ASCII\0\0\0")
_DIRECTORIES = 200
_ENTRIES = 4096
_DEPTH = 8


def parse(tiff: bytes, *, limits: Limits | None = None) -> Iterator[Carried]:
    """Tags of an Exif block: bytes from its TIFF header on, with or without `Exif` before.

    Keys are the standard's names, unknown text tags hexadecimal; ratios come as `1/60`.
    Positions are told as present only. Whatever lies outside the block is `Trouble`.
    """
    block = bounded_bytes(tiff.removeprefix(b"Exif\0\0"), limits or Limits())
    walk = Walk(block, "its EXIF metadata")
    try:
        yield from walk.tags()
    except Unreadable as problem:
        yield Trouble(problem.reason)
        return
    if not walk.commented and any(code in tiff for code in _COMMENT_CODES):
        yield Trouble("its EXIF metadata holds a comment that nothing in it points to: damaged")


@dataclass(frozen=True, slots=True)
class Entry:
    """One directory entry: tag, type, number of values, and where the values begin."""

    tag: int
    type: int
    count: int
    at: int

    @property
    def length(self) -> int:
        """Bytes the values take; 0 for a type nobody knows."""
        return _SIZES.get(self.type, 0) * self.count


class Walk:
    """One pass over all directories of a TIFF structure.

    `what` names the structure in reasons. With `pixels`, strips and tiles that lie beyond
    the end are `Trouble` too.
    """

    def __init__(self, content: Bounded, what: str, *, pixels: bool = False) -> None:
        self._content = content
        self._what = what
        self._pixels = pixels
        self.commented = False
        self._spare = 2 * content.size + 4096
        self._seen: set[int] = set()
        self._told: set[str] = set()
        self._big = False
        self._order = "<"

    @property
    def _little(self) -> bool:
        return self._order == "<"

    def tags(self) -> Iterator[Carried]:
        """Every tag of every directory. Raises `Unreadable` when there is no header."""
        queue = [(self._header(), 0)]
        while queue:
            offset, depth = queue.pop(0)
            if offset in self._seen:
                yield from self._trouble("refers to itself in a circle")
                continue
            if len(self._seen) >= _DIRECTORIES or depth > _DEPTH:
                yield from self._trouble("has more directories than any real file")
                return
            self._seen.add(offset)
            try:
                entries, following = self._directory(offset)
            except Unreadable as problem:
                yield Trouble(problem.reason)
                continue
            yield from self._entries(entries, queue, depth)
            # Only the main chain goes on: some writers leave no pointer behind a sub-directory.
            if following and depth == 0:
                queue.append((following, 0))

    def _header(self) -> int:
        head = exactly(self._content, 0, 8, self._what)
        if head[:2] not in (b"II", b"MM"):
            raise Unreadable(f"{self._what} is damaged: it does not begin as it must")
        self._order = "<" if head[:2] == b"II" else ">"
        version: int = self._unpack("H", head[2:4])
        if version == 43:
            self._big = True
            return self._unpack("Q", exactly(self._content, 8, 8, self._what))
        if version not in (42, 0x4F52, 0x5352, 0x55):  # the others are camera makers' own
            raise Unreadable(f"{self._what} is damaged: it does not begin as it must")
        return self._unpack("L", head[4:8])

    def _unpack(self, code: str, raw: bytes) -> int:
        return int(struct.unpack(self._order + code, raw)[0])

    def _directory(self, offset: int) -> tuple[list[Entry], int]:
        self._content.step()
        width, step, code = (8, 20, "Q") if self._big else (2, 12, "H")
        count = self._unpack(code, exactly(self._content, offset, width, self._what))
        start = offset + width
        # Writers leave empty directories where nothing follows; one before content is damage.
        if count == 0 and not self._content.peek(start, 64).strip(b"\0"):
            return [], 0
        if not 0 < count <= _ENTRIES:
            raise Unreadable(f"{self._what} has a directory that cannot be right: it is damaged")
        raw = exactly(self._content, start, step * count, self._what)
        entries = [
            self._entry(raw[at : at + step], start + at) for at in range(0, step * count, step)
        ]
        if sum(entry.type not in _SIZES for entry in entries) * 2 > count:
            raise Unreadable(f"{self._what} has a directory that cannot be right: it is damaged")
        end, pointer = start + step * count, 8 if self._big else 4
        tail = self._content.peek(end, pointer)
        following = self._unpack("Q" if self._big else "L", tail) if len(tail) == pointer else 0
        return entries, following

    def _entry(self, raw: bytes, at: int) -> Entry:
        form, pointer, room = ("HHQ", "Q", 8) if self._big else ("HHL", "L", 4)
        tag, kind, count = struct.unpack(self._order + form, raw[:-room])
        place = at + len(raw) - room
        if _SIZES.get(kind, 0) * count > room:
            place = self._unpack(pointer, raw[-room:])
        return Entry(tag, kind, count, place)

    def _entries(
        self, entries: list[Entry], queue: list[tuple[int, int]], depth: int
    ) -> Iterator[Carried]:
        for entry in entries:
            try:
                if entry.tag in names.POINTERS:
                    offsets = self.numbers(entry)[:64]
                    queue += [(offset, depth + 1) for offset in offsets]
                    if not offsets:
                        yield from self._trouble("points to no directory where one must be")
                else:
                    yield from self._tags_of(entry)
            except Unreadable as problem:
                yield Trouble(problem.reason)
        if self._pixels:
            yield from self._missing_pixels({entry.tag: entry for entry in entries})

    def _tags_of(self, entry: Entry) -> Iterator[Carried]:
        if entry.tag == names.PLACE:
            yield Tag("exif", "GPSInfo", "present")
        elif entry.tag in names.TEXTS:
            yield from self._text(entry, names.TEXTS[entry.tag])
        elif entry.tag in names.NUMBERS:
            value = self._number(entry)
            if value:
                yield Tag("exif", names.NUMBERS[entry.tag], value)
        elif entry.tag in (names.XMP, names.IPTC, names.PHOTOSHOP):
            yield from self._packet(entry)
        elif entry.type in _TEXT_TYPES:
            yield from self._text(entry, f"0x{entry.tag:04X}")
        elif self._is_comment(entry):
            yield from self._comment(entry)

    def _is_comment(self, entry: Entry) -> bool:
        """A comment is known by its first bytes too, should its number be damaged."""
        long_enough = entry.type == _UNDEFINED and entry.count > len(_COMMENT_CODES[0])
        return long_enough and self._content.peek(entry.at, 8) in _COMMENT_CODES

    def _value(self, entry: Entry) -> bytes:
        if entry.type not in _SIZES:
            raise Unreadable(f"{self._what} has a text of unknown form: it is damaged")
        if entry.at < 0 or entry.at + entry.length > self._content.size:
            raise Unreadable(f"{self._what} points beyond its end: it is cut off or damaged")
        self._spare -= entry.length
        if self._spare < 0:
            raise Unreadable(f"{self._what} uses the same bytes over and over: it is damaged")
        return self._content.take(entry.at, entry.length)

    def _text(self, entry: Entry, key: str) -> Iterator[Tag]:
        if entry.tag == names.COMMENT:
            yield from self._comment(entry)
            return
        raw = self._value(entry)
        text = windows_text(raw) if entry.tag in names.WINDOWS else ascii_value(raw)
        if text.strip():
            plain = text.encode("utf-8", "replace") == raw.strip(b"\0")
            yield Tag("exif", key, text, b"" if plain else raw)

    def _comment(self, entry: Entry) -> Iterator[Tag]:
        raw = self._value(entry)
        self.commented = True
        text = user_comment(raw, little=self._little)
        if text.strip():
            yield Tag("exif", "UserComment", text, raw)

    def numbers(self, entry: Entry) -> list[int]:
        """The integers of an entry; none for other types."""
        code = _CODES.get(entry.type)
        if code is None:
            return []
        return list(struct.unpack(f"{self._order}{entry.count}{code}", self._value(entry)))

    def _number(self, entry: Entry) -> str:
        """One number as text; empty for what is no number or lies outside."""
        if entry.count < 1 or entry.length > 64 or entry.type not in _SIZES:
            return ""
        raw = self._value(entry)
        if entry.type in _RATIOS:
            above, below = struct.unpack(self._order + _RATIOS[entry.type] * 2, raw[:8])
            return f"{above}/{below}" if below != 1 else f"{above}"
        if entry.type in _FLOATS:
            width = _SIZES[entry.type]
            return f"{struct.unpack(self._order + _FLOATS[entry.type], raw[:width])[0]:g}"
        if entry.type in _CODES:
            return str(self.numbers(entry)[0])
        return str(raw[0]) if raw else ""

    def _packet(self, entry: Entry) -> Iterator[Carried]:
        from checkthegate.detect.carriers import iptc, photoshop, xmp

        raw, limits = self._value(entry), self._content.limits
        if entry.tag == names.XMP:
            yield from xmp.parse(raw, limits=limits)
        elif entry.tag == names.PHOTOSHOP:
            yield from photoshop.parse(raw, limits=limits)
        else:
            yield from iptc.parse(raw, limits=limits)

    def _missing_pixels(self, entries: dict[int, Entry]) -> Iterator[Carried]:
        for where, length in names.PIXELS:
            if where not in entries or length not in entries:
                continue
            try:
                begins, sizes = self.numbers(entries[where]), self.numbers(entries[length])
            except Unreadable as problem:
                yield Trouble(problem.reason)
                continue
            ends = (begin + size for begin, size in zip(begins, sizes, strict=False))
            if max(ends, default=0) > self._content.size or len(begins) != len(sizes):
                yield from self._trouble("says that its pixels lie beyond its end: it is cut off")

    def _trouble(self, what: str) -> Iterator[Carried]:
        if what not in self._told:
            self._told.add(what)
            yield Trouble(f"{self._what} {what}")

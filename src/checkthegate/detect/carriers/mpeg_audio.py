"""MPEG audio frames (and ADTS): every byte behind the tags is accounted for, none decoded.

Source: ISO/IEC 11172-3 and 13818-3 frame headers; the Xing and LAME header descriptions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checkthegate.detect.carriers import id3
from checkthegate.detect.carriers.bounded import Bounded, shielded, text_of
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.model import Unreadable

_BLOCK = 1 << 20
_SEARCH = 1 << 16
_ENOUGH = 3
_GAPS = 200
_NO_SOUND = "no sound could be found after its tags: it is cut short or damaged"
_BEFORE = "it is damaged: bytes between its tags and its sound were not understood"
_FIRST = (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448)
_SECOND = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_THIRD = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_LOW_FIRST = (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = (44100, 48000, 32000)


def frame_length(head: bytes) -> int:
    """Bytes of the frame that begins with `head` (7 bytes), 0 when it is no frame."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    if layer == 0:
        return _adts_length(head) if head[1] & 0xF0 == 0xF0 else 0
    rate, index, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or rate in (0, 15) or index == 3:
        return 0
    hertz = _RATES[index] >> {3: 0, 2: 1, 0: 2}[version]
    if layer == 3:
        table = _FIRST if version == 3 else _LOW_FIRST
        return (12_000 * table[rate] // hertz + padding) * 4
    table = (_SECOND if layer == 2 else _THIRD) if version == 3 else _LOW
    samples = 72_000 if layer == 1 and version != 3 else 144_000
    return samples * table[rate] // hertz + padding


def _adts_length(head: bytes) -> int:
    if len(head) < 7 or head[2] >> 2 & 15 > 12:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


@dataclass(slots=True)
class _Window:
    """A sliding view of the file, so that frames cost no read each."""

    source: Bounded
    start: int = 0
    block: bytes = b""
    gaps: int = 0

    def head(self, at: int, length: int = 7) -> bytes:
        """`length` bytes at `at`, fewer at the end of the file."""
        if not self.start <= at <= self.start + len(self.block) - length:
            self.start, self.block = at, self.source.peek(at, _BLOCK)
        return self.block[at - self.start : at - self.start + length]


def sound(source: Bounded, at: int) -> Iterator[Carried]:
    """Tags between and behind the frames from `at` on, and trouble where frames are missing."""
    window = _Window(source)
    first = _first_frame(window, at)
    if first is None:
        if _free_format(window, at):
            return
        raise Unreadable(_NO_SOUND)
    if any(source.peek(at, first - at)):
        yield Trouble(_BEFORE)
    yield from shielded(_encoder(source, first))
    yield from _from_frame_to_frame(source, window, first)


def _from_frame_to_frame(source: Bounded, window: _Window, at: int) -> Iterator[Carried]:
    ape, ape_size = id3.headless_ape(source)
    while at < source.size:
        source.step()
        length = frame_length(window.head(at))
        tag = 0 if length else id3.tag_size(source, at)
        if at == ape:
            length = ape_size
            yield from shielded(id3.headless_ape_tags(source, at, length))
        elif tag:
            length = tag
            yield from shielded(id3.tag_at(source, at, tag))
        elif length and at + length > source.size:
            yield Trouble("the file is cut short: it ends inside its sound")
        length = length or _other(source, window, at)
        if not length:
            yield Trouble("it is damaged: bytes within its sound were not understood")
            return
        at += length


def _first_frame(window: _Window, at: int) -> int | None:
    """The first of `_ENOUGH` frames in a row (or of all there are), near `at`."""
    block = window.source.peek(at, _SEARCH)
    found = block.find(b"\xff")
    while found >= 0:
        if _row(window, at + found):
            return at + found
        found = block.find(b"\xff", found + 1)
    return None


def _row(window: _Window, at: int) -> bool:
    for _ in range(_ENOUGH):
        length = frame_length(window.source.peek(at, 7))
        if not length:
            return False
        at += length
        if at >= window.source.size or id3.tag_size(window.source, at):
            return True
    return True


def _free_format(window: _Window, at: int) -> bool:
    """Frames of no written length: legal, rare, and impossible to step through."""
    head = window.head(at, 4)
    synced = len(head) == 4 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
    return synced and head[1] & 6 != 0 and head[2] >> 4 == 0


def _other(source: Bounded, window: _Window, at: int) -> int:
    """Length of padding, of lyrics, or of a short stretch until frames go on; else 0."""
    window.gaps += 1
    if window.gaps > _GAPS:
        raise Unreadable("its sound is interrupted more often than can be checked")
    if source.zeros(at):
        return source.size - at
    if window.head(at, 11) == b"LYRICSBEGIN":
        stop = source.peek(at, _BLOCK).find(b"LYRICS200")
        return stop + 9 if stop >= 0 else 0
    again = _first_frame(window, at)
    return again - at if again is not None and not any(source.peek(at, again - at)) else 0


def _encoder(source: Bounded, at: int) -> Iterator[Carried]:
    """The encoder's name in the first frame, and whether the sound is as long as it says."""
    frame = source.peek(at, 2048)
    place = max(frame.find(b"Xing", 4, 64), frame.find(b"Info", 4, 64))
    if place < 0 or len(frame) < place + 8:
        return
    flags, cursor = frame[place + 7], place + 8
    cursor += 4 if flags & 1 else 0
    if flags & 2:
        if at + int.from_bytes(frame[cursor : cursor + 4], "big") > source.size:
            yield Trouble("the file is cut short: its sound is said to be longer")
        cursor += 4
    cursor += (100 if flags & 4 else 0) + (4 if flags & 8 else 0)
    name = text_of(frame[cursor : cursor + 9].partition(b"\0")[0]).strip()
    if len(name) > 3 and name.isprintable():
        yield Tag(id3.CARRIER, "encoder", name)

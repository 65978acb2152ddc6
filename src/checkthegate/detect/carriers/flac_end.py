"""Whether a FLAC file ends where its header says: its last frame is found and its sums checked.

Source: RFC 9639, frame header and footer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from checkthegate.detect.carriers import id3
from checkthegate.detect.carriers.bounded import Bounded
from checkthegate.detect.carriers.tag import Carried, Trouble

_LARGEST_FRAME = 1 << 20
_CUT = "the file is cut short or damaged: its sound does not end as its header says"
_CANDIDATES = 16


def checked(source: Bounded, first: int, stream: bytes) -> Iterator[Carried]:
    """Trouble unless a whole last frame ends the file and reaches the number of samples.

    `first` is where the frames begin, `stream` the STREAMINFO block.
    """
    if source.peek(first, 2) not in (b"\xff\xf8", b"\xff\xf9"):
        yield Trouble("no sound could be found after its tags: it is cut short or damaged")
        return
    end = _end_of_sound(source)
    longest = int.from_bytes(stream[7:10], "big") or _LARGEST_FRAME
    start = max(first, end - min(longest, _LARGEST_FRAME))
    tail = source.peek(start, end - start)
    reached = _last_sample(tail, int.from_bytes(stream[2:4], "big"))
    total = int.from_bytes(stream[13:18], "big") & ((1 << 36) - 1)
    if reached is None or (total and reached != total):
        yield Trouble(_CUT)
    if end < source.size:
        yield from id3.tags(source.take(end, source.size - end), source.limits)


def _end_of_sound(source: Bounded) -> int:
    """The end of the file, or where an ID3v1 tag hangs on behind."""
    return source.size - (128 if source.peek(source.size - 128, 3) == b"TAG" else 0)


def _last_sample(tail: bytes, block: int) -> int | None:
    """The sample behind the frame that ends `tail`, None when no frame does."""
    at, tried = tail.rfind(b"\xff"), 0
    while at >= 0 and tried < _CANDIDATES:
        synced = tail[at + 1 : at + 2] in (b"\xf8", b"\xf9")
        reached = _frame_end(tail, at, block) if synced else None
        if reached is not None:
            tried += 1
            if _crc16(tail[at:]) == 0:
                return reached
        at = tail.rfind(b"\xff", 0, at)
    return None


def _frame_end(tail: bytes, at: int, block: int) -> int | None:
    """The sample behind the frame at `at`, None when its header's checksum does not fit."""
    head = tail[at : at + 20]
    width = max(1, 8 - (0xFF ^ head[4]).bit_length()) if len(head) > 4 else 9
    if len(head) < 8 or width > 7:
        return None
    number = head[4] & (0x7F >> width if width > 1 else 0x7F)
    for byte in head[5 : 4 + width]:
        number = number << 6 | byte & 0x3F
    size_code, rate_code = head[2] >> 4, head[2] & 15
    cursor = 4 + width
    extra = {6: 1, 7: 2}.get(size_code, 0)
    size = _block_size(size_code, head[cursor : cursor + extra])
    cursor += extra + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if _crc8(head[:cursor]) != head[cursor]:
        return None
    return number + size if head[1] & 1 else number * block + size


def _block_size(code: int, extra: bytes) -> int:
    if extra:
        return int.from_bytes(extra, "big") + 1
    if code < 2:
        return 192 * code
    return 576 << code - 2 if code < 6 else 256 << code - 8 if code >= 8 else 0


@cache
def _table(polynomial: int, bits: int) -> tuple[int, ...]:
    top, mask = 1 << bits - 1, (1 << bits) - 1
    rows = []
    for value in range(256):
        value <<= bits - 8
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
        rows.append(value)
    return tuple(rows)


def _crc8(raw: bytes) -> int:
    table, crc = _table(0x07, 8), 0
    for byte in raw:
        crc = table[crc ^ byte]
    return crc


def _crc16(raw: bytes) -> int:
    table, crc = _table(0x8005, 16), 0
    for byte in raw:
        crc = (crc << 8 & 0xFFFF) ^ table[crc >> 8 ^ byte]
    return crc

"""How long a file says it is, by its outermost length fields: what shows that it was cut off.

Understands ISO base media (MP4, MOV, HEIF, JPEG 2000), RIFF and AIFF, Matroska, and MXF. Sizes
that writers leave open (0, all ones) say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

_BOXES = 4096
_OPEN_ENDED = 0xFFFFFF00
_PARTITION = b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01"


class _Readable(Protocol):
    def read_at(self, offset: int, length: int) -> bytes: ...


def top_boxes(opened: _Readable, size: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, offset, end) of the outermost boxes of an ISO base media file, at most 4,096.

    `end` is what the length field says and may lie beyond `size`, the file's real length.
    """
    offset = 0
    for _ in range(_BOXES):
        head = opened.read_at(offset, 16)
        if len(head) < 8:
            return
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        end = offset + length if length else size
        if length and length < 8:
            return
        yield head[4:8], offset, end
        offset = end


def declared_size(opened: _Readable, size: int) -> int | None:
    """How many bytes the file says it has, or None where it does not say."""
    head = opened.read_at(0, 64)
    if head[:4] == b"RIFF":
        length = int.from_bytes(head[4:8], "little")
        return length + 8 if 0 < length < _OPEN_ENDED else None
    if head[:4] == b"FORM":
        return int.from_bytes(head[4:8], "big") + 8
    if head[:4] == b"\x1aE\xdf\xa3":
        return _segment_end(opened)
    if head[:13] == _PARTITION:
        return _footer_end(opened)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"jP  ", b"JXL "):
        return max((end for _, _, end in top_boxes(opened, size)), default=None)
    return None


def share_present(opened: _Readable, size: int) -> float:
    """Which share (0..1) of what the file says it holds is there; 1.0 where it does not say."""
    said = declared_size(opened, size)
    if said is None or said <= size + 8:
        return 1.0
    return size / said


def _footer_end(opened: _Readable) -> int | None:
    """Where the footer partition of an MXF file ends (SMPTE ST 377-1), as far as is written."""
    footer = _partition_field(opened, 0, 24)
    if not footer:
        return None
    parts = [_partition_field(opened, footer, at) for at in (32, 40)]
    return footer + 20 + sum(part or 0 for part in parts)


def _partition_field(opened: _Readable, offset: int, at: int) -> int | None:
    """The 8-byte field at `at` of the partition pack that begins at `offset`."""
    head = opened.read_at(offset, 25)
    if head[:13] != _PARTITION or len(head) < 25:
        return None
    body = offset + 17 + (head[16] & 0x7F if head[16] & 0x80 else 0)
    raw = opened.read_at(body + at, 8)
    return int.from_bytes(raw, "big") if len(raw) == 8 else None


def _segment_end(opened: _Readable) -> int | None:
    """Where the first segment of a Matroska file says it ends."""
    length, start = _vint(opened.read_at(4, 8), 4)
    if length is None:
        return None
    offset = start + length
    if opened.read_at(offset, 4) != b"\x18\x53\x80\x67":
        return None
    length, start = _vint(opened.read_at(offset + 4, 8), offset + 4)
    return None if length is None else start + length


def _vint(raw: bytes, offset: int) -> tuple[int | None, int]:
    """An EBML length and where it ends; None when it is left open or broken."""
    if not raw or raw[0] == 0:
        return None, offset
    width = 9 - raw[0].bit_length()
    value = int.from_bytes(raw[:width], "big") & ((1 << (7 * width)) - 1)
    return (None if value == (1 << (7 * width)) - 1 else value), offset + width

"""Walks over a container's outermost level, to tell whether it has a place for a credential.

Each answers True (there is one), False (the file is whole and there is none) or None (the
structure does not hold, so it cannot be told). Nothing is read but headers.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from checkthegate.seams import OpenAsset

Wanted = Callable[[OpenAsset, int, int, int, bytes], bool]
_STEPS = 100_000
_DEPTH = 32
_UNKNOWN = 0xFFFFFFFF
_XMP_BYTES = 1024 * 1024
_MOST_PARTS = 30_000
_HOLDERS = frozenset(
    {
        *(b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"udta", b"edts", b"moof"),
        *(b"traf", b"mvex", b"mfra", b"meta", b"ilst", b"iprp", b"ipco", b"schi", b"sinf"),
    }
)
C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def in_png(opened: OpenAsset) -> bool | None:
    """A `caBX` chunk, or a text chunk that may hold an XMP packet pointing elsewhere."""
    size, offset = opened.asset.size, 8
    for _ in range(_STEPS):
        head = opened.read_at(offset, 8)
        if len(head) < 8:
            return None
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return False
        if kind in (b"caBX", b"iTXt"):
            return True
        offset += 12 + length
        if offset > size:
            return None
    return None


def _is_carrier(opened: OpenAsset, offset: int, start: int, length: int, head: bytes) -> bool:
    extended = head[start : start + 16]
    if extended != _XMP_BOX:
        return extended == C2PA_BOX
    packet = opened.read_at(offset, min(length, _XMP_BYTES))
    return length > _XMP_BYTES or b"provenance" in packet


def in_boxes(opened: OpenAsset, wanted: Wanted = _is_carrier) -> bool | None:
    """ISO base media and QuickTime: the `uuid` box, or XMP that points elsewhere.

    Or any other `uuid` box that is `wanted`: told its offset, where its type starts in its
    first bytes, its length, and those bytes.
    """
    size, offset = opened.asset.size, 0
    for _ in range(_STEPS):
        if offset == size:
            return False
        head = opened.read_at(offset, 32)
        if len(head) < 8:
            return False if len(head) == size - offset else None  # padding of some writers
        length, kind = struct.unpack(">I4s", head[:8])
        start = 8
        if length == 1 and len(head) >= 16:
            length, start = struct.unpack(">Q", head[8:16])[0], 16
        elif length == 0:
            length = size - offset
        if length < start or offset + length > size:
            return None
        if kind == b"uuid" and wanted(opened, offset, start, length, head):
            return True
        offset += length
    return None


def in_riff(opened: OpenAsset) -> bool | None:
    """WAV (also RF64 and BW64), AVI, WebP: a `C2PA` chunk."""
    size, offset = opened.asset.size, 12
    declared = int.from_bytes(opened.read_at(4, 4), "little")
    if declared != _UNKNOWN and declared + 8 > size + 1:
        return None
    for _ in range(_STEPS):
        if offset >= size - 7:
            return False
        kind, length = struct.unpack("<4sI", opened.read_at(offset, 8))
        if kind == b"C2PA":
            return True
        if kind == b"data" and (length == _UNKNOWN or length == declared == 0):
            length = _wide_length(opened, size - offset - 8)
        offset += 12 if kind == b"RIFF" else 8 + length + length % 2
        if offset > size + 1:
            return None
    return None


def _wide_length(opened: OpenAsset, rest: int) -> int:
    """The length of `data` where its own field cannot hold it; else it goes to the end."""
    head = opened.read_at(0, 36)
    if head[:4] in (b"RF64", b"BW64") and head[12:16] == b"ds64" and len(head) == 36:
        return int.from_bytes(head[28:36], "little")
    return rest


def nested_too_deeply(opened: OpenAsset) -> bool:
    """Whether a RIFF file's lists lie in one another deeper than any real file's."""
    if opened.read_at(0, 4) != b"RIFF":
        return False
    size, offset = opened.asset.size, 12
    for _ in range(1_000):
        head = opened.read_at(offset, 8)
        if len(head) < 8 or offset >= size:
            return False
        kind, length = struct.unpack("<4sI", head)
        if kind == b"LIST" and _depth(opened, offset) > _DEPTH:
            return True
        offset += 12 if kind == b"RIFF" else 8 + length + length % 2
    return False


def _depth(opened: OpenAsset, offset: int) -> int:
    depth = 0
    while depth <= _DEPTH and opened.read_at(offset, 4) in (b"LIST", b"RIFF"):
        depth, offset = depth + 1, offset + 12
    return depth


def too_divided(opened: OpenAsset) -> bool:
    """Whether a file has more parts than the library walks in a reasonable time.

    Its time grows with the square of their number.
    """
    parts = _PARTS.get(opened.asset.media_type)
    if parts is None:
        return False
    return sum(1 for _ in islice(parts(opened), _MOST_PARTS + 1)) > _MOST_PARTS


def _boxes(opened: OpenAsset) -> Iterator[None]:
    """One for each box, those inside of others too."""
    pending = [(0, opened.asset.size)]
    while pending:
        offset, end = pending.pop()
        while offset + 8 <= end:
            yield
            length, kind = struct.unpack(">I4s", opened.read_at(offset, 8))
            start = 8
            if length == 1:
                length, start = int.from_bytes(opened.read_at(offset + 8, 8), "big"), 16
            length = length or end - offset
            if length < start:
                break
            if kind in _HOLDERS:
                inside = offset + start + (4 if kind == b"meta" else 0)
                pending.append((inside, min(offset + length, end)))
            offset += length


def _chunks(opened: OpenAsset) -> Iterator[None]:
    """One for each chunk of the outermost level and of its lists."""
    size, offset = opened.asset.size, 12
    while offset + 8 <= size:
        yield
        kind, length = struct.unpack("<4sI", opened.read_at(offset, 8))
        offset += 12 if kind in (b"RIFF", b"LIST") else 8 + length + length % 2


BOXED = (
    "image/avif",
    "image/heic",
    "image/heif",
    "video/mp4",
    "video/quicktime",
    "audio/mp4",
)
WALKS: Mapping[str, Callable[[OpenAsset], bool | None]] = {
    "image/png": in_png,
    "audio/wav": in_riff,
    "video/x-msvideo": in_riff,
    "image/webp": in_riff,
    **dict.fromkeys(BOXED, in_boxes),
}
"""The walk for each media type that has one."""
_PARTS: Mapping[str, Callable[[OpenAsset], Iterator[None]]] = {
    "audio/wav": _chunks,
    "video/x-msvideo": _chunks,
    "image/webp": _chunks,
    **dict.fromkeys(BOXED, _boxes),
}

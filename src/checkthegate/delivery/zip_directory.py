"""Opens zip archives of strangers: their table of contents is measured before it is read.

Python keeps the whole table in memory, several times over. A table is only as long as the
archive says it is, so what it says is what bounds it.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import IO

MOST_DIRECTORY_BYTES = 32 * 1024 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)
"""What reading a damaged archive raises, besides `OSError`."""
PLAIN_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Packing methods that can be unpacked piece by piece; others unpack without bound."""

_END, _END_BYTES = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_BYTES = b"PK\x06\x07", 20
_WIDE_END, _WIDE_END_BYTES = b"PK\x06\x06", 56
_LONGEST_COMMENT = 1 << 16
_IN_WIDE_END = 0xFFFFFFFF


class TooManyMembers(zipfile.BadZipFile):
    """The table of contents is longer than may be read."""


def open_zip(file: Path | IO[bytes]) -> zipfile.ZipFile:
    """The archive in a file or seekable stream; the caller closes it.

    Raises `TooManyMembers` for an oversized table of contents, else one of `BROKEN` or
    `OSError`.
    """
    if isinstance(file, Path):
        with file.open("rb") as stream:
            _measure(stream)
        return zipfile.ZipFile(file)
    _measure(file)
    return zipfile.ZipFile(file)


def _measure(stream: IO[bytes]) -> None:
    if directory_bytes(stream) > MOST_DIRECTORY_BYTES:
        raise TooManyMembers("the table of contents is too long")


def directory_bytes(stream: IO[bytes]) -> int:
    """How long an archive says that its table of contents is; 0 when it does not say."""
    size = stream.seek(0, 2)
    start = max(0, size - _LONGEST_COMMENT - _END_BYTES)
    stream.seek(start)
    tail = stream.read(_LONGEST_COMMENT + _END_BYTES)
    said = [_said_at(stream, tail, start, at) for at in _ends(tail)]
    return max(said, default=0)


def _ends(tail: bytes) -> set[int]:
    """Where the end record may lie: as the very last thing, or before a comment."""
    places = {tail.rfind(_END)}
    if tail[-_END_BYTES:].startswith(_END):
        places.add(len(tail) - _END_BYTES)
    return {at for at in places if at >= 0}


def _said_at(stream: IO[bytes], tail: bytes, start: int, at: int) -> int:
    said = int.from_bytes(tail[at + 12 : at + 16], "little")
    before = start + at - _LOCATOR_BYTES
    if before < 0:
        return said
    stream.seek(before)
    locator = stream.read(_LOCATOR_BYTES)
    if not locator.startswith(_LOCATOR):
        return said
    wide = 0
    for place in (before - _WIDE_END_BYTES, int.from_bytes(locator[8:16], "little")):
        if 0 <= place < before:
            stream.seek(place)
            record = stream.read(_WIDE_END_BYTES)
            if record.startswith(_WIDE_END):
                wide = max(wide, int.from_bytes(record[40:48], "little"))
    return wide if said == _IN_WIDE_END else max(said, wide)

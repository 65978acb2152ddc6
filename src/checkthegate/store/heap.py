"""Bytes one after the other in a file that only grows: written by one, read by many."""

from __future__ import annotations

import os
from pathlib import Path


class Heap:
    """An append-only file. Whoever writes knows where it ends; what lies behind is leftovers of a
    writer that was killed, and is written over. Raises `OSError`."""

    def __init__(self, file: Path, *, writing: bool = False) -> None:
        flags = os.O_RDWR | os.O_CREAT if writing else os.O_RDONLY
        self._file = os.open(file, flags, 0o600)

    def append(self, place: int, body: bytes) -> int:
        """Write at this place, the end so far; the end from then on."""
        view = memoryview(body)
        while view:
            written = os.pwrite(self._file, view, place)
            place += written
            view = view[written:]
        return place

    def read(self, place: int, length: int) -> bytes:
        """The bytes at a place; fewer where the file ends before."""
        parts = []
        while length > 0 and (part := os.pread(self._file, length, place)):
            parts.append(part)
            place += len(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    @property
    def size(self) -> int:
        """How long the file is."""
        return os.fstat(self._file).st_size

    def settle(self, end: int) -> None:
        """Cut off leftovers and have everything on the disk."""
        os.ftruncate(self._file, end)
        os.fsync(self._file)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

"""Locks between processes, on files; the system lets go of them when their holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def locked(file: Path, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of this file while the block lasts; False where another holds it.

    Without file locks on this system nobody is kept out. Raises `OSError` when the file cannot
    be opened.
    """
    with file.open("ab") as opened:
        yield _taken(opened, shared=shared, wait=wait)


def _taken(opened: BinaryIO, *, shared: bool, wait: bool) -> bool:
    try:
        import fcntl
    except ImportError:
        return True
    how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
    try:
        fcntl.flock(opened, how)
    except OSError:
        return False
    return True

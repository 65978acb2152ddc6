"""A private folder for what a check unpacks, gone with the check, however it ended.

A check that is killed cannot clear up after itself, so the next one does. A folder in use is
told by its lock, which the system lets go of when its holder dies.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PREFIX = "gate-"
_LOCK = "in-use"
_UNLOCKED_SECONDS = 24 * 3600.0


@contextmanager
def workplace() -> Iterator[Path]:
    """A new folder, mode 0700, removed at the end. Clears away what dead checks left."""
    clear_left_behind(Path(tempfile.gettempdir()))
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as place,
        (Path(place) / _LOCK).open("wb") as lock,
    ):
        _locked(lock)
        yield Path(place)


def clear_left_behind(place: Path) -> None:
    """Remove this account's folders of checks that are no longer running."""
    if not hasattr(os, "getuid"):
        return
    with suppress(OSError):
        for entry in place.glob(f"{_PREFIX}*"):
            if _is_left_behind(entry):
                shutil.rmtree(entry, ignore_errors=True)


def _is_left_behind(folder: Path) -> bool:
    if not _is_a_workplace(folder.name):
        return False
    try:
        status = folder.lstat()
    except OSError:
        return False
    ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    if not ours or status.st_mode & 0o077:
        return False
    try:
        with (folder / _LOCK).open("rb") as lock:
            return _locked(lock)
    except FileNotFoundError:
        # Just made and not locked yet, or left by a version without locks: only age tells.
        return time.time() - status.st_mtime > _UNLOCKED_SECONDS
    except OSError:
        return False


def _is_a_workplace(name: str) -> bool:
    """Whether it is named as `tempfile` names ours: eight letters behind the prefix."""
    random = name.removeprefix(_PREFIX).removeprefix("work-")
    return len(random) == 8 and all(letter.isalnum() or letter == "_" for letter in random)


def _locked(file: BinaryIO) -> bool:
    """Take the lock until the file is closed; False where another holds it, or none exist."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

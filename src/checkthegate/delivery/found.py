"""What walking a delivery turns up: files to look at, gaps, and what was left out on purpose."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from checkthegate.model import DeliveryGap, Skipped


@dataclass(frozen=True, slots=True)
class StatIdentity:
    """What tells that a file was not touched: device, inode, size, mtime and ctime (ns)."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> StatIdentity:
        """The identity in a stat result."""
        return cls(
            status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        )


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a delivery, not yet read.

    `path` is how reports name it. `location` is where its bytes are: a file, then the
    numbers of nested archive members. `identity` is of the file on disk that holds it,
    `member` names the member inside (`""` for a plain file), `size` is in bytes. `nested`
    says that the archive it lies in was itself unpacked from another.
    """

    path: str
    location: tuple[str, ...]
    identity: StatIdentity
    size: int
    member: str = ""
    problem: str | None = None
    nested: bool = False


@dataclass(slots=True)
class Turnover:
    """Everything found under the named paths, in the order of their report paths.

    `asset_gaps` holds, by report path, what could not be looked at inside of a file.
    """

    files: list[Found] = field(default_factory=list)
    asset_gaps: dict[str, list[str]] = field(default_factory=dict)
    gaps: list[DeliveryGap] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def is_untouched(found: Found) -> bool:
    """Whether the file on disk is still as it was when it was listed.

    An archive inside an archive lies unpacked where nobody else writes.
    """
    try:
        now = StatIdentity.of(os.stat(found.location[0], follow_symlinks=False))
    except OSError:
        return False
    return now == found.identity or found.nested


def readable_name(name: str) -> str:
    """A file name as text that every report can hold, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def unused(name: str, taken: dict[str, int]) -> str:
    """`name`, or `name#2`, `name#3`, … where it is taken; takes it. Linear in all its calls."""
    shown = name
    while shown in taken:
        taken[name] += 1
        shown = f"{name}#{taken[name]}"
    taken[shown] = 1
    return shown

"""Zip archives: every member becomes a file to look at, within bounds.

A member is never written under its own name. Nested archives are unpacked once into a
private folder that goes with the run. What is not unpacked (encrypted, a bomb, a link) is a
file with a problem, so it shows up as a gap.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from checkthegate.delivery.found import Found, readable_name
from checkthegate.delivery.identify import ZIP, identify
from checkthegate.model import Unreadable

MOST_DEPTH = 4
MOST_MEMBERS = 100_000
MOST_RATIO = 400
RATIO_COUNTS_FROM = 64 * 1024 * 1024
MOST_MEMBER_BYTES = 512 * 1024**3
MOST_NESTED_BYTES = 16 * 1024**3
_SPARE_BYTES = 256 * 1024**2
_CHUNK = 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)
_SIGNATURE = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class ArchiveGap:
    """Something in the archive at `path` that was not unpacked, and why."""

    path: str
    reason: str


class Unpacker:
    """Lists archives and keeps the nested ones in `folder`, which the caller removes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._bytes = 0

    def members(self, found: Found, depth: int = 1) -> Iterator[Found | ArchiveGap]:
        """The members of `found` if it is a zip archive, nested ones too; else nothing."""
        file = Path(found.location[-1])
        if not _is_archive(file):
            return
        try:
            with zipfile.ZipFile(file) as archive:
                yield from self._members(archive, found, file, depth)
        except (*_BROKEN, OSError):
            yield ArchiveGap(
                found.path,
                "The archive is damaged and its contents could not be listed, so nothing in it "
                "was looked at. Deliver it again, or the files themselves.",
            )

    def _members(
        self, archive: zipfile.ZipFile, found: Found, file: Path, depth: int
    ) -> Iterator[Found | ArchiveGap]:
        entries = archive.infolist()
        if reason := _reason_not_to_list(entries, file.stat().st_size):
            yield ArchiveGap(found.path, reason)
            return
        taken: dict[str, int] = {}
        for number, entry in enumerate(entries):
            if entry.is_dir():
                continue
            member = _member(found, file, number, entry, _unique(entry, taken))
            yield member
            if member.problem is None and _starts_like_archive(archive, entry):
                yield from self._nested(archive, entry, member, depth)

    def _nested(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, member: Found, depth: int
    ) -> Iterator[Found | ArchiveGap]:
        self._bytes += entry.file_size
        if depth >= MOST_DEPTH or self._bytes > MOST_NESTED_BYTES:
            yield ArchiveGap(
                member.path,
                "Archives inside archives go too deep or grow too large here; what is in this "
                "one was not looked at. Deliver it unpacked.",
            )
            return
        target = self._folder / f"{self._count}.zip"
        self._count += 1
        try:
            copy_member(archive, entry, target)
        except Unreadable as problem:
            yield ArchiveGap(member.path, problem.reason)
            return
        if _is_archive(target):
            yield from self.members(replace(member, location=(str(target),)), depth + 1)
        else:
            target.unlink()


def copy_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """Unpack one member into `target`, bounded. Raises `Unreadable`."""
    try:
        with archive.open(entry) as source, target.open("xb") as sink:
            _copy(source, sink, min(entry.file_size, MOST_MEMBER_BYTES))
    except _BROKEN:
        target.unlink(missing_ok=True)
        raise Unreadable(
            "This file inside the archive is damaged and could not be unpacked."
        ) from None
    except OSError as problem:
        target.unlink(missing_ok=True)
        raise Unreadable(f"This file could not be unpacked ({problem.strerror}).") from None


def extract(location: tuple[str, ...], target: Path) -> None:
    """Unpack the member a `Found.location` points at into `target`. Raises `Unreadable`."""
    file, number = Path(location[0]), int(location[1])
    try:
        with zipfile.ZipFile(file) as archive:
            copy_member(archive, archive.infolist()[number], target)
    except (*_BROKEN, IndexError):
        raise Unreadable(
            "The archive changed or is damaged; this file could not be unpacked."
        ) from None
    except OSError as problem:
        raise Unreadable(f"The archive could not be opened ({problem.strerror}).") from None


def _copy(source: IO[bytes], sink: IO[bytes], bound: int) -> None:
    """Copy at most `bound` bytes, leaving room on the disk."""
    room = shutil.disk_usage(os.path.dirname(sink.name)).free - _SPARE_BYTES
    if bound > room:
        raise OSError(errno.ENOSPC, "there is no room left on the disk to unpack it")
    left = bound
    while block := source.read(_CHUNK):
        left -= len(block)
        if left < 0:
            raise ValueError("larger than declared")
        sink.write(block)


def _is_archive(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            if stream.read(2) != b"PK":
                return False
            return identify(stream, file.name)[1] == ZIP
    except OSError:
        return False


def _starts_like_archive(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(entry) as stream:
            return stream.read(4) == _SIGNATURE
    except (*_BROKEN, OSError):
        return False


def _unique(entry: zipfile.ZipInfo, taken: dict[str, int]) -> str:
    """The member's name as reports show it: never absolute, never climbing, never twice."""
    name = entry.filename.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    shown = readable_name("/".join("…" if part == ".." else part for part in parts)) or "unnamed"
    taken[shown] = taken.get(shown, 0) + 1
    return shown if taken[shown] == 1 else f"{shown}#{taken[shown]}"


def _member(found: Found, file: Path, number: int, entry: zipfile.ZipInfo, shown: str) -> Found:
    return Found(
        path=f"{found.path}!/{shown}",
        location=(str(file), str(number)),
        identity=found.identity,
        size=entry.file_size,
        member=f"{found.member}!{number}:{entry.CRC:08x}:{entry.file_size}",
        problem=_reason_not_to_unpack(entry),
    )


def _reason_not_to_unpack(entry: zipfile.ZipInfo) -> str | None:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "This is a link inside an archive. It was not followed; deliver the file itself."
    if entry.flag_bits & 0x1:
        return "This file inside the archive is encrypted. Deliver it without a password."
    ratio = entry.file_size / max(1, entry.compress_size)
    if entry.file_size > RATIO_COUNTS_FROM and ratio > MOST_RATIO:
        return (
            f"This file would grow {ratio:,.0f}-fold when unpacked, as a zip bomb does. "
            "It was not unpacked; deliver it outside of the archive."
        )
    if entry.file_size > MOST_MEMBER_BYTES:
        return "This file is too large to unpack. Deliver it outside of the archive."
    return None


def _reason_not_to_list(entries: list[zipfile.ZipInfo], size: int) -> str | None:
    if len(entries) > MOST_MEMBERS:
        return (
            f"The archive holds {len(entries):,} files; at most {MOST_MEMBERS:,} are looked at. "
            "Deliver it in parts or unpacked."
        )
    if sum(entry.compress_size for entry in entries) > size:
        return (
            "The archive's entries overlap, as in a zip bomb. It was not unpacked and nothing in "
            "it was looked at. Deliver the files themselves."
        )
    return None

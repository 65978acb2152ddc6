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
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from checkthegate.delivery.found import Found, readable_name, unused
from checkthegate.delivery.identify import ARCHIVES, identify
from checkthegate.delivery.zip_directory import BROKEN, PLAIN_METHODS, TooManyMembers, open_zip
from checkthegate.model import Unreadable

MOST_DEPTH = 4
MOST_MEMBERS = 100_000
MOST_RATIO = 400
RATIO_COUNTS_FROM = 64 * 1024 * 1024
ALWAYS_ALLOWED = 1024**3
MOST_MEMBER_BYTES = 512 * 1024**3
MOST_NESTED_BYTES = 16 * 1024**3
_SPARE_BYTES = 256 * 1024**2
_CHUNK = 1024 * 1024
_WORD_EVERY = 64
_KEPT_OPEN = 4
_LOCAL_HEADER_BYTES = 30
_SIGNATURE = b"PK\x03\x04"

_TOO_MANY = (
    f"The archive holds more than {MOST_MEMBERS:,} files. What lies beyond was not looked at. "
    "Deliver it in parts or unpacked."
)
_TOO_LARGE = (
    "The archive unpacks to many times what its size allows, as a zip bomb does. What lies "
    "beyond was not looked at. Deliver the files themselves."
)
_TOO_DEEP = (
    "Archives inside archives go too deep or grow too large here; what is in this one was not "
    "looked at. Deliver it unpacked."
)


@dataclass(frozen=True, slots=True)
class ArchiveGap:
    """Something in the archive at `path` that was not unpacked, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class _Allowance:
    """What one archive of the delivery may still hold, all that is nested in it included."""

    members: int
    bytes: int

    @property
    def exceeded(self) -> str | None:
        """Why nothing more is listed, or None."""
        if self.members < 0:
            return _TOO_MANY
        return _TOO_LARGE if self.bytes < 0 else None


class Unpacker:
    """Lists archives and keeps the nested ones in `folder`, which the caller removes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._bytes = 0

    def members(self, found: Found) -> Iterator[Found | ArchiveGap]:
        """The members of `found` if it is a zip archive, nested ones too; else nothing."""
        if _is_archive(Path(found.location[-1])):
            allowed = max(ALWAYS_ALLOWED, found.size * MOST_RATIO)
            yield from self._listed(found, 1, _Allowance(MOST_MEMBERS, allowed))

    def _listed(
        self, found: Found, depth: int, allowance: _Allowance
    ) -> Iterator[Found | ArchiveGap]:
        file = Path(found.location[-1])
        try:
            with open_zip(file) as archive:
                yield from self._members(archive, found, file, depth, allowance)
        except TooManyMembers:
            yield ArchiveGap(found.path, _TOO_MANY)
        except (*BROKEN, OSError):
            yield ArchiveGap(
                found.path,
                "The archive is damaged and its contents could not be listed, so nothing in it "
                "was looked at. Deliver it again, or the files themselves.",
            )

    def _members(
        self,
        archive: zipfile.ZipFile,
        found: Found,
        file: Path,
        depth: int,
        allowance: _Allowance,
    ) -> Iterator[Found | ArchiveGap]:
        entries = archive.infolist()
        if _overlap(entries, file.stat().st_size):
            yield ArchiveGap(
                found.path,
                "The archive's entries overlap, as in a zip bomb. It was not unpacked and "
                "nothing in it was looked at. Deliver the files themselves.",
            )
            return
        names = _Names()
        for number, entry in enumerate(entries):
            if entry.is_dir():
                continue
            member = _member(found, file, number, entry, names.shown(entry))
            allowance.members -= 1
            if member.problem is None:
                allowance.bytes -= entry.file_size
            if allowance.exceeded:
                yield ArchiveGap(found.path, allowance.exceeded)
                return
            yield member
            if member.problem is None and _starts_like_archive(archive, entry):
                yield from self._nested(archive, entry, member, depth, allowance)

    def _nested(
        self,
        archive: zipfile.ZipFile,
        entry: zipfile.ZipInfo,
        member: Found,
        depth: int,
        allowance: _Allowance,
    ) -> Iterator[Found | ArchiveGap]:
        self._bytes += entry.file_size
        if depth >= MOST_DEPTH or self._bytes > MOST_NESTED_BYTES:
            yield ArchiveGap(member.path, _TOO_DEEP)
            return
        target = self._folder / f"{self._count}.zip"
        self._count += 1
        try:
            copy_member(archive, entry, target)
        except Unreadable as problem:
            yield ArchiveGap(member.path, problem.reason)
            return
        if _is_archive(target):
            yield from self._listed(
                replace(member, location=(str(target),), nested=True), depth + 1, allowance
            )
        else:
            target.unlink()


class Extractor:
    """Unpacks members wherever they lie; archives stay open, so each is listed only once."""

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, int, int, int], zipfile.ZipFile] = OrderedDict()

    def extract(
        self,
        location: tuple[str, ...],
        target: Path,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        """Unpack the member a `Found.location` points at into `target`. Raises `Unreadable`.

        `progress` is called now and then while much is written.
        """
        try:
            archive = self._archive(Path(location[0]))
            copy_member(archive, archive.infolist()[int(location[1])], target, progress)
        except (*BROKEN, IndexError):
            raise Unreadable(
                "The archive changed or is damaged; this file could not be unpacked. Check it "
                "again, or deliver the file itself."
            ) from None
        except OSError as problem:
            raise Unreadable(f"The archive could not be opened ({problem.strerror}).") from None

    def close(self) -> None:
        """Close every archive."""
        while self._open:
            self._open.popitem()[1].close()

    def _archive(self, file: Path) -> zipfile.ZipFile:
        seen = file.stat()
        key = (str(file), seen.st_ino, seen.st_size, seen.st_mtime_ns)
        archive = self._open.pop(key, None) or open_zip(file)
        self._open[key] = archive
        if len(self._open) > _KEPT_OPEN:
            self._open.popitem(last=False)[1].close()
        return archive


def extract(location: tuple[str, ...], target: Path) -> None:
    """Unpack one member, as `Extractor.extract` does."""
    extractor = Extractor()
    try:
        extractor.extract(location, target)
    finally:
        extractor.close()


def copy_member(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    target: Path,
    progress: Callable[[], None] = lambda: None,
) -> None:
    """Unpack one member into `target`, bounded. Raises `Unreadable`."""
    try:
        with archive.open(entry) as source, target.open("xb") as sink:
            _copy(source, sink, min(entry.file_size, MOST_MEMBER_BYTES), progress)
    except BROKEN:
        target.unlink(missing_ok=True)
        raise Unreadable(
            "This file inside the archive is damaged and could not be unpacked. Deliver it again."
        ) from None
    except OSError as problem:
        target.unlink(missing_ok=True)
        raise Unreadable(f"This file could not be unpacked ({problem.strerror}).") from None


def _copy(source: IO[bytes], sink: IO[bytes], bound: int, progress: Callable[[], None]) -> None:
    """Copy at most `bound` bytes, leaving room on the disk."""
    room = shutil.disk_usage(os.path.dirname(sink.name)).free - _SPARE_BYTES
    if bound > room:
        raise OSError(errno.ENOSPC, "there is no room left on the disk to unpack it")
    left, blocks = bound, 0
    while block := source.read(_CHUNK):
        left -= len(block)
        if left < 0:
            raise ValueError("larger than declared")
        sink.write(block)
        blocks += 1
        if blocks % _WORD_EVERY == 0:
            progress()


def _is_archive(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            if stream.read(2) != b"PK":
                return False
            return identify(stream, file.name)[1] in ARCHIVES
    except OSError:
        return False


def _starts_like_archive(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(entry) as stream:
            return stream.read(4) == _SIGNATURE
    except (*BROKEN, OSError):
        return False


class _Names:
    """Members' names as reports show them: never absolute, never climbing, never twice."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def shown(self, entry: zipfile.ZipInfo) -> str:
        """The name of the next member."""
        parts = [p for p in entry.filename.replace("\\", "/").split("/") if p not in ("", ".")]
        plain = readable_name("/".join("…" if part == ".." else part for part in parts))
        return unused(plain or "unnamed", self._taken)


def _member(found: Found, file: Path, number: int, entry: zipfile.ZipInfo, shown: str) -> Found:
    return Found(
        path=f"{found.path}!/{shown}",
        location=(str(file), str(number)),
        identity=found.identity,
        size=entry.file_size,
        member=f"{found.member}!{number}:{entry.CRC:08x}:{entry.file_size}",
        problem=_reason_not_to_unpack(entry),
        nested=found.nested,
    )


def _reason_not_to_unpack(entry: zipfile.ZipInfo) -> str | None:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "This is a link inside an archive. It was not followed; deliver the file itself."
    if entry.flag_bits & 0x1:
        return "This file inside the archive is encrypted. Deliver it without a password."
    if entry.compress_type not in PLAIN_METHODS:
        return (
            "This file is packed in a way that is not unpacked here. Make the archive again as "
            "an ordinary zip, or deliver the file itself."
        )
    ratio = entry.file_size / max(1, entry.compress_size)
    if entry.file_size > RATIO_COUNTS_FROM and ratio > MOST_RATIO:
        return (
            f"This file would grow {ratio:,.0f}-fold when unpacked, as a zip bomb does. "
            "It was not unpacked; deliver it outside of the archive."
        )
    if entry.file_size > MOST_MEMBER_BYTES:
        return "This file is too large to unpack. Deliver it outside of the archive."
    return None


def _overlap(entries: list[zipfile.ZipInfo], size: int) -> bool:
    """Whether members share bytes, or lie outside of the archive's `size` bytes."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
    return end > size

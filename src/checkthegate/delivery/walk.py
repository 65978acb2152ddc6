"""Opens what was named: files and folders become a list of files to look at.

Links are never followed out of what was named; what cannot be listed is a gap; homes and
our own reports are left out and said to be left out.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from checkthegate.delivery.archive import ArchiveGap, Unpacker
from checkthegate.delivery.found import Found, StatIdentity, Turnover, readable_name, unused
from checkthegate.model import DeliveryGap, Skipped, UsageError

MOST_FILES = 2_000_000
_REPORTS = (
    "report.json", "report.html", "report.sarif", "report.junit.xml", "ai-map.csv", "ai-map.json",
)  # fmt: skip
_HOME = ".gate"


@dataclass(frozen=True, slots=True)
class Ours:
    """What is ours and no part of a delivery: the home in use, and report files we wrote.

    `reports` holds the digests of those files, since a name proves nothing.
    """

    home: Path | None = None
    reports: frozenset[str] = frozenset()


def open_delivery(paths: Sequence[Path], unpacker: Unpacker | None, ours: Ours) -> Turnover:
    """List every file under `paths`; without an unpacker archives are files like any other.

    Raises `UsageError` for what cannot be opened at all.
    """
    turnover = Turnover()
    walker = _Walker(turnover, unpacker, ours)
    for path, prefix in zip(paths, _prefixes(paths), strict=True):
        walker.add_named(path, prefix)
    turnover.files.sort(key=lambda found: found.path)
    _name_once(turnover)
    if not turnover.files and not turnover.gaps:
        raise UsageError(
            f"There is nothing to check in {_names(paths)}.",
            hint="Name a file, or a folder that holds files.",
            path=str(paths[0]),
        )
    return turnover


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(f"“{path}”" for path in paths)


def _prefixes(paths: Sequence[Path]) -> list[str]:
    """One path: nothing in front. Several: each one's last name, numbered where taken."""
    if len(paths) == 1:
        return [""]
    taken: dict[str, int] = {}
    return [unused(readable_name(path.resolve().name) or "root", taken) for path in paths]


def _name_once(turnover: Turnover) -> None:
    """No two files under one name: odd bytes and `x.zip!` as a folder could make them so."""
    taken: dict[str, int] = {}
    for number, found in enumerate(turnover.files):
        shown = unused(found.path, taken)
        if shown != found.path:
            turnover.files[number] = replace(found, path=shown)
            if found.path in turnover.asset_gaps:
                turnover.asset_gaps[shown] = turnover.asset_gaps[found.path]


class _Walker:
    def __init__(self, turnover: Turnover, unpacker: Unpacker | None, ours: Ours) -> None:
        self._turnover = turnover
        self._unpacker = unpacker
        self._ours = ours
        self._root = Path()

    def add_named(self, path: Path, prefix: str) -> None:
        """A path the user named: it must exist and open."""
        status = _named_status(path)
        if stat.S_ISDIR(status.st_mode):
            self._root = path.resolve()
            for entry in _named_listing(path):
                self._add(entry, prefix)
        elif stat.S_ISREG(status.st_mode):
            _must_open(path)
            self._add_file(path.resolve(), prefix or readable_name(path.name), status)
        else:
            raise UsageError(
                f"“{path}” is neither a file nor a folder.",
                hint="Name a file, or a folder that holds files.",
                path=str(path),
            )

    def _add(self, entry: os.DirEntry[str], prefix: str) -> None:
        """An entry of a folder and, without recursion, all that lies below it."""
        pending = [(entry, prefix)]
        while pending:
            current, above = pending.pop()
            path = f"{above}/{readable_name(current.name)}".lstrip("/")
            for child in self._one(current, path):
                pending.append((child, path))

    def _one(self, entry: os.DirEntry[str], path: str) -> Iterator[os.DirEntry[str]]:
        """Take in one entry; yields the children of a folder worth entering."""
        try:
            if entry.is_symlink():
                self._link(Path(entry.path), path)
            elif entry.is_dir(follow_symlinks=False):
                yield from self._folder(entry, path)
            elif entry.is_file(follow_symlinks=False):
                self._file(entry, path)
            else:
                self._turnover.skipped.append(Skipped(path, "a device, socket or pipe, not a file"))
        except OSError as problem:
            self._gap(path, _reason_not_opened(problem))

    def _file(self, entry: os.DirEntry[str], path: str) -> None:
        file = Path(entry.path)
        if self._is_our_report(file):
            self._turnover.skipped.append(Skipped(path, "a report of an earlier check"))
            return
        self._add_file(file, path, entry.stat(follow_symlinks=False))

    def _folder(self, entry: os.DirEntry[str], path: str) -> Iterator[os.DirEntry[str]]:
        folder = Path(entry.path)
        if entry.name == _HOME and _looks_like_home(folder):
            if self._ours.home is not None and _same(folder, self._ours.home):
                self._turnover.skipped.append(Skipped(path, "the home in use"))
            else:
                self._gap(
                    path,
                    "A home of Check the Gate that is not the one in use lies in the delivery. "
                    "It was not read: a delivery cannot bring its own approvals.",
                )
            return
        yield from _listing(folder)

    def _link(self, link: Path, path: str) -> None:
        if self._is_listed(link):
            self._turnover.skipped.append(Skipped(path, "a link to something listed on its own"))
        else:
            self._gap(
                path,
                "This is a link to something outside of what is being checked, or to nothing. "
                "It was not followed. Deliver the file itself.",
            )

    def _is_listed(self, link: Path) -> bool:
        """Whether a link leads to something that this check lists on its own."""
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError):
            return False
        return target.is_relative_to(self._root) and not self._is_left_out(target)

    def _is_left_out(self, target: Path) -> bool:
        """Whether the target of a link is one of the few things that are skipped."""
        home = self._ours.home
        inside = home is not None and target.is_relative_to(home.resolve())
        return inside or not (target.is_file() or target.is_dir()) or self._is_our_report(target)

    def _add_file(self, file: Path, path: str, status: os.stat_result) -> None:
        found = Found(path, (str(file),), StatIdentity.of(status), status.st_size)
        self._append(found)
        for member in self._unpacker.members(found) if self._unpacker else ():
            if isinstance(member, ArchiveGap):
                self._turnover.asset_gaps.setdefault(member.path, []).append(member.reason)
            else:
                self._append(member)

    def _append(self, found: Found) -> None:
        if len(self._turnover.files) >= MOST_FILES:
            raise UsageError(
                f"There are more than {MOST_FILES:,} files.",
                hint="Check the delivery folder by folder.",
                path=found.path,
            )
        self._turnover.files.append(found)

    def _gap(self, path: str, reason: str) -> None:
        self._turnover.gaps.append(DeliveryGap("open", reason, path))

    def _is_our_report(self, file: Path) -> bool:
        """Only files under our names, and only if we wrote these very bytes."""
        if file.name not in _REPORTS or not self._ours.reports:
            return False
        try:
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            return False
        return f"sha256:{digest}" in self._ours.reports


def _named_status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except FileNotFoundError:
        raise UsageError(
            f"“{path}” does not exist.", hint="Check the spelling of the path.", path=str(path)
        ) from None
    except OSError as problem:
        raise _cannot_open(path, problem) from None


def _named_listing(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return _listing(folder)
    except OSError as problem:
        raise _cannot_open(folder, problem) from None


def _must_open(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as problem:
        raise _cannot_open(path, problem) from None


def _cannot_open(path: Path, problem: OSError) -> UsageError:
    return UsageError(
        f"“{path}” cannot be opened: {problem.strerror}.",
        hint="Check that you may read it.",
        path=str(path),
    )


def _reason_not_opened(problem: OSError) -> str:
    if problem.errno == errno.ENAMETOOLONG:
        return (
            "It lies deeper, or has a longer name, than this system can open, so it was not "
            "looked at. Shorten the names of the folders above it."
        )
    return (
        f"It could not be opened ({problem.strerror}), so nothing in it was looked at. "
        "Check that you may read it."
    )


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _looks_like_home(folder: Path) -> bool:
    return (folder / "gate.toml").is_file() or (folder / "home.json").is_file()


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()

"""Files named on the command line: which they are, what they are called, and their digests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checkthegate.model import Kind, UsageError

MOST_FILES: Final = 100_000
_CHUNK: Final = 1 << 20
_LITTER: Final = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Named:
    """A file: where it is, and its name in the records (never an absolute path)."""

    file: Path
    path: str


@dataclass(frozen=True, slots=True)
class Digested:
    """A file's identity. What it is is told by its content, as far as its start tells."""

    path: str
    digest: str
    size: int
    media_type: str
    kind: Kind = Kind.OTHER

    def as_entry(self, *names: str) -> dict[str, str | int]:
        """The fields an event keeps; all of them, or those named."""
        stated: dict[str, str | int] = {"digest": self.digest, "path": self.path, "size": self.size,
                  "media_type": self.media_type}  # fmt: skip
        return {name: stated[name] for name in names or stated}


def files_in(paths: Sequence[Path]) -> list[Named]:
    """The files, and those in the folders, in order; links, hidden files and litter left out.

    Raises `UsageError` when a path is not there, or there is nothing in all of them.
    """
    found: dict[str, Named] = {}
    for path in paths:
        for each in _under(path):
            name, number = each.path, 1
            while name in found and found[name].file != each.file:
                number += 1
                name = f"{each.path}#{number}"
            found[name] = Named(each.file, name)
            if len(found) > MOST_FILES:
                raise UsageError(
                    f"There are more than {MOST_FILES:,} files in this.",
                    hint="Name fewer folders at a time.",
                )
    if not found:
        raise UsageError(
            "There is no file in what was named.", hint="Name files, or folders with files in them."
        )
    return list(found.values())


def only_files(paths: Sequence[Path]) -> list[Named]:
    """The files. Raises `UsageError` for a folder: an approval names single files."""
    for path in paths:
        if path.is_dir():
            raise UsageError(
                f"“{path}” is a folder, and an approval names files.",
                hint=f"Name the files in it: --file {path}/*",
                path=str(path),
            )
    return files_in(paths)


def digested(named: Named) -> Digested:
    """Read a file once, from beginning to end. Raises `UsageError` when it cannot be read."""
    from checkthegate.delivery.identify import identify

    hashed, size = hashlib.sha256(), 0
    try:
        with named.file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                hashed.update(chunk)
                size += len(chunk)
            kind, media_type = identify(stream, named.file.name)
    except OSError as problem:
        raise unreadable(named.file, problem) from None
    digest = f"sha256:{hashed.hexdigest()}"
    return Digested(named.path, digest, size, media_type, kind)


def unreadable(file: Path, problem: OSError) -> UsageError:
    """The error for a file that cannot be opened or read."""
    return UsageError(
        f"“{file}” cannot be read: {problem.strerror}.",
        hint="Check its name, and that you may read it.",
        path=str(file),
    )


def _under(path: Path) -> Iterator[Named]:
    if path.is_file():
        yield Named(path, _shown(path.name))
        return
    if not path.is_dir():
        raise UsageError(
            f"There is no file or folder “{path}”.", hint="Check its name.", path=str(path)
        )
    top = path.resolve()
    for folder, folders, names in os.walk(top, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not _left_out(Path(folder, name)))
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file() and not _left_out(file):
                yield Named(file, _shown(f"{top.name}/{file.relative_to(top).as_posix()}"))


def _left_out(file: Path) -> bool:
    return file.name.startswith(".") or file.is_symlink() or file.name.lower() in _LITTER


def _refuse(problem: OSError) -> None:
    raise unreadable(Path(problem.filename or "?"), problem)


def _shown(name: str) -> str:
    """A name as records can hold it: odd bytes and characters as codes."""
    plain = name.encode("utf-8", "backslashreplace").decode()
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in plain)[:2000]

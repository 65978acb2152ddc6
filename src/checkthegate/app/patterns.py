"""Frame patterns on the command line: `shot.####.exr`, `shot.%04d.exr`, `shot.1001-1100#.exr`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checkthegate.delivery.sequences import numbers_in_words
from checkthegate.model import UsageError

if TYPE_CHECKING:
    from fileseq import FileSequence

_PATTERN: Final = re.compile(r"#|@|%\d*d|\$F\d*")
_HINT: Final = "Check the name, the number of # and the folder. A single # is any number of digits."


def with_frames(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The paths, with the files that are there in place of each pattern, by number.

    What is there under that very name is no pattern. Raises `UsageError` for a pattern without a
    file, and for one that names frames which are not there.
    """
    return tuple(each for path in paths for each in _expanded(path))


def _expanded(path: Path) -> Iterator[Path]:
    if os.path.lexists(path) or not _PATTERN.search(path.name):
        yield path
        return
    pattern = _read(path)
    if pattern is None:
        yield path
        return
    files = _files(path, pattern)
    asked = pattern.frameSet()
    if asked:
        wanted = set(asked)
        missing = sorted(wanted - files.keys())
        files = {number: file for number, file in files.items() if number in wanted}
        if files and missing:
            raise UsageError(
                f"Of “{path}” the frames {numbers_in_words(missing)} are not there.",
                hint=f"For those that are there, leave out the numbers: {_any(path, pattern)}",
                path=str(path),
            )
    if not files:
        raise UsageError(f"No file is named like “{path}”.", hint=_HINT, path=str(path))
    yield from (files[number] for number in sorted(files))


def _read(path: Path) -> FileSequence | None:
    """The pattern of a name; None when it is an ordinary name."""
    try:
        from fileseq import FileSequence
        from fileseq.constants import PAD_STYLE_HASH1
        from fileseq.exceptions import FileSeqException
    except ImportError:
        raise UsageError(
            f"“{path}” is a frame pattern, and what reads those is not installed.",
            hint="Name the files or their folder. Or install: checkthegate[timelines]",
            path=str(path),
        ) from None
    try:
        pattern = FileSequence(path.name, pad_style=PAD_STYLE_HASH1)
    except (FileSeqException, ValueError, OverflowError) as problem:
        raise UsageError(
            f"“{path}” cannot be read as a frame pattern.",
            hint="Write it like shot.####.exr, shot.%04d.exr or shot.1001-1100#.exr.",
            path=str(path),
        ) from problem
    return pattern if pattern.padding() else None


def _files(path: Path, pattern: FileSequence) -> dict[int, Path]:
    """The files that a pattern names whatever its frames, by number."""
    start, end, width = pattern.basename(), pattern.extension(), pattern.zfill()
    named = re.compile(rf"{re.escape(start)}(\d{{1,12}}){re.escape(end)}")
    found: dict[int, Path] = {}
    try:
        names = sorted(os.listdir(path.parent))
    except OSError:
        return {}
    for name in names:
        fitting = named.fullmatch(name)
        if fitting and _fits(fitting[1], width):
            file = path.parent / name
            if file.is_file():
                found.setdefault(int(fitting[1]), file)
    return found


def _fits(number: str, width: int) -> bool:
    """Whether a number is written as a width says: padded to it, or longer without padding."""
    return width <= 1 or len(number) == width or (len(number) > width and number[0] != "0")


def _any(path: Path, pattern: FileSequence) -> Path:
    return path.with_name(f"{pattern.basename()}{pattern.padding()}{pattern.extension()}")

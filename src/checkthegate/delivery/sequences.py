"""Numbered pictures that play as one: which files of a folder belong together.

At least eight consecutive numbers with one pattern, folder and image format. EXR and DPX always
are; TIFF, PNG and JPEG only at one size and when no frame says of itself how it was generated,
which is for the caller to tell once they were read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

SHORTEST: Final = 8
ALWAYS: Final = ("exr", "dpx")
PERHAPS: Final = ("tif", "tiff", "png", "jpg", "jpeg")
_NUMBERED = re.compile(
    r"(?P<stem>.*?)(?P<number>\d{1,12})(?P<tail>\.[A-Za-z0-9]{1,5})\Z", re.DOTALL
)
_WIDEST_HOLE: Final = 10
_MOST_LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class FrameRun:
    """Files that may be one sequence.

    `frames` maps a frame's number to the file's place in the list that was given, ascending.
    `path` names the whole: the pattern with its numbers, as `shot.[1001-1040,1042-1100].exr`.
    `missing` are the numbers that are not there between the first and the last.
    """

    path: str
    suffix: str
    frames: Mapping[int, int]
    missing: tuple[int, ...] = ()

    @property
    def surely(self) -> bool:
        """Whether such files are a sequence whatever they hold."""
        return self.suffix in ALWAYS


def find_runs(paths: Sequence[str]) -> list[FrameRun]:
    """The runs among report paths, in the order of their names. No file is in two."""
    patterns: dict[tuple[str, str, int], dict[int, int]] = {}
    for place, path in enumerate(paths):
        numbered = _numbered(path)
        if numbered is not None:
            stem, number, tail = numbered
            # Numbers written with leading zeros keep their width; others may grow.
            width = len(number) if number.startswith("0") else 0
            patterns.setdefault((stem, tail, width), {}).setdefault(int(number), place)
    runs = []
    for (stem, tail, width), places in sorted(_joined(patterns).items()):
        for numbers in _parted(sorted(places)):
            runs.append(_run(stem, tail, width, {number: places[number] for number in numbers}))
    return sorted(runs, key=lambda run: run.path)


def sequence_digest(frames: Iterable[tuple[str, str]]) -> str:
    """The digest of a sequence: SHA-256 over the sorted lines `digest name`, each with a newline.

    `frames` are pairs of a frame's own digest (`sha256:…`) and its name without folders.
    """
    lines = sorted(f"{digest} {name}\n" for digest, name in frames)
    return f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"


def frame_number(path: str) -> int | None:
    """The number of a frame by its name; None for a name that is no frame's."""
    numbered = _numbered(path)
    return None if numbered is None else int(numbered[1])


def numbers_in_words(numbers: Sequence[int]) -> str:
    """Ascending numbers as ranges: `1001-1040,1042`. Cut off with `…` after fifty ranges."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    shown = [f"{a}-{b}" if a != b else str(a) for a, b in ranges[:_MOST_LISTED]]
    return ",".join([*shown, "…"] if len(ranges) > _MOST_LISTED else shown)


def _numbered(path: str) -> tuple[str, str, str] | None:
    folder, slash, name = path.rpartition("/")
    found = _NUMBERED.fullmatch(name)
    if found is None or found["tail"][1:].lower() not in (*ALWAYS, *PERHAPS):
        return None
    # The last number of the name counts; a hidden file of the system is none of them.
    if name.startswith("._"):
        return None
    cut = found.start("number")
    while cut > 0 and name[cut - 1].isascii() and name[cut - 1].isdigit():
        cut -= 1
    number = name[cut : found.end("number")]
    if len(number) > 12:
        return None
    return f"{folder}{slash}{name[:cut]}", number, found["tail"]


_Patterns = dict[tuple[str, str, int], dict[int, int]]


def _joined(patterns: _Patterns) -> _Patterns:
    """Widths put together: 0998, 0999, 1000 are one pattern, as are 8, 9, 10."""
    joined: _Patterns = {}
    for (stem, tail, width), places in patterns.items():
        if width or not any((stem, tail, other) in patterns for other in range(1, 13)):
            joined.setdefault((stem, tail, width), {}).update(places)
    for (stem, tail, width), places in patterns.items():
        if width:
            continue
        padded = [other for other in range(1, 13) if (stem, tail, other) in patterns]
        for number, place in places.items():
            fitting = next((other for other in padded if len(str(number)) == other), 0)
            joined.setdefault((stem, tail, fitting), {}).setdefault(number, place)
    return joined


def _parted(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers parted where the hole is too wide to be frames that went missing; long ones only."""
    if not numbers:
        return []
    parts: list[list[int]] = [[numbers[0]]]
    for before, number in pairwise(numbers):
        if number - before - 1 > _WIDEST_HOLE:
            parts.append([])
        parts[-1].append(number)
    return [part for part in parts if _longest(part) >= SHORTEST]


def _longest(numbers: Sequence[int]) -> int:
    longest = length = 1
    for before, number in pairwise(numbers):
        length = length + 1 if number == before + 1 else 1
        longest = max(longest, length)
    return longest


def _run(stem: str, tail: str, width: int, frames: Mapping[int, int]) -> FrameRun:
    numbers = list(frames)
    missing = tuple(
        number for before, after in pairwise(numbers) for number in range(before + 1, after)
    )
    shown = _padded(numbers, width)
    return FrameRun(f"{stem}[{shown}]{tail}", tail[1:].lower(), frames, missing)


def _padded(numbers: Sequence[int], width: int) -> str:
    if not width:
        return numbers_in_words(numbers)
    return re.sub(r"\d+", lambda found: found[0].zfill(width), numbers_in_words(numbers))

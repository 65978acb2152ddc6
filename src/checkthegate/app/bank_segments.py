"""The indexes of a bank: folders over runs of its entries, few and mostly large.

New entries get a folder of their own, so that one more costs nothing however many there are.
Small folders lying side by side are joined as they become many.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, overload

from checkthegate.seams import Hasher
from checkthegate.store.bank_catalog import Catalog, Entry, Segment
from checkthegate.store.heap import Heap

_MOST: Final = 131_072
_MOST_BYTES: Final = 2**30
_QUICK: Final = 4_096
_QUICK_BYTES: Final = 64 * 1024 * 1024
_MANY: Final = 24
_RATIO: Final = 4
_PART: Final = "part-"
_PART_SECONDS: Final = 24 * 3600.0


class IndexFailed(Exception):
    """A hasher could not write its index; the text says how."""


class Numbered(Sequence[tuple[int, bytes]]):
    """Entries' numbers and fingerprints, read when they are asked for."""

    def __init__(self, entries: Sequence[Entry], heap: Heap) -> None:
        self._entries = entries
        self._heap = heap

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> tuple[int, bytes]: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[int, bytes]]: ...

    def __getitem__(self, place: int | slice) -> tuple[int, bytes] | Sequence[tuple[int, bytes]]:
        if isinstance(place, slice):
            return Numbered(self._entries[place], self._heap)
        entry = self._entries[place]
        return entry.number, self._heap.read(entry.place, entry.length)


class Segments:
    """The segments of one catalog, in `folder`. Only its holder of the lock may change them."""

    def __init__(self, folder: Path, catalog: Catalog, heap: Heap, hasher: Hasher) -> None:
        self._folder = folder
        self._catalog = catalog
        self._heap = heap
        self._hasher = hasher

    def whole(self) -> bool:
        """Whether every segment's files are there, as long as they were."""
        return all(
            _sizes(self._folder / segment.folder)
            == {name: size for name, (size, _) in segment.files.items()}
            for segment in self._catalog.segments()
        )

    def refresh(self) -> None:
        """Have an index over every live entry, and no more of them than need be."""
        segments = self._catalog.segments()
        changed = [each for each in segments if self._catalog.replaced_in(each)]
        for segment in changed:
            self._remake([segment])
        start = max((each.stop for each in segments), default=0)
        while entries := self._catalog.ranged(start, 2**62, _MOST):
            segment = self._made(next(_runs(entries)))
            with self._catalog.together():
                self._catalog.replace_segments((), [segment])
            start = segment.stop
        self._join()

    def shown(self, hidden: Sequence[int]) -> tuple[str, ...]:
        """Folders over all but the hidden entries (ascending): those that are there, and others
        for runs of which a part is hidden."""
        folders = []
        for segment in self._catalog.segments():
            start = bisect_left(hidden, segment.first)
            mine = hidden[start : bisect_left(hidden, segment.stop)]
            if not mine:
                folders.append(segment.folder)
            elif len(mine) < segment.entries:
                folders.append(self._part(segment, mine))
        return tuple(folders)

    def sweep(self) -> None:
        """Remove folders that nobody needs. Only while nobody reads."""
        kept = {segment.folder for segment in self._catalog.segments()}
        for folder in self._folder.iterdir():
            fresh = folder.name.startswith(_PART) and _age(folder) < _PART_SECONDS
            if folder.is_dir() and folder.name not in kept and not fresh:
                shutil.rmtree(folder, ignore_errors=True)

    def _part(self, segment: Segment, hidden: Sequence[int]) -> str:
        said = f"{segment.folder} {','.join(map(str, hidden))}"
        name = f"{_PART}{hashlib.sha256(said.encode()).hexdigest()[:24]}"
        if (self._folder / name).is_dir():
            os.utime(self._folder / name)
        else:
            gone = set(hidden)
            entries = self._catalog.ranged(segment.first, segment.stop)
            self._write([each for each in entries if each.number not in gone], name)
        return name

    def _join(self) -> None:
        """Join the newest while that is quickly done, and all small ones once they are many."""
        while run := _quick(self._catalog.segments()):
            self._remake(run)
        if len(self._catalog.segments()) > _MANY:
            for run in _small(self._catalog.segments()):
                self._remake(run)

    def _remake(self, old: Sequence[Segment]) -> None:
        first, stop = old[0].first, old[-1].stop
        runs = list(_runs(self._catalog.ranged(first, stop)))
        new = [self._made(run) for run in runs]
        if new:
            # Numbers that were replaced belong to a segment too, so that runs have no holes.
            new[0] = new[0]._replace(first=first)
            new[-1] = new[-1]._replace(stop=stop)
        with self._catalog.together():
            self._catalog.replace_segments(old, new)

    def _made(self, entries: Sequence[Entry]) -> Segment:
        first, stop = entries[0].number, entries[-1].number + 1
        name = f"index-{first}-{stop}-{secrets.token_hex(4)}"
        files = self._write(entries, name)
        return Segment(first, stop, name, len(entries), _weight(entries), files)

    def _write(self, entries: Sequence[Entry], name: str) -> dict[str, tuple[int, str]]:
        """Have the hasher write an index, all of it or nothing."""
        fresh = self._folder / f"new-{secrets.token_hex(8)}"
        fresh.mkdir(mode=0o700)
        try:
            try:
                self._hasher.index(Numbered(entries, self._heap), fresh)
            except (OSError, MemoryError):
                raise
            except Exception as problem:
                raise IndexFailed(f"{type(problem).__name__}: {problem}") from problem
            files = files_in_index(fresh)
            fresh.rename(self._folder / name)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        return files


def _runs(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Entries by segment: neither too many nor too heavy."""
    run: list[Entry] = []
    weight = 0
    for entry in entries:
        if run and (len(run) >= _MOST or weight + entry.length > _MOST_BYTES):
            yield run
            run, weight = [], 0
        run.append(entry)
        weight += entry.length
    if run:
        yield run


def _quick(segments: Sequence[Segment]) -> Sequence[Segment]:
    """The newest segments, when joining them costs next to nothing."""
    last = segments[-2:]
    fit = (
        len(last) == 2
        and last[0].entries < _RATIO * last[1].entries
        and sum(each.entries for each in last) <= _QUICK
        and sum(each.bytes for each in last) <= _QUICK_BYTES
    )
    return last if fit else ()


def _small(segments: Sequence[Segment]) -> Iterator[Sequence[Segment]]:
    """Neighbours that fit into one segment together."""
    run: list[Segment] = []
    for segment in segments:
        together = [*run, segment]
        fits = (
            sum(each.entries for each in together) <= _MOST
            and sum(each.bytes for each in together) <= _MOST_BYTES
        )
        if not fits:
            if len(run) > 1:
                yield run
            together = [segment]
        run = together
    if len(run) > 1:
        yield run


def _weight(entries: Iterable[Entry]) -> int:
    return sum(entry.length for entry in entries)


def _age(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime


def files_in_index(folder: Path) -> dict[str, tuple[int, str]]:
    """Size and digest of every file of an index. Raises `OSError`."""
    found = {}
    for name, size in _sizes(folder).items():
        with (folder / name).open("rb") as stream:
            found[name] = (size, hashlib.file_digest(stream, "sha256").hexdigest())
    return found


def _sizes(folder: Path) -> dict[str, int]:
    """Sizes of all files below; none when the folder is not there."""
    return {
        os.path.relpath(file, folder): os.stat(file).st_size
        for place, _, names in os.walk(folder)
        for file in (os.path.join(place, name) for name in names)
    }

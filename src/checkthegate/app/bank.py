"""Everything known by its content, laid out in the cache so that workers find it fast.

The records are the truth; what lies here follows from them, is brought up to them before a check
and may be deleted at any time. One folder a hasher and recipe; in it a folder a generation, of
which `current` names the one in use. A generation is only added to, so that a check that runs
keeps what it began with. What is damaged, or does not fit the records any more, is left behind for
a new generation.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from checkthegate.app.bank_filling import Stale, fill
from checkthegate.app.bank_segments import Segments, files_in_index
from checkthegate.app.locking import locked
from checkthegate.app.places import write_private
from checkthegate.model import Kind, digest_bytes
from checkthegate.model.match import Banked, Role
from checkthegate.model.registry import AsOf
from checkthegate.seams import Hasher, RecordReading
from checkthegate.store.bank_catalog import Catalog, Window
from checkthegate.store.heap import Heap

_CATALOG: Final = "catalog.db"
_HEAP: Final = "fingerprints"
_DAMAGED: Final = "damaged"
_MOST_SOURCES: Final = 100
_REMEMBERED_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BankPlace:
    """Where a bank lies and what of it is seen; picklable.

    `state` changes whenever what is seen does. `count` is the number of entries, `others` that of
    files which only another recipe knows, and which cannot be found therefore.
    """

    folder: Path
    window: Window
    indexes: tuple[str, ...]
    count: int
    others: int
    state: str


class BankDamaged(Exception):
    """What lies in the cache is not what was put there. The next check makes it anew."""


class OpenBank:
    """The seam `Bank` over what lies in the cache. Used by one thread."""

    def __init__(self, place: BankPlace) -> None:
        self._place = place
        self._catalog = Catalog(place.folder / _CATALOG)
        self._heap = Heap(place.folder / _HEAP)
        self._read: OrderedDict[int, bytes] = OrderedDict()
        self._bytes = 0

    @property
    def folders(self) -> Sequence[Path]:
        """The folders of the indexes."""
        return [self._place.folder / name for name in self._place.indexes]

    def __len__(self) -> int:
        return self._place.count

    def banked(self, number: int) -> Banked:
        """The entry with this number. Raises `KeyError`."""
        entry = self._catalog.seen(number, self._place.window)
        if entry is None:
            raise KeyError(number)
        sources = self._catalog.sources_of(entry, self._place.window, _MOST_SOURCES)
        inputs: dict[str, None] = {}
        for source, _ in sources:
            inputs.update(dict.fromkeys(self._catalog.inputs_of(source)))
        source, path = sources[0]
        role = Role(entry.role)
        made_from = tuple(inputs) if role is Role.RECORDED else ()
        return Banked(number, role, source, path, entry.digest, Kind(entry.kind), made_from)

    def fingerprint(self, number: int) -> bytes:
        """Its fingerprint. Raises `KeyError`, `BankDamaged`."""
        if number in self._read:
            self._read.move_to_end(number)
            return self._read[number]
        entry = self._catalog.seen(number, self._place.window)
        if entry is None:
            raise KeyError(number)
        body = self._heap.read(entry.place, entry.length)
        if digest_bytes(body) != entry.fingerprint:
            self.mark_damaged()
            raise BankDamaged
        self._remember(number, body)
        return body

    def numbers_of(self, digest: str) -> Sequence[int]:
        """The entries of a file."""
        return self._catalog.seen_of(digest, self._place.window)

    def sources(self, number: int) -> Sequence[tuple[str, str]]:
        """Ids and paths of everything that an entry is in the bank for, the oldest first."""
        entry = self._catalog.seen(number, self._place.window)
        return () if entry is None else self._catalog.sources_of(
            entry, self._place.window, _MOST_SOURCES
        )  # fmt: skip

    def mark_damaged(self) -> None:
        """Have the bank made anew by the next check."""
        with suppress(OSError):
            (self._place.folder / _DAMAGED).touch()

    def inspect(self) -> None:
        """Read every byte of the indexes. Raises `BankDamaged` when one is not as it was."""
        for segment in self._catalog.segments():
            if segment.folder in self._place.indexes:
                try:
                    same = files_in_index(self._place.folder / segment.folder) == segment.files
                except OSError:
                    same = False
                if not same:
                    self.mark_damaged()
                    raise BankDamaged

    def close(self) -> None:
        """Let go of all files."""
        self._catalog.close()
        self._heap.close()

    def _remember(self, number: int, body: bytes) -> None:
        self._read[number] = body
        self._bytes += len(body)
        while self._bytes > _REMEMBERED_BYTES and len(self._read) > 1:
            _, oldest = self._read.popitem(last=False)
            self._bytes -= len(oldest)


@contextmanager
def bank_in_use(
    root: Path, hasher: Hasher, reading: RecordReading, when: AsOf
) -> Iterator[BankPlace]:
    """The bank of a hasher as of a time, brought up to the records; nothing of it is removed
    while the block lasts. Raises `OSError` or `sqlite3.Error` where it cannot be kept in `root`.
    """
    recipe = hashlib.sha256(f"{hasher.id} {hasher.recipe}".encode()).hexdigest()[:16]
    place = root / f"{_plain(hasher.id)}-{recipe}"
    for folder in (root, place):
        folder.mkdir(exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        with locked(place / "changing"):
            with locked(place / "in-use", wait=False) as alone:
                seen = _brought_up(place, hasher, reading, when, alone=alone)
            stack.enter_context(locked(place / "in-use", shared=True))
        yield seen


def _brought_up(
    place: Path, hasher: Hasher, reading: RecordReading, when: AsOf, *, alone: bool
) -> BankPlace:
    folder = _current(place)
    if alone:
        _remove_all_but(place, folder)
    try:
        if folder is None or (folder / _DAMAGED).exists():
            raise Stale
        return _seen(folder, hasher, reading, when, alone=alone)
    except (Stale, sqlite3.Error) as problem:
        if isinstance(problem, sqlite3.Error) and not _is_damage(problem):
            raise
    folder = place / f"generation-{secrets.token_hex(6)}"
    if alone:
        _remove_all_but(place, None)
    folder.mkdir(mode=0o700)
    write_private(place / "current", folder.name.encode())
    return _seen(folder, hasher, reading, when, alone=alone)


def _remove_all_but(place: Path, kept: Path | None) -> None:
    for old in place.iterdir():
        if old.is_dir() and old != kept:
            shutil.rmtree(old, ignore_errors=True)


def _is_damage(problem: sqlite3.Error) -> bool:
    """Whether it is the catalog's fault, not its surroundings' (a full disk, a lock)."""
    name = getattr(problem, "sqlite_errorname", "")
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_CONSTRAINT"))


def _seen(
    folder: Path, hasher: Hasher, reading: RecordReading, when: AsOf, *, alone: bool
) -> BankPlace:
    """The bank in this folder, brought up to the records. Raises `Stale`."""
    with (
        closing(Catalog(folder / _CATALOG, writing=True)) as catalog,
        closing(Heap(folder / _HEAP, writing=True)) as heap,
    ):
        segments = Segments(folder, catalog, heap, hasher)
        if heap.size < catalog.marks().heap or not segments.whole():
            raise Stale
        fill(catalog, heap, hasher, reading)
        segments.refresh()
        if alone:
            segments.sweep()
        window = _window(catalog, when)
        hidden = catalog.hidden(window)
        unseen: list[Any] = [hidden, catalog.hidden_sources(window)]
        said = f"{catalog.marks().state} {unseen if any(unseen) else ''}"
        return BankPlace(
            folder,
            window,
            segments.shown(hidden),
            catalog.live() - len(hidden),
            catalog.others(window.column, window.time),
            hashlib.sha256(said.encode()).hexdigest(),
        )


def _window(catalog: Catalog, when: AsOf) -> Window:
    column, time = ("held_from", when.valid) if when.known is None else ("known_from", when.known)
    return Window(catalog.marks().following, catalog.positions(), column, time)


def _current(place: Path) -> Path | None:
    try:
        name = (place / "current").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = place / name
    fits = name.startswith("generation-") and "/" not in name and (folder / _CATALOG).is_file()
    return folder if fits else None


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum())[:40]

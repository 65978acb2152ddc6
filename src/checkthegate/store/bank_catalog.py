"""What a bank holds, in one SQLite file of the cache: entries, where they come from, segments.

An entry is one content in one role; its number never changes. A content on record for several
reasons has one entry and several sources. Everything here follows from the records and may be
deleted: it is made again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

_PATIENCE_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entries (
  number INTEGER PRIMARY KEY, digest TEXT NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL,
  fingerprint TEXT NOT NULL, place INTEGER NOT NULL, length INTEGER NOT NULL, replaced INTEGER,
  known_from TEXT NOT NULL, held_from TEXT NOT NULL);
CREATE INDEX entries_digest ON entries (digest);
CREATE INDEX entries_known ON entries (known_from);
CREATE INDEX entries_held ON entries (held_from) WHERE held_from > '';
CREATE INDEX entries_replaced ON entries (number) WHERE replaced IS NOT NULL;
CREATE TABLE sources (
  position INTEGER PRIMARY KEY, digest TEXT NOT NULL, role TEXT NOT NULL, source TEXT NOT NULL,
  path TEXT NOT NULL, known_from TEXT NOT NULL, held_from TEXT NOT NULL,
  UNIQUE (digest, role, source));
CREATE INDEX sources_known ON sources (known_from);
CREATE INDEX sources_held ON sources (held_from) WHERE held_from > '';
CREATE TABLE inputs (source TEXT PRIMARY KEY, digests TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE others (
  digest TEXT PRIMARY KEY, known_from TEXT NOT NULL, held_from TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE segments (
  first INTEGER PRIMARY KEY, stop INTEGER NOT NULL, folder TEXT NOT NULL,
  entries INTEGER NOT NULL, bytes INTEGER NOT NULL, files TEXT NOT NULL);
"""


class Marks(NamedTuple):
    """How far the records were read: up to `entry`, whose forerunner's leaf is `leaf`.

    `state` changes whenever what is banked does. `heap` is where the bytes end, `following` the
    next number to give out.
    """

    entry: int = 0
    leaf: str = ""
    state: str = ""
    heap: int = 0
    following: int = 0


class Window(NamedTuple):
    """What is seen of a catalog: what was there when it was opened, and in effect at a time.

    `column` is `known_from` or `held_from`, compared with `time`.
    """

    limit: int
    positions: int
    column: str
    time: str


class Entry(NamedTuple):
    """One content in one role, and where its fingerprint lies."""

    number: int
    digest: str
    role: str
    kind: str
    fingerprint: str
    place: int
    length: int


class Segment(NamedTuple):
    """An index over the entries numbered from `first` up to `stop`: its folder, and size and
    digest of each of its files."""

    first: int
    stop: int
    folder: str
    entries: int
    bytes: int
    files: dict[str, tuple[int, str]]


_ENTRY = "number, digest, role, kind, fingerprint, place, length"


class Catalog:
    """One catalog. Raises `sqlite3.Error`."""

    def __init__(self, file: Path, *, writing: bool = False) -> None:
        made = writing and not file.exists()
        if made:
            file.touch(mode=0o600)
        mode = "rw" if writing else "ro"
        address = f"file:{file.resolve().as_posix().replace('?', '%3f').replace('#', '%23')}"
        self._database = sqlite3.connect(
            f"{address}?mode={mode}", uri=True, timeout=_PATIENCE_SECONDS, isolation_level=None
        )
        if made:
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        self._database.execute("PRAGMA synchronous=NORMAL")

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is changed inside is there at once or not at all."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            self._run("ROLLBACK")
            raise

    def marks(self) -> Marks:
        """How far the records were read."""
        found = dict(self._run("SELECT name, value FROM marks"))
        return Marks(**json.loads(found["marks"])) if "marks" in found else Marks()

    def set_marks(self, marks: Marks) -> None:
        """Note how far the records were read."""
        said = json.dumps(marks._asdict())
        self._run("INSERT OR REPLACE INTO marks VALUES ('marks', ?)", (said,))

    def entries_of(self, digest: str) -> list[Entry]:
        """The live entries of a file."""
        query = f"SELECT {_ENTRY} FROM entries WHERE digest = ? AND replaced IS NULL"  # noqa: S608
        return [Entry(*row) for row in self._run(query, (digest,))]

    def add_entry(self, entry: Entry, known_from: str, held_from: str, *, again: bool) -> None:
        """Add an entry; when there may be one of this file `again`, in place of that."""
        if again:
            self._run(
                "UPDATE entries SET replaced = ? "
                "WHERE digest = ? AND role = ? AND replaced IS NULL",
                (entry.number, entry.digest, entry.role),
            )
        self._run(
            "INSERT INTO entries VALUES (?,?,?,?,?,?,?,NULL,?,?)", (*entry, known_from, held_from)
        )
        self._run("DELETE FROM others WHERE digest = ?", (entry.digest,))

    def add_source(
        self, digest: str, role: str, source: str, path: str, known_from: str, held_from: str
    ) -> bool:
        """Add a reason why a file is in the bank; False when it is known."""
        added = self._database.execute(
            "INSERT OR IGNORE INTO sources (digest, role, source, path, known_from, held_from) "
            "VALUES (?,?,?,?,?,?)",
            (digest, role, source, path, known_from, held_from),
        )
        return added.rowcount > 0

    def settle_times(self, digest: str, role: str) -> None:
        """Have a file's entries count from when the first of its sources does."""
        for column in ("known_from", "held_from"):
            self._run(
                f"UPDATE entries SET {column} = (SELECT min({column}) FROM sources "  # noqa: S608
                "WHERE digest = ?1 AND role = ?2) WHERE digest = ?1 AND role = ?2",
                (digest, role),
            )

    def set_inputs(self, source: str, digests: Sequence[str]) -> None:
        """Note what the files of a record were made from."""
        self._run("INSERT OR REPLACE INTO inputs VALUES (?, ?)", (source, json.dumps(digests)))

    def add_other(self, digest: str, known_from: str, held_from: str) -> None:
        """Note a file that only another recipe knows."""
        self._run("INSERT OR IGNORE INTO others VALUES (?,?,?)", (digest, known_from, held_from))

    def others(self, column: str, time: str) -> int:
        """How many files only another recipe knows."""
        return int(self._run(f"SELECT count(*) FROM others WHERE {column} <= ?", (time,))[0][0])  # noqa: S608

    def positions(self) -> int:
        """The place of the newest source."""
        return int(self._run("SELECT coalesce(max(position), 0) FROM sources")[0][0])

    def live(self) -> int:
        """How many entries are live, by their segments."""
        return int(self._run("SELECT coalesce(sum(entries), 0) FROM segments")[0][0])

    def replaced_in(self, segment: Segment) -> bool:
        """Whether entries of a segment were replaced since it was made."""
        query = (
            "SELECT count(*) FROM entries INDEXED BY entries_replaced "
            "WHERE number >= ? AND number < ? AND replaced IS NOT NULL"
        )
        gone = int(self._run(query, (segment.first, segment.stop))[0][0])
        return segment.entries != segment.stop - segment.first - gone

    def ranged(self, first: int, stop: int, most: int = -1) -> list[Entry]:
        """The live entries numbered from `first` up to `stop`, in order; not more than `most`."""
        query = (
            f"SELECT {_ENTRY} FROM entries "  # noqa: S608  constants
            "WHERE number >= ? AND number < ? AND replaced IS NULL ORDER BY number LIMIT ?"
        )
        return [Entry(*row) for row in self._run(query, (first, stop, most))]

    def hidden(self, window: Window) -> list[int]:
        """Live entries that are not in effect, ascending."""
        query = (
            f"SELECT number FROM entries WHERE {window.column} > ? "  # noqa: S608  one of two names
            # What is plain to us tells the database that its small index will do; the signs
            # keep it from using another.
            f"AND {window.column} > '' AND +number < ? AND +replaced IS NULL"
        )
        return sorted(number for (number,) in self._run(query, (window.time, window.limit)))

    def hidden_sources(self, window: Window) -> list[int]:
        """Places of sources that are not in effect."""
        query = (
            f"SELECT position FROM sources WHERE {window.column} > ? "  # noqa: S608
            f"AND {window.column} > '' AND +position <= ?"
        )
        return sorted(place for (place,) in self._run(query, (window.time, window.positions)))

    def segments(self) -> list[Segment]:
        """All segments, in order of their numbers."""
        rows = self._run("SELECT * FROM segments ORDER BY first")
        return [
            Segment(first, stop, folder, entries, weight, _files(files))
            for first, stop, folder, entries, weight, files in rows
        ]

    def replace_segments(self, old: Iterable[Segment], new: Iterable[Segment]) -> None:
        """Put segments in place of others."""
        for segment in old:
            self._run("DELETE FROM segments WHERE first = ?", (segment.first,))
        for segment in new:
            row = (*segment[:5], json.dumps(segment.files))
            self._run("INSERT INTO segments VALUES (?,?,?,?,?,?)", row)

    def seen(self, number: int, window: Window) -> Entry | None:
        """The entry with this number, if the window shows it."""
        query = f"SELECT {_ENTRY} FROM entries WHERE number = ? AND {_shown(window)}"  # noqa: S608
        found = self._run(query, (number, *_values(window)))
        return Entry(*found[0]) if found else None

    def seen_of(self, digest: str, window: Window) -> list[int]:
        """Numbers of a file's entries that the window shows."""
        query = (
            f"SELECT number FROM entries WHERE digest = ? AND {_shown(window)} "  # noqa: S608
            "ORDER BY number"
        )
        return [number for (number,) in self._run(query, (digest, *_values(window)))]

    def sources_of(self, entry: Entry, window: Window, most: int) -> list[tuple[str, str]]:
        """Ids and paths of what an entry is in the bank for, the oldest first."""
        query = (
            f"SELECT source, path FROM sources WHERE {window.column} <= ? "  # noqa: S608
            "AND digest = ? AND role = ? AND position <= ? ORDER BY position LIMIT ?"
        )
        values = (window.time, entry.digest, entry.role, window.positions, most)
        return [(source, path) for source, path in self._run(query, values)]

    def inputs_of(self, source: str) -> list[str]:
        """Digests of what the files of a record were made from."""
        found = self._run("SELECT digests FROM inputs WHERE source = ?", (source,))
        return [str(each) for each in json.loads(found[0][0])] if found else []

    def _run(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        return self._database.execute(query, values).fetchall()


def _files(stored: str) -> dict[str, tuple[int, str]]:
    return {name: (size, digest) for name, (size, digest) in json.loads(stored).items()}


def _shown(window: Window) -> str:
    return f"number < ? AND (replaced IS NULL OR replaced >= ?) AND {window.column} <= ?"


def _values(window: Window) -> tuple[int, int, str]:
    return window.limit, window.limit, window.time

"""What was already computed, by job key: (asset digest, observer at a version, settings digest).

A cache may be deleted at any time; nothing but time is lost. So nothing that befalls it while
it is in use (a full disk, damage, a lock) ends a check: it merely knows less. It holds generation
facts (prompts, names), so it lives in the home or in the user's own cache folder, mode 0700.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from checkthegate.model import UsageError

_T = TypeVar("_T")

JobKey = tuple[str, str, str]
"""Asset digest, `observer@version`, settings digest."""

FileKey = tuple[int, int, str]
"""Device, inode, and the file's name or the member of an archive."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS cache_files (
  device INTEGER, inode INTEGER, member TEXT, size INTEGER, mtime INTEGER, ctime INTEGER,
  hashed REAL, digest TEXT, kind TEXT, media_type TEXT, bytes INTEGER,
  PRIMARY KEY (device, inode, member)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cache_jobs (
  digest TEXT, observer TEXT, settings TEXT, said TEXT,
  PRIMARY KEY (digest, observer, settings)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cache_thumbnails (digest TEXT PRIMARY KEY, jpeg BLOB) WITHOUT ROWID;
"""
_FILES = "SELECT * FROM cache_files WHERE device=? AND inode IN"
_SETTLED_NS = 2_000_000_000
_BATCH = 400
_PATIENCE_SECONDS = 10.0


class Cache:
    """One cache file. Safe for several processes at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._damaged = False
        self._stuck = False
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._database = _opened(file)
            except sqlite3.DatabaseError as problem:
                if isinstance(problem, sqlite3.OperationalError):
                    raise
                _set_aside(file)
                self._database = _opened(file)
        except (OSError, sqlite3.Error) as problem:
            raise UsageError(
                f"The cache “{file}” cannot be used ({_reason(problem)}).",
                hint="Check that you may write there, or run with --no-cache.",
                path=str(file),
            ) from None

    def close(self) -> None:
        """Close the file. One that turned out to be damaged is set aside."""
        self._database.close()
        if self._damaged:
            with suppress(OSError):
                _set_aside(self._file)

    def known_files(self, keys: Iterable[FileKey]) -> dict[FileKey, Mapping[str, Any]]:
        """What is remembered of files: stat values, when hashed, digest, kind, media type."""
        wanted = set(keys)
        on_device: dict[int, set[int]] = {}
        for device, inode, _ in wanted:
            on_device.setdefault(device, set()).add(inode)
        rows = [
            row
            for device, inodes in on_device.items()
            for batch in _batches(sorted(inodes))
            for row in self._asked(f"{_FILES} ({','.join('?' * len(batch))})", (device, *batch))
        ]
        names = ("size", "mtime", "ctime", "hashed", "digest", "kind", "media_type", "bytes")
        return {
            row[:3]: dict(zip(names, row[3:], strict=True)) for row in rows if row[:3] in wanted
        }

    def remember_file(
        self,
        key: FileKey,
        stat: tuple[int, int, int],
        digest: str,
        kind: str,
        media_type: str,
        size: int,
    ) -> None:
        """Remember a file's digest; `stat` is size, mtime and ctime in ns of the file on disk.

        A file younger than two seconds is not remembered: it may still change within the
        clock's grain.
        """
        now = time.time()
        if now * 1e9 - max(stat[1], stat[2]) < _SETTLED_NS:
            return
        self._write(
            "INSERT OR REPLACE INTO cache_files VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (*key, *stat, now, digest, kind, media_type, size),
        )

    def jobs(self, digests: Iterable[str]) -> dict[JobKey, list[Any]]:
        """Everything remembered about these assets, as stored observations by job key."""
        found: dict[JobKey, list[Any]] = {}
        for batch in _batches(sorted(set(digests))):
            marks = ",".join("?" * len(batch))
            query = f"SELECT * FROM cache_jobs WHERE digest IN ({marks})"  # noqa: S608  marks only
            for digest, observer, settings, said in self._asked(query, batch):
                with suppress(ValueError):
                    found[(digest, observer, settings)] = json.loads(said)
        return found

    def remember_job(self, key: JobKey, said: list[Any]) -> None:
        """Remember what an observer said of an asset."""
        self._write("INSERT OR REPLACE INTO cache_jobs VALUES (?,?,?,?)", (*key, json.dumps(said)))

    def saying(self, words: str) -> Iterator[tuple[str, list[Any]]]:
        """The digests and stored observations of the jobs whose result holds these words."""
        query = "SELECT digest, said FROM cache_jobs WHERE instr(said, ?)"
        for digest, said in self._asked(query, (words,)):
            with suppress(ValueError):
                yield digest, json.loads(said)

    def thumbnails(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Small JPEGs by asset digest."""
        found: dict[str, bytes] = {}
        for batch in _batches(sorted(set(digests))):
            marks = ",".join("?" * len(batch))
            query = f"SELECT * FROM cache_thumbnails WHERE digest IN ({marks})"  # noqa: S608
            found.update(self._asked(query, batch))
        return found

    def remember_thumbnail(self, digest: str, jpeg: bytes) -> None:
        """Remember a small JPEG of an asset."""
        self._write("INSERT OR REPLACE INTO cache_thumbnails VALUES (?,?)", (digest, jpeg))

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is remembered inside is written at once or not at all.

        Where it cannot be written, it is not, the block ends early, and nothing more is tried.
        """
        try:
            self._database.execute("BEGIN")
            yield
            self._database.execute("COMMIT")
        except BaseException as problem:
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            if not isinstance(problem, sqlite3.DatabaseError) or isinstance(
                problem, sqlite3.InterfaceError | sqlite3.ProgrammingError
            ):
                raise
            self._note(problem)
            self._stuck = True

    def _write(self, query: str, values: Sequence[Any]) -> None:
        if not self._stuck:
            self._database.execute(query, values)

    def _asked(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.DatabaseError as problem:
            self._note(problem)
            return []

    def _note(self, problem: sqlite3.DatabaseError) -> None:
        """Full or locked will pass by itself; anything else is damage."""
        self._damaged |= not isinstance(problem, sqlite3.OperationalError)


def _opened(file: Path) -> sqlite3.Connection:
    file.touch(mode=0o600)
    database = sqlite3.connect(file, timeout=_PATIENCE_SECONDS, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.executescript(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _reason(problem: Exception) -> str:
    return str(getattr(problem, "strerror", None) or problem)


def _set_aside(file: Path) -> None:
    """Keep a damaged cache as `cache.db.damaged`, and what belongs to it out of the way."""
    file.replace(f"{file}.damaged")
    for ending in ("-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)


def _batches(keys: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))

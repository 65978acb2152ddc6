"""The two databases, and the little in which they differ: connecting, locking, taking turns.

Every connection is in autocommit mode; a transaction begins and ends with the statement that says
so. Queries mark values with `?`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from checkthegate.model import GateError, UsageError
from checkthegate.store.faults import Replaced, told

_TURN = 0x6761746531
"""The advisory lock under which processes take turns in one PostgreSQL database."""

_EXAMPLE = "Write it as sqlite:////folder/records.db or postgresql://user@host/database"


class Session:
    """One connection. `many` runs a statement for each row of values."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.sqlite = connection.dialect.name == "sqlite"
        self._driver: Any = connection.connection.dbapi_connection
        self._streams = 0

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows that a query or statement returns."""
        cursor = self._run(statement, values)
        return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row, None without one."""
        found: tuple[Any, ...] | None = self._run(statement, values).fetchone()
        return found

    def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run the statement for each of the rows, in order."""
        if self.sqlite:
            self._driver.executemany(statement, rows)
        elif len(rows) == 1:
            self._driver.execute(_marked(statement), rows[0])
        else:
            with self._driver.cursor() as cursor:
                cursor.executemany(_marked(statement), rows)

    def copy(self, table: str, columns: str, rows: Iterator[Sequence[Any]]) -> None:
        """Add many rows to a table that does not hold them yet."""
        if self.sqlite:
            marks = ", ".join("?" * (columns.count(",") + 1))
            self._driver.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608
            return
        with (
            self._driver.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as into,
        ):
            for row in rows:
                into.write_row(row)

    def stream(self, statement: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows as they come, for results that do not fit into memory. Within a transaction."""
        if self.sqlite:
            yield from self._driver.execute(statement, values)
            return
        self._streams += 1
        with self._driver.cursor(name=f"stream_{self._streams}") as cursor:
            cursor.itersize = 5000
            yield from cursor.execute(_marked(statement), values)

    def _run(self, statement: str, values: Sequence[Any]) -> Any:
        return self._driver.execute(statement if self.sqlite else _marked(statement), values)


class Database:
    """One database, opened when first used. `where` names it for people, without a password."""

    def __init__(self, url: str, patience: float) -> None:
        self._url = _parsed(url)
        self.sqlite = self._url.get_backend_name() == "sqlite"
        self.file = Path(self._url.database or "") if self.sqlite else None
        self.where = str(self.file or self._url.render_as_string(hide_password=True))
        self._patience = patience
        self._process = os.getpid()
        self._identity: tuple[int, int] | None = None
        self._engine = self._sqlite() if self.sqlite else self._postgresql()

    def create_file(self) -> None:
        """Make an empty SQLite file that only its owner may read, unless there is one."""
        if self.file is None:
            return
        try:
            with suppress(FileExistsError):
                os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError as problem:
            raise UsageError(
                f"No records can be made in “{self.where}” ({problem.strerror}).",
                hint="Check that the folder is there and that you may write in it.",
                path=self.where,
            ) from None

    @property
    def missing(self) -> bool:
        """Whether there is no SQLite file, or an empty one."""
        return self.file is not None and not (self.file.is_file() and self.file.stat().st_size)

    @contextmanager
    def session(self, *, writing: bool = False) -> Iterator[Session]:
        """A connection. What the database raises becomes a `GateError`.

        Connections are never shared with a process that this one was forked from.
        """
        if self._process != os.getpid():
            self._process = os.getpid()
            self._engine.dispose(close=False)
        with told(self.where, writing=writing), self._engine.connect() as connection:
            try:
                yield Session(connection)
            except GateError:
                raise
            except Exception:
                connection.invalidate()
                raise

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A connection that sees the records as they are now, whatever is written meanwhile."""
        begin = "BEGIN" if self.sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        with self.session() as session, _transaction(session, begin, "ROLLBACK"):
            # The moment is that of the first query, not that of BEGIN.
            session.run("SELECT name FROM sqlite_master LIMIT 1" if self.sqlite else "SELECT 1")
            yield session

    @contextmanager
    def turn(self, session: Session) -> Iterator[None]:
        """A transaction in which nobody else writes. Committed at the end, durable then."""
        begin = "BEGIN IMMEDIATE" if session.sqlite else "BEGIN"
        with _transaction(session, begin, "COMMIT"):
            if not session.sqlite:
                session.run("SELECT pg_advisory_xact_lock(?)", (_TURN,))
            self.check_file()
            yield
            self.check_file()

    def check_file(self) -> None:
        """Raises `Replaced` when the file under its name is not the one that was opened."""
        if self.file is None:
            return
        try:
            found = os.stat(self.file)
        except OSError:
            raise Replaced("the file is gone") from None
        identity = (found.st_dev, found.st_ino)
        if self._identity is None:
            self._identity = identity
        elif identity != self._identity:
            raise Replaced("another file is in its place")

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _sqlite(self) -> sa.Engine:
        engine = sa.create_engine(
            self._url,
            isolation_level="AUTOCOMMIT",
            connect_args={"timeout": self._patience, "cached_statements": 512},
        )
        sa.event.listen(engine, "connect", self._set_up_sqlite)
        return engine

    def _set_up_sqlite(self, connection: sqlite3.Connection, _record: Any) -> None:
        self.check_file()
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    def _postgresql(self) -> sa.Engine:
        engine = sa.create_engine(
            self._url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "application_name": "checkthegate"},
        )
        sa.event.listen(engine, "connect", self._set_up_postgresql)
        return engine

    def _set_up_postgresql(self, connection: Any, _record: Any) -> None:
        settings = (*_SETTINGS, f"lock_timeout = {max(1, int(self._patience * 1000))}")
        with connection.cursor() as cursor:
            for setting in settings:
                cursor.execute(f"SET {setting}")


_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "cache_size = -32000",
    "trusted_schema = OFF",
)
"""Secure delete overwrites what is erased; a schema that was tampered with runs no functions."""

_SETTINGS = ("synchronous_commit = on", "client_encoding = 'UTF8'", "jit = off")


@contextmanager
def _transaction(session: Session, begin: str, end: str) -> Iterator[None]:
    session.run(begin)
    try:
        yield
        session.run(end)
    except BaseException:
        with suppress(Exception):
            session.run("ROLLBACK")
        raise


@lru_cache(maxsize=1024)
def _marked(statement: str) -> str:
    """The statement as psycopg wants its values marked."""
    return statement.replace("%", "%%").replace("?", "%s")


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError("The address of the database is not one.", hint=_EXAMPLE) from None
    backend = {"postgres": "postgresql"}.get(parsed.get_backend_name(), parsed.get_backend_name())
    if backend not in ("sqlite", "postgresql"):
        raise UsageError(f"Records cannot be kept in “{backend}”.", hint=_EXAMPLE)
    if backend == "sqlite" and not parsed.database:
        raise UsageError("The address of the database names no file.", hint=_EXAMPLE)
    return parsed.set(drivername=backend)

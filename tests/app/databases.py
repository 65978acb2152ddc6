"""Homes on both databases, and a way to write past the program into either."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.databases import NoServer, Server, postgresql
from tests.soak.tampering import make_records

from checkthegate.app.home import Home, open_home
from checkthegate.app.verifying import verify_home


class Kept:
    """A home with records, and its database as an intruder sees it."""

    def __init__(self, home: Home, url: str) -> None:
        self.home = home
        self.url = url
        self.sqlite = url.startswith("sqlite")

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.home.folder / "records.db"

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement that marks values with `?`, whoever it hurts."""
        if self.sqlite:
            connection = sqlite3.connect(self.file)
            try:
                found = connection.execute(statement, values).fetchall()
                connection.commit()
                return found
            finally:
                connection.close()
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as server:
            cursor = server.execute(statement.replace("?", "%s"), values)
            return cursor.fetchall() if cursor.description else []

    def verify(self, against: Path | None = None) -> dict[str, Any]:
        """What verification says."""
        return verify_home(self.home.folder, against)

    def broken(self) -> list[tuple[int | None, str]]:
        """The breaks."""
        return [(each["entry"], each["what"]) for each in self.verify()["breaks"]]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server for the whole run. Skips, saying why, where there can be none."""
    try:
        with postgresql() as running:
            yield running
    except NoServer as reason:
        pytest.skip(str(reason))


@contextmanager
def kept_at(folder: Path, url: str | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """A home with records in the database at `url`, or in a file of its own."""
    if url is None:
        monkeypatch.delenv("GATE_DATABASE_URL", raising=False)
        home = make_records(folder, 3)
        yield Kept(home, f"sqlite:///{home.folder / 'records.db'}")
    else:
        monkeypatch.setenv("GATE_DATABASE_URL", url)
        yield Kept(make_records(folder, 3), url)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kept]:
    """A home with eighteen entries, in each kind of database."""
    url = None
    if request.param == "postgresql":
        running: Server = request.getfixturevalue("server")
        url = running.database()
    with kept_at(tmp_path / "home", url, monkeypatch) as made:
        yield made


@pytest.fixture
def in_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """A home with eighteen entries, in SQLite."""
    with kept_at(tmp_path / "home", None, monkeypatch) as made:
        yield made


def reopened(kept: Kept) -> Home:
    """The home, opened again."""
    return open_home(kept.home.folder)

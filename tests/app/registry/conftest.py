"""A home with its records open; and both databases for what must hold on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.store.conftest import database_url, server

from checkthegate.app.home import Home, make_home
from checkthegate.app.recording import records_of
from checkthegate.app.registry.desk import Desk

__all__ = ["database_url", "server"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "production", "Night Boat", ["netflix"])


@pytest.fixture
def desk(home: Home) -> Iterator[Desk]:
    with records_of(home) as store:
        yield Desk(home, store)


@pytest.fixture
def either_desk(home: Home, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The same on SQLite and on PostgreSQL."""
    monkeypatch.setenv("GATE_DATABASE_URL", database_url)
    with records_of(home) as store:
        yield Desk(home, store)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the time of recording and judging."""

    def set_to(time: str) -> None:
        for module in ("recording", "registry.desk", "registry.rejudging", "registry.uses",
                       "registry.talents", "registry.packet", "registry.escalations"):  # fmt: skip
            monkeypatch.setattr(f"checkthegate.app.{module}.now", lambda: time)

    return set_to

"""Databases of every released version, and of versions to come."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.store.samples import PROJECTION, breaks, opened, tool
from tests.store.test_records import changed

from checkthegate.model import IntegrityError, UsageError
from checkthegate.store.records import inspect_records, upgrade_records
from checkthegate.store.schema import REVISIONS, VERSION_TABLE, described

RELEASED = Path(__file__).parent / "released"
MIGRATIONS = Path(__file__).parents[2] / "src" / "checkthegate" / "store" / "migrations"


def restored(url: str, version: str) -> None:
    """A database as that version left it, from the dump that was made then."""
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    dump = (RELEASED / f"{version}.{kind}.sql").read_text()
    if kind == "sqlite":
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            database.executescript(dump)
        database.close()
        return
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(dump.encode())


def test_the_program_knows_exactly_the_versions_there_are() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    revisions = ScriptDirectory.from_config(configuration).walk_revisions()
    assert tuple(reversed([each.revision for each in revisions])) == REVISIONS


@pytest.mark.parametrize("version", REVISIONS)
def test_every_released_version_becomes_the_newest(database_url: str, version: str) -> None:
    restored(database_url, version)
    records = opened(database_url, create=False)
    with records.reading() as reading:
        assert breaks(reading) == []
        assert [row["name"] for row in reading.rows("tools")] == ["Tool 1", "renamed"]
        assert reading.rows("edges")[0]["source"] == "a"
    assert records.append([tool(9)]).entries == range(6, 7)
    records.close()
    with inspect_records(database_url, PROJECTION) as reading:
        assert breaks(reading) == []


def test_migrations_leave_what_the_program_describes(database_url: str) -> None:
    opened(database_url).close()
    engine = sa.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, described(PROJECTION.tables)) == []
    engine.dispose()


def test_a_newer_version_is_refused_with_a_hint(database_url: str) -> None:
    opened(database_url).close()
    changed(database_url, "UPDATE schema_version SET version_num = '0999'")
    with pytest.raises(UsageError, match="newer version") as caught:
        opened(database_url)
    assert "Install" in caught.value.hint


def test_a_lost_version_is_damage(database_url: str) -> None:
    opened(database_url).close()
    changed(database_url, "DELETE FROM schema_version")
    with pytest.raises(IntegrityError, match="no schema version"):
        opened(database_url)


def test_a_migration_that_fails_leaves_what_was_there(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored(database_url, REVISIONS[0])
    changed(database_url, "UPDATE record_layout SET digest = 'other'")
    with inspect_records(database_url, PROJECTION) as reading:
        before = breaks(reading)

    def broken(layout: object, session: object) -> None:
        raise RuntimeError("power is gone")

    with monkeypatch.context() as patch:
        patch.setattr("checkthegate.store.upgrading.fill", broken)
        with pytest.raises(RuntimeError):
            opened(database_url)
    with inspect_records(database_url, PROJECTION) as reading:
        assert breaks(reading) == before
    assert (None, "The table “fingerprints” is missing.") in before
    assert (None, "What is noted about the shape of the tables was changed.") in before


def test_older_records_are_brought_up_where_they_are_verified(database_url: str) -> None:
    restored(database_url, REVISIONS[0])
    upgrade_records(database_url, PROJECTION)
    with inspect_records(database_url, PROJECTION) as reading:
        assert breaks(reading) == []


def test_records_of_this_version_are_left_as_they_are_found(database_url: str) -> None:
    restored(database_url, REVISIONS[-1])
    opened(database_url).close()
    changed(database_url, "UPDATE tools SET name = 'forged'")
    upgrade_records(database_url, PROJECTION)
    with inspect_records(database_url, PROJECTION) as reading:
        assert len(breaks(reading)) == 2

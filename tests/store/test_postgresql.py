"""What only PostgreSQL does: taking turns under a lock, waiting, rights."""

from __future__ import annotations

import psycopg
import pytest
from tests.databases import Server
from tests.store.samples import opened, tool

from checkthegate.model import IntegrityError, UsageError
from checkthegate.store.database import _TURN


@pytest.fixture
def address(server: Server) -> str:
    return server.database()


def test_somebody_elses_turn_is_waited_for_then_named(address: str) -> None:
    records = opened(address, patience=0.3)
    with psycopg.connect(address) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (_TURN,))
        with pytest.raises(UsageError, match="in use by another program"):
            records.append([tool(1)])
    assert records.append([tool(1)]).entries == range(1)


def test_a_commit_waits_for_the_disk_whatever_the_server_was_told(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as other:
        name = other.execute("SELECT current_database()").fetchone()
        other.execute(f'ALTER DATABASE "{name[0]}" SET synchronous_commit = off')  # type: ignore[index]
    records = opened(address)
    with records._database.session() as session:  # type: ignore[attr-defined]
        assert session.run("SHOW synchronous_commit") == [("on",)]


def test_an_account_without_rights_is_told_so(address: str) -> None:
    opened(address).close()
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("DROP ROLE IF EXISTS guest")
        other.execute("CREATE ROLE guest LOGIN")
        other.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    guest = opened(address.replace("gate@", "guest@"), create=False)
    with pytest.raises(UsageError, match="may only be read"):
        guest.append([tool(1)])


def test_a_trigger_is_named(address: str) -> None:
    records = opened(address)
    with psycopg.connect(address, autocommit=True) as other:
        other.execute(
            "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
        other.execute(
            "CREATE TRIGGER hush BEFORE INSERT ON tools FOR EACH ROW EXECUTE FUNCTION quiet()"
        )
    with records.reading() as reading:
        assert [what for _, what in reading.differences()] == [
            "There is a trigger “hush” that does not belong here."
        ]


def test_a_database_without_records_is_not_used_by_the_way(address: str) -> None:
    with pytest.raises(IntegrityError, match="no schema version"):
        opened(address, create=False)


def test_a_database_that_does_not_exist(address: str) -> None:
    with pytest.raises(UsageError, match="cannot be reached"):
        opened(address.replace("/test_", "/none_"))

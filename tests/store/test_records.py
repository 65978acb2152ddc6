"""Recording, reading, erasing, rebuilding and comparing, on both databases."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.store.samples import EDGES, PROJECTION, TOOLS, breaks, event, opened, project, tool

from checkthegate.ledger import parse_body, parse_checkpoint, parse_leaf
from checkthegate.model import IntegrityError, UsageError
from checkthegate.model.table import Column
from checkthegate.seams import Projection, RecordReading
from checkthegate.store.records import inspect_records


def changed(url: str, *statements: str) -> None:
    """Tamper with the database behind the program's back."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def found(url: str) -> list[tuple[int | None, str]]:
    with inspect_records(url, PROJECTION) as reading:
        return breaks(reading)


def test_an_event_becomes_entry_body_row_and_checkpoint(database_url: str) -> None:
    records = opened(database_url)
    receipt = records.append([tool(1), tool(2)])
    assert receipt.entries == range(2)
    with records.reading() as reading:
        assert reading.size == 2
        assert reading.checkpoint() == receipt.checkpoint
        assert parse_checkpoint(receipt.checkpoint).size == 2
        number, leaf, salt, body = next(iter(reading.entries(1)))
        assert (number, parse_leaf(leaf).number, len(salt or b"")) == (1, 1, 32)
        assert parse_body(body or b"") == tool(2)
        assert reading.rows("tools", id="tool_000002") == [
            {
                "id": "tool_000002",
                "name": "Tool 2",
                "facts": {"b": [1, 2.5], "ä": None},
                "live": True,
                "weight": 1.5,
                "uses": None,
                "entry": 1,
            }
        ]
        assert list(reading.events([1])) == [(1, tool(2))]
        assert breaks(reading) == []


def test_rows_are_found_by_any_column_and_sorted_by_key(database_url: str) -> None:
    records = opened(database_url)
    records.append([tool(3, uses=7), tool(1, live=False), tool(2, name="Ü")])
    with records.reading() as reading:
        assert [row["id"] for row in reading.rows("tools")] == [f"tool_{n:06d}" for n in (1, 2, 3)]
        assert [row["uses"] for row in reading.rows("tools", live=True, uses=7)] == [7]
        assert [row["name"] for row in reading.rows("tools", uses=None)] == ["Tool 1", "Ü"]
        assert len(reading.rows("tools", facts={"ä": None, "b": [1, 2.5]})) == 3
        with pytest.raises(KeyError):
            reading.rows("nothing")
        with pytest.raises(KeyError):
            reading.rows("tools", nothing=1)


def test_changes_apply_in_order(database_url: str) -> None:
    records = opened(database_url)
    records.append(
        [
            tool(1),
            event("tool-changed", "tool_000001", {"name": "second", "weight": 2}),
            tool(1, name="third"),
            event("tool-changed", "tool_000001", {"uses": 4}),
            event("tool-changed", "tool_none", {"uses": 4}),
        ]
    )
    with records.reading() as reading:
        (row,) = reading.rows("tools")
        assert (row["name"], row["weight"], row["uses"], row["entry"]) == ("third", 1.5, 4, 3)
        assert breaks(reading) == []


def test_a_snapshot_does_not_see_what_comes_later(database_url: str) -> None:
    records = opened(database_url)
    records.append([tool(1)])
    with records.reading() as reading:
        records.append([tool(2)])
        assert (reading.size, len(reading.rows("tools"))) == (1, 1)
        assert breaks(reading) == []


def test_transact_sees_everything_before_it_and_nobody_comes_between(database_url: str) -> None:
    records = opened(database_url)

    def once(reading: RecordReading) -> list[Any]:
        if reading.rows("tools", name="only"):
            raise UsageError("There is one.", hint="Use it.")
        return [tool(reading.size, name="only")]

    refused = []

    def attempt() -> None:
        try:
            records.transact(once)
        except UsageError:
            refused.append(1)

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(refused) == 5
    with records.reading() as reading:
        assert len(reading.rows("tools")) == 1
        assert breaks(reading) == []


def test_deciding_cannot_record_by_itself(database_url: str) -> None:
    records = opened(database_url)

    def nested(reading: RecordReading) -> list[Any]:
        records.append([tool(1)])
        return []

    with pytest.raises(RuntimeError, match="while deciding"):
        records.transact(nested)
    assert records.append([tool(1)]).entries == range(1)


def test_transact_without_events_records_nothing(database_url: str) -> None:
    records = opened(database_url)
    receipt = records.append([tool(1)])
    assert records.transact(lambda reading: []) == (range(1, 1), receipt.checkpoint)


def test_many_threads_lose_nothing_and_share_checkpoints(database_url: str) -> None:
    records = opened(database_url)
    given: dict[int, str] = {}

    def write(thread: int) -> None:
        for count in range(25):
            batch = [tool(thread * 1000 + count * 2 + n) for n in range(2)]
            receipt = records.append(batch)
            given.update(zip(receipt.entries, (each.subject for each in batch), strict=True))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with records.reading() as reading:
        assert {number: each.subject for number, each in reading.events()} == given
        assert sorted(given) == list(range(400))
        assert len(list(reading.checkpoints())) < 200
        assert breaks(reading) == []


def test_one_bad_event_fails_alone(database_url: str) -> None:
    records = opened(database_url)
    failed = []

    def write(number: int) -> None:
        name = "a\x00b" if number == 3 else "fine"
        try:
            records.append([tool(number, name=name)])
        except UsageError as problem:
            failed.append((number, problem.message))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [number for number, _ in failed] == [3]
    assert "NUL" in failed[0][1]
    with records.reading() as reading:
        assert reading.size == 7
        assert breaks(reading) == []


def test_a_batch_is_recorded_whole_or_not_at_all(database_url: str) -> None:
    records = opened(database_url)
    with pytest.raises(UsageError):
        records.append([tool(1), tool(2, name="a\x00b")])
    with pytest.raises(UsageError):
        records.append([tool(1), dataclasses.replace(tool(2), at="yesterday")])
    with records.reading() as reading:
        assert (reading.size, reading.rows("tools"), reading.checkpoint()) == (0, [], None)


def test_a_clock_that_goes_backwards_changes_nothing(database_url: str) -> None:
    records = opened(database_url)
    records.append([tool(1)])
    records.append([dataclasses.replace(tool(2), at="1999-01-01T00:00:00.000000Z")])
    with records.reading() as reading:
        assert [each.at[:4] for _, each in reading.events()] == ["2026", "1999"]
        assert breaks(reading) == []


def test_two_stores_write_to_one_database(database_url: str) -> None:
    one, other = opened(database_url), opened(database_url)
    numbers = [store.append([tool(n)]).entries[0] for n, store in enumerate((one, other) * 5)]
    assert numbers == list(range(10))
    assert found(database_url) == []


def test_lineage_is_found_both_ways_and_cycles_end(database_url: str) -> None:
    records = opened(database_url)
    edges = [["a", "b"], ["b", "c"], ["c", "a"], ["c", "d"], ["x", "y"]]
    records.append([event("edges-added", "rec_1", {"edges": edges})])
    with records.reading() as reading:
        down = reading.reachable("edges", "source", "target", ["b"])
        assert down[0] == ("b", "c")
        assert sorted(down) == [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]
        up = reading.reachable("edges", "target", "source", ["d"], columns=["entry"])
        assert sorted(up) == [("a", "c", 0), ("b", "a", 0), ("c", "b", 0), ("d", "c", 0)]
        assert len(reading.reachable("edges", "source", "target", ["b"], limit=2)) == 2
        assert reading.reachable("edges", "source", "target", []) == []


def test_what_is_erased_is_gone_from_rows_and_files(database_url: str, tmp_path: Path) -> None:
    secret = "Rosamunde Achternbusch"
    records = opened(database_url)
    records.append([tool(1, name=secret), tool(2)])
    body = {"tool": "tool_000001", "entries": [0]}
    assert records.erase([0], event("person-erased", "tool_000001", body)).entries == range(2, 3)
    with records.reading() as reading:
        assert [entry[2:] for entry in reading.entries(0, 1)] == [(None, None)]
        assert [row["id"] for row in reading.rows("tools")] == ["tool_000002"]
        assert [number for number, _ in reading.events()] == [1, 2]
        assert breaks(reading) == []
    for file in tmp_path.iterdir():
        assert secret.encode() not in file.read_bytes()
    records.rebuild()
    assert found(database_url) == []


def test_an_entry_that_does_not_exist_cannot_be_erased(database_url: str) -> None:
    records = opened(database_url)
    records.append([tool(1)])
    with pytest.raises(UsageError, match="no entry 5"):
        records.erase([0, 5], event("person-erased", "tool_000001", {"tool": "", "entries": []}))
    with records.reading() as reading:
        assert (reading.size, len(list(reading.events()))) == (1, 1)


def test_tables_are_rebuilt_from_events(database_url: str) -> None:
    records = opened(database_url)
    records.append([tool(number) for number in range(30)])
    with records.reading() as reading:
        before = reading.rows("tools")
    changed(database_url, "DELETE FROM tools WHERE uses IS NULL", "DELETE FROM edges")
    records.rebuild()
    with records.reading() as reading:
        assert reading.rows("tools") == before


TAMPERINGS = [
    ("UPDATE tools SET name = 'x' WHERE id = 'tool_000003'", 3, "“name”"),
    ("UPDATE tools SET live = 0, uses = 5 WHERE id = 'tool_000003'", 3, "“live”, “uses”"),
    ("UPDATE tools SET entry = 9 WHERE id = 'tool_000003'", 3, "“entry”"),
    ("UPDATE tools SET id = 'tool_9' WHERE id = 'tool_000003'", 3, "is missing"),
    ("DELETE FROM tools WHERE id = 'tool_000003'", 3, "is missing"),
    (
        "INSERT INTO tools (id, name, live, entry) VALUES ('tool_1x', 'y', 1, 4)",
        4,
        "follows from no event",
    ),
    ("UPDATE ledger_bodies SET body = salt WHERE number = 3", 3, "body"),
    ("UPDATE ledger_bodies SET salt = body WHERE number = 3", 3, "salt"),
    ("DELETE FROM ledger_bodies WHERE number = 3", 3, "gone"),
    ("UPDATE ledger_bodies SET number = 77 WHERE number = 3", 77, "no entry"),
    ("UPDATE ledger_entries SET leaf = hash WHERE number = 3", 3, "canonical"),
    ("UPDATE ledger_entries SET hash = leaf WHERE number = 3", 3, ""),
    ("DELETE FROM ledger_entries WHERE number = 3", 3, ""),
    ("UPDATE ledger_checkpoints SET note = note || 'x' WHERE size = 5", None, "heckpoint"),
    ("DELETE FROM ledger_checkpoints WHERE size = 5", 4, "No checkpoint"),
    ("UPDATE ledger_nodes SET position = 40 WHERE level = 1 AND position = 0", None, ""),
    ("UPDATE schema_version SET version_num = '9999'", None, "schema version"),
    ("DELETE FROM schema_version", None, "schema version"),
    ("UPDATE record_layout SET version = 4", None, "shape of the tables"),
    ("DROP INDEX ix_tools_name", None, "ix_tools_name"),
    ("CREATE TABLE more (a TEXT)", None, "more"),
    ("ALTER TABLE tools ADD COLUMN extra TEXT", None, ""),
    ("DROP TABLE edges", None, "edges"),
    ("DROP TABLE record_layout", None, ""),
    ("CREATE VIEW seen AS SELECT id FROM tools", None, "seen"),
]


@pytest.mark.parametrize(("statement", "entry", "words"), TAMPERINGS)
def test_every_tampering_is_named(
    database_url: str, statement: str, entry: int | None, words: str
) -> None:
    records = opened(database_url)
    records.append([tool(number) for number in range(5)])
    records.close()
    assert found(database_url) == []
    changed(database_url, statement)
    named = found(database_url)
    assert any(place == entry and words in what for place, what in named), named


def test_a_cache_table_may_be_there(database_url: str) -> None:
    opened(database_url).append([tool(1)])
    changed(database_url, "CREATE TABLE cache_more (a TEXT)")
    assert found(database_url) == []


def test_nothing_is_sealed_onto_a_ledger_that_was_cut(database_url: str) -> None:
    records = opened(database_url)
    records.append([tool(1), tool(2)])
    changed(database_url, "DELETE FROM ledger_entries WHERE number = 1")
    with pytest.raises(IntegrityError, match="do not end where"):
        records.append([tool(3)])


def test_other_tables_are_made_and_filled_when_the_projection_changes(database_url: str) -> None:
    records = opened(database_url)
    records.append([tool(1), event("edges-added", "rec_1", {"edges": [["a", "b"]]})])
    records.close()
    wider = dataclasses.replace(EDGES, name="ways", columns=(*EDGES.columns, Column("note")))

    def project_wider(number: int, given: Any) -> list[Any]:
        return [
            dataclasses.replace(each, table="ways") if each.table == "edges" else each
            for each in project(number, given)
        ]

    from tests.store.samples import KEY

    from checkthegate.app.sealing import HomeSealing
    from checkthegate.store.records import open_records

    second = Projection(2, (TOOLS, wider), project_wider)
    again = open_records(database_url, second, HomeSealing(KEY))
    with again.reading() as reading:
        assert [row["note"] for row in reading.rows("ways", source="a")] == [None]
        assert len(reading.rows("tools")) == 1
        assert list(reading.differences()) == []
    again.close()
    with pytest.raises(UsageError, match="newer version"):
        opened(database_url)


def test_opening_current_records_loads_no_migrations(database_url: str) -> None:
    opened(database_url).close()
    program = (
        "import sys; from tests.store.samples import opened; opened(sys.argv[1]);"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, database_url]).returncode == 0

"""Databases that are locked, full, gone, damaged, not ours: a clear error, nothing half-written."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.databases import Server
from tests.soak.killing import run
from tests.store.samples import PROJECTION, breaks, opened, tool

from checkthegate.model import GateError, IntegrityError, UsageError
from checkthegate.store.records import inspect_records

ROOT = Path(__file__).parents[2]


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def program(text: str, *arguments: str, before: Callable[[], None] | None = None) -> str:
    """What a program prints that runs in a process of its own."""
    head = "import sys\nfrom tests.store.samples import *\nfrom checkthegate.model import *\n"
    done = subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(text), *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        preexec_fn=before,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def sound(address: str) -> int:
    """The number of entries of records that verify."""
    with inspect_records(address, PROJECTION) as reading:
        assert breaks(reading) == []
        return reading.size


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    os.umask(0o022)
    opened(url(file)).append([tool(1)])
    for each in tmp_path.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600, each


def test_every_commit_reaches_the_disk(tmp_path: Path) -> None:
    """Counts the syncs that the process makes: one at least for each append."""
    file = tmp_path / "records.db"
    records = opened(url(file))
    with records._database.session() as session:  # type: ignore[attr-defined]
        assert session.run("PRAGMA journal_mode") == [("wal",)]
        assert session.run("PRAGMA synchronous") == [(2,)]
        assert session.run("PRAGMA foreign_keys") == [(1,)]


def test_a_locked_database_is_waited_for_then_named(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    records = opened(url(file), patience=0.2)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UsageError, match="in use by another program"):
        records.append([tool(1)])
    other.execute("ROLLBACK")
    assert records.append([tool(1)]).entries == range(1)
    assert sound(url(file)) == 1


def test_a_deleted_file_is_noticed_before_anything_is_acknowledged(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    records = opened(url(file))
    records.append([tool(1)])
    kept = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    for each in tmp_path.iterdir():
        each.unlink()
    with pytest.raises(UsageError, match="moved or deleted"):
        records.append([tool(2)])
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match="moved or deleted"):
        records.append([tool(2)])
    assert sound(url(file)) == 1


def test_missing_records_are_not_made_by_the_way(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    with pytest.raises(UsageError, match="no records"):
        opened(url(file), create=False)
    assert not file.exists()
    with (
        pytest.raises(UsageError, match="no records"),
        inspect_records(url(file), PROJECTION),
    ):
        pass
    with pytest.raises(UsageError, match="No records can be made"):
        opened(url(tmp_path / "nowhere" / "records.db"))


@pytest.mark.parametrize(
    "address", ["nonsense", "mysql://x/y", "sqlite://", "postgresql+foo://x/y"]
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(UsageError):
        opened(address)


def test_no_password_is_shown() -> None:
    with pytest.raises(UsageError, match="cannot be reached") as caught:
        opened("postgresql://gate:hunter2@127.0.0.1:1/records")
    assert "hunter2" not in str(caught.value.as_json())


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\x00" * 300])
def test_a_file_that_is_no_database_is_damage(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "records.db"
    file.write_bytes(content)
    with pytest.raises(IntegrityError):
        opened(url(file))
    assert file.read_bytes() == content


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE ledger_entries (a)")
    with pytest.raises(IntegrityError, match="no schema version"):
        opened(url(file))


def test_damaged_pages_never_go_unnoticed(tmp_path: Path) -> None:
    """Overwrites what is on each page, one page at a time."""
    file = tmp_path / "records.db"
    records = opened(url(file))
    records.append([tool(number, name="x" * 300) for number in range(60)])
    records.close()
    whole = file.read_bytes()
    unnoticed = []
    for place in range(0, len(whole), 4096):
        damaged = bytearray(whole)
        damaged[place + 100 : place + 4000] = bytes(3900)
        if damaged == whole:
            continue
        file.write_bytes(damaged)
        try:
            with inspect_records(url(file), PROJECTION) as reading:
                if not breaks(reading):
                    unnoticed.append(place)
        except GateError as problem:
            assert isinstance(problem, IntegrityError), (place, problem.message)  # noqa: PT017
    assert unnoticed == []


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    opened(url(file)).close()
    said = program(
        """
        records, done = opened(sys.argv[1]), 0
        try:
            for number in range(100_000):
                done = records.append([tool(number, name="x" * 3000)]).entries.stop
        except UsageError as problem:
            print(done, problem.message)
        """,
        url(file),
        before=_small_files,
    )
    done, _, message = said.partition(" ")
    assert int(done) > 20
    assert "Nothing of this was recorded" in message
    assert sound(url(file)) == int(done)
    assert opened(url(file)).append([tool(1)]).entries == range(int(done), int(done) + 1)


def test_a_full_database_recovers_when_there_is_room(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    records = opened(url(file))
    records.append([tool(0)])
    with records._database.session() as session:  # type: ignore[attr-defined]
        (pages,) = session.run("PRAGMA page_count")[0]
        session.run(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(UsageError, match="disk is full"):
            _fill(records, session)
        session.run("PRAGMA max_page_count = 1000000")
    size = sound(url(file))
    assert records.append([tool(2000)]).entries == range(size, size + 1)
    assert sound(url(file)) == size + 1


def _fill(records: object, session: object) -> None:
    """Append through this very session, whose database may not grow."""
    import contextlib

    @contextlib.contextmanager
    def same(*, writing: bool = False):  # type: ignore[no-untyped-def]
        from checkthegate.store.faults import told

        with told("records", writing=writing):
            yield session

    database = records._database  # type: ignore[attr-defined]
    kept, database.session = database.session, same
    try:
        for number in range(1, 1000):
            records.append([tool(number, name="x" * 900)])  # type: ignore[attr-defined]
    finally:
        database.session = kept


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_records_that_may_only_be_read(tmp_path: Path) -> None:
    file = tmp_path / "records.db"
    opened(url(file)).append([tool(1)])
    place = tmp_path
    while place != place.parent and place.owner() == "root" and len(place.parts) > 2:
        place.chmod(0o755)
        place = place.parent
    file.chmod(0o444)
    said = program(
        """
        import os
        opened(sys.argv[1] + "-other").append([tool(0)])  # loads all there is to load
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        try:
            opened(sys.argv[1], create=False).append([tool(2)])
        except UsageError as problem:
            print(problem.message)
        """,
        url(file),
    )
    assert "may only be read" in said or "cannot be opened" in said
    assert sound(url(file)) == 1


def test_kill_at_twenty_points(database_url: str) -> None:
    assert list(run(database_url, 20, 7)) == []


def test_the_server_dies_in_the_middle(server: Server) -> None:
    address = server.database()
    records = opened(address)
    records.append([tool(1)])
    server.kill()
    with pytest.raises(UsageError, match="cannot be reached"):
        records.append([tool(2)])
    server.start()
    size = sound(address)
    assert records.append([tool(3)]).entries.start == size
    assert sound(address) == size + 1

"""Opens a home's records and writes to them: the one way anything is ever recorded."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from getpass import getuser
from typing import Any

from checkthegate.app.home import Home, home_key
from checkthegate.app.sealing import HomeSealing
from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.record import Receipt, Row
from checkthegate.registry.events import build, clashes, needs
from checkthegate.registry.project import project
from checkthegate.registry.tables import KEEPS, TABLES
from checkthegate.seams import Projection, RecordReading, RecordStore
from checkthegate.store.records import open_records

PROJECTION_VERSION = 4
PROJECTION = Projection(PROJECTION_VERSION, tuple(TABLES.values()), project, KEEPS)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LETTERS = 10
Make = Callable[[RecordReading], Sequence[Event]]


@contextmanager
def records_of(home: Home, *, create: bool = True) -> Iterator[RecordStore]:
    """The home's records, open. Raises `UsageError` or `IntegrityError`."""
    store = open_records(
        records_url(home), PROJECTION, HomeSealing(home_key(home.folder)), create=create
    )
    try:
        yield store
    finally:
        store.close()


def records_url(home: Home) -> str:
    """Where the home's records are: `$GATE_DATABASE_URL`, else its settings, else in it."""
    return (
        os.environ.get("GATE_DATABASE_URL")
        or home.configuration.database
        or f"sqlite:///{home.folder / 'records.db'}"
    )


def new_id(prefix: str) -> str:
    """A new id: the prefix of its kind and ten letters nobody confuses."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LETTERS))


def now() -> str:
    """The time of recording: UTC, to the microsecond."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def whoever() -> str:
    """Who is recording: `$GATE_ACTOR`, else as this account calls itself."""
    if named := os.environ.get("GATE_ACTOR"):
        return named
    try:
        return getuser()
    except (OSError, KeyError):
        return "unknown"


def event(
    kind: str, subject: str, body: Mapping[str, Any], *, effective: str | None = None
) -> Event:
    """An event that happens now, by whoever runs this."""
    return build(kind, subject, body, at=now(), by=whoever(), effective=effective)


def record(store: RecordStore, *events: Event) -> Receipt:
    """Write events that only need what is on file; refuse them, unwritten, if it is not."""
    return store.transact(lambda reading: checked(reading, events))


def checked(reading: RecordReading, events: Sequence[Event]) -> Sequence[Event]:
    """The events, if all they speak of is on file and no name is taken. Raises `UsageError`."""
    made = {each.subject for each in events}
    for each in events:
        for need in needs(each):
            if need.id not in made and not reading.rows(need.table, id=need.id):
                raise UsageError(
                    f"There is no {need.id} on file.", hint=f"See: gate {_listing(need.table)} list"
                )
        for clash in clashes(each):
            for row in reading.rows(clash.table, **clash.equal):
                if row["id"] != each.subject:
                    raise UsageError(
                        f"“{row['name']}” is on file already, as {row['id']}.",
                        hint=f"Use it, or choose another name. See: gate {_listing(clash.table)} "
                        f"show {row['id']}",
                    )
    return events


def found(reading: RecordReading, table: str, named: str, name_column: str = "name") -> Row:
    """The row with this id, or with this name where only one has it. Raises `UsageError`."""
    rows = reading.rows(table, id=named)
    if not rows:
        rows = [
            row
            for row in reading.rows(table)
            if str(row.get(name_column) or "").casefold() == named.casefold()
        ]
    listing = _listing(table)
    if not rows:
        raise UsageError(f"There is no {listing} “{named}”.", hint=f"See: gate {listing} list")
    if len(rows) > 1:
        ids = ", ".join(str(row["id"]) for row in rows[:5])
        raise UsageError(
            f"“{named}” is the name of several: {ids}.", hint="Name the one you mean by its id."
        )
    return rows[0]


def _listing(table: str) -> str:
    return {"accepted_gaps": "gap"}.get(table, table.removesuffix("s"))

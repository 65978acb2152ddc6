"""Bringing a database to the newest version: made, migrated, its tables filled again.

All in one transaction in which nobody else writes: a database is at one version or the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checkthegate.model import GateError, IntegrityError, UsageError
from checkthegate.model.event import Event
from checkthegate.store.database import Database, Session
from checkthegate.store.layout import Layout, quoted
from checkthegate.store.projecting import Projecting, event_in, project_all
from checkthegate.store.schema import (
    HEAD,
    LEDGER_TABLES,
    REVISIONS,
    VERSION_TABLE,
    add_table,
    described,
)

_NEWER_HINT = "Install the newest version of Check the Gate, then repeat the command."
_MIGRATIONS = Path(__file__).with_name("migrations")
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CHUNK = 2000

LayoutRow = tuple[int, str, str]
"""Version, digest and table names of the projection the tables were made by."""


def prepare(database: Database, layout: Layout, *, create: bool) -> None:
    """Leave the database at the newest version with this layout's tables.

    Raises `UsageError` when it is missing (unless `create`) or newer than this program, and
    `IntegrityError` when it is damaged.
    """
    if database.missing:
        if not create:
            raise _gone(database)
        database.create_file()
    with database.session(writing=True) as session:
        if _is_current(database, session, layout):
            return
        with database.turn(session):
            if not _is_current(database, session, layout):
                _bring_up(database, session, layout, create=create)


def is_older(database: Database, layout: Layout) -> bool:
    """Whether the database says of itself that an older version of this program wrote it."""
    with database.session() as session:
        version, noted = stored_version(session), stored_layout(session)
    behind = version in REVISIONS[:-1]
    return behind or (version == HEAD and noted is not None and noted[0] < layout.version)


def stored_version(session: Session) -> str | None:
    """The schema version noted in the database; None for none, or for more than one."""
    if VERSION_TABLE not in table_names(session):
        return None
    found = session.run(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608  a constant
    return str(found[0][0]) if len(found) == 1 else None


def stored_layout(session: Session) -> LayoutRow | None:
    """What is noted about the projection's tables; None for nothing or more than one row."""
    if "record_layout" not in table_names(session):
        return None
    found = session.run("SELECT version, digest, tables FROM record_layout")
    return (found[0][0], found[0][1], found[0][2]) if len(found) == 1 else None


def table_names(session: Session) -> set[str]:
    """All tables of the database."""
    if session.sqlite:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    return {str(name) for (name,) in session.run(query)}


def fill(layout: Layout, session: Session) -> None:
    """Empty the projection's tables and fill them from the events."""
    for name in layout.shapes:
        session.run(f"DELETE FROM {quoted(name)}")  # noqa: S608  quoted
    project_all(Projecting(layout, session), _events(session))


def layout_row(layout: Layout) -> LayoutRow:
    """What is noted about these tables."""
    return layout.version, layout.digest, json.dumps(sorted(layout.shapes))


def _is_current(database: Database, session: Session, layout: Layout) -> bool:
    version, noted = stored_version(session), stored_layout(session)
    newer = (version is not None and version not in REVISIONS) or (
        noted is not None and noted[0] > layout.version
    )
    if newer:
        raise UsageError(
            f"The records in “{database.where}” were written by a newer version of Check the Gate.",
            hint=_NEWER_HINT,
        )
    return version == HEAD and noted == layout_row(layout)


def _bring_up(database: Database, session: Session, layout: Layout, *, create: bool) -> None:
    version = stored_version(session)
    if version is None and (not create or table_names(session) & set(LEDGER_TABLES)):
        raise IntegrityError(
            f"The records in “{database.where}” carry no schema version.",
            hint="Look at them with: gate ledger verify. Then restore them from a backup.",
        )
    # To Alembic and SQLAlchemy this looks like a transaction of their caller, never theirs to end.
    session.connection.begin()
    if version != HEAD:
        _migrate(session)
    _remake_tables(session, layout)


def _migrate(session: Session) -> None:
    from alembic import command
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    configuration.attributes.update(connection=session.connection, version_table=VERSION_TABLE)
    command.upgrade(configuration, "head")


def _remake_tables(session: Session, layout: Layout) -> None:
    for name in _dropped(session, layout):
        session.run(f"DROP TABLE IF EXISTS {quoted(name)}")
    metadata = described(())
    for table in layout.tables:
        add_table(metadata, table).create(session.connection)
    fill(layout, session)
    session.run("DELETE FROM record_layout")
    session.run(
        "INSERT INTO record_layout (version, digest, tables) VALUES (?, ?, ?)", layout_row(layout)
    )


def _dropped(session: Session, layout: Layout) -> list[str]:
    """The tables made by the last projection; never one of the ledger's, whatever is noted."""
    noted = stored_layout(session)
    try:
        names: Any = json.loads(noted[2]) if noted else []
    except ValueError:
        names = []
    ours = {name for name in names if isinstance(name, str) and _PLAIN_NAME.fullmatch(name)}
    return sorted((ours | layout.shapes.keys()) - {*LEDGER_TABLES, VERSION_TABLE})


def _events(session: Session) -> Iterator[tuple[int, Event]]:
    query = "SELECT number, body FROM ledger_bodies WHERE number >= ? ORDER BY number LIMIT ?"
    start = 0
    while chunk := session.run(query, (start, _CHUNK)):
        for number, body in chunk:
            yield number, _event(number, body)
        start = chunk[-1][0] + 1


def _event(number: int, body: bytes) -> Event:
    try:
        return event_in(body)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise IntegrityError(
            f"The records are damaged: the body of entry {number} is not an event.",
            hint="See what else is wrong: gate ledger verify",
        ) from None


def _gone(database: Database) -> GateError:
    return UsageError(
        f"There are no records in “{database.where}”.",
        hint="Restore the file from a backup.",
        path=database.where,
    )

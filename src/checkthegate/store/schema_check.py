"""Whether a database has exactly the tables, columns and indexes it should, and nothing beside.

A trigger, a view, a dropped index or a loosened column would change what readers see or what the
next event does, so they are named like a changed cell. What has `cache` in its name may differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from checkthegate.model.record import Difference
from checkthegate.store.database import Session
from checkthegate.store.layout import Layout
from checkthegate.store.schema import HEAD, VERSION_TABLE, described
from checkthegate.store.upgrading import stored_layout, stored_version, table_names

_SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_POSTGRESQL_EXTRAS = (
    (
        "a trigger",
        "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace",
    ),
    ("a rule", "SELECT rulename FROM pg_rules WHERE schemaname = current_schema()"),
    ("a policy", "SELECT policyname FROM pg_policies WHERE schemaname = current_schema()"),
    ("a view", "SELECT viewname FROM pg_views WHERE schemaname = current_schema()"),
)


def schema_differences(layout: Layout, expected: Session, actual: Session) -> Iterator[Difference]:
    """Compare with a database just made: `expected` is SQLite, at the newest version."""
    version = stored_version(actual)
    if version != HEAD:
        yield Difference(None, f"The schema version is {version or 'missing'} instead of {HEAD}.")
    if stored_layout(actual) != stored_layout(expected):
        yield Difference(None, "What is noted about the shape of the tables was changed.")
    found = _sqlite(expected, actual) if actual.sqlite else _postgresql(layout, actual)
    for what in found:
        yield Difference(None, what)


def sound_tables(layout: Layout, actual: Session) -> set[str]:
    """Names of the tables that are there with at least their columns, so can be read."""
    inspected = sa.inspect(actual.connection)
    wanted = described(layout.tables).tables
    sound = set()
    for name in table_names(actual) & wanted.keys():
        columns = {column["name"] for column in inspected.get_columns(name)}
        if columns >= {column.name for column in wanted[name].columns}:
            sound.add(name)
    return sound


def _sqlite(expected: Session, actual: Session) -> Iterator[str]:
    ours, theirs = _objects(expected), _objects(actual)
    for kind, name in sorted(ours.keys() - theirs.keys()):
        yield f"The {kind} “{name}” is missing."
    for kind, name in sorted(theirs.keys() - ours.keys()):
        yield f"There is a {kind} “{name}” that does not belong here."
    for place in sorted(ours.keys() & theirs.keys()):
        if ours[place] != theirs[place]:
            yield f"The {place[0]} “{place[1]}” was changed in its definition."
    for (fault,) in actual.run("PRAGMA integrity_check(100)"):
        if fault != "ok":
            yield f"The database finds a fault in its file: {fault}."


def _objects(session: Session) -> dict[tuple[str, str], Any]:
    return {
        (kind, name): (table, sql)
        for kind, name, table, sql in session.run(_SQLITE)
        if "cache" not in name and not name.startswith("sqlite_stat")
    }


def _postgresql(layout: Layout, actual: Session) -> Iterator[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(
        actual.connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
    )
    for found in compare_metadata(context, described(layout.tables)):
        if "cache" not in (what := _in_words(found)):
            yield what
    for kind, query in _POSTGRESQL_EXTRAS:
        for (name,) in actual.run(query):
            if "cache" not in name:
                yield f"There is {kind} “{name}” that does not belong here."


def _in_words(found: Any) -> str:
    """What Alembic would change, said as what is wrong."""
    if isinstance(found, list):
        _, _, table, column = found[0][:4]
        return f"The column “{column}” of the table “{table}” was changed in its definition."
    verb, thing = found[0], found[-1]
    kind = verb.partition("_")[2].replace("_", " ")
    name = getattr(thing, "name", thing)
    if verb.startswith("add"):
        return f"The {kind} “{name}” is missing."
    return f"There is a {kind} “{name}” that does not belong here."

"""What lies in the database, as SQLAlchemy describes it: the ledger, and a projection's tables.

The ledger's tables come from migrations (`migrations/versions`); those below describe what the
newest of them leaves. A projection's tables are not migrated: they follow from the events, so they
are made anew whenever their shape changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from checkthegate.model.table import Column, ColumnType, Table

REVISIONS = ("0001", "0002")
"""Every released version of the schema, oldest first."""

HEAD = REVISIONS[-1]
VERSION_TABLE = "schema_version"
LEDGER_TABLES = (
    "ledger_entries",
    "ledger_bodies",
    "ledger_nodes",
    "ledger_checkpoints",
    "record_layout",
    "fingerprints",
)

_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TYPES: dict[ColumnType, Any] = {
    ColumnType.TEXT: sa.Text(collation="C").with_variant(sa.Text(), "sqlite"),
    ColumnType.JSON: sa.Text(collation="C").with_variant(sa.Text(), "sqlite"),
    ColumnType.INT: _INT,
    ColumnType.BOOL: _INT,
    ColumnType.REAL: sa.Double().with_variant(sa.REAL(), "sqlite"),
}


def described(tables: Iterable[Table]) -> sa.MetaData:
    """Everything a database at the newest version holds, but for `schema_version`."""
    metadata = sa.MetaData()
    _ledger(metadata)
    for table in tables:
        add_table(metadata, table)
    return metadata


def add_table(metadata: sa.MetaData, table: Table) -> sa.Table:
    """The projection's table. Key columns are never NULL, and come first: SQLite up to 3.40
    finds NULL where there is none (`integrity_check`) in tables without rowid that keep another
    order."""
    rank = {name: place for place, name in enumerate(table.key)}
    columns = sorted(table.columns, key=lambda column: rank.get(column.name, len(rank)))
    made = sa.Table(
        table.name,
        metadata,
        *[_column(table, column) for column in columns],
        sa.PrimaryKeyConstraint(*table.key),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    for index in table.indexes:
        sa.Index("_".join(("ix", table.name, *index)), *[made.c[name] for name in index])
    return made


def _column(table: Table, column: Column) -> sa.Column[Any]:
    required = column.required or column.name in table.key
    return sa.Column(column.name, _TYPES[column.type], nullable=not required, autoincrement=False)


def _ledger(metadata: sa.MetaData) -> None:
    strict: dict[str, Any] = {"sqlite_strict": True}
    lean: dict[str, Any] = {**strict, "sqlite_with_rowid": False}
    number = ("number", _INT)
    text = _TYPES[ColumnType.TEXT]
    sa.Table(
        "ledger_entries",
        metadata,
        sa.Column(*number, primary_key=True, autoincrement=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        **strict,
    )
    sa.Table(
        "ledger_bodies",
        metadata,
        sa.Column(*number, primary_key=True, autoincrement=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        **strict,
    )
    sa.Table(
        "ledger_nodes",
        metadata,
        sa.Column("level", _INT, primary_key=True, autoincrement=False),
        sa.Column("position", _INT, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        **lean,
    )
    sa.Table(
        "ledger_checkpoints",
        metadata,
        sa.Column("size", _INT, primary_key=True, autoincrement=False),
        sa.Column("note", text, nullable=False),
        **strict,
    )
    sa.Table(
        "record_layout",
        metadata,
        sa.Column("version", _INT, primary_key=True, autoincrement=False),
        sa.Column("digest", text, nullable=False),
        sa.Column("tables", text, nullable=False),
        **strict,
    )
    sa.Table(
        "fingerprints",
        metadata,
        sa.Column("digest", text, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        **strict,
    )

"""Version 1: the ledger, and which tables were made from it.

Frozen. A later version is another file.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_STRICT: dict[str, Any] = {"sqlite_strict": True}


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, _INT, primary_key=True, autoincrement=False)


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, nullable=False)


def upgrade() -> None:
    """Make the ledger's tables."""
    op.create_table("ledger_entries", _key("number"), _bytes("leaf"), _bytes("hash"), **_STRICT)
    op.create_table("ledger_bodies", _key("number"), _bytes("salt"), _bytes("body"), **_STRICT)
    op.create_table(
        "ledger_nodes",
        _key("level"),
        _key("position"),
        _bytes("hash"),
        **_STRICT,
        sqlite_with_rowid=False,
    )
    op.create_table("ledger_checkpoints", _key("size"), _text("note"), **_STRICT)
    op.create_table("record_layout", _key("version"), _text("digest"), _text("tables"), **_STRICT)

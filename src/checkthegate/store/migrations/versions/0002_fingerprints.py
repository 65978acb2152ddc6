"""Version 2: fingerprints, kept by their digest beside the ledger that names them.

Frozen. A later version is another file.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the table of fingerprints."""
    op.create_table(
        "fingerprints",
        sa.Column("digest", _TEXT, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )

"""Alembic's environment: runs on the connection and inside the transaction it is handed."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    version_table=context.config.attributes["version_table"],
)
context.run_migrations()

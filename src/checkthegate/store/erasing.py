"""Making erased bodies gone for good, not only from the tables but from the database's files."""

from __future__ import annotations

from collections.abc import Sequence

from checkthegate.model import UsageError
from checkthegate.store.database import Session
from checkthegate.store.layout import Layout, quoted


def erase_bodies(session: Session, numbers: Sequence[int], size: int) -> None:
    """Delete these entries' bodies and salts. Raises `UsageError` for one that does not exist."""
    if numbers and not 0 <= numbers[0] <= numbers[-1] < size:
        raise UsageError(
            f"There is no entry {numbers[-1] if numbers[0] >= 0 else numbers[0]} to erase.",
            hint="See the entries with: gate ledger export",
        )
    session.many("DELETE FROM ledger_bodies WHERE number = ?", [(number,) for number in numbers])


def scrub(session: Session, layout: Layout) -> None:
    """Overwrite what was deleted.

    SQLite overwrites deleted cells at once (`secure_delete`), so only its log is emptied.
    PostgreSQL keeps deleted rows in its files: the tables are written anew. Its own log and
    backups are beyond reach, here as there.
    """
    if session.sqlite:
        session.run("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    for name in ("ledger_bodies", "fingerprints", *layout.shapes):
        session.run(f"VACUUM (FULL) {quoted(name)}")

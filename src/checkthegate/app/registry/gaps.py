"""Gaps that a person answers for: what could not be looked at, and why it may go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checkthegate.app.recording import event, found, new_id
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.app.registry.history import history
from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf
from checkthegate.registry.times import in_effect, past
from checkthegate.seams import RecordReading


def accept_gap(desk: Desk, stated: Mapping[str, Any]) -> Written:
    """Answer for every gap in files whose path fits `pattern`. `person` says so, and `why`."""
    until = stated.get("until")
    today = datetime.now(UTC).date().isoformat()
    if until is not None and until < today:
        raise UsageError(
            f"--until {until} is over already.", hint="Name a day to come, or leave it out."
        )

    def make(reading: RecordReading) -> list[Event]:
        for row in reading.rows("accepted_gaps"):
            same = all(row[name] == stated.get(name) for name in ("pattern", "observer", "person"))
            if same and not (row["until"] and row["until"] < today):
                raise UsageError(
                    f"“{row['pattern']}” was accepted already, as {row['id']}.",
                    hint=f"See: gate gap show {row['id']}",
                )
        return [event("gap-accepted", new_id("gap"), stated)]

    return desk.write(make)


def list_gaps(desk: Desk, when: AsOf) -> list[dict[str, Any]]:
    """Every accepted gap on file by then, and whether it still counted."""
    with desk.store.reading() as reading:
        rows = [row for row in reading.rows("accepted_gaps") if in_effect(row, when)]
    return [_summary(row, when) for row in sorted(rows, key=lambda row: str(row["at"]))]


def show_gap(desk: Desk, named: str, when: AsOf) -> dict[str, Any]:
    """An accepted gap and its history."""
    with desk.store.reading() as reading:
        row = found(reading, "accepted_gaps", named, "pattern")
        return {**_summary(row, when), "history": history(reading, row["id"], when)}


def _summary(row: Row, when: AsOf) -> dict[str, Any]:
    names = ("id", "pattern", "observer", "why", "person", "until", "at", "by")
    summary = {name: row[name] for name in names}
    return {**summary, "counts": not past(row["until"], when)}

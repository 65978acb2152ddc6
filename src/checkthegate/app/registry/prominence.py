"""A reviewer's word on how prominent AI material is: in the background, in view, in the story."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from checkthegate.app.recording import event, new_id
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.app.resolving import DIGEST, node_named
from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.registry import AsOf
from checkthegate.registry.prominence import prominence_on_file
from checkthegate.registry.times import in_effect
from checkthegate.seams import RecordReading

_LONGEST_NAME = 200


def state_prominence(desk: Desk, named: str, prominence: str, person: str, why: str) -> Written:
    """Record how prominent a file or a record is; the newest word counts.

    `named` is a file, its `sha256:` digest, or the id of a record. Raises `UsageError`.
    """

    def make(reading: RecordReading) -> list[Event]:
        about = _about(reading, named)
        stated = {**about, "prominence": prominence, "person": person, "why": why}
        return [event("prominence-stated", new_id("prom"), stated)]

    return desk.write(make)


def list_prominence(desk: Desk, when: AsOf) -> list[dict[str, Any]]:
    """Every word that was on file by then, the newest first, and whether it counted."""
    with desk.store.reading() as reading:
        rows = [row for row in reading.rows("prominences") if in_effect(row, when)]
        counting = prominence_on_file(reading, when)
    names = ("id", "digest", "record", "path", "prominence", "person", "why", "at", "by")
    told: dict[str, None] = {}
    listed = []
    for row in sorted(rows, key=lambda row: (row["holds_from"], row["entry"]), reverse=True):
        key = row["record"] or row["digest"]
        listed.append({**{name: row[name] for name in names},
                       "counts": key in counting and key not in told})  # fmt: skip
        told[key] = None
    return listed


def _about(reading: RecordReading, named: str) -> dict[str, str]:
    node = node_named(reading, named)
    if DIGEST.fullmatch(node):
        file = Path(named)
        return {"digest": node} | ({"path": _name(file)} if file.is_file() else {})
    if node.startswith("rec_"):
        return {"record": node}
    raise UsageError(
        f"“{named[:60]}” is no file and no record.",
        hint="Name the file as it is delivered, or a record. See: gate record list",
    )


def _name(file: Path) -> str:
    plain = file.name.encode("utf-8", "backslashreplace").decode()
    return "".join(each if each.isprintable() else "?" for each in plain)[:_LONGEST_NAME]

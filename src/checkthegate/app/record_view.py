"""Records of generated files as people and scripts see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checkthegate.app.recording import found, now
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf
from checkthegate.registry.lineage import weakest_of
from checkthegate.registry.times import as_known_now, in_effect
from checkthegate.registry.uses import answer_at
from checkthegate.seams import RecordReading


def records_listed(reading: RecordReading, use: str | None, when: AsOf) -> list[dict[str, Any]]:
    """Every record as of a time, the newest last; of one use, by id or title, when named."""
    asked = {"use": found(reading, "uses", use, "title")["id"]} if use else {}
    rows = sorted(reading.rows("records", **asked), key=lambda row: int(row["entry"]))
    counted: dict[str, int] = {}
    for row in reading.rows("record_files"):
        counted[row["record"]] = counted.get(row["record"], 0) + 1
    return [
        _stated(row) | {"files": counted.get(row["id"], 0)} for row in rows if in_effect(row, when)
    ]


def record_shown(
    reading: RecordReading, id_: str, *, files: bool = True, private: bool = False
) -> dict[str, Any]:
    """One record, with the step that decides. `files` lists them with what they said of
    themselves, `private` with what never leaves the home. Raises `UsageError`."""
    row = found(reading, "records", id_)
    when = as_known_now(now())
    kept = reading.rows("record_files", record=row["id"])
    inputs = [
        {"digest": edge["source"], "path": edge["label"]}
        for edge in reading.rows("record_edges", target=row["id"])
        if edge["source_kind"] == "file"
    ]
    weakest = weakest_of(row["id"], reading, when)
    answer = answer_at(reading, row["use"], when)
    return {
        **_stated(row),
        "files": [_file(each, private=private) for each in kept] if files else len(kept),
        "inputs": inputs,
        "weakest": None
        if weakest is None
        else {"name": weakest.name, "tool": weakest.tool, "reason": weakest.reason},
        "verdict": answer["verdict"] if answer else None,
        "approval": answer["approval"] if answer else None,
    }


def _stated(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "use": row["use"],
        "made": row["made"],
        "promise": row["promise"],
        "steps": [dict(step) for step in row["steps"]],
        "talents": list(row["talents"] or ()),
        "note": row["note"],
        "at": row["at"],
        "holds_from": row["holds_from"],
        "by": row["by"],
        "entry": row["entry"],
    }


def _file(row: Row, *, private: bool) -> dict[str, Any]:
    names: Sequence[str] = ("digest", "path", "size", "kind", "media_type", "facts")
    stated = {name: row[name] for name in names}
    return stated | ({"private": row["private"]} if private else {})

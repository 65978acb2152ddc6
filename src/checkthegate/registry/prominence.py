"""How prominent a reviewer found AI material to be: the newest word on a file or record counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from checkthegate.model.registry import AsOf
from checkthegate.model.use import Prominence
from checkthegate.registry.rows import Rows
from checkthegate.registry.times import in_effect

REVIEWED: Final = (Prominence.INCIDENTAL, Prominence.PROMINENT, Prominence.STORY)


def prominence_on_file(rows: Rows, when: AsOf) -> Mapping[str, str]:
    """What reviewers found as of a time, by the id of a record and by a file's digest."""
    stated = [row for row in rows.rows("prominences") if in_effect(row, when)]
    stated.sort(key=lambda row: (row["holds_from"], row["entry"]))
    return {row["record"] or row["digest"]: row["prominence"] for row in stated}

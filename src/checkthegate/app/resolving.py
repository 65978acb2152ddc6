"""Finds on record what a person names: by id, by a name only one has, by a file's own bytes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from checkthegate.model import UsageError
from checkthegate.seams import RecordReading

DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_ID: Final = re.compile(r"([a-z]{2,5})_[0-9A-HJKMNP-TV-Z]{10}")
_TABLES: Final = {
    "rec": "records", "use": "uses", "tool": "tools", "tal": "talents", "con": "consents",
    "apr": "approvals", "esc": "escalations", "work": "works", "dec": "decisions",
    "gap": "accepted_gaps", "cert": "certificates",
    "prom": "prominences",
}  # fmt: skip
_NAMED: Final = (("tools", "name"), ("talents", "name"), ("uses", "title"), ("works", "title"))
_OF_FILES: Final = (
    ("record_files", "record"),
    ("work_files", "work"),
    ("approval_files", "approval"),
    ("documents", "subject"),
)


def node_named(reading: RecordReading, named: str) -> str:
    """The id or digest of what is named. Raises `UsageError` for nothing, or for several."""
    if DIGEST.fullmatch(named):
        return named
    letters = _ID.fullmatch(named)
    table = _TABLES.get(letters[1]) if letters else None
    if table is not None:
        if not reading.rows(table, id=named):
            raise UsageError(
                f"There is no {named} on record.", hint="Ids are shown by the listings."
            )
        return named
    file = Path(named)
    if file.is_file():
        return file_digest(file)
    return _by_name(reading, named, folder=file.is_dir())


def file_digest(file: Path) -> str:
    """`sha256:<hex>` of a file's bytes. Raises `UsageError` when it cannot be read."""
    try:
        with file.open("rb") as stream:
            return "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise UsageError(
            f"“{file}” cannot be read ({problem.strerror}).",
            hint="Check its permissions.",
            path=str(file),
        ) from None


def subjects_named(reading: RecordReading, named: str) -> frozenset[str]:
    """The ids whose entries are about what is named: of a file, everything that names it."""
    node = node_named(reading, named)
    if not DIGEST.fullmatch(node):
        return frozenset({node})
    return frozenset(
        str(row[column]) for table, column in _OF_FILES for row in reading.rows(table, digest=node)
    )


def _by_name(reading: RecordReading, named: str, *, folder: bool) -> str:
    wanted = named.casefold().strip()
    found = [
        str(row["id"])
        for table, column in _NAMED
        for row in reading.rows(table)
        if str(row[column] or "").casefold() == wanted
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"“{named}” is the name of several: {', '.join(found[:5])}.",
            hint="Name the one you mean by its id.",
        )
    if folder:
        raise UsageError(
            f"“{named}” is a folder.", hint="Name one file in it, or an id.", path=named
        )
    raise UsageError(
        f"“{named}” is neither a file nor anything on record.",
        hint="Name a file, an id (rec_…, use_…, tool_…), or a name that only one has.",
    )

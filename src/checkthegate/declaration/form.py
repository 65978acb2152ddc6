"""Which form a text has: by its file name, else by how it begins."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Final

from checkthegate.declaration.csv_text import looks_like_csv
from checkthegate.declaration.shape import FIELDS

_BOM: Final = b"\xef\xbb\xbf"


class Form(StrEnum):
    """How declarations can be written down. `LINES` is JSON, one declaration a line."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"
    LINES = "jsonl"


_SUFFIXES: Final = {
    ".yaml": Form.YAML,
    ".yml": Form.YAML,
    ".json": Form.JSON,
    ".csv": Form.CSV,
    ".tsv": Form.CSV,
    ".jsonl": Form.LINES,
    ".ndjson": Form.LINES,
}
_FIELD: Final = re.compile(rf"['\"]?(?:{'|'.join((*FIELDS, 'schema'))})['\"]?\s*:", re.IGNORECASE)


def form_of_name(name: str) -> Form | None:
    """The form that a file's name promises, or None."""
    return _SUFFIXES.get("." + name.rpartition(".")[2].lower()) if "." in name else None


def form_of_start(start: bytes) -> Form | None:
    """The form of a text that begins like this, or None when it begins like none of them.

    `start` is the first few kilobytes. JSON whose first line is whole and that goes on with
    another object is taken as one declaration a line.
    """
    text = decoded_start(start).lstrip()
    if not text:
        return None
    if text[0] in "{[":
        return _json_form(text)
    if looks_like_csv(text) or text[:4].lower() == "sep=":
        return Form.CSV
    lines = [line for line in text.splitlines() if line.strip()]
    plain = next((line for line in lines if not line.startswith("#")), "#")
    if plain.startswith(("---", "%YAML", "#")) or _FIELD.match(plain.removeprefix("- ")):
        return Form.YAML
    return None


def decoded_start(start: bytes) -> str:
    """The start of a text, wrong bytes replaced; enough to recognise it by."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start[: len(start) // 2 * 2].decode("utf-16", "replace")
    return start.removeprefix(_BOM).decode("utf-8", "replace")


def _json_form(text: str) -> Form:
    first, _, rest = text.partition("\n")
    if not rest.lstrip().startswith("{"):
        return Form.JSON
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        whole = first.rstrip().endswith("}") and rest.lstrip().startswith("{")
        return Form.LINES if whole else Form.JSON
    return Form.LINES

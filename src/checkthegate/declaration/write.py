"""Writes declarations so that they read back equal: YAML, JSON, or a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Final

from checkthegate.declaration.cells import NONE, to_cell
from checkthegate.declaration.form import Form
from checkthegate.declaration.plain import plain
from checkthegate.declaration.shape import FIELDS, SCHEMA
from checkthegate.model.use import DeclaredUse

_WIDTH: Final = 10_000


def write(uses: Sequence[DeclaredUse], form: Form) -> str:
    """The text of a file that holds these declarations, ending with a newline."""
    return _WRITERS[form](uses)


def _yaml(uses: Sequence[DeclaredUse]) -> str:
    import yaml

    documents = [{"schema": SCHEMA, **plain(use)} for use in uses]
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    texts = [
        yaml.dump(each, Dumper=dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
        for each in documents
    ]
    return "---\n".join(texts)


def _json(uses: Sequence[DeclaredUse]) -> str:
    documents = [{"schema": SCHEMA, **plain(use)} for use in uses]
    whole = documents[0] if len(documents) == 1 else documents
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _lines(uses: Sequence[DeclaredUse]) -> str:
    return "".join(json.dumps(plain(use), ensure_ascii=False) + "\n" for use in uses)


def _csv(uses: Sequence[DeclaredUse]) -> str:
    rows = [[_cell(plain(use), name) for name in FIELDS] for use in uses]
    return write_rows([list(FIELDS), *rows])


def write_rows(rows: Sequence[Sequence[str]]) -> str:
    """A table as spreadsheet programs take it: commas, quotes where needed, CR LF."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def _cell(stated: dict[str, Any], name: str) -> str:
    if name not in stated:
        return ""
    value = stated[name]
    return NONE if value is None else to_cell(value, FIELDS[name])


_WRITERS: Final = {Form.YAML: _yaml, Form.JSON: _json, Form.CSV: _csv, Form.LINES: _lines}

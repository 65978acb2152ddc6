"""JSON Schemas of triage, made from the model's own words.

`python -m checkthegate.app.schemas DIR` writes `use.1.json` and `answer.1.json`; a test and
`make lint` hold the checked-in files against what is made here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

from checkthegate.app.ask import SCHEMA
from checkthegate.declaration.schema import use_schema
from checkthegate.model import Approval, Outcome, Verdict

_WORD: dict[str, Any] = {"type": "string", "minLength": 1}
_TEXT: dict[str, Any] = {"type": "string"}
_PACK: dict[str, Any] = {"$ref": "#/$defs/pack"}


def answer_schema() -> dict[str, Any]:
    """The schema of one line of `gate ask --json`: an answer, or what is wrong with a line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:checkthegate:answer:1",
        "title": "An answer to a declared use, or to a line that declares none",
        "oneOf": [{"$ref": "#/$defs/answer"}, {"$ref": "#/$defs/wrong_line"}],
        "$defs": {
            "answer": _answer(),
            "wrong_line": _wrong_line(),
            "finding": _finding(),
            "change": _change(),
            "pack": _object(
                {
                    "id": _WORD,
                    "version": _WORD,
                    "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
                }
            ),
        },
    }


def write_schemas(folder: Path) -> list[Path]:
    """Writes `use.1.json` and `answer.1.json` into `folder` and returns their paths."""
    written = []
    for name, schema in (("use.1.json", use_schema()), ("answer.1.json", answer_schema())):
        path = folder / name
        path.write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _answer() -> dict[str, Any]:
    return _object(
        {
            "schema": {"const": SCHEMA},
            "title": _WORD,
            "verdict": _one_of(Verdict),
            "approval": _one_of(Approval),
            "rules": {"type": "array", "items": _WORD},
            "findings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
            "would_change": {"type": "array", "items": {"$ref": "#/$defs/change"}},
            "open_questions": {"type": "array", "items": _WORD},
            "pack": _PACK,
            "packs": {"type": "array", "items": _PACK, "minItems": 2},
            "use": _WORD,
            "contradictions": {"type": "array", "items": _WORD},
            "unregistered": {"type": "array", "items": _WORD},
            "notice": _WORD,
        },
        optional=("packs", "use", "contradictions", "unregistered"),
    )


def _wrong_line() -> dict[str, Any]:
    error = _object(
        {
            "line": {"type": "integer", "minimum": 1},
            "field": {"type": ["string", "null"]},
            "column": {"type": "integer", "minimum": 1},
            "message": _WORD,
            "hint": _TEXT,
        },
        optional=("column",),
    )
    return _object({"error": error, "verdict": {"const": Verdict.ESCALATE.value}})


def _finding() -> dict[str, Any]:
    return _object(
        {
            "rule": _WORD,
            "outcome": {"enum": [Outcome.FAIL.value, Outcome.UNKNOWN.value]},
            "verdict": _one_of(Verdict),
            "approval": _one_of(Approval),
            "title": _WORD,
            "reason": _WORD,
            "next_step": _WORD,
            "citation": _WORD,
        }
    )


def _change() -> dict[str, Any]:
    return _object(
        {
            "field": _WORD,
            "to": {"type": ["string", "array", "null"]},
            "verdict": _one_of(Verdict),
            "approval": _one_of(Approval),
            "if_so": {"type": "boolean"},
            "says": _WORD,
            "about": {"type": ["string", "null"]},
        }
    )


def _object(properties: dict[str, Any], optional: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in set(optional)],
        "additionalProperties": False,
    }


def _one_of(scale: type[StrEnum]) -> dict[str, Any]:
    return {"enum": [member.value for member in scale]}


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))

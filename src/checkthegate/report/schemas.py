"""JSON Schemas of what leaves the program, made from the model's own words.

`python -m checkthegate.report.schemas DIR` writes them; a test holds the checked-in files
against what is made here, so a new verdict or key cannot leave unnoticed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

from checkthegate.model import AiState, Approval, GateError, Grade, Kind, Outcome, Verdict
from checkthegate.model import errors as _every_error
from checkthegate.report.cut_schema import ai_map_schema, cut_definitions
from checkthegate.report.document import SCHEMA

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: dict[str, Any] = {"type": "string"}
_WORD: dict[str, Any] = {"type": "string", "minLength": 1}
_NUMBER: dict[str, Any] = {"type": "number"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_FLAG: dict[str, Any] = {"type": "boolean"}
_DIGEST: dict[str, Any] = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}


def report_schema() -> dict[str, Any]:
    """The schema of `checkthegate.report/1`."""
    top = {
        "schema": {"const": SCHEMA},
        "verdict": _one_of(Verdict),
        "approval": _one_of(Approval),
        "final": _FLAG,
        "packs": _list(_ref("pack")),
        "summary": _ref("summary"),
        "assets": _list(_ref("asset")),
        "gaps": _list(_ref("delivery_gap")),
        "findings": _list(_ref("finding")),
        "skipped": _list(_object({"path": _WORD, "reason": _WORD})),
        "timelines": _list(_ref("timeline")),
        "home": {"anyOf": [_object({"production": _TEXT, "key": _WORD}), {"type": "null"}]},
        "checked_at": {"type": "string", "format": "date-time"},
        "tool": _object({"name": _WORD, "version": _WORD}),
        "prompts_included": _FLAG,
        "delivery": _TEXT,
        "as_of": _TEXT,
        "decision": _object({"id": _WORD, "entry": _COUNT}),
        "checkpoint": _WORD,
        "certificate": _WORD,
    }
    return {
        "$schema": _DIALECT,
        "$id": "urn:checkthegate:report:1",
        "title": "A report of Check the Gate",
        **_object(top, optional=("delivery", "as_of", "decision", "checkpoint", "certificate")),
        "$defs": _definitions(),
    }


def error_schema() -> dict[str, Any]:
    """The schema of `checkthegate.error/1`."""
    codes = sorted({kind.code for kind in _errors()})
    wrong = _object(
        {"code": {"enum": codes}, "message": _WORD, "hint": _WORD, "path": _TEXT_OR_NULL}
    )
    return {
        "$schema": _DIALECT,
        "$id": "urn:checkthegate:error:1",
        "title": "An error of Check the Gate",
        **_object({"schema": {"const": "checkthegate.error/1"}, "error": wrong}),
    }


def write_schemas(folder: Path) -> list[Path]:
    """Writes the schemas of reports, errors and the AI map into `folder`; returns their paths."""
    written = []
    made = {
        "report.1.json": report_schema(),
        "error.1.json": error_schema(),
        "ai-map.1.json": ai_map_schema(),
    }
    for name, schema in made.items():
        path = folder / name
        path.write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _definitions() -> dict[str, Any]:
    return {
        "pack": _object({"id": _WORD, "version": _WORD, "digest": _DIGEST}),
        "summary": _object(
            {
                "files": _COUNT,
                "bytes": _COUNT,
                "assets": _COUNT,
                "gaps": _COUNT,
                "seconds": {"type": "number", "minimum": 0},
                "cached": _COUNT,
            }
        ),
        "asset": _asset(),
        "evidence": _evidence(),
        "span": _object({"start": _NUMBER, "end": _NUMBER}),
        "source": _object(
            {"id": _WORD, "path": _TEXT, "span": _ref("span"), "distance": _NUMBER},
            optional=("path", "span", "distance"),
        ),
        "gap": _object({"observer": _WORD, "reason": _WORD}),
        "delivery_gap": _object({"observer": _WORD, "reason": _WORD, "path": _TEXT}),
        "finding": _finding(),
        **cut_definitions(),
    }


def _asset() -> dict[str, Any]:
    return _object(
        {
            "path": _WORD,
            "kind": _one_of(Kind),
            "media_type": _WORD,
            "size": _COUNT,
            "digest": {"anyOf": [_DIGEST, {"type": "null"}]},
            "digest_from": {"enum": ["read", "stat"]},
            "final": _FLAG,
            "ai": _one_of(AiState),
            "verdict": _one_of(Verdict),
            "evidence": _list(_ref("evidence")),
            "gaps": _list(_ref("gap")),
            "findings": _list(_ref("finding")),
        }
    )


def _evidence() -> dict[str, Any]:
    return _object(
        {
            "observer": _WORD,
            "grade": _one_of(Grade),
            "claim": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"},
            "detail": {"type": "object"},
            "span": _ref("span"),
            "source": _ref("source"),
        },
        optional=("span", "source"),
    )


def _finding() -> dict[str, Any]:
    return _object(
        {
            "rule": _WORD,
            "outcome": _one_of(Outcome),
            "verdict": _one_of(Verdict),
            "approval": _one_of(Approval),
            "title": _TEXT,
            "reason": _TEXT,
            "next_step": _TEXT,
            "citation": _TEXT,
            "approval_id": _TEXT_OR_NULL,
            "covered_by": _TEXT_OR_NULL,
        }
    )


def _object(properties: dict[str, Any], optional: Iterable[str] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in set(optional)]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _list(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _one_of(scale: type[StrEnum]) -> dict[str, Any]:
    return {"enum": [member.value for member in scale]}


def _errors() -> list[type[GateError]]:
    named = vars(_every_error).values()
    kinds = [kind for kind in named if isinstance(kind, type) and issubclass(kind, GateError)]
    return [kind for kind in kinds if kind is not GateError]


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))

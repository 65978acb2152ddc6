"""The part of the report's JSON Schema that is about cuts, and the schema of the AI map."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from checkthegate.model import AiState, Grade, Kind, Verdict
from checkthegate.model.timeline import Changed, LinkedBy, TrackKind

_TEXT: dict[str, Any] = {"type": "string"}
_FLAG: dict[str, Any] = {"type": "boolean"}
_FRAME: dict[str, Any] = {"type": "integer"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
_RATE: dict[str, Any] = {"type": "string", "pattern": "^[0-9]+(/[0-9]+)?$"}
_NEST: dict[str, Any] = {"type": "array", "items": _TEXT}
_SHARE: dict[str, Any] = {
    "anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}]
}


def cut_definitions() -> dict[str, Any]:
    """The definitions of a cut, its tracks, events and places with AI."""
    return {
        "timeline": _timeline(),
        "track": _object({"name": _TEXT, "kind": _one_of(TrackKind), "label": _TEXT,
                          "enabled": _FLAG}),
        "event": _object({**_place(), **_state(), "rules": _NEST}),
        "ai_map_row": _row(),
    }  # fmt: skip


def ai_map_schema() -> dict[str, Any]:
    """The schema of `checkthegate.ai-map/1`."""
    line = {**_row()["properties"], "timeline": _TEXT}
    known = dict.fromkeys(("model", "source_type", "observer", "how_we_know", "digest"), _TEXT)
    matched = {
        **dict.fromkeys(("source_path", "match", "answer"), _TEXT),
        **{name: {"type": "number"} for name in ("distance", "differs")},
    }
    file = {
        **dict.fromkeys(("path", "tool", "claim", "grade", "approval", "in", "out"), _TEXT),
        **dict.fromkeys(("source", "source_in", "source_out"), _TEXT),
        "kind": _one_of(Kind),
        "ai": _one_of(AiState),
        "verdict": _one_of(Verdict),
        "rules": _NEST,
        **known,
        **matched,
    }
    needed = ("path", "kind", "ai", "verdict")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:checkthegate:ai-map:1",
        "title": "Where AI is or may be in a delivery",
        **_object(
            {
                "schema": {"const": "checkthegate.ai-map/1"},
                "events": {"type": "array", "items": _object(line)},
                "files": {
                    "type": "array",
                    "items": _object(file, [each for each in file if each not in needed]),
                },
            }
        ),
    }


def _timeline() -> dict[str, Any]:
    counts = ("events", "told", "stopping", "ai", "unknown", "disabled", "rows")
    changes = {each.value: _COUNT for each in Changed}
    return _object(
        {
            "path": _TEXT,
            "name": _TEXT,
            "format": _TEXT,
            "rate": _RATE,
            "drop_frame": _FLAG,
            "start": _TEXT,
            "end": _TEXT,
            "start_frame": _FRAME,
            "end_frame": _FRAME,
            "named": _FLAG,
            "film": _TEXT_OR_NULL,
            "since": _TEXT_OR_NULL,
            "changes": _object(changes, changes),
            "omitted": _NEST,
            "tracks": {"type": "array", "items": {"$ref": "#/$defs/track"}},
            "counts": _object(dict.fromkeys(counts, _COUNT)),
            "events": {"type": "array", "items": {"$ref": "#/$defs/event"}},
            "rows": {"type": "array", "items": {"$ref": "#/$defs/ai_map_row"}},
        }
    )


def _place() -> dict[str, Any]:
    return {
        "number": {"type": "integer", "minimum": 1},
        **dict.fromkeys(("label", "name", "track", "record_in", "record_out"), _TEXT),
        "record_in_frame": _FRAME,
        "record_out_frame": _FRAME,
        **dict.fromkeys(("source_in", "source_out", "media"), _TEXT),
        "linked_by": {"enum": ["", *(each.value for each in LinkedBy)]},
        "ai": _one_of(AiState),
        "verdict": _one_of(Verdict),
    }


def _state() -> dict[str, Any]:
    changed = {"enum": [None, *(each.value for each in Changed)]}
    return {"enabled": _FLAG, "nest": _NEST, "changed": changed, "note": _TEXT}


def _row() -> dict[str, Any]:
    return _object(
        {
            **_place(),
            "kind": _one_of(Kind),
            "claim": _TEXT,
            "grade": {"enum": [None, *(each.value for each in Grade)]},
            **dict.fromkeys(("tool", "use", "record", "approval"), _TEXT),
            "seconds": {"type": "number", "minimum": 0},
            "share": _SHARE,
            "prominence": {"enum": ["", "incidental", "prominent", "story"]},
            **_state(),
        }
    )


def _object(properties: dict[str, Any], optional: Any = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in set(optional)],
        "additionalProperties": False,
    }


def _one_of(scale: type[StrEnum]) -> dict[str, Any]:
    return {"enum": [member.value for member in scale]}

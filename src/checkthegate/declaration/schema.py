"""The JSON Schema of `checkthegate.use/1`, made from the model's own words."""

from __future__ import annotations

from typing import Any, Final

from checkthegate.declaration.shape import FIELDS, SCHEMA, Field, FieldKind

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def use_schema() -> dict[str, Any]:
    """The schema of a declared use. What it allows, `read_declarations` reads."""
    properties = {"schema": {"const": SCHEMA}} | {f.name: _field(f) for f in FIELDS.values()}
    return {
        "$schema": _DIALECT,
        "$id": "urn:checkthegate:use:1",
        "title": "A declared use of generative AI",
        "type": "object",
        "properties": properties,
        "required": [field.name for field in FIELDS.values() if field.mandatory],
        "additionalProperties": False,
    }


def _field(field: Field) -> dict[str, Any]:
    return {"description": field.meaning, **_value(field)}


def _value(field: Field) -> dict[str, Any]:
    if field.kind is FieldKind.WORD:
        words = {"enum": list(field.words)}
        return words if field.mandatory else {"enum": [*field.words, None]}
    if field.kind is FieldKind.WORDS:
        return {"type": "array", "items": {"enum": list(field.words)}}
    if field.kind is FieldKind.ENTRIES:
        listed = {"items": _entry(field)}
        return {"type": "array" if field.mandatory else ["array", "null"], **listed}
    if field.kind is FieldKind.TRAINING:
        return {"anyOf": [_entry(field), {"type": "null"}]}
    return {"type": "string", "minLength": 1} if field.mandatory else {"type": ["string", "null"]}


def _entry(field: Field) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _field(inner) for name, inner in field.fields.items()},
        "required": [name for name, inner in field.fields.items() if inner.mandatory],
        "additionalProperties": False,
    }

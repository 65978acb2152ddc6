"""The form of `checkthegate.bundle/1`: its schema, its fixed words, and the strict check of both.

`python -m checkthegate.ledger > schemas/bundle.1.json` writes the schema; a test
holds the checked-in file against what is made here.
"""

from __future__ import annotations

import json
import re
from typing import Any

from checkthegate.ledger.faults import Malformed

BUNDLE_SCHEMA = "checkthegate.bundle/1"
PROVES = (
    "Each entry lies, unchanged and at its number, in the ledger that the checkpoint signs; "
    "each event shown is the one that was recorded there."
)
DOES_NOT_PROVE = (
    "That what was recorded is true; when it was recorded, beyond the word of the key's holder; "
    "that the key belongs to whom it claims; that entries not shown do not exist, unless the "
    "bundle is complete; or that nothing was rewritten by the key's holder since the last "
    "checkpoint that somebody else holds."
)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: dict[str, Any] = {"type": "string"}
_TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
_HEX = "^[0-9a-f]{64}$"
_IS_HEX = re.compile("[0-9a-f]{64}")
_TOP = (
    "schema",
    "production",
    "proves",
    "does_not_prove",
    "key",
    "checkpoint",
    "complete",
    "entries",
    "seal",
)
_ENTRY = ("leaf", "salt", "event", "proof")


def bundle_schema() -> dict[str, Any]:
    """The JSON Schema of `checkthegate.bundle/1`."""
    parts: dict[str, Any] = {
        "schema": {"const": BUNDLE_SCHEMA},
        "production": _TEXT_OR_NULL,
        "proves": {"const": PROVES},
        "does_not_prove": {"const": DOES_NOT_PROVE},
        "key": {"type": "string", "pattern": r"^checkthegate/[0-9a-f]{16}\+[0-9a-f]{8}\+.{44}$"},
        "checkpoint": _TEXT,
        "complete": {"type": "boolean"},
        "entries": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
        "seal": _TEXT,
    }
    return {
        "$schema": _DIALECT,
        "$id": "urn:checkthegate:bundle:1",
        "title": "A bundle of Check the Gate: ledger entries with their proofs",
        **_object(parts),
        "$defs": {"entry": _entry_schema()},
    }


def schema_text() -> str:
    """The schema as the file `bundle.1.json` holds it."""
    return json.dumps(bundle_schema(), indent=2) + "\n"


def check_form(document: Any) -> dict[str, Any]:
    """The document, once every field has its type and the fixed words are the fixed ones.

    Raises `Malformed`. Whatever the schema refuses is refused here too.
    """
    if not isinstance(document, dict) or document.get("schema") != BUNDLE_SCHEMA:
        raise Malformed(f"it is not a {BUNDLE_SCHEMA} document")
    if document.keys() != set(_TOP):
        raise Malformed("it lacks a field, or has one that is not known")
    if (document["proves"], document["does_not_prove"]) != (PROVES, DOES_NOT_PROVE):
        raise Malformed("what it says that it proves is not what a bundle proves")
    fits = (
        all(isinstance(document[name], str) for name in ("key", "checkpoint", "seal"))
        and isinstance(document["production"], str | None)
        and isinstance(document["complete"], bool)
        and isinstance(document["entries"], list)
    )
    if not fits or not all(_is_entry(given) for given in document["entries"]):
        raise Malformed("a field in it is not of its type")
    return document


def _is_entry(given: Any) -> bool:
    return (
        isinstance(given, dict)
        and given.keys() == set(_ENTRY)
        and isinstance(given["leaf"], str)
        and (given["salt"] is None or _is_hex(given["salt"]))
        and isinstance(given["event"], str | None)
        and isinstance(given["proof"], list)
        and len(given["proof"]) <= 64
        and all(_is_hex(sibling) for sibling in given["proof"])
    )


def _is_hex(text: Any) -> bool:
    return isinstance(text, str) and _IS_HEX.fullmatch(text) is not None


def _entry_schema() -> dict[str, Any]:
    path = {"type": "array", "maxItems": 64, "items": {"type": "string", "pattern": _HEX}}
    return _object(
        {
            "leaf": _TEXT,
            "salt": {"type": ["string", "null"], "pattern": _HEX},
            "event": _TEXT_OR_NULL,
            "proof": path,
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }

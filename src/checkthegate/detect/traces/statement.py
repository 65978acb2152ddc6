"""How a trace becomes evidence: cleaned, bounded, with what is private kept apart.

Everything here is total: whatever the file holds, these functions return and never raise.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping

from checkthegate.detect.carriers.tag import Tag
from checkthegate.model import Evidence, Grade, Json

OBSERVER = "metadata"
WORD_LIMIT = 160
LIST_LIMIT = 200
PRIVATE_LIMIT = 2_000_000
JSON_LIMIT = 32 * 1024 * 1024
BRANCH_LIMIT = 1_000_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}")
_PATH = re.compile(r"(?<![^\s\"'=(\[])(?:[A-Za-z]:|\.{1,2}|~[^\s/\\]*)?[/\\](?:[^/\\\n]*[/\\])+")
UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"


def state(
    claim: str,
    tag: Tag,
    *,
    tool: str | None = None,
    grade: Grade = Grade.DECLARED,
    detail: Mapping[str, Json] | None = None,
    private: Mapping[str, Json] | None = None,
) -> Evidence:
    """Evidence of one claim, resting on `tag`. Empty values are left out of both mappings."""
    shown: dict[str, Json] = {"tool": tool, **(detail or {})}
    shown.update(carrier=tag.carrier, key=word(tag.key))
    return Evidence(OBSERVER, grade, claim, _shown(shown), _held(private or {}))


def _shown(values: Mapping[str, Json]) -> dict[str, Json]:
    kept = {name: _plain(value, WORD_LIMIT) for name, value in values.items()}
    return {name: value for name, value in kept.items() if value not in (None, "", [])}


def _held(values: Mapping[str, Json]) -> dict[str, Json]:
    kept = {name: _plain(value, PRIVATE_LIMIT) for name, value in values.items()}
    return {name: value for name, value in kept.items() if value not in (None, "", [])}


def _plain(value: object, limit: int) -> Json:
    """A value that canonical JSON can hold: text is cut at `limit`, odd numbers become text."""
    if isinstance(value, str):
        return word(value, limit) if limit <= WORD_LIMIT else readable(value[:limit])
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else text_of(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Iterable):
        return [text_of(_plain(part, limit)) for part in list(value)[:LIST_LIMIT] if part]
    return None


def readable(text: str) -> str:
    """The text without lone surrogates, which no JSON or database could hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def word(text: str, limit: int = WORD_LIMIT) -> str:
    """One short line fit to be shown, at most `limit` characters.

    It has no control characters, no mail addresses, and of a path only its last part, since
    a path names whose machine it was.
    """
    line = _CONTROL.sub(" ", readable(text[: limit * 2]))
    return _PATH.sub("", _ADDRESS.sub("…", line)).strip()[:limit]


def text_of(value: object) -> str:
    """A string or number as text; anything else is the empty text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, int) and value.bit_length() > 256:
        return ""
    return str(value)


def basename(model: object) -> str:
    """A model's file or service name without folders; empty for what is no name."""
    name = text_of(model).strip().strip("\"'")
    return word(re.split(r"[/\\]", name[-1000:])[-1])


def node_names(kinds: Iterable[str]) -> list[str]:
    """The kinds of a graph's nodes, sorted, each once, 200 at most.

    A kind is shown in reports, so one that reads like a path keeps only its last part.
    """
    return sorted({re.split(r"[/\\](?! )", kind)[-1][:100] for kind in kinds if kind} - {""})[:200]


def number(value: object) -> Json:
    """A finite number as it is, numeric text as a number, else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,12}(?:\.\d{1,12})?", value.strip()):
        return float(value) if "." in value else int(value)
    return None


def parsed(text: str) -> object:
    """The JSON document in `text`, with NaN and Infinity allowed, or None when there is none.

    Documents over 32 MB, over a million branches or nested too deeply count as none.
    """
    if len(text) > JSON_LIMIT or text.count(",") + text.count("[") > BRANCH_LIMIT:
        return None
    try:
        return json.loads(text.strip().strip("\0"))
    except (ValueError, RecursionError, MemoryError):
        return None


def mapping(value: object) -> Mapping[str, object]:
    """`value` when it is a JSON object (or the text of one), else an empty mapping."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        value = parsed(value)
    return value if isinstance(value, dict) else {}

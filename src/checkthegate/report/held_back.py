"""What may leave the home, and what is put in place of what may not.

`Evidence.private` never leaves: each of its values becomes a keyed digest and a length under
`detail["withheld"]`. As a second fence every text is scrubbed of absolute paths, account
names, e-mail addresses and places, and keys that name what is private are withheld wherever
an observer put them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from checkthegate.model import Evidence, canonical, keyed_digest
from checkthegate.report.text import storable

WITHHELD_KEYS: Final = frozenset(
    {
        "prompt", "negative_prompt", "seed", "loras", "workflow", "author", "artist", "creator",
        "copyright", "job_id", "comment", "description", "user_name", "serial_number",
        "latitude", "longitude", "location", "city",
    }
)  # fmt: skip
PROMPT_KEYS: Final = ("prompt", "negative_prompt")

_LONGEST_TEXT: Final = 2_000
_LONGEST_PROMPT: Final = 20_000
_LONGEST_LIST: Final = 200
_DEEPEST: Final = 6

_WEB: Final = re.compile(r"(https?://[^\s\"'<>]{1,2000})")
_HOME: Final = re.compile(
    r"(?<![\w.])(?:file:)?(?:[A-Za-z]:)?(?:[\\/]{1,4}[\w.\-]{1,64}){0,4}?[\\/]{1,4}"
    r"(?:home|Users|Documents and Settings)[\\/]{1,4}"
    r"(?:[^\\/\s\"'<>|:*?]{1,64}(?: [^\\/\s\"'<>|:*?]{1,64}){0,3}[\\/]{1,4}"
    r"|[^\\/\s\"'<>|:*?]{1,64})",
    re.IGNORECASE,
)
_ABSOLUTE: Final = re.compile(
    r"(?<![\w.\\/\-#…])(?:file:)?(?:[A-Za-z]:)?"
    r"(?:\\{1,4}|/{1,3})(?!c2pa/)(?:[^\\/\s\"'<>|:*?]{1,255}[\\/]{1,4}){1,64}"
)
_MAIL: Final = re.compile(
    r"[\w.+\-]{1,64}@(?!\d{1,2}x\.)[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,6}\.[A-Za-z]{2,24}\b"
)
_PLACE: Final = re.compile(
    r"(?<![\d.])[+\-]?\d{1,3}\.\d{3,12}°?\s?[NS]?(?:\s?[,;]\s?| )"
    r"[+\-]?\d{1,3}\.\d{3,12}°?(?:\s?[EW]\b)?"
    r"|[+\-]\d{2,6}(?:\.\d{1,12})?[+\-]\d{3,7}(?:\.\d{1,12})?(?:[+\-]\d{1,6}(?:\.\d{1,6})?)?/"
    r"|\d{1,3}\s?(?:°|deg)\s?\d{1,2}\s?['′]\s?(?:\d{1,2}(?:\.\d{1,6})?\s?[\"″]\s?)?[NSEW]\b"
)


def scrubbed(text: str) -> str:
    """`text` without absolute paths (their last name stays), accounts, addresses and places.

    Web addresses stay as they are: a remote credential is named by one.
    """
    parts = _WEB.split(storable(text[: _LONGEST_TEXT * 4]))
    clean = "".join(part if n % 2 else _scrub_prose(part) for n, part in enumerate(parts))
    if len(clean) <= _LONGEST_TEXT:
        return clean
    return clean[:_LONGEST_TEXT] + "…"


@lru_cache(maxsize=2048)
def _scrub_prose(text: str) -> str:
    clean = _HOME.sub("…/", text)
    clean = _ABSOLUTE.sub("…/", clean)
    clean = _MAIL.sub("[address withheld]", clean)
    return _PLACE.sub("[place withheld]", clean)


def open_detail(evidence: Evidence, *, key: bytes, with_prompts: bool) -> dict[str, Any]:
    """The evidence's detail as it may leave the home, with `withheld` for what may not."""
    withheld: dict[str, Any] = {}
    detail = _open_mapping(evidence.detail, key, withheld, "", 0)
    for name, value in evidence.private.items():
        withheld[scrubbed(str(name))] = withhold(key, value)
        if with_prompts and name in PROMPT_KEYS and isinstance(value, str):
            detail[name] = storable(value[:_LONGEST_PROMPT])
    if withheld:
        detail["withheld"] = withheld
    return detail


def withhold(key: bytes, value: Any) -> dict[str, Any]:
    """What stands in a report for a private value: equality can be proven, nothing read."""
    if isinstance(value, list | tuple):
        digests = [keyed_digest(key, _as_text(part)) for part in value[:_LONGEST_LIST]]
        return {"count": len(value), "digests": digests}
    text = _as_text(value)
    return {"digest": keyed_digest(key, text), "length": len(text)}


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    try:
        return canonical(value).decode()
    except (ValueError, TypeError, RecursionError):
        return repr(value)


def _open_mapping(
    mapping: Mapping[str, Any], key: bytes, withheld: dict[str, Any], prefix: str, depth: int
) -> dict[str, Any]:
    opened: dict[str, Any] = {}
    for name, value in list(mapping.items())[:_LONGEST_LIST]:
        full = prefix + scrubbed(str(name))
        if _is_private(str(name), value):
            withheld[full] = withhold(key, value)
        else:
            opened[scrubbed(str(name))] = _open_value(value, key, withheld, full + ".", depth)
    return opened


def _is_private(name: str, value: Any) -> bool:
    told = not isinstance(value, bool) and value is not None
    return told and (name.lower() in WITHHELD_KEYS or name.lower().startswith("gps"))


def _open_value(value: Any, key: bytes, withheld: dict[str, Any], prefix: str, depth: int) -> Any:
    if isinstance(value, str):
        return scrubbed(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return _open_mapping(value, key, withheld, prefix, depth + 1)
    if isinstance(value, list | tuple):
        return _open_list(value, key, withheld, prefix, depth + 1)
    return scrubbed(str(value))


def _open_list(
    values: list[Any] | tuple[Any, ...],
    key: bytes,
    withheld: dict[str, Any],
    prefix: str,
    depth: int,
) -> list[Any]:
    kept = [_open_value(value, key, withheld, prefix, depth) for value in values[:_LONGEST_LIST]]
    if len(values) > _LONGEST_LIST:
        kept.append(f"… and {len(values) - _LONGEST_LIST} more")
    return kept

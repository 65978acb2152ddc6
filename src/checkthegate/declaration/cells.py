r"""How lists of things stand in one cell of a spreadsheet, and back.

Entries are parted by `;` or a line break, their fields by `|`, in the order of the shape:
`Firefly | partner-enterprise | no | no | no; Photoshop`. A word standing alone as `none` means
an empty list, an empty cell that nothing was said. A backslash takes the meaning from the
character after it, `\n` is a line break. What a spreadsheet would take for a formula is written
with an apostrophe (a list: with a backslash) before it, which is taken off again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from checkthegate.declaration.shape import Field, FieldKind

NONE: Final = "none"
_FORMULA: Final = re.compile(r"'?[#=+\-@'\t\r]")
_DASHES: Final = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "\u00a0": " "})
_TOKEN: Final = re.compile(r"\\.|[;\n\r|]|[^\\;\n\r|]+|\\", re.DOTALL)
_PARTING: Final = frozenset(";\n\r|")


def from_cell(cell: str, field: Field) -> object:
    """What the cell states: a text, a list, a mapping, or None for `none` as training.

    An empty list is `none`; an empty cell stays an empty text, which means "not said".
    """
    text = cell.strip().strip("\u00a0").strip()
    if field.kind is FieldKind.TEXT:
        return text[1:] if text[:1] == "'" and _FORMULA.match(text) and len(text) > 1 else text
    if not text:
        return ""
    if field.kind is FieldKind.WORD:
        return _word(text, field)
    if text.casefold() in (NONE, "[]", "null"):
        return None if field.kind is FieldKind.TRAINING else []
    if field.kind is FieldKind.WORDS:
        return [_word(part, field) for part in re.split(r"[;,\n\r]+", text) if part.strip()]
    entries = [_entry(fields, field) for fields in _parts(text) if fields != [""]]
    if field.kind is FieldKind.TRAINING:
        return entries[0] if len(entries) == 1 else entries
    return entries


def to_cell(value: object, field: Field) -> str:
    """The cell that states `value`, a plain tree as `plain` makes it; None is "not said"."""
    if isinstance(value, list):
        if not value:
            return NONE
        if field.kind is FieldKind.WORDS:
            return "; ".join(value)
        return "; ".join(_fields(entry, field) for entry in value)
    if isinstance(value, dict):
        return _fields(value, field)
    text = str(value)
    return "'" + text if field.kind is FieldKind.TEXT and _FORMULA.match(text) else text


def _word(text: str, field: Field) -> str:
    """A word as the declaration has it, however a spreadsheet dressed it."""
    plain = text.strip().translate(_DASHES)
    known = "-".join(plain.casefold().replace("_", " ").split())
    return known if known in field.words else plain


def _entry(parts: Sequence[str], field: Field) -> object:
    inner = list(field.fields.values())
    stated: dict[str, object] = {
        each.name: _word(part, each) if each.words else part
        for each, part in zip(inner, parts, strict=False)
        if part
    }
    for number, part in enumerate(parts[len(inner) :]):
        stated[f"{part[:40] or 'part'} (part {len(inner) + number + 1})"] = part
    return stated


def _parts(text: str) -> list[list[str]]:
    """Entries and their fields, trimmed, escapes undone."""
    entries: list[list[str]] = [[]]
    pieces: list[str] = []
    for token in (*_TOKEN.findall(text), ";"):
        if token in _PARTING:
            entries[-1].append("".join(pieces).strip())
            pieces = []
            if token != "|":
                entries.append([])
        else:
            pieces.append(_escaped(token[1]) if len(token) == 2 and token[0] == "\\" else token)
    return entries[:-1]


def _escaped(character: str) -> str:
    return {"n": "\n", "r": "\r"}.get(character, character)


def _fields(entry: Mapping[str, object], field: Field) -> str:
    """An entry's fields, all of them but for those left at their default at the end."""
    shown = [_escape(str(entry.get(name, ""))) for name in field.fields]
    inner = list(field.fields.values())
    while len(shown) > 1 and not shown[-1] and inner[len(shown) - 1].default is not None:
        shown.pop()
    told = " | ".join(shown)
    return "\\" + told if _FORMULA.match(told) else told


def _escape(text: str) -> str:
    for character, written in (
        ("\\", "\\\\"),
        (";", "\\;"),
        ("|", "\\|"),
        ("\n", "\\n"),
        ("\r", "\\r"),
    ):
        text = text.replace(character, written)
    return text

"""What can stand in an event's body, as a list of fields; and reading a body by it.

Readers return the value as it is stored: times and days in one form, texts trimmed, what was
left out left out. What cannot stand there is a `UsageError` that says what to write instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

from checkthegate.model import Json, UsageError, canonical
from checkthegate.registry.times import day, instant

MOST: Final = 100_000
LONGEST: Final = 20_000
LONGEST_LINE: Final = 2_000
MOST_BYTES: Final = 4_000_000
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_ID: Final = re.compile(r"[a-z]{2,5}_[0-9A-HJKMNP-TV-Z]{10}")
_RULE: Final = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")
_INTEGER: Final = 2**53


class Shape(StrEnum):
    """What a field holds."""

    LINE = "one line of text"
    TEXT = "a text"
    WORD = "one word of a list"
    DAY = "a day"
    TIME = "a time"
    FLAG = "yes or no"
    INTEGER = "a whole number"
    NUMBER = "a number"
    DIGEST = "a digest"
    ID = "an id"
    RULE = "a rule’s id"
    ENTRY = "an entry with named fields"
    DOCUMENT = "any JSON object"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body. `many` asks for a list that is not empty, unless `empty`.

    `words` are those of a WORD, or the prefixes of an ID. `fields` are those of an ENTRY.
    """

    name: str
    shape: Shape = Shape.LINE
    required: bool = False
    many: bool = False
    words: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    empty: bool = False


def wrong(where: str, problem: str, hint: str) -> UsageError:
    """The error for a field that cannot be stored."""
    return UsageError(f"{where}: {problem}", hint=hint)


def read_fields(stated: Mapping[str, Any], fields: Sequence[Field], where: str) -> dict[str, Json]:
    """The body as it is stored. None counts as left out. Raises `UsageError`."""
    if not isinstance(stated, Mapping):
        raise wrong(where, "named fields were expected.", f"Its fields: {_names(fields)}.")
    known = {field.name: field for field in fields}
    for name in stated:
        if name not in known:
            raise wrong(where, f"“{_shown(name)}” is not one of its fields.", meant(name, known))
    body: dict[str, Json] = {}
    for field in fields:
        value, place = stated.get(field.name), f"{where}, {field.name}"
        if value is not None:
            body[field.name] = (
                _many(value, field, place) if field.many else _one(value, field, place)
            )
        elif field.required:
            raise wrong(place, "this is missing.", f"Give {field.shape}.{_choices(field)}")
    return body


def read_id(value: object, prefixes: Sequence[str], where: str) -> str:
    """An id with one of the prefixes. Raises `UsageError`."""
    return str(_id(value, Field("id", Shape.ID, words=tuple(prefixes)), where))


def read_line(value: object, where: str) -> str:
    """One line of text that is not empty. Raises `UsageError`."""
    return str(_line(value, Field("", Shape.LINE), where))


def meant(word: object, allowed: Sequence[str] | Mapping[str, object]) -> str:
    """`Did you mean “replica”?` with all the words behind it."""
    plain = "-".join(str(word)[:100].casefold().replace("_", "-").split())
    close = get_close_matches(plain, list(allowed), 1, 0.6)
    every = f"Allowed: {', '.join(allowed)}."
    return f"Did you mean “{close[0]}”? {every}" if close else every


def _names(fields: Sequence[Field]) -> str:
    return ", ".join(field.name for field in fields)


def _choices(field: Field) -> str:
    return f" Allowed: {', '.join(field.words)}." if field.shape is Shape.WORD else ""


def _shown(value: object) -> str:
    text = "".join(each if each.isprintable() else " " for each in str(value)[:60])
    return " ".join(text.split())


def _many(value: object, field: Field, where: str) -> list[Json]:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise wrong(where, "a list was expected.", f"Each of it: {field.shape}.{_choices(field)}")
    if not value and not field.empty:
        raise wrong(where, "this list is empty.", "Name at least one, or leave the field out.")
    if len(value) > MOST:
        raise wrong(where, f"this list has more than {MOST:,} entries.", "Make several of it.")
    return [_one(each, field, f"{where}[{number}]") for number, each in enumerate(value)]


def _one(value: object, field: Field, where: str) -> Json:
    return _READERS[field.shape](value, field, where)


def _storable(value: object, longest: int, where: str) -> str:
    if not isinstance(value, str):
        raise wrong(
            where, f"a text was expected, not “{_shown(value)}”.", "Put it in quotation marks."
        )
    text = value.strip()
    if not text:
        raise wrong(where, "this is empty.", "Write something, or leave the field out.")
    if len(text) > longest:
        raise wrong(where, f"this is longer than {longest:,} characters.", "Shorten it.")
    if "\0" in text or any("\ud800" <= each <= "\udfff" for each in text):
        raise wrong(where, "this holds a character that no database can keep.", "Retype it.")
    return text


def _text(value: object, field: Field, where: str) -> Json:
    return _storable(value, LONGEST, where)


def _line(value: object, field: Field, where: str) -> Json:
    text = _storable(value, LONGEST_LINE, where)
    if not text.isprintable():
        raise wrong(where, "one line of plain text was expected.", "Take out line breaks and tabs.")
    return text


def _word(value: object, field: Field, where: str) -> Json:
    if isinstance(value, str) and value in field.words:
        return str(value)
    raise wrong(where, f"“{_shown(value)}” is not one of its words.", meant(value, field.words))


def _day(value: object, field: Field, where: str) -> Json:
    try:
        return day(str(value))
    except ValueError:
        hint = "Write year, month, day: 2026-11-22."
        raise wrong(where, f"“{_shown(value)}” is not a day.", hint) from None


def _time(value: object, field: Field, where: str) -> Json:
    return read_time(value, where)


def read_time(value: object, where: str) -> str:
    """A time with its zone, or a day, as stored. Raises `UsageError`."""
    try:
        return instant(str(value))
    except (ValueError, OverflowError):
        hint = "Write a day, 2026-11-22, or a time with its zone, 2026-11-22T10:00:00Z."
        raise wrong(where, f"“{_shown(value)}” is not a time.", hint) from None


def _flag(value: object, field: Field, where: str) -> Json:
    if isinstance(value, bool):
        return value
    raise wrong(where, f"“{_shown(value)}” is neither true nor false.", "Write true or false.")


def _integer(value: object, field: Field, where: str) -> Json:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _INTEGER:
        return value
    raise wrong(where, f"“{_shown(value)}” is not a whole number.", "Write 0 or more.")


def _number(value: object, field: Field, where: str) -> Json:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) if abs(value) < _INTEGER else math.inf
        if math.isfinite(number) and number >= 0:
            return number
    raise wrong(where, f"“{_shown(value)}” is not a number.", "Write 0 or more.")


def _digest(value: object, field: Field, where: str) -> Json:
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return value
    hint = "It is “sha256:” and 64 small hexadecimal digits."
    raise wrong(where, f"“{_shown(value)}” is not a digest.", hint)


def _id(value: object, field: Field, where: str) -> Json:
    text = value if isinstance(value, str) else ""
    if _ID.fullmatch(text) and text.partition("_")[0] in field.words:
        return text
    begins = " or ".join(f"{each}_" for each in field.words)
    hint = f"It begins with {begins} and goes on with 10 capitals and digits; list to see them."
    raise wrong(where, f"“{_shown(value)}” is not an id that can stand here.", hint)


def _rule(value: object, field: Field, where: str) -> Json:
    if isinstance(value, str) and _RULE.fullmatch(value) and len(value) <= LONGEST_LINE:
        return value
    hint = "Rules are named like nfx.p4; gate rules list shows them."
    raise wrong(where, f"“{_shown(value)}” is not a rule’s id.", hint)


def _entry(value: object, field: Field, where: str) -> Json:
    if not isinstance(value, Mapping):
        raise wrong(where, "named fields were expected.", f"Its fields: {_names(field.fields)}.")
    return read_fields(value, field.fields, where)


def _document(value: object, field: Field, where: str) -> Json:
    hint = "Give a JSON object of at most 4 MB."
    if not isinstance(value, Mapping):
        raise wrong(where, "a JSON object was expected.", hint)
    try:
        written = canonical(dict(value))
    except (ValueError, TypeError, RecursionError):
        raise wrong(where, "this cannot be stored as JSON.", hint) from None
    if len(written) > MOST_BYTES or b"\\u0000" in written:
        raise wrong(where, "this is too large, or holds a character no database can keep.", hint)
    return dict(value)


_READERS: Final[Mapping[Shape, Callable[[object, Field, str], Json]]] = {
    Shape.LINE: _line,
    Shape.TEXT: _text,
    Shape.WORD: _word,
    Shape.DAY: _day,
    Shape.TIME: _time,
    Shape.FLAG: _flag,
    Shape.INTEGER: _integer,
    Shape.NUMBER: _number,
    Shape.DIGEST: _digest,
    Shape.ID: _id,
    Shape.RULE: _rule,
    Shape.ENTRY: _entry,
    Shape.DOCUMENT: _document,
}

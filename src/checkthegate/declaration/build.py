"""From what was stated (plain lists, mappings and texts) to a `DeclaredUse`, by the shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from checkthegate.declaration.faults import Complaint, Steps
from checkthegate.declaration.hints import did_you_mean, shown
from checkthegate.declaration.shape import FIELDS, SCHEMA, Field, FieldKind
from checkthegate.model.use import Answer, DeclaredUse, NoTraining

_MOST_ENTRIES: Final = 1_000
_LONGEST: Final = 2_000
_MOST_COMPLAINTS: Final = 100
_MOST_HINTS: Final = 20
_ANSWERS: Final[Mapping[str, Answer]] = {
    **dict.fromkeys(("yes", "y", "true", "on"), Answer.YES),
    **dict.fromkeys(("no", "n", "false", "off"), Answer.NO),
    "unsure": Answer.UNSURE,
}
_WROTE: Final = {dict: "named fields", list: "a list", str: "a text", bool: "true or false",
                 int: "a number", float: "a number", type(None): "nothing"}  # fmt: skip


def build(stated: object, complaints: list[Complaint]) -> DeclaredUse | None:
    """The declaration, or None with at least one complaint added. Never raises.

    A field that is left out, null or empty is None: not said. `training: null` is the one
    exception: it says that nothing is trained.
    """
    before = len(complaints)
    if not isinstance(stated, dict):
        what = _WROTE.get(type(stated), "something else")
        _complain(
            complaints, (), f"A declaration was expected here, but this is {what}.",
            "Write its fields by name: title, purpose, outputs, tools.",
        )  # fmt: skip
        return None
    schema = stated.get("schema", SCHEMA)
    if schema != SCHEMA:
        _complain(
            complaints, ("schema",), f"“{shown(schema)}” is not a form that can be read here.",
            f"Write: schema: {SCHEMA}, or leave that line out.",
        )  # fmt: skip
    values = _fields(stated, FIELDS, (), complaints, also=("schema",))
    return DeclaredUse(**values) if len(complaints) == before else None


def _fields(
    stated: Mapping[Any, object],
    known: Mapping[str, Field],
    at: Steps,
    complaints: list[Complaint],
    also: tuple[str, ...] = (),
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in stated.items():
        if len(complaints) > _MOST_COMPLAINTS:
            break
        field = known.get(name) if isinstance(name, str) else None
        if field is not None:
            if value is None and field.kind is FieldKind.TRAINING:
                values[name] = NoTraining()
            elif value is not None and value != "":
                values[name] = _READERS[field.kind](value, field, at, complaints)
        elif name not in also:
            where = f"“{at[0]}”" if at else "a declaration"
            _complain(
                complaints, (*at, str(name)), f"“{shown(name)}” is not a field of {where}.",
                _nearest(complaints, str(name), known), of_name=True,
            )  # fmt: skip
    for field in known.values():
        if field.mandatory and values.get(field.name) is None and not _told(complaints, at, field):
            _complain(
                complaints, (*at, field.name), f"“{field.name}” is missing.",
                f"Say {field.meaning}." + _choices(field),
            )  # fmt: skip
    return values


def _told(complaints: list[Complaint], at: Steps, field: Field) -> bool:
    way = (*at, field.name)
    return any(each.steps[: len(way)] == way for each in complaints)


def _choices(field: Field) -> str:
    return f" Allowed: {', '.join(field.words)}." if field.words else ""


def _text(value: object, field: Field, at: Steps, complaints: list[Complaint]) -> str | None:
    if not isinstance(value, str):
        _wrong_type(value, "a text", field, at, complaints)
        return None
    text = value.strip()
    problem = ""
    if len(text) > _LONGEST:
        problem = f"This text is longer than {_LONGEST:,} characters."
    elif not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        problem = "This text holds half a character, which no file can keep."
    if problem:
        _complain(complaints, (*at, field.name), problem, "Shorten or retype it.")
        return None
    return text or None


def _word(value: object, field: Field, at: Steps, complaints: list[Complaint]) -> Any:
    if isinstance(value, str):
        found = field.words.get(value)
        if found is None and field.makes is Answer:
            found = _ANSWERS.get(value.strip().casefold())
        if found is None:
            _complain(
                complaints, (*at, field.name), f"“{shown(value)}” is not one of its words.",
                _nearest(complaints, value, field.words),
            )  # fmt: skip
        return found
    if isinstance(value, bool) and field.makes is Answer:
        return Answer.YES if value else Answer.NO
    _wrong_type(value, "one word", field, at, complaints)
    return None


def _list(value: object, field: Field, at: Steps, complaints: list[Complaint]) -> list[Any] | None:
    if not isinstance(value, list):
        _wrong_type(value, "a list", field, at, complaints)
        return None
    if len(value) > _MOST_ENTRIES:
        _complain(
            complaints, (*at, field.name), f"This list has more than {_MOST_ENTRIES:,} entries.",
            "Declare it as several uses.",
        )  # fmt: skip
        return None
    return value


def _words(value: object, field: Field, at: Steps, complaints: list[Complaint]) -> Any:
    listed = _list(value, field, at, complaints)
    if listed is None:
        return None
    found = []
    for number, each in enumerate(listed):
        word = field.words.get(each) if isinstance(each, str) else None
        if word is None:
            wrote = shown(each) if isinstance(each, str) else _WROTE.get(type(each), "this")
            _complain(
                complaints, (*at, field.name, number), f"“{wrote}” is not one of its words.",
                _nearest(complaints, str(each), field.words),
            )  # fmt: skip
        found.append(word)
    return tuple(found)


def _entries(value: object, field: Field, at: Steps, complaints: list[Complaint]) -> Any:
    listed = _list(value, field, at, complaints)
    if listed is None:
        return None
    found = []
    for number, each in enumerate(listed):
        here = (*at, field.name, number)
        if isinstance(each, dict):
            found.append(_entry(each, field, here, complaints))
        else:
            _complain(
                complaints, here, f"An entry with named fields was expected, not {_wrote(each)}.",
                f"Its fields: {', '.join(field.fields)}.",
            )  # fmt: skip
    return tuple(found)


def _entry(
    stated: Mapping[Any, object], field: Field, here: Steps, complaints: list[Complaint]
) -> Any:
    before = len(complaints)
    values = _fields(stated, field.fields, here, complaints)
    if len(complaints) > before:
        return None
    return field.makes(**{name: value for name, value in values.items() if value is not None})


def _training(value: object, field: Field, at: Steps, complaints: list[Complaint]) -> Any:
    if isinstance(value, dict):
        return _entry(value, field, (*at, field.name), complaints)
    _complain(
        complaints, (*at, field.name), f"Named fields or null were expected, not {_wrote(value)}.",
        f"Write null when nothing is trained; else its fields: {', '.join(field.fields)}.",
    )  # fmt: skip
    return None


def _wrote(value: object) -> str:
    kind = _WROTE.get(type(value), "this")
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"“{shown(value)}”" if isinstance(value, str | int | float) else kind


def _wrong_type(
    value: object, wanted: str, field: Field, at: Steps, complaints: list[Complaint]
) -> None:
    hint = f"Say {field.meaning}.{_choices(field)}"
    if wanted == "a list" and isinstance(value, str):
        hint = "Put it in brackets, even when it is one thing; [] means none." + _choices(field)
    elif wanted == "a text" and isinstance(value, bool | int | float):
        hint = "Put it in quotation marks."
    _complain(
        complaints, (*at, field.name), f"{wanted.capitalize()} was expected, not {_wrote(value)}.",
        hint,
    )  # fmt: skip


def _nearest(complaints: list[Complaint], word: str, known: Mapping[str, object]) -> str:
    """The hint for a wrong word; left out after many, since looking for it takes time."""
    return did_you_mean(word[:100], known) if len(complaints) < _MOST_HINTS else ""


def _complain(
    complaints: list[Complaint], steps: Steps, message: str, hint: str, of_name: bool = False
) -> None:
    complaints.append(Complaint(steps, message, hint, of_name))


_READERS: Final = {
    FieldKind.TEXT: _text,
    FieldKind.WORD: _word,
    FieldKind.WORDS: _words,
    FieldKind.ENTRIES: _entries,
    FieldKind.TRAINING: _training,
}

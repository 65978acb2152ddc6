"""The shape of a declaration, read off the model: one table that parses, prints and explains.

Every reader, writer, template and schema goes by this table, so a field or a word that is
added to the model is known everywhere at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum, auto
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from checkthegate.declaration.meanings import MEANINGS
from checkthegate.model.use import DeclaredUse, NoTraining, Training

SCHEMA: Final = "checkthegate.use/1"
MANDATORY: Final = ("title", "purpose", "outputs", "tools")


class FieldKind(Enum):
    """What can stand in a field."""

    TEXT = auto()
    WORD = auto()
    WORDS = auto()
    ENTRIES = auto()
    TRAINING = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `words` are its allowed words, `fields` those of an entry, `makes` builds it.

    `default` is what a left-out field means in the model.
    """

    name: str
    kind: FieldKind
    mandatory: bool
    default: object
    meaning: str
    words: Mapping[str, Any]
    makes: Any
    fields: Mapping[str, Field]


def _shape(owner: type[Any], prefix: str = "") -> dict[str, Field]:
    hints = get_type_hints(owner)
    found = {}
    for each in fields(owner):
        name = prefix + each.name
        mandatory = each.default is MISSING
        default = None if mandatory else each.default
        found[each.name] = _field(each.name, name, hints[each.name], mandatory, default)
    return found


def _field(short: str, name: str, hint: Any, mandatory: bool, default: object) -> Field:
    kind, makes, words, inner = _kind(hint, name)
    return Field(short, kind, mandatory, default, MEANINGS[name], words, makes, inner)


def _kind(hint: Any, name: str) -> tuple[FieldKind, Any, dict[str, Any], dict[str, Field]]:
    choices = [each for each in (get_args(hint) or (hint,)) if each is not NoneType]
    if getattr(hint, "__origin__", None) is tuple:
        (inner, _) = get_args(hint)
        if issubclass(inner, Enum):
            return FieldKind.WORDS, inner, _words(inner), {}
        return FieldKind.ENTRIES, inner, {}, _shape(inner, f"{name}.")
    if NoTraining in choices:
        return FieldKind.TRAINING, Training, {}, _shape(Training, f"{name}.")
    if len(choices) == 1 and choices[0] is not hint:
        return _kind(choices[0], name)
    if issubclass(hint, Enum):
        return FieldKind.WORD, hint, _words(hint), {}
    return FieldKind.TEXT, str, {}, {}


def _words(scale: type[Enum]) -> dict[str, Any]:
    return {str(member.value): member for member in scale}


FIELDS: Final[Mapping[str, Field]] = _shape(DeclaredUse)
"""Every field of a declaration by name, in the order of the model."""

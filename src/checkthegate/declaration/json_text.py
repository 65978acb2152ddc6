"""JSON: read by the standard library at full speed; places are looked up only on a mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from checkthegate.declaration.faults import Complaint, Fault, Faulty, Place, Steps, field_name
from checkthegate.declaration.stated import MAX_DEPTH, Stated

_MEND: Final = "Mend it there. A form to start from: gate ask --template json"
_TOKEN: Final = re.compile(r'[ \t\r\n]*([\[\]{}:,]|"(?:[^"\\]|\\.)*"|[^\s\[\]{}:,"]+)', re.DOTALL)


class _Twice(Exception):
    """A key stands twice in one object."""


class _NoNumber(Exception):
    """A word such as NaN, which JSON does not have."""


def stated_in_json(text: str) -> list[Stated]:
    """The declaration, or each of a list of them. Raises `Faulty` where it is not JSON."""
    root = read_json(text)
    if not isinstance(root, list):
        return [Stated(root, lambda complaint: place_in_json(text, complaint))]
    return [Stated(each, _placer(text, number)) for number, each in enumerate(root)]


def _placer(text: str, number: int) -> Callable[[Complaint], Place]:
    return lambda complaint: place_in_json(text, complaint, (number,))


def read_json(text: str) -> object:
    """The plain tree of a JSON text. Raises `Faulty` with the place of the mistake."""
    try:
        return _decode(text)
    except json.JSONDecodeError as problem:
        place = Place(problem.lineno, problem.colno)
        raise Faulty(
            Fault(f"It is not valid JSON here ({problem.msg}).", _MEND, "", place)
        ) from None
    except _Twice:
        raise Faulty(_doubled(text)) from None
    except RecursionError:
        raise Faulty(Fault("This is nested too deeply.", "Write it plainly.")) from None
    except _NoNumber as problem:
        raise Faulty(_no_number(text, str(problem))) from None
    except ValueError:
        raise Faulty(Fault("It is not valid JSON (a number is far too long).", _MEND)) from None


def place_in_json(text: str, complaint: Complaint, before: Steps = ()) -> Place:
    """Where what is complained of is written, or the nearest value around it.

    `before` is the way to the declaration inside the text.
    """
    wanted = (*before, *complaint.steps)
    found, deepest = 0, -1
    for value in _values(text):
        depth = len(value.steps)
        if depth > deepest and value.steps == wanted[:depth]:
            deepest = depth
            found = value.name_at if complaint.of_name and depth == len(wanted) else value.at
            if depth == len(wanted):
                break
    return _place(text, found)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Twice
    return made


def _no_constant(name: str) -> NoReturn:
    raise _NoNumber(name)


_decode: Final = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant).decode


def _doubled(text: str) -> Fault:
    seen: set[Steps] = set()
    for value in _values(text):
        if value.steps in seen:
            name = field_name(value.steps)[:60]
            place = _place(text, value.name_at)
            return Fault(f"“{name}” is written twice.", "Keep one of them.", name, place)
        seen.add(value.steps)
    return Fault("A field is written twice.", "Keep one of them.")


def _no_number(text: str, word: str) -> Fault:
    found = (token.start(1) for token in _TOKEN.finditer(text) if token[1] == word)
    place = _place(text, next(found, 0))
    return Fault(f"It is not valid JSON here ({word} is no value).", _MEND, "", place)


@dataclass(frozen=True, slots=True)
class _Value:
    """Offsets of a value and of its name (of itself when it has none), and the way to it."""

    at: int
    name_at: int
    steps: Steps


@dataclass(slots=True)
class _Open:
    """An object or list that is being read. `step` is the name or number of what comes next."""

    step: str | int
    named: bool
    awaits_name: bool
    name_at: int = 0


def _values(text: str) -> Iterator[_Value]:
    """Every value of a text that is known to be JSON, but for those nested far too deeply."""
    open_: list[_Open] = []
    for token in _TOKEN.finditer(text):
        word, at = token[1], token.start(1)
        if word == ",":
            _next(open_[-1])
        elif word in ("]", "}"):
            open_.pop()
        elif open_ and open_[-1].awaits_name:
            open_[-1].step, open_[-1].name_at = json.loads(word), at
            open_[-1].awaits_name = False
        elif word != ":":
            if len(open_) <= MAX_DEPTH:
                name_at = open_[-1].name_at if open_ and open_[-1].named else at
                yield _Value(at, name_at, tuple(each.step for each in open_))
            if word in ("[", "{"):
                open_.append(_Open("" if word == "{" else 0, word == "{", word == "{"))


def _next(open_: _Open) -> None:
    if isinstance(open_.step, int):
        open_.step += 1
    else:
        open_.awaits_name = True


def _place(text: str, at: int) -> Place:
    start = text.rfind("\n", 0, at) + 1
    return Place(text.count("\n", 0, at) + 1, at - start + 1)

"""What may be named in a pack: the facts and words of each scope, declared with a meaning.

A scope is what a rule judges: an asset, a delivery, a declared use. A pack that names a fact
its scope does not have is refused when it is loaded, so a misspelling can never judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from checkthegate.rules.kleene import UNKNOWN, Unknown


class FactKind(StrEnum):
    """How a fact is asked about."""

    FLAG = "yes or no"
    CHOICE = "one word of a list"
    NUMBER = "a whole number"
    WORDS = "a set of words"
    RECORDS = "a list of entries"


Entry: TypeAlias = Mapping[str, "Scalar"]
Scalar: TypeAlias = bool | str | int | frozenset[str] | Unknown
Value: TypeAlias = Scalar | tuple[Entry, ...]
Values: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact a rule may ask for.

    `choices` are the words of a choice (or of a set of words; empty means any word).
    `fields` are the facts of each entry of a list; their names have no dot.
    `phrase` says it in plain English: for a yes or no the clause for each, for a list of
    entries the word for one entry, else the subject of a sentence.
    """

    kind: FactKind
    meaning: str
    choices: tuple[str, ...] = ()
    fields: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))
    phrase: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What one kind of thing can be judged by.

    `words` are the placeholders its texts may use, each with an example.
    """

    name: str
    facts: Mapping[str, Fact]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules judge, frozen: a value for every fact of the scope, and the words.

    A fact that is not known is `UNKNOWN`.
    """

    scope: str
    values: Values
    words: Mapping[str, str]


def facts_of(scope: Scope, known: Values, words: Mapping[str, str] | None = None) -> Facts:
    """Facts from what is known; whatever is left out is not known.

    Raises `KeyError` for a name the scope does not declare. Words left out are examples.
    """
    strange = known.keys() - scope.facts.keys()
    if strange:
        raise KeyError(f"no such facts in scope {scope.name}: {', '.join(sorted(strange))}")
    values = {name: known.get(name, UNKNOWN) for name in scope.facts}
    return Facts(scope.name, MappingProxyType(values), {**scope.words, **(words or {})})

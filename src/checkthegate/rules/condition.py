"""Conditions as data: `all`, `any`, `not`, `some`, `every`, `is`, and comparisons on facts.

    all:
      - asset.final: yes
      - not: {asset.kind: [other, package]}
      - evidence.gaps: {at_least: 1}
      - evidence.claims: {has: ai-watermark}
      - some: {in: use.tools, where: {environment: consumer}}
      - is: generative

Compiled once into closures; nothing written in a pack is ever run. Inside `some` and `every`
a name without a dot is a field of the entry. An empty list has `every` and has not `some`.
`is` names a term: a condition the pack defines once, with words of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from checkthegate.rules import phrases
from checkthegate.rules.kleene import UNKNOWN, Tri
from checkthegate.rules.nodes import Node
from checkthegate.rules.phrases import Phrase
from checkthegate.rules.scope import Entry, Fact, FactKind, Scope, Value, Values

Test: TypeAlias = Callable[[Values, Entry], Tri]
Because: TypeAlias = Callable[[Values, Entry], frozenset[str]]
NO_ENTRY: Entry = {}


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition.

    `test` answers it; `because` names the facts that decided; `phrase` says it in English.
    """

    test: Test
    because: Because
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Term:
    """A condition with a name, defined once in a pack.

    It is about a whole scope, or, when `entries` names a list, about one entry of it.
    `means` is the definition in plain English; the condition's own phrase is the pack's.
    """

    name: str
    scope: str
    entries: str | None
    condition: Condition
    means: str


NO_TERMS: Mapping[str, Term] = MappingProxyType({})
ALWAYS = Condition(lambda values, entry: True, lambda values, entry: frozenset(), phrases.ALWAYS)


@dataclass(frozen=True, slots=True)
class _Context:
    """Where a condition stands: its scope, the list whose entry it is about, the terms."""

    scope: Scope
    terms: Mapping[str, Term]
    entries: str | None = None

    @property
    def fields(self) -> Mapping[str, Fact]:
        """The fields of the entry; none outside of `some` and `every`."""
        return self.scope.facts[self.entries].fields if self.entries else {}


def read_condition(
    node: Node, scope: Scope, terms: Mapping[str, Term] = NO_TERMS, entries: str | None = None
) -> Condition:
    """The condition written at `node`. Raises `PackError` naming the line.

    `entries` names the list whose single entry it is about.
    """
    if entries is None and not node.is_mapping and node.text() == "always":
        return ALWAYS
    return _condition(node, _Context(scope, terms, entries))


def describe(condition: Condition) -> str:
    """The condition as one sentence in plain English."""
    return phrases.sentence(condition.phrase.yes)


def _condition(node: Node, context: _Context) -> Condition:
    fields = node.fields()
    if len(fields) != 1:
        node.refuse(
            "a condition has one name; this has several", "Put them in a list under all: or any:."
        )
    name, value = next(iter(fields.items()))
    if name in ("all", "any"):
        parts = [_condition(child, context) for child in value.entries()]
        return _joined(parts, all_must=name == "all")
    if name == "not":
        return _not(_condition(value, context))
    if name in ("some", "every"):
        return _quantified(value, context, every=name == "every")
    if name == "is":
        return _term(value, context)
    inner = context.fields
    fact = inner.get(name) or context.scope.facts.get(name)
    if fact is None:
        known = ", ".join(sorted([*context.scope.facts, *inner]))
        value.refuse(
            f"there is no fact '{name}' in scope {context.scope.name}", f"Known here: {known}."
        )
    compare, phrase = _comparison(value, fact)
    return _asked(name, compare, phrase, from_entry=name in inner)


def _term(node: Node, context: _Context) -> Condition:
    about = (context.scope.name, context.entries)
    usable = {
        name: term
        for name, term in context.terms.items()
        if (term.scope, term.entries) in (about, (about[0], None))
    }
    return usable[node.one_of(usable)].condition


def _joined(parts: Sequence[Condition], *, all_must: bool) -> Condition:
    if len(parts) == 1:
        return parts[0]
    tests = tuple(part.test for part in parts)
    decided, otherwise = (False, True) if all_must else (True, False)

    def test(values: Values, entry: Entry) -> Tri:
        result: Tri = otherwise
        for part in tests:
            answer = part(values, entry)
            if answer is decided:
                return decided
            if answer is UNKNOWN:
                result = UNKNOWN
        return result

    def because(values: Values, entry: Entry) -> frozenset[str]:
        answer = test(values, entry)
        together = answer is all_must
        deciding = (
            part.because(values, entry)
            for part in parts
            if together or part.test(values, entry) is answer
        )
        return frozenset().union(*deciding)

    said = [part.phrase for part in parts]
    return Condition(test, because, phrases.of_all(said) if all_must else phrases.of_any(said))


def _not(part: Condition) -> Condition:
    inner = part.test

    def test(values: Values, entry: Entry) -> Tri:
        answer = inner(values, entry)
        return UNKNOWN if answer is UNKNOWN else not answer

    return Condition(test, part.because, phrases.opposite(part.phrase))


def _quantified(node: Node, context: _Context, *, every: bool) -> Condition:
    fields = node.fields_named(("in", "where"))
    name = fields["in"].text()
    fact = context.scope.facts.get(name)
    if context.entries or fact is None or fact.kind is not FactKind.RECORDS:
        fields["in"].refuse(f"'{name}' is no list of entries in scope {context.scope.name}")
    part = _condition(fields["where"], replace(context, entries=name))
    inner = part.test
    decided, otherwise = (False, True) if every else (True, False)

    def test(values: Values, entry: Entry) -> Tri:
        entries = values[name]
        if not isinstance(entries, tuple):
            return UNKNOWN
        result: Tri = otherwise
        for each in entries:
            answer = inner(values, each)
            if answer is decided:
                return decided
            if answer is UNKNOWN:
                result = UNKNOWN
        return result

    def because(values: Values, entry: Entry) -> frozenset[str]:
        entries = values[name]
        each = entries if isinstance(entries, tuple) else ()
        return frozenset({name}).union(*(part.because(values, one) for one in each))

    said = phrases.of_every if every else phrases.of_some
    return Condition(test, because, said(fact, part.phrase))


def _asked(
    name: str, compare: Callable[[Value], bool], phrase: Phrase, *, from_entry: bool
) -> Condition:
    named = frozenset() if from_entry else frozenset({name})

    def test_entry(values: Values, entry: Entry) -> Tri:
        value = entry.get(name, UNKNOWN)
        return UNKNOWN if value is UNKNOWN else compare(value)

    def test_facts(values: Values, entry: Entry) -> Tri:
        value = values[name]
        return UNKNOWN if value is UNKNOWN else compare(value)

    test = test_entry if from_entry else test_facts
    return Condition(test, lambda values, entry: named, phrase)


def _comparison(node: Node, fact: Fact) -> tuple[Callable[[Value], bool], Phrase]:
    if fact.kind is FactKind.FLAG:
        wanted = node.flag()
        return (lambda value: value is wanted), phrases.of_flag(fact, wanted)
    if fact.kind is FactKind.CHOICE:
        chosen = _words(node, fact.choices)
        return frozenset(chosen).__contains__, phrases.of_choice(fact, chosen)
    if fact.kind is FactKind.NUMBER:
        return _number_comparison(node, fact)
    if fact.kind is FactKind.RECORDS:
        node.refuse("a list of entries is asked about with some: or every:")
    listed = _words(node.fields_named(("has",))["has"], fact.choices)
    words = frozenset(listed)
    return (
        lambda value: isinstance(value, frozenset) and not words.isdisjoint(value)
    ), phrases.of_choice(fact, listed)


def _number_comparison(node: Node, fact: Fact) -> tuple[Callable[[Value], bool], Phrase]:
    if not node.is_mapping:
        wanted = node.number()
        return (lambda value: value == wanted), phrases.of_number(fact, wanted, wanted)
    bounds = node.fields_named((), ("at_least", "at_most"))
    least = bounds["at_least"].number() if "at_least" in bounds else 0
    most = bounds["at_most"].number() if "at_most" in bounds else None
    top = 10**9 if most is None else most
    return (lambda value: isinstance(value, int) and least <= value <= top), phrases.of_number(
        fact, least, most
    )


def _words(node: Node, choices: Iterable[str]) -> list[str]:
    nodes = node.entries() if node.is_list else [node]
    known = tuple(choices)
    return [child.one_of(known) if known else child.text() for child in nodes]

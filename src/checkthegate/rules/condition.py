"""Conditions as data: `all`, `any`, `not`, `some`, `every`, and comparisons on named facts.

    all:
      - asset.final: yes
      - not: {asset.kind: [other, package]}
      - evidence.gaps: {at_least: 1}
      - evidence.claims: {has: ai-watermark}
      - some: {in: use.tools, where: {environment: consumer}}

Compiled once into closures; nothing written in a pack is ever run. Inside `some` and `every`
a name without a dot is a field of the entry. An empty list has `every` and has not `some`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from checkthegate.rules.kleene import UNKNOWN, Tri, all_of, any_of, negated
from checkthegate.rules.nodes import Node
from checkthegate.rules.scope import Entry, Fact, FactKind, Scope, Value, Values

Test: TypeAlias = Callable[[Values, Entry], Tri]
Because: TypeAlias = Callable[[Values, Entry], frozenset[str]]
NO_ENTRY: Entry = {}


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. `test` answers it; `because` names the facts that decided."""

    test: Test
    because: Because


ALWAYS = Condition(lambda values, entry: True, lambda values, entry: frozenset())


def read_condition(node: Node, scope: Scope) -> Condition:
    """The condition written at `node`. Raises `PackError` naming the line."""
    if not node.is_mapping and node.text() == "always":
        return ALWAYS
    return _condition(node, scope, {})


def _condition(node: Node, scope: Scope, inner: Mapping[str, Fact]) -> Condition:
    fields = node.fields()
    if len(fields) != 1:
        node.refuse(
            "a condition has one name; this has several", "Put them in a list under all: or any:."
        )
    name, value = next(iter(fields.items()))
    if name in ("all", "any"):
        parts = [_condition(child, scope, inner) for child in value.entries()]
        return _joined(parts, all_must=name == "all")
    if name == "not":
        return _not(_condition(value, scope, inner))
    if name in ("some", "every"):
        return _quantified(value, scope, inner, every=name == "every")
    fact = inner.get(name) or scope.facts.get(name)
    if fact is None:
        known = ", ".join(sorted([*scope.facts, *inner]))
        value.refuse(f"there is no fact '{name}' in scope {scope.name}", f"Known here: {known}.")
    compare = _comparison(value, fact)
    return _asked(name, compare, from_entry=name in inner)


def _joined(parts: Sequence[Condition], *, all_must: bool) -> Condition:
    tests = tuple(part.test for part in parts)
    join = all_of if all_must else any_of

    def test(values: Values, entry: Entry) -> Tri:
        return join(part(values, entry) for part in tests)

    def because(values: Values, entry: Entry) -> frozenset[str]:
        answer = test(values, entry)
        together = answer is all_must
        deciding = (
            part.because(values, entry)
            for part in parts
            if together or part.test(values, entry) is answer
        )
        return frozenset().union(*deciding)

    return Condition(test, because)


def _not(part: Condition) -> Condition:
    return Condition(lambda values, entry: negated(part.test(values, entry)), part.because)


def _quantified(node: Node, scope: Scope, inner: Mapping[str, Fact], *, every: bool) -> Condition:
    fields = node.fields_named(("in", "where"))
    name = fields["in"].text()
    fact = scope.facts.get(name)
    if inner or fact is None or fact.kind is not FactKind.RECORDS:
        fields["in"].refuse(f"'{name}' is no list of entries in scope {scope.name}")
    part = _condition(fields["where"], scope, fact.fields)
    join = all_of if every else any_of

    def test(values: Values, entry: Entry) -> Tri:
        entries = values[name]
        if not isinstance(entries, tuple):
            return UNKNOWN
        return join(part.test(values, each) for each in entries)

    def because(values: Values, entry: Entry) -> frozenset[str]:
        entries = values[name]
        each = entries if isinstance(entries, tuple) else ()
        return frozenset({name}).union(*(part.because(values, one) for one in each))

    return Condition(test, because)


def _asked(name: str, compare: Callable[[Value], bool], *, from_entry: bool) -> Condition:
    named = frozenset() if from_entry else frozenset({name})

    def test_entry(values: Values, entry: Entry) -> Tri:
        value = entry.get(name, UNKNOWN)
        return UNKNOWN if value is UNKNOWN else compare(value)

    def test_facts(values: Values, entry: Entry) -> Tri:
        value = values[name]
        return UNKNOWN if value is UNKNOWN else compare(value)

    return Condition(test_entry if from_entry else test_facts, lambda values, entry: named)


def _comparison(node: Node, fact: Fact) -> Callable[[Value], bool]:
    if fact.kind is FactKind.FLAG:
        wanted = node.flag()
        return lambda value: value is wanted
    if fact.kind is FactKind.CHOICE:
        words = frozenset(_words(node, fact.choices))
        return lambda value: value in words
    if fact.kind is FactKind.NUMBER:
        return _number_comparison(node)
    if fact.kind is FactKind.RECORDS:
        node.refuse("a list of entries is asked about with some: or every:")
    wanted_words = frozenset(_words(node.fields_named(("has",))["has"], fact.choices))
    return lambda value: isinstance(value, frozenset) and not wanted_words.isdisjoint(value)


def _number_comparison(node: Node) -> Callable[[Value], bool]:
    if not node.is_mapping:
        wanted = node.number()
        return lambda value: value == wanted
    bounds = node.fields_named((), ("at_least", "at_most"))
    least = bounds["at_least"].number() if "at_least" in bounds else 0
    most = bounds["at_most"].number() if "at_most" in bounds else 10**9
    return lambda value: isinstance(value, int) and least <= value <= most


def _words(node: Node, choices: Iterable[str]) -> list[str]:
    nodes = node.entries() if node.is_list else [node]
    known = tuple(choices)
    return [child.one_of(known) if known else child.text() for child in nodes]

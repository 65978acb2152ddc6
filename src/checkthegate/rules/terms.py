"""Terms: conditions a pack defines once, with words of its own, and uses as `is: NAME`.

    terms:
      generative:
        scope: use
        says: a step is generative
        denies: no step is generative
        means: {some: {in: use.tools, where: {generative: yes}}}

With `entries: use.talent` a term is about one entry of that list. A term uses no other term.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from checkthegate.rules.condition import Term, describe, read_condition
from checkthegate.rules.nodes import Node
from checkthegate.rules.phrases import Phrase
from checkthegate.rules.scope import FactKind, Scope


def read_terms(node: Node, scopes: Mapping[str, Scope]) -> dict[str, Term]:
    """The terms of a pack. Raises `PackError` naming the line."""
    return {name: _term(name, child, scopes) for name, child in node.fields().items()}


def _term(name: str, node: Node, scopes: Mapping[str, Scope]) -> Term:
    fields = node.fields_named(("scope", "says", "denies", "means"), ("entries",))
    scope = scopes[fields["scope"].one_of(scopes)]
    entries = None
    if "entries" in fields:
        lists = [name for name, fact in scope.facts.items() if fact.kind is FactKind.RECORDS]
        entries = fields["entries"].one_of(lists)
    condition = read_condition(fields["means"], scope, entries=entries)
    phrase = Phrase(fields["says"].text(), fields["denies"].text())
    return Term(
        name=name,
        scope=scope.name,
        entries=entries,
        condition=replace(condition, phrase=phrase),
        means=describe(condition),
    )

"""A pack as a document: everything that people read of it, as plain JSON.

Conditions are given in English as clauses: a text, or `{"all": […]}` or `{"any": […]}` of
clauses, so that a page can set them as lists instead of nesting brackets. `of` is added where
they are about entries of a list (`for every step`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from checkthegate.app.rulebook import Volume
from checkthegate.rules import SCOPES, Pack, Rule
from checkthegate.rules.condition import read_condition
from checkthegate.rules.nodes import Node, read_yaml
from checkthegate.rules.pack import Branch, Citation, Matrix
from checkthegate.rules.scope import Fact, Scope
from checkthegate.rules.texts import Text

Document: TypeAlias = dict[str, Any]
RuleKey: TypeAlias = tuple[str, str]


def pack_document(volume: Volume) -> Document:
    """All of one pack version. Raises `PackError` when it cannot be used."""
    pack = volume.read()
    nodes = rule_nodes(volume.files(), volume.where)
    return {
        **summary(volume, pack),
        "rule_prefix": pack.prefix,
        "notice": pack.notice,
        "sources": [_source(name, pack) for name in pack.sources],
        "notes": list(pack.notes),
        "frame_may_differ": pack.frame_may_differ,
        "terms": [
            {"name": term.name, "scope": term.scope, "about": term.entries,
             "says": term.condition.phrase.yes, "denies": term.condition.phrase.no,
             "means": term.means}
            for term in pack.terms.values()
        ],
        "matrix": _matrix(pack.matrix) if pack.matrix else None,
        "rules": [_rule(rule, nodes[rule.id, rule.scope], pack) for rule in pack.rules],
    }  # fmt: skip


def summary(volume: Volume, pack: Pack) -> Document:
    """The head of a pack: what a list shows. `lock` is `locked`, `changed` or `not locked`."""
    locked = volume.locked
    state = "not locked" if locked is None else "locked" if locked == pack.digest else "changed"
    return {
        "id": volume.name,
        "pack": pack.id,
        "version": pack.version,
        "title": pack.title,
        "effective_from": pack.effective_from.isoformat(),
        "effective_until": pack.effective_until.isoformat() if pack.effective_until else None,
        "rule_count": len(pack.rules),
        "case_count": len(pack.cases),
        "digest": pack.digest,
        "origin": volume.shelf.origin,
        "folder": volume.where,
        "lock": state,
    }


def facts_document() -> list[Document]:
    """Every scope with what a pack may ask about in it, and the words its texts may use."""
    return [
        {
            "id": scope.name,
            "facts": [_fact(name, fact) for name, fact in scope.facts.items()],
            "words": dict(scope.words),
        }
        for scope in SCOPES.values()
    ]


def rule_nodes(files: Mapping[str, bytes], where: str) -> dict[RuleKey, Mapping[str, Node]]:
    """The rules as they are written, by id and scope. The pack must have been read already."""
    found: dict[RuleKey, Mapping[str, Node]] = {}
    for node in _written_rules(files, where):
        fields = node.fields()
        found[fields["id"].text(), fields["scope"].text()] = fields
    return found


def _written_rules(files: Mapping[str, bytes], where: str) -> Iterator[Node]:
    for name in sorted(files):
        if name == "pack.yaml" or (name.startswith("rules/") and name.endswith(".yaml")):
            fields = read_yaml(f"{where}/{name}", files[name]).fields()
            if "rules" in fields:
                yield from fields["rules"].entries()


def clause(node: Node, scope: Scope, pack: Pack, entries: str | None = None) -> Any:
    """A written condition in English: a text, or a list of clauses as in the module's text.

    `entries` names the list whose single entry it is about.
    """
    if node.is_mapping:
        name, value = next(iter(node.fields().items()))
        if name in ("all", "any"):
            parts = [clause(child, scope, pack, entries) for child in value.entries()]
            return {name: parts} if len(parts) > 1 else parts[0]
        if name in ("some", "every"):
            inside = _of_entries(name, value, scope, pack)
            if inside is not None:
                return inside
    return read_condition(node, scope, pack.terms, entries).phrase.yes


def _of_entries(name: str, value: Node, scope: Scope, pack: Pack) -> Any:
    """`some` or `every` around a list of clauses; None when it is one plain clause."""
    fields = value.fields()
    entries = fields["in"].text()
    inner = clause(fields["where"], scope, pack, entries)
    if isinstance(inner, str):
        return None
    noun = "".join(scope.facts[entries].phrase) or "entry"
    return {**inner, "of": f"for {'every' if name == 'every' else 'at least one'} {noun}"}


def example_text(text: Text, scope: Scope) -> str:
    """A text with an example of each word, in square brackets."""
    filled = text.filled({word: f"[{example}]" for word, example in scope.words.items()})
    return filled if filled[:1] != "[" else "[" + filled[1:2].upper() + filled[2:]


def _rule(rule: Rule, written: Mapping[str, Node], pack: Pack) -> Document:
    scope = SCOPES[rule.scope]
    return {
        "id": rule.id,
        "title": rule.title,
        "scope": rule.scope,
        "applies_when": clause(written["applies_when"], scope, pack),
        "requires": clause(written["requires"], scope, pack),
        "outcomes": {
            outcome.value: _branches(rule, outcome.value, written[outcome.value], pack)
            for outcome in rule.branches
        },
        "citation": _citation(rule.citation),
        "cases": sum((case.rule, case.scope) == (rule.id, rule.scope) for case in pack.cases),
        "where": rule.where,
    }


def _branches(rule: Rule, outcome: str, written: Node, pack: Pack) -> list[Document]:
    scope = SCOPES[rule.scope]
    nodes = written.entries() if written.is_list else [written]
    branches = next(found for word, found in rule.branches.items() if word.value == outcome)
    return [
        _branch(branch, node.fields().get("when"), scope, pack)
        for branch, node in zip(branches, nodes, strict=True)
    ]


def _branch(branch: Branch, when: Node | None, scope: Scope, pack: Pack) -> Document:
    return {
        "when": clause(when, scope, pack) if when is not None else None,
        "verdict": branch.verdict.value,
        "approval": branch.approval.value,
        "reason": example_text(branch.reason, scope),
        "next_step": example_text(branch.next_step, scope),
    }


def _citation(citation: Citation) -> Document:
    return {
        "source": citation.source,
        "clause": citation.clause,
        "confidence": citation.confidence.value,
        "mark": citation.confidence.mark,
        "text": citation.text,
    }


def _source(name: str, pack: Pack) -> Document:
    source = pack.sources[name]
    return {
        "id": name,
        "title": source.title,
        "publisher": source.publisher,
        "address": source.address,
        "read_on": source.read_on.isoformat(),
        "captured_digest": source.captured_digest,
        "note": source.note,
    }


def _matrix(matrix: Matrix) -> Document:
    return {
        "source": matrix.source,
        "captures": dict(matrix.captures),
        "rows": [
            {
                "id": row.id,
                "use": row.use,
                "marks": {name: mark.value for name, mark in row.marks.items()},
                "says": row.says,
                "rules": list(row.rules),
            }
            for row in matrix.rows
        ],
    }


def _fact(name: str, fact: Fact) -> Document:
    return {
        "id": name,
        "kind": fact.kind.value,
        "meaning": fact.meaning,
        "choices": list(fact.choices),
        "fields": [_fact(each, inner) for each, inner in fact.fields.items()],
    }

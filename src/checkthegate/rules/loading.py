"""Reads a pack from the bytes of its files. Whatever is wrong is named by file and line.

A pack is `pack.yaml` (its head, terms, table, notes and rules), any `rules/*.yaml` (more
rules), `cases/*.yaml` and `SOURCES.md`. A rule without cases for pass, fail and unknown is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from checkthegate.model import Approval, Outcome, PackError, Verdict
from checkthegate.rules.cases import check_coverage, read_cases
from checkthegate.rules.condition import ALWAYS, Term, read_condition
from checkthegate.rules.lock import pack_digest
from checkthegate.rules.matrix import read_matrix
from checkthegate.rules.nodes import Node, read_yaml
from checkthegate.rules.pack import Branch, Citation, Confidence, Pack, Rule, SourceDocument
from checkthegate.rules.scope import Scope
from checkthegate.rules.scopes import SCOPES
from checkthegate.rules.terms import read_terms
from checkthegate.rules.texts import read_text

_HEAD = ("schema", "id", "version", "title", "effective_from", "rule_prefix", "notice", "sources")
_MORE = ("rules", "effective_until", "terms", "matrix", "notes", "frame_may_differ")
_RULE = ("id", "title", "scope", "applies_when", "requires", "pass", "fail", "unknown", "citation")
_OUTCOMES = (Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN)
_SOURCE = ("title", "publisher", "address", "read_on", "captured_digest", "note")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_DIGEST = re.compile(r"unknown|sha256:[0-9a-f]{64}")


def load_pack(files: Mapping[str, bytes], where: str, scopes: Mapping[str, Scope] = SCOPES) -> Pack:
    """The pack made of `files` (path inside the pack -> content), or `PackError`.

    `where` is how the pack's folder is called in messages (`packs/netflix/2025.08`).
    """
    for name in ("pack.yaml", "SOURCES.md"):
        if not files.get(name, b"").strip():
            raise PackError(
                f"{where} has no {name}, or it is empty",
                hint=f"A pack needs pack.yaml, SOURCES.md and cases/*.yaml; add {name}.",
                path=where,
            )
    head_node = read_yaml(f"{where}/pack.yaml", files["pack.yaml"])
    head = head_node.fields_named(_HEAD, _MORE)
    head["schema"].one_of(["checkthegate.pack/1"])
    sources = {name: _source(node) for name, node in head["sources"].fields().items()}
    prefix = _name(head["rule_prefix"])
    terms = read_terms(head["terms"], scopes) if "terms" in head else {}
    rules = tuple(
        _rule(node, prefix, sources, scopes, terms)
        for node in _rule_nodes(head_node, head, files, where)
    )
    cases = read_cases(files, where, rules, scopes)
    check_coverage(rules, cases)
    return Pack(
        id=_name(head["id"]),
        version=_name(head["version"]),
        title=head["title"].text(),
        effective_from=_date(head["effective_from"]),
        effective_until=_until(head),
        prefix=prefix,
        notice=head["notice"].text(),
        sources=sources,
        rules=rules,
        by_scope={name: tuple(r for r in rules if r.scope == name) for name in scopes},
        cases=cases,
        digest=pack_digest(files),
        terms=terms,
        matrix=read_matrix(head["matrix"], sources, rules) if "matrix" in head else None,
        notes=tuple(node.text() for node in head["notes"].entries()) if "notes" in head else (),
        frame_may_differ=_percent(head["frame_may_differ"]) if "frame_may_differ" in head else 10,
    )


def _rule_nodes(
    head_node: Node, head: Mapping[str, Node], files: Mapping[str, bytes], where: str
) -> list[Node]:
    nodes = head["rules"].entries() if "rules" in head else []
    for name in sorted(files):
        if name.startswith("rules/") and name.endswith(".yaml"):
            root = read_yaml(f"{where}/{name}", files[name])
            nodes += root.fields_named(("rules",))["rules"].entries()
    if not nodes:
        head_node.refuse("this pack has no rules", "Add rules: here, or files under rules/.")
    seen: set[tuple[str, str]] = set()
    for node in nodes:
        fields = node.fields_named(_RULE)
        rule_id, scope = fields["id"].text(), fields["scope"].text()
        if (rule_id, scope) in seen:
            fields["id"].refuse(
                f"there are two rules {rule_id} in scope {scope}", "Give each its own id."
            )
        seen.add((rule_id, scope))
    return nodes


def _rule(
    node: Node,
    prefix: str,
    sources: Mapping[str, SourceDocument],
    scopes: Mapping[str, Scope],
    terms: Mapping[str, Term],
) -> Rule:
    fields = node.fields_named(_RULE)
    rule_id = _name(fields["id"])
    if not rule_id.startswith(prefix + "."):
        fields["id"].refuse(f"the id '{rule_id}' does not begin with '{prefix}.'")
    scope = scopes[fields["scope"].one_of(scopes)]
    citation = _citation(fields["citation"], sources)
    branches = {
        outcome: _branches(fields[outcome.value], outcome, scope, citation, terms)
        for outcome in _OUTCOMES
    }
    return Rule(
        id=rule_id,
        title=fields["title"].text(),
        scope=scope.name,
        applies=read_condition(fields["applies_when"], scope, terms),
        requires=read_condition(fields["requires"], scope, terms),
        branches=branches,
        citation=citation,
        where=f"{node.file}:{node.line}",
    )


def _branches(
    node: Node,
    outcome: Outcome,
    scope: Scope,
    citation: Citation,
    terms: Mapping[str, Term],
) -> tuple[Branch, ...]:
    """The branches of an outcome: all but the last say when; none is milder than allowed."""
    nodes = node.entries() if node.is_list else [node]
    branches = []
    for at, child in enumerate(nodes):
        last = at == len(nodes) - 1
        needed = ("verdict", "approval", "reason", "next_step")
        fields = child.fields_named(needed if last else ("when", *needed))
        verdict = Verdict(fields["verdict"].one_of([word.value for word in Verdict]))
        _check_verdict(fields["verdict"], outcome, verdict, citation)
        branches.append(
            Branch(
                when=ALWAYS if last else read_condition(fields["when"], scope, terms),
                verdict=verdict,
                approval=Approval(fields["approval"].one_of([word.value for word in Approval])),
                reason=read_text(fields["reason"], scope.words),
                next_step=read_text(fields["next_step"], scope.words),
            )
        )
    verdicts = {branch.verdict for branch in branches}
    if len(verdicts) > 1 and not verdicts <= {Verdict.ESCALATE, Verdict.BLOCKED}:
        node.refuse(
            "branches of one outcome must agree on the verdict, or all escalate or block",
            "Otherwise knowing less could make a verdict milder. Make two rules of it.",
        )
    return tuple(branches)


def _check_verdict(node: Node, outcome: Outcome, verdict: Verdict, citation: Citation) -> None:
    if outcome is Outcome.PASS and verdict not in (Verdict.CLEAR, Verdict.NOTIFY):
        node.refuse("a pass is clear or notify")
    if outcome is Outcome.FAIL and verdict is Verdict.CLEAR:
        node.refuse("a fail is at least notify")
    if outcome is Outcome.UNKNOWN and verdict is not Verdict.ESCALATE:
        node.refuse("what is unknown is escalate: never better, and never blocked for sure")
    if verdict is Verdict.BLOCKED and citation.confidence is not Confidence.OFFICIAL:
        node.refuse("only a rule of confidence A may block")


def _citation(node: Node, sources: Mapping[str, SourceDocument]) -> Citation:
    fields = node.fields_named(("source", "clause", "confidence"))
    source_id = fields["source"].one_of(sources)
    confidence = Confidence(fields["confidence"].one_of([word.value for word in Confidence]))
    source, clause = sources[source_id], fields["clause"].text()
    parts = [
        f"{source.publisher}, “{source.title}”, {clause}",
        f"{source.address}, read {source.read_on.isoformat()}",
        f"confidence {confidence.value}",
        confidence.mark,
    ]
    return Citation(source_id, clause, confidence, "; ".join(part for part in parts if part))


def _source(node: Node) -> SourceDocument:
    fields = node.fields_named(_SOURCE)
    digest = fields["captured_digest"].text()
    if not _DIGEST.fullmatch(digest):
        fields["captured_digest"].refuse("a digest is 'sha256:' and 64 hex digits, or 'unknown'")
    return SourceDocument(
        title=fields["title"].text(),
        publisher=fields["publisher"].text(),
        address=fields["address"].text(),
        read_on=_date(fields["read_on"]),
        captured_digest=digest,
        note=fields["note"].text(),
    )


def _until(head: Mapping[str, Node]) -> date | None:
    if "effective_until" not in head:
        return None
    until = _date(head["effective_until"])
    if until < _date(head["effective_from"]):
        head["effective_until"].refuse("the pack ends before it begins")
    return until


def _percent(node: Node) -> int:
    percent = node.number()
    if percent > 100:
        node.refuse("a frame has 100 percent", "Write a whole number from 0 to 100.")
    return percent


def _name(node: Node) -> str:
    name = node.text()
    if not _NAME.fullmatch(name):
        node.refuse(f"'{name}' is no name: small letters, digits, dots and dashes only")
    return name


def _date(node: Node) -> date:
    try:
        return date.fromisoformat(node.text())
    except ValueError:
        node.refuse(f"'{node.text()}' is no date; write it as 2025-08-22")

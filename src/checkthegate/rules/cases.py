"""Cases: facts with what a rule must say of them. They travel with the pack and are run.

    rule: nfx.p4
    cases:
      - name: A generated picture in a final delivery
        facts: {asset.final: yes, asset.ai: generated}
        expect: {outcome: fail, verdict: escalate, approval: required}

A fact that is left out, or written as `unknown`, is not known. A rule id that judges more
than one scope needs `scope:` beside `rule:`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from checkthegate.model import Approval, Outcome, PackError, Verdict
from checkthegate.rules.kleene import UNKNOWN
from checkthegate.rules.nodes import Node, read_yaml
from checkthegate.rules.pack import Case, Rule
from checkthegate.rules.scope import Entry, Fact, FactKind, Scalar, Scope, Value

_NEEDED = (Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN)


def read_cases(
    files: Mapping[str, bytes], where: str, rules: Sequence[Rule], scopes: Mapping[str, Scope]
) -> tuple[Case, ...]:
    """All cases of a pack. Raises `PackError` naming the line."""
    by_id = {(rule.id, rule.scope): rule for rule in rules}
    cases: list[Case] = []
    for name in sorted(files):
        if not (name.startswith("cases/") and name.endswith(".yaml")):
            continue
        root = read_yaml(f"{where}/{name}", files[name]).fields_named(("rule", "cases"), ("scope",))
        rule_id = root["rule"].one_of(dict.fromkeys(rule.id for rule in rules))
        judged = [rule.scope for rule in rules if rule.id == rule_id]
        if len(judged) > 1 and "scope" not in root:
            root["rule"].refuse(
                f"{rule_id} judges more than one scope", f"Add scope: {' or '.join(judged)}."
            )
        rule = by_id[rule_id, root["scope"].one_of(judged) if "scope" in root else judged[0]]
        cases += [_case(node, rule, scopes[rule.scope]) for node in root["cases"].entries()]
    return tuple(cases)


def check_coverage(rules: Iterable[Rule], cases: Iterable[Case]) -> None:
    """Every rule has a case for pass, fail and unknown, or `PackError`."""
    shown = {(case.rule, case.scope, case.outcome) for case in cases}
    for rule in rules:
        missing = [
            outcome.value for outcome in _NEEDED if (rule.id, rule.scope, outcome) not in shown
        ]
        if missing:
            raise PackError(
                f"{rule.where}: the rule {rule.id} has no case for: {', '.join(missing)}",
                hint=f"Add it to a file under cases/, with 'rule: {rule.id}'.",
                path=rule.where.rpartition(":")[0],
            )


def _case(node: Node, rule: Rule, scope: Scope) -> Case:
    fields = node.fields_named(("name", "facts", "expect"))
    expect = fields["expect"].fields_named(("outcome",), ("verdict", "approval"))
    verdict = expect.get("verdict")
    approval = expect.get("approval")
    return Case(
        name=fields["name"].text(),
        rule=rule.id,
        scope=rule.scope,
        values=_values(fields["facts"], scope),
        outcome=Outcome(expect["outcome"].one_of([word.value for word in Outcome])),
        verdict=Verdict(verdict.one_of([word.value for word in Verdict])) if verdict else None,
        approval=Approval(approval.one_of([w.value for w in Approval])) if approval else None,
        where=f"{node.file}:{node.line}",
    )


def _values(node: Node, scope: Scope) -> dict[str, Value]:
    values: dict[str, Value] = dict.fromkeys(scope.facts, UNKNOWN)
    for name, child in node.fields_named((), scope.facts).items():
        values[name] = _value(child, scope.facts[name])
    return values


def _value(node: Node, fact: Fact) -> Value:
    if fact.kind is not FactKind.RECORDS or not node.is_list:
        return _scalar(node, fact)
    return tuple(_entry(child, fact) for child in node.children())


def _entry(node: Node, fact: Fact) -> Entry:
    return {
        name: _scalar(child, fact.fields[name])
        for name, child in node.fields_named((), fact.fields).items()
    }


def _scalar(node: Node, fact: Fact) -> Scalar:
    if fact.kind is FactKind.WORDS and node.is_list:
        return frozenset(
            child.one_of(fact.choices) if fact.choices else child.text()
            for child in node.children()
        )
    if node.text() == UNKNOWN.value:
        return UNKNOWN
    if fact.kind is FactKind.FLAG:
        return node.flag()
    if fact.kind is FactKind.NUMBER:
        return node.number()
    if fact.kind is not FactKind.CHOICE:
        node.refuse("a list was expected here")
    return node.one_of(fact.choices)

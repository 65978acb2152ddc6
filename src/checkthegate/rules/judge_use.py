"""Judges a declared use: facts in, one answer out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from checkthegate.model import Approval, Finding, InternalError, Outcome, PackRef, Verdict
from checkthegate.model.use import DeclaredUse
from checkthegate.rules.evaluate import branch_of, finding_of, outcome_of
from checkthegate.rules.pack import Branch, Pack, Rule
from checkthegate.rules.scope import Facts, Values
from checkthegate.rules.use_facts import use_facts
from checkthegate.rules.use_scope import USE

VERDICT_RANK = {verdict: verdict.rank for verdict in Verdict}
APPROVAL_RANK = {approval: approval.rank for approval in Approval}


@dataclass(frozen=True, slots=True)
class UseDecision:
    """The answer to a declared use.

    `findings` are those of the rules that fired (`fail` or `unknown`), the most severe first;
    `rules` are their ids in that order; `passed` the ids of the rules that applied and were
    met. `evaluate(use_facts(use), pack)` gives every finding in words.
    """

    verdict: Verdict
    approval: Approval
    findings: tuple[Finding, ...]
    rules: tuple[str, ...]
    passed: tuple[str, ...]
    packs: tuple[PackRef, ...]


def judge_use(use: DeclaredUse, packs: Sequence[Pack]) -> UseDecision:
    """The answer under all packs side by side; the worst finding decides."""
    facts = use_facts(use)
    said = list(_said(facts.values, packs))
    verdict, approval = _worst(branch for _, _, branch in said)
    findings = [
        finding_of(rule, outcome, branch, facts)
        for rule, outcome, branch in said
        if outcome is not Outcome.PASS
    ]
    findings.sort(key=_severity)
    return UseDecision(
        verdict=verdict,
        approval=approval,
        findings=tuple(findings),
        rules=tuple([finding.rule for finding in findings]),
        passed=tuple([rule.id for rule, outcome, _ in said if outcome is Outcome.PASS]),
        packs=tuple([pack.ref for pack in packs]),
    )


def weigh(facts: Facts, packs: Sequence[Pack]) -> tuple[Verdict, Approval]:
    """Verdict and approval alone: what `judge_use` says, without a word."""
    return _worst(branch for _, _, branch in _said(facts.values, packs))


def _worst(branches: Iterable[Branch]) -> tuple[Verdict, Approval]:
    verdict, approval = Verdict.CLEAR, Approval.NONE
    for branch in branches:
        if VERDICT_RANK[branch.verdict] > VERDICT_RANK[verdict]:
            verdict = branch.verdict
        if APPROVAL_RANK[branch.approval] > APPROVAL_RANK[approval]:
            approval = branch.approval
    return verdict, approval


def _said(values: Values, packs: Sequence[Pack]) -> Iterator[tuple[Rule, Outcome, Branch]]:
    if not packs:
        raise InternalError(
            "nothing can be judged without a rule pack", hint="Report this as a fault."
        )
    for pack in packs:
        for rule in pack.by_scope.get(USE.name, ()):
            outcome = outcome_of(rule, values)
            if outcome is not Outcome.NOT_APPLICABLE:
                yield rule, outcome, branch_of(rule, outcome, values)


def _severity(finding: Finding) -> tuple[int, int]:
    return -VERDICT_RANK[finding.verdict], -APPROVAL_RANK[finding.approval]

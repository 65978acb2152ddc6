"""Evaluates packs: facts in, findings out. Same facts and pack, same findings, byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from checkthegate.model import (
    Approval,
    Asset,
    AssetDecision,
    DeliveryGap,
    Evidence,
    Finding,
    Gap,
    InternalError,
    Outcome,
    Verdict,
)
from checkthegate.rules.ai_state import ai_state
from checkthegate.rules.condition import NO_ENTRY
from checkthegate.rules.facts import asset_facts, delivery_facts
from checkthegate.rules.pack import Branch, Case, Pack, Rule
from checkthegate.rules.scope import Facts, Scope, Values
from checkthegate.rules.scopes import SCOPES

_VERDICT_RANK = {verdict: verdict.rank for verdict in Verdict}
_APPROVAL_RANK = {approval: approval.rank for approval in Approval}


def outcome_of(rule: Rule, values: Values) -> Outcome:
    """One rule's word on these facts."""
    applies = rule.applies.test(values, NO_ENTRY)
    if applies is False:
        return Outcome.NOT_APPLICABLE
    met = rule.requires.test(values, NO_ENTRY)
    if met is True:
        return Outcome.PASS
    return Outcome.FAIL if met is False and applies is True else Outcome.UNKNOWN


def branch_of(rule: Rule, outcome: Outcome, values: Values) -> Branch:
    """The branch an outcome ends in: the first that certainly holds, else the last."""
    branches = rule.branches[outcome]
    for branch in branches:
        if branch.when.test(values, NO_ENTRY) is True:
            return branch
    return branches[-1]


def evaluate(facts: Facts, pack: Pack) -> tuple[Finding, ...]:
    """The findings of every rule of that scope that applies, in the order of the pack."""
    findings = []
    for rule in pack.by_scope.get(facts.scope, ()):
        outcome = outcome_of(rule, facts.values)
        if outcome is Outcome.NOT_APPLICABLE:
            continue
        findings.append(finding_of(rule, outcome, branch_of(rule, outcome, facts.values), facts))
    return tuple(findings)


def finding_of(rule: Rule, outcome: Outcome, branch: Branch, facts: Facts) -> Finding:
    """What a rule says, its texts filled with the words of these facts."""
    return Finding(
        rule=rule.id,
        outcome=outcome,
        verdict=branch.verdict,
        approval=branch.approval,
        title=rule.title,
        reason=branch.reason.filled(facts.words),
        next_step=branch.next_step.filled(facts.words),
        citation=rule.citation.text,
    )


def because(rule: Rule, values: Values) -> tuple[str, ...]:
    """The names of the facts that decided the outcome, sorted."""
    applies = rule.applies.test(values, NO_ENTRY)
    met = rule.requires.test(values, NO_ENTRY)
    parts = [rule.applies.because(values, NO_ENTRY)] if met is not True else []
    if applies is not False:
        parts.append(rule.requires.because(values, NO_ENTRY))
    elif met is True:
        parts.append(rule.applies.because(values, NO_ENTRY))
    return tuple(sorted(frozenset().union(*parts)))


def judge_asset(
    asset: Asset,
    evidence: Sequence[Evidence],
    gaps: Sequence[Gap],
    packs: Sequence[Pack],
    digest_from: str = "read",
    *,
    recorded: Mapping[str, bool | None] | None = None,
    accepted: Collection[Gap] = (),
    consents: Sequence[str] = (),
) -> AssetDecision:
    """One asset's state and verdict under all packs; the worst finding decides.

    `recorded` is what a home's records say, by fact name. `accepted` gaps are listed, but a
    person has answered for them, so no rule asks about them any more. `consents` are sentences
    about consents that do not stand.
    """
    asked = [gap for gap in gaps if gap not in accepted]
    findings = _under_all(asset_facts(asset, evidence, asked, recorded, consents), packs)
    return AssetDecision(
        asset=asset,
        ai=ai_state(evidence, gaps),
        verdict=worst_verdict(findings),
        evidence=tuple(evidence),
        gaps=tuple(gaps),
        findings=findings,
        digest_from=digest_from,
    )


def judge_delivery(
    assets: int, gaps: Sequence[DeliveryGap], packs: Sequence[Pack], *, final: bool
) -> tuple[Finding, ...]:
    """The findings about the delivery as a whole. `assets` is their count."""
    return _under_all(delivery_facts(assets, gaps, final=final), packs)


def overall(
    assets: Iterable[AssetDecision], findings: Sequence[Finding]
) -> tuple[Verdict, Approval]:
    """Verdict and approval of a whole check: the worst of everything in it."""
    verdict, approval = worst_verdict(findings), worst_approval(findings)
    for decided in assets:
        verdict = max(verdict, decided.verdict, key=_VERDICT_RANK.__getitem__)
        approval = max(approval, worst_approval(decided.findings), key=_APPROVAL_RANK.__getitem__)
    return verdict, approval


def worst_verdict(findings: Iterable[Finding]) -> Verdict:
    """The most severe verdict; `clear` for no findings."""
    verdicts = (finding.verdict for finding in findings)
    return max(verdicts, key=_VERDICT_RANK.__getitem__, default=Verdict.CLEAR)


def worst_approval(findings: Iterable[Finding]) -> Approval:
    """The strongest need of approval; `none` for no findings."""
    approvals = (finding.approval for finding in findings)
    return max(approvals, key=_APPROVAL_RANK.__getitem__, default=Approval.NONE)


@dataclass(frozen=True, slots=True)
class CaseFault:
    """A case of a pack that does not come out as it says."""

    case: Case
    said: str


def run_cases(pack: Pack, scopes: Iterable[Scope] = tuple(SCOPES.values())) -> list[CaseFault]:
    """Every case of the pack that its own rules disagree with; empty when all is well."""
    words = {scope.name: scope.words for scope in scopes}
    faults = []
    for case in pack.cases:
        rule = pack.rule(case.rule, case.scope)
        outcome = outcome_of(rule, case.values)
        said = [outcome.value]
        agreed = outcome is case.outcome
        if outcome is not Outcome.NOT_APPLICABLE:
            branch = branch_of(rule, outcome, case.values)
            branch.reason.filled(words[rule.scope])
            said += [branch.verdict.value, branch.approval.value]
            agreed &= case.verdict in (None, branch.verdict)
            agreed &= case.approval in (None, branch.approval)
        if not agreed:
            faults.append(CaseFault(case, ", ".join(said)))
    return faults


def _under_all(facts: Facts, packs: Sequence[Pack]) -> tuple[Finding, ...]:
    if not packs:
        raise InternalError(
            "nothing can be judged without a rule pack", hint="Report this as a fault."
        )
    return tuple(finding for pack in packs for finding in evaluate(facts, pack))

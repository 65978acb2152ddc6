"""What would make the answer easier: the smallest single changes, each judged again.

Two kinds. A `choice` is the declarer's to make: keep it out of the final, drop a reference,
use another place, do not train. A `world` change is a fact that has to be true first, such as
a consent or a clearance; it is always marked "if it were so". Nothing that would only be said
differently is ever offered: no other purpose, no exemption, no "not generative" for a step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

from checkthegate.model import Approval, Json, Verdict
from checkthegate.model.use import (
    Answer,
    Change,
    DeclaredUse,
    Effect,
    Environment,
    Exemption,
    InputKind,
    NoTraining,
    Purpose,
    TrainedOn,
    Training,
    TrainingScope,
)
from checkthegate.rules.judge_use import APPROVAL_RANK, VERDICT_RANK, UseDecision, weigh
from checkthegate.rules.pack import Pack
from checkthegate.rules.use_facts import use_facts

MOST_SHOWN = 8
MOST_TRIED = 200
_SECURED = (Environment.NETFLIX_ENTERPRISE, Environment.PARTNER_ENTERPRISE, Environment.LOCAL)
_FREE_INPUTS = (InputKind.PUBLIC, InputKind.OWN, InputKind.LICENSED)


class ChangeKind(StrEnum):
    """Whether a change is the declarer's to make, or has to be true in the world."""

    CHOICE = "choice"
    WORLD = "world"


@dataclass(frozen=True, slots=True)
class WouldChange:
    """One single-field change with the answer it leads to.

    `field` is a path into the declaration (`final`, `tools[0].environment`); `to` is its new
    value as it is written there (a list without the entry that is dropped, None for
    `training: null`). `says` is the change in words.
    """

    field: str
    to: Json
    verdict: Verdict
    approval: Approval
    kind: ChangeKind
    says: str

    @property
    def if_so(self) -> bool:
        """Whether it only holds if it were so: a fact nobody can choose."""
        return self.kind is ChangeKind.WORLD


@dataclass(frozen=True, slots=True)
class _Try:
    field: str
    to: Json
    use: DeclaredUse
    kind: ChangeKind
    says: str


_Tries: TypeAlias = Iterator[_Try]


def would_change(
    use: DeclaredUse, decision: UseDecision, packs: Sequence[Pack]
) -> tuple[WouldChange, ...]:
    """The single changes that improve the verdict, or else the approval, best first.

    At most `MOST_SHOWN`; of a very long declaration only the first `MOST_TRIED` are tried.
    """
    now = VERDICT_RANK[decision.verdict], APPROVAL_RANK[decision.approval]
    if now[0] <= VERDICT_RANK[Verdict.NOTIFY]:
        return ()
    better: list[tuple[tuple[int, int, bool, int], WouldChange]] = []
    for number, each in enumerate(_tries(use)):
        if number >= MOST_TRIED:
            break
        verdict, approval = weigh(use_facts(each.use), packs)
        then = VERDICT_RANK[verdict], APPROVAL_RANK[approval]
        if then < now:
            change = WouldChange(each.field, each.to, verdict, approval, each.kind, each.says)
            better.append(((*then, change.if_so, number), change))
    better.sort(key=lambda pair: pair[0])
    return tuple([change for _, change in better[:MOST_SHOWN]])


def _tries(use: DeclaredUse) -> _Tries:
    """Every single change that could honestly be made, or could be so; in a fixed order."""
    if use.final is not Answer.NO:
        yield _answer(
            use, "final", Answer.NO, ChangeKind.CHOICE, "Keep all of it out of the final."
        )
    yield from _tools(use)
    yield from _inputs(use)
    yield from _references(use)
    yield from _talent(use)
    yield from _training(use)
    for field, to, says in _FACTS:
        if getattr(use, field) is not to:
            yield _answer(use, field, to, ChangeKind.WORLD, says)


_FACTS = (
    ("imitates", Answer.NO, "If it recreates no unowned work."),
    ("mistakable_for_real", Answer.NO, "If nobody could take it for real."),
    ("union_agreement", Answer.YES, "If the agreements for union-covered work are in place."),
    ("union_work", Answer.NO, "If no union-covered work is affected."),
)


def _answer(use: DeclaredUse, field: str, to: Answer, kind: ChangeKind, says: str) -> _Try:
    return _Try(field, to.value, _with(use, **{field: to}), kind, says)


def _with(whole: Any, **parts: Any) -> Any:
    """A copy with other parts; the names are our own, so the types hold."""
    return replace(whole, **parts)


def _entry(use: DeclaredUse, field: str, at: int, part: str, to: StrEnum, **how: Any) -> _Try:
    """One part of one entry of a list, set to `to`."""
    entries = getattr(use, field)
    changed = (*entries[:at], _with(entries[at], **{part: to}), *entries[at + 1 :])
    return _Try(f"{field}[{at}].{part}", to.value, _with(use, **{field: changed}), **how)


def _without(use: DeclaredUse, field: str, at: int, says: str) -> _Try:
    """A list without one of its entries."""
    entries = getattr(use, field)
    left = (*entries[:at], *entries[at + 1 :])
    to = [written(each) for each in left]
    return _Try(field, to, _with(use, **{field: left}), ChangeKind.CHOICE, says)


def _none_of(use: DeclaredUse, field: str, says: str) -> _Try:
    """A list that was left out, said to be empty."""
    return _Try(field, [], _with(use, **{field: ()}), ChangeKind.WORLD, says)


def written(entry: Any) -> dict[str, Json]:
    """An entry of a list as it stands in a declaration; what was left out stays out."""
    parts = ((name, getattr(entry, name)) for name in type(entry).__slots__)
    return {name: str(part) for name, part in parts if part is not None}


def _tools(use: DeclaredUse) -> _Tries:
    for at, step in enumerate(use.tools):
        if step.environment not in _SECURED:
            yield _entry(
                use, "tools", at, "environment", Environment.NETFLIX_ENTERPRISE,
                kind=ChangeKind.CHOICE, says="Use a tool under the studio’s own enterprise terms.",
            )  # fmt: skip
        for part, says in _TERMS:
            if getattr(step, part) is not Answer.NO:
                yield _entry(use, "tools", at, part, Answer.NO, kind=ChangeKind.WORLD, says=says)
        others = (*use.tools[:at], *use.tools[at + 1 :])
        # Without its only generative step there would be nothing left to ask about.
        if any(other.generative is not Answer.NO for other in others):
            yield _without(use, "tools", at, "Leave this step out.")


_TERMS = (
    ("stores", "If its terms say that it keeps nothing."),
    ("reuses", "If its terms say that it re-uses nothing."),
    ("trains", "If its terms say that it learns from nothing."),
)


def _inputs(use: DeclaredUse) -> _Tries:
    if use.inputs is None:
        yield _none_of(use, "inputs", "If nothing goes in.")
    for at, each in enumerate(use.inputs or ()):
        if each.what in _FREE_INPUTS:
            continue
        yield _without(use, "inputs", at, "Keep this out of the tool.")
        if each.cleared is not Answer.YES:
            yield _entry(
                use, "inputs", at, "cleared", Answer.YES,
                kind=ChangeKind.WORLD, says="If it is approved for this tool.",
            )  # fmt: skip


def _references(use: DeclaredUse) -> _Tries:
    if use.references is None:
        yield _none_of(use, "references", "If prompts point at nothing of the kind.")
    for at, each in enumerate(use.references or ()):
        if each.permission is Answer.YES:
            continue
        yield _without(use, "references", at, "Drop this reference.")
        yield _entry(
            use, "references", at, "permission", Answer.YES,
            kind=ChangeKind.WORLD, says="If permission is given.",
        )  # fmt: skip


def _talent(use: DeclaredUse) -> _Tries:
    if use.talent is None:
        yield _none_of(use, "talent", "If no performer is touched.")
    for at, each in enumerate(use.talent or ()):
        if use.purpose is not Purpose.TALENT or len(use.talent or ()) > 1:
            yield _without(use, "talent", at, "Do it without this performer.")
        if each.consent is not Answer.YES:
            yield _entry(
                use, "talent", at, "consent", Answer.YES,
                kind=ChangeKind.WORLD, says="If this performer’s consent is documented.",
            )  # fmt: skip
        if each.effect is Effect.ALTERATION and each.exemption in (None, Exemption.NONE):
            yield from _customary(use, at, each.change)


def _customary(use: DeclaredUse, at: int, change: Change | None) -> _Tries:
    if change in (Change.NONE, Change.CUSTOMARY):
        return
    kind = ChangeKind.WORLD if change in (None, Change.UNSURE) else ChangeKind.CHOICE
    says = "If it stays" if kind is ChangeKind.WORLD else "Keep it"
    yield _entry(
        use, "talent", at, "change", Change.CUSTOMARY,
        kind=kind, says=f"{says} within customary clean-up.",
    )  # fmt: skip


def _training(use: DeclaredUse) -> _Tries:
    training = use.training
    if isinstance(training, NoTraining):
        return
    nothing = replace(use, training=NoTraining())
    if training is None:
        yield _Try("training", None, nothing, ChangeKind.WORLD, "If no model is trained.")
        return
    if use.purpose is not Purpose.TRAINING:
        yield _Try("training", None, nothing, ChangeKind.CHOICE, "Do not train a model.")
    if training.cleared is not Answer.YES:
        yield _trained(use, training, "cleared", Answer.YES, "If the training is cleared.")
    if training.scope is not TrainingScope.THIS_PRODUCTION:
        yield _trained(
            use, training, "scope", TrainingScope.THIS_PRODUCTION,
            "Keep the model to this production.", ChangeKind.CHOICE,
        )  # fmt: skip
    if training.on in (TrainedOn.THIRD_PARTY, TrainedOn.PERFORMER):
        yield _trained(
            use, training, "on", TrainedOn.OWN, "Train on material of your own.", ChangeKind.CHOICE
        )


def _trained(
    use: DeclaredUse,
    training: Training,
    part: str,
    to: StrEnum,
    says: str,
    kind: ChangeKind = ChangeKind.WORLD,
) -> _Try:
    changed = replace(use, training=_with(training, **{part: to}))
    return _Try(f"training.{part}", to.value, changed, kind, says)

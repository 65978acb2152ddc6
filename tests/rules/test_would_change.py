"""What would make it easier: each change is really made, really helps, and is honest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from tests.rules.uses import SAFE, SAFE_STEP, mostly_safe, uses

from checkthegate.model import Approval, Verdict
from checkthegate.model.use import (
    Answer,
    Change,
    DeclaredUse,
    Effect,
    Environment,
    Exemption,
    Input,
    InputKind,
    NoTraining,
    Purpose,
    Reference,
    ReferenceKind,
    TalentEntry,
    ToolStep,
    TrainedOn,
    Training,
    TrainingScope,
)
from checkthegate.rules import ChangeKind, Pack, WouldChange, judge_use, would_change

WORDS: dict[str, type[StrEnum]] = {
    "environment": Environment,
    "change": Change,
    "scope": TrainingScope,
    "on": TrainedOn,
}
ENTRIES: dict[str, Any] = {
    "tools": (ToolStep, {"environment": Environment}),
    "inputs": (Input, {"what": InputKind}),
    "references": (Reference, {"what": ReferenceKind}),
    "talent": (TalentEntry, {"effect": Effect, "change": Change, "exemption": Exemption}),
}
PATH = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?")
WORLD_ONLY = re.compile(
    r"imitates|mistakable_for_real|union_work|union_agreement|.*\.(consent|cleared|permission)"
    r"|tools\[\d+\]\.(stores|reuses|trains)"
)
NEVER = re.compile(r"purpose|outputs|title|phase|.*\.(exemption|effect|what|generative|who|name)")


def apply(use: DeclaredUse, change: WouldChange) -> DeclaredUse:
    """The change, made from its path and written value alone."""
    found = PATH.fullmatch(change.field)
    assert found
    name, at, part = found.groups()
    whole = getattr(use, name)
    if part is None:
        return replace(use, **{name: _value(name, change.to)})
    if at is None:
        return replace(use, **{name: replace(whole, **{part: _word(part, change.to)})})
    entry = replace(whole[int(at)], **{part: _word(part, change.to)})
    return replace(use, **{name: (*whole[: int(at)], entry, *whole[int(at) + 1 :])})


def _value(name: str, to: Any) -> Any:
    if name == "training":
        assert to is None
        return NoTraining()
    if not isinstance(to, list):
        return _word(name, to)
    made, words = ENTRIES[name]
    read = {"who": str, "name": str, **words}
    return tuple(
        made(**{part: read.get(part, Answer)(word) for part, word in entry.items()}) for entry in to
    )


def _word(part: str, to: Any) -> StrEnum:
    return WORDS.get(part, Answer)(to)


@settings(max_examples=300, deadline=None)
@given(use=uses() | mostly_safe())
def test_each_change_is_made_helps_and_is_honest(netflix_pack: Pack, use: DeclaredUse) -> None:
    decision = judge_use(use, [netflix_pack])
    changes = would_change(use, decision, [netflix_pack])
    now = (decision.verdict.rank, decision.approval.rank)
    order = []
    for change in changes:
        again = judge_use(apply(use, change), [netflix_pack])
        assert (again.verdict, again.approval) == (change.verdict, change.approval), change
        then = (again.verdict.rank, again.approval.rank)
        assert then < now
        order.append((*then, change.if_so))
        assert not NEVER.fullmatch(change.field)
        if WORLD_ONLY.fullmatch(change.field):
            assert change.if_so
        assert change.if_so is (change.kind is ChangeKind.WORLD)
        assert change.if_so == change.says.startswith("If ")
        assert change.says.endswith(".")
    assert order == sorted(order)
    assert len(changes) <= 8
    assert len({(c.field, repr(c.to)) for c in changes}) == len(changes)


CONSENTED = TalentEntry("x", Effect.VOICE, Change.NONE, Exemption.NONE, Answer.NO)
PUBLIC_FIGURE = Reference(ReferenceKind.PUBLIC_FIGURE, Answer.NO)
LICENSED = Reference(ReferenceKind.BRAND, Answer.YES)


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (SAFE, []),
        (replace(SAFE, final=Answer.YES), [("final", "no", "notify", False)]),
        (replace(SAFE, imitates=None), [("imitates", "no", "notify", True)]),
        (
            replace(SAFE, tools=(replace(SAFE_STEP, environment=Environment.CONSUMER),)),
            [("tools[0].environment", "netflix-enterprise", "notify", False)],
        ),
        (
            replace(SAFE, tools=(replace(SAFE_STEP, trains=Answer.YES),)),
            [("tools[0].trains", "no", "notify", True)],
        ),
        (
            replace(SAFE, references=(PUBLIC_FIGURE, LICENSED)),
            [
                ("references", [{"what": "brand", "permission": "yes"}], "notify", False),
                ("references[0].permission", "yes", "notify", True),
            ],
        ),
        (
            replace(SAFE, talent=(CONSENTED,)),
            [("talent", [], "notify", False), ("talent[0].consent", "yes", "escalate", True)],
        ),
        (
            replace(SAFE, talent=(CONSENTED,), purpose=Purpose.TALENT),
            [("talent[0].consent", "yes", "escalate", True)],
        ),
        (
            replace(
                SAFE,
                training=Training(TrainedOn.THIRD_PARTY, Answer.NO, TrainingScope.THIS_PRODUCTION),
            ),
            [
                ("training", None, "notify", False),
                ("training.cleared", "yes", "escalate", True),
                ("training.on", "own", "escalate", False),
            ],
        ),
        (replace(SAFE, final=Answer.YES, imitates=Answer.YES), []),
        (replace(SAFE, purpose=Purpose.CHARACTER), []),
    ],
)
def test_known_ways_out(netflix_pack: Pack, use: DeclaredUse, expected: Sequence[Any]) -> None:
    decision = judge_use(use, [netflix_pack])
    changes = would_change(use, decision, [netflix_pack])
    assert [(c.field, c.to, c.verdict.value, c.if_so) for c in changes] == expected


def test_a_milder_approval_counts_when_the_verdict_stays(netflix_pack: Pack) -> None:
    use = replace(SAFE, final=Answer.YES, imitates=Answer.UNSURE)
    (change,) = would_change(use, judge_use(use, [netflix_pack]), [netflix_pack])
    assert (change.field, change.verdict) == ("final", Verdict.ESCALATE)
    assert change.approval is Approval.MAY_BE_REQUIRED


def test_a_very_long_declaration_is_bounded(netflix_pack: Pack) -> None:
    inputs = tuple(Input(InputKind.SCRIPT, Answer.NO) for _ in range(500))
    use = replace(SAFE, inputs=inputs)
    assert would_change(use, judge_use(use, [netflix_pack]), [netflix_pack]) == ()

"""The readings a pack chose where its source allows several, and the packs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.rules.conftest import PACKS, pack_files
from tests.rules.uses import SAFE, SAFE_STEP

from checkthegate.model.use import (
    Answer,
    Change,
    DeclaredUse,
    Effect,
    Environment,
    Exemption,
    Input,
    InputKind,
    Output,
    Purpose,
    Reference,
    ReferenceKind,
    TalentEntry,
    TrainedOn,
    Training,
    TrainingScope,
)
from checkthegate.rules import Confidence, Pack, judge_use, load_pack, open_questions

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.UNSURE
MINE, LICENSED = TrainedOn.OWN, TrainedOn.LICENSED
THIS, OTHER = TrainingScope.THIS_PRODUCTION, TrainingScope.OTHER
TOLD, ASK = "notify none", "escalate may-be-required"
APPROVE, STOP = "escalate required", "blocked required"


def use(**changed: Any) -> DeclaredUse:
    return replace(SAFE, **changed)


def step(**changed: Any) -> tuple[Any, ...]:
    return (replace(SAFE_STEP, **changed),)


def voice(**changed: Any) -> tuple[TalentEntry, ...]:
    entry = TalentEntry("x", Effect.VOICE, Change.NONE, Exemption.NONE, YES)
    return (replace(entry, **changed),)


@pytest.mark.parametrize(
    ("declared", "answer", "rule"),
    [
        (use(inputs=(Input(InputKind.PERSONAL_DATA, YES),)), ASK, "nfx.e1"),
        (use(training=Training(TrainedOn.THIRD_PARTY, YES, THIS)), ASK, "nfx.m5"),
        (use(training=Training(TrainedOn.PERFORMER, YES, THIS)), ASK, "nfx.m5"),
        (use(training=Training(TrainedOn.PERFORMER, YES, OTHER)), APPROVE, "nfx.t4"),
        (use(training=Training(TrainedOn.PERFORMER, None, OTHER)), STOP, "nfx.t4"),
        (use(training=Training(LICENSED, YES, OTHER)), ASK, "nfx.m5"),
        (use(training=Training(LICENSED, YES, None)), ASK, "nfx.m5"),
        (use(training=Training(MINE, YES, OTHER)), TOLD, None),
        (use(training=Training(MINE, None, OTHER)), ASK, "nfx.du2"),
        (use(training=Training(MINE, NO, THIS)), APPROVE, "nfx.du2"),
        (
            use(
                inputs=(Input(InputKind.SCRIPT, YES),),
                tools=step(environment=Environment.VERIFIED_TERMS),
            ),
            ASK,
            "nfx.m6",
        ),
        (
            use(inputs=(Input(InputKind.SCRIPT, YES),), tools=step(environment=Environment.LOCAL)),
            TOLD,
            None,
        ),
        (use(tools=step(environment=Environment.LOCAL, stores=YES)), ASK, "nfx.p2"),
        (
            use(talent=voice(exemption=Exemption.AS_RECORDED, change=Change.NEW_DIALOGUE)),
            APPROVE,
            "nfx.tp1",
        ),
        (
            use(talent=voice(exemption=Exemption.UNSAFE_ACTIVITY, change=Change.NEW_DIALOGUE)),
            TOLD,
            None,
        ),
        (use(talent=voice(exemption=None)), APPROVE, "nfx.tp1"),
        (use(talent=voice(exemption=None, consent=NO)), STOP, "nfx.p5"),
        (use(talent=voice(effect=None)), ASK, "nfx.tp1"),
        (use(purpose=Purpose.FACTUAL), ASK, "nfx.er3"),
        (use(purpose=Purpose.OTHER), TOLD, None),
        (use(union_work=UNSURE, union_agreement=YES), ASK, "nfx.p5"),
        (use(union_work=NO, union_agreement=None), TOLD, None),
        (use(final=NO, prominence=None, human_contribution=None, phase=None), TOLD, None),
        (use(tools=()), ASK, "nfx.p3"),
        (use(talent=voice(effect=Effect.SYNTHETIC_PERFORMER, consent=NO)), APPROVE, "nfx.tp1"),
        (use(tools=(*step(), replace(SAFE_STEP, generative=NO, stores=YES))), ASK, "nfx.p2"),
        (use(tools=step(generative=NO), final=YES, talent=None), "clear none", None),
        (use(tools=step(generative=NO), training=None), ASK, "nfx.du2"),
        (use(tools=step(generative=UNSURE)), TOLD, None),
    ],
)
def test_readings_chosen(
    netflix_pack: Pack, declared: DeclaredUse, answer: str, rule: str | None
) -> None:
    decision = judge_use(declared, [netflix_pack])
    assert f"{decision.verdict} {decision.approval}" == answer
    assert rule is None or rule in decision.rules
    if answer == TOLD:
        assert decision.rules == ("nfx.b1",)


def test_a_safe_use_is_quiet_under_all_packs(every_pack: Sequence[Pack]) -> None:
    for declared in (use(), use(outputs=(Output.VIDEO, Output.VOICE)), use(purpose=Purpose.TEMP)):
        assert set(judge_use(declared, every_pack).rules) == {"gate.g4", "nfx.b1"}


def test_an_effect_free_final_is_quiet_under_guild_and_law(every_pack: Sequence[Pack]) -> None:
    rules = judge_use(use(final=YES), every_pack).rules
    assert not [rule for rule in rules if rule.startswith(("sag.", "euai."))]


def test_guild_and_law_speak_of_a_consented_voice_in_the_final(every_pack: Sequence[Pack]) -> None:
    decision = judge_use(
        use(final=YES, talent=voice(), outputs=(Output.VOICE,), purpose=Purpose.TALENT), every_pack
    )
    assert {"sag.r2", "sag.r4", "sag.r7", "euai.d1", "nfx.tp1"} <= set(decision.rules)
    assert "sag.r1" in decision.passed
    assert f"{decision.verdict} {decision.approval}" == APPROVE
    (form,) = [f for f in decision.findings if f.rule == "sag.r2"]
    assert "separately signed?" in form.next_step


@pytest.mark.parametrize("version", ["2023", "2026"])
def test_the_guild_stops_a_refused_replica(version: str) -> None:
    name = f"sag-aftra-tv/{version}"
    pack = load_pack(pack_files(PACKS / name), name)
    decision = judge_use(use(talent=voice(consent=NO)), [pack])
    assert f"{decision.verdict} {decision.approval}" == STOP
    named = use(references=(Reference(ReferenceKind.PUBLIC_FIGURE, NO),))
    (weak,) = judge_use(named, [pack]).findings
    assert (weak.rule, weak.verdict.value) == ("sag.n1", "escalate")
    assert "from one secondary source only" in weak.citation


def test_what_is_weakly_founded_is_marked(every_pack: Sequence[Pack]) -> None:
    weak = [
        rule
        for pack in every_pack
        for rule in pack.rules
        if rule.citation.confidence is not Confidence.OFFICIAL
    ]
    assert {"sag.r4", "sag.n1", "euai.t1"} <= {rule.id for rule in weak}
    for rule in weak:
        assert rule.citation.confidence.mark in rule.citation.text
        assert not any(
            branch.verdict.value == "blocked"
            for branches in rule.branches.values()
            for branch in branches
        )


def test_nobody_is_said_to_endorse_anything(every_pack: Sequence[Pack]) -> None:
    for pack in every_pack:
        assert "not legal advice" in pack.notice
        if pack.id != "gate":
            assert "reviewed or endorsed" in pack.notice
            assert pack.notes


@pytest.mark.parametrize(
    ("declared", "asked"),
    [
        (use(), ()),
        (use(final=None), ("final",)),
        (use(final=YES, prominence=None), ("prominence",)),
        (use(union_work=YES), ("union_agreement",)),
        (use(tools=step(stores=UNSURE)), ("tools[0].stores",)),
        (use(inputs=(Input(InputKind.OWN), Input(InputKind.SCRIPT))), ("inputs[1].cleared",)),
        (use(talent=voice(change=Change.UNSURE)), ("talent[0].change",)),
        (use(training=Training(MINE, YES)), ("training.scope",)),
        (use(tools=step(generative=NO), final=None), ()),
        (use(tools=step(generative=NO), training=None), ("training",)),
    ],
)
def test_open_questions_are_named(declared: DeclaredUse, asked: tuple[str, ...]) -> None:
    assert open_questions(declared) == asked

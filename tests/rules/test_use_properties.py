"""What holds for every declared use, whatever is answered, left out or unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.uses import SAFE, SAFE_STEP, STEP, mostly_safe, the_no_that_blocks, uses, with_less

from checkthegate.model import Approval, InternalError, Outcome, Verdict
from checkthegate.model.use import Answer, DeclaredUse, NoTraining, Training
from checkthegate.rules import (
    SCOPES,
    Pack,
    evaluate,
    judge_use,
    open_questions,
    use_facts,
    weigh,
)
from checkthegate.rules.use_words import UseWords

ANY = uses() | mostly_safe()
CAREFUL = settings(max_examples=250, deadline=None)


def of(use: DeclaredUse, packs: Sequence[Pack]) -> tuple[Verdict, Approval]:
    return weigh(use_facts(use), packs)


@CAREFUL
@given(use=ANY)
def test_knowing_less_never_improves_the_verdict(netflix_pack: Pack, use: DeclaredUse) -> None:
    verdict, approval = of(use, [netflix_pack])
    for path, less in with_less(use):
        then, then_approval = of(less, [netflix_pack])
        if verdict is Verdict.BLOCKED and path in the_no_that_blocks(use):
            assert then.rank >= Verdict.ESCALATE.rank, path
        else:
            assert then.rank >= verdict.rank, path
        # What was certain may become open, never free.
        assert min(approval.rank, Approval.MAY_BE_REQUIRED.rank) <= then_approval.rank, path


@CAREFUL
@given(use=ANY)
def test_knowing_less_never_improves_under_all_packs(
    every_pack: Sequence[Pack], use: DeclaredUse
) -> None:
    verdict, _ = of(use, every_pack)
    for path, less in with_less(use):
        then, _ = of(less, every_pack)
        floor = min(verdict.rank, Verdict.ESCALATE.rank)
        assert then.rank >= floor, path


@CAREFUL
@given(use=ANY)
def test_only_the_listed_answers_block(netflix_pack: Pack, use: DeclaredUse) -> None:
    verdict, _ = of(use, [netflix_pack])
    plain = all(step.generative is Answer.NO for step in use.tools)
    rests_on = the_no_that_blocks(use)
    if plain:
        rests_on = {path for path in rests_on if path.startswith("training")}
    assert (verdict is Verdict.BLOCKED) == bool(rests_on)


@CAREFUL
@given(use=ANY)
def test_a_generative_use_is_never_clear(
    every_pack: Sequence[Pack], netflix_pack: Pack, use: DeclaredUse
) -> None:
    for packs in ([netflix_pack], every_pack):
        verdict, _ = of(use, packs)
        if any(step.generative is not Answer.NO for step in use.tools):
            assert verdict.rank >= Verdict.NOTIFY.rank
        if isinstance(use.training, Training):
            assert verdict.rank >= Verdict.NOTIFY.rank


@given(use=uses(STEP.map(lambda step: replace(step, generative=Answer.NO))))
def test_plain_tools_and_no_training_are_clear(netflix_pack: Pack, use: DeclaredUse) -> None:
    use = replace(use, training=NoTraining())
    assert of(use, [netflix_pack]) == (Verdict.CLEAR, Approval.NONE)


@CAREFUL
@given(use=ANY, step=STEP)
def test_another_step_never_improves(
    every_pack: Sequence[Pack], netflix_pack: Pack, use: DeclaredUse, step: object
) -> None:
    more = replace(use, tools=(*use.tools, step))
    for packs in ([netflix_pack], every_pack):
        before, after = of(use, packs), of(more, packs)
        assert after[0].rank >= before[0].rank
        assert after[1].rank >= before[1].rank


@CAREFUL
@given(use=ANY)
def test_what_is_open_is_asked(netflix_pack: Pack, use: DeclaredUse) -> None:
    """An open question that can decide is never just told. Prominence and authorship cannot,
    nor can what an exemption or a customary change makes idle."""
    idle = ("prominence", "human_contribution", "talent[", "training.scope")
    asked = [path for path in open_questions(use) if not path.startswith(idle)]
    if asked == ["union_agreement"]:
        assert use.union_work is not Answer.NO
    if asked:
        verdict, approval = of(use, [netflix_pack])
        assert verdict.rank >= Verdict.ESCALATE.rank, asked
        assert approval is not Approval.NONE, asked


@CAREFUL
@given(use=ANY)
def test_the_decision_is_the_worst_of_its_findings(netflix_pack: Pack, use: DeclaredUse) -> None:
    decision = judge_use(use, [netflix_pack])
    everything = evaluate(use_facts(use), netflix_pack)
    assert sorted(map(repr, decision.findings)) == sorted(
        repr(f) for f in everything if f.outcome is not Outcome.PASS
    )
    assert (decision.verdict, decision.approval) == of(use, [netflix_pack])
    assert decision.verdict is Verdict.worst((f.verdict for f in everything), Verdict.CLEAR)
    assert decision.approval is Approval.worst((f.approval for f in everything), Approval.NONE)
    assert decision.rules == tuple(finding.rule for finding in decision.findings)
    assert set(decision.passed) == {f.rule for f in everything if f.outcome is Outcome.PASS}
    ranks = [finding.verdict.rank for finding in decision.findings]
    assert ranks == sorted(ranks, reverse=True)
    assert judge_use(use, [netflix_pack]) == decision


@CAREFUL
@given(use=ANY)
def test_every_sentence_is_whole(every_pack: Sequence[Pack], use: DeclaredUse) -> None:
    for finding in judge_use(use, every_pack).findings:
        for text in (finding.reason, finding.next_step):
            assert text[0].isupper()
            assert text.endswith(".")
            assert not any(wrong in text for wrong in ("  ", "{", "}", "..", " .", "the lead"))
            assert len(text) < 300


@given(use=ANY)
def test_facts_fill_their_scope_exactly(use: DeclaredUse) -> None:
    facts = use_facts(use)
    scope = SCOPES["use"]
    assert facts.values.keys() == scope.facts.keys()
    assert all(UseWords(use)[word] for word in scope.words)
    for name, fact in scope.facts.items():
        value = facts.values[name]
        for entry in value if isinstance(value, tuple) else ():
            assert entry.keys() == fact.fields.keys()


@given(use=uses(), tools=st.just(()))
def test_no_step_at_all_is_an_unknown_step(
    netflix_pack: Pack, use: DeclaredUse, tools: tuple[()]
) -> None:
    decision = judge_use(replace(use, tools=tools), [netflix_pack])
    assert decision.verdict.rank >= Verdict.ESCALATE.rank
    assert {"nfx.p2", "nfx.p3"} <= set(decision.rules)


def test_the_safe_use_is_told_and_goes_on(netflix_pack: Pack) -> None:
    decision = judge_use(SAFE, [netflix_pack])
    assert (decision.verdict, decision.approval) == (Verdict.NOTIFY, Approval.NONE)
    assert decision.rules == ("nfx.b1",)
    assert open_questions(SAFE) == ()


def test_hostile_names_cannot_break_a_sentence(netflix_pack: Pack) -> None:
    step = replace(SAFE_STEP, name="Evil\n{keepers}\x1b[31m" + "x" * 9999, stores=Answer.YES)
    use = replace(SAFE, tools=(step,))
    (finding,) = [f for f in judge_use(use, [netflix_pack]).findings if f.rule == "nfx.p2"]
    assert finding.reason.isprintable()
    assert len(finding.reason) < 200


def test_judging_without_packs_is_a_fault() -> None:
    with pytest.raises(InternalError):
        judge_use(SAFE, [])

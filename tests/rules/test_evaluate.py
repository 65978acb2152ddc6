"""Judging assets and deliveries with the packs that ship."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import pytest

from checkthegate.model import (
    AiState,
    Approval,
    Asset,
    AssetDecision,
    DeliveryGap,
    Evidence,
    Finding,
    Gap,
    Grade,
    InternalError,
    Kind,
    Outcome,
    Verdict,
)
from checkthegate.rules import (
    SCOPES,
    Pack,
    Scope,
    asset_facts,
    because,
    delivery_facts,
    evaluate,
    facts_of,
    judge_asset,
    judge_delivery,
    load_pack,
    outcome_of,
    overall,
)
from checkthegate.rules.scope import Fact, FactKind

GAP = Gap("c2pa", "Its credential is broken.")


def an_asset(kind: Kind = Kind.IMAGE, *, final: bool = True) -> Asset:
    return Asset("art/poster.png", kind, "image/png", 1, "sha256:00", final)


def made(claim: str = "ai-generated", grade: Grade = Grade.DECLARED, **detail: Any) -> Evidence:
    return Evidence("metadata", grade, claim, detail)


@pytest.fixture
def packs(gate_pack: Pack, netflix_pack: Pack) -> list[Pack]:
    return [gate_pack, netflix_pack]


def by_rule(decided: AssetDecision) -> dict[str, Finding]:
    return {finding.rule: finding for finding in decided.findings}


def fired(findings: Sequence[Finding]) -> set[str]:
    return {f.rule for f in findings if f.outcome is not Outcome.PASS}


def test_a_generated_picture_in_a_final(packs: list[Pack]) -> None:
    decided = judge_asset(an_asset(), [made(tool="Midjourney")], [], packs)
    p4 = by_rule(decided)["nfx.p4"]
    assert (decided.ai, decided.verdict) == (AiState.GENERATED, Verdict.ESCALATE)
    assert (p4.outcome, p4.approval) == (Outcome.FAIL, Approval.REQUIRED)
    assert p4.reason == (
        "This picture says it was made with Midjourney. Generated material is to stay out of "
        "final deliverables unless the studio has approved it in writing."
    )
    assert p4.next_step == (
        "Replace it, or ask your studio contact for written approval before you deliver."
    )
    assert p4.citation.startswith("Netflix Partner Help Center, “Using Generative AI")
    assert fired(decided.findings) == {
        "nfx.p1", "nfx.p2", "nfx.p3", "nfx.p4", "nfx.p5", "nfx.f1",
    }  # fmt: skip
    assert overall([decided], []) == (Verdict.ESCALATE, Approval.REQUIRED)


@pytest.mark.parametrize(
    "evidence",
    [
        made(tool="Midjourney"),
        made("ai-modified"),
        made("ai-watermark", tool="SDXL"),
        made(tool="ComfyUI", node_types=["ReActorFaceSwap"]),
        made(tool="ElevenLabs"),
    ],
)
def test_unrecorded_ai_in_temporary_material_may_need_approval(
    packs: list[Pack], evidence: Evidence
) -> None:
    decided = judge_asset(an_asset(final=False), [evidence], [], packs)
    assert not {"nfx.p4", "nfx.f1"} & set(by_rule(decided))
    assert overall([decided], []) == (Verdict.ESCALATE, Approval.MAY_BE_REQUIRED)


@pytest.mark.parametrize("final", [True, False])
def test_what_was_not_read_is_asked_about_in_any_case(packs: list[Pack], final: bool) -> None:
    decided = judge_asset(an_asset(final=final), [], [GAP], packs)
    g1 = by_rule(decided)["gate.g1"]
    assert (decided.ai, decided.verdict) == (AiState.UNKNOWN, Verdict.ESCALATE)
    assert (g1.outcome, g1.approval) == (Outcome.UNKNOWN, Approval.MAY_BE_REQUIRED)
    assert "this picture: Its credential is broken. What was not read" in g1.reason


@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("ai-hint", "hints at AI (Midjourney)"),
        ("ai-possible", "its own mark says it may be AI-made"),
        ("ai-tool", "it passed through Midjourney"),
        ("ai-workflow", "it holds a generator’s recipe (Midjourney)"),
        ("contradiction", "two things about itself"),
    ],
)
def test_traces_are_asked_about(packs: list[Pack], final: bool, claim: str, words: str) -> None:
    evidence = made(claim, tool="Midjourney")
    decided = judge_asset(an_asset(final=final), [evidence], [], packs)
    g2 = by_rule(decided)["gate.g2"]
    assert (decided.ai, g2.outcome) == (AiState.UNKNOWN, Outcome.UNKNOWN)
    assert words in g2.reason
    assert overall([decided], []) == (Verdict.ESCALATE, Approval.MAY_BE_REQUIRED)


def test_a_workflow_file_is_called_a_recipe(packs: list[Pack]) -> None:
    decided = judge_asset(an_asset(Kind.TEXT), [made("ai-workflow", tool="ComfyUI")], [], packs)
    assert by_rule(decided)["gate.g2"].reason.startswith("This is a recipe for ComfyUI")


def test_a_clean_picture_passes_and_is_not_called_human_made(packs: list[Pack]) -> None:
    capture = made("camera-capture", tool="ARRI")
    decided = judge_asset(an_asset(), [capture], [], packs, digest_from="stat")
    assert (decided.ai, decided.verdict) == (AiState.NONE_FOUND, Verdict.CLEAR)
    assert decided.digest_from == "stat"
    assert [f.outcome for f in decided.findings] == [Outcome.PASS, Outcome.PASS]
    assert "no proof that none was used" in by_rule(decided)["nfx.p4"].reason


def test_faces_and_voices_need_approval_in_a_final(packs: list[Pack]) -> None:
    nodes = ["KSampler", "ReActorFaceSwap"]
    decided = judge_asset(an_asset(), [made(tool="ComfyUI", node_types=nodes)], [], packs)
    p5 = by_rule(decided)["nfx.p5"]
    assert (p5.outcome, p5.approval) == (Outcome.UNKNOWN, Approval.REQUIRED)
    assert p5.reason.startswith("This picture was made with ReActorFaceSwap, which makes")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("detail", [{}, {"tool": "Suno"}, {"tool": 7, "node_types": "x"}])
@pytest.mark.parametrize("claim", ["ai-generated", "ai-modified", "ai-watermark", "ai-hint"])
def test_every_sentence_is_whole(
    packs: list[Pack], kind: Kind, detail: dict[str, Any], claim: str
) -> None:
    for grade in Grade:
        for gaps in ([], [GAP, Gap("decode", "the picture could not be decoded")]):
            decided = judge_asset(an_asset(kind), [made(claim, grade, **detail)], gaps, packs)
            for finding in decided.findings:
                for text in (finding.reason, finding.next_step):
                    assert "  " not in text
                    assert "{" not in text
                    assert ".." not in text
                    assert " ." not in text
                    assert text[0].isupper()
                    assert text.endswith(".")


def test_names_from_files_cannot_break_a_sentence(packs: list[Pack]) -> None:
    hostile = "Evil\n{says}\x1b[31m" + "x" * 5000
    decided = judge_asset(an_asset(), [made(tool=hostile)], [Gap("x", "y" * 9999)], packs)
    for finding in decided.findings:
        assert finding.reason.isprintable()
        assert len(finding.reason) < 700


def test_a_delivery_with_a_closed_folder(packs: list[Pack]) -> None:
    gap = DeliveryGap("walk", "the folder could not be listed.", "scans")
    (finding,) = judge_delivery(3, [gap], packs, final=True)
    assert (finding.rule, finding.outcome) == ("gate.g3", Outcome.UNKNOWN)
    assert finding.reason == (
        "1 place in this delivery could not be opened: scans: the folder could not be listed. "
        "Nobody knows what is in there."
    )
    assert overall([], [finding]) == (Verdict.ESCALATE, Approval.MAY_BE_REQUIRED)
    (fine,) = judge_delivery(3, [], packs, final=True)
    assert fine.verdict is Verdict.CLEAR


def test_facts_fill_their_scope_exactly() -> None:
    facts = asset_facts(an_asset(), [made()], [GAP])
    assert facts.values.keys() == SCOPES["asset"].facts.keys()
    assert facts.words.keys() == SCOPES["asset"].words.keys()
    whole = delivery_facts(1, [], final=True)
    assert whole.values.keys() == SCOPES["delivery"].facts.keys()
    assert whole.words.keys() == SCOPES["delivery"].words.keys()


def test_choices_hold_what_facts_say() -> None:
    for kind in Kind:
        assert kind.value in SCOPES["asset"].facts["asset.kind"].choices


def test_the_deciding_facts_are_named(netflix_pack: Pack) -> None:
    facts = asset_facts(an_asset(), [made()], [])
    assert because(netflix_pack.rule("nfx.p4"), facts.values) == ("asset.ai", "asset.final")
    temp = asset_facts(an_asset(final=False), [made()], [])
    assert because(netflix_pack.rule("nfx.p4"), temp.values) == ("asset.final",)


def test_same_facts_same_findings(packs: list[Pack]) -> None:
    evidence = [made(tool="Suno"), made("ai-hint", tool="Udio")]
    first = judge_asset(an_asset(), evidence, [GAP], packs)
    assert first == judge_asset(an_asset(), evidence, [GAP], packs)


def test_judging_without_packs_is_a_fault() -> None:
    with pytest.raises(InternalError):
        judge_asset(an_asset(), [], [], [])


USE = Scope(
    "use",
    MappingProxyType(
        {
            "use.tools": Fact(
                FactKind.RECORDS,
                "the steps",
                fields={
                    "environment": Fact(
                        FactKind.CHOICE, "where", ("local", "enterprise", "consumer")
                    ),
                    "generative": Fact(FactKind.FLAG, "generates"),
                },
            ),
            "use.talent": Fact(
                FactKind.RECORDS,
                "people",
                fields={
                    "effect": Fact(FactKind.CHOICE, "what", ("replica", "alteration")),
                    "consent": Fact(FactKind.FLAG, "agreed"),
                },
            ),
        }
    ),
    MappingProxyType({"title": "a moodboard"}),
)
USE_RULES = """\
  - id: tiny.talent
    title: Replicas need consent
    scope: use
    applies_when: always
    requires: {every: {in: use.talent, where: {not: {effect: replica}}}}
    pass: {verdict: clear, approval: none, reason: Nobody., next_step: Nothing.}
    fail:
      - when: {some: {in: use.talent, where: {all: [effect: replica, consent: no]}}}
        {blocked}
      - {verdict: escalate, approval: required, reason: "A replica in {title}.", next_step: Ask.}
    unknown: {verdict: escalate, approval: may-be-required, reason: Unclear., next_step: Ask.}
    citation: {source: memo, clause: line 1, confidence: A}
""".replace(
    "{blocked}",
    "verdict: blocked\n        approval: required\n        reason: Consent was refused.\n"
    "        next_step: Stop.",
)
USE_CASES = """\
rule: tiny.talent
cases:
  - {name: a, facts: {use.talent: []}, expect: {outcome: pass}}
  - name: b
    facts: {use.talent: [{effect: replica, consent: no}]}
    expect: {outcome: fail, verdict: blocked, approval: required}
  - name: c
    facts: {use.talent: [{effect: replica, consent: unknown}]}
    expect: {outcome: fail, verdict: escalate, approval: required}
  - {name: d, facts: {use.talent: unknown}, expect: {outcome: unknown}}
"""


def test_declared_uses_fit_the_same_form(tiny: Any) -> None:
    files = tiny(rule=USE_RULES, cases=USE_CASES)
    pack = load_pack(files, "x", {"use": USE})
    rule = pack.rule("tiny.talent")
    for case in pack.cases:
        assert outcome_of(rule, case.values) is case.outcome
    facts = facts_of(USE, {"use.talent": ({"effect": "replica", "consent": False},)})
    (finding,) = evaluate(facts, pack)
    assert (finding.verdict, finding.approval) == (Verdict.BLOCKED, Approval.REQUIRED)
    unsure = facts_of(USE, {"use.talent": ({"effect": "replica"},)})
    (finding,) = evaluate(unsure, pack)
    assert finding.reason == "A replica in a moodboard."
    assert finding.verdict is Verdict.ESCALATE

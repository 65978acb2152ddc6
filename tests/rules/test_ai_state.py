"""What is known of an asset's AI, and that knowing less never makes it look better."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.model import AiState, Asset, Evidence, Gap, Grade, Kind, Verdict
from checkthegate.rules import Pack, ai_state, judge_asset

CLAIMS = [
    "ai-generated", "ai-modified", "ai-watermark", "ai-tool", "ai-possible", "ai-workflow",
    "ai-hint", "ai-somebody-elses", "camera-capture", "credential", "edited",
    "training-preference", "contradiction",
]  # fmt: skip
EVIDENCE = st.builds(
    Evidence,
    observer=st.just("metadata"),
    grade=st.sampled_from(list(Grade)),
    claim=st.sampled_from(CLAIMS),
    detail=st.sampled_from(
        [{}, {"tool": "Midjourney"}, {"tool": "ComfyUI", "node_types": ["ReActorFaceSwap"]}]
    ),
)
SAID = st.lists(EVIDENCE, max_size=5)
GAPS = st.lists(st.just(Gap("c2pa", "its credential is broken")), max_size=2)
ASSETS = st.builds(
    Asset,
    path=st.just("a.png"),
    kind=st.sampled_from(list(Kind)),
    media_type=st.just("image/png"),
    size=st.just(1),
    digest=st.just("sha256:00"),
    final=st.booleans(),
)
SEVERITY = {
    AiState.NONE_FOUND: 0, AiState.UNKNOWN: 1, AiState.MODIFIED: 2, AiState.GENERATED: 3,
}  # fmt: skip


def said(claim: str, grade: Grade) -> Evidence:
    return Evidence("metadata", grade, claim)


@pytest.mark.parametrize("grade", [Grade.DECLARED, Grade.PROVEN])
@pytest.mark.parametrize(
    ("claim", "state"),
    [
        ("ai-generated", AiState.GENERATED),
        ("ai-watermark", AiState.GENERATED),
        ("ai-modified", AiState.MODIFIED),
        ("ai-tool", AiState.UNKNOWN),
        ("ai-possible", AiState.UNKNOWN),
        ("ai-workflow", AiState.UNKNOWN),
        ("ai-hint", AiState.UNKNOWN),
        ("ai-not-in-our-list", AiState.UNKNOWN),
        ("contradiction", AiState.UNKNOWN),
        ("camera-capture", AiState.NONE_FOUND),
        ("edited", AiState.NONE_FOUND),
        ("credential", AiState.NONE_FOUND),
    ],
)
def test_each_claim_alone(claim: str, grade: Grade, state: AiState) -> None:
    assert ai_state([said(claim, grade)], []) is state


def test_nothing_found_and_nothing_unread() -> None:
    assert ai_state([], []) is AiState.NONE_FOUND
    assert ai_state([], [Gap("decode", "it could not be decoded")]) is AiState.UNKNOWN


def test_generated_wins_over_modified() -> None:
    both = [said("ai-modified", Grade.PROVEN), said("ai-generated", Grade.DECLARED)]
    assert ai_state(both, []) is AiState.GENERATED


@given(st.sampled_from(CLAIMS), GAPS)
def test_what_is_suspected_never_raises_above_unknown(claim: str, gaps: list[Gap]) -> None:
    state = ai_state([said(claim, Grade.SUSPECTED)], gaps)
    assert state in (AiState.UNKNOWN, AiState.NONE_FOUND)


@given(SAID, GAPS)
def test_a_gap_never_makes_the_state_look_better(evidence: list[Evidence], gaps: list[Gap]) -> None:
    more = [*gaps, Gap("x", "unread")]
    assert SEVERITY[ai_state(evidence, more)] >= SEVERITY[ai_state(evidence, gaps)]
    assert ai_state(evidence, more) is not AiState.NONE_FOUND


@given(ASSETS, SAID, GAPS, st.data())
def test_losing_an_observation_into_a_gap_never_improves_the_verdict(
    gate_pack: Pack,
    netflix_pack: Pack,
    asset: Asset,
    evidence: list[Evidence],
    gaps: list[Gap],
    data: st.DataObject,
) -> None:
    packs = [gate_pack, netflix_pack]
    lost = data.draw(st.lists(st.sampled_from(evidence), max_size=3)) if evidence else []
    kept = [each for each in evidence if each not in lost]
    before = judge_asset(asset, evidence, gaps, packs)
    after = judge_asset(asset, kept, [*gaps, Gap("metadata", "unread")], packs)
    assert after.verdict.rank >= before.verdict.rank
    assert after.verdict is Verdict.ESCALATE


@given(ASSETS, SAID, GAPS)
def test_clear_means_that_all_was_read_and_nothing_found(
    gate_pack: Pack, netflix_pack: Pack, asset: Asset, evidence: list[Evidence], gaps: list[Gap]
) -> None:
    decided = judge_asset(asset, evidence, gaps, [gate_pack, netflix_pack])
    looks_clean = decided.ai is AiState.NONE_FOUND
    assert (decided.verdict is Verdict.CLEAR) is looks_clean
    assert not (looks_clean and gaps)

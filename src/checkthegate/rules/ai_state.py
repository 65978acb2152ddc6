"""What is known of an asset's AI, from what was observed. Absence never proves anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from checkthegate.model import AiState, Evidence, Gap, Grade

GENERATED_CLAIMS = frozenset({"ai-generated", "ai-watermark"})
MODIFIED_CLAIMS = frozenset({"ai-modified"})
RECORDED_CLAIM = "matches-recorded"
AI_PREFIX = "ai-"
CONTRADICTION = "contradiction"
NEARER = "nearer"


def is_certain(evidence: Evidence) -> bool:
    """Whether it says, declared or proven, that the asset is made or changed by AI.

    A match with a record is `declared` when a person confirmed it.
    """
    if evidence.grade is Grade.SUSPECTED:
        return False
    return evidence.claim in (*GENERATED_CLAIMS, *MODIFIED_CLAIMS, RECORDED_CLAIM)


def is_generated(evidence: Evidence) -> bool:
    """Whether certain evidence says that all of the asset was generated.

    A record matched over a part of the asset, or recorded as a change of something, is not.
    """
    if evidence.claim == RECORDED_CLAIM:
        return evidence.span is None and evidence.detail.get("made") != "modified"
    return evidence.claim in GENERATED_CLAIMS


def is_trace(evidence: Evidence) -> bool:
    """Whether it hints at AI, or contradicts itself, without settling anything.

    A look-alike of what is proven to be something nearer is no hint.
    """
    if evidence.claim == RECORDED_CLAIM and NEARER in evidence.detail:
        return False
    if evidence.claim in (CONTRADICTION, RECORDED_CLAIM):
        return not is_certain(evidence)
    return evidence.claim.startswith(AI_PREFIX) and not is_certain(evidence)


def ai_state(evidence: Sequence[Evidence], gaps: Collection[Gap]) -> AiState:
    """The state of an asset.

    `generated` or `modified` on a declared or proven claim, generated before modified.
    Otherwise `unknown` when anything was not readable or only traces were found; and
    `none-found` only when everything was read and nothing hints at AI.
    """
    certain = [said for said in evidence if is_certain(said)]
    if any(is_generated(said) for said in certain):
        return AiState.GENERATED
    if certain:
        return AiState.MODIFIED
    if gaps or any(is_trace(said) for said in evidence):
        return AiState.UNKNOWN
    return AiState.NONE_FOUND

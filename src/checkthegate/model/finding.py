"""What rules say: findings, and the decision they add up to."""

from __future__ import annotations

from dataclasses import dataclass, field

from checkthegate.model.asset import Asset
from checkthegate.model.evidence import Evidence, Gap
from checkthegate.model.timeline import TimelineDecision
from checkthegate.model.verdict import AiState, Approval, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's word on one asset, or on the delivery as a whole.

    `reason` and `next_step` are sentences for a producer; `citation` says where the rule
    comes from. `approval_id` and `covered_by` are set when an approval covers the finding.
    """

    rule: str
    outcome: Outcome
    verdict: Verdict
    approval: Approval
    title: str
    reason: str
    next_step: str
    citation: str
    approval_id: str | None = None
    covered_by: str | None = None


@dataclass(frozen=True, slots=True)
class PackRef:
    """Which rules judged: pack id, version and `sha256:` digest of its files."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class AssetDecision:
    """One asset with all that was observed and judged.

    `digest_from` is `read` when the bytes were hashed now, `stat` when an unchanged file's
    earlier digest was used.
    """

    asset: Asset
    ai: AiState
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...]
    findings: tuple[Finding, ...]
    digest_from: str = "read"


@dataclass(frozen=True, slots=True)
class DeliveryGap:
    """A gap that belongs to no asset: a folder that could not be listed, a foreign home."""

    observer: str
    reason: str
    path: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something left out on purpose and listed as left out."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a check. `seconds` is wall time; `cached` counts jobs from the cache."""

    files: int
    bytes: int
    assets: int
    gaps: int
    seconds: float
    cached: int


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a check: what every report format is made from."""

    verdict: Verdict
    approval: Approval
    final: bool
    packs: tuple[PackRef, ...]
    summary: Summary
    assets: tuple[AssetDecision, ...]
    gaps: tuple[DeliveryGap, ...] = ()
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = field(default=())
    timelines: tuple[TimelineDecision, ...] = ()

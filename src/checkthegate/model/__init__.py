"""The nouns: frozen values that every other room speaks in. Imports nothing of ours."""

from checkthegate.model.asset import Asset, Kind
from checkthegate.model.canonical import Json, canonical, digest_bytes, digest_json, keyed_digest
from checkthegate.model.errors import (
    GateError,
    IntegrityError,
    InternalError,
    PackError,
    Unreadable,
    UsageError,
)
from checkthegate.model.evidence import (
    Evidence,
    Exhibit,
    Gap,
    Observation,
    Source,
    Span,
    observation_from_json,
    observation_to_json,
)
from checkthegate.model.finding import (
    AssetDecision,
    Decision,
    DeliveryGap,
    Finding,
    PackRef,
    Skipped,
    Summary,
)
from checkthegate.model.verdict import AiState, Approval, Grade, Outcome, Verdict

__all__ = [
    "AiState",
    "Approval",
    "Asset",
    "AssetDecision",
    "Decision",
    "DeliveryGap",
    "Evidence",
    "Exhibit",
    "Finding",
    "Gap",
    "GateError",
    "Grade",
    "IntegrityError",
    "InternalError",
    "Json",
    "Kind",
    "Observation",
    "Outcome",
    "PackError",
    "PackRef",
    "Skipped",
    "Source",
    "Span",
    "Summary",
    "Unreadable",
    "UsageError",
    "Verdict",
    "canonical",
    "digest_bytes",
    "digest_json",
    "keyed_digest",
    "observation_from_json",
    "observation_to_json",
]

"""Parses and evaluates rule packs, and explains findings. Pure."""

from checkthegate.rules.ai_state import ai_state
from checkthegate.rules.evaluate import (
    CaseFault,
    because,
    evaluate,
    judge_asset,
    judge_delivery,
    outcome_of,
    overall,
    run_cases,
    worst_approval,
    worst_verdict,
)
from checkthegate.rules.facts import asset_facts, delivery_facts
from checkthegate.rules.kleene import UNKNOWN
from checkthegate.rules.loading import load_pack
from checkthegate.rules.lock import lock_text, pack_digest, read_lock
from checkthegate.rules.pack import Pack, Rule
from checkthegate.rules.scope import Facts, Scope, facts_of
from checkthegate.rules.scopes import SCOPES

__all__ = [
    "SCOPES",
    "UNKNOWN",
    "CaseFault",
    "Facts",
    "Pack",
    "Rule",
    "Scope",
    "ai_state",
    "asset_facts",
    "because",
    "delivery_facts",
    "evaluate",
    "facts_of",
    "judge_asset",
    "judge_delivery",
    "load_pack",
    "lock_text",
    "outcome_of",
    "overall",
    "pack_digest",
    "read_lock",
    "run_cases",
    "worst_approval",
    "worst_verdict",
]

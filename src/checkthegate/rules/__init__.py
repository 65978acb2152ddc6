"""Parses and evaluates rule packs, and explains findings. Pure."""

from checkthegate.rules.ai_state import ai_state
from checkthegate.rules.condition import Condition, Term, describe
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
from checkthegate.rules.judge_use import UseDecision, judge_use, weigh
from checkthegate.rules.kleene import UNKNOWN
from checkthegate.rules.loading import load_pack
from checkthegate.rules.lock import lock_text, pack_digest, read_lock
from checkthegate.rules.open_questions import open_questions
from checkthegate.rules.pack import (
    Branch,
    Case,
    Confidence,
    Matrix,
    MatrixRow,
    Pack,
    Rule,
    describe_rule,
    effective,
)
from checkthegate.rules.scope import Facts, Scope, facts_of
from checkthegate.rules.scopes import SCOPES
from checkthegate.rules.use_facts import use_facts
from checkthegate.rules.would_change import ChangeKind, WouldChange, would_change

__all__ = [
    "SCOPES",
    "UNKNOWN",
    "Branch",
    "Case",
    "CaseFault",
    "ChangeKind",
    "Condition",
    "Confidence",
    "Facts",
    "Matrix",
    "MatrixRow",
    "Pack",
    "Rule",
    "Scope",
    "Term",
    "UseDecision",
    "WouldChange",
    "ai_state",
    "asset_facts",
    "because",
    "delivery_facts",
    "describe",
    "describe_rule",
    "effective",
    "evaluate",
    "facts_of",
    "judge_asset",
    "judge_delivery",
    "judge_use",
    "load_pack",
    "lock_text",
    "open_questions",
    "outcome_of",
    "overall",
    "pack_digest",
    "read_lock",
    "run_cases",
    "use_facts",
    "weigh",
    "worst_approval",
    "worst_verdict",
    "would_change",
]

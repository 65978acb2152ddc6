"""The ordered answers: verdict, approval, outcome, grade, and what is known of an asset's AI.

Each scale is a closed list of words. Words are what leaves the program; order is what the
program compares. The worse always wins, so there is one `worst` for every ordered scale.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self


class Ordered(StrEnum):
    """A scale whose members are declared from the mildest to the most severe."""

    @property
    def rank(self) -> int:
        """Position on the scale; 0 is the mildest."""
        return list(type(self)).index(self)

    @classmethod
    def worst(cls, members: Iterable[Self], default: Self) -> Self:
        """The most severe of `members`, or `default` when there are none."""
        return max(members, key=lambda member: member.rank, default=default)


class Verdict(Ordered):
    """What to do: `clear` < `notify` < `escalate` < `blocked`."""

    CLEAR = "clear"
    NOTIFY = "notify"
    ESCALATE = "escalate"
    BLOCKED = "blocked"


class Approval(Ordered):
    """Whether written approval is needed before going on."""

    NONE = "none"
    MAY_BE_REQUIRED = "may-be-required"
    REQUIRED = "required"


class Outcome(StrEnum):
    """What one rule says of one set of facts. `unknown` is never better than `escalate`."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Grade(Ordered):
    """How sure a piece of evidence is: `suspected` < `declared` < `proven`."""

    SUSPECTED = "suspected"
    DECLARED = "declared"
    PROVEN = "proven"


class AiState(StrEnum):
    """What is known of an asset. Nothing ever says "human-made"."""

    GENERATED = "generated"
    MODIFIED = "modified"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"

"""A pack in memory: its rules, compiled; its sources; its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from checkthegate.model import Approval, Outcome, PackRef, Verdict
from checkthegate.rules.condition import Condition
from checkthegate.rules.scope import Values
from checkthegate.rules.texts import Text


class Confidence(StrEnum):
    """How well a rule is founded."""

    OFFICIAL = "A"
    SECONDARY = "B"
    BACKGROUND = "K"

    @property
    def mark(self) -> str:
        """What every finding says of it; empty for the official text."""
        return _MARKS[self]


_MARKS = {
    Confidence.OFFICIAL: "",
    Confidence.SECONDARY: "from one secondary source only",
    Confidence.BACKGROUND: "background knowledge, not yet confirmed by a source",
}


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """Where rules come from. `captured_digest` is `unknown` when no copy was kept."""

    title: str
    publisher: str
    address: str
    read_on: date
    captured_digest: str
    note: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The place in a source that a rule paraphrases. `text` is what findings show."""

    source: str
    clause: str
    confidence: Confidence
    text: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One way an outcome can end. The first branch whose `when` is a plain yes is taken."""

    when: Condition
    verdict: Verdict
    approval: Approval
    reason: Text
    next_step: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement: where it applies, what it requires, and what each outcome means."""

    id: str
    title: str
    scope: str
    applies: Condition
    requires: Condition
    branches: Mapping[Outcome, tuple[Branch, ...]]
    citation: Citation
    where: str


@dataclass(frozen=True, slots=True)
class Case:
    """Facts with what one rule must say of them. None where the case does not say."""

    name: str
    rule: str
    values: Values
    outcome: Outcome
    verdict: Verdict | None
    approval: Approval | None
    where: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A versioned, cited set of rules."""

    id: str
    version: str
    title: str
    effective_from: date
    prefix: str
    notice: str
    sources: Mapping[str, SourceDocument]
    rules: tuple[Rule, ...]
    by_scope: Mapping[str, tuple[Rule, ...]]
    cases: tuple[Case, ...]
    digest: str

    @property
    def ref(self) -> PackRef:
        """Id, version and digest: what a report names."""
        return PackRef(self.id, self.version, self.digest)

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id. Raises `KeyError`."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

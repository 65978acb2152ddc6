"""A pack in memory: its rules, compiled; its sources; its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from checkthegate.model import Approval, Outcome, PackRef, Verdict
from checkthegate.rules.condition import NO_TERMS, Condition, Term
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
    scope: str
    values: Values
    outcome: Outcome
    verdict: Verdict | None
    approval: Approval | None
    where: str


class Mark(StrEnum):
    """The mark of a row in a published table of use cases."""

    OK = "ok"
    WARNING = "warning"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A row of a published table: the use, its mark in each capture seen, what it means.

    `rules` are the rules of the pack that hold it. It documents; only rules judge.
    """

    id: str
    use: str
    marks: Mapping[str, Mark]
    says: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A published table of use cases. `captures` says which copies were seen."""

    source: str
    captures: Mapping[str, str]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """A versioned, cited set of rules.

    In force from `effective_from` to `effective_until`, both included; None is open-ended.
    `notes` are the readings chosen where the source allows more than one. `frame_may_differ` is
    how many percent of the frame may differ from what was approved as material.
    """

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
    effective_until: date | None = None
    terms: Mapping[str, Term] = field(default_factory=lambda: NO_TERMS)
    matrix: Matrix | None = None
    notes: tuple[str, ...] = ()
    frame_may_differ: int = 10

    @property
    def ref(self) -> PackRef:
        """Id, version and digest: what a report names."""
        return PackRef(self.id, self.version, self.digest)

    def in_force(self, as_of: date) -> bool:
        """Whether this version holds on that day."""
        until = self.effective_until
        return self.effective_from <= as_of and (until is None or as_of <= until)

    def rule(self, rule_id: str, scope: str | None = None) -> Rule:
        """The rule of that id, in that scope if given. Raises `KeyError`."""
        for rule in self.rules:
            if rule.id == rule_id and scope in (None, rule.scope):
                return rule
        raise KeyError(rule_id)


def describe_rule(rule: Rule) -> str:
    """Where a rule applies and what it requires, in plain English."""
    applies, requires = rule.applies.phrase.yes, rule.requires.phrase.yes
    return f"Applies when: {applies}. Requires: {requires}."


def effective(packs: Sequence[Pack], as_of: date) -> Pack:
    """The version that holds on that day, out of versions of one pack.

    The newest of those in force; when none is, the last one before that day, else the first.
    Raises `ValueError` for no packs.
    """
    in_force = [pack for pack in packs if pack.in_force(as_of)]
    begun = [pack for pack in packs if pack.effective_from <= as_of]
    if in_force or begun:
        return max(in_force or begun, key=lambda pack: pack.effective_from)
    return min(packs, key=lambda pack: pack.effective_from)

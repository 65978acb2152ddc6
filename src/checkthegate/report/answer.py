"""The answer first: what stops a delivery, what to do next, and what was not looked at.

Shared by the page and the terminal. Works on the report document alone, so whatever is said
here is fit to leave the home.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from checkthegate.model import Approval, Outcome, Verdict
from checkthegate.report.how import observer_words
from checkthegate.report.match_words import told_of
from checkthegate.report.text import count, full_sentence, listed, sentence, size_words, spell

Document = Mapping[str, Any]

MEANINGS: Final = {
    Verdict.CLEAR: "nothing generative was declared or found, and everything was looked at",
    Verdict.NOTIFY: "tell the studio contact, and go on",
    Verdict.ESCALATE: "ask the studio contact first; written approval is or may be needed",
    Verdict.BLOCKED: "do not go on: something that must be there is missing, refused or expired",
}
_STOPS: Final = frozenset({"escalate", "blocked"})
_ADVICE: Final = {
    "c2pa": "Ask whoever made it for a copy with its Content Credential embedded and intact.",
    "decode": "Ask for a copy that opens in ordinary software, or for an open format.",
    "open": "Ask for a sound copy of the file, or take it out of the delivery.",
    "media": "Name the folder where the media lie with --media, or ask for what is missing.",
    "timeline": "Ask for a fresh export of the cut, or for it as OTIO or EDL.",
    "metadata": "Ask for a fresh export of the file from the program it was made in.",
}
_ANY_ADVICE: Final = "Ask for a sound, open copy and check again; until then, ask how it was made."


@dataclass(slots=True)
class Todo:
    """One thing to do, for one file or for many. `numbers` are positions in `assets`.

    `also` are further steps for the same files (step, then the rule that asks for it): what
    matters less than `step`, or falls away once it is done.
    """

    verdict: str
    approval: str
    rule: str
    step: str
    title: str
    numbers: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)
    also: dict[str, str] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether the delivery cannot go on before this is done."""
        return self.verdict in _STOPS

    @property
    def why(self) -> str:
        """The reason; the rule's title where the files have different ones."""
        if len(self.reasons) == 1 or not self.title:
            return full_sentence(min(self.reasons))
        return f"{full_sentence(self.title)} The reasons stand with each file."

    @property
    def approval_words(self) -> str:
        """`written approval needed`, `written approval may be needed`, or nothing."""
        return {
            Approval.REQUIRED.value: "written approval needed",
            Approval.MAY_BE_REQUIRED.value: "written approval may be needed",
        }.get(self.approval, "")


@dataclass(slots=True)
class GapGroup:
    """Gaps with the same reason: which files, what that means, and what to do."""

    observer: str
    reason: str
    step: str
    numbers: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def reads(self) -> str:
        """What was to be read, in words."""
        return observer_words(self.observer)


def todos(document: Document) -> list[Todo]:
    """What to do next, the most severe first.

    A file stands in one entry, that of its most severe finding; its other findings are what
    that entry says `also`. Files with the same rule and step share an entry.
    """
    grouped: dict[tuple[str, ...], Todo] = {}
    for number, path, findings in _to_act_on(document):
        first, *others = sorted(findings, key=_weight)
        group = (first["verdict"], first["rule"], first["next_step"])
        todo = grouped.setdefault(group, _todo(first))
        todo.reasons.add(first["reason"])
        todo.approval = _worse_approval(todo.approval, first)
        for finding in others:
            if finding["next_step"] and finding["next_step"] != todo.step:
                todo.also.setdefault(finding["next_step"], finding["rule"])
        if path is not None:
            todo.numbers.append(number)
            todo.paths.append(path)
    return sorted(grouped.values(), key=_urgency)


def gap_groups(document: Document) -> list[GapGroup]:
    """What was not looked at, grouped by reason, in the order of first appearance.

    Several observers may stumble over the same thing in a file; it is said once.
    """
    grouped: dict[str, GapGroup] = {}
    for gap in document["gaps"]:
        _add_gap(grouped, gap, -1, gap["path"])
    for number, asset in enumerate(document["assets"]):
        for gap in asset["gaps"]:
            _add_gap(grouped, gap, number, asset["path"])
    return list(grouped.values())


def advice(observer: str) -> str:
    """What to do about a gap of an observer, as a sentence."""
    return _ADVICE.get(observer, _ANY_ADVICE)


def headline(document: Document, every: list[Todo]) -> str:
    """The answer as one sentence: `Two things stop this delivery.`"""
    if document["verdict"] not in _STOPS:
        return "Nothing stops this delivery."
    stopping = sum(todo.stops for todo in every)
    if not stopping:
        return "This delivery cannot go on yet."
    verb = "stops" if stopping == 1 else "stop"
    return f"{sentence(count(stopping, 'thing'))} {verb} this delivery."


def lede(document: Document) -> str:
    """What was looked at, what was found and what was not read, in a few sentences."""
    summary = document["summary"]
    looked = sentence(count(summary["files"], "file"))
    were = "was" if summary["files"] == 1 else "were"
    opened = f"{looked} ({size_words(summary['bytes'])}) {were} opened."
    told = (opened, _found(document), _alike(document), _unread(document))
    return " ".join(filter(None, told))


def ai_counts(document: Document) -> dict[str, int]:
    """How many assets there are of each state of `ai`."""
    counts: dict[str, int] = {}
    for asset in document["assets"]:
        counts[asset["ai"]] = counts.get(asset["ai"], 0) + 1
    return counts


def _to_act_on(
    document: Document,
) -> Iterator[tuple[int, str | None, list[Mapping[str, Any]]]]:
    """Whatever asks for something: its number, its path, and its findings."""
    for finding in document["findings"]:
        if _asks(finding):
            yield -1, None, [finding]
    told = {finding["outcome"] for finding in document["findings"]}
    if document["gaps"] and "unknown" not in told:
        for gap in document["gaps"]:
            yield -1, gap["path"], [_gap_finding(gap)]
    for number, asset in enumerate(document["assets"]):
        asked = [finding for finding in asset["findings"] if _asks(finding)]
        if asset["gaps"] and not any(one["outcome"] == "unknown" for one in asked):
            asked.append(_gap_finding(asset["gaps"][0]))
        if asked:
            yield number, asset["path"], asked


def _weight(finding: Mapping[str, Any]) -> tuple[int, int, bool]:
    """Sorts findings: the most severe first, what is certain before what is open."""
    return (
        -Verdict(finding["verdict"]).rank,
        -Approval(finding["approval"]).rank,
        finding["outcome"] != "fail",
    )


def _asks(finding: Mapping[str, Any]) -> bool:
    acts = finding["outcome"] in ("fail", "unknown")
    return acts and finding["verdict"] != Verdict.CLEAR.value


def _gap_finding(gap: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "outcome": Outcome.UNKNOWN.value,
        "verdict": Verdict.ESCALATE.value,
        "approval": Approval.NONE.value,
        "rule": "",
        "title": "Some files could not be looked at",
        "next_step": advice(gap["observer"]),
        "reason": gap["reason"],
    }


def _todo(finding: Mapping[str, Any]) -> Todo:
    step = finding["next_step"] or "Ask the studio contact."
    return Todo(finding["verdict"], "none", finding["rule"], step, finding["title"])


def _worse_approval(so_far: str, finding: Mapping[str, Any]) -> str:
    """A finding that an approval covers needs none any more."""
    needed = Approval.NONE if finding.get("covered_by") else Approval(finding["approval"])
    return Approval.worst((Approval(so_far), needed), Approval.NONE).value


def _urgency(todo: Todo) -> tuple[int, int]:
    return -Verdict(todo.verdict).rank, -Approval(todo.approval).rank


def _add_gap(grouped: dict[str, GapGroup], gap: Mapping[str, Any], number: int, path: str) -> None:
    reason = gap["reason"]
    group = grouped.setdefault(reason, GapGroup(gap["observer"], reason, advice(gap["observer"])))
    if not group.paths or (group.numbers[-1], group.paths[-1]) != (number, path):
        group.numbers.append(number)
        group.paths.append(path)


def _found(document: Document) -> str:
    counts = ai_counts(document)
    made, changed = counts.get("generated", 0), counts.get("modified", 0)
    if not made and not changed:
        return _nothing_found(counts.get("unknown", 0))
    parts = []
    if made:
        parts.append(f"{count(made, 'file')} made by AI")
    if changed:
        parts.append(f"{count(changed, 'file')} changed by AI")
    found = f"{sentence(listed(parts))} {'was' if made + changed == 1 else 'were'} found"
    covered = sum(any(f["covered_by"] for f in a["findings"]) for a in document["assets"])
    if covered:
        found += f"; {spell(covered)} {'is' if covered == 1 else 'are'} covered by an approval"
    return found + "."


def _alike(document: Document) -> str:
    """How many likenesses wait for a person's answer."""
    waiting = {
        told.match
        for asset in document["assets"]
        for told in map(told_of, asset["evidence"])
        if told and told.match and told.grade == "suspected" and not told.harmless
    }
    if not waiting:
        return ""
    verb = "waits" if len(waiting) == 1 else "wait"
    likenesses = sentence(count(len(waiting), "likeness", "likenesses"))
    return f"{likenesses} to material on record, not proven, {verb} for your answer."


def _nothing_found(unknown: int) -> str:
    if not unknown:
        return "No AI-made material was found."
    many = "it is" if unknown == 1 else "they are"
    return (
        f"Nothing is known to be AI-made, but of {count(unknown, 'file')} it is open what {many}."
    )


def _unread(document: Document) -> str:
    unread = sum(bool(asset["gaps"]) for asset in document["assets"])
    parts = []
    if unread:
        parts.append(f"{count(unread, 'file')} could not be looked at fully")
    if document["gaps"]:
        parts.append(f"{count(len(document['gaps']), 'place')} could not be opened at all")
    return sentence("; ".join(parts)) + "." if parts else ""

"""Judges every event of a cut on exactly the seconds of its media that it uses.

The verdict of a cut is the worst of its events and of the timeline file itself. Disabled events
are listed and do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from checkthegate.app.judging import Judge
from checkthegate.app.planning import Looked
from checkthegate.app.timelines import Cut
from checkthegate.editorial.slate import OBSERVER as SLATE
from checkthegate.model import (
    Asset,
    AssetDecision,
    Evidence,
    Finding,
    Gap,
    Observation,
    Outcome,
    Span,
)
from checkthegate.model.timeline import AiMapRow, Changed, Linked
from checkthegate.rules import worst_verdict

_MOST_NAMED: Final = 5
_PLAIN_CLAIMS: Final = (
    *("timeline", "plays-timeline", "credential", "edited", "camera-capture", "screened"),
)


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """One event with the decision about what it shows; None where its media was not found.

    `carried` says why the decision was not made anew, where it was not.
    """

    linked: Linked
    decided: AssetDecision | None
    changed: Changed | None = None
    carried: str = ""


@dataclass(frozen=True, slots=True)
class JudgedCut:
    """A cut with all its events judged, and its lines of the AI map."""

    cut: Cut
    events: tuple[JudgedEvent, ...]
    findings: tuple[Finding, ...] = ()
    rows: tuple[AiMapRow, ...] = ()


@dataclass(slots=True)
class EventJudge:
    """Judges events; what depends on nothing new is judged once.

    `finals` says of every asset's path whether it is final.
    """

    judge: Judge
    looked: Mapping[str, Looked]
    finals: Mapping[str, bool]
    extra: Mapping[str, Sequence[Gap]] = field(default_factory=dict)
    _whole: dict[tuple[str, bool], AssetDecision] = field(default_factory=dict)
    _parts: dict[tuple[str, bool, Span], AssetDecision] = field(default_factory=dict)

    def event(self, cut: Cut, linked: Linked) -> AssetDecision | None:
        """The decision about what one event shows; final as the cut is, not as the file is."""
        if not linked.path:
            return None
        final = self.finals.get(cut.path, True)
        whole = self._of_whole(linked.path, final)
        if linked.used is None or not depends_on_range(whole.evidence):
            return whole
        key = (linked.path, final, linked.used)
        if key not in self._parts:
            self._parts[key] = self._judged(linked.path, final, (linked.used,))
        return self._parts[key]

    def _of_whole(self, path: str, final: bool) -> AssetDecision:
        key = (path, final)
        if key not in self._whole:
            self._whole[key] = self._judged(path, final, ())
        return self._whole[key]

    def _judged(self, path: str, final: bool, used: tuple[Span, ...]) -> AssetDecision:
        looked = self.looked[path]
        said = [*without_slate(looked.observations), *self.extra.get(path, ())]
        return self.judge.asset(
            replace(looked.asset, path=path, final=final), said, looked.digest_from, used=used
        )


def without_slate(said: Iterable[Observation]) -> list[Observation]:
    """The observations that are about the material: a slate only helps to find it."""
    return [each for each in said if isinstance(each, Gap) or each.claim != SLATE]


def depends_on_range(evidence: Iterable[Evidence]) -> bool:
    """Whether it can matter which part of an asset is used: only where it says anything."""
    return any(each.claim not in _PLAIN_CLAIMS for each in evidence)


def judge_events(cut: Cut, events: EventJudge) -> tuple[JudgedEvent, ...]:
    """Every linked event of a cut, in its order."""
    return tuple(JudgedEvent(linked, events.event(cut, linked)) for linked in cut.links)


def findings_of(cut: Cut, judged: Sequence[JudgedEvent]) -> tuple[Finding, ...]:
    """What a cut's events come to: one finding a rule, the worst, naming the events."""
    by_rule: dict[str, list[tuple[JudgedEvent, Finding]]] = {}
    for event in judged:
        if event.decided is None or not event.linked.clip.enabled:
            continue
        for finding in event.decided.findings:
            if finding.outcome in (Outcome.FAIL, Outcome.UNKNOWN):
                by_rule.setdefault(finding.rule, []).append((event, finding))
    return tuple(_merged(cut, found) for found in by_rule.values())


def _merged(cut: Cut, found: Sequence[tuple[JudgedEvent, Finding]]) -> Finding:
    worst = max(found, key=lambda each: _weight(each[1]))[1]
    alike = [event for event, finding in found if _weight(finding) == _weight(worst)]
    shown = "; ".join(cut.where(event.linked.clip) for event in alike[:_MOST_NAMED])
    more = len(alike) - _MOST_NAMED
    places = f"{shown}; and {more} more" if more > 0 else shown
    word = "Event" if len(alike) == 1 else "Events"
    covered = all(finding.approval_id for _, finding in found)
    return replace(
        worst,
        reason=f"{word} {places}. {worst.reason}",
        approval_id=worst.approval_id if covered else None,
        covered_by=worst.covered_by if covered else None,
    )


def _weight(finding: Finding) -> tuple[int, int]:
    return finding.verdict.rank, finding.approval.rank


def with_events(decided: AssetDecision, cuts: Sequence[JudgedCut]) -> AssetDecision:
    """A timeline's own decision, made worse by what its events are."""
    findings = [*decided.findings]
    for cut in cuts:
        findings = _joined(findings, cut.findings)
    joined = tuple(findings)
    return replace(decided, findings=joined, verdict=worst_verdict(joined))


def _joined(findings: Sequence[Finding], more: Iterable[Finding]) -> list[Finding]:
    """One finding a rule, the worse; a finding that nothing is wrong gives way."""
    known = {finding.rule: finding for finding in findings}
    for finding in more:
        own = known.get(finding.rule)
        settled = own is None or own.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)
        if own is None or settled or _weight(finding) > _weight(own):
            known[finding.rule] = finding
    return list(known.values())


def of_used(
    judge: Judge,
    asset: Asset,
    said: Sequence[Observation],
    digest_from: str,
    used: tuple[Span, ...],
) -> AssetDecision:
    """The decision about an asset of which a cut uses these seconds: judged on them alone.

    Everything that was found stays listed, and what it knows of AI is what is true of the file.
    """
    whole = judge.asset(asset, said, digest_from)
    if not used or not depends_on_range(whole.evidence):
        return whole
    part = judge.asset(asset, said, digest_from, used=used)
    return replace(part, evidence=whole.evidence, ai=whole.ai)

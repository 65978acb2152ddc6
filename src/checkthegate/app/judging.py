"""Judges what was observed against what is on record: uses, consents, approvals, answered gaps.

Without a home nothing is on record, and the rules judge the evidence alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checkthegate.app.frames import frame_evidence, frames_of
from checkthegate.app.temporary import is_temporary
from checkthegate.detect.contradiction import contradictions
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
from checkthegate.model.registry import AsOf
from checkthegate.registry.consents import Asked
from checkthegate.registry.context import UseAnswer, UseContext, UseContexts
from checkthegate.registry.coverage import cover
from checkthegate.registry.frames import Frames
from checkthegate.registry.matches import settled, work_evidence
from checkthegate.registry.records import MATCHES_WORK, record_evidence
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.times import in_effect, past
from checkthegate.registry.used import used_evidence
from checkthegate.rules import (
    Pack,
    asset_facts,
    because,
    judge_asset,
    judge_use,
    outcome_of,
    worst_verdict,
)

# Rules that ask for a person's consent: where one does not stand, no studio approval lifts them.
_CONSENT_RULES = ("p5", "tp1", "tp2", "t4")


@dataclass(slots=True)
class Judge:
    """Judges the assets of one check, as of one time. `rows` is None without a home.

    `production` is the home's: a consent given for another one does not count here.
    """

    packs: Sequence[Pack]
    rows: Rows | None = None
    production: str = ""
    when: AsOf = field(default_factory=lambda: AsOf("9999-12-31T23:59:59.999999Z"))
    _contexts: UseContexts | None = None
    _gaps: tuple[Row, ...] = ()
    _uses: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    _most_different: dict[str, float] = field(default_factory=dict)
    _works: frozenset[str] = frozenset()
    _frames: dict[str, tuple[Frames, tuple[Observation, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._most_different = {
            rule.id: pack.frame_may_differ / 100 for pack in self.packs for rule in pack.rules
        }
        if self.rows is not None:
            asked = Asked(production=self.production) if self.production else None
            self._contexts = UseContexts(self.rows, self.when, asked)
            self._works = frozenset(row["digest"] for row in self.rows.rows("work_files"))
            answered = self.rows.rows("accepted_gaps")
            self._gaps = tuple(row for row in answered if self._counts(row))

    def know_frames(self, sequence: Asset, frames: Sequence[Asset]) -> None:
        """Take in what a sequence is made of: what is on record of its frames counts for it."""
        if self.rows is None or not sequence.digest or not frames:
            return
        known = frames_of(frames)
        said = frame_evidence(frames, known, self.rows, self.when)
        self._frames[sequence.digest] = (known, said)

    def asset(
        self,
        asset: Asset,
        said: Sequence[Observation],
        digest_from: str = "read",
        *,
        used: Sequence[Span] = (),
    ) -> AssetDecision:
        """The decision about one asset, or about the seconds of it that a cut uses."""
        frames, on_record = self._frames.get(asset.digest, (None, ()))
        said = (*said, *on_record)
        everything = evidence = self._evidence(asset, said)
        if used:
            evidence = list(used_evidence(everything, used))
        gaps = tuple(each for each in said if isinstance(each, Gap))
        if self._contexts is None or self.rows is None:
            return judge_asset(asset, tuple(evidence), gaps, self.packs, digest_from)
        context = self._contexts.of(asset, evidence, frames)
        decided = judge_asset(
            asset,
            tuple(evidence),
            gaps,
            self.packs,
            digest_from,
            recorded=_on_record(context),
            accepted=[gap for gap in gaps if self._accepted(asset, gap)],
            consents=context.blocks,
        )
        findings = _joined(decided.findings, self._of_uses(context.uses))
        findings = cover(
            asset,
            everything,
            findings,
            self.rows,
            self.when,
            never=self._never(findings, context),
            works=self._of_works(asset, evidence, context),
            most_different=self._most_different,
            used=used,
            frames=frames,
        )
        return replace(decided, findings=findings, verdict=worst_verdict(findings))

    def _evidence(self, asset: Asset, said: Sequence[Observation]) -> list[Evidence]:
        """What was observed, with what the records and people say of it."""
        evidence = [each for each in said if isinstance(each, Evidence)]
        if self.rows is not None and asset.digest:
            evidence = list(settled(evidence, self.rows, self.when, self.production))
            evidence.extend(record_evidence(asset, self.rows, self.when))
            if asset.digest in self._works:
                evidence.extend(work_evidence(asset, self.rows, self.when, self.production))
        evidence.extend(contradictions(evidence))
        return evidence

    def _of_works(
        self, asset: Asset, evidence: Sequence[Evidence], context: UseContext
    ) -> dict[str, bool]:
        """The rules that works of others fail, and whether nothing else does."""
        if not any(each.claim == MATCHES_WORK for each in evidence):
            return {}
        values = asset_facts(asset, evidence, (), _on_record(context)).values
        failed = {}
        for rule in (rule for pack in self.packs for rule in pack.by_scope.get("asset", ())):
            names = because(rule, values) if outcome_of(rule, values) is Outcome.FAIL else ()
            if any(name.startswith("work.") for name in names):
                failed[rule.id] = all(name.startswith("work.") for name in names)
        return failed

    def _of_uses(self, uses: Iterable[UseAnswer]) -> list[Finding]:
        """What the rules say of the uses that an asset was recorded under."""
        found: list[Finding] = []
        for use in uses:
            if use.use not in self._uses:
                decided = judge_use(use.effective.use, self.packs)
                self._uses[use.use] = tuple(_named(each, use) for each in decided.findings)
            found.extend(self._uses[use.use])
        return found

    def _never(self, findings: Sequence[Finding], context: UseContext) -> frozenset[str]:
        """The rules no approval lifts for this asset, since a consent is not known to stand."""
        if not context.uses or context.facts.get("use.consents_stand") is True:
            return frozenset()
        return frozenset(
            each.rule for each in findings if each.rule.rpartition(".")[2] in _CONSENT_RULES
        )

    def _counts(self, row: Row) -> bool:
        return in_effect(row, self.when) and not past(row["until"], self.when)

    def _accepted(self, asset: Asset, gap: Gap) -> bool:
        """Whether a person has answered for a gap: by path pattern, and observer if named."""
        return any(
            row["observer"] in (None, gap.observer) and is_temporary(asset.path, [row["pattern"]])
            for row in self._gaps
        )


def _on_record(context: UseContext) -> Mapping[str, bool | None]:
    """What the records say; of material that is not recorded only whether it was told of."""
    if context.records:
        return context.facts
    return {"contact.told": context.facts["contact.told"]}


def _named(finding: Finding, use: UseAnswer) -> Finding:
    return replace(finding, reason=f"Its use “{use.title}” ({use.use}): {finding.reason}")


def _joined(findings: Sequence[Finding], of_uses: Sequence[Finding]) -> tuple[Finding, ...]:
    """One finding a rule, the worst of what the material and its uses give; order kept."""
    worst: dict[str, Finding] = {}
    for finding in (*findings, *of_uses):
        known = worst.get(finding.rule)
        if known is None or _weight(finding) > _weight(known):
            worst[finding.rule] = finding
    return tuple(worst.values())


def _weight(finding: Finding) -> tuple[int, int, bool]:
    return (finding.verdict.rank, finding.approval.rank, finding.outcome is not Outcome.PASS)

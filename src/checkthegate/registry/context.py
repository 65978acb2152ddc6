"""What the records say of an asset, as facts for the rules.

A fact is True, False, or None where it is not known. The records speak only for what they
explain: with evidence they do not explain, nothing good is known any more, the bad stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from checkthegate.model import Asset, Evidence, Grade
from checkthegate.model.registry import AsOf, ConsentAnswer, Promise, Recorded
from checkthegate.model.use import (
    Answer,
    DeclaredUse,
    Effect,
    Environment,
)
from checkthegate.registry.approvals import approvals_for
from checkthegate.registry.consents import Asked
from checkthegate.registry.declared import declared_use
from checkthegate.registry.frames import Frames
from checkthegate.registry.records import confirmed_in, matches_of, parts_of
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.times import began, in_effect
from checkthegate.registry.uses import (
    EffectiveUse,
    WeakStep,
    answer_at,
    effective_use,
    needs_consent,
    use_at,
    weakness,
)

_SECURED = frozenset(
    {
        Environment.NETFLIX_ENTERPRISE,
        Environment.PARTNER_ENTERPRISE,
        Environment.VERIFIED_TERMS,
        Environment.LOCAL,
    }
)


@dataclass(frozen=True, slots=True)
class UseAnswer:
    """A recorded use with the newest answer that was given to it."""

    use: str
    title: str
    verdict: str
    approval: str
    effective: EffectiveUse


@dataclass(frozen=True, slots=True)
class UseContext:
    """What the records say of one asset.

    `facts` are by the names rules use. `blocks` are sentences, one for each consent that is
    known not to stand: what they touch must not go on. `weakest` is the step that decides.
    """

    facts: Mapping[str, bool | None]
    records: tuple[Recorded, ...] = ()
    uses: tuple[UseAnswer, ...] = ()
    consents: tuple[ConsentAnswer, ...] = ()
    blocks: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()
    unexplained: tuple[Evidence, ...] = ()
    weakest: WeakStep | None = None


@dataclass(slots=True)
class UseContexts:
    """The contexts of many assets as of one time; what a use comes to is worked out once."""

    rows: Rows
    when: AsOf
    asked: Asked | None = None
    _uses: dict[tuple[str, object], UseAnswer | None] = field(default_factory=dict)

    def of(
        self, asset: Asset, evidence: Sequence[Evidence], frames: Frames | None = None
    ) -> UseContext:
        """What the records say of an asset. `evidence` may hold content matches; `frames` are
        the files it is made of when they are many.

        What a person confirmed without proof adds what is bad about its use, nothing good.
        """
        matches = matches_of(asset, evidence, self.rows, self.when)
        parts = parts_of(evidence, matches)
        deciding = [match.record for part in parts for match in part.matches]
        proven = list({record.id: record for record in deciding}.values())
        exact = any(match.exact and match.span is None for match in matches)
        said = () if exact else confirmed_in(asset, evidence, self.rows, self.when)
        accused = [match.record for match in said]
        records = list({record.id: record for record in (*proven, *accused)}.values())
        uses = [self._use(record) for record in records]
        strange = tuple(
            [part.said for part in parts if part.said and part.said.grade is not Grade.SUSPECTED]
        )
        found = [use for use in uses if use is not None]
        undeclared = len(found) < len(uses)
        explained = bool(records) and not strange and not undeclared
        facts = _facts([each.effective for each in found], explained=explained)
        facts["use.recorded"] = bool(records) and not strange
        facts["use.promised_temp"] = any(each.promise is Promise.TEMP for each in records)
        facts["contact.told"] = self._told(asset, proven, frames)
        effective = [each.effective for each in found]
        weak = [each.weakest for each in effective if each.weakest]
        return UseContext(
            facts=facts,
            records=tuple(records),
            uses=tuple({each.use: each for each in found}.values()),
            consents=tuple(consent for each in effective for consent in each.consents),
            blocks=_distinct([why for each in effective for why in blocked_by(each)]),
            contradictions=_distinct([said for each in effective for said in each.contradictions]),
            unregistered=_distinct([name for each in effective for name in each.unregistered]),
            unexplained=strange,
            weakest=_weakest(weak),
        )

    def _use(self, record: Recorded) -> UseAnswer | None:
        key = (record.use, record.steps)
        if key not in self._uses:
            self._uses[key] = self._declared(record)
        return self._uses[key]

    def _declared(self, record: Recorded) -> UseAnswer | None:
        row = use_at(self.rows, record.use, self.when)
        if row is None:
            return None
        answer = answer_at(self.rows, record.use, self.when)
        declared = declared_use(row["declaration"])
        effective = effective_use(
            declared, self.rows, self.when, steps=record.steps, asked=self.asked
        )
        return UseAnswer(
            use=record.use,
            title=row["title"],
            verdict=answer["verdict"] if answer else "escalate",
            approval=answer["approval"] if answer else "may-be-required",
            effective=effective,
        )

    def _answers(self, escalation: str) -> Sequence[Row]:
        return self.rows.rows("escalation_answers", escalation=escalation)

    def _told(self, asset: Asset, records: Iterable[Recorded], frames: Frames | None) -> bool:
        """Whether the studio contact is on file as told: they answered, or were written to."""
        uses = sorted({record.use for record in records})
        if approvals_for(self.rows, self.when, digests=[asset.digest], uses=uses):
            return True
        named = approvals_for(self.rows, self.when, digests=frames.digests) if frames else ()
        if frames and any(frames.all_in(each.files, None) for each in named):
            return True
        asked = [row for use in uses for row in self.rows.rows("escalations", use=use)]
        asked += [
            row
            for row in self.rows.rows("escalations", use=None)
            if any(file["digest"] == asset.digest for file in row["files"] or ())
        ]
        return any(
            in_effect(row, self.when)
            and (
                began(self._answers(row["id"]), self.when) is not None
                or (row["sent_on"] is not None and row["sent_on"] <= self.when.valid[:10])
            )
            for row in asked
        )


def use_context(asset: Asset, evidence: Sequence[Evidence], rows: Rows, when: AsOf) -> UseContext:
    """What the records say of one asset as of a time."""
    return UseContexts(rows, when).of(asset, evidence)


def blocked_by(effective: EffectiveUse) -> tuple[str, ...]:
    """A sentence for each consent the use needs that is known not to stand."""
    sentences = [
        f"The consent of {consent.talent} does not stand: {consent.reason}."
        for consent in effective.consents
        if consent.standing.known_no
    ]
    return tuple(dict.fromkeys(sentences))


def _facts(uses: Sequence[EffectiveUse], *, explained: bool) -> dict[str, bool | None]:
    found = {
        "use.imitates": _worst([_no(each.use.imitates) for each in uses], bad=True),
        "use.tools_keep": _worst([_keeps(each.use) for each in uses], bad=True),
        "use.tools_secured": _worst([_secured(each.use) for each in uses], bad=False),
        "use.people_agreed": _worst([_agreed(each) for each in uses], bad=False),
        "use.consents_stand": _worst([_stand(each) for each in uses], bad=False),
    }
    bad = {"use.imitates": True, "use.tools_keep": True}
    if explained:
        return found
    return {name: value if value is bad.get(name, False) else None for name, value in found.items()}


def _worst(values: Sequence[bool | None], *, bad: bool) -> bool | None:
    """The bad value if it is among them, else not known if anything is not, else the good."""
    if bad in values:
        return bad
    return None if None in values or not values else not bad


def _no(answer: Answer | None) -> bool | None:
    return None if answer in (None, Answer.UNSURE) else answer is Answer.YES


def _keeps(use: DeclaredUse) -> bool | None:
    answers = [_no(each) for step in use.tools for each in (step.stores, step.reuses, step.trains)]
    return _worst(answers, bad=True)


def _secured(use: DeclaredUse) -> bool | None:
    return _worst([_place(step.environment) for step in use.tools], bad=False)


def _place(place: Environment | None) -> bool | None:
    return None if place in (None, Environment.UNSURE) else place in _SECURED


def _agreed(effective: EffectiveUse) -> bool | None:
    use = effective.use
    union = _no(use.union_work)
    agreed: list[bool | None] = [_no(use.union_agreement) if union is not False else True]
    if union is None and agreed == [False]:
        agreed = [None]
    if use.talent is None:
        agreed.append(None)
    agreed += [_no(each.consent) for each in use.talent or () if needs_consent(each)]
    return _worst(agreed, bad=False)


def _stand(effective: EffectiveUse) -> bool | None:
    if blocked_by(effective):
        return False
    if effective.use.talent is None:
        return None
    needed = [each for each in effective.use.talent if needs_consent(each)]
    said = [
        None
        if each.effect is Effect.ALTERATION and each.consent is Answer.NO
        else _no(each.consent)
        for each in needed
    ]
    return _worst([True, *said], bad=False)


def _weakest(steps: Sequence[WeakStep]) -> WeakStep | None:
    return max(steps, key=weakness, default=None)


def _distinct(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))

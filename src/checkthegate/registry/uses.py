"""A declared use as the registry bears it out: where the two disagree the worse counts.

What was left out of a declaration stays unsure, whatever the registry knows: leaving an
answer out must never be better than giving it. A tool or person that is not in the registry
rests on the declaration alone, and is named as that; one that is added by name only has no
known facts, so everything about it is unsure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from checkthegate.model.registry import AsOf, ConsentAnswer, Step, ToolAnswers
from checkthegate.model.use import (
    Answer,
    Change,
    DeclaredUse,
    Effect,
    Environment,
    Exemption,
    TalentEntry,
    ToolStep,
)
from checkthegate.registry.consents import CONSENT_FOR, Asked, consent_for
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.times import in_effect
from checkthegate.registry.tools import (
    place_rank,
    tool_answers,
    tools_named,
    unknown_tool,
    worse_keeping,
    worse_place,
)

_NO_IS_WORSE = {Answer.YES: 0, Answer.UNSURE: 1, Answer.NO: 2}


_UNTOUCHED = (Change.NONE, Change.CUSTOMARY)


@dataclass(frozen=True, slots=True)
class WeakStep:
    """A step of a pipeline with what it comes to, and in a sentence why it is the weakest."""

    name: str
    tool: str | None
    stores: Answer
    reuses: Answer
    trains: Answer
    environment: Environment
    reason: str


@dataclass(frozen=True, slots=True)
class EffectiveUse:
    """What to judge a use by. `use` has the worse of declaration and registry.

    `contradictions` name where they disagree, `unregistered` what only the declaration
    vouches for, `consents` the consents that were asked for, `weakest` the step that decides.
    """

    use: DeclaredUse
    contradictions: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()
    consents: tuple[ConsentAnswer, ...] = ()
    tools: tuple[ToolAnswers, ...] = ()
    weakest: WeakStep | None = None


def effective_use(
    declared: DeclaredUse,
    rows: Rows,
    when: AsOf,
    *,
    steps: Sequence[Step] = (),
    asked: Asked | None = None,
) -> EffectiveUse:
    """The use as the registry bears it out, as of a time.

    `steps` are those of a record made under the use: one whose tool the declaration does not
    name is added, since nobody said anything of it.
    """
    said: list[str] = []
    lonely: list[str] = []
    known: list[ToolAnswers] = []
    tools = [_step(step, rows, when, said, lonely, known) for step in declared.tools]
    tools += [_step(each, rows, when, said, lonely, known)
              for each in _undeclared(declared, steps, rows, said)]  # fmt: skip
    consents: list[ConsentAnswer] = []
    asked = asked or Asked(production=declared.production)
    talent = None
    if declared.talent is not None:
        talent = tuple(
            [_person(each, rows, when, asked, said, lonely, consents) for each in declared.talent]
        )
    use = replace(declared, tools=tuple(tools), talent=talent)
    return EffectiveUse(
        use=use,
        contradictions=tuple(said),
        unregistered=tuple(lonely),
        consents=tuple(consents),
        tools=tuple(known),
        weakest=weakest_step(use.tools, known),
    )


def weakest_step(steps: Sequence[ToolStep], known: Sequence[ToolAnswers] = ()) -> WeakStep | None:
    """The generative step that decides: what it keeps first, then where it runs."""
    ids = {each.name.casefold(): each.tool for each in known}
    weak = [
        WeakStep(
            name=step.name or "an unnamed tool",
            tool=ids.get((step.name or "").casefold()),
            stores=step.stores or Answer.UNSURE,
            reuses=step.reuses or Answer.UNSURE,
            trains=step.trains or Answer.UNSURE,
            environment=step.environment or Environment.UNSURE,
            reason="",
        )
        for step in steps
        if step.generative is not Answer.NO
    ]
    if not weak:
        return None
    worst = max(weak, key=weakness)
    return replace(worst, reason=_why(worst))


def use_at(rows: Rows, use: str, when: AsOf) -> Row | None:
    """The newest declaration of a use as of a time: a row of `use_declarations`."""
    return _latest(rows.rows("use_declarations", use=use), when)


def answer_at(rows: Rows, use: str, when: AsOf) -> Row | None:
    """The newest answer to a use as of a time: a row of `use_answers`."""
    return _latest(rows.rows("use_answers", use=use), when)


def _latest(found: Iterable[Row], when: AsOf) -> Row | None:
    told = [row for row in found if in_effect(row, when)]
    return max(told, key=lambda row: (row["holds_from"], row["entry"]), default=None)


def _undeclared(
    declared: DeclaredUse, steps: Sequence[Step], rows: Rows, said: list[str]
) -> list[ToolStep]:
    names = {(step.name or "").casefold() for step in declared.tools}
    ids = {row["id"] for name in names if name for row in tools_named(name, rows)}
    added = []
    for step in steps:
        if step.generative is Answer.NO and step.tool is None:
            # A step by hand, or in a plain tool, that the recorder lists for completeness.
            continue
        if step.name.casefold() in names or (step.tool is not None and step.tool in ids):
            continue
        names.add(step.name.casefold())
        added.append(ToolStep(name=step.tool or step.name, generative=step.generative))
        said.append(f"the files were made with {step.name}, which the declaration does not name")
    return added


def _step(
    step: ToolStep,
    rows: Rows,
    when: AsOf,
    said: list[str],
    lonely: list[str],
    known: list[ToolAnswers],
) -> ToolStep:
    name = step.name or ""
    found = tools_named(name, rows, when) if name else ()
    if not found:
        known.append(unknown_tool(name))
        lonely.append(f"{name or 'an unnamed tool'} is not in the registry")
        return step
    answers = [tool_answers(row, rows, when) for row in found]
    known.extend(answers)
    shown = answers[0].name
    if len(answers) > 1:
        said.append(f"{len(answers)} registered tools are named {shown}; the worst of them counts")
    for each in answers:
        said.extend(f"{shown}: {line}" for line in each.contradictions)
    keeps = {
        kept: _worse(shown, kept, getattr(step, kept), [getattr(a, kept) for a in answers], said)
        for kept in ("stores", "reuses", "trains")
    }
    place = _worse_place(shown, step.environment, [each.environment for each in answers], said)
    return replace(step, name=shown, environment=place, **keeps)


def _worse(
    name: str, fact: str, declared: Answer | None, known: Sequence[Answer], said: list[str]
) -> Answer:
    registered = worse_keeping(known)
    if declared is not None and declared is not registered:
        said.append(f"{name}: {fact} was declared “{declared}”, the registry says “{registered}”")
    return worse_keeping([declared or Answer.UNSURE, registered])


def _worse_place(
    name: str, declared: Environment | None, known: Sequence[Environment], said: list[str]
) -> Environment:
    registered = worse_place(known)
    if declared is not None and declared is not registered:
        said.append(
            f"{name}: environment was declared “{declared}”, the registry says “{registered}”"
        )
    return worse_place([declared or Environment.UNSURE, registered])


def _person(
    entry: TalentEntry,
    rows: Rows,
    when: AsOf,
    asked: Asked,
    said: list[str],
    lonely: list[str],
    consents: list[ConsentAnswer],
) -> TalentEntry:
    types = CONSENT_FOR[entry.effect] if entry.effect else ()
    if entry.effect is Effect.SYNTHETIC_PERFORMER or not entry.who:
        return entry
    people = talents_named(entry.who, rows)
    if not people:
        lonely.append(f"{entry.who} is not in the registry")
        return entry
    answers = [consent_for(rows, row["id"], types, when, asked) for row in people]
    if needs_consent(entry):
        consents.extend(answers)
    registered = max((each.answer for each in answers), key=_NO_IS_WORSE.__getitem__)
    if entry.consent is not None and entry.consent is not registered:
        why = "; ".join(dict.fromkeys(each.reason for each in answers))
        said.append(
            f"{people[0]['id']}: consent was declared “{entry.consent}”, the registry says "
            f"“{registered}”: {why}"
        )
    declared = entry.consent or Answer.UNSURE
    return replace(entry, consent=max((declared, registered), key=_NO_IS_WORSE.__getitem__))


def needs_consent(entry: TalentEntry) -> bool:
    """Whether a performer's consent is a precondition, by what was declared.

    Not with an exemption, for an invented performer, or for a customary alteration.
    """
    exempt = entry.exemption not in (None, Exemption.NONE)
    if exempt or entry.effect is Effect.SYNTHETIC_PERFORMER:
        return False
    return not (entry.effect is Effect.ALTERATION and entry.change in _UNTOUCHED)


def talents_named(who: str, rows: Rows) -> tuple[Row, ...]:
    """The people with this id or name, whatever its capitals; several when ambiguous."""
    if who.startswith("tal_") and (found := rows.rows("talents", id=who)):
        return tuple(found)
    wanted = who.casefold().strip()
    return tuple(row for row in rows.rows("talents") if row["name"].casefold() == wanted)


def weakness(step: WeakStep) -> tuple[int, ...]:
    """Sorts steps: the greatest is the weakest."""
    keeps = {Answer.NO: 0, Answer.UNSURE: 1, Answer.YES: 2}
    kept = sorted((keeps[each] for each in (step.trains, step.reuses, step.stores)), reverse=True)
    return (*kept, place_rank(step.environment))


def _why(step: WeakStep) -> str:
    kept = (("trains on", step.trains), ("re-uses", step.reuses), ("keeps", step.stores))
    sure = [verb for verb, answer in kept if answer is Answer.YES]
    if sure:
        return f"{step.name} {', '.join(sure)} what goes in or comes out"
    if any(answer is Answer.UNSURE for _, answer in kept):
        return f"it is not known whether {step.name} keeps, re-uses or trains on the material"
    if step.environment in (Environment.CONSUMER, Environment.UNSURE):
        return f"{step.name} runs outside a secured place, or nobody knows where"
    return f"{step.name} keeps nothing; no step is weaker"

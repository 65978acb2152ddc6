"""What the registry can say of a tool: dated statements in, answers out.

The newest statement of a fact counts. What is missing, past its review, or was stated of
another version, tier or account of the tool is unsure, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from checkthegate.model.registry import AsOf, ToolAnswers, ToolFact, ToolFactName
from checkthegate.model.use import Answer, Environment
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.times import in_effect, past

_PARTS: Final = {
    "stores": (
        ToolFactName.STORES,
        ToolFactName.ABUSE_LOGS,
        ToolFactName.APPLICATION_STATE,
        ToolFactName.FILES,
        ToolFactName.CACHING,
    ),
    "reuses": (ToolFactName.REUSES,),
    "trains": (
        ToolFactName.TRAINS,
        ToolFactName.TRAINS_ON_INPUTS,
        ToolFactName.TRAINS_ON_OUTPUTS,
    ),
}
_SEVERITY: Final = {Answer.NO: 0, Answer.UNSURE: 1, Answer.YES: 2}
_PLACES: Final = (
    Environment.NETFLIX_ENTERPRISE,
    Environment.PARTNER_ENTERPRISE,
    Environment.LOCAL,
    Environment.VERIFIED_TERMS,
    Environment.UNSURE,
    Environment.CONSUMER,
)
"""From the most to the least careful. A declared `consumer` is the worst that can be known."""
_IDENTITY: Final = ("name", "version", "tier", "account")


def worse_keeping(answers: Iterable[Answer]) -> Answer:
    """The worse of answers to "does it keep, re-use, train": yes, then unsure, then no."""
    return max(answers, key=_SEVERITY.__getitem__, default=Answer.UNSURE)


def worse_place(places: Iterable[Environment]) -> Environment:
    """The least careful of several places."""
    return max(places, key=_PLACES.index, default=Environment.UNSURE)


def place_rank(place: Environment) -> int:
    """Where a place stands: 0 is the most careful."""
    return _PLACES.index(place)


def tool_answers(tool: Row, rows: Rows, when: AsOf) -> ToolAnswers:
    """What is known of a registered tool as of a time. `tool` is its row."""
    stated = rows.rows("tool_facts", tool=tool["id"])
    turned = _identity_since(rows.rows("tool_versions", tool=tool["id"]), when)
    facts, unsure, contradictions, stale = {}, [], [], []
    for fact in ToolFactName:
        told = [row for row in stated if row["fact"] == fact and in_effect(row, when)]
        current = [row for row in told if row["entry"] >= turned]
        newest, others = _newest(current)
        if newest is None:
            if told:
                unsure.append(f"“{fact}” was stated of another version, tier or account of it")
            continue
        if others:
            contradictions.append(_conflict(fact, newest, others))
        if past(newest["review_by"], when) or newest["review_by"] is None:
            stale.append(f"“{fact}” was to be reviewed by {newest['review_by'] or 'no day'}")
            continue
        facts[fact] = newest
    answers = {name: _answer(parts, facts, contradictions) for name, parts in _PARTS.items()}
    place = _place(facts.get(ToolFactName.ENVIRONMENT))
    missing = [name for name, answer in answers.items() if answer is Answer.UNSURE]
    missing += ["environment"] if place is Environment.UNSURE else []
    unsure += [f"nothing that counts is stated of “{name}”" for name in missing]
    return ToolAnswers(
        tool=tool["id"],
        name=tool["name"],
        environment=place,
        **answers,
        unsure=tuple(unsure),
        contradictions=tuple(contradictions),
        stale=tuple(stale),
        facts=tuple(map(_fact, facts.values())),
    )


def unknown_tool(name: str) -> ToolAnswers:
    """What is known of a tool nobody registered: nothing."""
    return ToolAnswers(None, name, unsure=("it is not in the registry",))


def tools_named(name: str, rows: Rows, when: AsOf | None = None) -> tuple[Row, ...]:
    """The registered tools with this id or name, whatever its capitals; several if ambiguous.

    With `when`, only those that were registered by then.
    """
    found: Sequence[Row] = rows.rows("tools", id=name) if name.startswith("tool_") else ()
    if not found:
        wanted = name.casefold().strip()
        found = [row for row in rows.rows("tools") if row["name"].casefold() == wanted]
    if when is None:
        return tuple(found)
    return tuple(row for row in found if _registered(row, rows, when))


def _registered(tool: Row, rows: Rows, when: AsOf) -> bool:
    """Whether some version of the tool was on file by then; its own row is the newest."""
    versions = (tool, *rows.rows("tool_versions", tool=tool["id"]))
    return any(in_effect(row, when) for row in versions)


def _identity_since(versions: Sequence[Row], when: AsOf) -> int:
    """The entry at which the tool became what it is now; 0 when it always was."""
    known = sorted(
        (row for row in versions if in_effect(row, when)),
        key=lambda row: (row["holds_from"], row["entry"]),
        reverse=True,
    )
    for newer, older in pairwise(known):
        if any(newer[name] != older[name] for name in _IDENTITY):
            return int(newer["entry"])
    return 0


def _newest(told: Sequence[Row]) -> tuple[Row | None, list[Row]]:
    """The statement that counts, and those of equal date by others that say otherwise.

    Who restates on the same day corrects themselves; between two people the worse counts.
    """
    if not told:
        return None, []
    date = max(row["holds_from"] for row in told)
    latest: dict[str, Row] = {}
    for row in sorted((row for row in told if row["holds_from"] == date), key=_entry):
        latest[row["reviewer"]] = row
    chosen = max(latest.values(), key=lambda row: (_rank(row), row["entry"]))
    return chosen, [row for row in latest.values() if row["answer"] != chosen["answer"]]


def _entry(row: Row) -> int:
    return int(row["entry"])


def _rank(row: Row) -> int:
    if row["fact"] == ToolFactName.ENVIRONMENT:
        return _PLACES.index(_place(row))
    return _SEVERITY[_word(row["answer"])]


def _word(answer: str | None) -> Answer:
    return Answer(answer) if answer in list(Answer) else Answer.UNSURE


def _place(row: Row | None) -> Environment:
    known = row is not None and row["answer"] in list(Environment)
    return Environment(row["answer"]) if row is not None and known else Environment.UNSURE


def _answer(
    parts: Sequence[ToolFactName], facts: dict[ToolFactName, Row], contradictions: list[str]
) -> Answer:
    """The whole fact, or all of its parts; whatever is stated worse counts."""
    whole, *rest = parts
    stated = {part: _word(facts[part]["answer"]) for part in parts if part in facts}
    if stated.get(whole) is Answer.NO and Answer.YES in stated.values():
        said = next(part for part in rest if stated.get(part) is Answer.YES)
        contradictions.append(f"“{whole}” is stated as no, “{said}” as yes; yes counts")
    complete = whole in stated or (rest and all(part in stated for part in rest))
    if complete or Answer.YES in stated.values():
        return worse_keeping(stated.values())
    return Answer.UNSURE


def _conflict(fact: ToolFactName, chosen: Row, others: Sequence[Row]) -> str:
    said = " and ".join(sorted({f"“{row['answer']}” ({row['reviewer']})" for row in others}))
    mine = f"“{chosen['answer']}” ({chosen['reviewer']})"
    return f"“{fact}” is stated as {mine} and as {said} of the same day; the worse counts"


def _fact(row: Row) -> ToolFact:
    names = ("answer", "text", "clause", "document", "reviewer", "holds_from", "review_by")
    told = {name: row[name] for name in names}
    return ToolFact(fact=ToolFactName(row["fact"]), entry=row["entry"], **told)

"""Tools: added, reviewed, changed; what is known of each as of a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from checkthegate.app.recording import event, found, new_id
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.app.registry.documents import document_state, keep_document
from checkthegate.app.registry.history import history
from checkthegate.model import UsageError
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf, ToolAnswers, ToolFactName
from checkthegate.model.use import Answer
from checkthegate.registry.fields import meant
from checkthegate.registry.rows import Rows
from checkthegate.registry.times import in_effect
from checkthegate.registry.tools import tool_answers
from checkthegate.seams import RecordReading

IDENTITY: Final = ("name", "version", "tier", "account")
_FREE_TEXT: Final = frozenset(
    {ToolFactName.SUB_PROCESSORS, ToolFactName.TRAINING_STATUS, ToolFactName.INDEMNITY}
)


def add_tool(desk: Desk, stated: Mapping[str, Any], effective: str | None = None) -> Written:
    """Register a tool. Nothing is known of it until it is reviewed."""

    def make(reading: RecordReading) -> list[Any]:
        refuse_twin(reading, stated)
        return [event("tool-added", new_id("tool"), stated, effective=effective)]

    return desk.write(make)


def change_tool(
    desk: Desk, named: str, stated: Mapping[str, Any], effective: str | None = None
) -> Written:
    """Change what identifies a tool. Another version, tier or account leaves its facts behind."""

    def make(reading: RecordReading) -> list[Any]:
        row = found(reading, "tools", named)
        kept = {name: row[name] for name in (*IDENTITY, "maker", "note")}
        wanted = kept | {name: value for name, value in stated.items() if value is not None}
        if wanted == kept:
            raise UsageError(
                f"Nothing of {row['name']} would change.", hint="Say what: --tier, --version …"
            )
        refuse_twin(reading, wanted, row["id"])
        return [event("tool-changed", row["id"], wanted, effective=effective)]

    return desk.write(make)


def review_tool(
    desk: Desk,
    named: str,
    facts: Sequence[str],
    *,
    source: Path,
    clause: str | None,
    stated: Mapping[str, Any],
    effective: str | None = None,
) -> Written:
    """State facts of a tool, each `name=answer`, with the terms they were read in.

    `stated` holds `reviewer`, `review_by`, and `stated_on` (today when None).
    """
    listed = [{**_fact(each), **({"clause": clause} if clause else {})} for each in facts]
    day = stated.get("stated_on") or datetime.now(UTC).date().isoformat()
    refuse_future(day, "--stated-on")
    body = {**stated, "stated_on": day, "facts": listed}
    with desk.store.reading() as reading:
        found(reading, "tools", named)
    body["document"] = keep_document(desk.home, source)

    def make(reading: RecordReading) -> list[Any]:
        row = found(reading, "tools", named)
        return [event("tool-fact-stated", row["id"], body, effective=effective)]

    return desk.write(make)


def list_tools(desk: Desk, when: AsOf) -> list[dict[str, Any]]:
    """Every tool that was registered by then, by name, with what was known of it."""
    with desk.store.reading() as reading:
        rows = [row for row in reading.rows("tools") if in_effect(row, when)]
        listed = [_summary(row, tool_answers(row, reading, when)) for row in rows]
    return sorted(listed, key=lambda each: (each["name"].casefold(), each["id"]))


def show_tool(desk: Desk, named: str, when: AsOf) -> dict[str, Any]:
    """A tool with every fact that counted then, why the rest is unsure, and its history."""
    with desk.store.reading() as reading:
        row = found(reading, "tools", named)
        answers = tool_answers(row, reading, when)
        told = history(reading, row["id"], when)
        papers = reading.rows("documents", subject=row["id"])
    names = {paper["digest"]: paper["name"] for paper in papers}
    summary = _summary(row, answers)
    summary["unsure"] = list(answers.unsure)
    summary["facts"] = [
        {
            "fact": fact.fact.value,
            "answer": fact.answer,
            "text": fact.text,
            "clause": fact.clause,
            "source": fact.document,
            "source_name": names.get(fact.document),
            "source_state": document_state(desk.home, fact.document) if fact.document else None,
            "reviewer": fact.reviewer,
            "holds_from": fact.holds_from,
            "review_by": fact.review_by,
            "entry": fact.entry,
        }
        for fact in answers.facts
    ]
    return {**summary, "history": told}


def refuse_twin(rows: Rows, stated: Mapping[str, Any], own: str | None = None) -> None:
    """Raises `UsageError` when a tool with this name, version, tier and account is on file."""
    wanted = identity(stated)
    for row in rows.rows("tools"):
        if row["id"] != own and identity(row) == wanted:
            raise UsageError(
                f"“{row['name']}” is on file already, as {row['id']}.",
                hint=f"Review it: gate tool review {row['id']} …, or tell the two apart by "
                "--version, --tier or --account.",
            )


def identity(stated: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells tools apart, whatever its capitals."""
    return tuple(str(stated.get(name) or "").casefold().strip() for name in IDENTITY)


def told_answer(fact: str, said: str) -> dict[str, str]:
    """A fact and what is said of it. Raises `UsageError` for an unknown fact."""
    name = fact.strip().casefold().replace("_", "-").replace(" ", "-")
    if name not in list(ToolFactName):
        raise UsageError(
            f"“{fact[:60]}” is not a fact of a tool.", hint=meant(name, list(ToolFactName))
        )
    answer = said.strip()
    if name in _FREE_TEXT and answer not in list(Answer):
        return {"fact": name, "text": answer}
    return {"fact": name, "answer": answer.casefold()}


def refuse_future(day: str, option: str) -> None:
    """Raises `UsageError` for a day that has not come: nobody can have said anything on it."""
    if day > datetime.now(UTC).date().isoformat():
        raise UsageError(
            f"{option} {day} has not come yet.", hint="Give the day on which it was said."
        )


def _fact(stated: str) -> dict[str, str]:
    name, equals, said = stated.partition("=")
    if not equals or not said.strip():
        raise UsageError(
            f"“{stated[:60]}” does not say what holds.", hint="Write it like this: --fact stores=no"
        )
    return told_answer(name, said)


def _summary(row: Row, answers: ToolAnswers) -> dict[str, Any]:
    return {
        "id": row["id"],
        **{name: row[name] for name in (*IDENTITY, "maker", "note")},
        "environment": answers.environment.value,
        "stores": answers.stores.value,
        "reuses": answers.reuses.value,
        "trains": answers.trains.value,
        "review_by": _earliest(fact.review_by for fact in answers.facts),
        "stale": list(answers.stale),
        "contradictions": list(answers.contradictions),
    }


def _earliest(days: Iterable[str | None]) -> str | None:
    return min((day for day in days if day), default=None)

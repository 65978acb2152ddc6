"""Declared uses: kept with their answer, changed, closed, and judged again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, BinaryIO, Final

from checkthegate.app.ask import answer_document
from checkthegate.app.home import Home
from checkthegate.app.recording import event, found, new_id, now, records_of
from checkthegate.app.registry.after import After
from checkthegate.app.registry.desk import Desk, Written, day_of
from checkthegate.app.registry.history import history
from checkthegate.app.registry.judging import Judge, Judged, registered
from checkthegate.app.registry.rejudging import rejudged
from checkthegate.declaration import Fault, plain, read_lines
from checkthegate.model import UsageError, Verdict
from checkthegate.model.event import Event
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf, Standing
from checkthegate.model.use import Answer, DeclaredUse
from checkthegate.registry.approvals import approval_of, approvals_for
from checkthegate.registry.consents import Asked
from checkthegate.registry.declared import declared_use
from checkthegate.registry.rows import Rows
from checkthegate.registry.times import as_known_now, in_effect
from checkthegate.registry.uses import effective_use, use_at
from checkthegate.rules import WouldChange
from checkthegate.rules import would_change as changes_that_help
from checkthegate.seams import RecordReading

_ANSWER: Final = ("verdict", "approval", "rules")


@dataclass(frozen=True, slots=True)
class Kept:
    """Uses that were recorded: their answers (`checkthegate.answer/1`, with `use`), and more."""

    written: Written
    answers: list[dict[str, Any]]


def keep_uses(
    desk: Desk,
    uses: Iterable[DeclaredUse],
    *,
    judge: Judge | None = None,
    would_change: bool = True,
    effective: str | None = None,
    due: bool = True,
) -> Kept:
    """Record declarations with their answers, all or none. `judge` is the home's when None."""
    declared, by = list(uses), judge or desk.judge
    judged: list[Judged] = []
    by.refs  # noqa: B018  packs are read before anybody waits for us

    def make(reading: RecordReading) -> list[Event]:
        rows, when = After(reading), as_known_now(now())
        judged[:] = [by.of_use(use, rows, when) for use in declared]
        return [
            event("use-declared", new_id("use"), _body(use, each, rows), effective=effective)
            for use, each in zip(declared, judged, strict=True)
        ]

    written = desk.write(make, due=due)
    answers = [
        {**answer_of(each, by, would_change=would_change), "use": one.subject}
        for each, one in zip(judged, written.events, strict=True)
    ]
    return Kept(written, answers)


def keep_lines(desk: Desk, stream: BinaryIO, would_change: bool = True) -> Iterator[dict[str, Any]]:
    """Record each declaration of a `.jsonl` stream by itself: one answer a line, in order.

    A line that is no declaration is answered with `{"error": …, "verdict": "escalate"}`.
    """
    for number, said in enumerate(read_lines(stream)):
        if isinstance(said, Fault):
            yield {"error": said.as_json(), "verdict": Verdict.ESCALATE.value}
        else:
            kept = keep_uses(desk, (said,), would_change=would_change, due=number == 0)
            yield from kept.answers


def answer_of(judged: Judged, judge: Judge, *, would_change: bool = True) -> dict[str, Any]:
    """The answer document of a use as the registry bears it out, with where the two disagree."""
    use, decision = judged.effective.use, judged.decision
    changes: Sequence[WouldChange] = ()
    if would_change:
        changes = tuple(changes_that_help(use, decision, judge.packs))
    return {
        **answer_document(use, decision, changes),
        "contradictions": list(judged.effective.contradictions),
        "unregistered": list(judged.effective.unregistered),
    }


def change_use(
    desk: Desk,
    named: str,
    change: Callable[[DeclaredUse], DeclaredUse],
    *,
    because: str | None,
    effective: str | None = None,
) -> Written:
    """Declare a use anew: `change` makes the new declaration of the one on file."""

    def make(reading: RecordReading) -> list[Event]:
        row = open_use(reading, named)
        declared = declared_use(row["declaration"])
        wanted = change(declared)
        if wanted == declared:
            raise UsageError(
                "Nothing of this use would change.", hint="Say what: --from FILE, or --final yes"
            )
        rows = After(reading)
        judged = desk.judge.of_use(wanted, rows, as_known_now(now()))
        body = {**_body(wanted, judged, rows), "because": because}
        return [event("use-changed", row["id"], body, effective=effective)]

    return desk.write(make)


def with_final(final: Answer) -> Callable[[DeclaredUse], DeclaredUse]:
    """The change from temporary to final, or back."""
    return lambda declared: replace(declared, final=final)


def close_use(desk: Desk, named: str, why: str, effective: str | None = None) -> Written:
    """Close a use: nothing more is made under it, and it is not judged again."""

    def make(reading: RecordReading) -> list[Event]:
        row = open_use(reading, named)
        return [event("use-closed", row["id"], {"why": why}, effective=effective)]

    return desk.write(make)


def review_uses(desk: Desk) -> Written:
    """Judge again, and record, whatever dates or new rules have changed."""
    return desk.write(lambda reading: [])


def live_uses(home: Home) -> list[DeclaredUse]:
    """The uses of a home that are not closed, as the registry bears them out now."""
    when = as_known_now(now())
    with records_of(home) as store, store.reading() as reading:
        asked = Asked(production=home.production)
        return [
            effective_use(declared_use(row["declaration"]), reading, when, asked=asked).use
            for row in reading.rows("uses")
            if not _closed(row, when)
        ]


def list_uses(
    desk: Desk, when: AsOf, *, changed: bool = False, also_closed: bool = False
) -> list[dict[str, Any]]:
    """The uses declared by then, each with its newest answer at that time.

    `changed` keeps those whose answer became another since they were declared, or would now.
    """
    with desk.store.reading() as reading:
        rows = [row for row in reading.rows("uses") if in_effect(row, when)]
        answers = _by_use(reading.rows("use_answers"), when)
        approved = _approved(reading, when)
        pending = {} if when.known else _pending(desk, reading)
    listed = [
        {
            **_summary(row, answers.get(row["id"], []), when, pending),
            "approvals": approved.get(row["id"], []),
        }
        for row in rows
    ]
    if changed:
        return [each for each in listed if each["changes"] or each["pending"]]
    return [each for each in listed if also_closed or when.known or not each["closed"]]


def show_use(desk: Desk, named: str, when: AsOf) -> dict[str, Any]:
    """A use as of a time: declaration, recorded answer, the answer in words, approvals, history."""
    judge = desk.judge if when.known is None else Judge.of(desk.home, day_of(when))
    with desk.store.reading() as reading:
        row = found(reading, "uses", named, "title")
        declared = use_at(reading, row["id"], when)
        if declared is None:
            raise UsageError(
                f"{row['id']} had not been declared then.", hint="Name a later time, or none."
            )
        rows = After(reading, when=when)
        judged = judge.of_stored(declared["declaration"], rows, when)
        answers = _by_use(reading.rows("use_answers", use=row["id"]), when).get(row["id"], [])
        approvals = [_approval(each.id, reading, when) for each in
                     approvals_for(reading, when, uses=[row["id"]])]  # fmt: skip
        pending = {} if when.known else _pending(desk, reading, row["id"])
        told = history(reading, row["id"], when)
    summary = _summary({**row, **_declared(declared)}, answers, when, pending)
    return {
        **summary,
        "declaration": declared["declaration"],
        "now": answer_of(judged, judge),
        "approvals": approvals,
        "history": told,
    }


def open_use(reading: RecordReading, named: str) -> Row:
    """The use with this id or title. Raises `UsageError` when there is none, or it is closed."""
    row = found(reading, "uses", named, "title")
    if row["closed_at"] is not None:
        raise UsageError(
            f"{row['id']} was closed on {row['closed_at'][:10]}: {row['closed_why']}",
            hint="Declare a new use: gate use add --from FILE",
        )
    return row


def _body(use: DeclaredUse, judged: Judged, rows: Rows) -> dict[str, Any]:
    tools, people = registered(use, rows)
    return {
        "title": use.title,
        "declaration": plain(use),
        "answer": judged.answer,
        "tools": tools,
        "talents": people,
    }


def _pending(
    desk: Desk, reading: RecordReading, only: str | None = None
) -> dict[str, Mapping[str, Any]]:
    """What a date or new rules changed that nobody has recorded yet, by use."""
    events = rejudged(reading, (), lambda: desk.judge, only=only)
    return {each.subject: each.body for each in events}


def _by_use(rows: Iterable[Row], when: AsOf) -> dict[str, list[Row]]:
    listed: dict[str, list[Row]] = {}
    for row in sorted((row for row in rows if in_effect(row, when)), key=lambda row: row["entry"]):
        listed.setdefault(row["use"], []).append(row)
    return listed


def _approved(reading: RecordReading, when: AsOf) -> dict[str, list[str]]:
    """The approvals of uses that are in force, by use."""
    found: dict[str, list[str]] = {}
    for row in reading.rows("approvals"):
        if row["use"] and row["answer"] == "yes" and in_effect(row, when):
            approval = approval_of(row, reading, when)
            if approval.standing is Standing.IN_FORCE:
                found.setdefault(row["use"], []).append(row["id"])
    return found


def _declared(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("title", "tools", "talents", "declaration")}


def _summary(
    row: Row, answers: Sequence[Row], when: AsOf, pending: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    newest = answers[-1] if answers else row
    again = pending.get(row["id"])
    changes = [
        {
            "before": {name: before[name] for name in _ANSWER},
            "now": {name: after[name] for name in _ANSWER},
            "because": after["because"] or "the declaration was changed",
            "cause": after["cause"] or f"entry {after['entry']}",
            "at": after["at"],
        }
        for before, after in pairwise(answers)
        if any(before[name] != after[name] for name in _ANSWER)
    ]
    differs = again is not None and any(row[name] != again["answer"][name] for name in _ANSWER)
    return {
        "id": row["id"],
        "title": row["title"],
        "verdict": newest["verdict"],
        "approval": newest["approval"],
        "rules": newest["rules"],
        "packs": newest["packs"],
        "declared_at": row["at"],
        "holds_from": row["holds_from"],
        "judged_at": newest["at"] if answers else row["judged_at"],
        "closed": _closed(row, when),
        "changes": changes,
        "pending": {"now": _verdict(again["answer"]), "because": again["because"]}
        if again is not None and differs
        else None,
    }


def _closed(row: Row, when: AsOf) -> bool:
    if row["closed_at"] is None:
        return False
    return in_effect({"at": row["closed_at"], "holds_from": row["closed_from"]}, when)


def _verdict(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in _ANSWER}


def _approval(id_: str, rows: Rows, when: AsOf) -> dict[str, Any]:
    approval = approval_of(rows.rows("approvals", id=id_)[0], rows, when)
    return {
        "id": approval.id,
        "answer": "yes" if approval.granted else "no",
        "standing": approval.standing.value,
        "covers": approval.covers.value,
        "rules": sorted(approval.rules),
        "person": approval.person,
        "until": approval.until,
    }

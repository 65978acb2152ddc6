"""Written approvals from outside: imported with their evidence, revoked, listed.

Nobody inside grants one. What is imported is what somebody else wrote, and who imported it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from checkthegate.app.recording import event, found, new_id
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.app.registry.documents import (
    document_signature,
    document_state,
    keep_document,
    mail_doubts,
    mail_headers,
    mail_time,
)
from checkthegate.app.registry.files import digested, only_files
from checkthegate.app.registry.history import history
from checkthegate.app.registry.tools import refuse_future
from checkthegate.app.wiring import load_packs
from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf, Cover
from checkthegate.registry.approvals import approval_of
from checkthegate.registry.fields import meant
from checkthegate.registry.rows import Rows
from checkthegate.registry.times import in_effect
from checkthegate.seams import RecordReading

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_RANGE: Final = re.compile(r"(?:(?P<file>.+)@)?(?P<start>[\d:.]+)-(?P<end>[\d:.]+)")
_STATED: Final = ("scope", "until", "answered_on", "escalation")


@dataclass(frozen=True, slots=True)
class Reply:
    """A written yes or no as somebody types it in. `files` are paths, or digests as reports
    show them; `use` an id or title."""

    answer: str
    person: str
    capacity: str
    evidence: Path
    rules: Sequence[str] = ()
    covers: str | None = None
    files: Sequence[str] = ()
    use: str | None = None
    ranges: Sequence[str] = ()
    scope: str | None = None
    until: str | None = None
    answered_on: str | None = None
    escalation: str | None = None
    effective: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """An approval on file, and what is to be known of it, in sentences."""

    written: Written
    approval: str
    notes: list[str] = field(default_factory=list)


def import_approval(desk: Desk, reply: Reply) -> Imported:
    """Record a reply as an approval; the escalation it names, if any, is answered by it."""
    escalation = None
    if reply.escalation is not None:
        with desk.store.reading() as reading:
            escalation = found(reading, "escalations", reply.escalation, "id")
            still_open(reading, reply.escalation)
    body, effective, notes = _body(desk, reply, escalation)

    def make(reading: RecordReading) -> list[Event]:
        approval = new_id("apr")
        events = [event("approval-imported", approval, body, effective=effective)]
        if escalation is not None:
            still_open(reading, escalation["id"])
            told = {"answer": reply.answer, "person": reply.person, "evidence": body["evidence"],
                    "approval": approval, "answered_on": body.get("answered_on")}  # fmt: skip
            events.append(event("escalation-answered", escalation["id"], told, effective=effective))
        return events

    written = desk.write(make)
    return Imported(written, written.id, notes)


def revoke_approval(
    desk: Desk, named: str, why: str, *, evidence: Path | None, effective: str | None = None
) -> Written:
    """Revoke an approval, or withdraw a no, from now or from `effective` on."""
    with desk.store.reading() as reading:
        _not_revoked(reading, named)
    body: dict[str, Any] = {"why": why}
    if evidence is not None:
        body["evidence"] = keep_document(desk.home, evidence)

    def make(reading: RecordReading) -> list[Event]:
        row = _not_revoked(reading, named)
        return [event("approval-revoked", row["id"], body, effective=effective)]

    return desk.write(make)


def list_approvals(desk: Desk, when: AsOf, use: str | None = None) -> list[dict[str, Any]]:
    """Every approval answered by then, the newest last, with where it stands."""
    with desk.store.reading() as reading:
        rows = [row for row in reading.rows("approvals") if in_effect(row, when)]
        if use is not None:
            wanted = found(reading, "uses", use, "title")["id"]
            rows = [row for row in rows if row["use"] == wanted]
        return [
            _summary(row, reading, when) for row in sorted(rows, key=lambda row: str(row["at"]))
        ]


def show_approval(desk: Desk, named: str, when: AsOf) -> dict[str, Any]:
    """An approval with what its evidence says of itself, and its history."""
    with desk.store.reading() as reading:
        row = found(reading, "approvals", named, "id")
        summary = _summary(row, reading, when)
        papers = {each["digest"]: each for each in reading.rows("documents", subject=row["id"])}
        told = history(reading, row["id"], when)
    paper = papers.get(row["evidence"])
    return {
        **summary,
        "ranges": row["ranges"],
        "packs": row["packs"],
        "evidence_name": paper["name"] if paper else None,
        "evidence_type": paper["media_type"] if paper else None,
        "evidence_state": document_state(desk.home, row["evidence"]) if row["evidence"] else None,
        "headers": row["headers"],
        "revoked_why": row["revoked_why"],
        "history": told,
    }


def known_rules(desk: Desk, rules: Sequence[str]) -> list[str]:
    """The rules, each once. Raises `UsageError` for one that no pack of the home has."""
    every = load_packs(desk.home.configuration.packs, home=desk.home)
    known = sorted({rule.id for pack in every for rule in pack.rules})
    for rule in rules:
        if rule not in known:
            raise UsageError(
                f"No pack of this home has a rule “{rule[:60]}”.", hint=_close(rule, known)
            )
    return list(dict.fromkeys(rules))


def seconds(text: str) -> float:
    """`12.5`, `1:02` or `01:02:03.5` as seconds. Raises `UsageError`."""
    parts = text.split(":")
    try:
        if len(parts) > 3:
            raise ValueError(text)
        numbers = [float(part) for part in parts]
    except ValueError:
        raise UsageError(
            f"“{text[:40]}” is not a time in a file.", hint="Write seconds, or 01:02:03.5."
        ) from None
    return sum(number * float(60**place) for place, number in enumerate(reversed(numbers)))


def _body(
    desk: Desk, reply: Reply, escalation: Row | None
) -> tuple[dict[str, Any], str | None, list[str]]:
    """The event's body, when it holds from, and notes. Keeps the evidence."""
    rules = known_rules(desk, reply.rules or (escalation["rules"] if escalation else ()))
    if not rules:
        raise UsageError(
            "It is not said which rules were answered.", hint="Name them: --rule nfx.p4 …"
        )
    files = _files(reply.files)
    body: dict[str, Any] = {name: getattr(reply, name) for name in _STATED}
    body |= {"answer": reply.answer, "person": reply.person, "capacity": reply.capacity}
    body |= {"rules": rules, "packs": desk.judge.refs}
    _add_subject(desk, body, reply, files, escalation)
    body["ranges"] = _ranges(reply.ranges, reply.files, files) or None
    if reply.answered_on:
        refuse_future(reply.answered_on, "--on")
    paper = keep_document(desk.home, reply.evidence)
    headers = mail_headers(desk.home, paper)
    body |= {"evidence": paper, "headers": headers}
    body["signature"] = document_signature(desk.home, paper)
    asked_at = str(escalation["at"]) if escalation is not None else None
    effective = reply.effective or _written(body, headers, asked_at)
    return body, effective, _notes(body, headers, effective, asked_at)


def _add_subject(
    desk: Desk,
    body: dict[str, Any],
    reply: Reply,
    files: Sequence[Mapping[str, Any]],
    escalation: Row | None,
) -> None:
    """What the approval is about; an answer that names nothing is about what was asked."""
    asked = escalation is not None and not files and reply.use is None
    if reply.use is not None:
        with desk.store.reading() as reading:
            body["use"] = found(reading, "uses", reply.use, "title")["id"]
    elif asked and escalation is not None:
        body["use"] = escalation["use"]
    listed = list(escalation["files"] or ()) if asked and escalation is not None else list(files)
    if listed:
        body["files"] = listed
    body["covers"] = reply.covers or (Cover.USE if body.get("use") and not listed else Cover.BYTES)
    if body["covers"] == Cover.USE and not body.get("use"):
        raise UsageError("An approval that covers a use has to name it.", hint="Name it: --use ID")
    if body["covers"] != Cover.USE and not listed:
        raise UsageError(
            f"An approval that covers {body['covers']} has to name the files.",
            hint="Name them: --file FILE …, or say --covers use.",
        )


def _files(named: Sequence[str]) -> list[dict[str, Any]]:
    listed: dict[str, dict[str, Any]] = {}
    for each in named:
        if _DIGEST.fullmatch(each):
            listed.setdefault(each, {"digest": each})
            continue
        file = digested(only_files([Path(each)])[0])
        listed.setdefault(file.digest, file.as_entry("digest", "path"))
    return list(listed.values())


def _ranges(
    stated: Sequence[str], named: Sequence[str], files: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    ranges = []
    for text in stated:
        read = _RANGE.fullmatch(text)
        if read is None:
            raise UsageError(
                f"“{text[:60]}” is not a range.", hint="Write FILE@IN-OUT: shot.mov@12.0-14.5"
            )
        one: dict[str, Any] = {"start": seconds(read["start"]), "end": seconds(read["end"])}
        if read["file"]:
            one["digest"] = _digest_of(read["file"], named, files)
        ranges.append(one)
    return ranges


def _digest_of(file: str, named: Sequence[str], files: Sequence[Mapping[str, Any]]) -> str:
    if _DIGEST.fullmatch(file):
        return file
    if file in named or not files:
        return digested(only_files([Path(file)])[0]).digest
    known = [each["digest"] for each in files if each.get("path") == file]
    if len(known) != 1:
        raise UsageError(
            f"The range of “{file}” is of no file that was named.", hint="Name it with --file too."
        )
    return str(known[0])


def _written(
    body: Mapping[str, Any], headers: dict[str, Any] | None, asked_at: str | None
) -> str | None:
    """When it was answered: the day that was given, else what the e-mail says, if it can be."""
    if body.get("answered_on"):
        return None
    written = mail_time(headers)
    if written is None or written > datetime.now(UTC) or _early(written, asked_at):
        return None
    return written.isoformat()


def _early(written: datetime, asked_at: str | None) -> bool:
    """Whether an answer was written before its question; to the minute, as clocks differ."""
    return asked_at is not None and written.strftime("%Y-%m-%dT%H:%M") < asked_at[:16]


def _notes(
    body: Mapping[str, Any],
    headers: dict[str, Any] | None,
    effective: str | None,
    asked_at: str | None,
) -> list[str]:
    notes = mail_doubts(headers, str(body["person"]))
    if effective and headers and not body.get("answered_on"):
        notes.append(f"It counts from when the e-mail says it was written: {effective[:16]} UTC.")
    written = mail_time(headers)
    if written is not None and _early(written, asked_at):
        notes.append("The e-mail is older than the question, so it counts from now.")
    if written is not None and written > datetime.now(UTC):
        notes.append("The e-mail is dated in the future, so it counts from now.")
    if body.get("until") and body["until"] < datetime.now(UTC).date().isoformat():
        notes.append(f"It ended on {body['until']}, so it covers nothing any more.")
    if body["covers"] == Cover.MATERIAL:
        notes.append(
            "Finished versions are recognised once matching by content is built; until then only "
            "recorded files with these very bytes are covered."
        )
    if body["signature"] == "untrusted":
        notes.append("The document bears a signature that was not verified.")
    return notes


def _not_revoked(reading: RecordReading, named: str) -> Row:
    row = found(reading, "approvals", named, "id")
    if row["revoked_at"] is not None:
        raise UsageError(
            f"{row['id']} was revoked already, from {row['revoked_from'][:10]}.",
            hint=f"See: gate approval show {row['id']}",
        )
    return row


def still_open(reading: RecordReading, id_: str) -> None:
    """Raises `UsageError` when an escalation has its yes or no already."""
    row = reading.rows("escalations", id=id_)[0]
    if row["answered_at"] is not None and row["answer"] in ("yes", "no"):
        raise UsageError(
            f"{id_} was answered already: {row['answer']}, on {row['answered_at'][:10]}.",
            hint="Import a further reply by itself: gate approval add …",
        )


def _summary(row: Row, rows: Rows, when: AsOf) -> dict[str, Any]:
    approval = approval_of(row, rows, when)
    files = rows.rows("approval_files", approval=row["id"])
    return {
        "id": row["id"],
        "answer": row["answer"],
        "standing": approval.standing.value,
        "covers": approval.covers.value,
        "rules": row["rules"],
        "person": row["person"],
        "capacity": row["capacity"],
        "use": row["use"],
        "files": [{"digest": each["digest"], "path": each["path"]} for each in files],
        "scope": row["scope"],
        "until": row["until"],
        "answered_on": row["answered_on"],
        "evidence": row["evidence"],
        "signature": row["signature"],
        "grade": approval.grade.value,
        "imported_by": row["by"],
        "imported_at": row["at"],
        "holds_from": row["holds_from"],
        "backdated": row["holds_from"] < row["at"],
        "escalation": row["escalation"],
    }


def _close(rule: str, known: list[str]) -> str:
    said = meant(rule, known)
    return f"{said.partition('?')[0]}?" if "?" in said else "See them: gate rules list"

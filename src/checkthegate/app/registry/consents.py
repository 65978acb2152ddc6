"""Consents and refusals of people: recorded with their limits, revoked, listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from checkthegate.app.recording import event, found, new_id
from checkthegate.app.registry.after import After
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.app.registry.documents import document_state, keep_document
from checkthegate.app.registry.history import history
from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf, ConsentType, Standing
from checkthegate.registry.consents import Asked, consent_for, consent_of
from checkthegate.registry.rows import Rows
from checkthegate.registry.times import as_known_now, in_effect, not_begun, past
from checkthegate.seams import RecordReading

_SHOWN: Final = (
    "id", "types", "basis", "replica", "production", "purpose", "scope", "media", "territories",
    "languages", "starts", "ends", "conditions", "script_version", "script_on",
    "strike_suspends", "minor", "separately_signed", "notice_given", "pay_settled",
    "scan_reason", "person", "document", "at", "holds_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """A consent or refusal that was recorded, and what is to be known of it, in sentences."""

    written: Written
    notes: list[str]


def add_consent(
    desk: Desk,
    named: str,
    stated: Mapping[str, Any],
    *,
    document: Path | None,
    granted: bool = True,
    effective: str | None = None,
) -> Stated:
    """Record a person's consent or refusal. Raises `UsageError` for one that changes nothing."""
    with desk.store.reading() as reading:
        found(reading, "talents", named)
    body = {**stated}
    if document is not None:
        body["document"] = keep_document(desk.home, document)
    notes: list[str] = []

    def make(reading: RecordReading) -> list[Event]:
        row = found(reading, "talents", named)
        kind = "consent-granted" if granted else "consent-refused"
        made = event(kind, new_id("con"), {**body, "talent": row["id"]}, effective=effective)
        _refuse_twin(reading, made)
        notes[:] = _notes(reading, made) if granted else []
        return [made]

    return Stated(desk.write(make), notes)


def revoke_consent(
    desk: Desk, named: str, why: str, *, document: Path | None, effective: str | None = None
) -> Written:
    """Revoke a consent, or withdraw a refusal, from now or from `effective` on."""
    body: dict[str, Any] = {"why": why}
    with desk.store.reading() as reading:
        _standing_row(reading, named)
    if document is not None:
        body["document"] = keep_document(desk.home, document)

    def make(reading: RecordReading) -> list[Event]:
        row = _standing_row(reading, named)
        made = event("consent-revoked", row["id"], body, effective=effective)
        if made.holds_from < row["holds_from"]:
            raise UsageError(
                f"{row['id']} holds only from {row['holds_from'][:10]}; it cannot be revoked from "
                f"{made.holds_from[:10]}.",
                hint="Name a later --effective, or none.",
            )
        return [made]

    return desk.write(make)


def list_consents(desk: Desk, when: AsOf, of: str | None = None) -> list[dict[str, Any]]:
    """Every consent and refusal on file by then, the newest last, with where it stands."""
    with desk.store.reading() as reading:
        person = found(reading, "talents", of)["id"] if of else None
        rows = reading.rows("consents", **({"talent": person} if person else {}))
        rows = sorted((r for r in rows if in_effect(r, when)), key=lambda row: str(row["at"]))
        return [_summary(row, reading, when) for row in rows]


def show_consent(desk: Desk, named: str, when: AsOf) -> dict[str, Any]:
    """A consent with where it stands and its history."""
    with desk.store.reading() as reading:
        row = found(reading, "consents", named, "id")
        summary = _summary(row, reading, when)
        told = history(reading, row["id"], when)
    if row["document"]:
        summary["document_state"] = document_state(desk.home, row["document"])
    return {**summary, "history": told}


def _standing_row(reading: RecordReading, named: str) -> Row:
    """A consent by id; or a person's only one that still stands."""
    if not named.startswith("con_"):
        person = found(reading, "talents", named)
        rows = [row for row in reading.rows("consents", talent=person["id"])
                if row["revoked_at"] is None and row["granted"]]  # fmt: skip
        if len(rows) != 1:
            ids = ", ".join(str(row["id"]) for row in rows[:5]) or "none"
            raise UsageError(
                f"{person['name']} has {len(rows)} consents that could be revoked: {ids}.",
                hint="Name the one you mean by its id.",
            )
        return rows[0]
    row = found(reading, "consents", named, "id")
    if row["revoked_at"] is not None:
        raise UsageError(
            f"{row['id']} was revoked already, from {row['revoked_from'][:10]}.",
            hint=f"See: gate consent show {row['id']}",
        )
    return row


def _refuse_twin(reading: RecordReading, made: Event) -> None:
    """The very same words about the same person, still standing: recorded twice by mistake."""
    body: Mapping[str, Any] = made.body
    names = [name for name in _SHOWN if name not in ("id", "at", "holds_from", "document")]
    document = (body.get("document") or {}).get("digest")
    for row in reading.rows("consents", talent=body["talent"]):
        same = all((body.get(name) or None) == (row[name] or None) for name in names)
        granted = row["granted"] == (made.kind == "consent-granted")
        if same and granted and row["revoked_at"] is None and row["document"] == document:
            raise UsageError(
                f"The very same is on file already, as {row['id']}.",
                hint=f"See: gate consent show {row['id']}",
            )


def _notes(reading: RecordReading, made: Event) -> list[str]:
    """What a consent comes to, as it will be on file. Raises `UsageError` if it is nothing."""
    body: Mapping[str, Any] = made.body
    rows, when = After(reading, [made]), as_known_now(made.at)
    notes = []
    for kind in body["types"]:
        asked = Asked(production=body.get("production"))
        answer = consent_for(rows, body["talent"], (ConsentType(kind),), when, asked)
        overruled = answer.standing in (Standing.REFUSED, Standing.REVOKED)
        if overruled and made.subject in answer.conflicts:
            raise UsageError(
                f"This consent would change nothing: {answer.reason}, and that is newer. "
                "Nothing was recorded.",
                hint=f"See: gate consent show {answer.consent}. If that no longer stands, revoke "
                "it first; if this consent came later, leave out --effective.",
            )
        if answer.consent and answer.consent != made.subject:
            notes.append(f"For {kind}, {answer.consent} decides: {answer.reason}.")
        elif answer.conflicts:
            others = ", ".join(answer.conflicts)
            notes.append(f"For {kind} this contradicts what is on file, and is newer: {others}.")
    if not body.get("document"):
        notes.append(
            "No document was given, so it counts as not documented: uses that rest on it stay "
            "unsure."
        )
    return notes


def _summary(row: Row, rows: Rows, when: AsOf) -> dict[str, Any]:
    consent = consent_of(row, rows, when)
    person = next(iter(rows.rows("talents", id=row["talent"])), None)
    return {
        **{name: row[name] for name in _SHOWN},
        "talent": row["talent"],
        "name": person["name"] if person else None,
        "granted": consent.granted,
        "standing": _stands(row, consent.granted, consent.revoked_from, when).value,
        "revoked_from": consent.revoked_from,
        "backdated": row["holds_from"] < row["at"],
    }


def _stands(row: Row, granted: bool, revoked_from: str | None, when: AsOf) -> Standing:
    if revoked_from is not None:
        return Standing.REVOKED if granted else Standing.MISSING
    if past(row["ends"], when):
        return Standing.EXPIRED if granted else Standing.MISSING
    if not_begun(row["starts"], when):
        return Standing.NOT_YET
    return Standing.IN_FORCE if granted else Standing.REFUSED


def types_of(words: Sequence[str]) -> list[str]:
    """Kinds of consent as typed: several at once, or separated by commas."""
    return list(dict.fromkeys(word.strip() for each in words for word in each.split(",")))

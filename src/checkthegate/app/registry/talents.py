"""People: added, enrolled with their consent, forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from checkthegate.app.recording import event, found, new_id, now
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.app.registry.documents import forget_documents
from checkthegate.app.registry.files import Digested, digested, files_in
from checkthegate.app.registry.history import history
from checkthegate.app.registry.rejudging import Cause, person_name
from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf, ConsentAnswer, ConsentType, Modality, Standing
from checkthegate.registry.consents import Asked, consent_for
from checkthegate.registry.events import erasure
from checkthegate.registry.times import as_known_now, in_effect
from checkthegate.seams import RecordReading

BY_CONTENT_LATER: Final = (
    "Faces and voices are recognised by content only once that is built; until then the files "
    "are kept by their digests."
)
_NAMES: Final = ("name", "represented_by", "union_name", "minor", "note")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrolment, the consent it rests on, and what is to be known of that."""

    written: Written
    modality: Modality
    consent: ConsentAnswer


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased of a person: the ledger's entries whose contents are gone for good."""

    talent: str
    entries: list[int]
    uses: list[str]


def add_talent(desk: Desk, stated: Mapping[str, Any], effective: str | None = None) -> Written:
    """Register a person."""

    def make(reading: RecordReading) -> list[Event]:
        _refuse_twin(reading, str(stated["name"]))
        return [event("talent-added", new_id("tal"), stated, effective=effective)]

    return desk.write(make)


def change_talent(
    desk: Desk, named: str, stated: Mapping[str, Any], effective: str | None = None
) -> Written:
    """Change what is said of a person."""

    def make(reading: RecordReading) -> list[Event]:
        row = found(reading, "talents", named)
        kept = {name: row[name] for name in _NAMES}
        wanted = kept | {name: value for name, value in stated.items() if value is not None}
        if wanted == kept:
            raise UsageError("Nothing of this person would change.", hint="Say what: --union …")
        if str(wanted["name"]).casefold() != str(row["name"]).casefold():
            _refuse_twin(reading, str(wanted["name"]))
        return [event("talent-changed", row["id"], wanted, effective=effective)]

    return desk.write(make)


def enrol(
    desk: Desk, named: str, paths: Sequence[Path], modality: Modality | None = None
) -> Enrolled:
    """Enrol a person's pictures or recordings. Needs their biometric consent, in force.

    What they are recognised by is told by the files unless `modality` says it.
    """
    files = [digested(each) for each in files_in(paths)]
    told = modality or _modality(files)
    rests_on: list[ConsentAnswer] = []

    def make(reading: RecordReading) -> list[Event]:
        row = found(reading, "talents", named)
        consent = consent_for(
            reading, row["id"], (ConsentType.BIOMETRIC,), as_known_now(now()),
            Asked(production=desk.home.production or None),
        )  # fmt: skip
        if consent.standing is not Standing.IN_FORCE or consent.consent is None:
            raise UsageError(
                f"{row['name']} cannot be enrolled: {consent.reason}. Nothing was recorded.",
                hint=f"Record it first: gate consent add {row['id']} --type biometric "
                "--document FILE",
            )
        rests_on[:] = [consent]
        body = {
            "consent": consent.consent,
            "modality": told,
            "files": [file.as_entry("digest", "path") for file in files],
        }
        return [event("talent-enrolled", row["id"], body)]

    return Enrolled(desk.write(make), told, rests_on[0])


def forget(desk: Desk, named: str, why: str, *, everything: bool = False) -> Forgotten:
    """Erase a person's enrolments for good; with `everything` all that is on file of them.

    The contents of the entries go with their salts; the ledger still verifies, since the
    erasure names them. Recorded uses that name the person stay as they are, and are named.
    """
    with desk.store.reading() as reading:
        row = found(reading, "talents", named)
        consents = {each["id"] for each in reading.rows("consents", talent=row["id"])}
        about = _events(reading, row["id"], consents, everything=everything)
        papers = {each["digest"] for id_ in (row["id"], *consents)
                  for each in reading.rows("documents", subject=id_)}  # fmt: skip
        uses = [each["id"] for each in reading.rows("uses")
                if _names(each["declaration"], row)]  # fmt: skip
    if not everything:
        desk.write(lambda _: [event("talent-forgotten", row["id"], {"why": why})])
    if about:
        body = erasure(about, why)
        desk.store.erase(body["entries"], event("person-erased", new_id("ers"), body))
    if everything:
        forget_documents(desk.home, papers - _still_named(desk, papers))
        gone = Cause(
            frozenset({row["id"], person_name(row["name"])}), "a person’s records were erased"
        )
        desk.write(lambda _: [], also=[gone])
    return Forgotten(row["id"], [number for number, _ in about], uses)


def list_talents(desk: Desk, when: AsOf) -> list[dict[str, Any]]:
    """Every person on file by then, by name, with what they consented to."""
    with desk.store.reading() as reading:
        rows = [row for row in reading.rows("talents") if in_effect(row, when)]
        listed = [_summary(row, reading, when) for row in rows]
    return sorted(listed, key=lambda each: (each["name"].casefold(), each["id"]))


def show_talent(desk: Desk, named: str, when: AsOf) -> dict[str, Any]:
    """A person, where each kind of consent stands and why, and the history."""
    with desk.store.reading() as reading:
        row = found(reading, "talents", named)
        told = history(reading, row["id"], when)
        return {**_summary(row, reading, when), "history": told}


def consents_by_type(reading: RecordReading, talent: str, when: AsOf) -> dict[str, dict[str, Any]]:
    """Where a person's consent stands for each kind that is on file."""
    answers = {kind: consent_for(reading, talent, (kind,), when) for kind in ConsentType}
    return {
        kind.value: {
            "standing": answer.standing.value,
            "consent": answer.consent,
            "reason": answer.reason,
            "documented": answer.documented,
            "limits": list(answer.limits),
            "conflicts": list(answer.conflicts),
        }
        for kind, answer in answers.items()
        if answer.standing is not Standing.MISSING
    }


def _summary(row: Row, reading: RecordReading, when: AsOf) -> dict[str, Any]:
    enrolled = [each for each in reading.rows("enrolments", talent=row["id"])
                if in_effect(each, when)]  # fmt: skip
    return {
        "id": row["id"],
        **{name: row[name] for name in (*_NAMES, "at")},
        "consents": consents_by_type(reading, row["id"], when),
        "enrolled": {
            each.value: sum(one["modality"] == each for one in enrolled) for each in Modality
        },
        "forgotten": row["forgotten_at"],
    }


def _refuse_twin(reading: RecordReading, name: str) -> None:
    for row in reading.rows("talents"):
        if str(row["name"]).casefold() == name.strip().casefold():
            raise UsageError(
                f"“{row['name']}” is on file already, as {row['id']}.",
                hint="Use that one. Somebody else of the same name: add what tells them apart, "
                f"“{name} (stunts)”.",
            )


def _modality(files: Iterable[Digested]) -> Modality:
    found = set()
    for file in files:
        family = file.media_type.partition("/")[0]
        if family not in ("image", "video", "audio"):
            raise UsageError(
                f"“{file.path}” is neither a picture, a movie nor a sound.",
                hint="Name files that show the person’s face, or hold their voice.",
            )
        found.add(Modality.VOICE if family == "audio" else Modality.FACE)
    if len(found) > 1:
        raise UsageError(
            "These are pictures and recordings at once.",
            hint="Enrol face and voice one after the other.",
        )
    return found.pop()


def _events(
    reading: RecordReading, talent: str, consents: set[str], *, everything: bool
) -> list[tuple[int, Event]]:
    """What is to be erased: the enrolments, or every event about the person."""
    if not everything:
        return [
            (number, each)
            for number, each in reading.events()
            if each.subject == talent and each.kind == "talent-enrolled"
        ]
    return [
        (number, each)
        for number, each in reading.events()
        if each.subject == talent or each.subject in consents
    ]


def _names(declaration: Mapping[str, Any], row: Row) -> bool:
    people = [str(each.get("who") or "") for each in declaration.get("talent") or ()]
    return any(who == row["id"] or who.casefold() == row["name"].casefold() for who in people)


def _still_named(desk: Desk, papers: set[str]) -> set[str]:
    with desk.store.reading() as reading:
        return {each for each in papers if reading.rows("documents", digest=each)}

"""Escalations: a question to the studio with its packet, and the answer that comes back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from checkthegate.app.recording import event, found, new_id, now
from checkthegate.app.registry.approvals import Imported, Reply, import_approval, still_open
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.app.registry.documents import keep_document
from checkthegate.app.registry.history import history
from checkthegate.app.registry.packet import Asked, about_files, about_use, packet_document
from checkthegate.model import UsageError, digest_bytes
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf
from checkthegate.registry.times import in_effect
from checkthegate.seams import RecordReading

DEFAULT_QUESTION: Final = "May we go on as described here?"
_ANSWERS: Final = ("yes", "no", "question")


@dataclass(frozen=True, slots=True)
class Opened:
    """An escalation on file and its packet's two files."""

    written: Written
    page: Path
    document: Path


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: of a use, of files, or of both. `rules` are found out when empty."""

    targets: Sequence[str]
    questions: Sequence[str] = ()
    rules: Sequence[str] = ()
    contact: str | None = None
    sent_on: str | None = None
    final: bool = True
    out: Path | None = None
    progress: Callable[[Any], None] = field(default=lambda _: None)


def open_escalation(desk: Desk, question: Question) -> Opened:
    """Write the packet and record the question. Nothing is recorded when a fault comes up."""
    use, files = _targets(desk, question.targets)
    id_ = new_id("esc")
    asked = Asked(
        id=id_,
        questions=tuple(question.questions) or (DEFAULT_QUESTION,),
        contact=question.contact,
        opened_at=now(),
        rules=tuple(question.rules),
    )
    described = about_use(desk, use) if use is not None else None
    shown = about_files(desk, files, question.final, question.progress) if files else None
    document = packet_document(desk, asked, described, shown)
    body = {
        "use": use["id"] if use is not None else None,
        "files": _named_files(document) or None,
        "rules": document["answer"]["rules"],
        "question": "\n".join(asked.questions),
        "contact": question.contact,
        "sent_on": question.sent_on,
    }
    page, kept, digest = _write(desk, document, question.out)
    written = desk.write(lambda _: [event("escalation-opened", id_, {**body, "packet": digest})])
    return Opened(written, page, kept)


def answer_escalation(desk: Desk, named: str, reply: Reply, text: str | None = None) -> Imported:
    """Record the reply. A yes or no is imported as an approval as well; a question is not."""
    with desk.store.reading() as reading:
        row = found(reading, "escalations", named, "id")
        still_open(reading, row["id"])
    if reply.answer != "question":
        return import_approval(desk, reply)
    body = {
        "answer": reply.answer,
        "person": reply.person,
        "text": text,
        "answered_on": reply.answered_on,
        "evidence": keep_document(desk.home, reply.evidence),
    }
    made = desk.write(
        lambda _: [event("escalation-answered", row["id"], body, effective=reply.effective)]
    )
    return Imported(made, "", ["They asked back; the escalation stays open until yes or no."])


def list_escalations(desk: Desk, when: AsOf, *, only_open: bool = False) -> list[dict[str, Any]]:
    """Every escalation opened by then, the oldest first, with the days it has been open."""
    with desk.store.reading() as reading:
        rows = [row for row in reading.rows("escalations") if in_effect(row, when)]
        listed = [_summary(row, reading, when) for row in sorted(rows, key=lambda r: str(r["at"]))]
    return [each for each in listed if each["open"] or not only_open]


def show_escalation(desk: Desk, named: str, when: AsOf) -> dict[str, Any]:
    """An escalation with its answer, where its packet lies, and its history."""
    with desk.store.reading() as reading:
        row = found(reading, "escalations", named, "id")
        told = history(reading, row["id"], when)
        summary = _summary(row, reading, when)
    folder = _folder(desk, row["id"], None)
    kept = folder / _name(row["id"], "html")
    return {
        **summary,
        "files": row["files"] or [],
        "packet": row["packet"],
        "packet_file": str(kept) if kept.is_file() else None,
        "history": told,
    }


def _targets(desk: Desk, named: Sequence[str]) -> tuple[Row | None, list[Path]]:
    """The use among what was named, and the files. A name that is a file is that file."""
    use: Row | None = None
    files = []
    for each in named:
        if Path(each).exists():
            files.append(Path(each))
            continue
        if not each.startswith("use_") and ("/" in each or "." in Path(each).suffix):
            raise UsageError(
                f"There is no file “{each}”, nor a use of that title.",
                hint="Name a file that is there, or a use: gate use list",
                path=each,
            )
        if use is not None:
            raise UsageError("Two uses are named.", hint="Open one escalation for each.")
        with desk.store.reading() as reading:
            use = found(reading, "uses", each, "title")
    return use, files


def _named_files(document: dict[str, Any]) -> list[dict[str, Any]]:
    listed = (document["files"] or {}).get("listed", [])
    kept = {each["digest"]: each["path"] for each in listed if each["digest"]}
    return [{"digest": digest, "path": path} for digest, path in kept.items()]


def _write(desk: Desk, document: dict[str, Any], out: Path | None) -> tuple[Path, Path, str]:
    """Write both files; the page, the document, and the document's digest."""
    from checkthegate.report.packet import render_packet

    content = (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
    folder = _folder(desk, document["id"], out)
    page, kept = (folder / _name(document["id"], ending) for ending in ("html", "json"))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700 if out is None else 0o777)
        for file, text in ((kept, content), (page, render_packet(document))):
            fresh = file.with_name(f".{file.name}.part")
            fresh.write_bytes(text)
            os.replace(fresh, file)
    except OSError as problem:
        raise UsageError(
            f"The packet cannot be written to “{folder}”: {problem.strerror}. "
            "Nothing was recorded.",
            hint="Name another folder with --out.",
            path=str(folder),
        ) from None
    return page, kept, digest_bytes(content)


def _folder(desk: Desk, id_: str, out: Path | None) -> Path:
    return out if out is not None else desk.home.folder / "escalations" / id_


def _name(id_: str, ending: str) -> str:
    return f"escalation-{id_.partition('_')[2]}.{ending}"


def _summary(row: Row, reading: RecordReading, when: AsOf) -> dict[str, Any]:
    answers = [each for each in reading.rows("escalation_answers", escalation=row["id"])
               if in_effect(each, when)]  # fmt: skip
    answers.sort(key=lambda each: (each["answer"] in ("yes", "no"), each["at"]))
    newest = answers[-1] if answers else None
    settled = newest is not None and newest["answer"] in ("yes", "no")
    until = newest["at"] if settled and newest else when.valid
    return {
        "id": row["id"],
        "use": row["use"],
        "files": len(row["files"] or ()),
        "rules": row["rules"],
        "question": row["question"],
        "contact": row["contact"],
        "opened_at": row["at"],
        "open": not settled,
        "days_open": _days(row["at"], until),
        "answer": newest["answer"] if newest else None,
        "answered_by": newest["person"] if newest else None,
        "answered_at": newest["at"] if newest else None,
        "approval": newest["approval"] if newest else None,
    }


def _days(since: str, until: str) -> int:
    passed = datetime.fromisoformat(until) - datetime.fromisoformat(since)
    return max(0, passed.days)

"""Events and books for the tests: short names, running times, real builders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checkthegate.model import Asset, Evidence, Grade, Kind, Source, Span, digest_bytes
from checkthegate.model.event import Event
from checkthegate.registry.events import build
from checkthegate.registry.project import project
from checkthegate.registry.rows import Book, Snapshot

PACK = {"id": "netflix", "version": "2025.08", "digest": digest_bytes(b"pack")}


def id_of(prefix: str, number: int = 1) -> str:
    """`use_0000000001`."""
    return f"{prefix}_{number:010d}"


def digest(text: str) -> str:
    return digest_bytes(text.encode())


def paper(text: str = "paper") -> dict[str, Any]:
    return {"digest": digest(text), "name": f"{text}.pdf", "size": len(text)}


def time(minute: int, day: int = 1) -> str:
    return f"2026-11-{day:02d}T{minute // 60:02d}:{minute % 60:02d}:00Z"


DECLARATION: dict[str, Any] = {
    "title": "A sign in the background",
    "purpose": "background",
    "outputs": ["image"],
    "tools": [
        {
            "name": "Paintbox",
            "environment": "partner-enterprise",
            "stores": "no",
            "reuses": "no",
            "trains": "no",
        }
    ],
    "final": "yes",
    "inputs": [],
    "references": [],
    "imitates": "no",
    "talent": [],
    "union_work": "no",
    "mistakable_for_real": "no",
    "training": None,
}


def use_body(declaration: Mapping[str, Any] = DECLARATION, **more: Any) -> dict[str, Any]:
    answer = {"verdict": "escalate", "approval": "required", "rules": ["nfx.p4"], "packs": [PACK]}
    return {
        "title": declaration["title"],
        "declaration": declaration,
        "answer": answer,
        "tools": [],
        "talents": [],
        **more,
    }


def record_body(use: str, *files: str, **more: Any) -> dict[str, Any]:
    return {
        "use": use,
        "steps": [{"name": "Paintbox"}],
        "files": [{"digest": digest(name), "path": name} for name in files],
        **more,
    }


def approval_body(**more: Any) -> dict[str, Any]:
    return {
        "answer": "yes",
        "person": "Nora Contact",
        "capacity": "studio contact",
        "rules": ["nfx.p4"],
        "covers": "bytes",
        "evidence": paper("mail"),
        **more,
    }


class Log:
    """Writes events as an app would, one after the other, and keeps the book."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.book = Book()

    def add(
        self,
        kind: str,
        subject: str,
        body: Mapping[str, Any],
        at: str | None = None,
        effective: str | None = None,
    ) -> Event:
        made = at or time(len(self.events))
        event = build(kind, subject, body, at=made, by="ann", effective=effective)
        self.book.apply(project(len(self.events), event))
        self.events.append(event)
        return event

    def rows(self) -> Snapshot:
        return self.book.snapshot()


def rebuilt(events: list[Event], without: frozenset[int] = frozenset()) -> Book:
    book = Book()
    for number, event in enumerate(events):
        if number not in without:
            book.apply(project(number, event))
    return book


def asset(name: str, kind: Kind = Kind.IMAGE) -> Asset:
    return Asset(name, kind, "image/png", 10, digest(name))


def says_ai(tool: str | None = "Paintbox", grade: Grade = Grade.DECLARED) -> Evidence:
    return Evidence("metadata", grade, "ai-generated", {"tool": tool} if tool else {})


def matched(
    record: str,
    path: str | None,
    span: tuple[float, float] | None = None,
    source: tuple[float, float] | None = None,
    distance: float | None = 1.0,
    grade: Grade = Grade.PROVEN,
    **detail: Any,
) -> Evidence:
    return Evidence(
        "fingerprint",
        grade,
        "matches-recorded",
        detail,
        span=Span(*span) if span else None,
        source=Source(record, path, Span(*source) if source else None, distance),
    )

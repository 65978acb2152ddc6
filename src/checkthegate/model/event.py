"""What happened: the one thing that is ever written, from which all records follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checkthegate.model.canonical import Json, canonical

EVENT_SCHEMA = "checkthegate.event/1"


@dataclass(frozen=True, slots=True)
class Event:
    """A change to the records.

    `kind` is what happened (`consent-granted`), `subject` the id of what it happened to.
    `at` is when it was recorded and `effective` when it holds from (None: the same), both
    UTC in ISO 8601. `by` is who did it, as this account calls itself.
    """

    kind: str
    subject: str
    body: Mapping[str, Json]
    at: str
    by: str
    effective: str | None = None

    @property
    def holds_from(self) -> str:
        """When it holds from."""
        return self.effective or self.at

    def as_json(self) -> dict[str, Any]:
        """The `checkthegate.event/1` document."""
        return {
            "schema": EVENT_SCHEMA,
            "kind": self.kind,
            "subject": self.subject,
            "at": self.at,
            "effective": self.effective,
            "by": self.by,
            "body": dict(self.body),
        }

    def canonical(self) -> bytes:
        """The RFC 8785 bytes that the ledger's salted digest is of."""
        return canonical(self.as_json())


def event_from_json(stored: Mapping[str, Any]) -> Event:
    """The inverse of `Event.as_json`. Raises `ValueError` for another schema."""
    if stored.get("schema") != EVENT_SCHEMA:
        raise ValueError(f"not an event: {stored.get('schema')!r}")
    return Event(
        kind=stored["kind"],
        subject=stored["subject"],
        body=stored["body"],
        at=stored["at"],
        by=stored["by"],
        effective=stored["effective"],
    )

"""What was ever recorded of a thing: the events themselves, in the order they were written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from checkthegate.model.registry import AsOf
from checkthegate.seams import RecordReading

_WORDS: Final = {
    "tool-added": "added",
    "tool-changed": "changed",
    "tool-fact-stated": "reviewed",
    "use-declared": "declared",
    "use-changed": "changed",
    "use-rejudged": "judged again",
    "use-closed": "closed",
    "work-added": "added",
    "work-changed": "changed",
    "talent-added": "added",
    "talent-changed": "changed",
    "talent-enrolled": "enrolled",
    "talent-forgotten": "forgotten",
    "consent-granted": "granted",
    "consent-refused": "refused",
    "consent-revoked": "revoked",
    "approval-imported": "imported",
    "approval-revoked": "revoked",
    "escalation-opened": "opened",
    "escalation-answered": "answered",
    "gap-accepted": "accepted",
    "prominence-stated": "stated",
    "fingerprinted": "fingerprinted",
}


def history(reading: RecordReading, subject: str, when: AsOf | None = None) -> list[dict[str, Any]]:
    """Every event about a thing, the oldest first; with `when` those recorded by then.

    Each has `entry`, `kind`, `what` in a word, `at` (recorded), `effective` (holds from),
    `backdated`, `by`, and the `because`, `verdict` or `why` that it states.
    """
    known = when.known if when else None
    told = [_told(entry, stated) for entry, stated in _events(reading, subject)]
    return [each for each in told if known is None or each["at"] <= known]


def _events(reading: RecordReading, subject: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Only bodies that name the subject are read: the rest is passed over as bytes."""
    mark = f'"subject":"{subject}"'.encode()
    for entry, _, _, body in reading.entries():
        if body is not None and mark in body:
            stated = json.loads(body)
            if stated.get("subject") == subject:
                yield entry, stated


def _told(entry: int, stated: dict[str, Any]) -> dict[str, Any]:
    body = stated["body"]
    told = {
        "entry": entry,
        "kind": stated["kind"],
        "what": _WORDS.get(stated["kind"], stated["kind"]),
        "at": stated["at"],
        "effective": stated["effective"] or stated["at"],
        "backdated": bool(stated["effective"]) and stated["effective"] < stated["at"],
        "by": stated["by"],
    }
    for name in ("because", "why", "before", "facts", "reviewer", "person"):
        if name in body:
            told[name] = body[name]
    if isinstance(body.get("answer"), dict):
        told["verdict"] = body["answer"]["verdict"]
        told["approval"] = body["answer"]["approval"]
    return told


def oldest(told: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The event that made the thing."""
    return told[0] if told else None

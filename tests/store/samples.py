"""A small projection, events for it, and what a verification of its records says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkthegate.app.sealing import HomeSealing
from checkthegate.ledger import StoredEntry, public_key, verify_chain
from checkthegate.model import digest_bytes
from checkthegate.model.event import Event
from checkthegate.model.table import Change, Column, ColumnType, Drop, Put, Set, Table
from checkthegate.seams import Projection, RecordReading, RecordStore
from checkthegate.store.records import open_records

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

TOOLS = Table(
    "tools",
    (
        Column("id", required=True),
        Column("name", required=True),
        Column("facts", ColumnType.JSON),
        Column("live", ColumnType.BOOL, required=True),
        Column("weight", ColumnType.REAL),
        Column("uses", ColumnType.INT),
        Column("entry", ColumnType.INT, required=True),
    ),
    ("id",),
    (("name",),),
)
EDGES = Table(
    "edges",
    (
        Column("source", required=True),
        Column("target", required=True),
        Column("label"),
        Column("entry", ColumnType.INT, required=True),
    ),
    ("source", "target"),
    (("target",),),
)
PRINTS = Table(
    "prints",
    (
        Column("id", required=True),
        Column("fingerprint", required=True),
        Column("entry", ColumnType.INT, required=True),
    ),
    ("id",),
    (("fingerprint",), ("entry",)),
)


def project(number: int, event: Event) -> Sequence[Change]:
    """What the sample events change."""
    body: Mapping[str, Any] = event.body
    if event.kind == "tool-added":
        return [Put("tools", {"live": True, **body, "id": event.subject, "entry": number})]
    if event.kind == "tool-changed":
        return [Set("tools", {"id": event.subject}, {**body, "entry": number})]
    if event.kind == "edges-added":
        edges = [
            Put("edges", {"source": a, "target": b, "label": None, "entry": number})
            for a, b in body["edges"]
        ]
        return [*edges, *_print(number, event)]
    if event.kind == "printed":
        return _print(number, event)
    if event.kind == "person-erased":
        prints = [Drop("prints", {"id": each}) for each in body.get("prints", ())]
        return [Drop("tools", {"id": body["tool"]}), *prints]
    return []


def _print(number: int, event: Event) -> list[Put]:
    """A fingerprint that an event names."""
    if "fingerprint" not in event.body:
        return []
    named = event.body["fingerprint"]
    return [Put("prints", {"id": event.subject, "fingerprint": named, "entry": number})]


PROJECTION = Projection(1, (TOOLS, EDGES, PRINTS), project, ("prints", "fingerprint"))


def tool(number: int, **more: Any) -> Event:
    """A tool is added."""
    body = {"name": f"Tool {number}", "facts": {"b": [1, 2.5], "ä": None}, "weight": 1.5, **more}
    return event("tool-added", f"tool_{number:06d}", body)


def printed(subject: str, body: bytes) -> tuple[Event, dict[str, bytes]]:
    """An event that names a fingerprint, and the fingerprint by its digest."""
    digest = digest_bytes(body)
    return event("printed", subject, {"fingerprint": digest}), {digest: body}


def event(kind: str, subject: str, body: Mapping[str, Any]) -> Event:
    """An event at some time."""
    return Event(kind, subject, body, "2026-03-01T12:00:00.000000Z", "anna")


def opened(url: str, **more: Any) -> RecordStore:
    """The records at this address, made when there are none."""
    return open_records(url, PROJECTION, HomeSealing(KEY), **{"create": True, **more})


def breaks(reading: RecordReading) -> list[tuple[int | None, str]]:
    """Everything that does not verify: in the ledger, then in the tables."""
    chain = verify_chain(
        map(StoredEntry._make, reading.entries()),
        reading.checkpoints(),
        [public_key(KEY)],
        nodes=reading.nodes,
        thorough=True,
    )
    found = [(each.entry, each.what) for each in chain.breaks]
    return found + [tuple(each) for each in reading.differences()]  # type: ignore[misc]

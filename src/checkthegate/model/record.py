"""What goes into the records' ledger and what comes back: plain tuples, made by the thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

EntryRow: TypeAlias = tuple[int, bytes, bytes | None, bytes | None]
"""An entry as stored: number (from 0), leaf, salt, body; the last two None once erased."""

Row: TypeAlias = Mapping[str, Any]
"""A table's row by column; JSON columns are decoded."""


class Prepared(NamedTuple):
    """An event made ready for sealing: everything but its number. `body` is canonical."""

    kind: str
    at: str
    salt: bytes
    body: bytes
    digest: str


class Sealed(NamedTuple):
    """Events in the tree: leaves, the complete subtrees they made, the new edge, a checkpoint.

    `nodes` holds runs of (level, first index, hashes); level 0 has one hash for each leaf.
    `edge` is opaque to all but the sealing that made it.
    """

    leaves: Sequence[bytes]
    nodes: Sequence[tuple[int, int, Sequence[bytes]]]
    edge: bytes
    checkpoint: str


class Receipt(NamedTuple):
    """What was recorded, durably: the entries' numbers and a checkpoint that covers them."""

    entries: range
    checkpoint: str


class Difference(NamedTuple):
    """Where the records are not what the events say; `entry` is the one concerned, if one is."""

    entry: int | None
    what: str

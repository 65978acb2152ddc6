"""Seals events into a home's ledger: draws the salts, holds the key, signs the checkpoints."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from checkthegate.ledger import (
    SALT_BYTES,
    Frontier,
    Malformed,
    leaf,
    leaf_hash,
    parse_checkpoint,
    salted_digest,
    sign_checkpoint,
)
from checkthegate.model import IntegrityError
from checkthegate.model.event import Event
from checkthegate.model.record import Prepared, Sealed
from checkthegate.seams import RecordReading

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class HomeSealing:
    """The `Sealing` of a home. Holds no state of its own, so threads may share it."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def prepare(self, event: Event) -> Prepared:
        """The event with a fresh salt and its salted digest."""
        salt, body = os.urandom(SALT_BYTES), event.canonical()
        leaf(0, event.kind, event.at, "sha256:" + "0" * 64)
        return Prepared(event.kind, event.at, salt, body, salted_digest(salt, body))

    def resume(self, reading: RecordReading) -> bytes:
        """The edge of the stored tree, held against the newest checkpoint."""
        size = reading.size
        levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
        try:
            peaks = [reading.node(level, (size >> level) - 1) for level in levels]
            tree = Frontier(size, peaks)
            newest = reading.checkpoint()
            known = parse_checkpoint(newest) if newest else None
        except (KeyError, Malformed) as problem:
            raise _damaged(f"its tree cannot be read ({problem})") from None
        if (known.size if known else 0) != size or (known and known.root != tree.root()):
            raise _damaged("its tree and its newest checkpoint disagree")
        return tree.to_bytes()

    def seal(self, edge: bytes, prepared: Sequence[Prepared]) -> Sealed:
        """Add the events to the tree and sign the checkpoint over all of it."""
        tree = Frontier.from_bytes(edge)
        leaves = [
            leaf(number, each.kind, each.at, each.digest)
            for number, each in enumerate(prepared, start=tree.size)
        ]
        runs = [
            (run.level, run.first, run.hashes)
            for run in tree.extend([leaf_hash(each) for each in leaves])
        ]
        checkpoint = sign_checkpoint(tree.size, tree.root(), self._key)
        return Sealed(leaves, runs, tree.to_bytes(), checkpoint)


def _damaged(what: str) -> IntegrityError:
    return IntegrityError(
        f"The ledger is damaged: {what}. Nothing was recorded.",
        hint="See what does not verify: gate ledger verify",
    )

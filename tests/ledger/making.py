"""Small ledgers for tests, made as a store would make them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkthegate.ledger import (
    Frontier,
    PublicKey,
    StoredEntry,
    Verification,
    entry_of,
    leaf_hash,
    lookup_in,
    public_key,
    sign_checkpoint,
    verify_chain,
)
from checkthegate.model.event import Event


def key_of(seed: int) -> Ed25519PrivateKey:
    """A key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"key%d" % seed).digest())


def salt_of(number: int) -> bytes:
    """A salt that is the same in every run."""
    return hashlib.sha256(b"salt%d" % number).digest()


def event_of(number: int, kind: str = "tool-added", body: dict | None = None) -> Event:
    """An ordinary event, with characters that JSON escapes and none of that matters."""
    return Event(
        kind=kind,
        subject=f"tool_{number:010d}",
        body={"name": f'Flux „{number}“ "dev"', "kind": "x"} if body is None else body,
        at=f"2026-03-01T12:00:{number % 60:02d}.000000Z",
        by="ada",
    )


@dataclass
class Ledger:
    """A ledger in memory: entries, and the checkpoints signed on the way."""

    key: Ed25519PrivateKey = field(default_factory=lambda: key_of(1))
    entries: list[StoredEntry] = field(default_factory=list)
    checkpoints: list[str] = field(default_factory=list)

    @property
    def public(self) -> PublicKey:
        return public_key(self.key)

    def hashes(self) -> list[bytes]:
        return [leaf_hash(stored.leaf) for stored in self.entries]

    def add(self, event: Event) -> None:
        number = len(self.entries)
        self.entries.append(entry_of(number, event, salt_of(number)))

    def seal(self) -> str:
        tree = Frontier()
        tree.extend(self.hashes())
        self.checkpoints.append(sign_checkpoint(tree.size, tree.root(), self.key))
        return self.checkpoints[-1]

    def erase(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self.entries[number] = self.entries[number]._replace(salt=None, body=None)
        body = {"entries": list(numbers)}
        self.add(event_of(len(self.entries), "person-erased", body))
        self.seal()

    def verify(self, **more) -> Verification:
        return verify_chain(iter(self.entries), iter(self.checkpoints), [self.public], **more)

    def stored_nodes(self):
        """A reader of the tree as it is now, for `nodes`."""
        lookup = lookup_in(self.hashes())

        def read(level, first, count):
            found = []
            for index in range(first, first + count):
                try:
                    found.append(lookup(level, index))
                except KeyError:
                    found.append(None)
            return found

        return read


def ledger_of(size: int, every: int = 3) -> Ledger:
    """A ledger with a checkpoint after every few entries and one at its end."""
    made = Ledger()
    for number in range(size):
        made.add(event_of(number))
        if (number + 1) % every == 0 or number + 1 == size:
            made.seal()
    return made

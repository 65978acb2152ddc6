"""Holding every checkpoint against the tree while it grows past the checkpoint's size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from typing import NamedTuple

from checkthegate.ledger.breaks import Break, breaks_for_each
from checkthegate.ledger.faults import Malformed
from checkthegate.ledger.notes import (
    Checkpoint,
    PublicKey,
    note_signers,
    parse_checkpoint,
)

Root = Callable[[], bytes | None]
"""The tree's root now; None when entries are missing from it."""


class Seal(NamedTuple):
    """A checkpoint whose signature verifies; `name` is how people tell it from others."""

    size: int
    place: int
    root: bytes
    name: str
    held: bool


class Seals:
    """All checkpoints, ascending, as the tree reaches their sizes.

    When a root differs, a later one that fits shows that the checkpoint is at fault; when none
    fits, the entries are.
    """

    def __init__(
        self,
        checkpoints: Iterable[str],
        held: tuple[str, ...],
        keys: tuple[PublicKey, ...],
        breaks: list[Break],
    ) -> None:
        self.count = 0
        self._keys = keys
        self._breaks = breaks
        self._fits_until = 0
        self._stored_until = 0
        self._unread_root = False
        self._differing: list[Seal] = []
        self._waiting = merge(self._stored(checkpoints), self._held(held))
        self._next = next(self._waiting, None)

    def before_next(self, size: int, most: int) -> int:
        """How many entries may come before a checkpoint is to be compared, at most `most`."""
        return most if self._next is None else min(most, self._next.size - size)

    def reached(self, size: int, root: Root) -> None:
        """Compare the checkpoints that wait at or below this size of the tree."""
        while self._next is not None and self._next.size <= size:
            self._compare(self._next, size, root)
            self._next = next(self._waiting, None)

    def finish(self, size: int, root: Root) -> None:
        """Name what is left: entries cut off the end, changed ones, ones nobody sealed."""
        self.reached(size, root)
        if self._differing:
            self._name_changed(self._differing)
        newest = size
        while self._next is not None:
            newest = self._cut_off(self._next, newest)
            self._next = next(self._waiting, None)
        unsealed = "No checkpoint that verifies covers this entry."
        self._breaks += breaks_for_each(self._stored_until, size, unsealed)

    def _compare(self, seal: Seal, size: int, root: Root) -> None:
        self._stored_until = self._stored_until if seal.held else seal.size
        computed = root() if seal.size == size else None
        if computed is None:
            self._not_computable(seal)
        elif computed == seal.root:
            for other in self._differing:
                what = f"{other.name} contradicts the entries and a later checkpoint."
                self._breaks.append(Break(None, what))
            self._differing.clear()
            self._fits_until = seal.size
        else:
            self._differing.append(seal)

    def _not_computable(self, seal: Seal) -> None:
        if not self._unread_root:
            what = f"{seal.name} cannot be compared: entries are missing."
            self._breaks.append(Break(None, what))
        self._unread_root = True

    def _name_changed(self, seals: list[Seal]) -> None:
        first, last = self._fits_until, seals[0].size - 1
        if first >= last:
            what = (
                f"This entry is not the one that was sealed: {_first_low(seals[0].name)} differs."
            )
            self._breaks.append(Break(max(last, 0), what))
        else:
            what = f"Among the entries {first} to {last} some are not those that were sealed:"
            self._breaks.append(Break(None, f"{what} {_first_low(seals[0].name)} differs."))
        for seal in seals[1:]:
            what = f"{seal.name} differs from the entries too, as it must after an earlier change."
            self._breaks.append(Break(None, what))

    def _cut_off(self, seal: Seal, size: int) -> int:
        what = f"This entry is missing: {_first_low(seal.name)} covers it."
        self._breaks += breaks_for_each(size, seal.size, what)
        self._stored_until = self._stored_until if seal.held else seal.size
        return max(size, seal.size)

    def _stored(self, texts: Iterable[str]) -> Iterator[Seal]:
        before = 0
        for place, text in enumerate(texts):
            self.count += 1
            seal = self._verified(text, place, f"Checkpoint {place}", held=False)
            if seal is not None and seal.size < before:
                what = f"{seal.name} comes after one of {before} entries: a ledger never shrinks."
                self._breaks.append(Break(None, what))
            elif seal is not None:
                before = seal.size
                yield seal

    def _held(self, texts: tuple[str, ...]) -> list[Seal]:
        found = (
            self._verified(text, place, "The checkpoint held outside", held=True)
            for place, text in enumerate(texts)
        )
        return sorted(seal for seal in found if seal is not None)

    def _verified(self, text: str, place: int, called: str, *, held: bool) -> Seal | None:
        try:
            checkpoint = signed_checkpoint(text, self._keys)
        except Malformed as fault:
            self._breaks.append(Break(None, f"{called} does not verify: {fault}."))
            return None
        name = f"{called} (of {checkpoint.size} entries)"
        return Seal(checkpoint.size, place, checkpoint.root, name, held)


def signed_checkpoint(text: str, keys: Iterable[PublicKey]) -> Checkpoint:
    """The checkpoint, signed by one of these keys for its own ledger. Raises `Malformed`."""
    checkpoint = parse_checkpoint(text)
    signers = note_signers(checkpoint.note, keys)
    if signers.failed:
        raise Malformed(f"the signature by {signers.failed[0]} is wrong")
    if not signers.verified:
        raise Malformed(f"it is signed by a key not known here, {signers.unknown[0]}")
    if checkpoint.origin not in {key.name for key in signers.verified}:
        raise Malformed(f"it is for another ledger, “{checkpoint.origin}”")
    return checkpoint


def _first_low(text: str) -> str:
    return text[0].lower() + text[1:]

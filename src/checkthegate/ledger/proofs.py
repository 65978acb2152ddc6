"""Checking the proofs of RFC 6962, as RFC 9162 (2.1.3.2 and 2.1.4.2) spells it out.

Nothing here needs the tree: a leaf hash, the proof and the roots are enough.
"""

from __future__ import annotations

from collections.abc import Sequence

from checkthegate.ledger.merkle import EMPTY_ROOT, node_hash


def proves_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof shows that the leaf lies at `index` under `root` over `size` leaves."""
    if not 0 <= index < size:
        return False
    place, last, hashed = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node_hash(sibling, hashed)
            skipped = 0 if place & 1 else _trailing_zeros(place)
            place, last = place >> skipped, last >> skipped
        else:
            hashed = node_hash(hashed, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def proves_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether the proof shows that the tree of `new` leaves begins with the tree of `old`."""
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    return bool(path) and _both_roots(old, new, path) == (old_root, new_root)


def _both_roots(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of the older and the newer tree that the path leads to; None if it does not."""
    skipped = _trailing_zeros(~(old - 1))
    place, last = (old - 1) >> skipped, (new - 1) >> skipped
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            skipped = 0 if place & 1 else _trailing_zeros(place)
            place, last = place >> skipped, last >> skipped
        else:
            newer = node_hash(newer, sibling)
        place, last = place >> 1, last >> 1
    return (older, newer) if last == 0 else None


def _trailing_zeros(number: int) -> int:
    """How often a number can be halved; 0 for 0."""
    return (number & -number).bit_length() - 1 if number else 0

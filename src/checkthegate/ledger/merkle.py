"""The Merkle tree of RFC 6962: growing it, and making its proofs.

A node has a level (leaves: 0) and an index at that level. Only complete subtrees are nodes:
node (level, index) covers the leaves from index·2^level up to (index+1)·2^level. They never
change once made, so a store can keep them, and every root and proof follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from checkthegate.ledger.faults import Malformed

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
_SIZE_BYTES = 8

NodeLookup = Callable[[int, int], bytes]
"""(level, index) to the hash of that complete subtree. May raise `KeyError`."""


class Node(NamedTuple):
    """A complete subtree and its hash; `position` is its index at that level."""

    level: int
    position: int
    hash: bytes


class NodeRun(NamedTuple):
    """Hashes of complete subtrees lying side by side at one level, from index `first` on."""

    level: int
    first: int
    hashes: Sequence[bytes]


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: all that is needed to append and to know the root.

    Holds one hash for each set bit of `size`; appending makes two nodes on average.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """A tree of `size` leaves; `peaks` are its largest complete subtrees from the left."""
        if size < 0 or len(peaks) != size.bit_count() or any(len(p) != HASH_BYTES for p in peaks):
            raise Malformed("the stored edge of the tree does not fit its size")
        levels = [level for level in range(size.bit_length()) if size >> level & 1]
        self._size = size
        self._peaks = dict(zip(reversed(levels), peaks, strict=True))

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Hashes of the largest complete subtrees, from the left."""
        return tuple(self._peaks[level] for level in sorted(self._peaks, reverse=True))

    def append(self, leaf_hash: bytes) -> list[Node]:
        """Add a leaf. Returns the complete subtrees this made: the leaf, then its parents."""
        made = [Node(0, self._size, leaf_hash)]
        level, hashed = 0, leaf_hash
        while (left := self._peaks.pop(level, None)) is not None:
            hashed = node_hash(left, hashed)
            level += 1
            made.append(Node(level, self._size >> level, hashed))
        self._peaks[level] = hashed
        self._size += 1
        return made

    def extend(self, leaf_hashes: Sequence[bytes]) -> list[NodeRun]:
        """Add many leaves at once. Returns what `append` would have, as one run a level."""
        made: list[NodeRun] = []
        row, level = list(leaf_hashes), 0
        while row:
            made.append(NodeRun(level, self._size >> level, row))
            left = self._peaks.pop(level, None)
            row = row if left is None else [left, *row]
            if len(row) % 2:
                self._peaks[level] = row[-1]
            row = _parents(row)
            level += 1
        self._size += len(leaf_hashes)
        return made

    def root(self) -> bytes:
        """The tree's root: 32 bytes. That of an empty tree is the hash of nothing."""
        return _folded(self._peaks[level] for level in sorted(self._peaks))

    def to_bytes(self) -> bytes:
        """Size (8 bytes, big-endian) and peaks."""
        return self._size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Frontier:
        """The inverse of `to_bytes`. Raises `Malformed`."""
        if len(stored) < _SIZE_BYTES:
            raise Malformed("the stored edge of the tree is cut off")
        size = int.from_bytes(stored[:_SIZE_BYTES], "big")
        peaks = [
            stored[start : start + HASH_BYTES]
            for start in range(_SIZE_BYTES, len(stored), HASH_BYTES)
        ]
        return cls(size, peaks)


def tree_root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over all these leaf hashes."""
    tree = Frontier()
    tree.extend(leaf_hashes)
    return tree.root()


def lookup_in(leaf_hashes: Sequence[bytes]) -> NodeLookup:
    """A lookup for the tree over these leaf hashes, all nodes computed once."""
    runs = Frontier().extend(leaf_hashes)

    def lookup(level: int, index: int) -> bytes:
        if level >= len(runs) or not 0 <= index < len(runs[level].hashes):
            raise KeyError((level, index))
        return runs[level].hashes[index]

    return lookup


def root_at(size: int, lookup: NodeLookup) -> bytes:
    """The root the tree had at `size` leaves."""
    return _range_root(0, size, lookup)


def inclusion_proof(index: int, size: int, lookup: NodeLookup) -> list[bytes]:
    """Proof that leaf `index` lies in the tree of `size` leaves (RFC 6962, 2.1.1).

    Raises `ValueError` when it does not.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} does not lie in a tree of {size}")
    path: list[bytes] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _left_part(last - first)
        if index < middle:
            path.append(_range_root(middle, last, lookup))
            last = middle
        else:
            path.append(_range_root(first, middle, lookup))
            first = middle
    return path[::-1]


def consistency_proof(old: int, new: int, lookup: NodeLookup) -> list[bytes]:
    """Proof that the tree of `new` leaves begins with the tree of `old` (RFC 6962, 2.1.2).

    Empty when `old` is 0 or equals `new`. Raises `ValueError` when `old` is larger.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves cannot begin with one of {old}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    first, last = 0, new
    while last != old:
        middle = first + _left_part(last - first)
        if old <= middle:
            path.append(_range_root(middle, last, lookup))
            last = middle
        else:
            path.append(_range_root(first, middle, lookup))
            first = middle
    if first:
        path.append(_range_root(first, last, lookup))
    return path[::-1]


def _left_part(leaves: int) -> int:
    """The largest power of two below `leaves`."""
    return 1 << (leaves - 1).bit_length() - 1


def _range_root(first: int, last: int, lookup: NodeLookup) -> bytes:
    """The root over the leaves from `first` up to `last`; `first` lies on a subtree's edge."""
    peaks: list[bytes] = []
    while first < last:
        level = (last - first).bit_length() - 1
        peaks.append(lookup(level, first >> level))
        first += 1 << level
    return _folded(reversed(peaks))


def _folded(peaks_from_the_right: Iterable[bytes]) -> bytes:
    folded: bytes | None = None
    for peak in peaks_from_the_right:
        folded = peak if folded is None else node_hash(peak, folded)
    return EMPTY_ROOT if folded is None else folded


def _parents(row: list[bytes]) -> list[bytes]:
    """Hashes over neighbours; an odd last one stays behind."""
    pairs = zip(row[::2], row[1::2], strict=False)
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs]

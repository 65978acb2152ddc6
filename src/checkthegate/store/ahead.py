"""Reading tree nodes ahead: who walks along a level is given a block at once."""

from __future__ import annotations

from collections.abc import Callable

_BLOCK = 4096

Hashes = list[bytes | None]


class ReadAhead:
    """Answers (level, first, count) like `fetch`, asking it rarely when questions run on.

    Only for a snapshot: what was read once is not read again. Keeps one block a level.
    """

    def __init__(self, fetch: Callable[[int, int, int], Hashes]) -> None:
        self._fetch = fetch
        self._blocks: dict[int, tuple[int, Hashes]] = {}
        self._next: dict[int, int] = {}

    def nodes(self, level: int, first: int, count: int) -> Hashes:
        """The hashes of these nodes; None for one that is not stored."""
        runs_on = self._next.get(level) == first
        self._next[level] = first + count
        start, block = self._blocks.get(level, (0, []))
        if start <= first and first + count <= start + len(block):
            return block[first - start : first - start + count]
        found = self._fetch(level, first, max(count, _BLOCK) if runs_on else count)
        if runs_on:
            self._blocks[level] = (first, found)
        return found[:count]

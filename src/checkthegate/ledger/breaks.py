"""Break: one thing in a ledger that does not verify, in words a producer understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from checkthegate.model.canonical import Json

NAMED_ONE_BY_ONE = 1000


@dataclass(frozen=True, slots=True)
class Break:
    """What does not verify. `entry` is None when no single entry is meant."""

    entry: int | None
    what: str

    def as_json(self) -> dict[str, Json]:
        """`{"entry", "what"}`."""
        return {"entry": self.entry, "what": self.what}


def breaks_for_each(first: int, last: int, what: str) -> Iterator[Break]:
    """A break for each entry from `first` up to `last`; a long run ends in one for the rest."""
    named = min(last, first + NAMED_ONE_BY_ONE)
    for number in range(first, named):
        yield Break(number, what)
    if named < last:
        yield Break(named, f"{what} So it is with all entries from here to {last - 1}.")


def in_order(breaks: list[Break]) -> tuple[Break, ...]:
    """By entry; those that mean no single entry come last."""
    return tuple(sorted(breaks, key=_place))


def _place(found: Break) -> tuple[Any, ...]:
    return (found.entry is None, found.entry or 0)

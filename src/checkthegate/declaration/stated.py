"""What was stated: a tree of plain values, and where each of them was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from checkthegate.declaration.build import build
from checkthegate.declaration.faults import Complaint, DeclarationError, Fault, Place
from checkthegate.model.use import DeclaredUse

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 12
_MOST_FAULTS: Final = 100


@dataclass(frozen=True, slots=True)
class Stated:
    """One declaration as it was written.

    `place` finds what is complained of, or the nearest thing around it.
    """

    value: object
    place: Callable[[Complaint], Place]


def understood(name: str, written: Iterable[Stated]) -> list[DeclaredUse]:
    """The declarations. Raises `DeclarationError` with every mistake in all of them."""
    uses: list[DeclaredUse] = []
    faults: list[Fault] = []
    for each in written:
        complaints: list[Complaint] = []
        use = build(each.value, complaints)
        faults += [complaint.at(each.place(complaint)) for complaint in complaints]
        if use is not None:
            uses.append(use)
        if len(faults) > _MOST_FAULTS:
            break
    if faults:
        faults.sort(key=lambda fault: (fault.place.line, fault.place.column))
        raise DeclarationError(name, faults)
    return uses

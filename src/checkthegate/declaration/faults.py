"""What is wrong with a declaration, and where: complaints, faults, and one error for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from checkthegate.model import Json, UsageError

Steps = tuple[str | int, ...]
"""The way to a value: `("tools", 0, "environment")`."""

_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: line and column, both counted from 1; 0 where unknown.

    In a table `column` counts cells and `cell` is its name in a spreadsheet: `D4`.
    """

    line: int
    column: int = 0
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong with a value, before it is known where the value was written.

    `of_name` says that the field's name is wrong, not its value.
    """

    steps: Steps
    message: str
    hint: str
    of_name: bool = False

    def at(self, place: Place) -> Fault:
        """The same with its place."""
        return Fault(self.message, self.hint, field_name(self.steps), place)


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a declaration. `field` is empty when the whole is concerned."""

    message: str
    hint: str
    field: str = ""
    place: Place = Place(0)

    @property
    def where(self) -> str:
        """`line 7, column 18, tools[0].environment`, or `line 3, cell D3, tools[0]`."""
        place = self.place
        column = f"cell {place.cell}" if place.cell else f"column {place.column}"
        parts = [f"line {place.line}" if place.line else ""]
        parts += [column if place.column or place.cell else "", self.field]
        return ", ".join(part for part in parts if part)

    def as_json(self) -> dict[str, Json]:
        """What the answer to a bad line says of it."""
        stated: dict[str, Json] = {"line": self.place.line, "field": self.field or None}
        if self.place.column:
            stated["column"] = self.place.column
        return stated | {"message": self.message, "hint": self.hint}


class DeclarationError(UsageError):
    """A declaration that cannot be read. `faults` lists every mistake found, in order."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        if len(self.faults) == 1:
            where = f", {first.where}" if first.where else ""
            super().__init__(f"{name}{where}: {first.message}", hint=first.hint, path=name)
            return
        lines = [f"{f.where}: {f.message} {f.hint}" for f in self.faults[:_SHOWN]]
        if len(self.faults) > _SHOWN:
            lines.append(f"and {len(self.faults) - _SHOWN:,} more")
        told = "".join(f"\n      {line}" for line in lines)
        super().__init__(
            f"{name} has {len(self.faults):,} mistakes:{told}",
            hint="Mend them and run it again. A form to start from: gate ask --template yaml",
            path=name,
        )


class Faulty(Exception):
    """Raised inside this room when a text cannot be taken apart at all."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def field_name(steps: Steps) -> str:
    """`tools[0].environment`: a way as people and answers write it; entries count from 0."""
    said = ""
    for step in steps:
        said += f"[{step}]" if isinstance(step, int) else f".{step}" if said else step
    return said

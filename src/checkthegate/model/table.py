"""Tables that people query, as data: their shape, and how an event changes them.

The registry says what the tables are and what each event does to them; the store keeps them
in whatever database there is. Neither knows the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias


class ColumnType(StrEnum):
    """What a column holds. `json` is any JSON document, stored as canonical text."""

    TEXT = "text"
    INT = "int"
    REAL = "real"
    BOOL = "bool"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `required` columns are never NULL."""

    name: str
    type: ColumnType = ColumnType.TEXT
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `key` names the columns that identify a row, `indexes` further look-ups.

    Every table has an integer column `entry`: the number of the event that last wrote a row.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole row, in place of any with the same key."""

    table: str
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Set:
    """Change columns of the rows whose columns equal `where`; none is not an error."""

    table: str
    where: Mapping[str, Any]
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove the rows whose columns equal `where`."""

    table: str
    where: Mapping[str, Any]


Change: TypeAlias = Put | Set | Drop
"""How an event changes a table."""

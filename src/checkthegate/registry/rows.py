"""Rows of the tables: what all questions are asked of, and the plainest place to keep them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from checkthegate.model.canonical import canonical
from checkthegate.model.table import Change, Drop, Put
from checkthegate.registry.tables import TABLES

Row: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[Any, ...]


class Rows(Protocol):
    """Whatever can name rows: a store, or `Snapshot`. JSON columns are decoded."""

    def rows(self, table: str, **equal: Any) -> Sequence[Row]:
        """The rows whose columns equal the values, in the order of the table's key."""

    def among(self, table: str, column: str, values: Iterable[str]) -> Iterable[Row]:
        """The rows whose column equals one of the values, in a few questions for many values."""


class Snapshot:
    """Rows in memory, indexed by whatever is asked for. Never changes.

    `tables` maps a table's name to its rows; one that is left out is empty.
    """

    def __init__(self, tables: Mapping[str, Iterable[Row]]) -> None:
        self._rows: dict[str, tuple[Row, ...]] = {}
        for name, rows in tables.items():
            key = TABLES[name].key
            self._rows[name] = tuple(sorted(rows, key=lambda row: sort_key(row, key)))
        self._found: dict[tuple[str, Key], dict[Key, list[Row]]] = {}

    def rows(self, table: str, **equal: Any) -> Sequence[Row]:
        """The rows whose columns equal the values. Raises `KeyError` for an unknown table."""
        columns = tuple(sorted(equal))
        if not columns:
            return self._rows.get(TABLES[table].name, ())
        index = self._found.get((table, columns))
        if index is None:
            index = defaultdict(list)
            for row in self._rows.get(TABLES[table].name, ()):
                index[tuple([row[column] for column in columns])].append(row)
            self._found[table, columns] = index
        return index.get(tuple([equal[column] for column in columns]), ())

    def among(self, table: str, column: str, values: Iterable[str]) -> Iterable[Row]:
        """The rows whose column equals one of the values."""
        return [
            row for value in dict.fromkeys(values) for row in self.rows(table, **{column: value})
        ]


def sort_key(row: Row, key: Sequence[str]) -> Key:
    """A row's place among the rows of its table."""
    return tuple([row[column] for column in key])


class Book:
    """Tables in memory that changes are applied to: the slow truth about a store.

    What a store does in SQL has to leave the same rows.
    """

    def __init__(self) -> None:
        self.tables: dict[str, dict[Key, dict[str, Any]]] = {name: {} for name in TABLES}

    def apply(self, changes: Iterable[Change]) -> None:
        """Apply the changes of one event, in order."""
        for change in changes:
            rows = self.tables[change.table]
            key = TABLES[change.table].key
            if isinstance(change, Put):
                rows[sort_key(change.row, key)] = dict(change.row)
            elif isinstance(change, Drop):
                for found in self._where(change.table, change.where):
                    del rows[found]
            else:
                for found in self._where(change.table, change.where):
                    rows[found].update(change.columns)

    def snapshot(self) -> Snapshot:
        """The rows as they are now."""
        return Snapshot({name: list(map(dict, rows.values())) for name, rows in self.plain()})

    def plain(self) -> list[tuple[str, dict[Key, dict[str, Any]]]]:
        """Tables and their rows by key."""
        return list(self.tables.items())

    def _where(self, table: str, where: Mapping[str, Any]) -> list[Key]:
        wanted = canonical(where)
        return [
            key
            for key, row in self.tables[table].items()
            if canonical({name: row[name] for name in where}) == wanted
        ]

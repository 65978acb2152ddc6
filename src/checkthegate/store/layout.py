"""The projection's tables as SQL sees them: statements, and cells in and out.

Both databases keep the same plain values, so that rows of one can be compared with rows of the
other: text, 64-bit integers (truth values too), reals, and JSON as compact text with sorted keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from checkthegate.model import InternalError, UsageError, digest_json
from checkthegate.model.table import Column, ColumnType, Drop, Put, Set, Table
from checkthegate.seams import Projection

Cells: TypeAlias = tuple[Any, ...]
"""A row's stored values, in the order of its table's columns."""

_LARGEST_INT = 2**63 - 1


class Shape:
    """One table: its statements and how its cells are stored."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.name = table.name
        self.columns = tuple(column.name for column in table.columns)
        self._writers = [(column.name, _writer(table, column)) for column in table.columns]
        self._by_name = dict(self._writers)
        self._readers = [_READERS.get(column.type) for column in table.columns]
        self.put_sql = self._put_sql()
        self.order = ", ".join(quoted(name) for name in table.key)
        self.key_places = [self.columns.index(name) for name in table.key]
        self.entry_place = self.columns.index("entry")
        self._statements: dict[tuple[Any, ...], str] = {}

    def put(self, change: Put) -> tuple[str, Cells]:
        """The statement that writes the row, and its values. Columns left out become NULL."""
        if not change.row.keys() <= self._by_name.keys():
            raise self.unknown_column(change.row)
        row = change.row
        return self.put_sql, tuple([write(row.get(name)) for name, write in self._writers])

    def set(self, change: Set) -> tuple[str, Cells]:
        """The statement that changes columns, and its values."""
        new, key = self.stored(change.columns), self.stored(change.where)
        statement = self._statement("set", new, key)
        return statement, (*new.values(), *_given(key))

    def drop(self, change: Drop) -> tuple[str, Cells]:
        """The statement that removes rows, and its values."""
        key = self.stored(change.where)
        return self._statement("drop", {}, key), tuple(_given(key))

    def select(self, equal: Mapping[str, Any]) -> tuple[str, Cells]:
        """The query for rows whose columns equal the values, in order of the key."""
        key = self.stored(equal)
        return self._statement("select", {}, key), tuple(_given(key))

    def decoded(self, cells: Sequence[Any]) -> dict[str, Any]:
        """The row as people see it."""
        triples = zip(self.columns, self._readers, cells, strict=True)
        return {
            name: cell if read is None or cell is None else read(cell)
            for name, read, cell in triples
        }

    def listed(self) -> str:
        """All columns, in order, for a query."""
        return ", ".join(quoted(name) for name in self.columns)

    def unknown_column(self, given: Iterable[str]) -> KeyError:
        """The error for a column this table does not have."""
        return KeyError(f"{self.name}: {sorted(set(given) - set(self.columns))}")

    def stored(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Values by column as cells hold them. `KeyError` for a column that is not there."""
        if not given.keys() <= self._by_name.keys():
            raise self.unknown_column(given)
        return {name: self._by_name[name](value) for name, value in given.items()}

    def _statement(self, verb: str, new: Mapping[str, Any], key: Mapping[str, Any]) -> str:
        """Made once for each set of columns; a NULL is looked for with IS NULL."""
        form = (verb, *new, None, *[(name, value is None) for name, value in key.items()])
        if form not in self._statements:
            self._statements[form] = self._written(verb, list(new), key)
        return self._statements[form]

    def _written(self, verb: str, new: list[str], key: Mapping[str, Any]) -> str:
        where = " AND ".join(
            f"{quoted(name)} {'IS NULL' if value is None else '= ?'}" for name, value in key.items()
        )
        ending = f" WHERE {where}" if where else ""
        table = quoted(self.name)
        if verb == "set":
            assigned = ", ".join(f"{quoted(name)} = ?" for name in new)
            return f"UPDATE {table} SET {assigned}{ending}"  # noqa: S608  quoted names, no values
        if verb == "drop":
            return f"DELETE FROM {table}{ending}"  # noqa: S608
        return f"SELECT {self.listed()} FROM {table}{ending} ORDER BY {self.order}"  # noqa: S608

    def _put_sql(self) -> str:
        marks = ", ".join("?" * len(self.columns))
        others = [quoted(name) for name in self.columns if name not in self.table.key]
        assigned = ", ".join(f"{name} = excluded.{name}" for name in others)
        then = f"UPDATE SET {assigned}" if others else "NOTHING"
        key = ", ".join(quoted(name) for name in self.table.key)
        into = f"{quoted(self.name)} ({self.listed()})"
        return f"INSERT INTO {into} VALUES ({marks}) ON CONFLICT ({key}) DO {then}"  # noqa: S608


class Layout:
    """All tables of a projection. `digest` changes whenever their shape does."""

    def __init__(self, projection: Projection) -> None:
        self.version = projection.version
        self.tables = tuple(projection.tables)
        self.project = projection.project
        self.keeps = projection.keeps
        self.shapes = {table.name: Shape(table) for table in self.tables}
        self.digest = digest_json([_described(table) for table in self.tables])


def quoted(name: str) -> str:
    """A name that both databases take as it is."""
    return '"' + name.replace('"', '""') + '"'


def _given(key: Mapping[str, Any]) -> list[Any]:
    return [value for value in key.values() if value is not None]


def _described(table: Table) -> dict[str, Any]:
    columns = [[column.name, str(column.type), column.required] for column in table.columns]
    indexes = [list(index) for index in table.indexes]
    return {"name": table.name, "columns": columns, "key": list(table.key), "indexes": indexes}


def _writer(table: Table, column: Column) -> Callable[[Any], Any]:
    convert, place = _WRITERS[column.type], f"“{column.name}” of “{table.name}”"

    def write(value: Any) -> Any:
        if value is None:
            return None
        try:
            return convert(value)
        except TypeError:
            raise InternalError(
                f"A {type(value).__name__} does not fit the column {place}.",
                hint="Please report this.",
            ) from None
        except ValueError as problem:
            raise UsageError(
                f"This cannot be recorded in {place}: {problem}.", hint="Correct it, then repeat."
            ) from None

    return write


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    if "\x00" in value:
        raise ValueError("it holds a NUL character, which no database keeps")
    return str(value)


def _int(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    if abs(value) > _LARGEST_INT:
        raise ValueError("the number is too large")
    return value


def _bool(value: Any) -> int:
    if not isinstance(value, bool):
        raise TypeError
    return int(value)


def _real(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError
    return float(value)


_encode_json = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode

_WRITERS: Mapping[ColumnType, Callable[[Any], Any]] = {
    ColumnType.TEXT: _text,
    ColumnType.INT: _int,
    ColumnType.REAL: _real,
    ColumnType.BOOL: _bool,
    ColumnType.JSON: _encode_json,
}
_READERS: Mapping[ColumnType, Callable[[Any], Any]] = {
    ColumnType.BOOL: bool,
    ColumnType.JSON: json.loads,
}

"""The rows as they will be once events are recorded: what is judged before it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from checkthegate.model.event import Event
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf
from checkthegate.model.table import Change
from checkthegate.registry.project import project
from checkthegate.registry.rows import Book, Snapshot, sort_key
from checkthegate.registry.tables import TABLES
from checkthegate.registry.times import in_effect
from checkthegate.seams import RecordReading

_JUDGED_BY: Final = frozenset(
    {"tools", "tool_versions", "tool_facts", "talents", "consents", "revocations"}
)

_NAMED: Final = frozenset({"tools", "talents"})


class After:
    """Rows with the changes of `events` applied, for the tables that uses are judged by.

    Those tables are read whole, once, when first asked for: judging asks again and again. All
    other tables are as they are stored. With `when`, tools and people that were not on file by
    then are left out.
    """

    def __init__(
        self, reading: RecordReading, events: Iterable[Event] = (), when: AsOf | None = None
    ) -> None:
        self._reading = reading
        self._when = when
        self._changes: dict[str, list[Change]] = {}
        self._read: dict[str, Snapshot] = {}
        for entry, event in enumerate(events, reading.size):
            for change in project(entry, event):
                self._changes.setdefault(change.table, []).append(change)

    def rows(self, table: str, **equal: Any) -> Sequence[Row]:
        """The rows whose columns equal the values, by key."""
        if table not in _JUDGED_BY:
            return self._reading.rows(table, **equal)
        if table not in self._read:
            self._read[table] = self._whole(table)
        return self._read[table].rows(table, **equal)

    def among(self, table: str, column: str, values: Iterable[str]) -> Iterable[Row]:
        """The rows whose column equals one of the values."""
        if table not in _JUDGED_BY:
            return self._reading.among(table, column, values)
        return [
            row for value in dict.fromkeys(values) for row in self.rows(table, **{column: value})
        ]

    def _whole(self, table: str) -> Snapshot:
        stored = self._reading.rows(table)
        if self._when is not None and table in _NAMED:
            stored = [row for row in stored if in_effect(row, self._when)]
        if table not in self._changes:
            return Snapshot({table: stored})
        book, key = Book(), TABLES[table].key
        book.tables[table] = {sort_key(row, key): dict(row) for row in stored}
        book.apply(self._changes[table])
        return Snapshot({table: book.tables[table].values()})

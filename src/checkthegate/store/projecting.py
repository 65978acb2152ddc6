"""Applying events to a projection's tables, many at a time.

Tables do not depend on each other, so only the order within each of them is kept; neighbouring
changes of one form are then run as one statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from checkthegate.model.event import Event, event_from_json
from checkthegate.model.table import Change, Drop, Put
from checkthegate.store.database import Session
from checkthegate.store.layout import Cells, Layout

_BUFFERED = 4000


class Projecting:
    """Applies events' changes through one session. Nothing is sure to be there until `flush`."""

    def __init__(self, layout: Layout, session: Session) -> None:
        self._layout = layout
        self._session = session
        self._runs: dict[str, list[tuple[str, list[Cells]]]] = {}
        self._named: list[str] = []
        self._waiting = 0

    def add(self, number: int, event: Event) -> None:
        """Apply what this event changes."""
        for change in self._layout.project(number, event):
            self._add(change)
        if self._waiting >= _BUFFERED:
            self.flush()

    def flush(self) -> None:
        """Write everything that waits."""
        runs, self._runs, self._waiting = self._runs, {}, 0
        for changes in runs.values():
            for statement, rows in changes:
                self._session.many(statement, rows)

    def take_named(self) -> list[str]:
        """The digests of fingerprints that were named since this was last asked."""
        named, self._named = self._named, []
        return named

    def _add(self, change: Change) -> None:
        shape = self._layout.shapes[change.table]
        if isinstance(change, Put):
            statement, cells = shape.put(change)
            if self._layout.keeps is not None and self._layout.keeps[0] == change.table:
                self._named.append(change.row[self._layout.keeps[1]])
        elif isinstance(change, Drop):
            statement, cells = shape.drop(change)
        else:
            statement, cells = shape.set(change)
        runs = self._runs.setdefault(change.table, [])
        if not runs or runs[-1][0] != statement:
            runs.append((statement, []))
        runs[-1][1].append(cells)
        self._waiting += 1


def event_in(body: bytes) -> Event:
    """The event in a stored body. Raises `ValueError`, `KeyError` or `TypeError`."""
    stored: Any = json.loads(body)
    return event_from_json(stored)


def project_all(projecting: Projecting, events: Iterable[tuple[int, Event]]) -> None:
    """Apply all these events and write what waits."""
    for number, event in events:
        projecting.add(number, event)
    projecting.flush()

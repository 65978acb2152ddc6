"""Everything in a database that does not follow from the events, row by row and cell by cell.

The events are projected once more into a database of their own, made and used by the same code;
then both are read side by side. Memory does not grow with the number of rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from checkthegate.model.record import Difference
from checkthegate.store.database import Database, Session
from checkthegate.store.keeping import TABLE as FINGERPRINTS
from checkthegate.store.keeping import kept_differences
from checkthegate.store.layout import Cells, Layout, Shape
from checkthegate.store.projecting import Projecting, event_in
from checkthegate.store.schema_check import schema_differences, sound_tables
from checkthegate.store.upgrading import prepare

_CHUNK = 2000
_FAST = ("journal_mode = OFF", "synchronous = OFF", "secure_delete = OFF", "cache_size = -128000")
_ORPHANS = (
    "SELECT b.number FROM ledger_bodies b LEFT JOIN ledger_entries e ON e.number = b.number "
    "WHERE e.number IS NULL ORDER BY b.number"
)

Bodies = Iterable[tuple[int, bytes]]


def differences(layout: Layout, actual: Session, bodies: Bodies) -> Iterator[Difference]:
    """Compare schema, tables and layout of the `actual` database with what the events say."""
    with tempfile.TemporaryDirectory(prefix="checkthegate-") as place:
        expected = Database(f"sqlite:///{Path(place) / 'expected.db'}", 1.0)
        try:
            prepare(expected, layout, create=True)
            with expected.session() as session:
                for setting in _FAST:
                    session.run(f"PRAGMA {setting}")
                yield from _compared(layout, session, actual, bodies)
        finally:
            expected.close()


def _compared(
    layout: Layout, expected: Session, actual: Session, bodies: Bodies
) -> Iterator[Difference]:
    yield from schema_differences(layout, expected, actual)
    sound = sound_tables(layout, actual)
    if {"ledger_entries", "ledger_bodies"} <= sound:
        for (number,) in actual.run(_ORPHANS):
            yield Difference(number, "There is a body for it, but no entry.")
        expected.run("BEGIN")
        yield from _projected(layout, expected, bodies)
        for name, shape in layout.shapes.items():
            if name in sound:
                yield from _rows_compared(shape, expected, actual)
        if FINGERPRINTS in sound:
            yield from kept_differences(layout, expected, actual)


def _projected(layout: Layout, expected: Session, bodies: Bodies) -> Iterator[Difference]:
    projecting = Projecting(layout, expected)
    for number, body in bodies:
        try:
            event = event_in(body)
            projecting.add(number, event)
        except Exception as problem:
            kind = type(problem).__name__
            yield Difference(number, f"Its body cannot be read as an event ({kind}).")
    projecting.flush()


def _rows_compared(shape: Shape, expected: Session, actual: Session) -> Iterator[Difference]:
    query = f'SELECT {shape.listed()} FROM "{shape.name}" ORDER BY {shape.order}'  # noqa: S608
    left, right = expected.stream(query), actual.stream(query)
    while True:
        ours, theirs = list(islice(left, _CHUNK)), list(islice(right, _CHUNK))
        if ours != theirs:
            yield from _merged(shape, chain(ours, left), chain(theirs, right))
            return
        if not ours:
            return


def _merged(shape: Shape, left: Iterator[Cells], right: Iterator[Cells]) -> Iterator[Difference]:
    key = _key_of(shape)
    ours, theirs = next(left, None), next(right, None)
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and key(ours) < key(theirs)):
            yield _missing(shape, ours or ())
            ours = next(left, None)
        elif ours is None or key(ours) > key(theirs):
            yield _extra(shape, theirs)
            theirs = next(right, None)
        else:
            if ours != theirs:
                yield _changed(shape, ours, theirs)
            ours, theirs = next(left, None), next(right, None)


def _key_of(shape: Shape) -> Callable[[Cells], Cells]:
    places = shape.key_places

    def key(cells: Cells) -> Cells:
        return tuple([(type(cells[place]).__name__, cells[place]) for place in places])

    return key


def _missing(shape: Shape, cells: Cells) -> Difference:
    what = f"{_named(shape, cells)} is missing."
    return Difference(_entry(shape, cells), what)


def _extra(shape: Shape, cells: Cells) -> Difference:
    what = f"{_named(shape, cells)} follows from no event."
    return Difference(_entry(shape, cells), what)


def _changed(shape: Shape, ours: Cells, theirs: Cells) -> Difference:
    cells: Iterator[tuple[str, Any, Any]] = zip(shape.columns, ours, theirs, strict=True)
    columns = ", ".join(f"“{name}”" for name, left, right in cells if left != right)
    what = f"{_named(shape, ours)} is not what its event says, in {columns}."
    return Difference(_entry(shape, ours), what)


def _named(shape: Shape, cells: Cells) -> str:
    key = ", ".join(str(cells[place]) for place in shape.key_places)
    return f"The row “{key}” of the table “{shape.name}”"


def _entry(shape: Shape, cells: Cells) -> int | None:
    number = cells[shape.entry_place]
    return number if isinstance(number, int) else None

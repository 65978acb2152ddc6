"""The records at one moment: rows, lineage, entries, nodes, checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from checkthegate.model import IntegrityError
from checkthegate.model.event import Event
from checkthegate.model.record import Difference, EntryRow, Row
from checkthegate.store.ahead import ReadAhead
from checkthegate.store.comparing import differences
from checkthegate.store.database import Database, Session
from checkthegate.store.faults import told
from checkthegate.store.keeping import kept
from checkthegate.store.layout import Layout, quoted
from checkthegate.store.projecting import event_in
from checkthegate.store.reachable import distinct_sql, reachable_sql

_CHUNK = 2000
_FEW = 200
_LEAVES = (
    "SELECT number, leaf FROM ledger_entries WHERE number >= ? AND number < ? "
    "ORDER BY number LIMIT ?"
)
_SALTED = "SELECT number, salt, body FROM ledger_bodies WHERE number >= ? AND number <= ?"
_BODIES = (
    "SELECT number, body FROM ledger_bodies WHERE number >= ? AND number < ? "
    "ORDER BY number LIMIT ?"
)
_CHECKPOINTS = (
    "SELECT size, note FROM ledger_checkpoints WHERE size >= ? AND size < ? ORDER BY size LIMIT ?"
)
_NODES = (
    "SELECT position, hash FROM ledger_nodes WHERE level = ? AND position >= ? AND position < ?"
)
_HASHES = "SELECT number, hash FROM ledger_entries WHERE number >= ? AND number < ?"
_NONE = (None, None)
_ENDLESS = 2**62


class Reading:
    """Reads through a session that is inside a transaction; see the seam `RecordReading`."""

    def __init__(
        self, database: Database, layout: Layout, session: Session, *, frozen: bool = False
    ) -> None:
        """`frozen` says that the session writes nothing, so that what was read stays true."""
        self._database = database
        self._layout = layout
        self._session = session
        self._nodes = ReadAhead(self._stored_nodes).nodes if frozen else self._stored_nodes

    @property
    def size(self) -> int:
        """How many entries there are."""
        found = self._one("SELECT max(number) FROM ledger_entries")
        return 0 if found is None or found[0] is None else int(found[0]) + 1

    def rows(self, table: str, **equal: Any) -> Sequence[Row]:
        """Rows whose columns equal the values, by key. `KeyError` for an unknown name."""
        shape = self._layout.shapes[table]
        statement, values = shape.select(equal)
        return [shape.decoded(cells) for cells in self._run(statement, values)]

    def newer(self, table: str, entry: int, **equal: Any) -> Iterator[Row]:
        """Rows last written by this entry or a later one, in that order, as they come."""
        shape = self._layout.shapes[table]
        values = shape.stored(equal)
        where = "".join(f" AND {quoted(name)} = ?" for name in equal)
        order = ", ".join(("entry", shape.order))
        with told(self._database.where):
            for cells in self._session.stream(
                f"SELECT {shape.listed()} FROM {quoted(table)} "  # noqa: S608  quoted names
                f"WHERE entry >= ?{where} ORDER BY {order}",
                (entry, *values.values()),
            ):
                yield shape.decoded(cells)

    def among(self, table: str, column: str, values: Iterable[str]) -> Iterator[Row]:
        """Rows whose column equals one of the values."""
        shape = self._layout.shapes[table]
        if column not in shape.columns:
            raise shape.unknown_column([column])
        wanted = list(dict.fromkeys(values))
        for start in range(0, len(wanted), _FEW):
            few = wanted[start : start + _FEW]
            query = (
                f"SELECT {shape.listed()} FROM {quoted(table)} "  # noqa: S608  quoted, marks
                f"WHERE {quoted(column)} IN ({', '.join('?' * len(few))}) ORDER BY {shape.order}"
            )
            yield from map(shape.decoded, self._run(query, few))

    def distinct(self, table: str, column: str) -> list[Any]:
        """The different values in a column of a table, ascending. Fast where it is indexed."""
        shape = self._layout.shapes[table]
        if column not in shape.columns:
            raise shape.unknown_column([column])
        return [value for (value,) in self._run(distinct_sql(table, column))]

    def fingerprints(self, digests: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Kept fingerprints by digest. Those that are not there are left out."""
        with told(self._database.where):
            yield from kept(self._session, digests)

    def reachable(
        self,
        table: str,
        from_column: str,
        to_column: str,
        starts: Iterable[str],
        *,
        limit: int = 100_000,
        columns: Sequence[str] = (),
    ) -> list[tuple[Any, ...]]:
        """Edges reached by going from column to column, nearest first, each once."""
        wanted = list(dict.fromkeys(starts))
        if not wanted:
            return []
        shape = self._layout.shapes[table]
        if unknown := {from_column, to_column, *columns} - set(shape.columns):
            raise shape.unknown_column(unknown)
        names = (from_column, to_column, *columns)
        statement = reachable_sql(table, names, len(wanted))
        if not self._session.sqlite:
            self._run("SET LOCAL enable_hashjoin = off")
            self._run("SET LOCAL enable_mergejoin = off")
            self._run("SET LOCAL enable_seqscan = off")
        return self._run(statement, [*wanted, limit])

    def events(self, numbers: Iterable[int] | None = None) -> Iterator[tuple[int, Event]]:
        """Entries' numbers and events, ascending; all by default. Erased ones are left out."""
        for number, body in self.bodies() if numbers is None else self._bodies_of(numbers):
            try:
                yield number, event_in(body)
            except (ValueError, KeyError, TypeError, RecursionError):
                raise IntegrityError(
                    f"The records are damaged: the body of entry {number} is not an event.",
                    hint="See what else is wrong: gate ledger verify",
                ) from None

    def bodies(self) -> Iterator[tuple[int, bytes]]:
        """Entries' numbers and canonical events as they are stored, ascending."""
        for chunk in self._chunks(_BODIES, 0, _ENDLESS):
            yield from chunk

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[EntryRow]:
        """The entries from `start` up to `stop`, ascending, as they are stored."""
        end = _ENDLESS if stop is None else stop
        for chunk in self._chunks(_LEAVES, start, end):
            found = self._run(_SALTED, (chunk[0][0], chunk[-1][0]))
            bodies = {number: (salt, body) for number, salt, body in found}
            for number, leaf in chunk:
                salt, body = bodies.get(number, _NONE)
                row = (number, leaf, salt, body)
                yield row if _is_whole(row) else _readable(row)

    def nodes(self, level: int, first: int, count: int) -> list[bytes | None]:
        """Stored subtree hashes lying side by side; None for one that is not stored."""
        return self._nodes(level, first, count)

    def _stored_nodes(self, level: int, first: int, count: int) -> list[bytes | None]:
        between = (first, first + count)
        found = dict(self._run(_NODES, (level, *between)) if level else self._run(_HASHES, between))
        return [found.get(position) for position in range(first, first + count)]

    def node(self, level: int, index: int) -> bytes:
        """One stored subtree hash. Raises `KeyError`."""
        found = self.nodes(level, index, 1)[0]
        if found is None:
            raise KeyError((level, index))
        return found

    def checkpoints(self) -> Iterator[str]:
        """All checkpoints by size."""
        for chunk in self._chunks(_CHECKPOINTS, 0, _ENDLESS):
            for _, note in chunk:
                yield note if isinstance(note, str) else ""

    def checkpoint(self) -> str | None:
        """The newest checkpoint; None while nothing was recorded."""
        found = self._one("SELECT note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1")
        return None if found is None else str(found[0])

    def differences(self) -> Iterator[Difference]:
        """Everything in tables and schema that does not follow from the events."""
        with told(self._database.where):
            yield from differences(self._layout, self._session, self.bodies())

    def _chunks(self, query: str, start: int, end: int) -> Iterator[list[Any]]:
        """Runs of rows, by the number in their first column."""
        while chunk := self._run(query, (start, end, _CHUNK)):
            yield chunk
            if chunk[-1][0] < start:
                raise IntegrityError(
                    f"The records in “{self._database.where}” are damaged: out of order.",
                    hint="Restore them from a backup.",
                )
            start = chunk[-1][0] + 1

    def _bodies_of(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        wanted = sorted(set(numbers))
        for start in range(0, len(wanted), _FEW):
            few = wanted[start : start + _FEW]
            marks = ", ".join("?" * len(few))
            query = (
                f"SELECT number, body FROM ledger_bodies WHERE number IN ({marks}) ORDER BY number"  # noqa: S608  marks only
            )
            yield from self._run(query, few)

    def _run(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with told(self._database.where):
            return self._session.run(query, values)

    def _one(self, query: str) -> tuple[Any, ...] | None:
        with told(self._database.where):
            return self._session.one(query)


def _is_whole(row: tuple[Any, ...]) -> bool:
    _, leaf, salt, body = row
    return (
        type(leaf) is bytes
        and (type(salt) is bytes or salt is None)
        and (type(body) is bytes or body is None)
    )


def _readable(row: tuple[Any, ...]) -> EntryRow:
    """What is left of an entry in a damaged file, where columns hold anything."""
    number, *cells = row
    leaf, salt, body = (cell if isinstance(cell, bytes) else None for cell in cells)
    return number, leaf or b"", salt, body

"""The store of records: every change is an event, and is written in one transaction.

Threads that append at the same time are committed together: whoever comes first commits for all
who wait (one checkpoint, one sync of the disk), the next one for those who came meanwhile.
Processes take turns through the database itself.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from checkthegate.model import GateError, IntegrityError, UsageError
from checkthegate.model.event import Event
from checkthegate.model.record import Prepared, Receipt, Sealed
from checkthegate.seams import Projection, RecordReading, RecordStore, Sealing
from checkthegate.store.database import Database, Session
from checkthegate.store.erasing import erase_bodies, scrub
from checkthegate.store.layout import Layout
from checkthegate.store.projecting import Projecting, event_in
from checkthegate.store.reading import Reading
from checkthegate.store.upgrading import fill, prepare

PATIENCE = 30.0
"""Seconds to wait for another process's turn to end."""

Make: TypeAlias = Callable[[RecordReading], Sequence[Event]]

_BATCH = 5000
_NEWEST = "SELECT size, note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1"
_LAST = "SELECT max(number) FROM ledger_entries"


def open_records(
    url: str,
    projection: Projection,
    sealing: Sealing,
    *,
    create: bool = False,
    patience: float = PATIENCE,
) -> RecordStore:
    """The records at this address, brought to the newest version.

    `create` makes them when there are none. Raises `UsageError` when they cannot be opened or
    are newer than this program, `IntegrityError` when they are damaged.
    """
    database = Database(url, patience)
    layout = Layout(projection)
    try:
        prepare(database, layout, create=create)
    except BaseException:
        database.close()
        raise
    return Records(database, layout, sealing)


@contextmanager
def inspect_records(url: str, projection: Projection) -> Iterator[RecordReading]:
    """The records as they are, nothing upgraded or repaired: for verification.

    What is wrong with the schema is among the `differences`; only what cannot be opened at all
    raises. Reading what is missing or damaged raises `IntegrityError`.
    """
    database = Database(url, PATIENCE)
    if database.missing:
        raise UsageError(
            f"There are no records in “{database.where}”.", hint="Restore them from a backup."
        )
    try:
        with database.snapshot() as session:
            yield Reading(database, Layout(projection), session)
    finally:
        database.close()


class _Request:
    """What one caller wants recorded, and what came of it."""

    __slots__ = ("done", "erased", "events", "failure", "make", "prepared", "receipt")

    def __init__(self, prepared: Sequence[Prepared], make: Make | None, erased: Iterable[int]):
        self.prepared = prepared
        self.make = make
        self.erased = sorted(set(erased))
        self.receipt: Receipt | None = None
        self.failure: BaseException | None = None
        self.done = False


class Records:
    """See the seam `RecordStore`."""

    def __init__(self, database: Database, layout: Layout, sealing: Sealing) -> None:
        self._database = database
        self._layout = layout
        self._sealing = sealing
        self._waiting: deque[_Request] = deque()
        self._committing = threading.Lock()
        self._known: tuple[str, bytes] | None = None
        """The newest checkpoint this process wrote, and the edge of the tree under it."""

    def append(self, events: Sequence[Event]) -> Receipt:
        """Record the events, all or none, one after the other; durable when this returns."""
        return self._record(_Request(self._prepared(events), None, ()))

    def transact(self, make: Make) -> Receipt:
        """Record what `make` returns; nobody else writes between its reading and that."""
        return self._record(_Request((), make, ()))

    def erase(self, numbers: Iterable[int], event: Event) -> Receipt:
        """Record `event` and delete these entries' bodies and salts, all or none."""
        receipt = self._record(_Request(self._prepared([event]), None, numbers))
        with self._committing, self._database.session() as session:
            scrub(session, self._layout)
        return receipt

    def rebuild(self) -> None:
        """Empty the tables and fill them from the events."""
        with self._committing, self._database.session(writing=True) as session:
            with self._database.turn(session):
                fill(self._layout, session)

    @contextmanager
    def reading(self) -> Iterator[RecordReading]:
        """The records as they are now."""
        with self._database.snapshot() as session:
            yield Reading(self._database, self._layout, session)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _prepared(self, events: Sequence[Event]) -> list[Prepared]:
        try:
            return [self._sealing.prepare(event) for event in events]
        except ValueError as problem:
            raise UsageError(
                f"This cannot be recorded: {problem}.", hint="Correct it, then repeat."
            ) from None

    def _record(self, request: _Request) -> Receipt:
        self._waiting.append(request)
        with self._committing:
            if not request.done:
                self._commit_waiting()
        if request.failure is not None:
            raise request.failure
        if request.receipt is None:
            raise AssertionError("a request ended without a receipt")
        return request.receipt

    def _commit_waiting(self) -> None:
        """Commit everybody's requests; if that fails, each alone, so that one fails alone."""
        requests = self._taken()
        try:
            self._commit(requests)
        except Exception as problem:
            if len(requests) == 1:
                requests[0].failure = problem
            else:
                self._commit_each(requests)
        finally:
            for request in requests:
                request.done = True

    def _commit_each(self, requests: Sequence[_Request]) -> None:
        for request in requests:
            request.receipt = request.failure = None
            try:
                self._commit([request])
            except Exception as problem:
                request.failure = problem

    def _taken(self) -> list[_Request]:
        taken, events = [], 0
        while self._waiting and events < _BATCH:
            taken.append(self._waiting.popleft())
            events += len(taken[-1].prepared)
        return taken

    def _commit(self, requests: Sequence[_Request]) -> None:
        with self._database.session(writing=True) as session:
            with self._database.turn(session):
                known = self._write(session, requests)
            self._known = known

    def _write(self, session: Session, requests: Sequence[_Request]) -> tuple[str, bytes] | None:
        group = _Group(self._database, self._layout, session, *self._end(session))
        for request in requests:
            group.add(request, self._prepared)
        return group.seal(self._sealing)

    def _end(self, session: Session) -> tuple[int, str, bytes]:
        """Size, newest checkpoint and edge, as they are stored now."""
        newest, last = session.one(_NEWEST), session.one(_LAST)
        size, note = (newest[0], newest[1]) if newest else (0, "")
        if size != (0 if last is None or last[0] is None else last[0] + 1):
            raise IntegrityError(
                f"The records in “{self._database.where}” do not end where they were sealed. "
                "Nothing was recorded.",
                hint="See what is wrong: gate ledger verify",
            )
        if self._known is not None and self._known[0] == note:
            return size, note, self._known[1]
        return size, note, self._sealing.resume(Reading(self._database, self._layout, session))


class _Group:
    """Requests that are committed together."""

    def __init__(
        self,
        database: Database,
        layout: Layout,
        session: Session,
        size: int,
        note: str,
        edge: bytes,
    ) -> None:
        self._reading = Reading(database, layout, session)
        self._session = session
        self._projecting = Projecting(layout, session)
        self._first = size
        self._note = note
        self._edge = edge
        self._prepared: list[Prepared] = []
        self._answered: list[tuple[_Request, range]] = []

    def add(self, request: _Request, prepare_all: Callable[[Sequence[Event]], list[Prepared]]) -> None:
        """Project the request's events. What `make` raises is kept for its caller alone."""
        prepared = request.prepared
        if request.make is not None:
            try:
                self._projecting.flush()
                prepared = prepare_all(request.make(self._reading))
            except Exception as problem:
                request.failure = problem
                return
        start = self._first + len(self._prepared)
        for number, each in enumerate(prepared, start):
            self._projecting.add(number, event_in(each.body))
        self._prepared += prepared
        erase_bodies(self._session, request.erased, start)
        self._answered.append((request, range(start, start + len(prepared))))

"""The store of records: every change is an event, and is written in one transaction.

Threads that append at the same time are committed together: whoever comes first commits for all
who wait (one checkpoint, one sync of the disk), the next one for those who came meanwhile.
Processes take turns through the database itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.record import Prepared, Receipt
from checkthegate.seams import Projection, RecordReading, RecordStore, Sealing
from checkthegate.store.database import Database, Session
from checkthegate.store.erasing import scrub
from checkthegate.store.group import End, Group, Make, Request, stored_end
from checkthegate.store.layout import Layout
from checkthegate.store.reading import Reading
from checkthegate.store.together import Together
from checkthegate.store.upgrading import fill, is_older, prepare

PATIENCE = 30.0
"""Seconds to wait for another process's turn to end."""


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


def upgrade_records(url: str, projection: Projection) -> None:
    """Bring records of an older version to the newest one; leave all others as they are.

    Raises `GateError` when they cannot be opened or brought up.
    """
    database, layout = Database(url, PATIENCE), Layout(projection)
    try:
        if not database.missing and is_older(database, layout):
            prepare(database, layout, create=False)
    finally:
        database.close()


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
            yield Reading(database, Layout(projection), session, frozen=True)
    finally:
        database.close()


class Records:
    """See the seam `RecordStore`."""

    def __init__(self, database: Database, layout: Layout, sealing: Sealing) -> None:
        self._database = database
        self._layout = layout
        self._sealing = sealing
        self._together = Together(self._commit)
        self._committing = threading.Lock()
        self._known: End | None = None

    def append(self, events: Sequence[Event]) -> Receipt:
        """Record the events, all or none, one after the other; durable when this returns."""
        return self._record(Request(self._prepared(events)))

    def transact(self, make: Make, fingerprints: Mapping[str, bytes] | None = None) -> Receipt:
        """Record what `make` returns; nobody else writes between its reading and that.

        Of the `fingerprints`, by digest, those are kept that the events name.
        """
        return self._record(Request(make=make, fingerprints=fingerprints))

    def erase(self, numbers: Iterable[int], event: Event) -> Receipt:
        """Record `event` and delete these entries' bodies and salts, all or none."""
        receipt = self._record(Request(self._prepared([event]), erased=numbers))
        with self._committing, self._database.session() as session:
            scrub(session, self._layout)
        return receipt

    def rebuild(self) -> None:
        """Empty the tables and fill them from the events."""
        with self._committing, self._turn() as session:
            fill(self._layout, session)

    @contextmanager
    def reading(self) -> Iterator[RecordReading]:
        """The records as they are now."""
        with self._database.snapshot() as session:
            yield Reading(self._database, self._layout, session, frozen=True)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @contextmanager
    def _turn(self) -> Iterator[Session]:
        with self._database.session(writing=True) as session, self._database.turn(session):
            yield session

    def _prepared(self, events: Sequence[Event]) -> list[Prepared]:
        try:
            return [self._sealing.prepare(event) for event in events]
        except ValueError as problem:
            raise UsageError(
                f"This cannot be recorded: {problem}.", hint="Correct it, then repeat."
            ) from None

    def _record(self, request: Request) -> Receipt:
        self._together.done(request)
        if request.failure is not None:
            raise request.failure
        if request.receipt is None:
            raise AssertionError("a request ended without a receipt")
        return request.receipt

    def _commit(self, requests: Sequence[Request]) -> None:
        """Commit the requests; if that fails, each alone, so that one fails alone."""
        with self._committing:
            if not self._settled(requests):
                for request in requests:
                    self._settled([request])

    def _settled(self, requests: Sequence[Request]) -> bool:
        """Commit; False when that failed although each of them alone might succeed."""
        for request in requests:
            request.failure = None
        turned = False
        try:
            with self._turn() as session:
                turned = True
                group = self._written(session, requests)
        except BaseException as problem:
            for request in requests:
                request.failure = problem
            return len(requests) == 1 or not turned or not isinstance(problem, Exception)
        self._known = group.end
        group.answer()
        return True

    def _written(self, session: Session, requests: Sequence[Request]) -> Group:
        reading = Reading(self._database, self._layout, session)
        end = stored_end(session, reading, self._sealing, self._known)
        group = Group(session, reading, self._layout, self._sealing, end)
        for request in requests:
            group.add(request, self._prepared)
        group.seal()
        return group

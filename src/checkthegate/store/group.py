"""Requests that are committed together: one transaction, as few checkpoints as can be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from checkthegate.model import IntegrityError
from checkthegate.model.event import Event
from checkthegate.model.record import Prepared, Receipt, Sealed
from checkthegate.seams import RecordReading, Sealing
from checkthegate.store.database import Session
from checkthegate.store.erasing import erase_bodies
from checkthegate.store.keeping import drop_unnamed, keep
from checkthegate.store.layout import Layout
from checkthegate.store.projecting import Projecting, event_in

Make: TypeAlias = Callable[[RecordReading], Sequence[Event]]
Prepare: TypeAlias = Callable[[Sequence[Event]], list[Prepared]]

_NEWEST = "SELECT size, note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1"
_LAST = "SELECT max(number) FROM ledger_entries"
_ENTRY = "INSERT INTO ledger_entries (number, leaf, hash) VALUES (?, ?, ?)"
_BODY = "INSERT INTO ledger_bodies (number, salt, body) VALUES (?, ?, ?)"
_NODE = "INSERT INTO ledger_nodes (level, position, hash) VALUES (?, ?, ?)"
_CHECKPOINT = "INSERT INTO ledger_checkpoints (size, note) VALUES (?, ?)"


class Request:
    """What one caller wants recorded, and what came of it. `wake` is held until it is its turn.

    `fingerprints` are offered by digest; those that the events name are kept.
    """

    __slots__ = (
        "done", "erased", "failure", "fingerprints", "make", "prepared", "receipt", "wake",
    )  # fmt: skip

    def __init__(
        self,
        prepared: Sequence[Prepared] = (),
        make: Make | None = None,
        erased: Iterable[int] = (),
        fingerprints: Mapping[str, bytes] | None = None,
    ) -> None:
        self.prepared = prepared
        self.make = make
        self.fingerprints = fingerprints or {}
        self.erased = sorted(set(erased))
        self.receipt: Receipt | None = None
        self.failure: BaseException | None = None
        self.done = False
        self.wake = threading.Lock()
        self.wake.acquire()


class End:
    """Where the ledger ends: how many entries, the newest checkpoint, the edge of the tree."""

    __slots__ = ("edge", "note", "size")

    def __init__(self, size: int, note: str, edge: bytes) -> None:
        self.size = size
        self.note = note
        self.edge = edge


def stored_end(
    session: Session, reading: RecordReading, sealing: Sealing, known: End | None
) -> End:
    """The end of the stored ledger. `known` is used when it still is the newest.

    Raises `IntegrityError` when entries do not end where the newest checkpoint says.
    """
    newest, last = session.one(_NEWEST), session.one(_LAST)
    size, note = (newest[0], newest[1]) if newest else (0, "")
    if size != (0 if last is None or last[0] is None else last[0] + 1):
        raise IntegrityError(
            "The records do not end where they were sealed. Nothing was recorded.",
            hint="See what is wrong: gate ledger verify",
        )
    if known is not None and known.note == note:
        return known
    return End(size, note, sealing.resume(reading))


class Group:
    """Writes requests, one after the other, through a session inside a transaction."""

    def __init__(
        self,
        session: Session,
        reading: RecordReading,
        layout: Layout,
        sealing: Sealing,
        end: End,
    ) -> None:
        self._session = session
        self._reading = reading
        self._layout = layout
        self._projecting = Projecting(layout, session)
        self._sealing = sealing
        self._erasing = False
        self._waiting: list[Prepared] = []
        self._answered: list[tuple[Request, range]] = []
        self.end = end

    def add(self, request: Request, prepare: Prepare) -> None:
        """Take the request in. What its `make` raises is kept for its caller alone."""
        prepared = request.prepared
        if request.make is not None or request.erased:
            self.seal()
        if request.make is not None:
            try:
                prepared = prepare(request.make(self._reading))
            except Exception as problem:
                request.failure = problem
                return
        start = self.end.size + len(self._waiting)
        for number, each in enumerate(prepared, start):
            self._projecting.add(number, event_in(each.body))
        self._waiting += prepared
        keep(self._session, self._projecting.take_named(), request.fingerprints)
        if request.erased:
            erase_bodies(self._session, request.erased, start)
            self._erasing = True
        self._answered.append((request, range(start, start + len(prepared))))

    def seal(self) -> None:
        """Write all that waits, under one checkpoint."""
        self._projecting.flush()
        if self._erasing:
            drop_unnamed(self._session, self._layout)
            self._erasing = False
        if self._waiting:
            sealed = self._sealing.seal(self.end.edge, self._waiting)
            self._write(sealed)
            size = self.end.size + len(self._waiting)
            self.end = End(size, sealed.checkpoint, sealed.edge)
            self._waiting = []

    def answer(self) -> None:
        """Give every request its receipt. Only once everything is durable."""
        for request, entries in self._answered:
            request.receipt = Receipt(entries, self.end.note)

    def _write(self, sealed: Sealed) -> None:
        first, run = self.end.size, self._session.many
        runs = {level: hashes for level, _, hashes in sealed.nodes}
        numbers = range(first, first + len(self._waiting))
        run(_ENTRY, list(zip(numbers, sealed.leaves, runs[0], strict=True)))
        run(
            _BODY,
            [
                (number, each.salt, each.body)
                for number, each in zip(numbers, self._waiting, strict=True)
            ],
        )
        nodes = [
            (level, position, node)
            for level, start, hashes in sealed.nodes
            if level
            for position, node in enumerate(hashes, start)
        ]
        if nodes:
            run(_NODE, nodes)
        run(_CHECKPOINT, [(numbers.stop, sealed.checkpoint)])

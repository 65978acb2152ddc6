"""Reads records that may be damaged, and says of everything that cannot be read that it cannot.

The ledger's own check reads fast and trusts what the database hands it. Where that fails, the
records are read once more here, entry by entry where need be, so that one bad page hides no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any, TypeVar

from checkthegate.ledger import Break, PublicKey, StoredEntry, Verification, verify_chain
from checkthegate.model import GateError, IntegrityError, UsageError
from checkthegate.model.event import Event
from checkthegate.model.table import Change
from checkthegate.seams import Projection, RecordReading
from checkthegate.store.records import inspect_records

_T = TypeVar("_T")
_MOST_FAULTS = 1000
_SPAN = 2000
_BUSY = "in use by another program"
_WHICH = re.compile(r"^The records in “[^”]*” ")
_MISSING = "This entry is missing"


class Inspection:
    """The records at one address, as they are. What cannot be read becomes a break."""

    def __init__(self, url: str, projection: Projection) -> None:
        self._url = url
        self._projection = projection
        self.breaks: list[Break] = []

    def chain(self, keys: Sequence[PublicKey], held: Sequence[str]) -> Verification:
        """The ledger, verified as far as it can be read."""
        try:
            with inspect_records(self._url, self._projection) as reading:
                return _verified(reading, keys, held)
        except Exception as problem:
            _raise_if_not_damage(problem, self._url)
        return self._carefully(keys, held)

    def differences(self) -> Iterator[Break]:
        """Whatever in tables and schema does not follow from the events."""
        try:
            yield from self._differing(self._projection)
        except Exception as problem:
            yield self.fault("The tables cannot all be compared", problem)
            yield from self._differing_in_the_rest()

    def _differing(self, projection: Projection) -> Iterator[Break]:
        with inspect_records(self._url, projection) as reading:
            for entry, what in reading.differences():
                yield Break(entry, what)

    def _differing_in_the_rest(self) -> Iterator[Break]:
        """Names the tables that cannot be read, and compares the others."""
        before = len(self.breaks)
        sound = [table for table in self._projection.tables if self._readable(table.name)]
        yield from self.breaks[before:]
        names = {table.name for table in sound}

        def project(number: int, event: Event) -> list[Change]:
            changes = self._projection.project(number, event)
            return [change for change in changes if change.table in names]

        try:
            for found in self._differing(Projection(self._projection.version, sound, project)):
                # Of the tables left out it says that they do not belong here.
                if found.entry is not None:
                    yield found
        except Exception as problem:
            _raise_if_not_damage(problem, self._url)

    def _readable(self, table: str) -> bool:
        before = len(self.breaks)
        self.rows(table)
        return len(self.breaks) == before

    def rows(self, table: str) -> Sequence[Any]:
        """A table's rows; none when it cannot be read, which is a break."""
        try:
            with inspect_records(self._url, self._projection) as reading:
                return reading.rows(table)
        except Exception as problem:
            self.breaks.append(self.fault(f"The table “{table}” cannot be read", problem))
            return ()

    def newest(self) -> str | None:
        """The newest checkpoint, None when there is none or it cannot be read."""
        try:
            with inspect_records(self._url, self._projection) as reading:
                return reading.checkpoint()
        except Exception as problem:
            _raise_if_not_damage(problem, self._url)
            return None

    def fault(self, what: str, problem: Exception, entry: int | None = None) -> Break:
        """The break for a failure to read. Raises what is not the records' fault."""
        _raise_if_not_damage(problem, self._url)
        said = problem.message if isinstance(problem, GateError) else type(problem).__name__
        return Break(entry, f"{what}: {_WHICH.sub('the records ', said).rstrip('.')}.")

    def _carefully(self, keys: Sequence[PublicKey], held: Sequence[str]) -> Verification:
        for with_tree in (True, False):
            with ExitStack() as stack:
                careful = _Careful(self, stack)
                nodes = careful.nodes if with_tree else None
                try:
                    found = verify_chain(
                        careful.entries(), careful.checkpoints(), keys, held=held, nodes=nodes,
                        thorough=True,
                    )  # fmt: skip
                except _NoTreeError as problem:
                    self.breaks.append(self.fault("The stored tree cannot be read", problem.cause))
                    continue
                self.breaks += careful.breaks
                return _without_unread(found, {each.entry for each in careful.breaks})
        raise AssertionError("a ledger verified without its tree cannot miss it")

    def open(self, stack: ExitStack) -> RecordReading:
        """A reading that lasts as long as the stack."""
        return stack.enter_context(inspect_records(self._url, self._projection))


class _NoTreeError(Exception):
    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _Careful:
    """One pass over damaged records. After a failure it reads through a new connection."""

    def __init__(self, inspection: Inspection, stack: ExitStack) -> None:
        self._inspection = inspection
        self._outer = stack
        self._stack: ExitStack | None = None
        self._reading: RecordReading | None = None
        self.breaks: list[Break] = []

    def entries(self) -> Iterator[StoredEntry]:
        """Every entry that can be read; a break for each that cannot."""
        start, end = 0, self._end()
        while len(self.breaks) < _MOST_FAULTS:
            try:
                for row in self._open().entries(start):
                    yield from self._sound(row)
                    start = row[0] + 1 if isinstance(row[0], int) else start + 1
                return
            except Exception as problem:
                if start >= end:
                    self._failed("The entries cannot be read", problem, None)
                    return
                self._close()
            yield from self._narrowed(start, min(start + _SPAN, end))
            start += _SPAN

    def checkpoints(self) -> Iterator[str]:
        """Every checkpoint up to the first that cannot be read."""
        try:
            # A list: the entries are read between them, perhaps through another connection.
            for note in list(self._open().checkpoints()):
                if isinstance(note, str):
                    yield note
                else:
                    self.breaks.append(Break(None, "A checkpoint is not stored as text."))
        except Exception as problem:
            self._failed("The checkpoints cannot be read", problem, None)

    def nodes(self, level: int, first: int, count: int) -> Sequence[bytes | None]:
        """Stored nodes. Raises `_NoTreeError` when they cannot be read."""
        try:
            return self._open().nodes(level, first, count)
        except Exception as problem:
            self._close()
            raise _NoTreeError(problem) from problem

    def _narrowed(self, first: int, last: int) -> Iterator[StoredEntry]:
        """The entries from `first` up to `last`, halving whatever cannot be read at once."""
        waiting = [(first, last)]
        while waiting and len(self.breaks) < _MOST_FAULTS:
            start, stop = waiting.pop()
            try:
                rows = list(self._open().entries(start, stop))
            except Exception as problem:
                if stop - start > 1:
                    middle = (start + stop) // 2
                    waiting += [(middle, stop), (start, middle)]
                    self._close()
                else:
                    self._failed("It cannot be read", problem, start)
            else:
                for row in rows:
                    yield from self._sound(row)

    def _sound(self, row: Sequence[Any]) -> Iterator[StoredEntry]:
        number, leaf, salt, body = row
        sound = (
            isinstance(number, int)
            and isinstance(leaf, bytes)
            and isinstance(salt, bytes | None)
            and isinstance(body, bytes | None)
        )
        if sound:
            yield StoredEntry(number, leaf, salt, body)
        else:
            place = number if isinstance(number, int) else None
            self.breaks.append(Break(place, "It is not stored in the form it was written in."))

    def _end(self) -> int:
        """How many entries there should be, by whatever can still be read."""
        from checkthegate.ledger import Malformed, parse_checkpoint

        sizes = [0]
        try:
            sizes.append(self._open().size)
        except Exception as problem:
            self._failed("The number of entries cannot be read", problem, None)
        try:
            newest = self._open().checkpoint()
            sizes.append(parse_checkpoint(newest).size if isinstance(newest, str) else 0)
        except Malformed:
            pass  # every checkpoint is verified later on; this one is named there
        except Exception as problem:
            self._failed("The newest checkpoint cannot be read", problem, None)
        return max(sizes)

    def _failed(self, what: str, problem: Exception, entry: int | None) -> None:
        self._close()
        found = self._inspection.fault(what, problem, entry)
        if found not in self.breaks:
            self.breaks.append(found)

    def _open(self) -> RecordReading:
        if self._reading is None:
            self._stack = self._outer.enter_context(ExitStack())
            self._reading = self._inspection.open(self._stack)
        return self._reading

    def _close(self) -> None:
        stack, self._stack, self._reading = self._stack, None, None
        if stack is not None:
            with suppress(Exception):  # what is damaged may not even close
                stack.close()


def guarded(read: Callable[[], _T], otherwise: _T) -> _T:
    """What `read` returns, or `otherwise` when what it reads is damaged."""
    try:
        return read()
    except (OSError, ValueError, GateError):
        return otherwise


def _verified(
    reading: RecordReading, keys: Sequence[PublicKey], held: Sequence[str]
) -> Verification:
    entries = map(StoredEntry._make, reading.entries())
    return verify_chain(entries, reading.checkpoints(), keys, held=held, nodes=reading.nodes)


def _without_unread(found: Verification, unread: set[int | None]) -> Verification:
    """Without "is missing" for entries that are there and cannot be read."""
    breaks = [
        each
        for each in found.breaks
        if each.entry not in unread or not each.what.startswith(_MISSING)
    ]
    return replace(found, breaks=tuple(breaks))


def _raise_if_not_damage(problem: Exception, url: str) -> None:
    """Raises what says nothing of the records: a lock, a server that cannot be reached."""
    if isinstance(problem, IntegrityError) or not isinstance(problem, UsageError):
        return
    if _BUSY in problem.message or not url.startswith("sqlite"):
        raise problem

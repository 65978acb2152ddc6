"""The desk where records are kept: a home's records, open, and the one way to write to them.

Whatever is written is checked first, and every use that it touches is judged again in the same
transaction: a fact and what follows from it are recorded together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from checkthegate.app.home import Home, find_home
from checkthegate.app.recording import checked, now, records_of
from checkthegate.app.registry.judging import Judge
from checkthegate.app.registry.rejudging import Cause, rejudged
from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.record import Receipt
from checkthegate.model.registry import AsOf
from checkthegate.registry.times import as_known_now, as_of
from checkthegate.seams import RecordReading, RecordStore

Make: TypeAlias = Callable[[RecordReading], Sequence[Event]]


@dataclass(slots=True)
class Written:
    """What was recorded: the events that were asked for, and the uses judged again by them."""

    receipt: Receipt
    events: Sequence[Event]
    again: Sequence[Event]

    @property
    def id(self) -> str:
        """The id of what the first event is about."""
        return self.events[0].subject

    @property
    def entry(self) -> int:
        """The first entry's number."""
        return self.receipt.entries.start

    @property
    def changed(self) -> list[dict[str, Any]]:
        """The uses whose answer is another now: from what, to what, because of what."""
        return [each for each in map(_told, self.again) if each["before"] != each["now"]]


@dataclass(slots=True)
class Desk:
    """A home with its records open."""

    home: Home
    store: RecordStore
    _judge: Judge | None = field(default=None)

    @property
    def judge(self) -> Judge:
        """Judges uses by the packs of this home. The packs are read when first needed."""
        if self._judge is None:
            self._judge = Judge.of(self.home)
        return self._judge

    def write(
        self,
        make: Make,
        also: Sequence[Cause] = (),
        *,
        due: bool = True,
        fingerprints: Mapping[str, bytes] | None = None,
    ) -> Written:
        """Record the events `make` gives, all or none, and judge again what they touch.

        `make` may run more than once. `also` are reasons to judge again that no event tells.
        Without `due`, what a date or new packs have changed waits for another write.
        `fingerprints` are offered by digest, for events that name them.
        """
        asked: list[Event] = []
        again: list[Event] = []

        def whole(reading: RecordReading) -> Sequence[Event]:
            asked[:] = checked(reading, make(reading))
            again[:] = rejudged(reading, asked, lambda: self.judge, also, due=due)
            return [*asked, *again]

        receipt = self.store.transact(whole, fingerprints)
        return Written(receipt, tuple(asked), tuple(again))


@contextmanager
def desk_of(named: Path | None) -> Iterator[Desk]:
    """The records of the home to use, open. Raises `UsageError` when there is no home."""
    home = find_home(named)
    if home is None:
        raise UsageError(
            "There is no home here, and records live in one.",
            hint="Make one with: gate init DIR --production NAME. Or name one: --home DIR",
        )
    with records_of(home) as store:
        yield Desk(home, store)


def moment(text: str | None) -> AsOf:
    """The time to look at: now, or what `--as-of` names. Raises `UsageError`."""
    if text is None:
        return as_known_now(now())
    try:
        return as_of(text)
    except (ValueError, OverflowError):
        raise UsageError(
            f"“{text[:40]}” is not a time.",
            hint="Write a day, 2026-11-22, or a time with its zone, 2026-11-22T10:00:00Z.",
        ) from None


def day_of(when: AsOf) -> date:
    """The day of a time."""
    return date.fromisoformat(when.valid[:10])


def _told(again: Event) -> dict[str, Any]:
    body: Any = again.body
    return {
        "use": again.subject,
        "before": dict(body["before"]),
        "now": {name: body["answer"][name] for name in ("verdict", "approval")},
        "because": body["because"],
        "cause": body.get("cause"),
    }

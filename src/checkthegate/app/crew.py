"""Worker processes for files that are put on record: they say what a file is, observe it, and make
fingerprints of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from checkthegate.app.home import Home
from checkthegate.app.registry.files import Named
from checkthegate.app.trust import observer_settings
from checkthegate.app.wiring import hasher_settings, load_observers
from checkthegate.app.workplace import workplace
from checkthegate.app.workshop import WorkPlan
from checkthegate.delivery.found import StatIdentity
from checkthegate.model import Asset, Kind, UsageError
from checkthegate.seams import Executor, Task, TaskResult

_INLINE: Final = 2


@dataclass(frozen=True, slots=True)
class Content:
    """A file whose bytes are known. `seen` are its stat values from before it was hashed."""

    asset: Asset
    file: Path
    seen: StatIdentity


class Crew:
    """Workers for as long as the block lasts, started when there is enough to do.

    `workers` 0 reads everything in this process. `folder` is private and gone with the block.
    """

    def __init__(self, home: Home, workers: int) -> None:
        self.home = home
        self._workers = workers
        self._stack = ExitStack()
        self._inline: Executor | None = None
        self._pool: Executor | None = None

    def __enter__(self) -> Self:
        self.folder = self._stack.enter_context(workplace())
        self.settings = {**observer_settings(self.home), "fingerprint": hasher_settings()}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def results(self, tasks: Sequence[Task]) -> Iterator[TaskResult]:
        """One result for each task, in any order."""
        yield from self._executor(len(tasks)).run(tasks)

    def observers(self) -> tuple[str, ...]:
        """The ids of all observers."""
        return tuple(observer.id for observer in load_observers(self.settings))

    def _executor(self, tasks: int) -> Executor:
        from checkthegate.jobs.inline import InlineExecutor
        from checkthegate.jobs.pool import ProcessPool

        if self._pool is not None:
            return self._pool
        if self._workers == 0 or tasks <= _INLINE:
            if self._inline is None:
                self._inline = InlineExecutor(self._plan())
            return self._inline
        seconds = self.home.configuration.limits.observer_seconds
        self._pool = ProcessPool(self._plan(), min(self._workers, tasks), seconds)
        self._stack.enter_context(closing(self._pool))
        return self._pool

    def _plan(self) -> WorkPlan:
        cache = self.home.cache if self.home.cache.exists() else None
        limits = self.home.configuration.limits
        return WorkPlan(self.settings, limits, cache, pictures=False, folder=self.folder)


def unread_task(number: int, named: Named, observers: tuple[str, ...] = ()) -> Task:
    """The task to identify a file, and to observe it."""
    unread = Asset(named.path, Kind.OTHER, "", 0, "")
    return Task(number, (str(named.file.resolve()),), observers, unread)


def looked_at(file: Path) -> StatIdentity:
    """A file's stat values. Raises `UsageError`."""
    try:
        return StatIdentity.of(os.stat(file))
    except OSError as problem:
        raise cannot_record(file, problem.strerror or "it cannot be read") from None


def cannot_record(file: Path, why: str | None) -> UsageError:
    """The error for a file that could not be read to its end."""
    return UsageError(
        f"“{file}” cannot be recorded: {why or 'it cannot be read'}",
        hint="Nothing was recorded. Leave it out, or make it readable, then repeat.",
        path=str(file),
    )

"""Runs every task in this process: for tests, small deliveries and debugging."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from checkthegate.jobs.work import Work
from checkthegate.seams import Task, TaskResult


class InlineExecutor:
    """The simplest `Executor`. A crash of native code takes the program with it."""

    def __init__(self, build: Callable[[], Work]) -> None:
        self._work = build()

    def run(self, tasks: Iterable[Task]) -> Iterator[TaskResult]:
        """One result for each task, in order."""
        for task in tasks:
            yield self._work(task, lambda _observer: None)

    def close(self) -> None:
        """Nothing to stop."""

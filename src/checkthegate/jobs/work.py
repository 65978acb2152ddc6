"""What a worker does with a task: the one callable that both executors run."""

from __future__ import annotations

from collections.abc import Callable

from checkthegate.seams import Task, TaskResult

OPENING = "open"
"""What a worker names as being at work while it identifies and hashes the file."""

HASHING = "fingerprint:"
"""What a worker names as being at work while a hasher makes a fingerprint: this and its id."""

Progress = Callable[[str], None]
"""Called with an observer's id as it begins, so that a hang or a crash can be put to it."""

Work = Callable[[Task, Progress], TaskResult]
"""Runs one task. Never raises for bad input."""

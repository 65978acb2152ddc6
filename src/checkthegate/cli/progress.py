"""Shows how far a check is, on standard error: done, rate, time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from checkthegate.app.looking import Progress
from checkthegate.report.text import seconds_words, size_words, visible

_LIVELY_SECONDS = 0.1
_PLAIN_SECONDS = 10.0
_LONGEST_PATH = 40


@contextmanager
def progress_to_stderr() -> Iterator[Callable[[Progress], None]]:
    """A callback that shows progress: one line rewritten, or a line now and then in a log."""
    lively = sys.stderr.isatty()
    started = last = time.monotonic()
    first: Progress | None = None
    shown = False

    def show(progress: Progress) -> None:
        nonlocal first, last, shown
        # What was known from an earlier check took no time and says nothing of the rate.
        first = first or progress
        now = time.monotonic()
        if now - last < (_LIVELY_SECONDS if lively else _PLAIN_SECONDS):
            return
        last, shown = now, True
        line = progress_line(progress, now - started, first)
        print(
            f"\r\x1b[2K{line}" if lively else line,
            end="" if lively else "\n",
            file=sys.stderr,
            flush=True,
        )

    try:
        yield show
    finally:
        if lively and shown:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)


def progress_line(progress: Progress, seconds: float, first: Progress) -> str:
    """`1,204 of 9,310 files · 3.1 GB of 41.0 GB · 210 MB/s · 3 min left · reel_3/sh042.mov`.

    `first` is how far it was when these `seconds` began.
    """
    parts = [
        f"{progress.done:,} of {progress.files:,} files",
        f"{size_words(progress.done_bytes)} of {size_words(progress.bytes)}",
    ]
    files = _share(first.done, progress.done, progress.files)
    share = (files + _share(first.done_bytes, progress.done_bytes, progress.bytes)) / 2
    if seconds > 0 and share > 0:
        parts.append(f"{size_words(round((progress.done_bytes - first.done_bytes) / seconds))}/s")
    if seconds > 0 and 0 < share < 1:
        parts.append(f"{seconds_words(max(1.0, seconds * (1 - share) / share))} left")
    if progress.path:
        shown = visible(progress.path)
        parts.append(shown if len(shown) <= _LONGEST_PATH else f"…{shown[1 - _LONGEST_PATH :]}")
    return " · ".join(parts)


def _share(first: int, done: int, whole: int) -> float:
    """Which share (0..1) of what there was to do at `first` is done."""
    return (done - first) / (whole - first) if whole > first else 1.0

"""Shows how far a check is, on standard error: done, rate, time left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from checkthegate.app.check import Progress

_LIVELY_SECONDS = 0.1
_PLAIN_SECONDS = 10.0


@contextmanager
def progress_to_stderr() -> Iterator[Callable[[Progress], None]]:
    """A callback that shows progress: one line rewritten, or a line now and then in a log."""
    lively = sys.stderr.isatty()
    started = last = time.monotonic()
    shown = False

    def show(progress: Progress) -> None:
        nonlocal last, shown
        now = time.monotonic()
        if now - last < (_LIVELY_SECONDS if lively else _PLAIN_SECONDS):
            return
        last, shown = now, True
        line = progress_line(progress, now - started)
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


def progress_line(progress: Progress, seconds: float) -> str:
    """`1,204 of 9,310 files · 3.1 of 41.0 GB · 210 MB/s · 3 min left · reel_3/sh042.mov`."""
    rate = progress.done_bytes / seconds if seconds > 0 else 0.0
    parts = [
        f"{progress.done:,} of {progress.files:,} files",
        f"{progress.done_bytes / 1e9:.1f} of {progress.bytes / 1e9:.1f} GB",
    ]
    if rate > 0:
        parts.append(f"{rate / 1e6:,.0f} MB/s")
        left = (progress.bytes - progress.done_bytes) / rate
        parts.append(f"{left / 60:.0f} min left" if left >= 90 else f"{left:.0f} s left")
    if progress.path:
        parts.append(progress.path if len(progress.path) <= 40 else f"…{progress.path[-39:]}")
    return " · ".join(parts)

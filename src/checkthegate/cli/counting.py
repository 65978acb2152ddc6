"""Shows how far a command is that puts files on record, on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


def processes(stated: int | None) -> int:
    """How many processes to use: as many as there are cores, unless stated."""
    return os.cpu_count() or 1 if stated is None else max(0, stated)


def counted() -> Callable[[int, int, str], None]:
    """A callback (done, in all, path): one line rewritten, or a line now and then in a log."""
    lively = sys.stderr.isatty()

    def show(done: int, files: int, path: str) -> None:
        if lively:
            ending = "\n" if done == files else ""
            print(f"\r\x1b[2K{done:,} of {files:,} · {path[-60:]}", end=ending, file=sys.stderr)
        elif done % 100 == 0:
            print(f"{done:,} of {files:,}", file=sys.stderr)

    return show

"""The home that a command cannot do without."""

from __future__ import annotations

from pathlib import Path

from checkthegate.app.home import Home, find_home
from checkthegate.model import UsageError


def needed_home(named: Path | None) -> Home:
    """The home to use. Raises `UsageError` when there is none."""
    home = find_home(named)
    if home is None:
        raise UsageError(
            "This needs a home, and there is none here.",
            hint="Make one: gate init DIR --production NAME. Or name one: --home DIR",
        )
    return home

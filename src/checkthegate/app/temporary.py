"""Which paths of a final delivery are temporary by the home's settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache


def is_temporary(path: str, patterns: Sequence[str]) -> bool:
    """Whether a report path matches one of the patterns (`editorial/**`, `**/temp_*`)."""
    return any(_pattern(pattern).fullmatch(path) for pattern in patterns)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """`**` spans folders, `*` and `?` stay within one name; all else is taken literally."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    wild = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts), re.S)

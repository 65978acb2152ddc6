"""Knows our own reports again when they lie in what is checked, by the digest of their bytes.

A name proves nothing: a folder that calls itself a report may hold anything. So each report
file that this account writes is remembered, and only such files are passed over.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from checkthegate.app.places import account_config, write_private
from checkthegate.model import digest_bytes

_MOST = 10_000


def known_reports() -> frozenset[str]:
    """The digests of the report files that this account wrote, the newest 10,000."""
    return frozenset(_listed())


def remember_reports(contents: Sequence[bytes]) -> None:
    """Remember report files. Where that cannot be written they will merely be looked at."""
    known = _listed()
    known += [digest_bytes(content) for content in contents]
    kept = list(dict.fromkeys(known))[-_MOST:]
    with contextlib.suppress(OSError):
        write_private(_file(), "\n".join((*kept, "")).encode("ascii"))


def _listed() -> list[str]:
    try:
        return _file().read_text("ascii", "replace").split()
    except OSError:
        return []


def _file() -> Path:
    return account_config() / "own-reports"

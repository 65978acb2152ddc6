"""What a database says went wrong, in words that name the next step.

A fault of the surroundings (locked, full, gone, read-only) is a `UsageError`; records that are not
as we left them are an `IntegrityError`; anything else is our own bug.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError

from checkthegate.model import GateError, IntegrityError, InternalError, UsageError

_NOTHING = "Nothing of this was recorded."
_RESTORE = "Look at it with: gate ledger verify. Then restore the records from a backup."
_AGAIN = "Repeat the command when the other program is done."
_FREE = "Free some space, then repeat the command."

_SQLITE = (
    (("SQLITE_BUSY", "SQLITE_LOCKED"), UsageError, "are in use by another program", _AGAIN),
    (("SQLITE_FULL",), UsageError, "cannot grow: the disk is full", _FREE),
    (
        ("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"),
        UsageError,
        "may only be read",
        "Check the permissions of the file and of its folder.",
    ),
    (
        ("SQLITE_CANTOPEN",),
        UsageError,
        "cannot be opened",
        "Check that the folder is there and that you may write in it.",
    ),
    (
        ("SQLITE_IOERR", "SQLITE_NOMEM", "SQLITE_TOOBIG"),
        UsageError,
        "could not be read or written: the disk refused",
        "Check the disk and its free space, then repeat the command.",
    ),
    (("SQLITE_CORRUPT", "SQLITE_NOTADB"), IntegrityError, "are damaged", _RESTORE),
    (
        ("SQLITE_ERROR", "SQLITE_MISMATCH", "SQLITE_SCHEMA", "SQLITE_CONSTRAINT"),
        IntegrityError,
        "are not as they were left",
        _RESTORE,
    ),
)
_POSTGRESQL = (
    (("55P03", "57014", "40"), UsageError, "are in use by another program", _AGAIN),
    (("53100",), UsageError, "cannot grow: the database server's disk is full", _FREE),
    (
        ("53", "54"),
        UsageError,
        "cannot be written: the database server is short of something",
        "Look into the database server's log.",
    ),
    (
        ("25006", "42501"),
        UsageError,
        "may only be read",
        "Give this account the right to write in the database.",
    ),
    (("58",), UsageError, "could not be read or written", "Look into the server's log."),
    (("XX001", "XX002"), IntegrityError, "are damaged", _RESTORE),
    (("42", "23", "22"), IntegrityError, "are not as they were left", _RESTORE),
    (
        ("08", "57", "28", "3D"),
        UsageError,
        "cannot be reached",
        "Check that the database server runs and lets this account in.",
    ),
)


class Replaced(Exception):
    """The database's file is no longer the one that was opened."""


@contextmanager
def told(where: str, *, writing: bool = False) -> Iterator[None]:
    """Turns what a database raises into a `GateError`. `where` names the database for people."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, Replaced) as problem:
        raise as_fault(problem, where, writing=writing) from problem
    except Exception as problem:
        if not _is_psycopg(problem):
            raise
        raise as_fault(problem, where, writing=writing) from problem


def as_fault(problem: BaseException, where: str, *, writing: bool = False) -> GateError:
    """The error to show for what a database raised."""
    if isinstance(problem, DBAPIError) and problem.orig is not None:
        problem = problem.orig
    kind, what, hint = _kind(problem)
    ending = f" {_NOTHING}" if writing else ""
    return kind(f"The records in “{where}” {what} ({_said(problem)}).{ending}", hint=hint)


def is_damage(problem: BaseException) -> bool:
    """Whether the database says that its own file is damaged."""
    return isinstance(problem, GateError) and isinstance(problem, IntegrityError)


def _kind(problem: BaseException) -> tuple[type[GateError], str, str]:
    if isinstance(problem, Replaced):
        return UsageError, "were moved or deleted meanwhile", "Put the file back, then repeat."
    if isinstance(problem, sqlite3.Error):
        name = getattr(problem, "sqlite_errorname", "SQLITE_ERROR")
        return _looked_up(_SQLITE, name)
    state: Any = getattr(problem, "sqlstate", None)
    return _looked_up(_POSTGRESQL, state or "08")


def _looked_up(
    table: tuple[tuple[tuple[str, ...], type[GateError], str, str], ...], code: str
) -> tuple[type[GateError], str, str]:
    for beginnings, kind, what, hint in table:
        if code.startswith(beginnings):
            return kind, what, hint
    return InternalError, "could not be used", "Please report this."


def _said(problem: BaseException) -> str:
    return " ".join(str(problem).split())[:300] or type(problem).__name__


def _is_psycopg(problem: Exception) -> bool:
    return any(kind.__module__.startswith("psycopg") for kind in type(problem).__mro__)

"""One base for every error a person may see: what happened, where, and what to do next."""

from __future__ import annotations

from typing import ClassVar

from checkthegate.model.canonical import Json


class GateError(Exception):
    """Base of all errors shown to people.

    `message` says what is wrong and where; `hint` names the next step; `path` is the file
    or folder concerned, as the user named it; `code` is stable for scripts.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 70

    def __init__(self, message: str, *, hint: str, path: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path

    def as_json(self) -> dict[str, Json]:
        """The `checkthegate.error/1` document."""
        return {
            "schema": "checkthegate.error/1",
            "error": {
                "code": self.code,
                "message": self.message,
                "hint": self.hint,
                "path": self.path,
            },
        }


class UsageError(GateError):
    """Wrong usage, a named path that cannot be opened, or nothing in it to check."""

    code = "usage"
    exit_status = 2


class PackError(UsageError):
    """A rule pack that cannot be used: unreadable, empty, unknown field, unknown fact."""

    code = "pack"


class IntegrityError(GateError):
    """A ledger, signature or record that does not verify."""

    code = "integrity"
    exit_status = 3


class InternalError(GateError):
    """Our own bug."""

    code = "internal"
    exit_status = 70


class Unreadable(Exception):
    """Something in an asset could not be read; becomes a `Gap` with this reason.

    The reason is shown to people and leaves the home: no absolute path, no user name.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

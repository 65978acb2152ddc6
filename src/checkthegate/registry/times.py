"""Times as stored: `2026-11-22T10:00:00.000000Z`. Days as `2026-11-22`. Texts that sort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timezone
from typing import Any

from checkthegate.model.registry import AsOf

_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"
_DAY = 10


def instant(text: str) -> str:
    """A time with its zone, or a day (its start), as stored. Raises `ValueError`."""
    if len(text) == _DAY:
        return f"{day(text)}T00:00:00.000000Z"
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a time without its zone")
    return read.astimezone(timezone.utc).strftime(_FORM)  # noqa: UP017


def day(text: str) -> str:
    """A day as stored. Raises `ValueError` for anything but `YYYY-MM-DD`."""
    if len(text) != _DAY:
        raise ValueError("not a day")
    return date.fromisoformat(text).isoformat()


def as_of(text: str) -> AsOf:
    """What was known and held at that time; a day means its end. Raises `ValueError`."""
    time = f"{day(text)}T23:59:59.999999Z" if len(text) == _DAY else instant(text)
    return AsOf(time, time)


def as_known_now(time: str) -> AsOf:
    """What holds at that time, by everything on file. Raises `ValueError`."""
    return AsOf(instant(time))


def in_effect(row: Mapping[str, Any], when: AsOf) -> bool:
    """Whether a row was recorded and holds. Reads its `at` and `holds_from`.

    What was recorded without a time of its own holds once it is on file, even when the
    clock has been set back since.
    """
    at, holds_from = row["at"], row["holds_from"]
    if when.known is None:
        return bool(at == holds_from or holds_from <= when.valid)
    return bool(at <= when.known and holds_from <= when.valid)


def began(rows: Iterable[Mapping[str, Any]], when: AsOf) -> str | None:
    """When the first of several rows in effect began to hold, None when none is."""
    return min((row["holds_from"] for row in rows if in_effect(row, when)), default=None)


def last_began(rows: Iterable[Mapping[str, Any]], when: AsOf) -> str | None:
    """When the last of several rows in effect began to hold, None when none is."""
    return max((row["holds_from"] for row in rows if in_effect(row, when)), default=None)


def past(last_day: str | None, when: AsOf) -> bool:
    """Whether a last day, itself included, is over."""
    return last_day is not None and when.valid[:_DAY] > last_day


def not_begun(first_day: str | None, when: AsOf) -> bool:
    """Whether a first day is still to come."""
    return first_day is not None and when.valid[:_DAY] < first_day

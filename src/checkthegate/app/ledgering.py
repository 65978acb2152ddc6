"""Proof of what is on record, to hand to somebody who has no access to the records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checkthegate.app.home import Home, home_key
from checkthegate.app.registry.desk import Desk
from checkthegate.app.resolving import subjects_named
from checkthegate.ledger import Malformed, StoredEntry, make_bundle, parse_body, verify_bundle
from checkthegate.model import IntegrityError, UsageError, canonical
from checkthegate.seams import RecordReading

_HINT = "See what is wrong: gate ledger verify"


def prove(desk: Desk, named: str, *, bodies: bool = True) -> dict[str, Any]:
    """A bundle of every entry about one thing: an id, a unique name, a file, an entry's number.

    `bodies` False leaves out what the entries say; their kinds and times stay. Raises
    `UsageError` when nothing is on file, `IntegrityError` when it cannot be proven.
    """
    with desk.store.reading() as reading:
        found = list(_about(reading, named))
        if not found:
            raise UsageError(
                f"Nothing is on record about “{named}”.",
                hint="Name an id as listings show them, a recorded file, or an entry’s number.",
            )
        return _bundle(desk.home, reading, found, bodies=bodies, complete=False)


def export(desk: Desk, *, bodies: bool = True) -> dict[str, Any]:
    """A bundle of the whole ledger. Raises `UsageError` while nothing is on record."""
    with desk.store.reading() as reading:
        found = list(map(StoredEntry._make, reading.entries()))
        return _bundle(desk.home, reading, found, bodies=bodies, complete=True)


def rebuild(desk: Desk) -> int:
    """Make all tables anew from the events; the number of entries they were made from."""
    desk.store.rebuild()
    with desk.store.reading() as reading:
        return reading.size


def subjects_in(bundle: dict[str, Any]) -> list[str]:
    """What the entries of a bundle are about, each once, for people."""
    import json

    said = [json.loads(entry["event"])["subject"] for entry in bundle["entries"] if entry["event"]]
    return list(dict.fromkeys(said))


def write_bundle(bundle: dict[str, Any], out: Path) -> None:
    """Write a bundle that only its owner may read. Raises `UsageError`."""
    from checkthegate.app.places import write_private

    try:
        write_private(out, canonical(bundle) + b"\n")
    except OSError as problem:
        raise UsageError(
            f"“{out}” cannot be written ({problem.strerror}).",
            hint="Name a file in a folder that you may write in: --out FILE",
            path=str(out),
        ) from None


def _about(reading: RecordReading, named: str) -> Iterator[StoredEntry]:
    """The entries about what is named. Bodies are only parsed where they name it."""
    if named.isdecimal() and len(named) < 16:
        yield from map(StoredEntry._make, reading.entries(int(named), int(named) + 1))
        return
    subjects = subjects_named(reading, named)
    marks = [subject.encode() for subject in subjects]
    for stored in map(StoredEntry._make, reading.entries()):
        if stored.body is not None and any(mark in stored.body for mark in marks):
            try:
                about = parse_body(stored.body).subject in subjects
            except Malformed as problem:
                raise _unprovable(f"entry {stored.number}: {problem}") from None
            if about:
                yield stored


def _bundle(
    home: Home,
    reading: RecordReading,
    entries: list[StoredEntry],
    *,
    bodies: bool,
    complete: bool,
) -> dict[str, Any]:
    newest = reading.checkpoint()
    if newest is None:
        raise UsageError("Nothing is on record yet.", hint="Record something first: gate record")
    shown = entries if bodies else [each._replace(salt=None, body=None) for each in entries]
    try:
        bundle = make_bundle(
            shown,
            newest,
            home_key(home.folder),
            nodes=None if complete else reading.node,
            production=home.production,
        )
    except (ValueError, LookupError) as problem:
        raise _unprovable(str(problem)) from None
    verdict = verify_bundle(canonical(bundle), [home.key])
    if not verdict.ok:
        raise _unprovable(verdict.breaks[0].what.rstrip("."))
    return bundle


def _unprovable(why: str) -> IntegrityError:
    return IntegrityError(f"The ledger is damaged, so this cannot be proven: {why}.", hint=_HINT)

"""Which banks a check looks in: brought up to the records, and told to the workers as settings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from checkthegate.app.bank import BankPlace, bank_in_use
from checkthegate.app.bank_segments import IndexFailed
from checkthegate.app.home import Home
from checkthegate.app.wiring import hasher_settings, load_hashers
from checkthegate.model import Kind, UsageError
from checkthegate.model.registry import AsOf
from checkthegate.seams import RecordReading
from checkthegate.store.bank_catalog import Window

_SEEN: Final = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.SEQUENCE})
_CARRIED: Final = {Kind.AUDIO: {Kind.VIDEO}, Kind.TEXT: {Kind.TIMELINE}}
FIRST: Final = "picture"


@contextmanager
def banks_of(
    home: Home | None, when: AsOf, folder: Path, *, use_cache: bool, pictures: bool
) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """The part of the observers' settings that has them look for what is banked in a home, and
    what went otherwise than it should. Without a home, or with nothing banked, none.

    `folder` is private and takes what no cache may or can take.
    """
    if home is None:
        yield {}, ()
        return
    from checkthegate.app.recording import records_of

    places = [(folder / "bank", folder / "prints")]
    if use_cache:
        places.insert(0, (home.folder / "cache-bank", home.folder / "cache-prints"))
    with ExitStack() as stack:
        with records_of(home) as store, store.reading() as reading:
            settings, notes = _first_that_works(stack, places, reading, when, pictures=pictures)
        yield {"fingerprint": settings} if settings else {}, notes


def _first_that_works(
    stack: ExitStack,
    places: Sequence[tuple[Path, Path]],
    reading: RecordReading,
    when: AsOf,
    *,
    pictures: bool,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The settings with the first of the places that can be written."""
    for number, (bank, prints) in enumerate(places):
        trying = matching_settings(reading, when, bank, prints, pictures=pictures)
        try:
            settings = stack.enter_context(trying)
        except (OSError, sqlite3.Error) as problem:
            if number + 1 == len(places):
                raise _unusable(problem) from problem
            note = f"{_unusable(problem).message} So it was laid out anew for this check alone."
        else:
            return settings, () if number == 0 else (note,)
    raise AssertionError("there is always a place")


def _unusable(problem: Exception) -> UsageError:
    said = getattr(problem, "strerror", None) or problem
    return UsageError(
        f"What is on record cannot be laid out in the cache ({said}).",
        hint="Free some space, and check that you may write in the home.",
    )


@contextmanager
def matching_settings(
    reading: RecordReading, when: AsOf, bank: Path, prints: Path, *, pictures: bool
) -> Iterator[dict[str, Any]]:
    """The settings of the observers that look for what is banked; `{}` where nothing is.

    The bank is brought up to the records and stays as it is while the block lasts. `bank` and
    `prints` are folders of the cache. Raises `OSError` or `sqlite3.Error` where `bank` cannot be
    used.
    """
    banked = reading.distinct("file_fingerprints", "hasher")
    if not banked:
        yield {}
        return
    settings = hasher_settings()
    hashers = load_hashers(settings)
    with ExitStack() as stack:
        places: dict[str, dict[str, Any]] = {}
        for name in banked:
            hasher = hashers.installed.get(name)
            if hasher is None:
                why = hashers.broken.get(name, f"Nothing installed knows material by “{name}”.")
                places[name] = {"missing": why, "kinds": _kinds(reading, name)}
                continue
            try:
                place = stack.enter_context(bank_in_use(bank, hasher, reading, when))
            except IndexFailed as problem:
                why = f"What is on record cannot be looked up by “{name}” ({problem})."
                places[name] = {"missing": why, "kinds": _kinds(reading, name)}
            else:
                if place.count or place.others:
                    places[name] = _described(place)
        matching = {"banks": places, "prints": str(prints), "pictures": pictures}
        yield {**settings, "matching": matching} if places else {}


def _kinds(reading: RecordReading, hasher: str) -> list[str]:
    """The kinds of files a hasher would look in: those it knows, and what those lie in."""
    kinds = {str(row["kind"]) for row in reading.newer("file_fingerprints", 0, hasher=hasher)}
    if hasher == FIRST:
        return sorted(kinds | _SEEN)
    return sorted(kinds.union(*(also for kind, also in _CARRIED.items() if kind in kinds)))


def _described(place: BankPlace) -> dict[str, Any]:
    """A bank's place as settings: they go to other processes."""
    return {
        "folder": str(place.folder),
        "window": list(place.window),
        "indexes": list(place.indexes),
        "count": place.count,
        "others": place.others,
        "state": place.state,
    }


def bank_place(stated: Mapping[str, Any]) -> BankPlace:
    """The inverse."""
    return BankPlace(
        Path(stated["folder"]),
        Window(*stated["window"]),
        tuple(stated["indexes"]),
        stated["count"],
        stated["others"],
        stated["state"],
    )

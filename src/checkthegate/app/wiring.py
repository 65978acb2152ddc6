"""Joins implementations to seams: which observers, report formats and packs there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkthegate.app.places import account_models
from checkthegate.app.rulebook import HOUSE_PACK as HOUSE_PACK
from checkthegate.app.rulebook import select_packs, shelves
from checkthegate.model import InternalError, digest_json
from checkthegate.rules import Pack
from checkthegate.seams import Hasher, Observer, ReportFormat

if TYPE_CHECKING:
    from checkthegate.app.home import Home

OBSERVERS = "checkthegate.observers"
HASHERS = "checkthegate.hashers"
REPORTS = "checkthegate.reports"
_SETTINGS: dict[int, tuple[Observer, str]] = {}
_WITHOUT_BYTES = frozenset({"application/x-empty", "application/octet-stream"})


def load_observers(settings: Mapping[str, Mapping[str, Any]]) -> tuple[Observer, ...]:
    """Every installed observer, by id, each with its own section of `settings`."""
    observers = []
    for point in sorted(entry_points(group=OBSERVERS), key=lambda point: point.name):
        observer = _load(point)(settings.get(point.name, {}))
        if not isinstance(observer, Observer):
            raise InternalError(
                f"The plug-in “{point.value}” is not an observer.", hint="Update or remove it."
            )
        observers.append(observer)
    if matching := settings.get("fingerprint", {}).get("matching"):
        # Imported here: without a bank there is nothing to match.
        from checkthegate.app.matching import matching_observers

        observers.extend(matching_observers(settings["fingerprint"], matching))
    return tuple(observers)


def hasher_settings() -> dict[str, Any]:
    """What every hasher is made with: the folder of model weights."""
    return {"models": str(account_models())}


@dataclass(frozen=True, slots=True)
class Hashers:
    """The hashers that can be used, by id, and why others that are installed cannot."""

    installed: Mapping[str, Hasher]
    broken: Mapping[str, str]


def load_hashers(settings: Mapping[str, Any]) -> Hashers:
    """Every installed hasher; `settings["models"]` is the folder of model weights.

    One that cannot be loaded ends nothing: what it knows is not known then, which is said.
    """
    installed, broken = {}, {}
    given = {name: settings[name] for name in ("models",) if name in settings}
    for point in sorted(entry_points(group=HASHERS), key=lambda point: point.name):
        try:
            hasher = _load(point)(given)
            if not isinstance(hasher, Hasher):
                raise InternalError("It is not a hasher.", hint="Update or remove it.")
        except Exception as problem:
            why = problem.message if isinstance(problem, InternalError) else type(problem).__name__
            broken[point.name] = f"The plug-in “{point.name}” cannot be used: {why}"
        else:
            installed[hasher.id] = hasher
    return Hashers(installed, broken)


def load_report_formats() -> tuple[ReportFormat, ...]:
    """Every installed report format, by file name."""
    formats = [_load(point)() for point in entry_points(group=REPORTS)]
    return tuple(sorted(formats, key=lambda format_: str(format_.filename)))


def observer_label(observer: Observer) -> str:
    """`id@version`, the observer's part of a job key."""
    return f"{observer.id}@{observer.version}"


def settings_digest(observer: Observer, media_type: str, path: str, sidecars: Sequence[str]) -> str:
    """The settings' part of a job key: the observer's own, and what it reads beside the bytes.

    That is the media type, since names tell kinds of text apart; and for observers that read
    the path, and files that are nothing but a path, the path.
    """
    by_path = observer.reads_path or media_type in _WITHOUT_BYTES
    own = _own_settings(observer)
    return _digest_of(own, media_type, path if by_path else None, tuple(sidecars))


@lru_cache(maxsize=1024)
def _digest_of(own: str, media_type: str, path: str | None, sidecars: tuple[str, ...]) -> str:
    stated: dict[str, Any] = {"settings": own, "type": media_type}
    if path is not None:
        stated["path"] = path
    if sidecars:
        stated["sidecars"] = list(sidecars)
    return digest_json(stated)


def sidecar_label(suffix: str, digest: str) -> str:
    """A sidecar's part of a job key; `digest` is hex, tagged or not."""
    return f"{suffix}={digest.removeprefix('sha256:')}"


def _own_settings(observer: Observer) -> str:
    """The digest of an observer's settings, which do not change while a program runs."""
    known = _SETTINGS.get(id(observer))
    if known is None or known[0] is not observer:
        known = (observer, digest_json(observer.settings))
        _SETTINGS[id(observer)] = known
    return known[1]


def load_packs(
    names: Sequence[str],
    folders: Sequence[Path] = (),
    home: Home | None = None,
    as_of: date | None = None,
) -> tuple[Pack, ...]:
    """The house pack and the named ones: `id@version`, or `id` for the version in force.

    They are looked for among the shipped packs, those of the home, and in `folders`. `as_of`
    is today when None.
    """
    return select_packs(names, shelves(home, folders), as_of or date.today())


def _load(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as problem:
        raise InternalError(
            f"The plug-in “{point.name}” ({point.value}) cannot be loaded: {problem}.",
            hint="Update or remove it.",
        ) from problem

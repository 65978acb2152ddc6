"""Joins implementations to seams: which observers, report formats and packs there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from checkthegate.app.places import shipped
from checkthegate.model import InternalError, UsageError, digest_json
from checkthegate.rules import Pack, load_pack
from checkthegate.seams import Observer, ReportFormat

OBSERVERS = "checkthegate.observers"
REPORTS = "checkthegate.reports"
HOUSE_PACK = "gate"
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
    return tuple(observers)


def load_report_formats() -> tuple[ReportFormat, ...]:
    """Every installed report format, by file name."""
    formats = [_load(point)() for point in entry_points(group=REPORTS)]
    return tuple(sorted(formats, key=lambda format_: str(format_.filename)))


def observer_label(observer: Observer) -> str:
    """`id@version`, the observer's part of a job key."""
    return f"{observer.id}@{observer.version}"


def settings_digest(observer: Observer, media_type: str, path: str, sidecars: Sequence[str]) -> str:
    """The settings' part of a job key: the observer's own, and what it reads beside the bytes.

    Observers that read the path, and files that are nothing but a path, depend on it.
    """
    stated: dict[str, Any] = {"settings": _own_settings(observer)}
    if observer.reads_path or media_type in _WITHOUT_BYTES:
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


def load_packs(names: Sequence[str], folders: Sequence[Path] = ()) -> tuple[Pack, ...]:
    """The house pack and the named ones (`id` for the newest version, or `id@version`)."""
    wanted = [HOUSE_PACK, *(name for name in names if name != HOUSE_PACK)]
    return tuple(_load_pack(name, (*folders, shipped("packs"))) for name in dict.fromkeys(wanted))


def _load_pack(name: str, folders: Sequence[Path]) -> Pack:
    pack_id, _, version = name.partition("@")
    for folder in folders:
        versions = _versions(folder / pack_id) if _plain(pack_id) else []
        if versions and not version:
            return _read_pack(versions[-1])
        for candidate in versions:
            if candidate.name == version:
                return _read_pack(candidate)
    known = sorted({each.name for folder in folders for each in folder.iterdir() if each.is_dir()})
    raise UsageError(
        f"There is no rule pack “{name}”.", hint=f"Known packs: {', '.join(known)}.", path=None
    )


def _plain(pack_id: str) -> bool:
    return bool(pack_id) and "/" not in pack_id and not pack_id.startswith(".")


def _versions(folder: Path) -> list[Path]:
    """The version folders of a pack, oldest first by the numbers in their names."""
    if not folder.is_dir():
        return []
    found = [entry for entry in folder.iterdir() if (entry / "pack.yaml").is_file()]
    return sorted(
        found, key=lambda entry: [int(n) if n.isdigit() else n for n in entry.name.split(".")]
    )


@cache
def _read_pack(folder: Path) -> Pack:
    files = {
        entry.relative_to(folder).as_posix(): entry.read_bytes()
        for entry in sorted(folder.rglob("*"))
        if entry.is_file()
    }
    return load_pack(files, f"{folder.parent.name}/{folder.name}")


def _load(point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as problem:
        raise InternalError(
            f"The plug-in “{point.name}” ({point.value}) cannot be loaded: {problem}.",
            hint="Update or remove it.",
        ) from problem

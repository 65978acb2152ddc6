"""Which work a check needs: every file against every observer, minus what is already known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checkthegate.app.wiring import observer_label, settings_digest, sidecar_label
from checkthegate.delivery.found import Found, Turnover
from checkthegate.model import Asset, Kind, Observation, observation_from_json
from checkthegate.seams import Observer, Task
from checkthegate.store.cache import Cache, FileKey, JobKey

SIDECARS = (".xmp", ".c2pa")


@dataclass(slots=True)
class Looked:
    """What is known of one file: the asset, what was observed, and how it came to be known.

    `files` is how many files it is (a package's own are counted by themselves); `frames` are the
    assets that a sequence is made of.
    """

    found: Found
    asset: Asset
    observations: tuple[Observation, ...] = ()
    digest_from: str = "read"
    cached: int = 0
    thumbnail: bytes = b""
    files: int = 1
    frames: tuple[Asset, ...] = ()


@dataclass(slots=True)
class Plan:
    """Files whose answers are known, and tasks for the rest, numbered by place in `files`."""

    files: Sequence[Found]
    known: dict[int, Looked] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    from_stat: set[int] = field(default_factory=set)


class Planner:
    """Plans one check. With no cache, or with `rehash`, every byte is read again."""

    def __init__(self, observers: Sequence[Observer], cache: Cache | None, rehash: bool) -> None:
        self._observers = observers
        self._cache = cache
        self._rehash = rehash

    def plan(
        self, turnover: Turnover, partly: Mapping[int, Sequence[Observer]] | None = None
    ) -> Plan:
        """The plan for everything found. `partly` names other observers for some of the files."""
        partly = partly or {}
        plan = Plan(turnover.files)
        beside = _sidecars(turnover.files)
        known = self._known_assets(turnover.files)
        remembered = self._remembered(known)
        for number, found in enumerate(turnover.files):
            if found.problem is not None:
                continue
            sidecars = {suffix: turnover.files[at] for suffix, at in beside.get(number, {}).items()}
            chosen = partly.get(number, self._observers)
            looked = self._answer(number, found, chosen, known, beside, remembered)
            if looked is not None:
                plan.known[number] = looked
            else:
                plan.tasks.append(_task(number, found, sidecars, known.get(number), chosen))
        plan.from_stat.update(known)
        return plan

    def _known_assets(self, files: Sequence[Found]) -> dict[int, Asset]:
        """Files whose digest is remembered and whose stat values have not changed since."""
        if self._cache is None or self._rehash:
            return {}
        remembered = self._cache.known_files(file_key(found) for found in files)
        known = {}
        for number, found in enumerate(files):
            row = remembered.get(file_key(found))
            if row is not None and _unchanged(found, row):
                known[number] = Asset(
                    found.path, Kind(row["kind"]), row["media_type"], row["bytes"], row["digest"]
                )
        return known

    def _remembered(self, known: Mapping[int, Asset]) -> Mapping[JobKey, list[Any]]:
        if self._cache is None or not known:
            return {}
        return self._cache.jobs(asset.digest for asset in known.values())

    def _answer(
        self,
        number: int,
        found: Found,
        chosen: Sequence[Observer],
        known: Mapping[int, Asset],
        beside: Mapping[int, Mapping[str, int]],
        remembered: Mapping[JobKey, list[Any]],
    ) -> Looked | None:
        """The whole answer from what is remembered, or None when anything is missing."""
        asset = known.get(number)
        if asset is None:
            return None
        labels = []
        for suffix, at in sorted(beside.get(number, {}).items()):
            if at not in known:
                return None
            labels.append(sidecar_label(suffix, known[at].digest))
        said: list[Observation] = []
        keys = _job_keys(asset, labels, chosen)
        for key in keys:
            if key not in remembered:
                return None
            said.extend(observation_from_json(stored) for stored in remembered[key])
        return Looked(found, asset, tuple(said), "stat", len(keys))


def _task(
    number: int,
    found: Found,
    sidecars: Mapping[str, Found],
    asset: Asset | None,
    chosen: Sequence[Observer],
) -> Task:
    unread = Asset(found.path, Kind.OTHER, "", found.size, "")
    places = {suffix: other.location for suffix, other in sidecars.items()}
    names = tuple(observer.id for observer in chosen)
    return Task(number, found.location, names, asset or unread, places)


def _job_keys(asset: Asset, labels: Sequence[str], chosen: Sequence[Observer]) -> list[JobKey]:
    """The job keys of all the observers that want the asset."""
    return [
        (
            asset.digest,
            observer_label(observer),
            settings_digest(observer, asset.media_type, asset.path, labels),
        )
        for observer in chosen
        if observer.wants(asset)
    ]


def file_key(found: Found) -> FileKey:
    """What a file's digest and kind are remembered by: two names of one file are two kinds."""
    member = found.member or found.path.rpartition("/")[2]
    return (found.identity.device, found.identity.inode, member)


def _unchanged(found: Found, row: Mapping[str, Any]) -> bool:
    identity = found.identity
    return (identity.size, identity.mtime_ns, identity.ctime_ns) == (
        row["size"],
        row["mtime"],
        row["ctime"],
    )


def _sidecars(files: Sequence[Found]) -> dict[int, dict[str, int]]:
    """For each file the places of its sidecars: `shot.jpg.xmp` and `shot.xmp` of `shot.jpg`."""
    by_path = {
        found.path.lower(): number
        for number, found in enumerate(files)
        if _suffix(found.path) in SIDECARS and found.problem is None
    }
    if not by_path:
        return {}
    return {number: dict(_beside(found.path, by_path)) for number, found in enumerate(files)}


def _beside(path: str, by_path: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    low = path.lower()
    if _suffix(low) in SIDECARS:
        return
    stem = low[: len(low) - len(_suffix(low))]
    for suffix in SIDECARS:
        at = by_path.get(low + suffix, by_path.get(stem + suffix))
        if at is not None:
            yield suffix, at


def _suffix(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""

"""Packages among what was looked at: one asset for each, beside its files.

A file's SHA-1 is worked out once and remembered by its SHA-256, since the same bytes have the
same digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from checkthegate.app.located import LocatedFiles
from checkthegate.app.planning import Looked
from checkthegate.delivery.found import Found
from checkthegate.delivery.sequences import sequence_digest
from checkthegate.editorial.imf_timeline import composition_timeline
from checkthegate.editorial.package import (
    ASSET_MAPS,
    OBSERVER,
    Examined,
    PackageFile,
    examine,
)
from checkthegate.editorial.package_xml import MOST_BYTES
from checkthegate.model import Asset, Evidence, Gap, Grade, Json, Kind, Observation, Unreadable
from checkthegate.model.timeline import Timeline
from checkthegate.store.cache import Cache, JobKey

MEDIA_TYPE: Final = "application/x-imf-package"
_BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """A package found: its asset with what was observed of it, and its compositions.

    `timelines` and `media` go by report paths: the playlists' timelines, and for each track
    file's id the path of its asset.
    """

    looked: Looked
    timelines: Mapping[str, Timeline]
    media: Mapping[str, str]


def find_packages(
    looked: Sequence[Looked],
    files: LocatedFiles,
    cache: Cache | None,
    working: Callable[[str], None] = lambda _: None,
) -> list[Package]:
    """Every package whose asset map was looked at, examined. `working` is told each file read."""
    folders = sorted({_folder(each.found.path) for each in looked if _is_map(each.found.path)})
    return [
        _package(folder, _members(folder, folders, looked), _Reader(files, cache, working))
        for folder in folders
    ]


def _is_map(path: str) -> bool:
    return path.rpartition("/")[2] in ASSET_MAPS


def _folder(path: str) -> str:
    """The folder's report path with its slash; empty for what lies at the top."""
    return path[: path.rfind("/") + 1]


def _members(folder: str, folders: Sequence[str], looked: Sequence[Looked]) -> dict[str, Looked]:
    """What lies in a package, by path inside it; a package inside of it is its own."""
    inner = tuple(other for other in folders if other != folder and other.startswith(folder))
    return {
        each.found.path[len(folder) :]: each
        for each in looked
        if each.found.path.startswith(folder)
        and not (inner and each.found.path.startswith(inner))
        and each.asset.kind is not Kind.PACKAGE
        and "!" not in each.found.path[len(folder) :]
    }


class _Reader:
    def __init__(
        self, files: LocatedFiles, cache: Cache | None, working: Callable[[str], None]
    ) -> None:
        self._files, self._cache, self._working = files, cache, working

    def read(self, each: Looked) -> bytes:
        if each.found.problem is not None:
            raise Unreadable("it could not be read")
        return self._files.read(each.found.location, MOST_BYTES)

    def digest(self, each: Looked, algorithm: str) -> str | None:
        """The hex digest, remembered or made now; None when it cannot be read."""
        if not each.asset.digest:
            return None
        key: JobKey = (each.asset.digest, f"{algorithm}@1", "")
        known = self._cache.jobs([each.asset.digest]).get(key) if self._cache else None
        if known:
            return str(known[0])
        made = self._made(each, algorithm)
        if made is not None and self._cache is not None:
            self._cache.remember_job(key, [made])
        return made

    def _made(self, each: Looked, algorithm: str) -> str | None:
        """The digest by reading; None also when the bytes are no longer those looked at."""
        hasher = hashlib.new(algorithm, usedforsecurity=False)
        again = hashlib.sha256()
        try:
            with self._files.at(each.found.location) as file, Path(file).open("rb") as stream:
                while block := stream.read(_BLOCK):
                    hasher.update(block)
                    again.update(block)
                    self._working(each.found.path)
        except (OSError, Unreadable):
            return None
        return hasher.hexdigest() if again.hexdigest() == _hex(each.asset.digest) else None


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _package(folder: str, members: Mapping[str, Looked], reader: _Reader) -> Package:
    lying = {
        name: PackageFile(each.found.size, _hex(each.asset.digest))
        for name, each in members.items()
    }
    found = examine(
        lying,
        lambda name: reader.read(members[name]),
        lambda name, algorithm: reader.digest(members[name], algorithm),
    )
    media = {id_: folder + path for id_, path in found.media.items()}
    timelines = {
        folder + path: composition_timeline(each, found.media)
        for path, each in found.compositions.items()
    }
    return Package(_looked(folder, members, found), timelines, media)


def _looked(folder: str, members: Mapping[str, Looked], found: Examined) -> Looked:
    path = folder.rstrip("/") or "."
    at = next(each for name, each in members.items() if name in ASSET_MAPS)
    digest = sequence_digest((each.asset.digest, name) for name, each in members.items())
    size = sum(each.found.size for each in members.values())
    asset = Asset(path, Kind.PACKAGE, MEDIA_TYPE, size, digest)
    place = Found(path, at.found.location, at.found.identity, 0, member=at.found.member or "/")
    said: list[Observation] = [_stated(found, len(members)), *found.faults, *found.gaps]
    return Looked(place, asset, tuple(said), files=0)


def _stated(found: Examined, files: int) -> Evidence:
    titles = [each.title or each.id for each in found.compositions.values()]
    detail: dict[str, Json] = {"id": found.id, "files": files, "compositions": titles[:100]}
    return Evidence(OBSERVER, Grade.DECLARED, "package", detail)


def with_packages(looked: Sequence[Looked], packages: Sequence[Package]) -> list[Looked]:
    """What was looked at with the packages added, and their playlists as the timelines they are."""
    timelines = {path: each for package in packages for path, each in package.timelines.items()}
    every = [_as_playlist(each, timelines.get(each.found.path)) for each in looked]
    return sorted([*every, *(each.looked for each in packages)], key=lambda one: one.found.path)


def _as_playlist(each: Looked, timeline: Timeline | None) -> Looked:
    if timeline is None:
        return each
    detail: dict[str, Json] = {"format": timeline.format, "clips": len(timeline.clips)}
    said = Evidence("timeline", Grade.DECLARED, "timeline", detail)
    gaps = [Gap("timeline", problem) for problem in timeline.problems]
    asset = replace(each.asset, kind=Kind.TIMELINE)
    return replace(each, asset=asset, observations=(*each.observations, said, *gaps))

"""What a worker does with one file: identify it, hash it, let the observers look at it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from checkthegate.app.wiring import (
    load_observers,
    observer_label,
    settings_digest,
    sidecar_label,
)
from checkthegate.delivery.archive import Extractor
from checkthegate.delivery.found import StatIdentity
from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.jobs.work import OPENING, Progress
from checkthegate.model import Asset, Gap, Unreadable, UsageError, observation_from_json
from checkthegate.seams import Limits, Observed, Observer, Task, TaskResult
from checkthegate.store.cache import Cache, JobKey

_BLOCK = 1024 * 1024
_WORD_EVERY = 256 * _BLOCK
_NO_MEMORY = (
    "Reading it needs more memory than a worker may use, so it was not looked at. Ask for it in "
    "another form, or have a person look at it."
)
CHANGED = "It changed while it was being read. Check it again once nobody writes to it."


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """All a worker needs to know; picklable. `cache` is None when nothing is to be reused.

    What is unpacked goes into `folder`, which whoever made the plan removes.
    """

    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    cache: Path | None = None
    pictures: bool = True
    folder: Path | None = None

    def __call__(self) -> Workshop:
        """Build the workshop, in the worker."""
        return Workshop(self)


class Workshop:
    """Runs tasks. Bad input becomes gaps; only our own faults could raise, and they do not."""

    def __init__(self, plan: WorkPlan) -> None:
        self._plan = plan
        self._observers = {each.id: each for each in load_observers(plan.settings)}
        self._cache = _cache(plan.cache)
        self._archives = Extractor()
        self._folder: Path | None = None

    def __call__(self, task: Task, progress: Progress) -> TaskResult:
        """The result of one task."""
        progress(OPENING)
        try:
            with self._bytes(task.location, progress) as file:
                return self._look(task, file, progress)
        except Unreadable as problem:
            return TaskResult(task.number, problem=problem.reason)
        except OSError as problem:
            return TaskResult(task.number, problem=_unread(problem))
        except MemoryError:
            return TaskResult(task.number, problem=_NO_MEMORY)
        except Exception as problem:
            reason = (
                f"Reading this file failed ({type(problem).__name__}), so nothing is known about "
                "it. This is our fault: please report it, and have a person look at the file."
            )
            return TaskResult(task.number, problem=reason)

    @contextmanager
    def _bytes(self, location: tuple[str, ...], progress: Progress) -> Iterator[Path]:
        """A file with the bytes of a location; members are unpacked for as long as needed."""
        if len(location) == 1:
            yield Path(location[0])
            return
        target = self._place() / "member"
        target.unlink(missing_ok=True)
        self._archives.extract(location, target, lambda: progress(OPENING))
        try:
            yield target
        finally:
            target.unlink(missing_ok=True)

    def _place(self) -> Path:
        """This worker's own folder for what it unpacks."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="work-", dir=self._plan.folder))
        return self._folder

    def _look(self, task: Task, file: Path, progress: Progress) -> TaskResult:
        before = os.stat(file)
        asset = task.asset
        if asset is None or not asset.digest:
            asset = _identified(file, asset, progress)
        with self._sidecars(task) as sidecars:
            wanted = self._wanted(task, asset)
            keys = self._keys(wanted, asset, sidecars)
            observed, cached = self._remembered(keys)
            missing = [each for each in wanted if each.id not in observed]
            thumbnail = b""
            if missing:
                looking = [OPENING]
                opened = OpenedFile(
                    asset,
                    file,
                    limits=self._plan.limits,
                    sidecars=sidecars,
                    working=lambda: progress(looking[0]),
                )
                try:
                    for observer in missing:
                        looking[0] = observer.id
                        progress(observer.id)
                        said = _observe(observer, opened)
                        observed[observer.id] = replace(said, settings=keys[observer.id][2])
                    thumbnail = self._thumbnail(opened, observed)
                finally:
                    opened.close()
        if _changed(before, file):
            return TaskResult(task.number, problem=CHANGED)
        return TaskResult(
            task.number, asset, tuple(observed.values()), thumbnail=thumbnail, cached=cached
        )

    @contextmanager
    def _sidecars(self, task: Task) -> Iterator[dict[str, Path]]:
        """Files with the sidecars' bytes; those in archives are unpacked."""
        made: dict[str, Path] = {}
        try:
            for suffix, location in task.sidecars.items():
                made[suffix] = self._sidecar(suffix, location)
            yield made
        finally:
            for suffix, location in task.sidecars.items():
                if len(location) > 1 and suffix in made:
                    made[suffix].unlink(missing_ok=True)

    def _sidecar(self, suffix: str, location: tuple[str, ...]) -> Path:
        if len(location) == 1:
            return Path(location[0])
        target = self._place() / f"sidecar{suffix}"
        target.unlink(missing_ok=True)
        # A sidecar that cannot be unpacked is a gap of its own asset; here its absence shows
        # as a file that cannot be opened.
        with suppress(Unreadable):
            self._archives.extract(location, target)
        return target

    def _wanted(self, task: Task, asset: Asset) -> list[Observer]:
        chosen = (self._observers[name] for name in task.observers if name in self._observers)
        return [observer for observer in chosen if observer.wants(asset)]

    def _keys(
        self, wanted: list[Observer], asset: Asset, sidecars: Mapping[str, Path]
    ) -> dict[str, JobKey]:
        digests = [
            sidecar_label(suffix, _digest(file)) for suffix, file in sorted(sidecars.items())
        ]
        return {
            observer.id: (
                asset.digest,
                observer_label(observer),
                settings_digest(observer, asset.media_type, asset.path, digests),
            )
            for observer in wanted
        }

    def _remembered(self, keys: Mapping[str, JobKey]) -> tuple[dict[str, Observed], int]:
        if self._cache is None or not keys:
            return {}, 0
        known = self._cache.jobs(key[0] for key in keys.values())
        found = {
            name: Observed(name, tuple(observation_from_json(each) for each in known[key]))
            for name, key in keys.items()
            if key in known
        }
        return found, len(found)

    def _thumbnail(self, opened: OpenedFile, observed: Mapping[str, Observed]) -> bytes:
        """A small picture of what something was found in, from what is decoded already."""
        if not self._plan.pictures or not any(_telling(each) for each in observed.values()):
            return b""
        from checkthegate.delivery.picture import thumbnail

        for view in ("picture", ("frame", 0.5), ("frame", 0.0)):
            picture = opened.seen(view)
            if picture is not None:
                try:
                    return thumbnail(picture)  # type: ignore[arg-type]
                except (OSError, ValueError, MemoryError):
                    return b""
        return b""


def _unread(problem: OSError) -> str:
    if isinstance(problem, PermissionError):
        return "You may not read this file, so nothing is known about it. Ask for access to it."
    return (
        f"It could not be read ({problem.strerror}), so nothing is known about it. Check that "
        "it is still there and that its disk is sound."
    )


def _cache(file: Path | None) -> Cache | None:
    """The cache to reuse from; a worker does without one that fails it."""
    try:
        return Cache(file) if file else None
    except UsageError:
        return None


def _telling(observed: Observed) -> bool:
    """Whether a report will show a card for this."""
    return any(
        isinstance(said, Gap) or said.claim.startswith("ai-") for said in observed.observations
    )


def _identified(file: Path, known: Asset | None, progress: Progress) -> Asset:
    path = known.path if known else file.name
    with file.open("rb") as stream:
        kind, media_type = identify(stream, path.rsplit("/", 1)[-1])
        stream.seek(0)
        hasher, size = hashlib.sha256(), 0
        while block := stream.read(_BLOCK):
            hasher.update(block)
            size += len(block)
            if size % _WORD_EVERY == 0:
                progress(OPENING)
    return Asset(path, kind, media_type, size, f"sha256:{hasher.hexdigest()}")


def _observe(observer: Observer, opened: OpenedFile) -> Observed:
    try:
        return Observed(observer.id, tuple(observer.observe(opened)))
    except Unreadable as problem:
        return Observed(observer.id, (Gap(observer.id, problem.reason),))
    except MemoryError:
        return Observed(observer.id, (Gap(observer.id, _NO_MEMORY),), sound=False)
    except Exception as problem:
        # A fault of the observer, not of the delivery; never silence, never the end of the run.
        reason = (
            f"The observer “{observer.id}” failed on this file ({type(problem).__name__}), so "
            "what it would have seen is not known. Please report it to us."
        )
        return Observed(observer.id, (Gap(observer.id, reason),), sound=False)


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def _changed(before: os.stat_result, file: Path) -> bool:
    after = os.stat(file)
    return StatIdentity.of(before) != StatIdentity.of(after)

"""What a worker does with one file: identify it, hash it, let the observers look at it, make
fingerprints of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from checkthegate.app.wiring import (
    load_hashers,
    load_observers,
    observer_label,
    settings_digest,
    sidecar_label,
)
from checkthegate.delivery.archive import Extractor
from checkthegate.delivery.found import StatIdentity
from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.jobs.work import HASHING, OPENING, Progress
from checkthegate.model import Asset, Gap, Unreadable, UsageError, observation_from_json
from checkthegate.seams import Hasher, Limits, Observed, Observer, OpenAsset, Task, TaskResult
from checkthegate.store.cache import Cache, JobKey

_BLOCK = 1024 * 1024
_WORD_EVERY = 256 * _BLOCK
_WORD_SECONDS = 0.25
MOST_FINGERPRINT = 256 * _BLOCK
_NO_MEMORY = (
    "Reading it needs more memory than a worker may use, so it was not looked at. Ask for it in "
    "another form, or have a person look at it."
)
_TOO_LARGE = "Its fingerprint is too large to keep. Record it in parts."
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
        self._cache = _cache(plan.cache)
        self._archives = Extractor()
        self._folder: Path | None = None

    @cached_property
    def _observers(self) -> Mapping[str, Observer]:
        """All observers by id, loaded when the first file is to be observed."""
        return {each.id: each for each in load_observers(self._plan.settings)}

    @cached_property
    def _hashers(self) -> Mapping[str, Hasher]:
        """All hashers by id, loaded when the first fingerprint is to be made."""
        return load_hashers(self._plan.settings.get("fingerprint", {})).installed

    def __call__(self, task: Task, progress: Progress) -> TaskResult:
        """The result of one task."""
        progress(OPENING)
        try:
            if task.parts and task.asset is not None:
                return self._look_through(task, task.asset, progress)
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
            hashers = self._hashing(task, asset)
            thumbnail, fingerprints = b"", dict[str, bytes]()
            if missing or hashers:
                saying = _Saying(progress)
                opened = OpenedFile(
                    asset, file, limits=self._plan.limits, sidecars=sidecars, working=saying.again
                )
                with closing(opened):
                    for observer in missing:
                        saying.begin(observer.id)
                        said = _observe(observer, opened)
                        observed[observer.id] = replace(said, settings=keys[observer.id][2])
                    thumbnail = self._thumbnail(opened, observed)
                    fingerprints, failed = _fingerprints(hashers, opened, saying)
                    observed |= failed
        if _changed(before, file):
            return TaskResult(task.number, problem=CHANGED)
        return TaskResult(
            task.number,
            asset,
            tuple(observed.values()),
            thumbnail=thumbnail,
            cached=cached,
            fingerprints=fingerprints,
        )

    def _look_through(self, task: Task, asset: Asset, progress: Progress) -> TaskResult:
        """Look at a sequence as a whole; its frames were read before, one by one."""
        from checkthegate.delivery.sequence_film import OpenedSequence

        wanted = self._wanted(task, asset)
        keys = self._keys(wanted, asset, {})
        observed, cached = self._remembered(keys)
        saying = _Saying(progress)
        opened = OpenedSequence(
            asset,
            [frame for _, frame in task.parts],
            lambda place: self._bytes(task.parts[place][0], progress),
            limits=self._plan.limits,
            working=saying.again,
        )
        for observer in wanted:
            if observer.id not in observed:
                saying.begin(observer.id)
                said = _observe(observer, opened)
                observed[observer.id] = replace(said, settings=keys[observer.id][2])
        return TaskResult(task.number, asset, tuple(observed.values()), cached=cached)

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

    def _hashing(self, task: Task, asset: Asset) -> list[Hasher]:
        chosen = (self._hashers[name] for name in task.hashers if name in self._hashers)
        return [hasher for hasher in chosen if hasher.wants(asset)]

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


class _Saying:
    """Says what is at work: when it begins, and now and then that it goes on."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._name = OPENING
        self._last = 0.0

    def begin(self, name: str) -> None:
        """Another observer or hasher begins."""
        self._name, self._last = name, time.monotonic()
        self._progress(name)

    def again(self) -> None:
        """It goes on. Costs nothing when called often."""
        now = time.monotonic()
        if now - self._last >= _WORD_SECONDS:
            self._last = now
            self._progress(self._name)


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
        isinstance(said, Gap) or said.claim.startswith(("ai-", "matches-"))
        for said in observed.observations
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


def _observe(observer: Observer, opened: OpenAsset) -> Observed:
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


def _fingerprints(
    hashers: Sequence[Hasher], opened: OpenedFile, saying: _Saying
) -> tuple[dict[str, bytes], dict[str, Observed]]:
    """Fingerprints by hasher, and why others were not made."""
    made, failed = {}, {}
    for hasher in hashers:
        saying.begin(HASHING + hasher.id)
        found = _fingerprint(hasher, opened)
        if isinstance(found, bytes):
            made[hasher.id] = found
        else:
            failed[found.observer] = found
    return made, failed


def _fingerprint(hasher: Hasher, opened: OpenedFile) -> bytes | Observed:
    """The fingerprint, or why there is none."""
    label = HASHING + hasher.id
    try:
        made = hasher.fingerprint(opened)
        if made is not None and len(made) <= MOST_FINGERPRINT:
            return made
        reason = _TOO_LARGE if made else "There is nothing in it to know it by."
        return Observed(label, (Gap(label, reason),))
    except Unreadable as problem:
        return Observed(label, (Gap(label, problem.reason),))
    except MemoryError:
        reason = "Making a fingerprint of it needs more memory than a worker may use."
    except Exception as problem:
        reason = (
            f"Making a fingerprint of it failed ({type(problem).__name__}). Please report it to us."
        )
    return Observed(label, (Gap(label, reason),), sound=False)


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def _changed(before: os.stat_result, file: Path) -> bool:
    after = os.stat(file)
    return StatIdentity.of(before) != StatIdentity.of(after)

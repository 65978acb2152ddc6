"""Carries out a plan: workers look at files, what they say is kept, nothing finished is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property

from checkthegate.app.planning import Looked, Plan, file_key
from checkthegate.app.wiring import observer_label
from checkthegate.app.workshop import CHANGED, WorkPlan
from checkthegate.delivery.found import is_untouched
from checkthegate.model import Asset, Gap, Kind, observation_to_json
from checkthegate.seams import Executor, Observer, TaskResult
from checkthegate.store.cache import Cache

_UNREAD = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is: files and bytes done and in all, and what was done last."""

    done: int
    files: int
    done_bytes: int
    bytes: int
    path: str = ""


@dataclass(frozen=True)
class Looking:
    """Looks at the files of plans. `workers` 0 runs everything in this process."""

    observers: Sequence[Observer]
    cache: Cache | None
    build: WorkPlan
    workers: int
    progress: Callable[[Progress], None]

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {observer.id: observer_label(observer) for observer in self.observers}

    def __call__(self, plan: Plan) -> list[Looked]:
        """Every file's observations, in the order of the files."""
        looked = dict(plan.known)
        for number, found in enumerate(plan.files):
            if found.problem is not None:
                asset = _unread(found.path, found.size)
                looked[number] = Looked(found, asset, (Gap("open", found.problem),))
        size = sum(found.size for found in plan.files)
        read = sum(each.found.size for each in looked.values())
        self.progress(Progress(len(looked), len(plan.files), read, size))
        for result in self._results(plan):
            each = _taken_in(plan, result)
            looked[result.number] = each
            self._remember(each, result)
            read += each.found.size
            self.progress(Progress(len(looked), len(plan.files), read, size, each.found.path))
        return [looked[number] for number in range(len(plan.files))]

    def quietly(self) -> Looking:
        """The same without saying how far it is."""
        return Looking(self.observers, self.cache, self.build, self.workers, lambda _: None)

    def _results(self, plan: Plan) -> Iterator[TaskResult]:
        if not plan.tasks:
            return
        # Imported here: an unchanged delivery needs neither.
        from checkthegate.jobs.inline import InlineExecutor
        from checkthegate.jobs.pool import ProcessPool

        executor: Executor
        if self.workers == 0:
            executor = InlineExecutor(self.build)
        else:
            workers = min(self.workers, len(plan.tasks))
            executor = ProcessPool(self.build, workers, self.build.limits.observer_seconds)
        with closing(executor):
            yield from executor.run(plan.tasks)

    def _remember(self, looked: Looked, result: TaskResult) -> None:
        """Keep what is sound, at once, so that a kill loses nothing that was finished."""
        asset, found, cache = looked.asset, looked.found, self.cache
        if not asset.digest or cache is None:
            return
        with cache.together():
            if asset.kind is not Kind.SEQUENCE:
                stat = (found.identity.size, found.identity.mtime_ns, found.identity.ctime_ns)
                kind = asset.kind.value
                cache.remember_file(
                    file_key(found), stat, asset.digest, kind, asset.media_type, asset.size
                )
            for observed in result.observed:
                if observed.sound and observed.settings:
                    key = (asset.digest, self._labels[observed.observer], observed.settings)
                    said = [observation_to_json(each) for each in observed.observations]
                    cache.remember_job(key, said)
            if looked.thumbnail:
                cache.remember_thumbnail(asset.digest, looked.thumbnail)


def _taken_in(plan: Plan, result: TaskResult) -> Looked:
    found = plan.files[result.number]
    said = tuple(each for observed in result.observed for each in observed.observations)
    problem = result.problem
    if problem is None and (result.asset is None or not is_untouched(found)):
        problem = CHANGED
    if problem is not None or result.asset is None:
        gap = Gap("open", problem or "It could not be read.")
        return Looked(found, _unread(found.path, found.size), (*said, gap))
    digest_from = "stat" if result.number in plan.from_stat else "read"
    return Looked(found, result.asset, said, digest_from, result.cached, result.thumbnail)


def _unread(path: str, size: int) -> Asset:
    return Asset(path, Kind.OTHER, _UNREAD, size, "")


def thumbnails_of(looked: Sequence[Looked], cache: Cache | None) -> dict[str, bytes]:
    """Small pictures by asset path, made now or kept from before."""
    made = {each.asset.path: each.thumbnail for each in looked if each.thumbnail}
    missing = [each for each in looked if each.cached and each.observations and not each.thumbnail]
    if cache is not None and missing:
        stored = cache.thumbnails(each.asset.digest for each in missing)
        for each in missing:
            if each.asset.digest in stored:
                made[each.asset.path] = stored[each.asset.digest]
    return made

"""The main job: open, observe, judge. What it returns is all that any report is made from."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checkthegate.app.deciding import day_of, decide, reading_of, time_of
from checkthegate.app.home import Home
from checkthegate.app.judging import Judge
from checkthegate.app.own_reports import known_reports
from checkthegate.app.places import account_cache
from checkthegate.app.planning import Looked, Plan, Planner, file_key
from checkthegate.app.trust import observer_settings
from checkthegate.app.wiring import load_observers, load_packs, observer_label
from checkthegate.app.workplace import workplace
from checkthegate.app.workshop import CHANGED, WorkPlan
from checkthegate.delivery.archive import Unpacker
from checkthegate.delivery.found import is_untouched
from checkthegate.delivery.walk import Ours, open_delivery
from checkthegate.model import (
    Asset,
    Decision,
    Gap,
    Kind,
    UsageError,
    observation_to_json,
)
from checkthegate.seams import Executor, Limits, Observer, TaskResult
from checkthegate.store.cache import Cache

_UNREAD = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to check and how. `workers` 0 runs everything in this process."""

    paths: tuple[Path, ...]
    final: bool = True
    packs: tuple[str, ...] = ()
    pack_folders: tuple[Path, ...] = ()
    home: Home | None = None
    workers: int = 2
    use_cache: bool = True
    rehash: bool = False
    pictures: bool = True
    limits: Limits | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is: files and bytes done and in all, and what was done last."""

    done: int
    files: int
    done_bytes: int
    bytes: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision, small pictures by asset path, and what went otherwise than asked for."""

    decision: Decision
    thumbnails: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def check(request: CheckRequest, progress: Callable[[Progress], None]) -> Checked:
    """Check a delivery. Raises `UsageError` when there is nothing that could be checked."""
    started = time.monotonic()
    names = request.packs or _configured_packs(request.home)
    packs = load_packs(names, request.pack_folders, request.home, day_of(request.as_of))
    with ExitStack() as stack:
        folder = stack.enter_context(workplace())
        ours = Ours(request.home.folder if request.home else None, known_reports())
        turnover = open_delivery(request.paths, Unpacker(folder), ours)
        settings = observer_settings(request.home)
        observers = load_observers(settings)
        cache, notes = _cache(request)
        if cache is not None:
            stack.enter_context(closing(cache))
        plan = Planner(observers, cache, request.rehash).plan(turnover)
        build = _work_plan(request, settings, folder)
        looked = _look(request, plan, cache, build, observers, progress)
        thumbnails = _thumbnails(request, looked, cache)
    with reading_of(request.home) as rows:
        production = request.home.production if request.home else ""
        judge = Judge(packs, rows, production, time_of(request.as_of))
        temp = request.home.configuration.temp if request.home else ()
        decision = decide(turnover, looked, judge, final=request.final, temp=temp, started=started)
    return Checked(decision, thumbnails, notes)


def _cache_file(request: CheckRequest) -> Path | None:
    if not request.use_cache:
        return None
    return request.home.cache if request.home else account_cache() / "cache.db"


def _cache(request: CheckRequest) -> tuple[Cache | None, tuple[str, ...]]:
    """The cache, if it is wanted and can be used; else why not."""
    file = _cache_file(request)
    try:
        return Cache(file) if file else None, ()
    except UsageError as problem:
        note = f"{problem.message} So everything is looked at, and nothing is kept for next time."
        return None, (note,)


def _configured_packs(home: Home | None) -> tuple[str, ...]:
    return home.configuration.packs if home else ("netflix",)


def _look(
    request: CheckRequest,
    plan: Plan,
    cache: Cache | None,
    build: WorkPlan,
    observers: Sequence[Observer],
    progress: Callable[[Progress], None],
) -> list[Looked]:
    """Every file's observations, in the order of the files."""
    looked = dict(plan.known)
    labels = {observer.id: observer_label(observer) for observer in observers}
    for number, found in enumerate(plan.files):
        if found.problem is not None:
            asset = _unread(found.path, found.size)
            looked[number] = Looked(found, asset, (Gap("open", found.problem),))
    size = sum(found.size for found in plan.files)
    read = sum(each.found.size for each in looked.values())
    progress(Progress(len(looked), len(plan.files), read, size))
    for result in _results(request, plan, build):
        each = _taken_in(plan, result)
        looked[result.number] = each
        if cache is not None:
            _remember(cache, each, result, labels)
        read += each.found.size
        progress(Progress(len(looked), len(plan.files), read, size, each.found.path))
    return [looked[number] for number in range(len(plan.files))]


def _work_plan(
    request: CheckRequest, settings: Mapping[str, Mapping[str, Any]], folder: Path
) -> WorkPlan:
    limits = request.limits or (request.home.configuration.limits if request.home else Limits())
    reuse = None if request.rehash else _cache_file(request)
    return WorkPlan(settings, limits, reuse, request.pictures, folder)


def _results(request: CheckRequest, plan: Plan, build: WorkPlan) -> Iterator[TaskResult]:
    if not plan.tasks:
        return
    # Imported here: an unchanged delivery needs neither.
    from checkthegate.jobs.inline import InlineExecutor
    from checkthegate.jobs.pool import ProcessPool

    executor: Executor
    if request.workers == 0:
        executor = InlineExecutor(build)
    else:
        workers = min(request.workers, len(plan.tasks))
        executor = ProcessPool(build, workers, build.limits.observer_seconds)
    with closing(executor):
        yield from executor.run(plan.tasks)


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


def _remember(cache: Cache, looked: Looked, result: TaskResult, labels: Mapping[str, str]) -> None:
    """Keep what is sound, at once, so that a kill loses nothing that was finished."""
    asset, found = looked.asset, looked.found
    if not asset.digest:
        return
    with cache.together():
        stat = (found.identity.size, found.identity.mtime_ns, found.identity.ctime_ns)
        cache.remember_file(
            file_key(found), stat, asset.digest, asset.kind.value, asset.media_type, asset.size
        )
        for observed in result.observed:
            if observed.sound and observed.settings:
                key = (asset.digest, labels[observed.observer], observed.settings)
                cache.remember_job(key, [observation_to_json(o) for o in observed.observations])
        if looked.thumbnail:
            cache.remember_thumbnail(asset.digest, looked.thumbnail)


def _thumbnails(
    request: CheckRequest, looked: Sequence[Looked], cache: Cache | None
) -> dict[str, bytes]:
    if not request.pictures:
        return {}
    made = {each.asset.path: each.thumbnail for each in looked if each.thumbnail}
    missing = [each for each in looked if each.cached and each.observations and not each.thumbnail]
    if cache is not None and missing:
        stored = cache.thumbnails(each.asset.digest for each in missing)
        for each in missing:
            if each.asset.digest in stored:
                made[each.asset.path] = stored[each.asset.digest]
    return made

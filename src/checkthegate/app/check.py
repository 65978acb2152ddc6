"""The main job: open, observe, judge. What it returns is all that any report is made from."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checkthegate.app.banking import banks_of
from checkthegate.app.certificate import CertifiedFile, certified_files
from checkthegate.app.deciding import day_of, decide, reading_of, time_of
from checkthegate.app.home import Home
from checkthegate.app.judging import Judge
from checkthegate.app.located import LocatedFiles
from checkthegate.app.looking import Looking, Progress, thumbnails_of
from checkthegate.app.own_reports import known_reports
from checkthegate.app.packages import find_packages, with_packages
from checkthegate.app.places import account_cache
from checkthegate.app.planning import Planner
from checkthegate.app.recut import (
    Since,
    is_report,
    newest_report,
    since_looked,
    since_report,
)
from checkthegate.app.sequences_run import SequenceLook
from checkthegate.app.timelines import all_paths, as_timelines, find_cuts, named_by
from checkthegate.app.trust import observer_settings
from checkthegate.app.wiring import load_observers, load_packs
from checkthegate.app.workplace import workplace
from checkthegate.app.workshop import WorkPlan
from checkthegate.delivery.archive import Unpacker
from checkthegate.delivery.walk import Ours, open_delivery
from checkthegate.model import Decision, UsageError
from checkthegate.seams import Limits
from checkthegate.store.cache import Cache


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to check and how. `workers` 0 runs everything in this process.

    `timelines` are cuts, `media` what they may use, `since` an earlier cut or its report.
    """

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
    timelines: tuple[Path, ...] = ()
    media: tuple[Path, ...] = ()
    since: Path | None = None

    @property
    def meant(self) -> tuple[Path, ...]:
        """What is delivered, as it was named: timelines first, then files and folders."""
        return (*self.timelines, *self.paths)


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision, small pictures by asset path, what went otherwise than asked for, every file as
    it lay there."""

    decision: Decision
    thumbnails: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    files: tuple[CertifiedFile, ...] = ()


def check(request: CheckRequest, progress: Callable[[Progress], None]) -> Checked:
    """Check a delivery. Raises `UsageError` when there is nothing that could be checked."""
    started = time.monotonic()
    names = request.packs or _configured_packs(request.home)
    packs = load_packs(names, request.pack_folders, request.home, day_of(request.as_of))
    with ExitStack() as stack:
        folder = stack.enter_context(workplace())
        ours = Ours(request.home.folder if request.home else None, known_reports())
        paths = all_paths(request.paths, request.timelines, request.media)
        turnover = open_delivery(paths, Unpacker(folder), ours)
        cache, notes = _cache(request)
        if cache is not None:
            stack.enter_context(closing(cache))
        banked, more = stack.enter_context(
            banks_of(
                request.home,
                time_of(request.as_of),
                folder,
                use_cache=request.use_cache,
                pictures=request.pictures,
            )
        )
        settings = {**observer_settings(request.home), **banked}
        observers = load_observers(settings)
        notes = (*notes, *more)
        build = _work_plan(request, settings, folder)
        looking = Looking(observers, cache, build, request.workers, progress)
        planner = Planner(observers, cache, request.rehash or _is_sealed(request))
        files = stack.enter_context(closing(LocatedFiles(folder)))
        looked = SequenceLook(planner, observers, looking, files, cache)(turnover)
        lying = certified_files(looked)
        thumbnails = thumbnails_of(looked, cache) if request.pictures else {}
        packages = find_packages(looked, files, cache)
        looked = as_timelines(with_packages(looked, packages), request.timelines)
        named = named_by(request.paths, request.timelines, request.media)
        cuts = find_cuts(looked, named, packages)
        since = _since(request, looking, planner, ours) if request.since else None
        rows = stack.enter_context(reading_of(request.home))
        production = request.home.production if request.home else ""
        judge = Judge(packs, rows, production, time_of(request.as_of))
        decision = decide(
            turnover,
            looked,
            judge,
            final=request.final,
            temp=request.home.configuration.temp if request.home else (),
            started=started,
            cuts=cuts,
            since=since,
            cache=cache,
        )
    return Checked(decision, thumbnails, notes, lying)


def _is_sealed(request: CheckRequest) -> bool:
    """Whether the decision is sealed as final: then every byte is read, whatever is remembered."""
    return request.home is not None and request.final


def _since(request: CheckRequest, looking: Looking, planner: Planner, ours: Ours) -> Since:
    """The earlier cut, read like anything else; it is no part of the delivery."""
    path = request.since or Path()
    if path == Path("last") and not path.exists():
        path = newest_report(request.home.reports if request.home else None)
    if is_report(path):
        return since_report(path, looking.cache)
    turnover = open_delivery([path], Unpacker(looking.build.folder or Path()), ours)
    return since_looked(looking.quietly()(planner.plan(turnover)), path)


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


def _work_plan(
    request: CheckRequest, settings: Mapping[str, Mapping[str, Any]], folder: Path
) -> WorkPlan:
    limits = request.limits or (request.home.configuration.limits if request.home else Limits())
    reuse = None if request.rehash else _cache_file(request)
    return WorkPlan(settings, limits, reuse, request.pictures, folder)

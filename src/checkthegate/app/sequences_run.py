"""Looks at a delivery whose numbered pictures may be sequences: headers first, then pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from checkthegate.app.located import LocatedFiles
from checkthegate.app.planning import Looked, Plan, Planner
from checkthegate.app.sequences import (
    Candidates,
    is_sequence,
    join_sequences,
    joined,
    sampled,
    with_pixels,
    without_pixels,
)
from checkthegate.delivery.found import Found, Turnover
from checkthegate.delivery.sequences import FrameRun
from checkthegate.model import Asset, Observation
from checkthegate.seams import Observer, Task
from checkthegate.store.cache import Cache

Look = Callable[[Plan], list[Looked]]
"""Carries out a plan: what was looked at, in the order of its files."""


@dataclass(frozen=True, slots=True)
class SequenceLook:
    """Looks at a turnover with `look`, so that every frame of a sequence is read and its pixels
    are sampled. What is no sequence after all is looked at as ever."""

    planner: Planner
    observers: Sequence[Observer]
    look: Look
    files: LocatedFiles
    cache: Cache | None

    def __call__(self, turnover: Turnover) -> list[Looked]:
        """Everything, sequences in place of their frames, by path."""
        candidates = Candidates.among(turnover.files)
        headers = without_pixels(self.observers)
        partly = dict.fromkeys(candidates.places, headers)
        looked = self.look(self.planner.plan(turnover, partly))
        if not candidates.runs:
            return looked
        decided = {
            at: is_sequence(run, looked, self.files, self.cache)
            for at, run in enumerate(candidates.runs)
        }
        looked = self._pixels(turnover.files, looked, _wanted(candidates, decided))
        whole = self._whole(candidates, decided, looked, turnover.files)
        return join_sequences(candidates, looked, decided, lambda at, _: whole.get(at, ()))

    def _pixels(
        self,
        files: Sequence[Found],
        looked: Sequence[Looked],
        wanted: Mapping[int, bool],
    ) -> list[Looked]:
        """The frames with what needed their pixels added. `wanted`: place → in a sequence."""
        pixels = with_pixels(self.observers)
        single = [each for each in pixels if not _knows_content(each)]
        places = sorted(wanted)
        part = Turnover(files=[files[place] for place in places])
        chosen = {n: single if wanted[place] else pixels for n, place in enumerate(places)}
        more = self.look(self.planner.plan(part, chosen)) if places else []
        added = list(looked)
        for place, each in zip(places, more, strict=True):
            added[place] = _together(looked[place], each)
        return added

    def _whole(
        self,
        candidates: Candidates,
        decided: Mapping[int, bool],
        looked: Sequence[Looked],
        files: Sequence[Found],
    ) -> dict[int, tuple[Observation, ...]]:
        """What is observed of sequences as a whole, by their place among the runs."""
        runs = [at for at in sorted(decided) if decided[at]]
        plan = Plan([])
        sequences = [joined(candidates.runs[at], looked) for at in runs]
        plan.files = [each.found for each in sequences]
        for number, (at, each) in enumerate(zip(runs, sequences, strict=True)):
            able = [one for one in self.observers if _knows_content(one)]
            names = tuple(one.id for one in able if one.wants(each.asset))
            if names:
                parts = tuple(_parts(candidates.runs[at], looked, files))
                plan.tasks.append(Task(number, (), names, each.asset, parts=parts))
            else:
                plan.known[number] = replace(each, observations=())
        if not plan.tasks:
            return {}
        done = self.look(plan)
        return {at: each.observations for at, each in zip(runs, done, strict=True)}


def _knows_content(observer: Observer) -> bool:
    """Whether it looks at sequences as a whole, and so not at their frames."""
    return observer.id.startswith("fingerprint")


def _wanted(candidates: Candidates, decided: Mapping[int, bool]) -> dict[int, bool]:
    """Which frames' pixels to look at, and whether they belong to a sequence."""
    wanted: dict[int, bool] = {}
    for at, run in enumerate(candidates.runs):
        numbers: Iterable[int] = sampled(run) if decided[at] else run.frames
        wanted |= {run.frames[number]: decided[at] for number in numbers}
    return wanted


def _together(headers: Looked, pixels: Looked) -> Looked:
    if headers.asset.digest != pixels.asset.digest:
        return pixels
    return replace(
        headers,
        observations=(*headers.observations, *pixels.observations),
        cached=headers.cached + pixels.cached,
        thumbnail=pixels.thumbnail or headers.thumbnail,
    )


def _parts(
    run: FrameRun, looked: Sequence[Looked], files: Sequence[Found]
) -> Iterable[tuple[tuple[str, ...], Asset]]:
    for place in run.frames.values():
        yield files[place].location, looked[place].asset

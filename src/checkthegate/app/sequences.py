"""Numbered pictures joined into sequences: one asset each, every frame read, pixels sampled.

Every frame's bytes and header are read and observed. Only pixels are sampled: the first frame,
the last, and one every half second between them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from checkthegate.app.located import LocatedFiles
from checkthegate.app.planning import Looked
from checkthegate.delivery.found import Found
from checkthegate.delivery.sequence_film import ASSUMED_RATE
from checkthegate.delivery.sequences import (
    FrameRun,
    find_runs,
    numbers_in_words,
    sequence_digest,
)
from checkthegate.model import (
    Asset,
    Evidence,
    Gap,
    Grade,
    Json,
    Kind,
    Observation,
    Span,
    Unreadable,
    observation_to_json,
)
from checkthegate.seams import Observer
from checkthegate.store.cache import Cache

OBSERVER: Final = "sequence"
STEP: Final = 12
_SIZE_OF: Final = "picture-size@1"
_MOST_KINDS: Final = 500


@dataclass(slots=True)
class Candidates:
    """The runs of a delivery, and which places in its list of files they take up."""

    runs: list[FrameRun] = field(default_factory=list)
    places: set[int] = field(default_factory=set)

    @classmethod
    def among(cls, files: Sequence[Found]) -> Candidates:
        """The runs among files that can be read."""
        readable = [place for place, found in enumerate(files) if found.problem is None]
        runs = [
            replace(run, frames={number: readable[at] for number, at in run.frames.items()})
            for run in find_runs([files[place].path for place in readable])
        ]
        return cls(runs, {place for run in runs for place in run.frames.values()})


def without_pixels(observers: Iterable[Observer]) -> list[Observer]:
    """The observers that read bytes and headers only."""
    return [each for each in observers if not getattr(each, "reads_pixels", False)]


def with_pixels(observers: Iterable[Observer]) -> list[Observer]:
    """The observers that need decoded pixels."""
    return [each for each in observers if getattr(each, "reads_pixels", False)]


def is_sequence(
    run: FrameRun, looked: Sequence[Looked], files: LocatedFiles, cache: Cache | None
) -> bool:
    """Whether what was read of a run's frames makes it one sequence."""
    frames = [looked[place] for place in run.frames.values()]
    if any(not each.asset.digest or each.asset.kind is not Kind.IMAGE for each in frames):
        return False
    if len({each.asset.media_type for each in frames}) > 1:
        return False
    if run.surely:
        return True
    if any(_tells_of_itself(each) for each in frames):
        return False
    return _one_size(frames, files, cache)


def _tells_of_itself(each: Looked) -> bool:
    return any(isinstance(o, Evidence) and o.claim.startswith("ai-") for o in each.observations)


def _one_size(frames: Sequence[Looked], files: LocatedFiles, cache: Cache | None) -> bool:
    known = cache.jobs(each.asset.digest for each in frames) if cache is not None else {}
    sizes = set()
    for each in frames:
        key = (each.asset.digest, _SIZE_OF, "")
        size = tuple(known[key]) if key in known else _size_of(each, files)
        if key not in known and cache is not None and size:
            cache.remember_job(key, list(size))
        sizes.add(size)
        if len(sizes) > 1 or not size:
            return False
    return True


def _size_of(each: Looked, files: LocatedFiles) -> tuple[int, ...]:
    """Width and height from the header; empty when it cannot be read."""
    from PIL import Image

    try:
        with files.at(each.found.location) as file, Image.open(file) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Unreadable, Image.DecompressionBombError):
        return ()


def sampled(run: FrameRun) -> list[int]:
    """The numbers of the frames whose pixels are looked at."""
    numbers = list(run.frames)
    return sorted({*numbers[::STEP], numbers[-1]})


def joined(run: FrameRun, looked: Sequence[Looked], said: Sequence[Observation] = ()) -> Looked:
    """The sequence of a run's frames; `said` is what was observed of it as a whole.

    Frames' observations are kept once each, with the frames and the span they hold for.
    """
    frames = {number: looked[place] for number, place in run.frames.items()}
    first = next(iter(frames.values()))
    named = [(each.asset.digest, each.asset.name) for each in frames.values()]
    size = sum(each.found.size for each in frames.values())
    asset = Asset(run.path, Kind.SEQUENCE, first.asset.media_type, size, sequence_digest(named))
    found = replace(first.found, path=run.path, size=size)
    read = {each.digest_from for each in frames.values()}
    return Looked(
        found,
        asset,
        (_stated(run), *_missing(run), *_merged(run, frames), *said),
        "stat" if read == {"stat"} else "read",
        sum(each.cached for each in frames.values()),
        first.thumbnail,
        files=len(frames),
        frames=tuple(each.asset for each in frames.values()),
    )


def _stated(run: FrameRun) -> Evidence:
    numbers = list(run.frames)
    count, looked = len(numbers), len(sampled(run))
    promise = (
        f"Every frame was read; the pixels of {looked} of {count} were looked at, one every "
        f"{STEP} frames."
    )
    detail: dict[str, Json] = {
        "frames": numbers_in_words(numbers),
        "count": count,
        "sampled": looked,
        "promise": promise,
    }
    if run.missing:
        detail["missing"] = numbers_in_words(run.missing)
    return Evidence(OBSERVER, Grade.DECLARED, "sequence", detail)


def _missing(run: FrameRun) -> list[Gap]:
    if not run.missing:
        return []
    numbers = numbers_in_words(run.missing)
    what = "Frame" if len(run.missing) == 1 else "Frames"
    return [Gap(OBSERVER, f"{what} {numbers} of the sequence cannot be found here.")]


def _merged(run: FrameRun, frames: Mapping[int, Looked]) -> list[Observation]:
    """What was observed of frames, each thing once; beyond five hundred things it is cut off."""
    holding: dict[str, tuple[Observation, list[int]]] = {}
    for number, each in frames.items():
        for observed in each.observations:
            key = json.dumps(_without_place(observed), sort_keys=True, default=str)
            holding.setdefault(key, (observed, []))[1].append(number)
    merged = [_over(run, observed, numbers) for observed, numbers in holding.values()]
    if len(merged) > _MOST_KINDS:
        gap = Gap(OBSERVER, "Its frames say more different things than are listed here.")
        return [*merged[:_MOST_KINDS], gap]
    return merged


def _without_place(observed: Observation) -> dict[str, Any]:
    return observation_to_json(observed)


def _over(run: FrameRun, observed: Observation, numbers: Sequence[int]) -> Observation:
    words = numbers_in_words(numbers)
    if isinstance(observed, Gap):
        return Gap(observed.observer, f"{observed.reason} (Frames {words}.)")
    places = list(run.frames)
    if len(numbers) == len(places):
        return observed
    first, last = places.index(numbers[0]), places.index(numbers[-1])
    span = Span(first / ASSUMED_RATE, (last + 1) / ASSUMED_RATE)
    return replace(observed, detail={**observed.detail, "frames": words}, span=span)


def join_sequences(
    candidates: Candidates,
    looked: Sequence[Looked],
    decided: Mapping[int, bool],
    whole: Callable[[int, FrameRun], Sequence[Observation]],
) -> list[Looked]:
    """What was looked at, with sequences in place of their frames.

    `decided` says of each run, by its place in `candidates.runs`, whether it is a sequence;
    `whole` gives what was observed of it as a whole.
    """
    gone: set[int] = set()
    made: dict[int, Looked] = {}
    for at, run in enumerate(candidates.runs):
        if decided.get(at):
            places = list(run.frames.values())
            gone.update(places)
            made[places[0]] = joined(run, looked, whole(at, run))
    kept = [
        made.get(place, each)
        for place, each in enumerate(looked)
        if place not in gone or place in made
    ]
    return sorted(kept, key=lambda each: each.found.path)

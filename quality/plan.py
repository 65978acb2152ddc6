"""Plans a cut: which shot shows what, which clips are recorded, which are planted and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count, islice
from pathlib import Path

import numpy as np

from quality.finishing import KINDS, Finish, Recorded, finish_of, recorded_of
from quality.paint import shared_takes
from quality.scenes import Setup, Size

RATE = 24.0
UNFINISHED = Finish()
_AI_TAKE, _UNUSED_TAKE = 50, 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """What cut to make. `motionless` is the share of shots in which nothing moves."""

    shots: int = 200
    planted: int = 30
    seed: int = 1
    size: Size = (1280, 720)
    codecs: tuple[str, ...] = ("h264",)
    kinds: tuple[str, ...] = KINDS
    motionless: float = 0.06


@dataclass(frozen=True, slots=True)
class Clip:
    """A file to be recorded, or a plate: a performance of so many seconds, a still, a real file.

    `modified` is not 0 when something was added to `plate`, which is the file's name.
    """

    name: str
    setup: Setup
    take: int
    recorded: Recorded
    seconds: float
    modified: int = 0
    plate: str = ""
    still: bool = False
    real: Path | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """A shot of the cut. `what` is `take`, `black`, `title`, `planted` or `plate`.

    `start` is where in its source it begins (seconds); `dissolve` counts frames at its head.
    """

    what: str
    frames: int
    setup: Setup
    take: int = 1
    start: float = 0.0
    clip: Clip | None = None
    finish: Finish = UNFINISHED
    kind: str = ""
    dissolve: int = 0
    real: Path | None = None

    @property
    def file(self) -> Clip:
        """The clip that a planted shot or a plate is a part of."""
        if self.clip is None:
            raise ValueError(f"a {self.what} is no part of a clip")
        return self.clip


@dataclass(slots=True)
class Plan:
    """The shots in order, and every clip that is recorded or was made use of."""

    shots: list[Shot]
    clips: list[Clip] = field(default_factory=list)
    plates: list[Clip] = field(default_factory=list)


def plan(wanted: Wanted) -> Plan:
    """A film-like order of shots with the planted ones in it. Follows from `wanted` alone."""
    rng = np.random.default_rng([wanted.seed, 20])
    seeds = count(wanted.seed * 100_000)
    shots = list(islice(_ordinary(wanted, rng, seeds), wanted.shots))
    made = Plan(shots)
    _plant(wanted, made, rng, seeds)
    for place, shot in list(enumerate(made.shots)):
        if shot.kind == "modified plate":
            _beside(made, place, shot, rng)
    _dissolve(made, rng)
    _unused(wanted, made, rng, seeds)
    return made


def _ordinary(wanted: Wanted, rng: np.random.Generator, seeds: Iterator[int]) -> Iterator[Shot]:
    """Scenes one after the other, for ever."""
    black = Setup(0)
    yield Shot("title", _frames(rng), black, take=int(rng.integers(1, 999)))
    takes = shared_takes()
    while True:
        for _ in range(2):
            yield from _dialogue(rng, seeds)
            yield from _sequence(wanted, rng, seeds)
        for _ in range(3 if takes else 0):
            real = takes[int(rng.integers(0, len(takes)))]
            yield Shot("take", int(rng.integers(24, 37)), black, real=real)
        if rng.random() < 0.5:
            yield Shot("black", int(rng.integers(6, 40)), black)
        if rng.random() < 0.3:
            yield Shot("title", _frames(rng), black, take=int(rng.integers(1, 999)))


def _dialogue(rng: np.random.Generator, seeds: Iterator[int]) -> Iterator[Shot]:
    """Two set-ups in turn, each take going on where it was left, now and then another take."""
    pair = [Setup(next(seeds)), Setup(next(seeds))]
    going, take = [0.0, 0.0], [1, 1]
    for turn in range(int(rng.integers(4, 11))):
        side = turn % 2
        frames = _frames(rng)
        if rng.random() < 0.2:
            take[side], going[side] = take[side] + 1, float(rng.uniform(0, 3))
        yield Shot("take", frames, pair[side], take[side], going[side])
        going[side] += frames / RATE + float(rng.uniform(0, 1.5))


def _sequence(wanted: Wanted, rng: np.random.Generator, seeds: Iterator[int]) -> Iterator[Shot]:
    """Several set-ups, some motionless, the first of them seen again."""
    setups = [
        Setup(next(seeds), bool(rng.random() < 3 * wanted.motionless))
        for _ in range(int(rng.integers(3, 7)))
    ]
    for setup in setups:
        yield Shot("take", _frames(rng), setup, 1, float(rng.uniform(0, 2)))
    if not setups[0].motionless:
        yield Shot("take", _frames(rng), setups[0], 2, float(rng.uniform(0, 2)))


def _frames(rng: np.random.Generator) -> int:
    return int(np.clip(rng.lognormal(np.log(62), 0.5), 17, 290))


def _plant(wanted: Wanted, made: Plan, rng: np.random.Generator, seeds: Iterator[int]) -> None:
    """Replaces shots, evenly spread, by planted ones; one kind after the other."""
    kinds = [wanted.kinds[number % len(wanted.kinds)] for number in range(wanted.planted)]
    order = rng.permutation(len(kinds))
    real = [path for path in shared_takes() if path.stat().st_size]
    gap = (len(made.shots) - 2) / max(1, wanted.planted)
    for number, which in enumerate(order):
        place = 1 + int(number * gap + rng.uniform(0, max(1.0, gap - 2)))
        kind = kinds[which]
        if real and kind in ("grade", "letterbox", "grain") and rng.random() < 0.4:
            shot = _real(number, kind, rng, real.pop(int(rng.integers(0, len(real)))))
        else:
            shot = _planted(wanted, number, kind, rng, _place(made, place, kind, rng, seeds))
        made.shots[place] = shot
        if shot.clip:
            made.clips.append(shot.clip)


def _place(
    made: Plan, place: int, kind: str, rng: np.random.Generator, seeds: Iterator[int]
) -> Setup:
    """Half of them are another take of what is seen there anyway."""
    here = made.shots[place]
    usable = here.what == "take" and not here.real and not here.setup.motionless
    if usable and kind not in ("modified plate", "still picture") and rng.random() < 0.5:
        return here.setup
    return Setup(next(seeds), motionless=kind == "still picture")


def _planted(
    wanted: Wanted, number: int, kind: str, rng: np.random.Generator, setup: Setup
) -> Shot:
    """A recorded clip, a part of it, finished."""
    frames = int(rng.integers(24, 97))
    finish, recorded = finish_of(kind, rng), recorded_of(kind, rng, wanted.size)
    used = frames / RATE * finish.speed
    before, after = rng.uniform(0.2, 2.0, 2)
    still = kind == "still picture"
    name = f"AI_{number:04}.png" if still else f"AI_{number:04}.mp4"
    clip = Clip(name, setup, _AI_TAKE + number, recorded, used + before + after, still=still)
    if kind == "modified plate":
        clip = replace(clip, modified=number + 1, plate=f"PLATE_{number:04}.mp4", take=1)
    start = round(before * recorded.rate) / recorded.rate
    return Shot("planted", frames, setup, clip.take, 0.0 if still else start, clip, finish, kind)


def _real(number: int, kind: str, rng: np.random.Generator, path: Path) -> Shot:
    """A real take, recorded."""
    frames = int(rng.integers(24, 33))
    setup = Setup(-1)
    clip = Clip(f"AI_{number:04}.mkv", setup, 0, Recorded((0, 0), 30.0), 0.0, real=path)
    start = round(rng.uniform(0, 0.15) * 30) / 30
    return Shot("planted", frames, setup, 0, start, clip, finish_of(kind, rng), kind)


def _beside(made: Plan, place: int, shot: Shot, rng: np.random.Generator) -> None:
    """The plate itself, in place of the next ordinary shot: the same time of it, or about."""
    plate = replace(shot.file, name=shot.file.plate, modified=0, plate="")
    made.plates.append(plate)
    following = range(place + 1, len(made.shots))
    free = next((index for index in following if made.shots[index].what == "take"), None)
    if free is None:
        return
    finish = finish_of(str(rng.choice(["none", "grade", "re-encode"])), rng)
    start = float(rng.choice([shot.start, max(0.0, shot.start - 0.5)]))
    made.shots[free] = Shot("plate", shot.frames, shot.setup, 1, start, plate, finish)


def _dissolve(made: Plan, rng: np.random.Generator) -> None:
    for place in range(1, len(made.shots)):
        shot, before = made.shots[place], made.shots[place - 1]
        long_enough = min(shot.frames, before.frames) > 40
        if long_enough and shot.what != "black" and rng.random() < 0.06:
            made.shots[place] = replace(shot, dissolve=int(rng.integers(6, 13)))


def _unused(wanted: Wanted, made: Plan, rng: np.random.Generator, seeds: Iterator[int]) -> None:
    """Clips on record that the cut does not show: takes of its set-ups, and something else."""
    shown = sorted(
        {
            shot.setup.seed
            for shot in made.shots
            if shot.what == "take" and not shot.real and not shot.setup.motionless
        }
    )
    usual = Recorded(wanted.size, RATE)
    for number in range(min(len(shown), wanted.planted // 3)):
        setup = Setup(int(shown[int(rng.integers(0, len(shown)))]))
        name = f"AI_ALIKE_{number:03}.mp4"
        take = _UNUSED_TAKE + number
        made.clips.append(Clip(name, setup, take, usual, float(rng.uniform(2, 5))))
    for number in range(wanted.planted // 6):
        name = f"AI_OTHER_{number:03}.mp4"
        made.clips.append(Clip(name, Setup(next(seeds)), 1, usual, float(rng.uniform(2, 5))))

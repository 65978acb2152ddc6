"""Takes of one set-up, half of them recorded: is each told from the others, the plate from the AI?

    python -m quality.takes

All takes are cut into a film, finished, with an AI-modified version of one plate beside the plate
itself. Every recorded one has to be `proven`; no other take and no plate may be.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from quality.cut import build
from quality.encoding import rate_and_length, write_film
from quality.films import BUILD, Say, check_film, record_all
from quality.finishing import Recorded, finish_of
from quality.home import Production
from quality.paint import shared_takes
from quality.plan import RATE, Clip, Plan, Shot, Wanted
from quality.scenes import Setup, Take
from quality.truth import Truth, read

_FINISHES = (
    "grade", "letterbox", "grain", "none", "re-encode", "punch-in", "flip", "crop", "speed",
    "burn-in", "combination",
)  # fmt: skip
_HERE = Setup(-1)


def planned(takes: Sequence[Path], seed: int) -> Plan:
    """Every take once; every second is recorded; the last is also a plate, and modified."""
    rng = np.random.default_rng([seed, 30])
    made = Plan([])
    for number, take in enumerate(takes[:-1]):
        kind = _FINISHES[(number + seed) % len(_FINISHES)]
        recorded = number % 2 == 0
        shot = _shot(take, kind, rng, "planted" if recorded else "take", number)
        made.shots.append(shot)
        if shot.clip:
            made.clips.append(shot.clip)
    _plate(made, takes[-1], rng)
    return made


def _shot(take: Path, kind: str, rng: np.random.Generator, what: str, number: int) -> Shot:
    """Nearly all of a short take, three seconds of a long one."""
    finish, (rate, length) = finish_of(kind, rng), rate_and_length(take)
    seconds = min(3.0, (length / rate - 0.2) / finish.speed)
    start = round(float(rng.uniform(0, 0.15)) * rate) / rate
    frames = int(seconds * RATE)
    if what == "take":
        return Shot("take", frames, _HERE, 0, start, finish=finish, real=take)
    clip = Clip(f"AI_{number:02}_{take.name}", _HERE, 0, Recorded((0, 0), rate), 0.0, real=take)
    return Shot("planted", frames, _HERE, 0, start, clip, finish, kind)


def _plate(made: Plan, take: Path, rng: np.random.Generator) -> None:
    """The plate, then what an AI made of it: the same seconds of both."""
    rate, _ = rate_and_length(take)
    recorded = Recorded((0, 0), rate)
    plate = Clip(f"PLATE_{take.name}", _HERE, 0, recorded, 0.0, real=take)
    name = f"AI_MODIFIED_{take.stem}.mp4"
    changed = Clip(name, _HERE, 0, recorded, 0.0, modified=1, plate=plate.name, real=take)
    grade = finish_of("grade", rng)
    made.plates.append(plate)
    made.clips.append(changed)
    made.shots.append(Shot("plate", 36, _HERE, 0, 0.0, plate, grade))
    made.shots.append(Shot("planted", 36, _HERE, 0, 0.0, changed, grade, "modified plate"))


def painted_takes(folder: Path, count: int, seed: int) -> list[Path]:
    """Takes of one generated set-up, written as a camera would."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"take_{number:02}.mp4" for number in range(count)]
    for number, path in enumerate(paths):
        if not path.exists():
            take = Take(Setup(seed), number, (640, 480), 30.0)
            write_film(path, "clip", take.frames(0, 60), 30.0)
    return paths


def measure(say: Say = print, folder: Path = BUILD / "takes") -> dict[str, float]:
    """Shared takes where they are set, and generated ones; metrics by `shared/name`, …"""
    sets: dict[str, Callable[[], Sequence[Path]]] = {
        "generated": lambda: painted_takes(folder / "painted", 8, 3)
    }
    if shared_takes():
        sets["shared"] = shared_takes
    else:
        say("takes: the shared ones are left out: $GATE_TEST_DATA names no folder with them")
    together = {}
    for name, takes in sets.items():
        for key, value in _measure_set(name, takes(), folder / name, say).items():
            together[f"{name}/{key}"] = value
    return together


def _measure_set(name: str, takes: Sequence[Path], folder: Path, say: Say) -> dict[str, float]:
    truth = _made(folder, takes)
    shutil.rmtree(folder / "home", ignore_errors=True)
    production = Production(folder / "home")
    took = record_all(production, folder, truth)
    measured = check_film(production, folder / "cut" / truth.films["h264"], truth)
    say(f"takes, {name}: {len(truth.records)} of {len(takes)} recorded in {took:.1f} s, checked in")
    say(f"  {measured.checked.seconds:.1f} s")
    for line in measured.lines:
        say(f"  {line}")
    return measured.metrics


def _made(folder: Path, takes: Sequence[Path]) -> Truth:
    if (folder / "truth.json").exists():
        return read(folder / "truth.json")
    shutil.rmtree(folder, ignore_errors=True)
    return build(folder, Wanted(size=(960, 540), seed=2), planned(takes, 2))


def main() -> None:
    """Measure and print."""
    for name, value in measure().items():
        print(f"{name:<50} {value:g}")


if __name__ == "__main__":
    main()

"""Sounds known again: excerpts planted in an hour of film sound, and shared copies.

    python -m quality.sound [--seed 1] [--plants 40] [--keep FOLDER]

Part one is made by script (see `quality.mix`). A plant is found by a match with its source whose
ends both lie within half a second of it; a match anywhere else is false. Beds that are another
performance of a recorded score may be suspected, and are counted apart. Part two is the shared
corpus of copies and voices, if $GATE_TEST_DATA is set.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from checkthegate.model import Grade
from checkthegate.model.match import Match
from quality.mix import STRETCH, Plant, shared_voices, voices, write_mix
from quality.sound_bank import SoundBank

NEAR = 0.5
TARGET = 0.95


def measure(seed: int = 1, plants: int = 40, keep: Path | None = None) -> dict[str, float]:
    """All numbers, by name; prints the same."""
    with tempfile.TemporaryDirectory() as folder:
        place = keep or Path(folder)
        numbers = {f"mix/{key}": value for key, value in mixed(place, seed, plants)}
    shared = os.environ.get("GATE_TEST_DATA")
    if shared:
        with tempfile.TemporaryDirectory() as folder:
            numbers |= {f"shared/{key}": n for key, n in _shared(Path(folder), Path(shared))}
    for name, value in numbers.items():
        print(f"  sound: {name:<34} {value:8.4g}")
    return numbers


def mixed(folder: Path, seed: int, plants: int, sources: int = 40) -> Iterator[tuple[str, float]]:
    """Recall by treatment, and what is false, of one mix."""
    planted = write_mix(folder, seed, plants, voices(shared_voices()), sources)
    bank = SoundBank(folder / "bank")
    bank.add(sorted((folder / "sources").glob("*.flac")))
    began = time.perf_counter()
    matches = bank.matches(folder / "mix.flac")
    took = time.perf_counter() - began
    tally = scored(planted, matches)
    for treatment in dict.fromkeys(plant.treatment for plant in planted):
        yield f"recall {treatment}", tally[f"found {treatment}"] / tally[treatment]
    yield "recall", tally["found"] / len(planted)
    yield "recall at any ends", tally["there"] / len(planted)
    yield "recall proven", tally["proven"] / len(planted)
    yield "false proven", tally["false proven"]
    yield "false suspected", tally["false suspected"]
    yield "other performances suspected", tally["performance"]
    yield "times real time", STRETCH * len(planted) / took


def scored(
    planted: Sequence[Plant], matches: Sequence[Match], *, tell: bool = True
) -> Counter[str]:
    """What was found, by treatment, and what is false."""
    tally = Counter[str]()
    right: set[int] = set()
    for plant in planted:
        tally[plant.treatment] += 1
        here = [each for each in matches if _there(each, plant)]
        right |= {id(each) for each in here}
        exact = [each for each in here if _exact(each, plant)]
        tally["there"] += bool(here)
        tally["found"] += bool(exact)
        tally[f"found {plant.treatment}"] += bool(exact)
        tally["proven"] += any(each.grade is Grade.PROVEN for each in here)
        if tell and not exact:
            print(f"    missed: {_told(plant)}; {[_span(each, plant) for each in here]}")
    for each in matches:
        if id(each) in right:
            continue
        performance = each.grade is Grade.SUSPECTED and _performed(each, planted)
        wrong = "performance" if performance else f"false {each.grade.value}"
        tally[wrong] += 1
        if tell and not performance:
            print(f"    {wrong}: {each.banked.source} {each.span} {each.distance} {each.detail}")
    return tally


def _performed(found: Match, planted: Sequence[Plant]) -> bool:
    """Whether the score of what it is a match with is played there by others."""
    if found.span is None:
        return False
    number = int((found.span.start + found.span.end) / 2 / STRETCH)
    return found.banked.source == planted[min(number, len(planted) - 1)].performed


def _told(plant: Plant) -> str:
    return (
        f"{plant.source} {plant.what}, {plant.end - plant.start:.1f} s under {plant.bed}, "
        f"{plant.above:+.0f} dB at {plant.start:.1f}"
    )


def _there(found: Match, plant: Plant) -> bool:
    """Whether the match is of this plant at all."""
    if found.span is None or found.banked.source != plant.source:
        return False
    return found.span.start < plant.end and found.span.end > plant.start


def _exact(found: Match, plant: Plant) -> bool:
    start, end = _span(found, plant)
    return abs(start) <= NEAR and abs(end) <= NEAR


def _span(found: Match, plant: Plant) -> tuple[float, float]:
    """How far off its ends are."""
    if found.span is None:
        return 0.0, 0.0
    return round(found.span.start - plant.start, 2), round(found.span.end - plant.end, 2)


def _shared(folder: Path, shared: Path) -> Iterator[tuple[str, float]]:
    """The shared copies, with every voice on record beside their references; then each voice
    against all others: none is a copy of another."""
    copies = shared / "audio_copy"
    references = sorted(copies.glob("*.wav"))
    spoken = sorted((shared / "voices").rglob("*.flac"))
    bank = SoundBank(folder / "bank")
    bank.add([*references, *spoken])
    found = false = 0
    transcodes = [file for file in sorted(copies.iterdir()) if file.suffix in (".mp3", ".mkv")]
    for file in transcodes:
        matches = bank.matches(file)
        found += any(m.banked.source == file.stem and m.grade is Grade.PROVEN for m in matches)
        false += sum(m.banked.source != file.stem for m in matches)
    yield "copies proven", found / len(transcodes)
    known = 0
    for file in spoken:
        matches = bank.matches(file)
        known += any(m.banked.source == file.stem and m.grade is Grade.PROVEN for m in matches)
        false += sum(m.banked.source != file.stem for m in matches)
    yield "voices known as themselves", known / len(spoken)
    yield "false", false


def main() -> None:
    """Measures, and ends with 1 where too little was found."""
    parser = argparse.ArgumentParser(description="Measures how well sounds are known again.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plants", type=int, default=40)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    numbers = measure(given.seed, given.plants, given.keep)
    wrong = numbers["mix/recall"] < TARGET or numbers["mix/false proven"] > 0
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()

"""Sounds known again: excerpts planted in an hour of film sound, and shared copies.

    python -m quality.sound [--seed 1] [--plants 40] [--keep FOLDER]

Part one is made by script (see `quality.mix`). A plant is found by a match with its source whose
ends both lie within half a second of it; a match anywhere else is false. Beds that are another
performance of a recorded score may be suspected, and are counted apart. Part two is the shared
corpus of copies and voices, if $GATE_TEST_DATA is set. Both go through the real commands.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from quality.home import Production
from quality.mix import STRETCH, Plant, shared_voices, voices, write_mix
from quality.scoring import Seen, gaps_in, matches_in

Say = Callable[[str], None]
NEAR = 0.5
TARGET = 0.95
_SEEDS = (1, 2)
_SUSPECTED, _PROVEN = "suspected", "proven"


def measure(say: Say = print) -> dict[str, float]:
    """All numbers of a whole run, by name: two hours, and the shared corpus."""
    numbers: dict[str, float] = {}
    for seed in _SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            numbers |= {f"mix {seed}/{k}": n for k, n in mixed(Path(folder), seed, say=say).items()}
    shared = os.environ.get("GATE_TEST_DATA")
    if shared:
        with tempfile.TemporaryDirectory() as folder:
            numbers |= {f"shared/{key}": n for key, n in _shared(Path(folder), Path(shared), say)}
    return numbers


def mixed(
    folder: Path, seed: int, plants: int = 40, sources: int = 40, say: Say = print
) -> dict[str, float]:
    """Recall by treatment, and what is false, of one mix; prints the same."""
    planted = write_mix(folder, seed, plants, voices(shared_voices()), sources)
    production = Production(folder / "home", workers=1)
    files = sorted((folder / "sources").glob("*.flac"))
    took = production.record(files)
    say(f"sound: seed {seed}, {len(files)} sounds recorded in {took:.0f} s; {plants} planted")
    checked = production.check(folder / "mix.flac")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    seconds = STRETCH * plants
    say(f"  {seconds:.0f} s checked in {checked.seconds:.0f} s, peak memory {peak:.0f} MB")
    tally = scored(planted, matches_in(checked.report), say)
    tell_apart(planted, tally, say)
    numbers = {
        f"recall {treatment}": tally[f"found {treatment}"] / tally[treatment]
        for treatment in dict.fromkeys(plant.treatment for plant in planted)
    }
    numbers["recall"] = tally["found"] / len(planted)
    numbers["recall at any ends"] = tally["there"] / len(planted)
    numbers["recall proven"] = tally["proven"] / len(planted)
    for wrong in (f"false {_PROVEN}", f"false {_SUSPECTED}"):
        numbers[wrong] = tally[wrong]
    say(f"  other performances suspected: {tally['performance']}")
    numbers["gaps"] = len(gaps_in(checked.report))
    return numbers


def tell_apart(planted: Sequence[Plant], tally: Counter[str], say: Say) -> None:
    """Prints recall by treatment, and by what a plant lies under."""
    for what in ("treatment", "bed"):
        for name in dict.fromkeys(getattr(plant, what) for plant in planted):
            say(f"  {what} {name:<20} {tally[f'found {name}']:3} of {tally[name]}")
    say(f"  all {tally['found']:26} of {len(planted)}, {tally['proven']} proven")


def scored(planted: Sequence[Plant], matches: Sequence[Seen], say: Say = print) -> Counter[str]:
    """What was found, by treatment and by bed, and what is false."""
    tally = Counter[str]()
    right: set[int] = set()
    for plant in planted:
        here = [each for each in matches if _there(each, plant)]
        right |= {id(each) for each in here}
        exact = [each for each in here if _exact(each, plant)]
        tally.update([plant.treatment, plant.bed])
        tally["there"] += bool(here)
        tally["proven"] += any(each.grade == _PROVEN for each in here)
        if exact:
            tally.update(["found", f"found {plant.treatment}", f"found {plant.bed}"])
        else:
            say(f"    missed: {_told(plant)}; {[_off(each, plant) for each in here]}")
    for each in matches:
        if id(each) in right:
            continue
        performance = each.grade == _SUSPECTED and _performed(each, planted)
        tally["performance" if performance else f"false {each.grade}"] += 1
        if not performance:
            say(f"    false {each.grade}: {each.file} {each.span} {each.source}")
    return tally


def _performed(found: Seen, planted: Sequence[Plant]) -> bool:
    """Whether the score of what it is a match with is played there by others."""
    if found.span is None:
        return False
    number = int(sum(found.span) / 2 / STRETCH)
    return _name(found) == planted[min(number, len(planted) - 1)].performed


def _name(found: Seen) -> str:
    return PurePosixPath(found.file).stem


def _told(plant: Plant) -> str:
    return (
        f"{plant.source} {plant.what}, {plant.end - plant.start:.1f} s under {plant.bed}, "
        f"{plant.above:+.0f} dB at {plant.start:.1f}"
    )


def _there(found: Seen, plant: Plant) -> bool:
    """Whether the match is of this plant at all."""
    if found.span is None or _name(found) != plant.source:
        return False
    return found.span[0] < plant.end and found.span[1] > plant.start


def _exact(found: Seen, plant: Plant) -> bool:
    start, end = _off(found, plant)
    return abs(start) <= NEAR and abs(end) <= NEAR


def _off(found: Seen, plant: Plant) -> tuple[float, float]:
    """How far off its ends are."""
    if found.span is None:
        return 0.0, 0.0
    return round(found.span[0] - plant.start, 2), round(found.span[1] - plant.end, 2)


def _shared(folder: Path, shared: Path, say: Say) -> Iterator[tuple[str, float]]:
    """The shared copies, with every voice on record beside their references; each voice is known
    as itself, and none as a copy of another."""
    copies = shared / "audio_copy"
    spoken = sorted((shared / "voices").rglob("*.flac"))
    production = Production(folder / "home", workers=1)
    production.record([*sorted(copies.glob("*.wav")), *spoken])
    transcodes = [file for file in sorted(copies.iterdir()) if file.suffix in (".mp3", ".mkv")]
    for name, files in (("copies", transcodes), ("voices", spoken)):
        checked = production.check(*files)
        known, wrong = Counter[str](), Counter[str]()
        for asset in checked.report["assets"]:
            stem = PurePosixPath(asset["path"]).name.split(".")[0].split("_")[0]
            for each in matches_in({"assets": [asset]}):
                own = _name(each).split("_")[0] == stem if name == "copies" else False
                own = own or (name == "voices" and _name(each) == PurePosixPath(asset["path"]).stem)
                known[asset["path"]] += own and each.grade == _PROVEN
                wrong[each.grade] += not own
        found = sum(map(bool, known.values())) / len(files)
        say(f"  shared {name}: {found:.1%} of {len(files)} proven; wrong: {dict(wrong)}")
        yield f"{name} proven", found
        yield f"{name} false proven", wrong[_PROVEN]
        yield f"{name} false suspected", wrong[_SUSPECTED]


def main() -> None:
    """Measures one mix, and ends with 1 where too little was found."""
    parser = argparse.ArgumentParser(description="Measures how well sounds are known again.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plants", type=int, default=40)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        numbers = mixed(given.keep or Path(folder), given.seed, given.plants)
    for name, value in numbers.items():
        print(f"  {name:<34} {value:8.4g}")
    raise SystemExit(1 if numbers["recall"] < TARGET or numbers["false proven"] else 0)


if __name__ == "__main__":
    main()

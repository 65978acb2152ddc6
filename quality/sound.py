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
from typing import Any

import av

from quality.home import Production
from quality.mix import STRETCH, Plant, read, shared_voices, voices, write_mix
from quality.mix_sounds import RATE
from quality.mix_treatments import at_rate, frames_of
from quality.scoring import Seen, gaps_in, matches_in

Say = Callable[[str], None]
NEAR = 0.5
TARGET = 0.95
_SEEDS = (1, 2)
_SUSPECTED, _PROVEN = "suspected", "proven"
_FORMATS = (
    ("mp3", "libmp3lame", 22_050, 40),
    ("ogg", "libopus", 48_000, 32),
    ("m4a", "aac", 32_000, 48),
    ("opus", "libopus", 48_000, 20),
    ("wav", "pcm_mulaw", 8_000, 64),
    ("mkv", "ac3", 48_000, 96),
)
"""(ending, codec, sample rate, kilobits a second)"""


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
    """The shared copies, every reference and voice in other codecs, and each voice as itself;
    all references and voices are on record, and none is a copy of another."""
    copies = shared / "audio_copy"
    known = [*sorted(copies.glob("*.wav")), *sorted((shared / "voices").rglob("*.flac"))]
    names = {file.stem for file in known}
    given = [file for file in sorted(copies.iterdir()) if file.suffix in (".mp3", ".mkv")]
    production = Production(folder / "home", workers=1)
    production.record(known)
    for name, files in (
        ("given copies", given),
        ("transcodes", transcoded(folder, known)),
        ("voices themselves", [file for file in known if file.suffix == ".flac"]),
    ):
        right, wrong = set[str](), Counter[str]()
        for asset in production.check(*files).report["assets"]:
            own = PurePosixPath(asset["path"]).stem
            for each in matches_in({"assets": [asset]}):
                if _name(each) == own and own in names:
                    right |= {asset["path"]} if each.grade == _PROVEN else set()
                else:
                    wrong[each.grade] += 1
        for path in sorted(
            {file.name for file in files} - {PurePosixPath(one).name for one in right}
        ):
            say(f"    not proven: {path}")
        found = len(right) / len(files)
        say(f"  shared {name}: {len(right)} of {len(files)} proven, wrong: {dict(wrong)}")
        yield f"{name} proven", found
        yield f"{name} false proven", wrong[_PROVEN]
        yield f"{name} false suspected", wrong[_SUSPECTED]


def transcoded(folder: Path, files: Sequence[Path]) -> list[Path]:
    """Each file in another format by turns, under its own name, one folder a format."""
    made = []
    for number, file in enumerate(files):
        ending, codec, rate, kilobits = _FORMATS[number % len(_FORMATS)]
        target = folder / ending / f"{file.stem}.{ending}"
        target.parent.mkdir(exist_ok=True)
        with av.open(str(target), "w") as container:
            stream: Any = container.add_stream(codec, rate=rate)
            stream.layout, stream.bit_rate = "mono", kilobits * 1000
            for frame in frames_of(at_rate(read(file), RATE, rate), rate):
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        made.append(target)
    return made


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

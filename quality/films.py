"""How well recorded clips are found in a film-like cut: through the real commands.

python -m quality.films [--shots 200 --planted 30 --seed 1 --size 1280x720 --codecs h264,…]
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from quality.cut import RECIPE, make
from quality.encoding import CODECS
from quality.home import Checked, Production
from quality.paint import shared_pictures
from quality.plan import Wanted
from quality.scoring import gaps_in, matches_in, metrics, score, table
from quality.truth import Truth

BUILD = Path("build/quality")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Films:
    """A measured cut in one codec: its metrics, its lines for people, its report."""

    metrics: dict[str, float]
    lines: list[str]
    checked: Checked


def place_of(wanted: Wanted, build: Path = BUILD) -> Path:
    """The folder where a cut of this description is kept for the next time."""
    told = f"{RECIPE} {wanted} {len(shared_pictures())}"
    return build / f"cut-{wanted.seed}-{hashlib.sha256(told.encode()).hexdigest()[:10]}"


FULL = (
    Wanted(200, 30, 1, (1280, 720), ("h264", "h264-fixed")),
    Wanted(40, 15, 2, (1920, 1080), ("h264", "prores", "mxf")),
)


def measure(say: Say = print, build: Path = BUILD) -> dict[str, float]:
    """The cuts of a whole run; metrics by `height/codec/name`."""
    return {
        f"{wanted.size[1]}/{key}": value
        for wanted in FULL
        for key, value in measure_cut(wanted, say, build).items()
    }


def measure_cut(wanted: Wanted, say: Say = print, build: Path = BUILD) -> dict[str, float]:
    """Make the cut, record its clips, check it in each codec, print; metrics by `codec/name`."""
    folder = place_of(wanted, build)
    truth = make(folder, wanted)
    say(f"films: {truth.shots} shots, {truth.seconds:.0f} s, {wanted.size[0]}x{wanted.size[1]}")
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    production = Production(home)
    took = record_all(production, folder, truth)
    say(f"  {len(truth.records)} clips recorded in {took:.1f} s")
    together = {}
    for codec, name in truth.films.items():
        measured = check_film(production, folder / "cut" / name, truth)
        say(f"  {codec}: checked in {measured.checked.seconds:.1f} s")
        for line in measured.lines:
            say(f"  {line}")
        together |= {f"{codec}/{key}": value for key, value in measured.metrics.items()}
    return together


def record_all(production: Production, folder: Path, truth: Truth) -> float:
    """Put every clip on record, each with what it was made from; seconds."""
    groups: dict[str, list[Path]] = defaultdict(list)
    for name, plate in truth.records.items():
        groups[plate].append(folder / "records" / name)
    return sum(
        production.record(files, [folder / "plates" / plate] if plate else [])
        for plate, files in groups.items()
    )


def check_film(production: Production, film: Path, truth: Truth) -> Films:
    """Check one film and score what is said."""
    checked = production.check(film)
    scored = score(truth, matches_in(checked.report))
    gaps = gaps_in(checked.report)
    lines = [*table(scored), *(f"  gap: {gap}" for gap in gaps)]
    return Films({**metrics(scored), "gaps": len(gaps)}, lines, checked)


def main() -> None:
    """Measure the cut that the command line names."""
    parser = argparse.ArgumentParser(description="Recall of recorded clips in a film-like cut.")
    parser.add_argument("--shots", type=int, default=200)
    parser.add_argument("--planted", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--codecs", default="h264", help=f"of {', '.join(CODECS)}")
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    codecs = tuple(given.codecs.split(","))
    wanted = Wanted(given.shots, given.planted, given.seed, (width, height), codecs)
    for name, value in measure_cut(wanted).items():
        print(f"{name:<50} {value:g}")


if __name__ == "__main__":
    main()

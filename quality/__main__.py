"""Measures everything, prints it, and compares it with the last release.

    python -m quality [films takes images words …] [--keep]

Results go to build/quality/results.json. Ends with 1 when a number got worse than in
quality/baseline.json; `--keep` writes today's numbers there instead.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys

from quality import baseline
from quality.films import BUILD
from quality.models import missing
from quality.paint import shared_pictures

CORPORA = ("films", "takes", "images", "words", "sound")
"""Modules of this package with a `measure()` that prints and returns metrics by name."""

PICTURES = frozenset({"films", "takes", "images"})
"""Those that cannot be measured without the weights of the picture networks."""


def main() -> int:
    """Measure what is named, or all."""
    parser = argparse.ArgumentParser(description="Measures how well material is known again.")
    parser.add_argument("corpora", nargs="*", help=f"of {', '.join(CORPORA)}; all by default")
    parser.add_argument("--keep", action="store_true", help="write quality/baseline.json anew")
    given = parser.parse_args()
    ran = tuple(given.corpora) or CORPORA
    if unknown := set(ran) - set(CORPORA):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if PICTURES & set(ran) and (why := missing()):
        print(why, file=sys.stderr)
        return 1
    measured = {
        f"{name}/{key}": value
        for name in ran
        for key, value in importlib.import_module(f"quality.{name}").measure().items()
    }
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "results.json").write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    return _compared(measured, ran, given.keep)


def _compared(measured: dict[str, float], ran: tuple[str, ...], keep: bool) -> int:
    corpus = "shared" if shared_pictures() else "own"
    kept = baseline.known(corpus)
    print(f"\n{'measured':<58} {'now':>9} {'release':>9}   (corpus: {corpus})")
    for name, value in measured.items():
        bar = f"{kept[name]:9.4g}" if name in kept else f"{'–':>9}"
        print(f"{name:<58} {value:9.4g} {bar}")
    if keep:
        baseline.keep(corpus, measured)
        print(f"kept in {baseline.BASELINE.name}")
        return 0
    worse = baseline.regressions(measured, kept, ran)
    for line in worse:
        print(f"WORSE: {line}")
    if not kept:
        print("There is nothing to compare with: no release was measured with this corpus.")
        return 1
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())

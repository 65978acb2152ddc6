"""Damages the sample delivery thousands of times and shows that no check gets milder by it.

    python -m tests.soak.soak --count 2000 --seed 1

For each mutant: no crash, no hang beyond the time-out, and no improvement: no lower verdict, no
`generated`, `modified` or `unknown` that becomes `none-found`, no gap that disappears. An
improvement is excused only where nothing could have noticed the damage (see `unprotected`); those
are counted and printed apart. Ends with 1 when anything else improved.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from checkthegate.app.check import CheckRequest, check
from checkthegate.model import AiState, AssetDecision, Verdict
from checkthegate.seams import Limits

from .mutations import Mutant, mutants
from .unprotected import why_unnoticeable

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "delivery"
SECONDS = 20.0
_FAULT = re.compile(r"(failed on this file|crashed|took longer than)")
_MILDER = {AiState.NONE_FOUND: 0, AiState.UNKNOWN: 1, AiState.MODIFIED: 1, AiState.GENERATED: 1}


@dataclass(frozen=True, slots=True)
class Word:
    """What a check said of one file and everything inside it."""

    verdict: Verdict
    told: bool
    gap: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutant. `kind` is `same`, `noticed`, `unprotected` or `failure`."""

    mutant: Mutant
    file: str
    kind: str
    why: str = ""


def word(decisions: Sequence[AssetDecision]) -> Word:
    """The sum of a file's and its members' decisions: the worse always counts."""
    reasons = [gap.reason for decision in decisions for gap in decision.gaps]
    return Word(
        verdict=Verdict.worst((decision.verdict for decision in decisions), Verdict.CLEAR),
        told=any(_MILDER[decision.ai] for decision in decisions),
        gap=bool(reasons),
        faults=tuple(reason for reason in reasons if _FAULT.search(reason)),
    )


def run(files: Mapping[str, bytes], count: int, seed: int, workers: int) -> Iterator[Outcome]:
    """Outcomes of `count` mutants of `files` (name to bytes), in order.

    Raises `ValueError` where a file cannot be checked before it is damaged.
    """
    names, contents = list(files), list(files.values())
    whole = _checked({name: (name, content) for name, content in files.items()}, workers)
    sound: dict[str, Word] = {}
    for name, said in whole.items():
        if isinstance(said, str) or said.faults:
            raise ValueError(f"{name} cannot be checked, whole as it is: {said}")
        sound[name] = said
    every = mutants(contents, count, seed)
    while batch := list(islice(every, 200)):
        written = {m.name: (names[m.base], m.content) for m in batch}
        answers = _checked(written, workers)
        for mutant in batch:
            file = names[mutant.base]
            yield _outcome(mutant, file, files[file], sound[file], answers[mutant.name])


def _checked(written: Mapping[str, tuple[str, bytes]], workers: int) -> dict[str, Word | str]:
    """The word on each file; a text instead where the check itself fell over."""
    try:
        return dict(_check(written, workers))
    except Exception as problem:
        if len(written) == 1:
            return dict.fromkeys(written, f"the check ended with {problem!r}")
    alone = [_checked({key: one}, 0) for key, one in written.items()]
    return {key: said for each in alone for key, said in each.items()}


def _check(written: Mapping[str, tuple[str, bytes]], workers: int) -> Iterator[tuple[str, Word]]:
    """Each file lies in a folder of its own, under the name it has in the delivery."""
    with tempfile.TemporaryDirectory(prefix="soak-") as place:
        folders = {}
        for number, (key, (name, content)) in enumerate(written.items()):
            file = Path(place) / f"{number:05d}" / name.rsplit("/", 1)[-1]
            file.parent.mkdir()
            file.write_bytes(content)
            folders[f"{number:05d}"] = key
        request = CheckRequest(
            paths=(Path(place),),
            workers=workers,
            use_cache=False,
            pictures=False,
            limits=Limits(observer_seconds=SECONDS),
        )
        decision = check(request, lambda progress: None).decision
    for folder, key in folders.items():
        inside = [each for each in decision.assets if each.asset.path.startswith(folder + "/")]
        if not inside:
            raise AssertionError(f"{key} is missing from the decision")
        yield key, word(inside)


def _outcome(mutant: Mutant, file: str, base: bytes, whole: Word, said: Word | str) -> Outcome:
    if isinstance(said, str):
        return Outcome(mutant, file, "failure", said)
    if said.faults:
        return Outcome(mutant, file, "failure", said.faults[0])
    better = improvement(whole, said)
    if not better:
        return Outcome(mutant, file, "noticed" if said != whole else "same")
    excuse = why_unnoticeable(file, base, mutant.content)
    if excuse:
        return Outcome(mutant, file, "unprotected", f"{better}; {excuse}")
    return Outcome(mutant, file, "failure", better)


def improvement(whole: Word, said: Word) -> str:
    """How a damaged file's answer is milder than the whole file's; empty when it is not."""
    if said.verdict.rank < whole.verdict.rank:
        return f"{whole.verdict} became {said.verdict}"
    if whole.told and not said.told:
        return "what was known of it became none-found"
    if whole.gap and not said.gap:
        return "a gap disappeared"
    return ""


def table(outcomes: Sequence[Outcome]) -> str:
    """Counts by kind of damage, then every excused and every failed mutant."""
    kinds = sorted({outcome.mutant.kind for outcome in outcomes})
    counted = Counter((outcome.mutant.kind, outcome.kind) for outcome in outcomes)
    columns = ("noticed", "same", "unprotected", "failure")
    lines = [f"{'damage':<10}{'mutants':>9}" + "".join(f"{name:>13}" for name in columns)]
    for kind in kinds:
        row = [counted[kind, column] for column in columns]
        lines.append(f"{kind:<10}{sum(row):>9}" + "".join(f"{number:>13}" for number in row))
    total = [sum(counted[kind, column] for kind in kinds) for column in columns]
    lines.append(f"{'all':<10}{sum(total):>9}" + "".join(f"{number:>13}" for number in total))
    for name in ("unprotected", "failure"):
        for each in (outcome for outcome in outcomes if outcome.kind == name):
            where = f"{each.mutant.name} at {each.mutant.at} of {each.file}"
            lines.append(f"{name}: {where}: {each.why}")
    return "\n".join(lines)


def sample_files(folder: Path = SAMPLES) -> dict[str, bytes]:
    """The files of the sample delivery by relative name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Soak the checks in damaged files.")
    parser.add_argument("--count", type=int, default=2000, help="mutants (2000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other damage (1)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (2)")
    parser.add_argument("--keep", type=Path, help="a folder for the mutants that failed")
    arguments = parser.parse_args()
    outcomes = []
    for outcome in run(sample_files(), arguments.count, arguments.seed, arguments.workers):
        outcomes.append(outcome)
        if len(outcomes) % 200 == 0:
            print(f"{len(outcomes)} of {arguments.count}", file=sys.stderr, flush=True)
    print(table(outcomes))
    failed = [outcome for outcome in outcomes if outcome.kind == "failure"]
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        for outcome in failed:
            name = f"{outcome.mutant.name}-{outcome.file.rsplit('/', 1)[-1]}"
            (arguments.keep / name).write_bytes(outcome.mutant.content)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""How well edited pictures are known among a thousand: through the real commands.

    python -m quality.images [--bank 1000 --queries 60]

A bank of shared pictures where they are set, painted ones else; 17 edits of some of them; pictures
that are not in the bank; frames of takes, and their neighbours, which are not the same picture.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np

from quality.edits import EDITS
from quality.encoding import frames_of
from quality.films import BUILD, Say
from quality.finishing import Finisher, finish_of
from quality.home import Production
from quality.noise import Array
from quality.paint import photograph, read, shared_pictures, shared_strangers, shared_takes
from quality.scenes import Setup, Take

RECIPE = 3
_FOREIGN = 10_000_000
_STEPS = (1, 2, 4, 8)
_CLEAR_DIFFERENCE = 12.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A match of a query: the banked picture's name, `proven` or `suspected`, how far."""

    name: str
    grade: str
    distance: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and what came of it. `true` is the banked picture it shows, or ""; `edit` names what
    was done; `neighbour` is a picture it must not be `proven` to be."""

    edit: str
    true: str
    neighbour: str
    hits: tuple[Hit, ...]


def measure(
    say: Say = print, build: Path = BUILD, bank: int = 1000, queries: int = 60
) -> dict[str, float]:
    """Make bank and queries, record, check, print; the metrics."""
    folder = build / f"images-{bank}-{queries}-{len(shared_pictures())}-{RECIPE}"
    if not (folder / "truth.json").exists():
        make(folder, bank, queries)
    shutil.rmtree(folder / "home", ignore_errors=True)
    production = Production(folder / "home")
    took = production.record([folder / "bank"])
    checked = production.check(folder / "queries")
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    asked = answers(checked.report, truth)
    say(f"images: {bank} recorded in {took:.1f} s, {len(asked)} queries in {checked.seconds:.1f} s")
    for line in table(asked):
        say(line)
    return metrics(asked, len(list((folder / "bank").iterdir())))


def make(folder: Path, bank: int, queries: int) -> None:
    """Write `bank/`, `queries/` and `truth.json` (a query's name to edit, true and neighbour)."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bank").mkdir(parents=True)
    (folder / "queries").mkdir()
    names = _write_bank(folder / "bank", bank)
    truth = {}
    for name, picture, told in (
        *_edited(folder / "bank", names, queries),
        *_foreign(queries),
        *_neighbours(folder / "bank", max(2, queries // 10)),
    ):
        path = folder / "queries" / f"{len(truth):05}_{name}.jpg"
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
        truth[path.name] = told
    (folder / "truth.json").write_text(json.dumps(truth, indent=1), "utf-8")


def _write_bank(folder: Path, count: int) -> list[str]:
    """Half of the bank, at most, is shared pictures."""
    shared = shared_pictures()[: count // 2]
    names = []
    for number in range(count):
        if number < len(shared):
            name = f"shared_{number:04}.jpg"
            shutil.copyfile(shared[number], folder / name)
        else:
            name = f"painted_{number:04}.jpg"
            cv2.imwrite(str(folder / name), _painted(number), [cv2.IMWRITE_JPEG_QUALITY, 92])
        names.append(name)
    return names


def _painted(seed: int) -> Array:
    rng = np.random.default_rng([12, seed])
    long, short = int(rng.integers(380, 640)), int(rng.integers(280, 420))
    upright = rng.random() < 0.25
    return photograph(seed, short if upright else long, long if upright else short)


Query = tuple[str, Array, dict[str, str]]


def _edited(folder: Path, names: list[str], queries: int) -> Iterator[Query]:
    rng = np.random.default_rng(13)
    for name in rng.choice(names, min(queries, len(names)), replace=False):
        picture, other = read(folder / str(name)), _painted(_FOREIGN + int(rng.integers(0, 90_000)))
        for edit, apply in EDITS.items():
            edited = apply(picture, rng, other)
            yield edit.replace(" ", ""), edited, {"edit": edit, "true": str(name), "neighbour": ""}


def _foreign(count: int) -> Iterator[Query]:
    """Pictures that are on no record: photographs where they are set, as many painted ones."""
    pictures = [_smaller(path) for path in shared_strangers()[:count]]
    pictures += [_painted(2 * _FOREIGN + number) for number in range(count)]
    for picture in pictures:
        yield "foreign", picture, {"edit": "foreign", "true": "", "neighbour": ""}


def _smaller(path: Path) -> Array:
    """A photograph at the size of the others."""
    picture = read(path)
    scale = min(1.0, 640 / max(picture.shape[:2]))
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _neighbours(folder: Path, count: int) -> Iterator[Query]:
    """Frames of takes go on record; asked for are these, finished, and frames soon after."""
    for number, frames in enumerate(_strips(count)):
        name = f"frame_{number:03}.png"
        cv2.imwrite(str(folder / name), frames[0])
        rng = np.random.default_rng([14, number])
        for step, frame in zip((0, *_STEPS), frames, strict=True):
            clear = step and _difference(frames[0], frame) >= _CLEAR_DIFFERENCE
            if step and not clear:
                continue
            finisher = Finisher(finish_of("grade", rng), (frame.shape[1], frame.shape[0]))
            told = {"edit": "neighbour" if step else "frame", "true": "" if step else name}
            yield f"frame{step}", finisher(frame, 0, 0.0), {**told, "neighbour": name}


def _strips(count: int) -> Iterator[list[Array]]:
    """A frame and some of those after it: of the shared takes, else of painted ones."""
    takes = shared_takes()
    for number in range(count):
        if number < len(takes):
            frames = list(frames_of(takes[number], 12 + 5 * (number % 3)))[: _STEPS[-1] + 1]
        else:
            frames = list(Take(Setup(500 + number), 1, (640, 360)).frames(20, _STEPS[-1] + 1))
        yield [frames[step] for step in (0, *_STEPS)]


def _difference(first: Array, second: Array) -> float:
    """How much the block differs that differs most, in levels, noise averaged away."""
    greys = [cv2.cvtColor(each, cv2.COLOR_BGR2GRAY).astype(np.float32) for each in (first, second)]
    blocks = cv2.resize(np.abs(greys[0] - greys[1]), (24, 16), interpolation=cv2.INTER_AREA)
    return float(blocks.max())


def answers(report: Mapping[str, Any], truth: Mapping[str, Mapping[str, str]]) -> list[Asked]:
    """Each query with its matches."""
    found: dict[str, list[Hit]] = defaultdict(list)
    for asset in report["assets"]:
        for evidence in asset["evidence"]:
            if evidence["claim"] == "matches-recorded" and evidence.get("source"):
                source = evidence["source"]
                name = PurePosixPath(source["path"] or "").name
                hit = Hit(name, evidence["grade"], float(source.get("distance") or 0.0))
                found[PurePosixPath(asset["path"]).name].append(hit)
    return [
        Asked(told["edit"], told["true"], told["neighbour"], tuple(found[query]))
        for query, told in truth.items()
    ]


def _false(asked: Asked) -> list[Hit]:
    """Matches with something else. A neighbouring frame may be suspected, not proven."""
    return [
        hit
        for hit in asked.hits
        if hit.name != asked.true
        and not (hit.grade == "suspected" and (asked.neighbour or _frame(hit.name)))
    ]


def _frame(name: str) -> bool:
    return name.startswith("frame_")


def metrics(asked: list[Asked], bank: int) -> dict[str, float]:
    """The numbers a baseline is kept of; those of photographs alone apart, where there are any."""
    told = _counted(asked, bank)
    frames = [each for each in asked if each.edit == "frame"]
    told["frames proven"] = _share(frames, lambda hit: hit.grade == "proven")
    edited = [each for each in asked if each.edit in EDITS]
    for edit in EDITS:
        told[f"recall/{edit}"] = _share([each for each in edited if each.edit == edit])
    photographs = [_among_photographs(each) for each in edited if _photograph(each.true)]
    if photographs:
        among = _counted(photographs, min(bank, len(shared_pictures())))
        told |= {f"photographs/{key}": value for key, value in among.items()}
    return told


def _counted(asked: list[Asked], bank: int) -> dict[str, float]:
    """Recall, also up to the nearest false match; and false matches."""
    wrong = [hit for each in asked for hit in _false(each)]
    limit = min((hit.distance for hit in wrong), default=float("inf"))
    edited = [each for each in asked if each.edit in EDITS]
    return {
        "recall": _share(edited),
        "recall at zero false": _share(edited, lambda hit: hit.distance < limit),
        "recall proven": _share(edited, lambda hit: hit.grade == "proven"),
        "false in a million": 1e6 * len(wrong) / max(1, len(asked) * bank),
        "false proven": sum(hit.grade == "proven" for hit in wrong),
    }


def _photograph(name: str) -> bool:
    return name.startswith("shared_")


def _among_photographs(asked: Asked) -> Asked:
    """As if the bank held photographs alone: painted pictures are more alike than these are."""
    return replace(asked, hits=tuple(hit for hit in asked.hits if _photograph(hit.name)))


def _share(asked: list[Asked], counts: Any = lambda hit: True) -> float:
    hit = sum(any(h.name == each.true and counts(h) for h in each.hits) for each in asked)
    return hit / max(1, len(asked))


def table(asked: list[Asked]) -> list[str]:
    """Lines for people: each edit, then what is wrong."""
    lines = [f"  {'edit':<14} {'asked':>6} {'found':>7} {'proven':>7} {'false':>6}"]
    for edit in (*EDITS, "frame", "neighbour", "foreign"):
        these = [each for each in asked if each.edit == edit]
        proven = _share(these, lambda hit: hit.grade == "proven")
        wrong = sum(len(_false(each)) for each in these)
        lines.append(
            f"  {edit:<14} {len(these):>6} {_share(these):>7.3f} {proven:>7.3f} {wrong:>6}"
        )
    for each in asked:
        for hit in _false(each):
            told = f"{each.edit} of {each.true or each.neighbour or 'nothing recorded'}"
            lines.append(f"  false, {hit.grade}: {told} taken for {hit.name} ({hit.distance:.3f})")
    return lines


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description="Recall of edited pictures.")
    parser.add_argument("--bank", type=int, default=1000)
    parser.add_argument("--queries", type=int, default=60)
    given = parser.parse_args()
    for name, value in measure(bank=given.bank, queries=given.queries).items():
        print(f"{name:<50} {value:g}")


if __name__ == "__main__":
    main()

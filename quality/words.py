"""Passages known again: planted ones in screenplays, and real answers of students.

    python -m quality.words [--scripts 40]

Part one is made by script: half of the screenplays are on record; passages of them, edited at each
level, are planted in others, which share people, headings, notices and everyday lines with them.
Part two is the shared corpus (copied, lightly and heavily revised, own answers), if
$GATE_TEST_DATA is set, with the other shared texts on record beside it.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from checkthegate.model import Grade
from checkthegate.model.match import Match
from quality.words_bank import TextBank
from quality.words_corpus import LEVELS, Planted, edited, passage, screenplay

_SCENES, _EACH = 30, 3
_COPIED = ("cut_and_paste", "light_revision")
_NEAR = 150
_OTHER_TEXTS = ("text_copy/novels", "text_copy/screenplays", "timelines/srt", "timelines/vtt")


def measure(scripts: int = 40) -> dict[str, float]:
    """All numbers, by name; prints the same."""
    with tempfile.TemporaryDirectory() as folder:
        numbers = {f"scripts/{key}": value for key, value in _scripts(Path(folder), scripts)}
    shared = os.environ.get("GATE_TEST_DATA")
    if shared:
        with tempfile.TemporaryDirectory() as folder:
            numbers |= {f"students/{key}": n for key, n in _students(Path(folder), Path(shared))}
    for name, value in numbers.items():
        print(f"  words: {name:<34} {value:8.4g}")
    return numbers


def _scripts(folder: Path, scripts: int) -> Iterator[tuple[str, float]]:
    """Screenplays with planted passages against as many others on record."""
    chance = random.Random(7)  # noqa: S311  a seeded corpus, no secret
    passages = [[passage(chance, chance.randint(40, 110)) for _ in LEVELS] for _ in range(scripts)]
    known = [
        _written(folder / f"known{n}.fountain", screenplay(chance, _SCENES, each))
        for n, each in enumerate(passages)
    ]
    bank = TextBank(folder / "bank")
    bank.add(known)
    tally = Counter[str]()
    for number in range(scripts):
        planted = [
            Planted(level, source, edited(chance, passages[source][which], level))
            for which, level in enumerate(LEVELS)
            for source in chance.sample(range(scripts), _EACH)
        ]
        text = screenplay(chance, _SCENES, [each.text for each in planted])
        file = _written(folder / f"target{number}.fountain", text)
        _count(tally, text, planted, bank.matches(file))
    for level in LEVELS[:3]:
        total = tally[level]
        yield f"recall {level}", tally[f"found {level}"] / total
        name = "heavy accused as proven" if level == "heavy" else f"recall proven {level}"
        yield name, tally[f"proven {level}"] / total
    yield "quoted accused", tally["found quoted"] / tally["quoted"]
    yield "false proven", tally["false proven"]
    yield "false suspected", tally["false suspected"]
    yield (
        "false in a million",
        (tally["false proven"] + tally["false suspected"]) * 1e6 / (scripts * scripts),
    )


def _written(file: Path, text: str) -> Path:
    file.write_text(text, "utf-8")
    return file


def _count(
    tally: Counter[str], text: str, planted: Sequence[Planted], matches: Sequence[Match]
) -> None:
    """A passage is found by a match with its source that lies on it, give or take a line or two."""
    right = set[int]()
    for each in planted:
        start = text.index(each.text)
        hits = [
            number
            for number, match in enumerate(matches)
            if match.banked.number == each.source and _lies(match, start, start + len(each.text))
        ]
        right.update(hits)
        tally[each.level] += 1
        tally[f"found {each.level}"] += bool(hits)
        proven = any(matches[hit].grade is Grade.PROVEN for hit in hits)
        tally[f"proven {each.level}"] += proven
    for number, match in enumerate(matches):
        tally[f"false {match.grade.value}"] += number not in right


def _lies(match: Match, start: int, end: int) -> bool:
    span = match.span
    if span is None:
        return False
    inside = min(span.end, end) - max(span.start, start)
    return inside > 0 and start - _NEAR <= span.start and span.end <= end + _NEAR


def _students(folder: Path, shared: Path) -> Iterator[tuple[str, float]]:
    """Real answers, with their sources and other texts on record."""
    texts = shared / "text_copy"
    with (texts / "manifest.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"].startswith("clough")]
    others = [file for name in _OTHER_TEXTS for file in sorted((shared / name).iterdir())]
    bank = TextBank(folder)
    bank.add([texts / row["file"] for row in rows if row["label"] == "reference"])
    bank.add([file for file in others if _readable(file)])
    tally = Counter[str]()
    for row in rows:
        if row["label"] == "reference":
            continue
        found = _count_answer(tally, row, bank.matches(texts / row["file"]))
        if not found and row["copy_level"] in _COPIED:
            shared_words = _longest_shared(texts / row["file"], texts / row["reference"])
            print(f"    missed: {row['file']} ({row['copy_level']}), which has at most ", end="")
            print(f"{shared_words} words in a row with {Path(row['reference']).name}")
    for level in ("cut_and_paste", "light_revision", "heavy_revision"):
        yield f"recall {level}", tally[f"found {level}"] / tally[level]
        if level != "heavy_revision":
            yield f"recall proven {level}", tally[f"proven {level}"] / tally[level]
    yield "own answers accused proven", tally["proven not_copied"] / tally["not_copied"]
    yield "own answers accused suspected", tally["found not_copied"] / tally["not_copied"]
    yield "false proven", tally["false proven"]
    yield "false suspected", tally["false suspected"]


def _readable(file: Path) -> bool:
    """Broken files lie among the shared ones on purpose."""
    from checkthegate.model import Unreadable
    from quality.words_bank import opened

    try:
        return bool(opened(file).text().body)
    except Unreadable:
        return False


def _longest_shared(file: Path, reference: Path) -> int:
    """The most words in a row that two texts share: what there is to be found."""
    one, other = (
        re.findall(r"\w+", each.read_text("utf-8", "replace").lower()) for each in (file, reference)
    )
    longest, before = 0, Counter[int]()
    for word in one:
        here = Counter({at: before[at - 1] + 1 for at, each in enumerate(other) if each == word})
        longest = max([longest, *here.values()])
        before = here
    return longest


def _count_answer(tally: Counter[str], row: Mapping[str, str], matches: Sequence[Match]) -> bool:
    """Counts what was said of an answer; whether it was found."""
    name = Path(row["reference"]).name
    own = [match for match in matches if match.banked.path == name]
    level = row["copy_level"]
    tally[level] += 1
    tally[f"found {level}"] += bool(own)
    tally[f"proven {level}"] += any(match.grade is Grade.PROVEN for match in own)
    for match in matches:
        tally[f"false {match.grade.value}"] += match not in own
    return bool(own)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How well are passages known again?")
    parser.add_argument("--scripts", type=int, default=40, help="screenplays on record (40)")
    measure(parser.parse_args().scripts)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Times finding copied passages of a script in a bank of texts, beside datasketch doing less.

    python bench/words.py [--passages 100000] [--full]

Ours: read the file, look its words up, compare word by word, word the matches, as a check does.
datasketch: MinHash of 128 permutations of each passage's 5-word shingles, then its LSH tables; it
says which passages resemble each other as a whole, not where anything lies. Processor time of one
thread. `--full` is a million passages. See bench/README.md.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from quality.words_bank import Kept, TextBank, opened
from quality.words_corpus import passage, screenplay

from checkthegate.fingerprint import words_index
from checkthegate.fingerprint.words_find import proposed
from checkthegate.fingerprint.words_print import Words
from checkthegate.fingerprint.words_tokens import grams, tokens

TARGET, ADDED_TARGET_MS, MAPPED_TARGET_MS = 5.0, 1000.0, 100.0
_PER_TEXT, _WORDS, _PERMUTATIONS = 100, 45, 128
_PEER_PASSAGES, _PEER_PASSAGES_FULL = 20_000, 200_000
_PLANTED, _SCENES = 10, 250
_LENGTH = 52
"""Words of a passage as they are made, in the mean: they end with a sentence."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Copied passages of a script.")
    parser.add_argument("--passages", type=int, default=100_000, help="passages (100000)")
    parser.add_argument("--full", action="store_true", help="a million passages")
    asked = parser.parse_args()
    count = 1_000_000 if asked.full else asked.passages
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        most = _PEER_PASSAGES_FULL if asked.full else _PEER_PASSAGES
        bank, some = _bank(Path(folder), chance, count, most)
        planted = [some[place] for place in range(0, len(some), len(some) // _PLANTED)]
        script = Path(folder) / "script.fountain"
        script.write_text(screenplay(chance, _SCENES, planted[:_PLANTED]), "utf-8")
        words = len(tokens(script.read_text("utf-8")))
        print(f"{count:,} passages of {_WORDS} words; a script of {words:,} words")
        ratio = _compared(bank, script, some, words)
        exact = _exact(bank, script)
        added = _added(bank, chance, Path(folder))
    return 0 if ratio >= TARGET and exact and added <= ADDED_TARGET_MS else 1


def _bank(folder: Path, chance: random.Random, count: int, most: int) -> tuple[TextBank, list[str]]:
    """Texts of a hundred passages each, in one segment; and the first of their passages."""
    bank, some, files = TextBank(folder / "bank"), list[str](), list[Path]()
    start = time.process_time()
    for number in range(max(1, count // _PER_TEXT)):
        passages = [passage(chance, _WORDS) for _ in range(_PER_TEXT)]
        some.extend(passages[: most - len(some)])
        files.append(folder / f"{number}.txt")
        files[-1].write_text("\n\n".join(passages), "utf-8")
    bank.add(files)
    print(f"made and indexed in {time.process_time() - start:.0f} s")
    return bank, some


def _timed(work: Callable[[], object], rounds: int = 5) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def _compared(bank: TextBank, script: Path, some: Sequence[str], words: int) -> float:
    """Prints both rates, and gives how many times as fast we are."""
    ours = _timed(lambda: bank.matches(script))
    found = bank.matches(script)
    proven = sum(match.grade.value == "proven" for match in found)
    print(f"  ours        {words / ours:12,.0f} words a second ({1000 * ours:6.1f} ms); ", end="")
    print(f"{proven} of {_PLANTED} planted passages proven, {len(found)} matches")
    look_up = _timed(lambda: _hits(bank, script))
    print(f"    of which reading, words and look-up {1000 * look_up:.1f} ms")
    peers = _datasketch(script, some)
    if not peers:
        print("  datasketch  left out: it is not installed")
        return TARGET
    for name, took, hits in peers:
        print(
            f"  datasketch  {words / took:12,.0f} words a second ({1000 * took:6.1f} ms); ", end=""
        )
        print(f"{hits} of {_PLANTED} found; {name}: ours / datasketch {took / ours:.1f}")
    # It has to find as much; where it never does, the finest cut counts.
    enough = [took for _, took, hits in peers if hits >= min(proven, _PLANTED)] or [peers[-1][1]]
    print(f"  ours / datasketch at equal recall {enough[0] / ours:.1f} (target {TARGET})")
    return enough[0] / ours


def _hits(bank: TextBank, script: Path) -> int:
    return len(proposed(Words(opened(script).text()), bank.folders))


def _datasketch(script: Path, some: Sequence[str]) -> list[tuple[str, float, int]]:
    """For several ways to cut the script into passages: seconds, and how many planted it found."""
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        return []

    def sketched(passages: Sequence[Sequence[str]]) -> Any:
        shingles = (
            [" ".join(words[at : at + 5]).encode() for at in range(max(1, len(words) - 4))]
            for words in passages
        )
        return MinHash.bulk(shingles, num_perm=_PERMUTATIONS)

    tables = MinHashLSH(threshold=0.5, num_perm=_PERMUTATIONS)
    for number, sketch in enumerate(sketched([text.lower().split() for text in some])):
        tables.insert(number, sketch)
    print(f"  ({len(some):,} passages in the tables of datasketch)")

    def search(step: int) -> set[int]:
        words = script.read_text("utf-8").lower().split()
        cut = [words[at : at + _LENGTH] for at in range(0, len(words), step)]
        return {number for sketch in sketched(cut) for number in tables.query(sketch)}

    planted = set(range(0, len(some), len(some) // _PLANTED))
    return [
        (
            f"a passage every {step} words",
            _timed(lambda s=step: search(s), 3),
            len(search(step) & planted),
        )
        for step in (_LENGTH, _LENGTH // 2, _LENGTH // 4)
    ]


def _exact(bank: TextBank, script: Path) -> bool:
    """Whether the index says what comparing everything says, for some of the script's words."""
    asked = np.unique(grams(tokens(script.read_text("utf-8"))).hashes)[::199]
    index = words_index.load(bank.folders[0])
    took = _timed(lambda: words_index.load(bank.folders[0]))
    slow = time.process_time()
    truth = words_index.brute_force(index, asked)
    slow = time.process_time() - slow
    fast = _timed(lambda: index.find(asked))
    same = all(np.array_equal(*pair) for pair in zip(truth, index.find(asked), strict=True))
    print(f"  look-up equal to the slow truth: {same}; the truth takes {slow / fast:,.0f} times as")
    print(f"  long; mapped in {1000 * took:.1f} ms (target {MAPPED_TARGET_MS:.0f})")
    return same and took * 1000 <= MAPPED_TARGET_MS


def _added(bank: TextBank, chance: random.Random, folder: Path) -> float:
    """Milliseconds until one more text is found."""
    text = passage(chance, 200)
    file = folder / "added.txt"
    file.write_text(text, "utf-8")
    start = time.perf_counter()
    entry = bank.add([file])[0]
    found = list(bank.hasher.match(opened(file), bank, Kept()))
    took = 1000 * (time.perf_counter() - start)
    there = any(getattr(each, "banked", None) == entry for each in found)
    print(f"  one more text: indexed and found in {took:.0f} ms (target {ADDED_TARGET_MS:.0f})")
    return took if there else float("inf")


if __name__ == "__main__":
    raise SystemExit(main())

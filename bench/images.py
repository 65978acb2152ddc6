"""Times knowing edited pictures in a bank against SSCD with the same tiles, and PDQ by itself.

    python bench/images.py [--bank 1000] [--queries 20]

Both sides decode the same query files and look in the same bank, in one process on one thread.
Recall is measured on both, at no false match, so that speed is not bought with it. See
bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import banked  # noqa: E402
from quality.edits import EDITS  # noqa: E402
from quality.films import BUILD  # noqa: E402
from quality.images import RECIPE, make  # noqa: E402
from quality.paint import photograph, shared_pictures  # noqa: E402

RATE_TARGET, PDQ_TARGET = 3.0, 500.0
Array = np.ndarray[Any, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description="The picture cascade against SSCD with tiles.")
    parser.add_argument("--bank", type=int, default=1000)
    parser.add_argument("--queries", type=int, default=20)
    given = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    folder = BUILD / f"images-{given.bank}-{given.queries}-{len(shared_pictures())}-{RECIPE}"
    if not (folder / "truth.json").exists():
        make(folder, given.bank, given.queries)
    told = json.loads((folder / "truth.json").read_text("utf-8"))
    asked = {
        name: each["true"] for name, each in told.items() if each["edit"] in (*EDITS, "foreign")
    }
    ratio, equal = _cascade(folder, asked)
    pdq = _pdq()
    return 0 if ratio >= RATE_TARGET and equal and pdq >= PDQ_TARGET else 1


def _cascade(folder: Path, asked: dict[str, str]) -> tuple[float, bool]:
    files = sorted(path for path in (folder / "bank").iterdir())
    queries = [folder / "queries" / name for name in asked]
    hasher = banked.picture_hasher()
    with tempfile.TemporaryDirectory() as place:
        bank = banked.OpenBank(hasher, files, Path(place) / "bank")
        start = time.perf_counter()
        ours = {path.name: _ours(hasher, path, bank) for path in queries}
        taken = time.perf_counter() - start
    start_bank = _described(files)
    start = time.perf_counter()
    theirs = {path.name: _theirs(path, files, start_bank) for path in queries}
    slow = time.perf_counter() - start
    start = time.perf_counter()
    for path in queries:
        _read(path)
    limit = time.perf_counter() - start
    count = len(queries)
    mine, other = _recall(ours, asked), _recall(theirs, asked)
    print(f"{count} queries in a bank of {len(files)}, one thread")
    print(f"  the cascade             {count / taken:8.1f} a second, recall {mine:.4f}")
    print(f"  SSCD int8, 15 tiles     {count / slow:8.1f} a second, recall {other:.4f}")
    print(f"  the limit: decoding     {count / limit:8.1f} a second")
    print(f"  ratio {slow / taken:.2f}   target at least {RATE_TARGET}, at equal recall")
    return slow / taken, mine >= other


def _ours(hasher: Any, path: Path, bank: Any) -> list[tuple[float, str]]:
    """(likeness, name) of each match; the nearest have the highest."""
    return [(-each.distance, each.banked.path) for each in banked.matches(hasher, path, bank)]


def _read(path: Path) -> Array:
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _network() -> Any:
    from checkthegate.fingerprint.sscd import Descriptors

    return Descriptors(Path(os.environ["GATE_MODELS"]))


def _described(files: Sequence[Path]) -> Array:
    """The bank's vectors by the careful network, not tiled."""
    network = _network()
    return np.concatenate([network.full([_read(path)]) for path in files])


def _tiles(picture: Array) -> list[Array]:
    """The whole, 2 x 2 and 3 x 3 tiles of half its sides, and the middle: fifteen."""
    height, width = picture.shape[:2]
    high, wide = height // 2, width // 2
    corners = [(0.5, 0.5)]
    corners += [(y, x) for y in (0.0, 1.0) for x in (0.0, 1.0)]
    corners += [(y, x) for y in (0.0, 0.5, 1.0) for x in (0.0, 0.5, 1.0)]
    tiles = [picture]
    for y, x in corners:
        top, left = round((height - high) * y), round((width - wide) * x)
        tiles.append(picture[top : top + high, left : left + wide])
    return tiles


_NETWORK: list[Any] = []


def _theirs(path: Path, files: Sequence[Path], bank: Array) -> list[tuple[float, str]]:
    """(cosine, name) of the bank's ten nearest, by the best of the tiles."""
    if not _NETWORK:
        _NETWORK.append(_network())
    best = (_NETWORK[0].full(_tiles(_read(path))) @ bank.T).max(axis=0)
    return [(float(best[place]), files[place].name) for place in np.argsort(-best)[:10]]


def _recall(answers: dict[str, list[tuple[float, str]]], asked: dict[str, str]) -> float:
    """The share of edited pictures that are nearer to what they show than any false match is."""
    wrong = [near for name, hits in answers.items() for near, who in hits if who != asked[name]]
    limit = max(wrong, default=float("-inf"))
    edited = [name for name, true in asked.items() if true]
    hit = sum(any(w == asked[n] and near > limit for near, w in answers[n]) for n in edited)
    return hit / len(edited)


def _pdq() -> float:
    """Frames a second from decoded 1080p; the limit is reading every pixel once."""
    import cv2

    from checkthegate.fingerprint.pdq import pdq

    cv2.setNumThreads(1)
    frames = [photograph(seed, 1920, 1080) for seed in range(4)]
    rate = _rate(pdq, frames)
    limit = _rate(lambda frame: frame.reshape(-1).view(np.uint64).max(), frames)
    print(f"PDQ of decoded 1080p frames: {rate:.0f} a second (target {PDQ_TARGET:.0f})")
    print(f"  the limit: reading every pixel once: {limit:.0f} a second; ratio {limit / rate:.2f}")
    return rate


def _rate(work: Any, frames: Sequence[Array], rounds: int = 25) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for number in range(rounds):
            work(frames[number % len(frames)])
        best = min(best, time.process_time() - start)
    return rounds / best


if __name__ == "__main__":
    sys.exit(main())

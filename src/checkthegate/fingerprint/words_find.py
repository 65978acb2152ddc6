"""Finds what a text shares with those of a bank: the index proposes, alignment decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint import words_index
from checkthegate.fingerprint.words_align import Anchors, Stretch, aligned, anchored
from checkthegate.fingerprint.words_print import Words
from checkthegate.fingerprint.words_tokens import grams

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_BLOCK = 64
_PER_BLOCK = 8
_MOST_OF_ONE = 2_000
_FEW, _ONE_PHRASE = 3, 5
_AROUND, _TOGETHER = 128, 6


def proposed(target: Words, folders: Sequence[Path]) -> dict[int, list[Anchors]]:
    """Where something of a bank may lie: for each text's number, anchors in the target.

    For each part of the target only the `_PER_BLOCK` most promising are looked at.
    """
    import numpy

    asked = grams(target.tokens).hashes
    parts = [_index(str(folder), _stamp(folder)).find(asked) for folder in folders]
    if not parts:
        return {}
    return _promising(anchored(*(numpy.concatenate(column) for column in zip(*parts, strict=True))))


def _stamp(folder: Path) -> tuple[int, int]:
    seen = folder.stat()
    return seen.st_ino, seen.st_mtime_ns


@lru_cache(maxsize=64)
def _index(folder: str, stamp: tuple[int, int]) -> words_index.WordIndex:
    """Mapping the files takes longer than most look-ups, and a worker looks at many texts."""
    return words_index.load(Path(folder))


def _promising(table: Array) -> dict[int, list[Anchors]]:
    ranked = defaultdict[int, int](int)
    chosen = defaultdict[int, list[Anchors]](list)
    if not len(table):
        return chosen
    anchors = [Anchors(*row) for row in table[_telling(table)].tolist()]
    for each in sorted(anchors, key=lambda each: (-each.count, each.number, each.start)):
        blocks = range(each.start // _BLOCK, (each.stop - 1) // _BLOCK + 1)
        if any(ranked[block] < _PER_BLOCK for block in blocks):
            for block in blocks:
                ranked[block] += 1
            if len(chosen[each.number]) < _MOST_OF_ONE:
                chosen[each.number].append(each)
    return chosen


def _telling(table: Array) -> Array:
    """Which anchors are more than one short phrase, or have others of the same text around them."""
    import numpy

    numbers, starts, stops, counts = table[:, [0, 1, 2, 5]].T
    width = int(starts.max()) // _AROUND + 3
    blocks = numbers * width + starts // _AROUND + 1
    # What both bands say of the same place counts once.
    once = numpy.unique(numbers * (int(starts.max()) + 1) + starts, return_index=True)[1]
    different, back = numpy.unique(blocks[once], return_inverse=True)
    sums = numpy.bincount(back, counts[once])
    around = numpy.zeros(len(table))
    for block in (blocks - 1, blocks, blocks + 1):
        place = numpy.minimum(numpy.searchsorted(different, block), len(different) - 1)
        around += numpy.where(different[place] == block, sums[place], 0)
    telling: Array = (counts >= _FEW) | (stops - starts > _ONE_PHRASE) | (around >= _TOGETHER)
    return telling


def stretches(
    target: Words, source: Words, anchors: Sequence[Anchors], working: Callable[[], None]
) -> list[Stretch]:
    """What agrees around the anchors, word by word."""
    found, done = list[Stretch](), list[Stretch]()
    for each in anchors:
        working()
        if any(_covers(stretch, each) for stretch in done):
            continue
        fresh = aligned(target, source, each)
        found.extend(fresh)
        done = (done + fresh)[-_BLOCK:]
    return found


def _covers(stretch: Stretch, anchors: Anchors) -> bool:
    inside = stretch.start <= anchors.start and anchors.stop <= stretch.stop
    there = stretch.source_start <= anchors.source_start
    return inside and there and anchors.source_stop <= stretch.source_stop


def inputs_of(
    found: Mapping[int, list[Stretch]], digests: Sequence[str], numbers_of: Callable[[str], Any]
) -> Iterator[list[Stretch]]:
    """What the target shares with each of the inputs with these digests."""
    for digest in digests:
        for number in numbers_of(digest):
            if number in found:
                yield found[number]

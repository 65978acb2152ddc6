"""Which stretches of two texts are the same, word by word: anchors first, then an alignment.

All positions are numbers of words. Work is linear in the anchors and the lengths compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.words_print import Words

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_BAND = 32
_REACH = 40
_MARGIN = 30
_PIECE = 800
_LEAST_ANCHORS = 2
_LONE = 0.4
_GAP = 0.75


@dataclass(frozen=True, slots=True)
class Anchors:
    """Neighbouring runs of words that two texts share, on about one diagonal: `count` of them,
    from word `start` up to `stop` of the target, and of the source."""

    number: int
    start: int
    stop: int
    source_start: int
    source_stop: int
    count: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch that two texts share: `runs` are (target, source, length), ascending in both,
    of equal words."""

    runs: tuple[tuple[int, int, int], ...]

    @property
    def start(self) -> int:
        """The first word in the target."""
        return self.runs[0][0]

    @property
    def stop(self) -> int:
        """The word after the last in the target."""
        return self.runs[-1][0] + self.runs[-1][2]

    @property
    def source_start(self) -> int:
        """The first word in the source."""
        return self.runs[0][1]

    @property
    def source_stop(self) -> int:
        """The word after the last in the source."""
        return self.runs[-1][1] + self.runs[-1][2]


def anchored(places: Array, numbers: Array, source_places: Array) -> Array:
    """Hits of an index, gathered: those of one text, near each other and on about one diagonal.

    Rows of an int64 table, each once, with the fields of `Anchors`. Diagonals are looked at in
    bands that overlap by half, so that no border parts neighbours.
    """
    import numpy

    near = _with_neighbours(places, numbers)
    places, numbers, source_places = places[near], numbers[near], source_places[near]
    if not len(places):
        return numpy.empty((0, 6), numpy.int64)
    diagonals = source_places - places
    tables = [
        _banded(places, numbers, source_places, (diagonals + shift) // _BAND)
        for shift in (0, _BAND // 2)
    ]
    table = numpy.concatenate(tables)
    table = table[numpy.lexsort(table.T[::-1])]
    fresh = numpy.ones(len(table), bool)
    fresh[1:] = (table[1:] != table[:-1]).any(axis=1)
    return table[fresh]


def _with_neighbours(places: Array, numbers: Array) -> Array:
    """Which hits have another of the same text near them in the target: most have none."""
    import numpy

    keys = numbers * (int(places.max(initial=0)) + _REACH + 1) + places
    order = numpy.argsort(keys)
    close = numpy.diff(keys[order]) <= _REACH
    both = numpy.concatenate([[False], close]) | numpy.concatenate([close, [False]])
    chosen: Array = order[both[: len(order)]]
    return chosen


def _banded(places: Array, numbers: Array, source_places: Array, bands: Array) -> Array:
    import numpy

    width, height = int(places.max()) + 1, int(bands.max()) - (lowest := int(bands.min())) + 1
    # One key that sorts by text, band and place: texts have up to 2²² words, so banks may have
    # some 2²³ texts before it would not fit.
    keys = (numbers * height + (bands - lowest)) * width + places
    order = numpy.argsort(keys)
    keys, sources = keys[order], source_places[order]
    groups = keys // width
    breaks = numpy.ones(len(keys), bool)
    breaks[1:] = (groups[1:] != groups[:-1]) | (keys[1:] - keys[:-1] > _REACH)
    firsts = numpy.flatnonzero(breaks)
    stops = numpy.append(firsts[1:], len(order))
    fresh = breaks.copy()
    fresh[1:] |= keys[1:] != keys[:-1]
    counts = numpy.add.reduceat(fresh, firsts, dtype=numpy.int64)
    chosen = numpy.flatnonzero(counts >= _LEAST_ANCHORS)
    firsts, last = firsts[chosen], order[stops[chosen] - 1]
    lows = numpy.minimum.reduceat(sources, numpy.flatnonzero(breaks))[chosen]
    highs = numpy.maximum.reduceat(sources, numpy.flatnonzero(breaks))[chosen] + 1
    one = order[firsts]
    columns = (numbers[one], places[one], places[last] + 1, lows, highs, counts[chosen])
    table: Array = numpy.stack(columns, axis=1)
    return table


def aligned(target: Words, source: Words, anchors: Anchors) -> list[Stretch]:
    """The stretches that agree around anchors."""
    start = max(0, anchors.start - _MARGIN)
    stop = anchors.stop + _MARGIN
    source_start = max(0, anchors.source_start - _MARGIN)
    source_stop = anchors.source_stop + _MARGIN
    part = source.span(source_start, source_stop)
    runs = _runs(target.tokens.hashes[start:stop], part.hashes)
    moved = [(at + start, there + source_start, length) for at, there, length in runs]
    return list(_stretches(moved))


def _runs(target: Array, source: Array) -> Iterator[tuple[int, int, int]]:
    """Runs of equal words in order, the longest common sequence of one piece after another."""
    at = there = 0
    while at < len(target) and there < len(source):
        piece = target[at : at + _PIECE].tolist()
        other = source[there : there + _PIECE + _PIECE // 4].tolist()
        blocks = _common(piece, other)
        if not blocks:
            at, there = at + len(piece) // 2 + 1, there + len(piece) // 2 + 1
            continue
        last = len(blocks) - 1
        if at + len(piece) < len(target):
            # The end of a piece is aligned again, with what follows it.
            last = next((n for n in range(last, 0, -1) if blocks[n][0] < _PIECE * 3 // 4), last)
        for block in blocks[: last + 1]:
            yield at + block[0], there + block[1], block[2]
        at, there = at + sum(blocks[last][::2]), there + sum(blocks[last][1:])


def _common(left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int, int]]:
    from rapidfuzz.distance import LCSseq

    blocks = LCSseq.editops(left, right).as_matching_blocks()
    return [(each.a, each.b, each.size) for each in blocks if each.size]


def _stretches(runs: Sequence[tuple[int, int, int]]) -> Iterator[Stretch]:
    """Parts of an alignment where agreement outweighs what lies between."""
    kept, score, best, best_end = list[tuple[int, int, int]](), 0.0, 0.0, 0
    for run in runs:
        if kept:
            before = kept[-1]
            gap = max(run[0] - before[0] - before[2], run[1] - before[1] - before[2])
            score -= _GAP * gap
            if score <= 0:
                yield Stretch(tuple(kept[:best_end]))
                kept, score, best, best_end = [], 0.0, 0.0, 0
        if not kept and run[2] < 2:
            continue
        kept.append(run)
        score += run[2] if run[2] > 1 else _LONE
        if score > best:
            best, best_end = score, len(kept)
    if kept:
        yield Stretch(tuple(kept[:best_end]))

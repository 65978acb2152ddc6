"""Where in a bank a run of words occurs: kept grams, sorted, mapped into memory, found exactly.

A folder (segment) holds the kept grams of some texts. `brute_force` is the slow truth;
`WordIndex.find` is a faster way to the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.index_files import mapped, save

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]
    Hits = tuple[Array, Array, Array]

MOST_HITS = 1_000_000
_PER_BUCKET = 4
_MOST_BUCKET_BITS = 24
_SEEN_BITS_PER_GRAM = 8
_MOST_SEEN_BITS = 30
_WORD_BITS = 32
_WORD_MASK = (1 << _WORD_BITS) - 1


def write(folder: Path, numbers: Sequence[int], kept: Sequence[tuple[Array, Array]]) -> None:
    """Write an index over texts: for each its number, and its kept grams with the number of the
    word each begins at, ascending. Raises `OSError`."""
    import numpy

    none = numpy.empty(0, numpy.uint64)
    hashes = numpy.concatenate([none, *(each[0] for each in kept)])
    places = numpy.concatenate([none, *(each[1] for each in kept)]).astype(numpy.uint64)
    counts = [len(each[0]) for each in kept]
    texts = numpy.repeat(numpy.arange(len(counts), dtype=numpy.uint64), counts)
    order = numpy.argsort(hashes, kind="stable")
    different, starts = numpy.unique(hashes[order], return_index=True)
    save(folder, "grams", different[:, None])
    save(folder, "gram-starts", numpy.append(starts, len(hashes)).astype(numpy.uint32)[:, None])
    joined = texts[order] << numpy.uint64(_WORD_BITS) | places[order]
    save(folder, "gram-places", joined[:, None])
    save(folder, "gram-buckets", _buckets(different).astype(numpy.uint32)[:, None])
    save(folder, "gram-seen", _seen(different)[:, None])
    save(folder, "gram-texts", numpy.array(numbers, numpy.int64)[:, None])


def load(folder: Path) -> WordIndex:
    """The index in a folder, mapped. Raises `ValueError`, `OSError`."""
    hashes = mapped(folder, "grams", "uint64", 1)[:, 0]
    starts = mapped(folder, "gram-starts", "uint32", 1)[:, 0]
    places = mapped(folder, "gram-places", "uint64", 1)[:, 0]
    buckets = mapped(folder, "gram-buckets", "uint32", 1)[:, 0]
    seen = mapped(folder, "gram-seen", "uint8", 1)[:, 0]
    numbers = mapped(folder, "gram-texts", "int64", 1)[:, 0]
    fits = len(starts) == len(hashes) + 1 and starts[-1] == len(places) and len(seen)
    if not fits or max(0, len(buckets) - 1).bit_count() != 1:
        raise ValueError("the parts of the index do not fit together")
    return WordIndex(hashes, starts, places, buckets, seen, numbers)


@dataclass(frozen=True, slots=True)
class WordIndex:
    """Different grams, ascending (uint64); where the occurrences of each begin in `places`, and
    the end (uint32); text and word of each occurrence (uint64, the text in the upper half); where
    the grams of each bucket (their highest bits) begin; a bit for each value of their highest
    bits, set where there is such a gram; the number (int64) of each text."""

    hashes: Array
    starts: Array
    places: Array
    buckets: Array
    seen: Array
    numbers: Array

    def find(self, asked: Array) -> Hits:
        """Every occurrence of each gram asked for (uint64).

        Three int64 arrays of one length: numbers of the grams asked for, ascending, numbers of
        the texts in the order they were indexed, words the grams begin at, ascending. Where there
        are more than `MOST_HITS`, those of the rarest grams: what is everywhere tells little.
        """
        import numpy

        maybe = numpy.flatnonzero(_may_be(self.seen, asked))
        wanted = asked[maybe]
        bucket = _highest(wanted, (len(self.buckets) - 1).bit_length() - 1)
        low = self.buckets[bucket].astype(numpy.int64)
        high = self.buckets[bucket + 1].astype(numpy.int64)
        place = _halved(self.hashes, wanted, low, high)
        there = numpy.flatnonzero(place < high)
        there = there[self.hashes[place[there]] == wanted[there]]
        first, counts = numpy.zeros((2, len(asked)), numpy.int64)
        first[maybe[there]] = self.starts[place[there]]
        counts[maybe[there]] = self.starts[place[there] + 1]
        return _in_full(self, first, rarest(counts - first))


def rarest(counts: Array) -> Array:
    """The counts, those of the most frequent set to 0 until at most `MOST_HITS` are left."""
    import numpy

    if counts.sum() <= MOST_HITS:
        return counts
    order = numpy.argsort(counts, kind="stable")
    kept = counts.copy()
    kept[order[numpy.cumsum(counts[order]) > MOST_HITS]] = 0
    return kept


def brute_force(index: WordIndex, asked: Array) -> Hits:
    """The same by comparing each gram with every occurrence: the slow truth."""
    import numpy

    starts = index.starts.astype(numpy.int64)
    every = numpy.repeat(index.hashes, starts[1:] - starts[:-1])
    rows = [numpy.flatnonzero(every == gram) for gram in asked]
    counts = rarest(numpy.array([len(each) for each in rows], numpy.int64))
    firsts = numpy.array([each[0] if len(each) else 0 for each in rows], numpy.int64)
    return _in_full(index, firsts, counts)


def _in_full(index: WordIndex, first: Array, counts: Array) -> Hits:
    """The occurrences in `counts` rows from `first` on, for each gram asked for."""
    import numpy

    asked = numpy.repeat(numpy.arange(len(counts)), counts)
    begun = numpy.cumsum(counts) - counts
    found = index.places[numpy.arange(len(asked)) + (first - begun)[asked]]
    texts = (found >> numpy.uint64(_WORD_BITS)).astype(numpy.int64)
    return asked, index.numbers[texts], (found & numpy.uint64(_WORD_MASK)).astype(numpy.int64)


def _highest(hashes: Array, bits: int) -> Array:
    """The value of the highest bits (int64)."""
    import numpy

    if not bits:
        return numpy.zeros(len(hashes), numpy.int64)
    return (hashes >> numpy.uint64(64 - bits)).astype(numpy.int64)


def _buckets(hashes: Array) -> Array:
    """Where in ascending hashes each value of their highest bits begins; and the end."""
    import numpy

    bits = min(_MOST_BUCKET_BITS, (len(hashes) // _PER_BUCKET).bit_length())
    counts = numpy.bincount(_highest(hashes, bits), minlength=1 << bits)
    return numpy.concatenate([[0], numpy.cumsum(counts)])


def _seen(hashes: Array) -> Array:
    """A bit (packed, the highest first) for each value of the highest bits: is it there?"""
    import numpy

    bits = max(3, min(_MOST_SEEN_BITS, (len(hashes) * _SEEN_BITS_PER_GRAM).bit_length()))
    there = numpy.zeros(1 << bits, bool)
    there[_highest(hashes, bits)] = True
    return numpy.packbits(there)


def _may_be(seen: Array, asked: Array) -> Array:
    """Whether each gram may be there: a look at one bit each."""
    import numpy

    value = _highest(asked, (len(seen) * 8).bit_length() - 1)
    bit = numpy.uint8(0x80) >> (value & 7).astype(numpy.uint8)
    may: Array = (seen[value >> 3] & bit) != 0
    return may


def _halved(hashes: Array, asked: Array, low: Array, high: Array) -> Array:
    """The first place in each range whose hash is not less than asked."""
    import numpy

    low, high = low.copy(), high.copy()
    while True:
        open_ = numpy.flatnonzero(low < high)
        if not len(open_):
            return low
        middle = (low[open_] + high[open_]) // 2
        right = hashes[middle] < asked[open_]
        low[open_[right]] = middle[right] + 1
        high[open_[~right]] = middle[~right]

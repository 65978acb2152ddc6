"""Words of any script as numbers, each with where it stands in the text.

A word is a run of letters and digits, folded: compatibility forms (NFKC), case, accents and
points, tatweel and joiners, apostrophes and hyphens at line ends make no difference. Scripts
written without spaces (Han, kana, Thai, Lao, Khmer, Burmese) count letter by letter, two letters
for a word. Numbers alone (pages, scenes) are no words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

WORD = 2
"""The weight of a word; a letter of a script without spaces weighs 1."""
GRAM = 4 * WORD
"""What a gram weighs: four words, or eight such letters."""
WINDOW = 4
"""Of this many neighbouring grams at least one is kept: seven words in common are always seen."""

_NOTHING, _OTHER, _DIGIT, _LETTER, _ALONE, _MARK, _SEVERAL, _UNSEEN = range(8)
_APOSTROPHES = frozenset("'’ʼ‘`´＇")
_TATWEEL = "ـ"
_VOICING = 8
_BROKEN_WORDS = tuple(re.compile(hyphen + r"[ \t]*\r?\n[ \t]*") for hyphen in "-‐")
_ALONE_RANGES = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x2FDF)),
    *((0x3005, 0x3007), (0x3040, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF)),
    *((0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
)
# Odd, so that its powers have inverses modulo 2**64.
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_USUAL_BITS = 18


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text: `hashes` (uint64), `starts` and `ends` (int64 character offsets into
    the text) and `weights` (int64), one each a word."""

    hashes: Array
    starts: Array
    ends: Array
    weights: Array

    def __len__(self) -> int:
        return len(self.hashes)

    def __getitem__(self, part: slice) -> Tokens:
        columns = (self.hashes, self.starts, self.ends, self.weights)
        return Tokens(*(column[part] for column in columns))

    def moved(self, letters: int) -> Tokens:
        """The same words in a text that has so many letters before them."""
        return Tokens(self.hashes, self.starts + letters, self.ends + letters, self.weights)


@dataclass(frozen=True, slots=True)
class Grams:
    """Runs of words of at least the weight `GRAM`: `hashes` (uint64); the number of the first
    word of each is its index, that after its last is in `stops` (int64)."""

    hashes: Array
    stops: Array

    def __len__(self) -> int:
        return len(self.hashes)


def tokens(body: str) -> Tokens:
    """The words of a text."""
    import numpy

    points = numpy.frombuffer(body.encode("utf-32-le", "replace"), numpy.uint32)
    letters, kinds, places = _folds().folded(points)
    broken = _broken(body)
    if len(broken):
        kept = ~numpy.isin(places, broken)
        letters, kinds, places = letters[kept], kinds[kept], places[kept]
    return _words(letters, kinds, places)


def grams(words: Tokens) -> Grams:
    """Every run of neighbouring words that just reaches the weight `GRAM`."""
    import numpy

    sums = numpy.concatenate([[0], numpy.cumsum(words.weights)])
    if sums[-1] == WORD * len(words):
        stops = numpy.arange(GRAM // WORD, len(words) + 1)
    else:
        stops = numpy.searchsorted(sums, sums[:-1] + GRAM)
        stops = stops[: int(numpy.searchsorted(stops, len(words), side="right"))]
    return Grams(_mixed(_runs(words.hashes, numpy.arange(len(stops)), stops)), stops)


def winnowed(all_grams: Grams) -> Array:
    """Numbers of the grams that are kept (int64, ascending): the least of each `WINDOW`.

    Two texts that share a long enough run keep the same grams of it.
    """
    import numpy

    count = len(all_grams)
    if count <= WINDOW:
        return numpy.arange(min(count, 1)) + (all_grams.hashes.argmin() if count else 0)
    windows = numpy.lib.stride_tricks.sliding_window_view(all_grams.hashes, WINDOW)
    chosen = windows.argmin(axis=1) + numpy.arange(len(windows))
    return numpy.unique(chosen)


class _Folds:
    """What each character becomes, as tables that are filled when a character is first seen."""

    def __init__(self) -> None:
        import numpy

        self._kinds = numpy.full(0x110000, _UNSEEN, numpy.uint8)
        self._letters = numpy.zeros(0x110000, numpy.uint64)

    def folded(self, points: Array) -> tuple[Array, Array, Array]:
        """The folded text: for each of its letters a number (uint64) that stands for it, its kind
        (uint8), and where it came from (int64)."""
        import numpy

        kinds = self._kinds[points]
        highest = kinds.max(initial=0)
        if highest == _UNSEEN:
            self._learn(numpy.unique(points[kinds == _UNSEEN]))
            return self.folded(points)
        if highest == _SEVERAL:
            return self._expanded(points)
        if kinds.min(initial=1) != _NOTHING:
            return self._letters[points], kinds, numpy.arange(len(points))
        places = numpy.flatnonzero(kinds)
        return self._letters[points[places]], kinds[places], places

    def _learn(self, points: Array) -> None:
        for point in points.tolist():
            fold = _fold(point)
            self._kinds[point] = _SEVERAL if len(fold) > 1 else fold[0][1] if fold else _NOTHING
            self._letters[point] = fold[0][0] if fold else 0
        self._letters[points] = _mixed(self._letters[points])

    def _expanded(self, points: Array) -> tuple[Array, Array, Array]:
        """The same where some characters become several."""
        import numpy

        known = numpy.unique(points)
        folds = [_fold(point) for point in known.tolist()]
        lengths, firsts = numpy.zeros((2, int(known[-1]) + 1), numpy.int64)
        lengths[known] = [len(fold) for fold in folds]
        firsts[known] = numpy.cumsum(lengths[known]) - lengths[known]
        values, kinds = numpy.array([pair for fold in folds for pair in fold], numpy.int64).T
        counts = lengths[points]
        places = numpy.repeat(numpy.arange(len(points)), counts)
        within = numpy.arange(len(places)) - (numpy.cumsum(counts) - counts)[places]
        chosen = firsts[points[places]] + within
        return _mixed(values)[chosen], kinds[chosen].astype(numpy.uint8), places


@lru_cache(maxsize=1)
def _folds() -> _Folds:
    return _Folds()


@lru_cache(maxsize=1 << 14)
def _fold(point: int) -> tuple[tuple[int, int], ...]:
    """What a character becomes: letters with their kinds; nothing at all if it is not seen."""
    letter = chr(point)
    if letter in _APOSTROPHES or letter == _TATWEEL:
        return ()
    plain = unicodedata.normalize("NFKC", letter).casefold()
    folded = ((ord(part), _kind(part)) for part in unicodedata.normalize("NFKD", plain))
    return tuple((part, kind) for part, kind in folded if kind != _NOTHING)


def _kind(letter: str) -> int:
    category = unicodedata.category(letter)
    if category[0] == "M":
        combining = unicodedata.combining(letter)
        return _MARK if combining in (0, _VOICING) else _NOTHING
    if category == "Cf" or letter in _APOSTROPHES:
        return _NOTHING
    if category[0] == "N":
        return _DIGIT
    if category[0] != "L":
        return _OTHER
    point = ord(letter)
    return _ALONE if any(first <= point <= last for first, last in _ALONE_RANGES) else _LETTER


def _broken(body: str) -> Array:
    """Where words are broken at a line's end: the places of hyphen and blanks."""
    import numpy

    places = [
        place
        for pattern in _BROKEN_WORDS
        for hit in pattern.finditer(body)
        if hit.start()
        and body[hit.start() - 1].isalpha()
        and body[hit.end() : hit.end() + 1].isalpha()
        for place in range(*hit.span())
    ]
    return numpy.array(places, numpy.int64)


def _words(letters: Array, kinds: Array, places: Array) -> Tokens:
    import numpy

    inside = kinds != _OTHER
    edges = numpy.flatnonzero(inside[1:] != inside[:-1]) + 1
    edges = numpy.concatenate([edges[:0] if not inside[:1].any() else [0], edges])
    starts, ends = edges[::2].astype(numpy.int64), edges[1::2].astype(numpy.int64)
    if len(ends) < len(starts):
        ends = numpy.append(ends, len(kinds))
    alone = kinds == _ALONE
    if alone.any():
        starts, ends = _parted(starts, ends, alone, kinds)
    if not len(starts):
        return Tokens(letters[:0], places[:0], places[:0], places[:0])
    spoken = numpy.logical_or.reduceat((kinds == _LETTER) | alone, starts)
    starts, ends = starts[spoken], ends[spoken]
    weights = numpy.where(alone[starts], WORD // 2, WORD)
    hashes = _mixed(_runs(letters, starts, ends))
    return Tokens(hashes, places[starts], places[ends - 1] + 1, weights)


def _parted(starts: Array, ends: Array, alone: Array, kinds: Array) -> tuple[Array, Array]:
    """Words cut further: letters that count alone each begin one, and end it with their marks."""
    import numpy

    after = numpy.concatenate([[False], _carried(alone, kinds)[:-1]])
    inside = kinds != _OTHER
    cuts = numpy.flatnonzero(inside & (alone | (after & (kinds != _MARK))))
    begins = numpy.union1d(starts, cuts)
    stops = numpy.union1d(ends, cuts[numpy.isin(cuts, starts, invert=True)])
    return begins, stops


def _carried(alone: Array, kinds: Array) -> Array:
    """Letters that count alone, and the marks on them."""
    carried: Array = alone.copy()
    for place in (kinds == _MARK).nonzero()[0].tolist():
        carried[place] = place > 0 and carried[place - 1]
    return carried


def _runs(values: Array, starts: Array, stops: Array) -> Array:
    """One number (uint64) for each run of values, the same wherever the run stands."""
    import numpy

    powers, back = _powers((len(values) + 1).bit_length())
    sums = numpy.zeros(len(values) + 1, numpy.uint64)
    numpy.cumsum(values * powers[: len(values)], out=sums[1:])
    runs: Array = (sums[stops] - sums[starts]) * back[starts]
    runs += (stops - starts).astype(numpy.uint64)
    return runs


def _powers(bits: int) -> tuple[Array, Array]:
    """The first 2**bits powers of the base and of its inverse, modulo 2**64."""
    return _kept_powers(_USUAL_BITS) if bits <= _USUAL_BITS else _kept_powers.__wrapped__(bits)


@lru_cache(maxsize=1)
def _kept_powers(bits: int) -> tuple[Array, Array]:
    import numpy

    factors, inverses = numpy.full((2, 1 << bits), _BASE, numpy.uint64)
    inverses[:] = _INVERSE
    factors[0] = inverses[0] = 1
    return numpy.cumprod(factors), numpy.cumprod(inverses)


def _mixed(values: Array) -> Array:
    """Numbers that look random, each from one (SplitMix64)."""
    import numpy

    mixed = values.astype(numpy.uint64) + numpy.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    plain: Array = mixed ^ (mixed >> numpy.uint64(31))
    return plain

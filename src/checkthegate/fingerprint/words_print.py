"""The fingerprint of words: the text itself, packed, since a careful comparison needs all of it."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.words_tokens import Tokens, tokens
from checkthegate.seams import Passage, Text

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

MOST_LETTERS = 4_000_000
"""Longer texts (some 2,500 pages) are not read."""
_MAGIC = b"CGWORDS1"
_MOST_UNPACKED = 64 * MOST_LETTERS
_STRIDE = 128
_MOST_PASSAGES = 200_000
_LONGEST_SCENE = 200


@dataclass(frozen=True)
class Words:
    """One side of a comparison: a text and its words."""

    text: Text
    marks: Sequence[int] = ()
    """Where every 128th word begins, where that is known: parts can be read without the rest."""

    def span(self, start: int, stop: int) -> Tokens:
        """The words from `start` up to `stop`, as far as there are."""
        if not self.marks or "tokens" in vars(self):
            return self.tokens[start:stop]
        first = start // _STRIDE
        last = min(-(-stop // _STRIDE), len(self.marks))
        if (first, last) not in self._parts:
            end = self.marks[last] if last < len(self.marks) else len(self.text.body)
            begin = self.marks[first] if first < len(self.marks) else end
            self._parts[first, last] = tokens(self.text.body[begin:end]).moved(begin)
        return self._parts[first, last][start - first * _STRIDE : stop - first * _STRIDE]

    @cached_property
    def _parts(self) -> dict[tuple[int, int], Tokens]:
        return {}

    @cached_property
    def tokens(self) -> Tokens:
        """Its words."""
        return tokens(self.text.body)

    @cached_property
    def weight(self) -> int:
        """What all its words weigh."""
        return int(self.tokens.weights.sum())

    def between(self, start: int, stop: int) -> int:
        """What the words from `start` up to `stop` weigh, in no time for a text looked at whole."""
        if self.marks and "tokens" not in vars(self):
            return int(self.span(start, stop).weights.sum())
        return int(self._sums[stop] - self._sums[start])

    @cached_property
    def _sums(self) -> Array:
        import numpy

        return numpy.concatenate([[0], self.tokens.weights.cumsum()])

    def letters(self, start: int, stop: int) -> tuple[int, int]:
        """The character offsets of the words from `start` up to `stop` (at least one)."""
        words = self.span(start, stop)
        return int(words.starts[0]), int(words.ends[-1])

    def passage(self, letter: int) -> Passage:
        """Page and scene at a character offset."""
        passages = self.text.passages
        place = bisect_right(self._begins, letter) - 1
        return passages[place] if place >= 0 else Passage(0)

    @cached_property
    def _begins(self) -> list[int]:
        return [each.start for each in self.text.passages]


def packed(words: Words) -> bytes:
    """The text as bytes."""
    passages = [
        (each.start, each.page, each.scene[:_LONGEST_SCENE]) for each in words.text.passages
    ]
    header = {
        "passages": passages[:_MOST_PASSAGES],
        "marks": words.tokens.starts[::_STRIDE].tolist(),
    }
    plain = json.dumps(header, separators=(",", ":")) + "\n" + words.text.body
    return _MAGIC + zlib.compress(plain.encode("utf-8", "surrogatepass"), 6)


def unpacked(fingerprint: bytes) -> Words:
    """The inverse. Raises `ValueError` for anything else."""
    if not fingerprint.startswith(_MAGIC):
        raise ValueError("this is not a fingerprint of words")
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(fingerprint[len(_MAGIC) :], _MOST_UNPACKED)
        header, _, body = plain.decode("utf-8", "surrogatepass").partition("\n")
        stored = json.loads(header)
        passages = [Passage(*row) for row in stored["passages"]]
        marks = [int(mark) for mark in stored["marks"]]
    except (zlib.error, ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("a fingerprint of words is damaged") from None
    if len(body) > MOST_LETTERS or marks != sorted(marks):
        raise ValueError("a fingerprint of words is damaged")
    return Words(Text(body, passages), marks)

"""Passages that several texts have, which otherwise have nothing in common.

Such a passage (a notice, a prayer, a song that everybody quotes) does not tell which of them it
came from. Drafts of one text also share passages, but they share the rest, too: sketches of the
whole texts (the least hashes of their grams, MinHash) tell the two apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.words_judge import Shared
from checkthegate.fingerprint.words_print import Words
from checkthegate.fingerprint.words_tokens import WORD, grams

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

INDEPENDENT = 4
"""In so many unrelated sources a passage is everybody's."""
_LONGEST = 120 * WORD
_SKETCH = 256
_RELATED = 0.2
_MOST_COMPARED = 12


def sketch(words: Words) -> Array:
    """The least different gram hashes of a text (uint64, ascending, at most 256)."""
    import numpy

    return numpy.unique(grams(words.tokens).hashes)[:_SKETCH]


def resemblance(left: Array, right: Array) -> float:
    """The share of grams two texts have in common (Jaccard), estimated from their sketches."""
    import numpy

    least = numpy.union1d(left, right)[:_SKETCH]
    both = numpy.intersect1d(numpy.intersect1d(least, left), right)
    return len(both) / len(least) if len(least) else 0.0


def widespread(
    passages: Sequence[tuple[int, Shared]],
    sources: Mapping[int, Words],
    source_of: Callable[[int], str],
) -> dict[int, int]:
    """Places in `passages` (of a text's number and what is shared) that several unrelated sources
    have, with how many. Only those of up to 120 words, and never one that is half of its source.
    """
    sketches: dict[int, Array] = {}
    common: dict[int, int] = {}
    spans = [(passage.start, passage.stop, n) for n, passage in passages]
    for place, (of, passage) in enumerate(passages):
        if passage.agreeing > _LONGEST:
            continue
        start, stop, least = passage.start, passage.stop, (passage.stop - passage.start) / 2
        near = {n for first, last, n in spans if min(stop, last) - max(start, first) > least}
        if len(near) < INDEPENDENT:
            continue
        texts = {source_of(number): number for number in sorted(near)}
        if len(texts) < INDEPENDENT or passage.agreeing * 2 >= sources[of].weight:
            continue
        unrelated: list[Array] = []
        for number in list(texts.values())[:_MOST_COMPARED]:
            own = sketches.setdefault(number, sketch(sources[number]))
            if all(resemblance(own, other) < _RELATED for other in unrelated):
                unrelated.append(own)
        if len(unrelated) >= INDEPENDENT:
            common[place] = len(unrelated)
    return common

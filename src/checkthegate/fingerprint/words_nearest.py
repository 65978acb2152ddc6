"""When a text was made from another that is known too: which of the two a passage comes from.

A recorded rewriting keeps much of its input. Where the passage says what both say, or what only
the input says, it is the input's; only where it says what the rewriting alone says is it AI's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.words_align import Stretch
from checkthegate.fingerprint.words_judge import Shared, shared
from checkthegate.fingerprint.words_print import Words

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_CHUNK = 24
_TELLING = 2


def own_passages(
    target: Words,
    source: Words,
    passages: Sequence[Shared],
    inputs: Sequence[Sequence[Stretch]],
) -> list[Shared]:
    """Of the passages shared with a rewriting, what is not rather its inputs'.

    `inputs` holds the stretches shared with each of its inputs.
    """
    theirs = _said(target, [stretch for each in inputs for stretch in each])
    if not theirs.any():
        return list(passages)
    kept = list[Shared]()
    for passage in passages:
        ours = _said(target, passage.stretches)
        for start, stop in _pieces(ours & ~theirs, theirs & ~ours, passage.start, passage.stop):
            cut = [part for each in passage.stretches for part in _within(each, start, stop)]
            kept.extend(shared(target, source, cut))
    return kept


def _said(target: Words, stretches: Sequence[Stretch]) -> Array:
    """Which words of the target the stretches account for."""
    import numpy

    said = numpy.zeros(len(target.tokens), bool)
    for stretch in stretches:
        for at, _, length in stretch.runs:
            said[at : at + length] = True
    return said


def _pieces(ours: Array, theirs: Array, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Parts of a passage in which something is ours alone, cut where something is theirs."""
    begun, telling = start, False
    for first in range(start, stop, _CHUNK):
        last = min(first + _CHUNK, stop)
        lead = int(ours[first:last].sum()) - int(theirs[first:last].sum())
        if lead <= -_TELLING:
            if telling:
                yield begun, first
            begun, telling = last, False
        telling = telling or lead >= _TELLING
    if telling:
        yield begun, stop


def _within(stretch: Stretch, start: int, stop: int) -> Iterator[Stretch]:
    """The stretch, as far as it lies between these words of the target."""
    runs = []
    for at, there, length in stretch.runs:
        first, last = max(at, start), min(at + length, stop)
        if first < last:
            runs.append((first, there + first - at, last - first))
    if runs:
        yield Stretch(tuple(runs))

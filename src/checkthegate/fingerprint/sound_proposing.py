"""Which of the bank's sounds may lie where: pairs and words that agree on when and how much higher.

The target is gone through in windows that overlap. In each, everything the indexes find votes for
a channel, a moment in it and a shift of pitch; what gets most votes is proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.sound_index import FRAME_SECONDS, Hits, SoundIndex, load, word_frames
from checkthegate.fingerprint.sound_keys import (
    FRAME_TICKS,
    KEYS,
    PITCH_STEPS,
    Pairs,
    target_pairs,
    unheard,
)
from checkthegate.fingerprint.sound_line import SHIFTS, Line
from checkthegate.fingerprint.sound_print import Channel
from checkthegate.fingerprint.spectra import Peaks

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

STEP: Final = 130
"""Frames from one window to the next; a window is two steps long."""
MOST: Final = 24
FEWEST: Final = 3
"""Proposals of a window, and of one in which next to nothing is new."""
LEAST: Final = 5
"""Votes of a proposal."""
MOST_HITS: Final = 1_000_000
"""Hits of a window in one index."""

_MOST_SHIFT = int((SHIFTS + 0.1) * PITCH_STEPS)
_CELL = 10
_ROW = 16
_RISE = 5
_OF_A_CHANNEL = 3
_WORD_VOTES = 2
_AT_ONCE = 16
_OFTEN, _LEAST_USUAL = 3.0, 16.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """That this channel of the bank's entry is heard around this moment, along such a line."""

    number: int
    part: int
    around: float
    guess: Line
    votes: int


class Proposer:
    """Asks all indexes of a bank."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._indexes: list[SoundIndex] = [load(folder) for folder in folders]

    def proposals(
        self, channel: Channel, heard: Channel | None, working: Callable[[], None]
    ) -> Iterator[list[Proposal]]:
        """For each window of a channel what may lie there, the likeliest first.

        Of what was `heard` in another channel nothing is asked again.
        """
        import numpy

        fresh = None if heard is None else unheard(channel.peaks, heard.peaks)
        places = word_frames(len(channel.words))
        ended = int(channel.peaks.times[-1]) // FRAME_TICKS if len(channel.peaks) else 0
        for first in range(0, max([ended, *places[-1:].tolist()]) + 1, STEP):
            if first % (_AT_ONCE * STEP) == 0:
                working()
                asked = _asked(channel.peaks, fresh, first)
            low, high = numpy.searchsorted(asked.frames, (first, first + 2 * STEP))
            pairs = asked.taken(slice(int(low), int(high)))
            low, high = numpy.searchsorted(places, (first, first + 2 * STEP))
            said = channel.words[int(low) : int(high)], places[int(low) : int(high)]
            found = self._window(first, pairs, said)
            yield found[: MOST if fresh is None else _most(channel.peaks, fresh, first)]

    def _window(self, first: int, pairs: Pairs, said: tuple[Array, Array]) -> list[Proposal]:
        found: list[Proposal] = []
        for index in self._indexes:
            votes = _votes(index, first, pairs, said)
            found += _chosen(index, first, *votes)
        return sorted(found, key=lambda each: -each.votes)


def _asked(peaks: Peaks, fresh: Array | None, first: int) -> Pairs:
    """The pairs of the next windows, in order of time; all of an hour would be too many."""
    import numpy

    bounds = (first * FRAME_TICKS, (first + (_AT_ONCE + 3) * STEP) * FRAME_TICKS)
    low, high = numpy.searchsorted(peaks.times, bounds)
    cut = slice(int(low), int(high))
    asked = target_pairs(peaks.taken(cut), None if fresh is None else fresh[cut])
    return asked.taken(numpy.argsort(asked.frames, kind="stable"))


def _most(peaks: Peaks, fresh: Array, first: int) -> int:
    """How many proposals a window is worth in which not everything is new."""
    import numpy

    bounds = (first * FRAME_TICKS, (first + 2 * STEP) * FRAME_TICKS)
    low, high = numpy.searchsorted(peaks.times, bounds)
    new = fresh[int(low) : int(high)]
    return max(FEWEST, round(MOST * float(new.mean()))) if new.any() else 0


def _votes(
    index: SoundIndex, first: int, pairs: Pairs, said: tuple[Array, Array]
) -> tuple[Array, Array]:
    """(cells in ascending order, votes of each with its upper neighbours)."""
    import numpy

    pairs = _telling(index, pairs)
    cells = _cells(index.find(pairs, _MOST_SHIFT), pairs.frames, first)
    words, places = said
    spoken = _cells(index.find_words(words), places, first)
    every = numpy.concatenate([cells, *[spoken] * _WORD_VOTES])
    cells, counts = numpy.unique(every, return_counts=True)
    votes = counts.copy()
    for beside in (1, _ROW, _ROW + 1):
        at = numpy.minimum(numpy.searchsorted(cells, cells + beside), max(0, len(cells) - 1))
        votes += numpy.where(cells[at] == cells + beside, counts[at], 0)
    return cells, votes


def _telling(index: SoundIndex, pairs: Pairs) -> Pairs:
    """Those that say most: what is everywhere in the bank says nothing of where, and a window may
    not cost more however large the bank is. The rarest are asked for first."""
    import numpy

    sizes = index.starts[pairs.keys + 1] - index.starts[pairs.keys]
    usual = max(_LEAST_USUAL, _OFTEN * len(index.places) / KEYS)
    order = numpy.argsort(sizes, kind="stable")
    sizes = sizes[order]
    rare = (sizes > 0) & (sizes <= usual) & (numpy.cumsum(sizes) <= MOST_HITS)
    chosen = order[rare]
    return pairs.taken(chosen)


def _cells(hits: Hits, frames: Array, first: int) -> Array:
    """The cell that each hit votes for: when the window's first frame is heard, and how much
    higher."""
    moment = hits.places - (frames[hits.asked] - first) + 2 * STEP
    cells: Array = moment // _CELL * _ROW + (hits.shifts + _MOST_SHIFT) // _RISE
    return cells


def _chosen(index: SoundIndex, first: int, cells: Array, votes: Array) -> Iterator[Proposal]:
    """The cells with most votes, one of each neighbourhood, few of each channel."""
    import numpy

    enough = numpy.flatnonzero(votes >= LEAST)
    best = enough[numpy.argsort(-votes[enough], kind="stable")][: 8 * MOST]
    taken: list[tuple[int, int]] = []
    channels: dict[tuple[int, int], int] = {}
    for at in best:
        column, row = divmod(int(cells[at]), _ROW)
        if any(abs(column - c) <= 2 and abs(row - r) <= 2 for c, r in taken):
            continue
        place = (column + 1) * _CELL - 2 * STEP
        number, part, start = index.channel_at(place)
        if channels.get((number, part), 0) >= _OF_A_CHANNEL:
            continue
        taken.append((column, row))
        channels[number, part] = channels.get((number, part), 0) + 1
        shift = ((row + 1) * _RISE - _MOST_SHIFT) / PITCH_STEPS
        offset = (first - (place - start)) * FRAME_SECONDS
        around = (first + STEP) * FRAME_SECONDS
        yield Proposal(number, part, around, Line(offset, 1.0, shift), int(votes[at]))
        if len(taken) >= MOST:
            return

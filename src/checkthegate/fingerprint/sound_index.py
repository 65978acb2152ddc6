"""Where in a bank two peaks follow each other in a certain way, and where a word of Chromaprint's
occurs: sorted by key, mapped into memory, found exactly.

All channels of a folder lie on one line of frames, too far apart for any to reach into the next.
`brute_force` is the slow truth; `SoundIndex.find` is a faster way to the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.chromaprint import WORD_SECONDS
from checkthegate.fingerprint.index_files import mapped, save
from checkthegate.fingerprint.sound_keys import FRAME_TICKS, KEYS, Pairs, source_pairs
from checkthegate.fingerprint.sound_print import Channel
from checkthegate.fingerprint.spectra import TICK_SECONDS, spread

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

FRAME_SECONDS: Final = TICK_SECONDS * FRAME_TICKS
APART: Final = 1024
"""Frames between the end of a channel and the beginning of the next."""
WORD_FRAMES: Final = WORD_SECONDS / FRAME_SECONDS

_MOST_FRAMES = 2**32 - 1
_ROW = 3


def write(folder: Path, channels: Iterable[tuple[int, int, Channel]]) -> None:
    """Write an index over channels: the entry's number, its place in its print, itself.

    Raises `OSError`; `ValueError` for more sound than an index can hold.
    """
    import numpy

    rows, parts, words, start = [], [], [], APART
    for number, part, channel in channels:
        pairs = source_pairs(channel.peaks)
        rows.append((number, part, start))
        parts.append((pairs.keys.astype("<u2"), pairs.frames + start, pairs.pitches.astype("<u2")))
        words.append((channel.words, word_frames(len(channel.words)) + start))
        start += round(channel.seconds / FRAME_SECONDS) + APART
        if start > _MOST_FRAMES:
            raise ValueError("an index cannot hold that much sound")
    keys = _joined([part[0] for part in parts], "<u2")
    order = numpy.argsort(keys, kind="stable")
    places = _joined([part[1] for part in parts], "<u4")[order]
    pitches = _joined([part[2] for part in parts], "<u2")[order]
    starts = numpy.zeros(KEYS + 1, "<i8")
    numpy.cumsum(numpy.bincount(keys, minlength=KEYS), out=starts[1:])
    save(folder, "pair-starts", starts[:, None])
    save(folder, "pair-places", places[:, None])
    save(folder, "pair-pitches", pitches[:, None])
    said = _joined([word[0] for word in words], "<u4")
    order = numpy.argsort(said, kind="stable")
    save(folder, "words", said[order][:, None])
    save(folder, "word-places", _joined([word[1] for word in words], "<u4")[order][:, None])
    save(folder, "sounds", numpy.array(rows, "<i8").reshape(-1, _ROW))


def word_frames(count: int) -> Array:
    """The frames at which this many words in a row begin."""
    import numpy

    frames: Array = numpy.rint(numpy.arange(count) * WORD_FRAMES).astype(numpy.int64)
    return frames


def _joined(parts: list[Array], kind: str) -> Array:
    import numpy

    return numpy.concatenate([numpy.zeros(0, kind), *(part.astype(kind) for part in parts)])


def load(folder: Path) -> SoundIndex:
    """The index in a folder, mapped. Raises `ValueError`, `OSError`."""
    import numpy

    starts = numpy.array(mapped(folder, "pair-starts", "int64", 1)[:, 0])
    places = mapped(folder, "pair-places", "uint32", 1)[:, 0]
    pitches = mapped(folder, "pair-pitches", "uint16", 1)[:, 0]
    words = mapped(folder, "words", "uint32", 1)[:, 0]
    said = mapped(folder, "word-places", "uint32", 1)[:, 0]
    rows = numpy.array(mapped(folder, "sounds", "int64", _ROW))
    fits = len(starts) == KEYS + 1 and starts[-1] == len(places) == len(pitches)
    if not fits or len(words) != len(said) or not bool((numpy.diff(starts) >= 0).all()):
        raise ValueError("the parts of the index do not fit together")
    return SoundIndex(starts, places, pitches, words, said, rows)


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """`asked`: which of what was asked for; `places`: frames in the index; `shifts`: by how many
    sixteenths of a semitone what was asked for lies higher. int64, one each a hit."""

    asked: Array
    places: Array
    shifts: Array


@dataclass(frozen=True, slots=True, eq=False)
class SoundIndex:
    """Where the pairs of each key begin (int64) in `places` and `pitches`; words, ascending, and
    where each occurs; number, part and first frame of each channel (int64, n × 3)."""

    starts: Array
    places: Array
    pitches: Array
    words: Array
    said: Array
    rows: Array

    def find(self, asked: Pairs, most_shift: int) -> Hits:
        """Every pair with a key asked for that is not farther away in pitch."""
        import numpy

        which, members = spread(self.starts[asked.keys], self.starts[asked.keys + 1])
        shifts = asked.pitches[which] - self.pitches[members].astype(numpy.int64)
        near = numpy.abs(shifts) <= most_shift
        places = self.places[members[near]].astype(numpy.int64)
        return Hits(which[near], places, shifts[near])

    def find_words(self, asked: Array) -> Hits:
        """Every occurrence of each word asked for (uint32)."""
        import numpy

        low = numpy.searchsorted(self.words, asked, "left")
        high = numpy.searchsorted(self.words, asked, "right")
        which, members = spread(low, high)
        places = self.said[members].astype(numpy.int64)
        return Hits(which, places, numpy.zeros(len(which), numpy.int64))

    def channel_at(self, place: int) -> tuple[int, int, int]:
        """(number, part, first frame) of the channel that lies there, or nearest before."""
        import numpy

        at = int(numpy.searchsorted(self.rows[:, 2], place + APART // 2, "right")) - 1
        number, part, first = self.rows[max(at, 0)]
        return int(number), int(part), int(first)


def brute_force(
    channels: Iterable[tuple[int, int, Channel]], asked: Pairs, most: int
) -> Iterator[tuple[int, int, int, int, int]]:
    """(asked, number, part, frame of the channel, shift) of every pair that `find` is to find."""
    import numpy

    for number, part, channel in channels:
        pairs = source_pairs(channel.peaks)
        which, own = numpy.nonzero(asked.keys[:, None] == pairs.keys)
        shifts = asked.pitches[which] - pairs.pitches[own]
        near = numpy.abs(shifts) <= most
        for each, frame, shift in zip(
            which[near], pairs.frames[own[near]], shifts[near], strict=True
        ):
            yield int(each), number, part, int(frame), int(shift)

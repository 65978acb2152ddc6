"""Pairs of peaks as keys of an index: two peaks shortly after each other, not far apart in pitch.

A pair's key says how far apart its peaks are, in time and pitch, and roughly at what pitch; the
pitch itself lies beside it. Another pitch or speed moves the pitch by what is looked for anyway,
and the distances by so little that the neighbouring key is probed too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.spectra import STEPS, TICKS, Peaks, spread, strongest

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

SOURCE_PEAKS: Final = 25
TARGET_PEAKS: Final = 60
"""Peaks a second that make pairs: fewer of what is looked for, more of where it may be buried."""
FRAME_TICKS: Final = TICKS
"""Ticks a frame: places of pairs are in frames."""
PITCH_STEPS: Final = 16
"""Steps a semitone of `Pairs.pitches`."""

_SOONEST, _LATEST = 4 * TICKS, 28 * TICKS
_APART = 7 * STEPS
_HELD = STEPS // 3
_SAME = STEPS // 4
_DELAY = 2 * TICKS
_INTERVAL = STEPS // 8
_REGISTER = 2 * STEPS
_DELAYS = (_LATEST - _SOONEST) // _DELAY + 1
_INTERVALS = 2 * _APART // _INTERVAL + 1
_REGISTERS = 36
KEYS: Final = _REGISTERS * _INTERVALS * _DELAYS


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """`keys` int64, `frames` int64 (of the first peak), `pitches` int64 (its own, in 1/16)."""

    keys: Array
    frames: Array
    pitches: Array

    def __len__(self) -> int:
        return len(self.keys)

    def taken(self, which: Array | slice) -> Pairs:
        """Those with these indices, or in this slice."""
        return Pairs(self.keys[which], self.frames[which], self.pitches[which])


def source_pairs(peaks: Peaks) -> Pairs:
    """The pairs of something that is looked for: each under one key."""
    import numpy

    first, second = _neighbours(peaks.strongest(SOURCE_PEAKS))
    delay, interval = _distances(first, second)
    keys = _key(
        first.pitches.astype(numpy.int64) // _REGISTER, interval // _INTERVAL, delay // _DELAY
    )
    return _pairs(keys, first)


def target_pairs(peaks: Peaks, fresh: Array | None = None) -> Pairs:
    """The pairs of something that is searched, each under every key that could be meant; only
    those with a peak that is `fresh` (a mask over the peaks)."""
    import numpy

    strong = strongest(peaks.times, peaks.strengths, TARGET_PEAKS)
    first, second = _neighbours(peaks.taken(strong), None if fresh is None else fresh[strong])
    delay, interval = _distances(first, second)
    pitch = first.pitches.astype(numpy.int64)
    columns = [
        _both(pitch, _REGISTER, _REGISTERS),
        _both(interval, _INTERVAL, _INTERVALS),
        _both(delay, _DELAY, _DELAYS),
    ]
    keys = [_key(a, b, c) for a in columns[0] for b in columns[1] for c in columns[2]]
    parts = [_pairs(each, first) for each in keys]
    return Pairs(
        numpy.concatenate([part.keys for part in parts]),
        numpy.concatenate([part.frames for part in parts]),
        numpy.concatenate([part.pitches for part in parts]),
    )


def unheard(peaks: Peaks, heard: Peaks) -> Array:
    """Which peaks are not met in another channel of the same sound, within a frame and a step."""
    import numpy

    low = numpy.searchsorted(heard.times, peaks.times.astype(numpy.int64) - FRAME_TICKS)
    high = numpy.searchsorted(heard.times, peaks.times.astype(numpy.int64) + FRAME_TICKS, "right")
    which, other = spread(low, high)
    apart = peaks.pitches[which].astype(numpy.int64) - heard.pitches[other]
    fresh = numpy.ones(len(peaks), bool)
    fresh[which[numpy.abs(apart) < _SAME]] = False
    return fresh


def _neighbours(peaks: Peaks, fresh: Array | None = None) -> tuple[Peaks, Peaks]:
    """(first, second) of all pairs near enough to each other, with one that is `fresh`."""
    import numpy

    times = peaks.times.astype(numpy.int64)
    pitches = peaks.pitches.astype(numpy.int64)
    low = numpy.searchsorted(times, times + _SOONEST)
    high = numpy.searchsorted(times, times + _LATEST)
    firsts, seconds = [], []
    for step in range(int((high - low).max(initial=0))):
        first = numpy.flatnonzero(low + step < high)
        second = low[first] + step
        apart = numpy.abs(pitches[second] - pitches[first])
        near = (apart < _APART) & (apart > _HELD)
        if fresh is not None:
            near &= fresh[first] | fresh[second]
        firsts.append(first[near])
        seconds.append(second[near])
    none = numpy.zeros(0, numpy.int64)
    return (
        peaks.taken(numpy.concatenate([none, *firsts])),
        peaks.taken(numpy.concatenate([none, *seconds])),
    )


def _distances(first: Peaks, second: Peaks) -> tuple[Array, Array]:
    """(delay in ticks from the shortest, interval in steps from the lowest), both from 0."""
    import numpy

    delay = second.times.astype(numpy.int64) - first.times - _SOONEST
    interval = second.pitches.astype(numpy.int64) - first.pitches + _APART
    return delay, interval


def _both(values: Array, width: int, count: int) -> tuple[Array, Array]:
    """The bin of each value, and the neighbouring bin that is nearer."""
    import numpy

    own = values // width
    other = own + numpy.where(values % width < width // 2, -1, 1)
    return own, numpy.clip(other, 0, count - 1)


def _key(register: Array, interval: Array, delay: Array) -> Array:
    key: Array = (register * _INTERVALS + interval) * _DELAYS + delay
    return key


def _pairs(keys: Array, first: Peaks) -> Pairs:
    import numpy

    frames = first.times.astype(numpy.int64) // FRAME_TICKS
    return Pairs(keys, frames, first.pitches.astype(numpy.int64) * PITCH_STEPS // STEPS)

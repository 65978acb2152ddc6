"""Which frames of a film are decoded to see what is in it, so that no shot of a second is missed.

An encoder puts a key frame where the picture changes, or at a fixed pace. In the first case the
key frames alone show every shot. In the second a cut lies inside of a group of pictures, and the
packet that carries it is much larger than its neighbours; a dissolve makes a stretch of them
larger. Packet sizes are known without decoding anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

    from checkthegate.model.canonical import Json
    from checkthegate.seams import Packets

    Array = numpy.ndarray[Any, Any]

SHORTEST_SHOT: Final = 1.0
"""Seconds: a shot of at least this length is promised to be looked at."""

_APART = 0.48
_LEAP = 1.8
_AROUND = 0.45
_SETTLING = 5
_REACHED = 0.92
_BY_THE_CLOCK = 0.97
_MIXED = 0.25
_ODD_ONES = 0.1
_KEPT_APART = 1.1


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """The frames to decode: `times` float64 in seconds, ascending, and what they rest on.

    `keys` of them are key frames, `inside` lie within a group of pictures, where packet sizes show
    a change. `frames` is how many frames the film has.
    """

    times: Array
    frames: int
    keys: int
    inside: int

    def promise(self) -> Mapping[str, Json]:
        """What was looked at and what not, in words and numbers, for the report."""
        text = (
            f"To find what is on record, {len(self.times):,} of {self.frames:,} frames were looked "
            f"at: those that stand for every shot of {SHORTEST_SHOT:g} s and longer, and whatever "
            "lies around something found. Shorter shots, and shots that begin without leaving a "
            "trace in how the film is coded, may have been missed."
        )
        return {
            "promise": text,
            "frames": self.frames,
            "frames_looked_at": len(self.times),
            "inside_groups": self.inside,
        }


def choose(packets: Packets) -> Sampling:
    """The frames of a film to decode, from its packets alone."""
    import numpy

    times = packets.times
    keys = numpy.flatnonzero(packets.keys)
    if len(keys) == len(times) or not len(keys):
        chosen = _thinned(times, numpy.arange(len(times)))
        return Sampling(times[chosen], len(times), len(chosen), 0)
    chosen = _thinned(times, numpy.union1d(keys, [0]))
    inside = _inside(packets, chosen)
    if _paced(times[keys]):
        inside = numpy.union1d(inside, _halfway(times, numpy.union1d(chosen, inside)))
    every = numpy.union1d(chosen, inside)
    return Sampling(times[every], len(times), len(chosen), len(inside))


def _thinned(times: Array, numbers: Array) -> Array:
    """Those of the frames that lie far enough apart; always the first."""
    kept: list[int] = []
    last = -_APART
    for number in numbers.tolist():
        if times[number] - last >= _APART - 1e-6:
            kept.append(number)
            last = times[number]
    import numpy

    return numpy.array(kept, numpy.int64)


def _inside(packets: Packets, chosen: Array) -> Array:
    """Frames within groups of pictures where sizes show a change nobody would see otherwise."""
    leaps = _leaps(packets)
    needed = _unseen(packets.times, leaps, packets.times[chosen])
    return _shared(packets.times, leaps[needed])


def _paced(keys: Array) -> bool:
    """Whether key frames (their times) come by the clock alone, wherever shots begin."""
    import numpy

    gaps = numpy.diff(keys)
    return len(gaps) > 1 and float((gaps < _BY_THE_CLOCK * gaps.max()).mean()) <= _ODD_ONES


def _halfway(times: Array, seen: Array) -> Array:
    """Frames in the middle of gaps that a shot of the promised length fits into.

    Grain and movement hide many a cut from packet sizes, so by them alone the promise would not
    hold. Where key frames are further apart than twice the promise it would cost too much.
    """
    import numpy

    apart = numpy.diff(times[seen])
    fits = (apart > SHORTEST_SHOT + _MIXED) & (apart <= 2 * SHORTEST_SHOT + _MIXED)
    middles = times[seen][:-1][fits] + apart[fits] / 2
    return numpy.searchsorted(times, middles - 1e-6)


def _leaps(packets: Packets) -> Array:
    """The frames whose packets are much larger than those before or after, key frames aside."""
    import numpy

    sizes = numpy.where(packets.keys, 0, packets.sizes).astype(numpy.float64)
    step = float(numpy.median(numpy.diff(packets.times))) or 0.04
    width = max(3, round(_AROUND / step))
    before = _running_max(numpy.concatenate([numpy.zeros(width), sizes[:-1]]), width)
    later = numpy.concatenate([sizes, numpy.zeros(width + _SETTLING - 1)])[_SETTLING:]
    after = _running_max(later, width)
    usual = float(numpy.median(sizes[~packets.keys]))
    strength = sizes / numpy.maximum(numpy.minimum(before, after), 0.25 * usual + 1)
    # One leap is seen from several frames: grain that sets in or ends keeps sizes where they are.
    foremost = strength >= _running_max(numpy.pad(strength, width // 2), 2 * (width // 2) + 1)
    return numpy.flatnonzero((strength >= _LEAP) & foremost)


def _running_max(values: Array, width: int) -> Array:
    """The largest of each stretch of `width` values."""
    import numpy

    windows = numpy.lib.stride_tricks.sliding_window_view(values, width)
    return numpy.asarray(windows.max(axis=1))


def _unseen(times: Array, places: Array, seen: Array) -> Array:
    """Which of the places begin a second in which nothing is looked at anyway.

    What lies right at the place may still be half of what was before.
    """
    import numpy

    begin = times[places] + _MIXED
    following = numpy.append(seen, numpy.inf)[numpy.searchsorted(seen, begin)]
    return numpy.asarray(following > times[places] + _REACHED)


def _shared(times: Array, places: Array) -> Array:
    """The frames to look at: a shot that begins at a place and lasts a second holds the next
    places too, so the last of them stands for all."""
    import numpy

    kept: list[int] = []
    at = 0
    while at < len(places):
        reach = times[places[at]] + _REACHED
        last = int(numpy.searchsorted(times[places] + _MIXED, reach, side="right")) - 1
        last = max(at, last)
        kept.append(int(numpy.searchsorted(times, times[places[last]] + _MIXED - 1e-6)))
        at = last + 1
    return numpy.array(kept, numpy.int64).clip(0, len(times) - 1)


class Beginnings:
    """Tells key frames that an encoder put where a shot begins from those it put by the clock."""

    def __init__(self, packets: Packets) -> None:
        import numpy

        keys = packets.times[packets.keys]
        gaps = numpy.diff(keys)
        if len(keys) == len(packets.times) or len(gaps) < 2:
            self._at = keys[:1]
            return
        clock = float(gaps.max())
        early = gaps < _BY_THE_CLOCK * clock
        # A clock alone leaves only its last gap short.
        early &= bool(early[:-1].any())
        found = numpy.append(keys[:1], keys[1:][early])
        # Encoders keep key frames apart: one soon after a change may be late for it.
        changes = packets.times[_leaps(packets)]
        following = numpy.append(changes, numpy.inf)[
            numpy.searchsorted(changes, found - _KEPT_APART)
        ]
        self._at = found[following > found - 1e-3]

    def at(self, time: float) -> bool:
        """Whether a shot surely begins at this time, in seconds."""
        import numpy

        place = int(numpy.searchsorted(self._at, time - 1e-3))
        return place < len(self._at) and abs(float(self._at[place]) - time) < 1e-3

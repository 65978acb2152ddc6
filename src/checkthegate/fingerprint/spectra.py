"""Peaks of a spectrogram: where in time and pitch a sound stands out from what surrounds it.

A peak survives what is mixed over it wherever the sound is still the loudest for a moment, so an
excerpt is found again under dialogue and music by the peaks that coincide, and by nothing else.
Pitch is on a logarithmic scale, where another speed is a mere shift.
"""

from __future__ import annotations

import struct
import zlib
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

RATE: Final = 11_025
"""Samples a second of everything that is analysed."""
HOP: Final = 256
TICKS: Final = 8
"""Ticks a hop: peaks are timed more finely than spectra are taken."""
TICK_SECONDS: Final = HOP / RATE / TICKS
STEPS: Final = 64
"""Steps a semitone of `Peaks.pitches`."""
DENSITY: Final = 60
"""At most so many peaks a second are kept, the most outstanding ones."""

BASE_HERTZ: Final = 100.0
"""Where pitch is 0."""

_WINDOW = 1024
_LOW, _HIGH = 11, 446
_NEAR_FRAMES, _NEAR_BINS = 5, 8
NEAR_SECONDS: Final = (_NEAR_FRAMES + 0.5) * HOP / RATE
NEAR_HERTZ: Final = _NEAR_BINS * RATE / _WINDOW
"""Nothing that near to a peak, in time and pitch, is louder."""
_AROUND_FRAMES, _AROUND_BINS = 41, 30
_CELL_FRAMES, _CELL_BINS = 4, 3
_FLOOR = -9.0
_CHUNK, _BATCH = 1024, 64
_MARGIN = 48
_CELL_TICKS = round(1 / TICK_SECONDS)
_FIELDS = (("times", "<u4"), ("pitches", "<u2"), ("levels", "u1"), ("strengths", "u1"))
_MOST = 60 * 60 * 24 * DENSITY


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Peaks in order of time.

    `times` uint32 in ticks; `pitches` uint16 in 1/64 semitone above 100 Hz; `levels` uint8 in
    half decibels; `strengths` uint8: by how much each stands out, in eighths of a neper of power.
    """

    times: Array
    pitches: Array
    levels: Array
    strengths: Array

    def __len__(self) -> int:
        return len(self.times)

    def taken(self, which: Array | slice) -> Peaks:
        """Those with these indices, or where this mask is true."""
        return Peaks(*(getattr(self, name)[which] for name, _ in _FIELDS))

    def strongest(self, each_second: int) -> Peaks:
        """The most outstanding ones of every second."""
        return self.taken(strongest(self.times, self.strengths, each_second))

    def between(self, start: float, stop: float) -> Peaks:
        """Those from `start` up to `stop` seconds."""
        import numpy

        bounds = numpy.array([max(0.0, start), max(0.0, stop)]) / TICK_SECONDS
        first, last = numpy.searchsorted(self.times, bounds)
        return self.taken(slice(int(first), int(last)))

    def to_bytes(self) -> bytes:
        """A compact form; `from_bytes` reads it."""
        import numpy

        gaps = numpy.diff(self.times, prepend=numpy.uint32(0)).astype("<u4")
        columns = [gaps, self.pitches, self.levels, self.strengths]
        kept = zip(columns, _FIELDS, strict=True)
        body = b"".join(numpy.ascontiguousarray(each, kind).tobytes() for each, (_, kind) in kept)
        return struct.pack("<I", len(self)) + zlib.compress(body, 1)

    @staticmethod
    def from_bytes(stored: bytes) -> Peaks:
        """The inverse of `to_bytes`. Raises `ValueError` for anything else."""
        import numpy

        if len(stored) < 4:
            raise ValueError("peaks are cut off")
        (count,) = struct.unpack_from("<I", stored)
        if count > _MOST:
            raise ValueError("too many peaks")
        body = unpacked(stored[4:], 8 * count)
        columns, at = [], 0
        for _, kind in _FIELDS:
            columns.append(numpy.frombuffer(body, kind, count, at))
            at += columns[-1].nbytes
        times = numpy.cumsum(columns[0], dtype=numpy.uint64)
        if count and times[-1] >= 1 << 32:
            raise ValueError("peaks beyond all time")
        return Peaks(times.astype(numpy.uint32), *columns[1:])


def unpacked(packed: bytes, size: int) -> bytes:
    """What zlib packed, if it is exactly `size` bytes. Raises `ValueError`."""
    reader = zlib.decompressobj()
    try:
        body = reader.decompress(packed, size + 1)
    except zlib.error:
        raise ValueError("a packed part cannot be unpacked") from None
    if len(body) != size:
        raise ValueError("a packed part has another length than it should")
    return body


def no_peaks() -> Peaks:
    """None at all."""
    import numpy

    return Peaks(*(numpy.zeros(0, kind) for _, kind in _FIELDS))


class PeakFinder:
    """Finds the peaks of one channel, fed block after block. Flat memory but for the peaks."""

    def __init__(self) -> None:
        import numpy

        self._window = numpy.hanning(_WINDOW).astype(numpy.float32)
        self._samples: list[Array] = [numpy.zeros(_WINDOW // 2, numpy.float32)]
        self._waiting = _WINDOW // 2
        # One room for all of it: fresh memory costs as much as what is done in it.
        self._room = numpy.empty((_CHUNK + 2 * _MARGIN + 2, _HIGH - _LOW), numpy.float32)
        self._known = self._first = 0
        self._found: list[Peaks] = []

    def feed(self, samples: Array) -> None:
        """The next samples: `float32` at `RATE`."""
        self._samples.append(samples)
        self._waiting += len(samples)
        while self._waiting >= _WINDOW + (_CHUNK - 1) * HOP:
            self._take(_CHUNK)

    def copied(self) -> PeakFinder:
        """Another one that has heard the same so far."""
        other = copy(self)
        other._samples, other._found = list(self._samples), list(self._found)
        other._room = self._room.copy()
        return other

    def finish(self) -> Peaks:
        """All peaks. Nothing can be fed after that."""
        import numpy

        self._samples.append(numpy.zeros(_WINDOW // 2, numpy.float32))
        self._waiting += _WINDOW // 2
        left = (self._waiting - _WINDOW) // HOP + 1
        if left > 0:
            self._take(left)
        self._search(last=True)
        return joined(self._found)

    def _take(self, frames: int) -> None:
        """The spectra of the next frames; what they complete is searched."""
        import numpy

        samples = numpy.concatenate(self._samples)
        self._samples = [samples[frames * HOP :]]
        self._waiting -= frames * HOP
        cut = numpy.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::HOP][:frames]
        lines = self._room[self._known : self._known + frames]
        for at in range(0, frames, _BATCH):
            _spectra(cut[at : at + _BATCH], self._window, lines[at : at + _BATCH])
        self._known += frames
        self._search(last=False)

    def _search(self, *, last: bool) -> None:
        """Peaks of all lines that have enough neighbours on both sides."""
        lines = self._room[: self._known]
        begin = _MARGIN if self._first else 0
        end = len(lines) if last else len(lines) - _MARGIN
        if end <= begin:
            return
        self._found.append(_peaks(lines, begin, end, self._first))
        kept = max(0, end - _MARGIN)
        self._known -= kept
        self._first += kept
        self._room[: self._known] = lines[kept:]


def _spectra(cut: Array, window: Array, lines: Array) -> None:
    """Puts the logarithm of the power of each frequency into `lines`."""
    import cv2
    import numpy

    spectra = cut * window
    cv2.dft(spectra, spectra, flags=cv2.DFT_ROWS)
    # Packed: the real and the imaginary part of each frequency follow each other.
    squares = spectra[:, 2 * _LOW - 1 : 2 * _HIGH - 1]
    numpy.multiply(squares, squares, out=squares)
    numpy.add(squares[:, ::2], squares[:, 1::2], out=lines)
    numpy.log(numpy.add(lines, numpy.float32(1e-7), out=lines), out=lines)


def joined(parts: list[Peaks]) -> Peaks:
    """Parts that follow each other, as one."""
    import numpy

    if not parts:
        return no_peaks()
    return Peaks(*(numpy.concatenate([getattr(p, name) for p in parts]) for name, _ in _FIELDS))


def _peaks(lines: Array, begin: int, end: int, first: int) -> Peaks:
    """The peaks of `lines[begin:end]`; line 0 is the frame number `first`."""
    import numpy

    parts = [_summits(lines, at, min(at + _BATCH, end)) for at in range(begin, end, _BATCH)]
    frames, bins = numpy.divmod(numpy.concatenate(parts), lines.shape[1])
    inner = (bins > 0) & (bins < lines.shape[1] - 1)
    frames, bins = frames[inner], bins[inner]
    level = lines[frames, bins]
    across = _summit(lines[frames, bins - 1], level, lines[frames, bins + 1])
    before = lines[numpy.maximum(frames - 1, 0), bins]
    along = _summit(before, level, lines[numpy.minimum(frames + 1, len(lines) - 1), bins])
    hertz = (bins + _LOW + across) * (RATE / _WINDOW)
    semitones = 12 * numpy.log2(hertz / BASE_HERTZ)
    strength = (level - _around(lines, frames, bins)) * 8
    found = Peaks(
        times=numpy.maximum(numpy.rint((frames + first + along) * TICKS), 0).astype("<u4"),
        pitches=numpy.rint(semitones * STEPS).astype("<u2"),
        levels=numpy.clip((level - _FLOOR) * 8.6859, 0, 255).astype("u1"),
        strengths=numpy.clip(strength, 0, 255).astype("u1"),
    )
    found = found.taken(numpy.argsort(found.times, kind="stable"))
    return found.strongest(DENSITY)


def _summits(lines: Array, begin: int, end: int) -> Array:
    """The flat indices of what nothing near is higher than, in `lines[begin:end]`."""
    import cv2
    import numpy

    shape = numpy.ones((2 * _NEAR_FRAMES + 1, 2 * _NEAR_BINS + 1), numpy.uint8)
    before = min(begin, _NEAR_FRAMES)
    highest = cv2.dilate(lines[begin - before : end + _NEAR_FRAMES], shape)
    highest = highest[before : before + end - begin]
    numpy.maximum(highest, numpy.float32(_FLOOR), out=highest)
    found: Array = numpy.flatnonzero(lines[begin:end] >= highest) + begin * lines.shape[1]
    return found


def _around(lines: Array, frames: Array, bins: Array) -> Array:
    """The mean of a wide neighbourhood of each of these points."""
    import cv2

    tall, wide = -(-len(lines) // _CELL_FRAMES), -(-lines.shape[1] // _CELL_BINS)
    cells = cv2.resize(lines, (wide, tall), interpolation=cv2.INTER_AREA)
    size = (2 * (_AROUND_BINS // _CELL_BINS) + 1, 2 * (_AROUND_FRAMES // _CELL_FRAMES) + 1)
    mean = cv2.blur(cells, size, borderType=cv2.BORDER_REPLICATE)
    around: Array = mean[frames * tall // len(lines), bins * wide // lines.shape[1]]
    return around


def _summit(before: Array, at: Array, after: Array) -> Array:
    """Where between its neighbours the top of a parabola through three points lies: -0.5..0.5."""
    import numpy

    bend = before - 2 * at + after
    offset = numpy.divide(before - after, 2 * bend, out=numpy.zeros_like(at), where=bend < -1e-6)
    within: Array = numpy.clip(offset, -0.5, 0.5)
    return within


def strongest(times: Array, strengths: Array, each_second: int) -> Array:
    """Indices, ascending, of the strongest peaks of every second."""
    import numpy

    seconds = times // numpy.uint32(_CELL_TICKS)
    order = numpy.lexsort((-strengths.astype(numpy.int16), seconds))
    ranked = seconds[order]
    rank = numpy.arange(len(order)) - numpy.searchsorted(ranked, ranked)
    return numpy.sort(order[rank < each_second])


def spread(low: Array, high: Array) -> tuple[Array, Array]:
    """(number of the range, member) for every member of the ranges `low[i]..high[i]`."""
    import numpy

    sizes = high - low
    which = numpy.repeat(numpy.arange(len(low)), sizes)
    ends = numpy.cumsum(sizes)
    within = numpy.arange(len(which)) - numpy.repeat(ends - sizes, sizes)
    return which, numpy.repeat(low, sizes) + within

"""The stretch of the target that is being looked at closely: decoded once, small and grey."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.film_shot import Shot
from checkthegate.fingerprint.motion import grey, on_grid
from checkthegate.fingerprint.registering import Ground
from checkthegate.seams import Frame

if TYPE_CHECKING:
    import numpy

    from checkthegate.seams import Film

    Array = numpy.ndarray[Any, Any]

EDGE: Final = 384
"""Longest side at which frames are looked at."""

_MOST_FRAMES = 480
_COLOUR_EVERY = 0.25
_THUMB = (18, 32)
_LEAST_LEAP, _LEAP = 9.0, 5.0
_LEAST_SUDDEN, _SUDDEN, _NEIGHBOURS = 2.5, 2.4, 3
_GROUNDS = 8


class Window:
    """Frames of a film around a place. Asking again for what lies near costs no decoding."""

    def __init__(self, film: Film, working: Callable[[], None]) -> None:
        self._film, self._working = film, working
        self._times: list[float] = []
        self._frames: list[Array] = []
        self._colours: dict[float, Array] = {}
        self._from = self._to = 0.0
        self._grounds: dict[float, Ground] = {}

    @property
    def seconds(self) -> float:
        """How long the film runs."""
        return self._film.seconds

    def between(self, start: float, stop: float) -> Shot:
        """Every frame from `start` up to `stop`, in seconds."""
        import numpy

        start, stop = max(0.0, start), min(stop, self._film.seconds)
        self._provide(start, stop)
        times = numpy.array(self._times)
        first, last = numpy.searchsorted(times, [start - 1e-4, stop - 1e-4])
        if first >= last:
            return Shot(times[:0], numpy.zeros((0, 1, 1), numpy.uint8))
        return Shot(times[first:last], numpy.stack(self._frames[first:last]))

    def ground(self, time: float, frame: Array) -> Ground:
        """The frame at this time as a picture in which others are looked for."""
        if time not in self._grounds:
            if len(self._grounds) >= _GROUNDS:
                self._grounds.clear()
            self._grounds[time] = Ground(frame)
        return self._grounds[time]

    def colour(self, time: float) -> Frame | None:
        """The frame nearest to this time of those that were kept in colour."""
        if not self._colours:
            return None
        nearest = min(self._colours, key=lambda each: abs(each - time))
        return Frame(nearest, self._colours[nearest])

    def _provide(self, start: float, stop: float) -> None:
        """Decode what is missing of the stretch; keep what joins it."""
        self._working()
        if stop <= start or (self._from <= start and stop <= self._to):
            return
        apart = start > self._to + 0.5 or stop < self._from - 0.5
        if apart or not self._times:
            self._forget()
            self._from = self._to = start
        if start < self._from:
            self._take(start, self._from, before=True)
            self._from = start
        if stop > self._to:
            self._take(self._to, stop, before=False)
            self._to = stop
        self._trim(keep_end=stop >= self._to)

    def _take(self, start: float, stop: float, *, before: bool) -> None:
        times, frames = [], []
        for frame in self._film.between(start, stop, EDGE):
            times.append(frame.time)
            frames.append(grey(frame.rgb))
            if all(abs(frame.time - other) >= _COLOUR_EVERY for other in self._colours):
                self._colours[frame.time] = frame.rgb
        self._times = times + self._times if before else self._times + times
        self._frames = frames + self._frames if before else self._frames + frames

    def _trim(self, *, keep_end: bool) -> None:
        over = len(self._times) - _MOST_FRAMES
        if over <= 0:
            return
        if keep_end:
            del self._times[:over], self._frames[:over]
            self._from = self._times[0]
        else:
            self._to = self._times[-over]
            del self._times[-over:], self._frames[-over:]
        kept = (self._from - _COLOUR_EVERY, self._to + _COLOUR_EVERY)
        self._colours = {t: c for t, c in self._colours.items() if kept[0] <= t <= kept[1]}

    def _forget(self) -> None:
        self._times, self._frames = [], []
        self._colours.clear()
        self._grounds.clear()


def one_shot(shot: Shot, time: float) -> Shot:
    """The part of a stretch without a cut that holds `time`."""
    import numpy

    if len(shot.times) < 3:
        return shot
    small = numpy.stack([on_grid(frame, _THUMB) for frame in shot.frames]).astype(numpy.float32)
    cuts = _cuts(numpy.abs(numpy.diff(small, axis=0)).mean(axis=(1, 2)))
    at = int(numpy.abs(shot.times - time).argmin())
    first = max([0, *cuts[cuts <= at].tolist()])
    last = min([len(shot.times), *cuts[cuts > at].tolist()])
    return shot.of(slice(first, last))


def _cuts(leaps: Array) -> Array:
    """Numbers of the frames that begin something else, from how far each is from the one before:
    far, or (as between takes of one set-up) not far, but all at once."""
    import numpy

    usual = max(float(numpy.median(leaps)), 0.3)
    around = numpy.pad(leaps, _NEIGHBOURS, mode="edge")
    width = len(leaps)
    shifts = [each for each in range(2 * _NEIGHBOURS + 1) if each != _NEIGHBOURS]
    beside = numpy.max([around[each : each + width] for each in shifts], axis=0)
    far = (leaps > _LEAST_LEAP) & (leaps > _LEAP * usual)
    sudden = (leaps > _LEAST_SUDDEN) & (leaps > _SUDDEN * beside) & (leaps > _LEAP * usual)
    return numpy.flatnonzero(far | sudden) + 1

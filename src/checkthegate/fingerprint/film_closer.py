"""The closer look: whether, where and when a film of the bank lies in the target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.aligning import lines
from checkthegate.fingerprint.film_extent import Yardstick, longest_run
from checkthegate.fingerprint.film_fitting import Fit, Shot, fitted, shrunk
from checkthegate.fingerprint.film_scoring import Score, scored
from checkthegate.fingerprint.film_window import Window, one_shot
from checkthegate.fingerprint.motion import Moving, on_grid
from checkthegate.fingerprint.refining import refined
from checkthegate.fingerprint.registering import register_in

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.film_source import Source

    Array = numpy.ndarray[Any, Any]

_AHEAD, _BEHIND = 1.3, 1.0
_FEWEST_FRAMES, _SHORTEST = 8, 0.45
_FIRST_STILLS, _MOST_ANCHORS = 2, 6
_SURE, _HOPEFUL, _HOPELESS = 0.9, 0.5, 0.3
_CONTENT = 0.3
_AROUND = 40.0
_CHUNK, _LOST_FOR = 1.0, 0.3
_SPARE = 0.2


@dataclass(frozen=True, slots=True)
class Hit:
    """A frame of the target that looks like one of a source: both times in seconds."""

    time: float
    source_time: float
    likeness: float


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A stretch of the target that was aligned with a source.

    `shot` holds its frames, small; `start` and `stop` are seconds of the target. `content` is the
    share of points of a still that were found where they should be (0..1).
    """

    source: Source
    fit: Fit
    shot: Shot
    score: Score
    start: float
    stop: float
    content: float


@dataclass(frozen=True, slots=True, eq=False)
class _Anchored:
    fit: Fit
    shot: Shot
    score: Score
    content: float


def look(window: Window, source: Source, hit: Hit, *, at_cut: bool) -> Found | None:
    """Look for a film of the bank around a hit. None where the pictures do not even lie alike.

    `at_cut` says that a shot begins with the hit, so that nothing need be decoded before it.
    """
    anchored = _around(window, source, hit, at_cut)
    if anchored is None:
        return None
    if anchored.score.correlation < _HOPELESS:
        return _found(source, anchored)
    return _extended(window, source, anchored, at_cut)


def _around(window: Window, source: Source, hit: Hit, at_cut: bool) -> _Anchored | None:
    """The best alignment of what follows the hit, or else of what lies around it."""
    ahead = one_shot(window.between(hit.time, hit.time + _AHEAD), hit.time)
    best = None
    if _long_enough(ahead):
        best = _anchor(window, source, hit, ahead)
        if best is None or best.score.correlation >= _HOPEFUL or at_cut:
            return best
    if at_cut and len(ahead.times):
        return best
    both = one_shot(window.between(hit.time - _BEHIND, hit.time + _AHEAD), hit.time)
    other = _anchor(window, source, hit, both) if _long_enough(both) else None
    return _better(best, other)


def _long_enough(shot: Shot) -> bool:
    return len(shot.times) >= _FEWEST_FRAMES and shot.times[-1] - shot.times[0] >= _SHORTEST


def _better(one: _Anchored | None, other: _Anchored | None) -> _Anchored | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda each: each.score.correlation)


def _anchor(window: Window, source: Source, hit: Hit, shot: Shot) -> _Anchored | None:
    """Try stills of the source as where and when, nearest to the hit's first."""
    best: _Anchored | None = None
    for matrix, content in _geometries(window, source, hit, shot):
        tried = _aligned(source, hit, shot, matrix, content)
        best = _better(best, tried)
        if best is None or best.score.correlation >= _SURE:
            break
        if best.score.correlation < _HOPELESS and content < _CONTENT:
            break
    return best


def _geometries(
    window: Window, source: Source, hit: Hit, shot: Shot
) -> Iterator[tuple[Array, float]]:
    """Where stills of the source lie in the frame that was hit, and the share of their points
    that say so."""
    import numpy

    at = int(numpy.abs(shot.times - hit.time).argmin())
    frame = shot.frames[at]
    order = source.stills_near(hit.source_time)
    matrix = None
    for count, number in enumerate(order[:_MOST_ANCHORS]):
        if matrix is not None:
            yield refined(source.still(number), frame, matrix)
            continue
        if count >= _FIRST_STILLS:
            return
        ground = window.ground(float(shot.times[at]), frame)
        registration = register_in(source.still(number), ground)
        if registration is not None:
            matrix = registration.matrix
            yield matrix, registration.score


def _aligned(
    source: Source, hit: Hit, shot: Shot, matrix: Array, content: float
) -> _Anchored | None:
    """The best line for a geometry, both moved until they fit."""
    near = _near(source, hit)
    small = Shot(shot.times, shrunk(shot.frames, matrix, source.shape))
    target, visible = small.on_source(matrix, source.shape)
    best: _Anchored | None = None
    for line in lines(target, near, visible, most=2):
        fit = fitted(small, near, Fit(matrix, line))
        moved, seen = small.on_source(fit.matrix, source.shape)
        score = scored(moved, near, seen, fit.line)
        best = _better(best, _Anchored(fit, small, score, content))
        if score.correlation >= _SURE:
            break
    return best


def _near(source: Source, hit: Hit) -> Moving:
    """The source, or of a long one what lies around the hit."""
    if source.seconds <= 2 * _AROUND:
        return source.moving
    return source.moving.between(hit.source_time - _AROUND / 4, hit.source_time + _AROUND / 4)


def _found(source: Source, anchored: _Anchored) -> Found:
    """What was aligned, as far as was looked."""
    times = anchored.shot.times
    return Found(
        source,
        anchored.fit,
        anchored.shot,
        anchored.score,
        float(times[0]),
        float(times[-1]),
        anchored.content,
    )


def _extended(window: Window, source: Source, anchored: _Anchored, at_cut: bool) -> Found:
    """Go on from what was aligned, both ways, for as long as the target shows the source."""
    track = _Track(window, source, anchored)
    track.grow(forwards=True)
    if not at_cut:
        track.grow(forwards=False)
    kept = track.kept()
    if not _long_enough(kept):
        return _found(source, anchored)
    fit = fitted(kept, source.moving, track.fit)
    target, visible = kept.on_source(fit.matrix, source.shape)
    score = scored(target, source.moving, visible, fit.line)
    stop = float(kept.times[-1]) + target.step
    return Found(source, fit, kept, score, float(kept.times[0]), stop, anchored.content)


class _Track:
    """Frames of the target that may show the source, growing outwards from where it is known."""

    def __init__(self, window: Window, source: Source, anchored: _Anchored) -> None:
        import numpy

        self._window, self._source = window, source
        self.fit = anchored.fit
        self._shot = anchored.shot
        self._good = numpy.ones(len(anchored.shot.times), bool)

    def grow(self, *, forwards: bool) -> None:
        """Go on in one direction until the target shows something else, or the source ends."""
        ends = sorted(self.fit.line.target_at(t) for t in (0.0, self._source.seconds))
        last = min(self._window.seconds, ends[1] + _SPARE)
        limit = last if forwards else max(0.0, ends[0] - _SPARE)
        while True:
            edge = self._edge(forwards)
            there = min(limit, edge + _CHUNK) if forwards else max(limit, edge - _CHUNK)
            if (there <= edge) if forwards else (there >= edge):
                return
            more = self._window.between(*sorted((edge, there)))
            if not len(more.times) or not self._take(more, forwards):
                return

    def kept(self) -> Shot:
        """The stretch that shows the source."""
        yardstick = Yardstick(self._known(), self._source.moving, self.fit)
        first, last = longest_run(yardstick.bad(self._shot), yardstick.limit)
        return Shot(self._shot.times[first:last], self._shot.frames[first:last])

    def _edge(self, forwards: bool) -> float:
        return float(self._shot.times[-1]) + 1e-3 if forwards else float(self._shot.times[0])

    def _take(self, more: Shot, forwards: bool) -> bool:
        """Join frames at one end; whether it is worth going on."""
        import numpy

        rows, columns = self._shot.frames.shape[1:]
        small = numpy.stack([on_grid(frame, (rows, columns)) for frame in more.frames])
        more = Shot(more.times, small)
        yardstick = Yardstick(self._known(), self._source.moving, self.fit)
        good = yardstick.bad(more) <= yardstick.limit
        one, two = (self._shot, more) if forwards else (more, self._shot)
        self._shot = Shot(
            numpy.concatenate([one.times, two.times]), numpy.concatenate([one.frames, two.frames])
        )
        self._good = numpy.concatenate([self._good, good] if forwards else [good, self._good])
        if good.any():
            self.fit = fitted(self._known(), self._source.moving, self.fit)
        outermost = more.times[-1] - _LOST_FOR if forwards else more.times[0] + _LOST_FOR
        outer = more.times >= outermost if forwards else more.times <= outermost
        return bool(good[outer].any())

    def _known(self) -> Shot:
        return Shot(self._shot.times[self._good], self._shot.frames[self._good])

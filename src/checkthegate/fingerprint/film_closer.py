"""The closer look: whether, where and when a film of the bank lies in the target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.aligning import Line, lines
from checkthegate.fingerprint.film_extent import Yardstick, longest_run
from checkthegate.fingerprint.film_fitting import Fit, fitted
from checkthegate.fingerprint.film_framing import (
    picture_box,
    plain_framings,
    spill,
    usual_framings,
)
from checkthegate.fingerprint.film_scoring import NO_SCORE, Score, scored
from checkthegate.fingerprint.film_shot import Shot
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
_CONTENT, _FITS = 0.3, 0.55
_SAME_PLACE = 0.012
_NO_LINE = 0.3
_AROUND = 40.0
_CHUNK, _LOST_FOR = 1.0, 0.3
_SPARE = 0.2
_JUST_BEFORE, _LATER = 0.15, 0.5
_GLANCE, _GOES_ON_ALIKE = (18, 32), 0.8
_MOMENT = 0.015
_MOST_CREEPS = 4
_LIKELY, _UNLIKELY_COSTS = 0.04, 0.4
_AS_GOOD = 0.015
_AT_END, _GOES_ON = 0.15, 0.25


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
    """An alignment of a stretch. `spill` is the share of the target's picture outside of the
    source's frame, `beyond` that of the stretch outside of the source's time: finishing explains
    neither."""

    fit: Fit
    shot: Shot
    content: float
    score: Score = NO_SCORE
    spill: float = 0.0
    beyond: float = 0.0

    @property
    def worth(self) -> float:
        """What alignments are compared by."""
        unlikely = self.spill + self.faster + self.beyond
        return self.score.correlation - _UNLIKELY_COSTS * unlikely

    @property
    def faster(self) -> float:
        """How far the speed is from that of the source: a pan can be another one, only slower."""
        return abs(abs(self.fit.line.speed) - 1.0)

    @property
    def sure(self) -> bool:
        """Whether no better one need be looked for."""
        likely = max(self.spill, self.faster, self.beyond) <= _LIKELY
        return likely and self.score.correlation >= _SURE


def look(window: Window, source: Source, hit: Hit, *, at_cut: bool) -> Found | None:
    """Look for a film of the bank around a hit. None where the pictures do not even lie alike.

    `at_cut` says that a shot begins with the hit, so that nothing need be decoded before it.
    """
    anchored = _around(window, source, hit, at_cut)
    if anchored is None:
        return None
    if anchored.score.correlation < _HOPELESS:
        return _found(source, anchored)
    found = _extended(window, source, anchored, at_cut)
    shot = _whole_shot(window, found)
    again = None if shot is None else _anchor(source, hit, shot, _Lying(window, source, hit))
    if again is None or again.score.correlation < _HOPEFUL or again.beyond > _LIKELY:
        return found
    other = _extended(window, source, again, at_cut)
    longer = other.stop - other.start > found.stop - found.start + _AT_END
    return other if longer and other.score.correlation >= _HOPEFUL else found


def parts_ways(window: Window, found: Found) -> bool:
    """Whether the shot goes on, alike, where it no longer shows the source although that goes on
    too: what editors cut ends with the shot or with the source, another take ends anywhere."""
    import numpy

    ends = found.fit.line.source_at(found.stop)
    left = ends if found.fit.line.speed < 0 else found.source.seconds - ends
    around = window.between(found.stop - _JUST_BEFORE, found.stop + _LATER)
    if left < _LATER or len(around) < _FEWEST_FRAMES or window.seconds < found.stop + _LATER:
        return False
    shot = one_shot(around, found.stop - _JUST_BEFORE / 2)
    if len(shot) < len(around):
        return False
    first, last = (on_grid(shot.frames[at], _GLANCE).ravel() for at in (0, -1))
    return float(numpy.corrcoef(first, last)[0, 1]) > _GOES_ON_ALIKE


def _around(window: Window, source: Source, hit: Hit, at_cut: bool) -> _Anchored | None:
    """The best alignment of what follows the hit, or else of what lies around it."""
    lying = _Lying(window, source, hit)
    # One frame is decoded for this: most of what is proposed lies nowhere in it.
    if not lying.somewhere:
        return None
    ahead = one_shot(window.between(hit.time, hit.time + _AHEAD), hit.time)
    best = None
    if _long_enough(ahead):
        best = _anchor(source, hit, ahead, lying)
        if best is None or best.score.correlation >= _HOPEFUL or at_cut:
            return best
    both = one_shot(window.between(hit.time - _BEHIND, hit.time + _AHEAD), hit.time)
    other = _anchor(source, hit, both, lying) if _long_enough(both) else None
    return _better(best, other)


def _long_enough(shot: Shot) -> bool:
    return len(shot.times) >= _FEWEST_FRAMES and shot.times[-1] - shot.times[0] >= _SHORTEST


def _better(one: _Anchored | None, other: _Anchored | None) -> _Anchored | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda each: each.worth)


def _anchor(source: Source, hit: Hit, shot: Shot, lying: _Lying) -> _Anchored | None:
    """Try stills of the source as where and when, nearest to the hit's first."""
    best: _Anchored | None = None
    tried: list[Array] = []
    for matrix, content in lying:
        if any(_far(matrix, other) < _SAME_PLACE for other in tried):
            continue
        tried.append(matrix)
        aligned = _aligned(source, hit, shot, matrix, content)
        best = _better(best, aligned)
        hopeless = aligned.score.correlation < _HOPELESS and content < _CONTENT
        if hopeless or (best is not None and best.sure):
            break
    return best


def _far(one: Array, other: Array) -> float:
    """How far two maps move the corners of the frame apart, in shares."""
    import numpy

    corners = numpy.array([[0, 1, 0, 1], [0, 0, 1, 1], [1, 1, 1, 1.0]])
    return float(numpy.abs((one - other) @ corners).max())


class _Lying:
    """Where stills of the source lie in the frame that was hit, and the share of their points that
    say so: looked for as far as they are asked for, and once."""

    def __init__(self, window: Window, source: Source, hit: Hit) -> None:
        self._found: list[tuple[Array, float]] = []
        self._more = _geometries(window, source, hit)

    def __iter__(self) -> Iterator[tuple[Array, float]]:
        yield from self._found
        for each in self._more:
            self._found.append(each)
            yield each

    @property
    def somewhere(self) -> bool:
        """Whether any of them lies in it at all."""
        return any(True for _ in self)


def _geometries(window: Window, source: Source, hit: Hit) -> Iterator[tuple[Array, float]]:
    near = window.between(hit.time - _MOMENT, hit.time + _MOMENT)
    if not len(near):
        return
    at = int(abs(near.times - hit.time).argmin())
    time, frame = float(near.times[at]), near.frames[at]
    order = source.stills_near(hit.source_time)
    first: tuple[Array, float] | None = None
    for count, number in enumerate(order[:_MOST_ANCHORS]):
        still = source.still(number)
        if first is not None:
            yield refined(still, frame, first[0])
        elif count < _FIRST_STILLS:
            first = _as_framed(still, frame) if count == 0 else None
            if first is None:
                found = register_in(still, window.ground(time, frame), source.points(number))
                first = None if found is None else (found.matrix, found.score)
            if first is not None:
                yield first


def _as_framed(still: Array, frame: Array) -> tuple[Array, float] | None:
    """The quick way: picture on picture without bars, also mirrored."""
    for matrix in plain_framings(still, frame):
        better, content = refined(still, frame, matrix)
        if content >= _FITS:
            return better, content
    return None


def _aligned(source: Source, hit: Hit, shot: Shot, matrix: Array, content: float) -> _Anchored:
    """The best line for a geometry, both moved until they fit."""
    near = _near(source, hit)
    small = shot.shrunk(matrix, source.shape)
    target, visible = small.on_source(matrix, source.shape)
    best = _Anchored(Fit(matrix, Line(1.0, hit.source_time - hit.time, 0.0)), small, content)
    for line in lines(target, near, visible, most=2):
        if line.score < _NO_LINE:
            break
        tried = _judged(near, fitted(small, near, Fit(matrix, line)), small, content)
        best = max(best, tried, key=lambda each: each.worth)
        if tried.score.correlation >= _HOPEFUL:
            break
    return _framed(source, near, best) if best.score.correlation >= _HOPEFUL else best


def _judged(near: Moving, fit: Fit, shot: Shot, content: float) -> _Anchored:
    target, visible = shot.on_source(fit.matrix, near.frames.shape[1:])
    score = scored(target, near, visible, fit.line)
    at = fit.line.speed * shot.times + fit.line.offset
    beyond = float(((at < near.times[0] - _SPARE) | (at > near.times[-1] + _SPARE)).mean())
    return _Anchored(fit, shot, content, score, spill(picture_box(shot), fit.matrix), beyond)


def _framed(source: Source, near: Moving, best: _Anchored) -> _Anchored:
    """The alignment with a usual framing instead, where that explains as much."""
    shot = best.shot
    height, width = shot.frames.shape[1:]
    aspect = source.print.width / max(1, source.print.height)
    box = picture_box(shot)
    for framing in usual_framings(box, best.fit.matrix, aspect, width / height):
        target, visible = shot.on_source(framing, source.shape)
        for line in (best.fit.line, *lines(target, near, visible, most=1)):
            fit = fitted(shot, near, Fit(framing, line), framed=True)
            tried = _judged(near, fit, shot, best.content)
            if tried.score.correlation >= best.score.correlation - _AS_GOOD:
                return tried
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
    # What lies before a shot was looked at from its own first frame.
    if not at_cut:
        track.grow(forwards=False)
    kept = track.kept()
    if not _long_enough(kept):
        return _found(source, anchored)
    fit = fitted(kept, source.moving, track.fit, coarse=0, fine=2)
    target, visible = kept.on_source(fit.matrix, source.shape)
    score = scored(target, source.moving, visible, fit.line)
    stop = float(kept.times[-1]) + target.step
    return Found(source, fit, kept, score, float(kept.times[0]), stop, anchored.content)


def _whole_shot(window: Window, found: Found) -> Shot | None:
    """The shot that what was found lies in, where it goes on although the source has ended.

    Then the source more likely runs along it otherwise: slower, or from another time.
    """
    ends = sorted(found.fit.line.target_at(t) for t in (0.0, found.source.seconds))
    early, late = found.start - ends[0] < _AT_END, ends[1] - found.stop < _AT_END
    if not (early or late):
        return None
    around = window.between(found.start - _BEHIND * early, found.stop + _BEHIND * late)
    shot = one_shot(around, (found.start + found.stop) / 2)
    goes_on = max(found.start - float(shot.times[0]), float(shot.times[-1]) - found.stop)
    return shot if goes_on > _GOES_ON else None


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
        return self._shot.of(slice(first, last))

    def _edge(self, forwards: bool) -> float:
        return float(self._shot.times[-1]) + 1e-3 if forwards else float(self._shot.times[0])

    def _take(self, more: Shot, forwards: bool) -> bool:
        """Join frames at one end; whether it is worth going on."""
        import numpy

        more = self._shot.of(slice(0, 0)).joined(more)
        one, two = (self._shot, more) if forwards else (more, self._shot)
        known, good = self._good, numpy.zeros(len(more), bool)
        self._shot = one.joined(two)
        self._good = numpy.concatenate([known, good] if forwards else [good, known])
        for _ in range(_MOST_CREEPS):
            yardstick = Yardstick(self._known(), self._source.moving, self.fit)
            before, good = good.sum(), yardstick.bad(more) <= yardstick.limit
            if good.sum() <= before:
                break
            self._good = numpy.concatenate([known, good] if forwards else [good, known])
            # What lies further out is only reached along a line that was drawn that far.
            self.fit = fitted(self._known(), self._source.moving, self.fit, coarse=0, fine=2)
            if good.all():
                break
        outermost = more.times[-1] - _LOST_FOR if forwards else more.times[0] + _LOST_FOR
        outer = more.times >= outermost if forwards else more.times <= outermost
        return bool(good[outer].any())

    def _known(self) -> Shot:
        return self._shot.of(self._good)

"""Geometry, speed and offset of one film in another, moved together until all frames fit.

In a picture that moves evenly, where and when cannot be told apart from two frames: a pan seen
later looks like a pan seen further left. All frames together tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.aligning import FASTEST, SLOWEST, Line
from checkthegate.fingerprint.film_shot import Shot
from checkthegate.fingerprint.film_tones import fitted_tone, toned
from checkthegate.fingerprint.geometry import after, plausible
from checkthegate.fingerprint.motion import Moving, halved

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_MOST_FRAMES = 20
_LOOSE, _LEAST_LOOSE = 2.5, 3.0
_GEOMETRY_PRIOR, _TIME_PRIOR, _SPEED_PRIOR = 0.05, 0.15, 0.1
_USUAL_SPEED = 0.03
_SETTLED = 5e-4


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Where and when: `matrix` float64[2,3] from source to target in shares, and the line."""

    matrix: Array
    line: Line


def fitted(
    shot: Shot, source: Moving, fit: Fit, *, coarse: int = 4, fine: int = 3, framed: bool = False
) -> Fit:
    """The fit moved to where source and target agree best; as it was where that leads nowhere.

    At most `coarse` steps are taken on halved grids, then `fine` ones. Where it is `framed`, only
    the line is moved.
    """
    some = shot.some(_MOST_FRAMES)
    for halve, rounds in ((True, coarse), (False, fine)):
        for _ in range(rounds):
            step = _step(some, source, fit, halve, framed)
            if step is None:
                return fit
            fit, moved = step
            if moved < _SETTLED:
                break
    return fit


def _step(
    shot: Shot, source: Moving, fit: Fit, halve: bool, framed: bool
) -> tuple[Fit, float] | None:
    """One step of Gauss and Newton, and how far it went (in shares of the frame, or seconds)."""
    import numpy

    shape = source.frames.shape[1:]
    at = fit.line.speed * shot.times + fit.line.offset
    within = (at >= source.times[0]) & (at <= source.times[-1])
    if within.sum() < 3:
        return None
    shot, at = shot.of(within), at[within]
    seen_as, visible = shot.on_source(fit.matrix, shape)
    if not visible.any():
        return None
    half = max(source.step, 0.02)
    near = source.between(float(at.min()) - half, float(at.max()) + half)
    tone = fitted_tone(near.at(at[::3])[:, visible], seen_as.frames[::3][:, visible])
    graded = Moving(near.times, toned(tone, near.frames))
    before, now, later = (graded.at(at + shift) for shift in (-half, 0.0, half))
    there, pace = seen_as.frames.astype(numpy.float32), (later - before) / (2 * half)
    if halve:
        there, now, pace = halved(there), halved(now), halved(pace)
        visible = halved(visible[None].astype(numpy.float32))[0] > 0.99
        if not visible.any():
            return None
    slopes = _slopes(there, pace, shot.times - shot.times.mean(), visible)
    slower = float(numpy.copysign(1.0, fit.line.speed)) - fit.line.speed
    moved = _solved(slopes, (now - there)[:, visible].ravel(), slower, framed)
    return _moved(fit, moved, float(shot.times.mean()), shape)


def _slopes(there: Array, pace: Array, since: Array, visible: Array) -> Array:
    """float32[8,n]: how each visible pixel changes with each of the numbers looked for."""
    import numpy

    count, rows, columns = there.shape
    down, across = (
        change[:, visible] * size
        for change, size in zip(numpy.gradient(there, axis=(1, 2)), (rows, columns), strict=True)
    )
    places = numpy.argwhere(visible).astype(numpy.float32)
    y, x = (places[:, 0] + 0.5) / rows - 0.5, (places[:, 1] + 0.5) / columns - 0.5
    pace = pace[:, visible]
    slopes = numpy.empty((8, count, len(places)), numpy.float32)
    slopes[0], slopes[1], slopes[2] = across, across * x, across * y
    slopes[3], slopes[4], slopes[5] = down, down * x, down * y
    slopes[6], slopes[7] = -pace * since.astype(numpy.float32)[:, None], -pace
    return slopes.reshape(8, -1)


def _solved(slopes: Array, rest: Array, slower: float, framed: bool) -> Array:
    """The eight numbers that take most off the rest; what never fits has little say.

    Where nothing else decides, the speed goes `slower` (to that of the source): an even pan or zoom
    can be had at any speed.
    """
    import numpy

    usual = max(_LEAST_LOOSE, _LOOSE * float(numpy.median(numpy.abs(rest[::3]))))
    weights = 1.0 / (1.0 + (rest / usual) ** 2) ** 2
    weighted = slopes * weights
    square = (weighted @ slopes.T).astype(numpy.float64)
    noise = float((weights * rest * rest).sum() / (weights.sum() + 1e-6)) + 1.0
    geometry = 1e-6 if framed else _GEOMETRY_PRIOR
    priors = numpy.array([geometry] * 6 + [_SPEED_PRIOR, _TIME_PRIOR])
    square += numpy.diag(noise / priors**2)
    goal = (weighted @ rest).astype(numpy.float64)
    square[6, 6] += noise / _USUAL_SPEED**2
    goal[6] += slower * noise / _USUAL_SPEED**2
    return numpy.linalg.solve(square, goal)


def _moved(
    fit: Fit, step: Array, middle: float, shape: tuple[int, ...]
) -> tuple[Fit, float] | None:
    import numpy

    if not numpy.isfinite(step).all():
        return None
    step = numpy.clip(step, -0.2, 0.2)
    right, wider, leaning, lower, falling, taller, faster, later = step.tolist()
    inner = numpy.array(
        [
            [1 + wider, leaning, right - (wider + leaning) / 2],
            [falling, 1 + taller, lower - (falling + taller) / 2],
        ]
    )
    matrix = after(inner, fit.matrix)
    speed = fit.line.speed + faster
    if not plausible(matrix, shape, shape) or not SLOWEST - 0.05 <= abs(speed) <= FASTEST + 0.05:
        return None
    offset = fit.line.offset + later - faster * middle
    line = replace(fit.line, speed=speed, offset=offset)
    return Fit(matrix, line), float(numpy.abs(step).max())

"""Geometry, speed and offset of one film in another, moved together until all frames fit.

In a picture that moves evenly, where and when cannot be told apart from two frames: a pan seen
later looks like a pan seen further left. All frames together tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.aligning import FASTEST, SLOWEST, Line
from checkthegate.fingerprint.film_tones import Tone, fitted_tone
from checkthegate.fingerprint.geometry import after, plausible, scaled, warped
from checkthegate.fingerprint.motion import Moving, halved

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_MOST_FRAMES = 24
_ROUNDS = (4, 4)
_FINER = 1.5
_SMALLEST = 48
_LOOSE, _LEAST_LOOSE = 2.5, 3.0
_GEOMETRY_PRIOR, _TIME_PRIOR, _SPEED_PRIOR = 0.05, 0.15, 0.1
_SETTLED = 3e-4


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """Grey frames of the target around a place: `times` float64[T], `frames` uint8[T,h,w]."""

    times: Array
    frames: Array

    def on_source(self, matrix: Array, shape: tuple[int, int]) -> tuple[Moving, Array]:
        """The frames on the source's grid, and bool[h,w]: where they show the source's frame."""
        import numpy

        pictures = [warped(frame, matrix, shape) for frame in self.frames]
        return Moving(self.times, numpy.stack([picture for picture, _ in pictures])), pictures[0][1]

    def some(self, most: int) -> Shot:
        """At most so many of the frames, evenly."""
        import numpy

        if len(self.times) <= most:
            return self
        kept = numpy.linspace(0, len(self.times) - 1, most).round().astype(int)
        return Shot(self.times[kept], self.frames[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Where and when: `matrix` float64[2,3] from source to target in shares, and the line."""

    matrix: Array
    line: Line


def shrunk(pictures: Array, matrix: Array, shape: tuple[int, int]) -> Array:
    """Grey pictures uint8[T,h,w] no finer than the source's grid needs."""
    import numpy

    finest = max(abs(float(matrix[0, 0])), abs(float(matrix[1, 1])), 0.05)
    longest = max(_SMALLEST, round(_FINER * max(shape) / min(1.0, finest)))
    return numpy.stack([scaled(picture, longest) for picture in pictures])


def fitted(shot: Shot, source: Moving, fit: Fit) -> Fit:
    """The fit moved to where source and target agree best; as it was where that leads nowhere."""
    some = shot.some(_MOST_FRAMES)
    now = fit
    for halve, rounds in zip((True, False), _ROUNDS, strict=True):
        for _ in range(rounds):
            step = _step(some, source, now, halve)
            if step is None:
                return now
            now, moved = step
            if moved < _SETTLED:
                break
    return now


def _step(shot: Shot, source: Moving, fit: Fit, halve: bool) -> tuple[Fit, float] | None:
    """One step of Gauss and Newton, and how far it went (in shares of the frame, or seconds)."""
    import numpy

    shape = source.frames.shape[1:]
    at = fit.line.speed * shot.times + fit.line.offset
    within = (at >= source.times[0]) & (at <= source.times[-1])
    if within.sum() < 3:
        return None
    times, at = shot.times[within], at[within]
    seen_as, visible = Shot(times, shot.frames[within]).on_source(fit.matrix, shape)
    there = seen_as.frames.astype(numpy.float32)
    half = max(source.step, 0.02)
    here = [source.at(at + shift) for shift in (0.0, -half, half)]
    tone = fitted_tone(here[0][:, visible], there[:, visible])
    before, now, later = tone(here[1]), tone(here[0]), tone(here[2])
    if halve:
        there, before, now, later = (halved(each) for each in (there, before, now, later))
        visible = halved(visible[None].astype(numpy.float32))[0] > 0.99
    if not visible.any():
        return None
    slopes = _slopes(there, (later - before) / (2 * half), times - times.mean())
    moved = _solved(slopes, now - there, visible)
    return _moved(fit, moved, float(times.mean()), shape)


def _slopes(there: Array, pace: Array, since: Array) -> list[Array]:
    """How each frame changes with each of the eight numbers that are looked for."""
    import numpy

    rows, columns = there.shape[1:]
    down, across = numpy.gradient(there, axis=(1, 2))
    down, across = down * rows, across * columns
    y = ((numpy.arange(rows, dtype=numpy.float32) + 0.5) / rows - 0.5)[None, :, None]
    x = ((numpy.arange(columns, dtype=numpy.float32) + 0.5) / columns - 0.5)[None, None, :]
    since = since.astype(numpy.float32)[:, None, None]
    return [
        *(across, across * x, across * y, down, down * x, down * y),
        *(-pace * since, -pace),
    ]


def _solved(slopes: list[Array], rest: Array, visible: Array) -> Array:
    """The eight numbers that take most off the rest; what never fits has little say."""
    import numpy

    flat = numpy.stack([slope[:, visible].ravel() for slope in slopes])
    rest = rest[:, visible].ravel()
    usual = max(_LEAST_LOOSE, _LOOSE * float(numpy.median(numpy.abs(rest))))
    weights = 1.0 / (1.0 + (rest / usual) ** 2) ** 2
    weighted = flat * weights
    square = (weighted @ flat.T).astype(numpy.float64)
    noise = float((weights * rest * rest).sum() / (weights.sum() + 1e-6)) + 1.0
    priors = numpy.array([_GEOMETRY_PRIOR] * 6 + [_SPEED_PRIOR, _TIME_PRIOR])
    square += numpy.diag(noise / priors**2)
    return numpy.linalg.solve(square, (weighted @ rest).astype(numpy.float64))


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


def tone_of(target: Array, source: Array, visible: Array) -> Tone:
    """The grade between frames of one shape [T,h,w], where they are visible."""
    return fitted_tone(source[:, visible], target[:, visible])

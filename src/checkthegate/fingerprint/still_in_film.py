"""Whether a still is a frame of a film on record, though none of the pictures kept of it is that
very frame: the film's movement says how the frames between looked, small but each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.film_tones import fitted_tone
from checkthegate.fingerprint.geometry import after, normalised, warped

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.picture_print import PicturePrint

    Array = numpy.ndarray[Any, Any]

_AROUND = 2.5
_MOST_FRAMES = 400
_ROUNDS = 2
_LEAST_SEEN = 0.3
_MOVES = 2.0
_LIKENESS, _EXPLAINED = 0.95, 0.85


def frame_of(
    film: PicturePrint, time: float, target: Array, matrix: Array
) -> tuple[float, float] | None:
    """The film's frame that the target is: its time in seconds, and a likeness (0..1); or None.

    `film` comes with its motion. The target (uint8 grey) lies over the picture kept at `time` as
    `matrix` (in shares) says. What changed since that picture must be what changed in the frame.
    """
    import numpy

    near = numpy.flatnonzero(numpy.abs(film.motion_times - time) <= _AROUND)[:_MOST_FRAMES]
    if not len(near):
        return None
    frames = film.motion[near].astype(numpy.float32)
    best = 0
    for _ in range(_ROUNDS):
        laid, seen = warped(target, matrix, frames.shape[1:])
        if seen.mean() < _LEAST_SEEN:
            return None
        best = _nearest(frames[:, seen], laid[seen].astype(numpy.float32))
        matrix = _fitted(film.motion[near[best]], laid, seen, matrix)
    laid, seen = warped(target, matrix, frames.shape[1:])
    first = film.motion[numpy.abs(film.motion_times - time).argmin()][seen]
    now = film.motion[near[best]][seen]
    likeness = _changed_alike(first, now, laid[seen].astype(numpy.float32))
    return (float(film.motion_times[near[best]]), likeness) if likeness >= _LIKENESS else None


def _fitted(frame: Array, laid: Array, seen: Array, matrix: Array) -> Array:
    """The map moved a little, so that the target lies over this very frame as well as it can."""
    import cv2
    import numpy

    start = numpy.eye(2, 3, dtype=numpy.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
    try:
        _, step = cv2.findTransformECC(
            frame, laid, start, cv2.MOTION_AFFINE, stop, seen.astype(numpy.uint8), 3
        )
    except cv2.error:
        return matrix
    return after(normalised(step.astype(numpy.float64), frame.shape, frame.shape), matrix)


def _nearest(frames: Array, shown: Array) -> int:
    """The frame (a row each) that some gain and lift turn into what is shown, most nearly."""
    import numpy

    rows = frames - frames.mean(axis=1, keepdims=True)
    wanted = shown - shown.mean()
    lengths = numpy.sqrt((rows**2).sum(axis=1)) + 1e-6
    return int((rows @ wanted / lengths).argmax())


def _changed_alike(first: Array, now: Array, shown: Array) -> float:
    """How far what changed from the first frame to this one is what changed to what is shown: the
    correlation, 0 where hardly anything changed or something else did too."""
    import numpy

    tone = fitted_tone(now, shown)
    was, becomes = tone[first], tone[now]
    wanted, got = becomes - was, shown - was
    left = float(((got - wanted) ** 2).sum())
    if float((wanted**2).mean()) < _MOVES or left > (1 - _EXPLAINED) * float((got**2).sum()):
        return 0.0
    return float(numpy.corrcoef(wanted, got)[0, 1])

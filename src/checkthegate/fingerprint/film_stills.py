"""Stills of the bank that appear as a shot, and clips in which nothing moves.

There is no movement to tell takes apart by, so the rule of stills holds: fine detail agrees all
over the picture, at several moments. The picture may be zoomed or panned over slowly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.agreeing import Agreement, agreement
from checkthegate.fingerprint.film_window import Window, one_shot
from checkthegate.fingerprint.refining import refined
from checkthegate.fingerprint.registering import register_in

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.film_closer import Hit
    from checkthegate.fingerprint.film_source import Source

    Array = numpy.ndarray[Any, Any]

_STRIDE = 0.4
_LONGEST = 120.0
_HOLDS, _ALIKE = 0.6, 0.5
_FEWEST = 2
_ENOUGH_DETAIL = 12
_FITS = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class StillFound:
    """A still found in a stretch of the target: `agreements` at several moments of it, and the
    map (float64[2,3], in shares) at the first."""

    start: float
    stop: float
    matrix: Array
    agreements: tuple[Agreement, ...]

    @property
    def same(self) -> bool:
        """Whether it is this very picture, in most of the moments looked at."""
        same = sum(each.same for each in self.agreements)
        return same >= max(_FEWEST, 0.6 * len(self.agreements))

    @property
    def differs(self) -> float:
        """The share of the frame that differs, in the middle of the moments looked at."""
        return sorted(each.differs for each in self.agreements)[len(self.agreements) // 2]

    @property
    def correlation(self) -> float:
        """Likeness of detail (0..1), in the middle of the moments looked at."""
        return max(0.0, sorted(a.correlation for a in self.agreements)[len(self.agreements) // 2])


def look_for_still(window: Window, source: Source, number: int, hit: Hit) -> StillFound | None:
    """Look for a still of a source around a hit. None where it does not lie in the frame."""
    first = window.between(hit.time, hit.time + 0.1)
    if not len(first):
        return None
    still = source.still(number)
    ground = window.ground(float(first.times[0]), first.frames[0])
    registration = register_in(still, ground, source.points(number))
    if registration is None:
        return None
    agreed = agreement(still, first.frames[0], registration.matrix)
    if agreed.detailed < _ENOUGH_DETAIL or agreed.agreeing < _ALIKE:
        return None
    ahead = list(_walk(window, still, hit.time, registration.matrix, _STRIDE))
    behind = list(_walk(window, still, hit.time, registration.matrix, -_STRIDE))
    good_ahead = [each for each in ahead if each[1] is not None]
    good_behind = [each for each in behind if each[1] is not None]
    stop = _edge(window, good_ahead[-1][0] if good_ahead else hit.time, _STRIDE)
    start = _edge(window, good_behind[-1][0] if good_behind else hit.time, -_STRIDE)
    agreements = [each for _, each in (*good_behind, *good_ahead) if each is not None]
    return StillFound(start, stop, registration.matrix, (agreed, *agreements))


def _walk(
    window: Window, still: Array, time: float, matrix: Array, step: float
) -> Iterator[tuple[float, Agreement | None]]:
    """Moments further and further away, and how far they agree; ends with one that does not."""
    for count in range(1, int(_LONGEST / abs(step))):
        at = time + count * step
        if at < 0 or at >= window.seconds:
            return
        frames = window.between(at, at + 0.1).frames
        if not len(frames):
            return
        matrix, score = refined(still, frames[0], matrix)
        agreed = agreement(still, frames[0], matrix) if score >= _FITS else None
        if agreed is None or agreed.agreeing < _HOLDS:
            yield at, None
            return
        yield at, agreed


def _edge(window: Window, last: float, step: float) -> float:
    """Where the shot that `last` lies in ends (or begins, for a negative step), within a step."""
    around = window.between(min(last, last + 1.3 * step), max(last + 0.05, last + 1.3 * step))
    if not len(around):
        return last
    shot = one_shot(around, last)
    if step < 0:
        return float(shot.times[0])
    end = float(shot.times[-1])
    following = around.times[around.times > end]
    return float(following[0]) if len(following) else min(window.seconds, end + 0.04)

"""What follows from a closer look: this very material, a look-alike, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkthegate.fingerprint.film_differing import Differing, differing
from checkthegate.model import Grade

if TYPE_CHECKING:
    from checkthegate.fingerprint.film_closer import Found, Hit
    from checkthegate.fingerprint.film_scoring import Score
    from checkthegate.fingerprint.film_source import Source
    from checkthegate.fingerprint.film_stills import StillFound

SAME_TAKE: Final = 0.75
"""From this correlation of movement on, it is this take, where nothing differs and enough moves.
(Measured: the same take, finished, 0.80 and more; other takes of the same set-up 0.69 and less,
0.86 where only little moves and a part of the picture differs.)"""

_SURELY: Final = 0.88
"""From this correlation on, it is this take, although little moves or a part differs."""

_HARDLY_DIFFERS, _MOVES_SOME, _MOVES_WELL, _LIKELY = 0.06, 8.0, 16.0, 0.84
_REST_AGREES, _REST_LEFT, _MOST_DIFFERS = 0.92, 0.35, 0.65
_MOVES: Final = 4.0
_LOOKS_ALIKE, _LIES_ALIKE = 0.6, 0.45
_SHORTEST, _SHORTEST_BACKWARDS = 0.35, 1.5
_BRIEF, _SURELY_BRIEF, _BEYOND_DOUBT = 0.8, 0.96, 0.94
_SLOWEST, _FASTEST = 0.775, 1.29
_NEVER = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A match in the making: from when to when, of which source, how sure.

    `found` and `differs` are there as far as they are known: a still has no `found`.
    """

    source: Source
    start: float
    stop: float
    grade: Grade
    distance: float
    differs: float | None = None
    found: Found | None = None

    def overlaps(self, other: Judged) -> bool:
        """Whether most of the shorter one lies inside of the other."""
        shared = min(self.stop, other.stop) - max(self.start, other.start)
        return shared > 0.5 * min(self.stop - self.start, other.stop - other.start)


def judged_by_movement(found: Found, hit: Hit) -> Judged | None:
    """The judgement on a film that was aligned."""
    score = found.score
    target, visible = found.shot.on_source(found.fit.matrix, found.source.shape)
    apart = differing(target, found.source.moving, visible, found.fit.line)
    same = score.correlation >= _enough(score, apart) or _under_something(apart)
    same = same and score.correlation >= _asked_of(found)
    if same and score.moving >= _MOVES and found.stop - found.start >= _SHORTEST:
        distance = 1.0 - max(score.correlation, apart.rest.correlation)
        return _judged(found, Grade.PROVEN, distance, apart.share)
    if hit.likeness >= _LOOKS_ALIKE or found.content >= _LIES_ALIKE:
        return _judged(found, Grade.SUSPECTED, 1.0 - 0.5 * max(0.0, hit.likeness), None)
    return None


def _enough(score: Score, apart: Differing) -> float:
    """The correlation that proves it: the less moves and the more differs, the higher."""
    if apart.share > _HARDLY_DIFFERS or score.moving < _MOVES_SOME:
        return _SURELY
    return SAME_TAKE if score.moving >= _MOVES_WELL else _LIKELY


def _asked_of(found: Found) -> float:
    """The least correlation where chance has it easy: a moment, backwards, far from its own speed.

    Few films are turned round, while many a pan looks for a moment like another one.
    """
    seconds, speed = found.stop - found.start, found.fit.line.speed
    if speed < 0 and seconds < _SHORTEST_BACKWARDS:
        return _NEVER
    odd = speed < 0 or not _SLOWEST <= abs(speed) <= _FASTEST
    return _SURELY_BRIEF if odd or seconds < _BRIEF else 0.0


def doubtful(found: Found) -> bool:
    """Whether the agreement is such that how the match ends has to say whether it is one."""
    return found.score.correlation < _BEYOND_DOUBT


def may_be_still(found: Found) -> bool:
    """Whether so little moves that the rule of stills has to decide."""
    if found.score.correlation >= SAME_TAKE and found.score.moving >= _MOVES:
        return False
    ends = sorted(found.fit.line.source_at(each) for each in (found.start, found.stop))
    return found.source.hardly_moves(ends[0], ends[1])


def judged_as_still(source: Source, found: StillFound) -> Judged:
    """The judgement on a picture in which nothing moves."""
    grade = Grade.PROVEN if found.same else Grade.SUSPECTED
    distance = 1.0 - found.correlation * (1.0 - found.differs)
    return Judged(source, found.start, found.stop, grade, distance, found.differs)


def _judged(found: Found, grade: Grade, distance: float, differs: float | None) -> Judged:
    return Judged(found.source, found.start, found.stop, grade, distance, differs, found)


def _under_something(apart: Differing) -> bool:
    """Whether all the movement that nothing was laid over is that of the source."""
    return (
        apart.share <= _MOST_DIFFERS
        and apart.left >= _REST_LEFT
        and apart.rest.correlation >= _REST_AGREES
        and apart.rest.moving >= _MOVES
    )

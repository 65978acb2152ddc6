"""How far two registered pictures agree: this very picture, however finished, or another one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.blocks import OFFSET, STEP, compared
from checkthegate.fingerprint.geometry import scaled, warped
from checkthegate.fingerprint.moved import moved_points
from checkthegate.fingerprint.overlays import overlaid

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.blocks import Blocks

    Array = numpy.ndarray[Any, Any]

GRID: Final = 320
"""Pictures are compared with the source's longest side at this many pixels."""

_ENOUGH_DETAIL = 20
_AGREES = 0.9
_MOST_CHANGED = 0.006
_MOST_OVERLAID = 0.3
_MOST_MOVED = 0.004
_FEW = 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two registered pictures agree where both are visible. All shares are 0..1.

    `covered`: of the source's frame that is visible in the target; `target_covered`: of the
    target's frame that it fills. Of the visible blocks: `overlaid`, where lettering or a bar lies
    over the picture, and `differs`, all that do not agree. Of the blocks with detail that nothing
    lies over, `detailed` many: `agreeing`, and `changed`, which hold something else. Of the points
    followed, `moved_points` many: `moved`, found elsewhere. `correlation` is the mean likeness.
    """

    covered: float
    target_covered: float
    agreeing: float = 0.0
    differs: float = 1.0
    correlation: float = 0.0
    overlaid: float = 0.0
    changed: float = 1.0
    moved: float = 0.0
    moved_points: int = 0
    detailed: int = 0

    @property
    def same(self) -> bool:
        """Whether this is the very picture: all detail agrees but for what was laid over it."""
        return (
            self.detailed >= _ENOUGH_DETAIL
            and self.overlaid <= _MOST_OVERLAID
            and self.agreeing >= _AGREES
            and self.changed <= _MOST_CHANGED
            and (self.moved_points <= _FEW or self.moved <= _MOST_MOVED)
        )


def agreement(source: Array, target: Array, matrix: Array) -> Agreement:
    """How far two uint8 pictures agree, the target lying where `matrix` (in shares) says.

    Both may be grey or rgb. Where both are rgb, a block that agrees in one colour agrees: grades
    clip colours one by one.
    """
    here = scaled(source, GRID)
    laid, seen = warped(target, matrix, here.shape)
    covered = float(seen.mean())
    grown = abs(float(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]))
    blocks = compared(here, _grey(laid), seen)
    if blocks is None or not blocks.detailed.any():
        return Agreement(covered, min(1.0, covered * grown))
    if laid.ndim == here.ndim == 3 and blocks.differing.any():
        blocks = _by_colour(blocks, here, laid, seen)
    finer, _ = warped(_grey(target), matrix, (2 * here.shape[0], 2 * here.shape[1]))
    bars, letters = overlaid(blocks, finer)
    places, followed = moved_points(blocks.pair[0], blocks.pair[1], seen)
    moved = _outside(places, bars)
    return _summed(blocks, bars | letters, covered, min(1.0, covered * grown), moved, followed)


def _by_colour(blocks: Blocks, here: Array, laid: Array, seen: Array) -> Blocks:
    """The blocks, those that agree in one of the target's colours no longer differing."""
    for colour in range(3):
        found = compared(here, laid[..., colour], seen)
        if found is not None:
            agreeing = blocks.agreeing | (blocks.differing & found.agreeing)
            differing = blocks.differing & ~agreeing
            blocks = replace(blocks, agreeing=agreeing, differing=differing)
    return blocks


def _grey(picture: Array) -> Array:
    import cv2
    import numpy

    if picture.ndim == 2:
        return picture
    return numpy.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def _summed(
    blocks: Blocks, over: Array, covered: float, filled: float, moved: int, followed: int
) -> Agreement:
    bare = blocks.detailed & ~over
    count, visible = int(bare.sum()), int(blocks.visible.sum())
    differing = int(blocks.differing.sum())
    changed = differing - int(over.sum())
    return Agreement(
        covered,
        filled,
        agreeing=float(blocks.agreeing.sum() / max(1, count)),
        differs=differing / visible,
        correlation=float(blocks.likeness[bare].mean()) if count else 0.0,
        overlaid=float(over.sum() / visible),
        changed=changed / max(1, count),
        moved=moved / max(1, followed),
        moved_points=moved,
        detailed=count,
    )


def _outside(places: Array, bars: Array) -> int:
    """How many places do not lie on or beside a bar, where chance finds likenesses."""
    import cv2
    import numpy

    if not bars.any():
        return len(places)
    wide = cv2.dilate(bars.astype(numpy.uint8), numpy.ones((5, 5)))
    rows = ((places[:, 1] - OFFSET + STEP // 2) // STEP).clip(0, bars.shape[0] - 1)
    columns = ((places[:, 0] - OFFSET + STEP // 2) // STEP).clip(0, bars.shape[1] - 1)
    return int((wide[rows, columns] == 0).sum())

"""Tells what was laid over a picture (time-code, titles, bars) from a picture that changed.

Measured on takes with and without burn-ins: where something moved, source and target hold about
as much detail; lettering adds detail, most of it finer than what lenses draw; a bar runs
from edge to edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.blocks import OFFSET, STEP, smooth

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.blocks import Blocks

    Array = numpy.ndarray[Any, Any]

_ADDED = 2.0
_MOSTLY = 0.65
_FINE, _FINEST = 0.62, 0.8
_THICKEST_BAR = 0.36
_FILLED = 0.65


def overlaid(blocks: Blocks, finer: Array) -> Array:
    """bool, of the blocks' shape: differing blocks that are lettering or a bar.

    `finer` is the target warped onto the source's grid at twice its size.
    """
    import numpy

    found = numpy.zeros(blocks.differing.shape, bool)
    if not blocks.differing.any():
        return found
    fineness = _fineness(finer)
    frame = _frame(blocks.visible)
    for here, box in _groups(blocks.differing | blocks.retoned):
        if _is_bar(box, frame):
            found |= here
    for here, _ in _groups(blocks.differing & ~found):
        if _is_lettering(here, blocks, fineness):
            found |= here
    return found & blocks.differing


def _groups(chosen: Array) -> Iterator[tuple[Array, Array]]:
    """Blocks that touch, and the box around them: left, top, width, height, count."""
    import cv2
    import numpy

    count, labels, boxes, _ = cv2.connectedComponentsWithStats(
        chosen.astype(numpy.uint8), connectivity=8
    )
    for label in range(1, count):
        yield labels == label, boxes[label]


def _frame(visible: Array) -> tuple[int, int, int, int]:
    """The first column and row of what is visible, and how many there are of each."""
    import numpy

    rows, columns = (numpy.flatnonzero(visible.any(axis=axis)) for axis in (1, 0))
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def _is_bar(box: Array, frame: tuple[int, int, int, int]) -> bool:
    """From edge to edge of the picture, at one of its borders, full and not too thick."""
    left, top, width, height, count = (int(each) for each in box)
    left, top = left - frame[0], top - frame[1]
    columns, rows = frame[2:]
    if count < _FILLED * width * height:
        return False
    lying = width >= columns - 2 and height <= _THICKEST_BAR * rows
    standing = height >= rows - 2 and width <= _THICKEST_BAR * columns
    at_top_or_bottom = top <= 1 or top + height >= rows - 1
    at_a_side = left <= 1 or left + width >= columns - 1
    return (lying and at_top_or_bottom) or (standing and at_a_side)


def _is_lettering(here: Array, blocks: Blocks, fineness: tuple[Array, Array]) -> bool:
    before, after = blocks.source[here], blocks.target[here]
    added = after.sum() > _ADDED * (before.sum() + 1)
    mostly = (after > 1.5 * before).mean() >= _MOSTLY
    fine = fineness[0][here].mean() / (fineness[1][here].mean() + 1e-3)
    return bool(fine >= _FINEST or (added and mostly and fine >= _FINE))


def _fineness(finer: Array) -> tuple[Array, Array]:
    """Per block: energy of strokes, and of what is a little coarser."""
    import itertools

    import cv2
    import numpy

    picture = finer.astype(numpy.float32)
    layers = [smooth(picture, width) for width in (0.7, 1.6, 4.0)]
    start, step = 2 * OFFSET, 2 * STEP
    energies = [
        cv2.blur((sharper - softer) ** 2, (step, step))[start::step, start::step]
        for sharper, softer in itertools.pairwise(layers)
    ]
    return energies[0], energies[1]

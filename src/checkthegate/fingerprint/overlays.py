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
_FILLED, _RAGGED = 0.6, 1
_ONE_TONE, _TONES = 0.4, 16


def overlaid(blocks: Blocks, finer: Array) -> tuple[Array, Array]:
    """bool, of the blocks' shape: differing blocks that are a bar, and those that are lettering.

    `finer` is the target warped onto the source's grid at twice its size.
    """
    import numpy

    bars, letters = (numpy.zeros(blocks.differing.shape, bool) for _ in range(2))
    if not blocks.differing.any():
        return bars, letters
    left, top, right, bottom = _frame(blocks.visible)
    inner = (slice(top, bottom), slice(left, right))
    for here in _groups(blocks.differing | blocks.retoned):
        bars[inner] |= _bar(here[inner]) | _bar(here[inner].T).T
    if bars.any() and not _of_one_tone(bars, finer):
        bars[:] = False
    fineness = _fineness(finer)
    for here in _groups(blocks.differing & ~bars):
        if _is_lettering(here, blocks, fineness):
            letters |= here
    return bars & blocks.differing, letters


def _groups(chosen: Array) -> Iterator[Array]:
    """Blocks that touch, group by group, as bool of the same shape."""
    import cv2
    import numpy

    count, labels = cv2.connectedComponents(chosen.astype(numpy.uint8), connectivity=8)
    for label in range(1, count):
        yield labels == label


def _frame(visible: Array) -> tuple[int, int, int, int]:
    """The columns and rows of what is visible: left, top, right, bottom (exclusive)."""
    import numpy

    rows, columns = (numpy.flatnonzero(visible.any(axis=axis)) for axis in (1, 0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _bar(group: Array) -> Array:
    """Of a group of blocks within the visible frame: the part that is a bar along the first or
    the last rows, from edge to edge and not too thick. What hangs out of it is not part of it."""
    import numpy

    found = numpy.zeros_like(group)
    full = group.mean(axis=1) >= _FILLED
    for turned, part in ((full, found), (full[::-1], found[::-1])):
        ends = numpy.flatnonzero(turned[:2])
        if not len(ends):
            continue
        gaps = numpy.flatnonzero(~turned[ends[0] :])
        count = int(ends[0] + gaps[0]) if len(gaps) else len(turned)
        if count <= _THICKEST_BAR * len(turned):
            part[: count + _RAGGED] = True
    return numpy.asarray(found & group)


def _of_one_tone(here: Array, finer: Array) -> bool:
    """Whether most of the target here is of one tone: a bar, whatever is written on it."""
    import numpy

    rows, columns = numpy.nonzero(here)
    middle = 2 * OFFSET + 2 * STEP * rows, 2 * OFFSET + 2 * STEP * columns
    reach = numpy.arange(-STEP, STEP)
    down = (middle[0][:, None, None] + reach[:, None]).clip(0, finer.shape[0] - 1)
    across = (middle[1][:, None, None] + reach[None, :]).clip(0, finer.shape[1] - 1)
    tones = numpy.bincount(finer[down, across].ravel().astype(numpy.int64), minlength=256)
    near = numpy.convolve(tones, numpy.ones(_TONES), "same")
    return bool(near.max() >= _ONE_TONE * tones.sum())


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

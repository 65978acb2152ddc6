"""Two pictures on one grid compared block by block, once grade and sharpness are fitted."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

STEP: Final = 8
"""A block every so many pixels of the grid, each way."""

OFFSET: Final = 10
"""Where the middle of the first block lies."""

_BOX = 15
_FINE, _COARSE = 1.0, 4.0
_BLURS = (0.7, 1.2, 1.8, 2.6)
_CLEARLY_BETTER = 0.003
_QUIETEST = 0.5
_STANDS_OUT = 10.0
_AGREES, _DISAGREES = 0.75, 0.6
_MARGIN = 3
_RETONED = 20.0
_WEIGHTS = (0.299, 0.587, 0.114)
_CALM, _HOLD = 0.8, 0.003
_ENOUGH_TO_GRADE, _ENOUGH_OF_A_LEVEL = 2000, 24


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """What each block says; arrays of one shape (rows, columns).

    `visible`: the block lies wholly in both pictures. `detailed`: and holds detail that grain and
    coding cannot explain. `agreeing` and `differing` are among the detailed ones. `retoned`: the
    block does not agree and is much lighter or darker than the grade explains. `likeness` is
    the correlation of detail (-1..1); `source` and `target` are its energies in grey levels
    squared, the source's as the grade would make it. `noise` is what the source leaves unexplained
    in quiet blocks; `gain` is the contrast of the grade.
    """

    visible: Array
    detailed: Array
    agreeing: Array
    differing: Array
    retoned: Array
    likeness: Array
    source: Array
    target: Array
    noise: float
    gain: float
    pair: Array


def compared(source: Array, target: Array, seen: Array) -> Blocks | None:
    """Blocks of two pictures of one height and width, the target warped onto the source's grid;
    `seen` says where it is visible. None when no whole block is.

    The target is grey. The source is grey or rgb: then a grade that weighs colours differently is
    fitted too.
    """
    import numpy

    visible = _whole(seen)
    if not visible.any():
        return None
    there = target.astype(numpy.float32)
    here = _weighed(source, there, seen)
    alike = _likeness(*_energies(here, there)) >= _AGREES
    here = _graded(here, there, _at_pixels(alike & visible, here.shape))
    there = numpy.where(seen, there, here)
    pair = _equally_sharp(here, there, visible)
    both, own, other = _energies(*pair)
    likeness = _likeness(both, own, other)
    gain = _contrast(both, own, visible & (likeness > 0.8))
    rest = other - both * both / (own + 1e-3)
    noise = max(_QUIETEST, float(numpy.quantile(rest[visible], 0.3)))
    expected = gain * gain * own
    detailed = visible & (numpy.maximum(expected, other) > _STANDS_OUT * noise)
    agreeing = detailed & (likeness >= _AGREES)
    differing = detailed & (likeness < _DISAGREES)
    retoned = visible & ~agreeing & (abs(at_blocks(here - there)) > _RETONED)
    return Blocks(
        visible,
        detailed,
        agreeing,
        differing,
        retoned,
        likeness,
        expected,
        other,
        noise,
        gain,
        numpy.stack(pair),
    )


def _weighed(source: Array, there: Array, seen: Array) -> Array:
    """The source as grey, its colours weighed as the target's grade does: the weights that explain
    the target's detail best, near the usual ones where it says little."""
    import numpy

    if source.ndim == 2:
        return source.astype(numpy.float32)
    usual = numpy.array(_WEIGHTS, numpy.float32)
    colours = source.astype(numpy.float32)
    plain: Array = colours @ usual
    own = numpy.stack([detail(colours[..., each])[seen] for each in range(3)], axis=1)
    wanted = detail(there)[seen]
    scale = float(own @ usual @ wanted) / float(((own @ usual) ** 2).sum() + 1.0)
    kept = numpy.abs(wanted - scale * (own @ usual))
    calm = kept <= numpy.quantile(kept, _CALM) + 1e-6
    own, wanted = own[calm], wanted[calm]
    hold = _HOLD * float((own**2).sum()) * numpy.eye(3)
    weights = numpy.linalg.solve(own.T @ own + hold, own.T @ wanted + hold @ (scale * usual))
    if weights.sum() <= 0.1 or abs(weights).max() > 4:
        return plain
    return numpy.asarray(colours @ (weights / weights.sum()).astype(numpy.float32))


def _graded(here: Array, there: Array, alike: Array) -> Array:
    """The source with the target's grade: to each of its levels the middle one of the target's
    where the two are alike, never falling. So what the grade clips is not missed later."""
    import numpy

    if alike.sum() < _ENOUGH_TO_GRADE:
        return here
    levels = numpy.clip(here[alike] / 4, 0, 63).astype(numpy.int64)
    order = numpy.argsort(levels, kind="stable")
    starts = numpy.searchsorted(levels[order], numpy.arange(65))
    values = there[alike][order]
    known = [
        (4 * level + 2, float(numpy.median(values[first:last])))
        for level, (first, last) in enumerate(itertools.pairwise(starts))
        if last - first >= _ENOUGH_OF_A_LEVEL
    ]
    if len(known) < 2:
        return here
    places, tones = (numpy.array(each) for each in zip(*known, strict=True))
    curve = numpy.maximum.accumulate(tones)
    graded: Array = numpy.interp(here, places, curve).astype(numpy.float32)
    return graded


def _at_pixels(chosen: Array, shape: tuple[int, ...]) -> Array:
    """bool[height,width]: pixels that lie in the middle of a chosen block."""
    import numpy

    wide = numpy.kron(chosen, numpy.ones((STEP, STEP), bool))
    found = numpy.zeros(shape, bool)
    start = OFFSET - STEP // 2
    rows, columns = min(shape[0] - start, wide.shape[0]), min(shape[1] - start, wide.shape[1])
    found[start : start + rows, start : start + columns] = wide[:rows, :columns]
    return found


def _likeness(both: Array, own: Array, other: Array) -> Array:
    import numpy

    likeness: Array = both / numpy.sqrt(own * other + 0.05)
    return likeness


def smooth(picture: Array, width: float) -> Array:
    """The picture blurred by a Gaussian of this width in pixels."""
    import cv2
    import numpy

    return numpy.asarray(cv2.GaussianBlur(picture, (0, 0), width))


def at_blocks(picture: Array) -> Array:
    """The mean of the picture in each block."""
    import cv2

    means: Array = cv2.blur(picture, (_BOX, _BOX))
    return means[OFFSET::STEP, OFFSET::STEP]


def _whole(seen: Array) -> Array:
    """Blocks that are visible everywhere; what lies at the source's very edge is not."""
    import numpy

    inner = seen.astype(numpy.float32)
    inner[:_MARGIN], inner[-_MARGIN:] = 0, 0
    inner[:, :_MARGIN], inner[:, -_MARGIN:] = 0, 0
    return numpy.asarray(at_blocks(inner) > 0.999)


def _equally_sharp(here: Array, there: Array, visible: Array) -> tuple[Array, Array]:
    """Both pictures, the sharper one blurred so far that most blocks agree best."""
    best = (here, there)
    score = _typical(_energies(*best), visible)
    for blurred in (0, 1):
        for width in _BLURS:
            pair = (smooth(here, width), there) if blurred == 0 else (here, smooth(there, width))
            now = _typical(_energies(*pair), visible)
            if now <= score + _CLEARLY_BETTER:
                break
            best, score = pair, now
    return best


def _energies(here: Array, there: Array) -> tuple[Array, Array, Array]:
    one, two = detail(here), detail(there)
    return at_blocks(one * two), at_blocks(one * one), at_blocks(two * two)


def detail(picture: Array) -> Array:
    """What lies between fine grain and coarse shading."""
    found: Array = smooth(picture, _FINE) - smooth(picture, _COARSE)
    return found


def _typical(energies: tuple[Array, Array, Array], visible: Array) -> float:
    """The likeness of the middle one among the blocks that hold most."""
    import numpy

    both, own, other = (energy[visible] for energy in energies)
    shared = numpy.minimum(own, other)
    rich = shared >= numpy.median(shared)
    return float(numpy.median((both / numpy.sqrt(own * other + 0.25))[rich]))


def _contrast(both: Array, own: Array, good: Array) -> float:
    import numpy

    if good.sum() < 6:
        return 1.0
    return float(numpy.clip(numpy.median((both / (own + 1e-3))[good]), 0.2, 5.0))

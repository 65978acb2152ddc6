"""Where an aligned target holds something else than the source: what was laid over, or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.film_scoring import NO_SCORE, Score, compared, paired
from checkthegate.fingerprint.film_tones import fitted_tone, toned

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.aligning import Line
    from checkthegate.fingerprint.motion import Moving

    Array = numpy.ndarray[Any, Any]

_CELL = 4
_UNLIKE = 0.5
_FLAT = 12.0
_LEVELS, _SHARE_OF_CONTRAST = 14.0, 0.5
_MOST_FRAMES = 48
_MOMENT = 0.16


@dataclass(frozen=True, slots=True, eq=False)
class Differing:
    """What of the frame differs over the whole time: `cells` bool[h/4,w/4] of the grid, the
    `share` of visible cells, and the score of the rest, which holds `left` (0..1) of the source's
    movement."""

    cells: Array
    share: float
    rest: Score = NO_SCORE
    left: float = 0.0


def differing(target: Moving, source: Moving, visible: Array, line: Line) -> Differing:
    """Where a target that lies on the source's grid along a line differs from it."""
    import numpy

    pair = paired(target, source, visible, line)
    if not len(pair):
        return Differing(numpy.zeros((0, 0), bool), 0.0)
    some = numpy.linspace(0, len(pair) - 1, min(len(pair), _MOST_FRAMES)).round().astype(int)
    there, here, present = pair.there[some], pair.here[some], _present(visible)
    cells = _unlike(there, here) & present
    for _ in range(2):
        kept = _outside(cells, visible)
        if kept.sum() < visible.sum() // 8:
            break
        # The grade is fitted again, without what differs.
        cells = _unlike(there, _retoned(here, there, kept)) & present
    share = float(cells[present].mean()) if present.any() else 0.0
    kept = _outside(cells, visible)
    if not cells.any() or not kept.any():
        return Differing(cells, share)
    lag = max(1, round(_MOMENT / pair.step))
    left = _energy(pair.here, kept, lag) / _energy(pair.here, visible, lag)
    return Differing(cells, share, compared(pair, kept), left)


def _unlike(there: Array, here: Array) -> Array:
    """bool: cells whose picture or movement does not agree over all frames."""
    import numpy

    one, two = _blocks(here), _blocks(there)
    mean_one, mean_two = one.mean(axis=(0, 1)), two.mean(axis=(0, 1))
    one, two = one - mean_one, two - mean_two
    own, other = (one * one).mean(axis=(0, 1)), (two * two).mean(axis=(0, 1))
    likeness = (one * two).mean(axis=(0, 1)) / numpy.sqrt(own * other + 1e-3)
    contrast = numpy.sqrt(numpy.maximum(own, other))
    detailed = numpy.maximum(own, other) > _FLAT
    lighter = numpy.abs(mean_one - mean_two) > _LEVELS + _SHARE_OF_CONTRAST * contrast
    return numpy.asarray((detailed & (likeness < _UNLIKE)) | lighter)


def _blocks(frames: Array) -> Array:
    """[T,16,rows,columns]: the pixels of each cell."""
    count, rows, columns = frames.shape
    rows, columns = rows // _CELL, columns // _CELL
    even = frames[:, : rows * _CELL, : columns * _CELL]
    apart = even.reshape(count, rows, _CELL, columns, _CELL).transpose(0, 2, 4, 1, 3)
    found: Array = apart.reshape(count, _CELL * _CELL, rows, columns)
    return found


def _present(visible: Array) -> Array:
    found: Array = _blocks(visible[None].astype("float32")).mean(axis=(0, 1)) > 0.99
    return found


def _outside(cells: Array, visible: Array) -> Array:
    """The visible pixels that lie in no differing cell."""
    import numpy

    rows, columns = visible.shape
    large = numpy.kron(cells, numpy.ones((_CELL, _CELL), bool))
    outside = numpy.zeros(visible.shape, bool)
    outside[: large.shape[0], : large.shape[1]] = large[:rows, :columns]
    return numpy.asarray(visible & ~outside)


def _retoned(here: Array, there: Array, kept: Array) -> Array:
    return toned(fitted_tone(here[:, kept], there[:, kept]), here)


def _energy(frames: Array, visible: Array, lag: int) -> float:
    steps = (frames[lag:] - frames[:-lag])[:, visible]
    return float((steps * steps).sum()) + 1e-6

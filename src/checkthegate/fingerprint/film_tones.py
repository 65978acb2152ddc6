"""The grade between two films as one curve: which grey of the source became which of the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

_BINS = 20
_FEWEST = 24
_MOST_POINTS = 12_000
_STEEPEST, _FLATTEST = 4.0, 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """A rising curve through points: `source` and `target` float32[n] in grey levels."""

    source: Array
    target: Array

    def __call__(self, grey: Array) -> Array:
        """float32: the source's greys as the target shows them; straight on beyond the ends."""
        import numpy

        table = numpy.interp(numpy.arange(256), self.source, self.target)
        for ends, at in ((slice(0, 2), 0), (slice(-2, None), -1)):
            slope = numpy.diff(self.target[ends])[0] / max(1e-3, numpy.diff(self.source[ends])[0])
            slope = min(max(slope, _FLATTEST), _STEEPEST)
            beyond = numpy.arange(256) < self.source[0] if at == 0 else None
            outside = beyond if beyond is not None else numpy.arange(256) > self.source[-1]
            straight = self.target[at] + slope * (numpy.arange(256) - self.source[at])
            table = numpy.where(outside, straight, table)
        return _looked_up(table.astype(numpy.float32), grey)


def _looked_up(table: Array, grey: Array) -> Array:
    """The table at greys that may lie between its entries."""
    import numpy

    inside = numpy.clip(grey, 0, 254.999)
    low = inside.astype(numpy.uint8)
    share = inside - low
    here: Array = table[low]
    here += share * numpy.diff(table, append=table[-1])[low]
    return here


def fitted_tone(source: Array, target: Array) -> Tone:
    """The curve from pairs of greys (arrays of one size), led by what most of them say."""
    import numpy

    source, target = source.ravel(), target.ravel()
    stride = max(1, len(source) // _MOST_POINTS)
    source, target = source[::stride], target[::stride]
    edges = numpy.unique(numpy.quantile(source, numpy.linspace(0, 1, _BINS + 1)))
    bins = numpy.searchsorted(edges[1:-1], source)
    order = numpy.argsort(bins, kind="stable")
    cuts = numpy.searchsorted(bins[order], numpy.arange(1, len(edges) - 1))
    groups = [group for group in numpy.split(order, cuts) if len(group) >= _FEWEST]
    if len(groups) < 2:
        return _shifted(source, target)
    lows = numpy.array([numpy.median(source[group]) for group in groups], numpy.float32)
    highs = numpy.array([numpy.median(target[group]) for group in groups], numpy.float32)
    lows, first = numpy.unique(lows, return_index=True)
    if len(lows) < 2:
        return _shifted(source, target)
    return Tone(lows, numpy.maximum.accumulate(highs[first]))


def _shifted(source: Array, target: Array) -> Tone:
    """For a picture of one grey: as much lighter or darker, nothing else."""
    import numpy

    shift = float(numpy.median(target) - numpy.median(source)) if len(source) else 0.0
    ends = numpy.array([0, 255], numpy.float32)
    return Tone(ends, ends + shift)

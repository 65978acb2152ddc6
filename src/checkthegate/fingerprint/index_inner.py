"""All 512-dimensional vectors whose inner product with a query reaches a threshold, exactly.

Vectors are stored as float16, and the truth is defined over what is stored: a score is the product
of the float32 query and the stored vector, added up in float64 and rounded to float32.

The fast way looks at a copy in 8 bits first. With the row x = x̂ + e (x̂ what the 8 bits say) and the
query q = q̂ + f (q̂ in 7 bits), q·x = q̂·x̂ + f·x̂ + q·e ≤ q̂·x̂ + |f||x̂| + |q||e|, and the greatest
lengths of x̂ and e are known for each block of rows: a row whose whole-number product q̂·x̂ is too
small even so cannot reach the threshold. The others are scored from what is stored. Nothing is ever
left out, however vectors are distributed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.index_files import as_columns, in_order, mapped, save
from checkthegate.fingerprint.index_multiply import MIDDLE, multiplier

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]
    Hits = tuple[Array, Array, Array]

WIDTH = 512
_BLOCK = 2048
_QUERIES_AT_ONCE = 256
_PAIRS_AT_ONCE = 128
# Components of unit vectors of this width are rarely beyond six times 1/sqrt(512).
_STEP = 0.25 / 127
# More than what rounding can do to bounds that are computed in float64.
_ROUNDING = 1e-6


def write(folder: Path, vectors: Array, ids: Array) -> None:
    """Write an index over unit vectors of shape (n, 512), with int64 ids of shape (n, k).

    Raises `ValueError` for another shape or numbers that are not finite, `OSError`.
    """
    import numpy

    stored = numpy.asarray(vectors, dtype=numpy.float16).reshape(-1, WIDTH)
    if not numpy.isfinite(stored).all():
        raise ValueError("a vector holds something that is not a number")
    columns = as_columns(ids, len(stored))
    codes, bounds = _quantised(stored)
    save(folder, "vectors", stored)
    save(folder, "vector-codes", codes)
    save(folder, "vector-bounds", bounds)
    save(folder, "vector-ids", columns)


def load(folder: Path) -> InnerIndex:
    """The index in a folder, mapped. Raises `ValueError`, `OSError`."""
    vectors = mapped(folder, "vectors", "float16", WIDTH)
    codes = mapped(folder, "vector-codes", "int8", WIDTH)
    bounds = mapped(folder, "vector-bounds", "float64", 2)
    ids = mapped(folder, "vector-ids", "int64")
    if not len(vectors) == len(codes) == len(ids) or len(bounds) != -(-len(codes) // _BLOCK):
        raise ValueError("the parts of the index do not fit together")
    return InnerIndex(vectors, codes, bounds, ids)


@dataclass(frozen=True, slots=True)
class InnerIndex:
    """Vectors (float16, n × 512), their 8-bit codes (int8, block after block, each with
    its first components first), each block's bounds (greatest |e|, greatest |x̂|), and the ids
    (int64, n × k) of each row."""

    vectors: Array
    codes: Array
    bounds: Array
    ids: Array

    def above(self, queries: Array, threshold: float) -> Hits:
        """Every row that scores at least `threshold` with each query (float32, m × 512).

        Three arrays of one length, sorted by query, then row: query numbers and rows (int64),
        scores (float32). Rows are rows of `ids`. Many queries at once cost far less each.
        """
        import numpy

        asked = numpy.asarray(queries, dtype=numpy.float32).reshape(-1, WIDTH)
        parts = [_no_hits()]
        for first in range(0, len(asked), _QUERIES_AT_ONCE):
            group = asked[first : first + _QUERIES_AT_ONCE]
            for numbers, rows, scores in self._screened(group, numpy.float32(threshold)):
                parts.append((numbers + first, rows, scores))
        return in_order(*(numpy.concatenate(column) for column in zip(*parts, strict=True)))

    def _screened(self, queries: Array, threshold: Any) -> Iterator[Hits]:
        multiply = multiplier()
        if multiply is None:
            yield from _every_block(self.vectors, queries, threshold)
            return
        small, scale, lost = _small(queries)
        least = self._least(queries, scale, lost, float(threshold))
        for number, first in enumerate(range(0, len(self.codes), _BLOCK)):
            block = self.codes[first : first + _BLOCK].reshape(WIDTH, -1)
            numbers, rows = _where(multiply(small, block) >= least[number])
            if len(rows):
                yield _reaching(self.vectors, queries, numbers, rows + first, threshold)

    def _least(self, queries: Array, scale: Array, lost: Array, threshold: float) -> Array:
        """The smallest product that may still reach the threshold: int32 for block and query."""
        import numpy

        lengths = numpy.linalg.norm(queries.astype(numpy.float64), axis=1)
        errors, sizes = self.bounds[:, :1], self.bounds[:, 1:]
        slack = lost[None] * sizes + lengths[None] * errors
        slack += _ROUNDING * (1 + slack + lengths[None])
        least = numpy.floor((threshold - slack) / (scale * _STEP))
        limits = numpy.iinfo(numpy.int32)
        bounded: Array = numpy.clip(least, limits.min, limits.max).astype(numpy.int32)
        return bounded[:, :, None]


def brute_force(vectors: Array, queries: Array, threshold: float) -> Hits:
    """The same by scoring every pair: the slow truth. `vectors` are those stored (float16)."""
    import numpy

    asked = numpy.asarray(queries, dtype=numpy.float32).reshape(-1, WIDTH)
    parts = [_no_hits()]
    for number in range(len(asked)):
        for first in range(0, len(vectors), _BLOCK):
            rows = numpy.arange(first, min(first + _BLOCK, len(vectors)))
            numbers = numpy.full(len(rows), number)
            parts.append(_reaching(vectors, asked, numbers, rows, numpy.float32(threshold)))
    return in_order(*(numpy.concatenate(column) for column in zip(*parts, strict=True)))


def _quantised(stored: Array) -> tuple[Array, Array]:
    """The vectors in 8 bits, and each block's greatest length of error and of the 8-bit vector."""
    import numpy

    codes = numpy.empty(stored.shape, numpy.int8)
    bounds = numpy.zeros((-(-len(stored) // _BLOCK), 2))
    for number, first in enumerate(range(0, len(stored), _BLOCK)):
        block = stored[first : first + _BLOCK].astype(numpy.float32).astype(numpy.float64)
        levels = numpy.clip(numpy.rint(block / _STEP), -127, 127)
        codes[first : first + _BLOCK].reshape(WIDTH, -1)[:] = levels.T
        bounds[number, 0] = numpy.linalg.norm(block - levels * _STEP, axis=1).max()
        bounds[number, 1] = numpy.linalg.norm(levels * _STEP, axis=1).max()
    return codes, bounds


def _small(queries: Array) -> tuple[Array, Array, Array]:
    """Queries in 7 bits around `MIDDLE` (uint8), their steps, and the lengths of what is lost."""
    import numpy

    whole = queries.astype(numpy.float64)
    scale = numpy.maximum(numpy.abs(whole).max(axis=1), 1e-30) / (MIDDLE - 1)
    levels = numpy.rint(whole / scale[:, None])
    lost = numpy.linalg.norm(whole - levels * scale[:, None], axis=1)
    return (levels + MIDDLE).astype(numpy.uint8), scale, lost


def _where(mask: Array) -> tuple[Array, Array]:
    """Rows and columns of what is true: by the flat index, which is much faster."""
    import numpy

    flat = numpy.flatnonzero(mask)
    return flat // mask.shape[1], flat % mask.shape[1]


def _reaching(vectors: Array, queries: Array, numbers: Array, rows: Array, threshold: Any) -> Hits:
    """Of pairs of a query and a row, those that reach the threshold, with their true scores."""
    import numpy

    scores = numpy.empty(len(rows), numpy.float32)
    for first in range(0, len(rows), _PAIRS_AT_ONCE):
        part = slice(first, first + _PAIRS_AT_ONCE)
        left = queries[numbers[part]].astype(numpy.float64)
        # By way of float32, for which processors have an instruction.
        right = vectors[rows[part]].astype(numpy.float32).astype(numpy.float64)
        scores[part] = (left * right).sum(axis=1)
    reaching = scores >= threshold
    return numbers[reaching], rows[reaching], scores[reaching]


def _every_block(vectors: Array, queries: Array, threshold: Any) -> Iterator[Hits]:
    """Without the fast kernel: float32 products decide what is worth scoring."""
    import numpy

    lengths = numpy.linalg.norm(queries, axis=1)
    for first in range(0, len(vectors), _BLOCK):
        block = vectors[first : first + _BLOCK].astype(numpy.float32)
        # Adding 512 products in float32 is off by less than 512 · 2⁻²⁴ of the lengths' product.
        slack = 1e-4 * lengths * numpy.linalg.norm(block, axis=1).max() + _ROUNDING
        numbers, rows = _where(queries @ block.T >= (threshold - slack)[:, None])
        if len(rows):
            yield _reaching(vectors, queries, numbers, rows + first, threshold)


def _no_hits() -> Hits:
    import numpy

    empty = numpy.empty(0, numpy.int64)
    return empty, empty.copy(), numpy.empty(0, numpy.float32)

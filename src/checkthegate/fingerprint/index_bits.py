"""All 256-bit codes within a Hamming distance, exactly.

A bank is made of folders (segments): adding an entry is writing one more small folder. Codes are
mapped into memory, never copied. The slow truth is `brute_force`, in numpy; `BitIndex.within` is a
faster way to the same answer where faiss is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.index_files import as_columns, in_order, mapped, save

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]
    Hits = tuple[Array, Array, Array]

CODE_BYTES = 32
_QUERIES_AT_ONCE = 256
_ROWS_AT_ONCE = 1 << 16


def write(folder: Path, codes: Array, ids: Array) -> None:
    """Write an index over uint8 codes of shape (n, 32), with int64 ids of shape (n, k).

    Raises `ValueError` for arrays of another shape, `OSError`.
    """
    import numpy

    codes = numpy.asarray(codes, dtype=numpy.uint8).reshape(-1, CODE_BYTES)
    columns = as_columns(ids, len(codes))
    save(folder, "codes", codes)
    save(folder, "code-ids", columns)


def load(folder: Path) -> BitIndex:
    """The index in a folder, mapped. Raises `ValueError`, `OSError`."""
    codes = mapped(folder, "codes", "uint8", CODE_BYTES)
    ids = mapped(folder, "code-ids", "int64")
    if len(ids) != len(codes):
        raise ValueError("the index has another number of ids than of codes")
    return BitIndex(codes, ids)


@dataclass(frozen=True, slots=True)
class BitIndex:
    """256-bit codes (uint8, n × 32) and the ids (int64, n × k) of each row."""

    codes: Array
    ids: Array

    def within(self, queries: Array, radius: int) -> Hits:
        """Every row at a Hamming distance of at most `radius` from each query (uint8, m × 32).

        Three arrays of one length, sorted by query, then row: query numbers and rows (int64),
        distances (int32). Rows are rows of `ids`.
        """
        import numpy

        asked = numpy.ascontiguousarray(queries, dtype=numpy.uint8).reshape(-1, CODE_BYTES)
        if not len(asked) or not len(self.codes) or radius < 0:
            return _no_hits()
        try:
            import faiss
        except ImportError:
            return brute_force(self.codes, asked, radius)
        faiss.omp_set_num_threads(1)
        parts = [
            _scanned(faiss, self.codes, asked[first : first + _QUERIES_AT_ONCE], first, radius)
            for first in range(0, len(asked), _QUERIES_AT_ONCE)
        ]
        return in_order(*(numpy.concatenate(column) for column in zip(*parts, strict=True)))


def brute_force(codes: Array, queries: Array, radius: int) -> Hits:
    """The same by counting differing bits of every pair: the slow truth."""
    import numpy

    parts = list(_counted(codes, queries, radius))
    if not parts:
        return _no_hits()
    return in_order(*(numpy.concatenate(column) for column in zip(*parts, strict=True)))


def _counted(codes: Array, queries: Array, radius: int) -> Iterator[Hits]:
    import numpy

    for number, query in enumerate(queries):
        for first in range(0, len(codes), _ROWS_AT_ONCE):
            block = codes[first : first + _ROWS_AT_ONCE]
            distances = numpy.bitwise_count(block ^ query).sum(axis=1, dtype=numpy.int32)
            near = numpy.flatnonzero(distances <= radius)
            yield numpy.full(len(near), number, numpy.int64), near + first, distances[near]


def _scanned(faiss: Any, codes: Array, queries: Array, first: int, radius: int) -> Hits:
    """One pass of faiss over the mapped codes, without copying them; its radius is exclusive."""
    import numpy

    found = faiss.RangeSearchResult(len(queries))
    faiss.hamming_range_search(
        faiss.swig_ptr(queries),
        faiss.swig_ptr(codes),
        len(queries),
        len(codes),
        min(radius, 8 * CODE_BYTES) + 1,
        CODE_BYTES,
        found,
    )
    limits = faiss.rev_swig_ptr(found.lims, len(queries) + 1).astype(numpy.int64)
    total = int(limits[-1])
    rows = faiss.rev_swig_ptr(found.labels, total).astype(numpy.int64)
    distances = faiss.rev_swig_ptr(found.distances, total).astype(numpy.int32)
    numbers = numpy.repeat(numpy.arange(len(queries)), numpy.diff(limits))
    return numbers + first, rows, distances


def _no_hits() -> Hits:
    import numpy

    empty = numpy.empty(0, numpy.int64)
    return empty, empty.copy(), numpy.empty(0, numpy.int32)

"""The index over all samples of the bank's pictures and films, and what of it comes near.

A folder holds two indexes, over descriptors and over codes, and for each the table that leads
from a row to an entry of the bank and the sample of its fingerprint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.picture_print import CODE_BYTES, DIMENSIONS, samples_of
from checkthegate.model import Unreadable

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.picture_print import PicturePrint
    from checkthegate.seams import Bank

    Array = numpy.ndarray[Any, Any]

_VECTORS: Final = "descriptors"
_CODES: Final = "codes"
_ROWS: Final = "rows.npy"


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """What came near, one a row: the number of the query (int64), of the bank's entry (int64), of
    the sample in its fingerprint (int64), and the score: a cosine, or bits apart (float32)."""

    queries: Array
    numbers: Array
    samples: Array
    scores: Array

    def __len__(self) -> int:
        return len(self.queries)


def write_index(fingerprints: Sequence[tuple[int, bytes]], folder: Path) -> None:
    """Write the indexes over numbered fingerprints into an empty folder.

    A damaged fingerprint is left out; whoever compares it later says so.
    """
    from checkthegate.fingerprint import index_bits, index_inner

    prints = list(_readable(fingerprints))
    vectors, rows = _stacked(prints, "descriptors", DIMENSIONS)
    index_inner.write(_part(folder, _VECTORS, rows), vectors.astype("float32"), _count(rows))
    codes, rows = _stacked(prints, "codes", CODE_BYTES)
    index_bits.write(_part(folder, _CODES, rows), codes.astype("uint8"), _count(rows))


class Proposer:
    """Asks every index of a bank. Opened once a match, indexes mapped and not read."""

    def __init__(self, bank: Bank) -> None:
        self._folders = tuple(bank.folders)
        self._opened: dict[tuple[Path, str], tuple[Any, Array]] = {}

    def near(self, vectors: Array, threshold: float) -> Proposals:
        """All samples whose descriptor has at least this cosine with one of float32[n,512]."""
        found = []
        for folder in self._folders:
            index, rows = self._index(folder, _VECTORS)
            queries, hits, scores = index.above(vectors, threshold)
            found.append((queries, rows[hits], scores))
        return _joined(found)

    def near_codes(self, codes: Array, radius: int) -> Proposals:
        """All samples whose code is at most this many bits from one of uint8[n,32]."""
        found = []
        for folder in self._folders:
            index, rows = self._index(folder, _CODES)
            queries, hits, distances = index.within(codes, radius)
            found.append((queries, rows[hits], distances))
        return _joined(found)

    def _index(self, folder: Path, part: str) -> tuple[Any, Array]:
        key = (folder, part)
        if key not in self._opened:
            import numpy

            from checkthegate.fingerprint import index_bits, index_inner

            load = index_inner.load if part == _VECTORS else index_bits.load
            rows = numpy.load(folder / part / _ROWS, mmap_mode="r", allow_pickle=False)
            self._opened[key] = (load(folder / part), rows)
        return self._opened[key]


def _readable(
    fingerprints: Sequence[tuple[int, bytes]],
) -> list[tuple[int, PicturePrint]]:
    prints = []
    for number, body in fingerprints:
        try:
            prints.append((number, samples_of(body)))
        except Unreadable:
            continue
    return prints


def _stacked(
    prints: Sequence[tuple[int, PicturePrint]], what: str, width: int
) -> tuple[Array, Array]:
    """All samples under one another, and int64[n,2]: the entry and the sample of each."""
    import numpy

    arrays = [numpy.zeros((0, width))]
    rows = [numpy.zeros((0, 2), numpy.int64)]
    for number, print_ in prints:
        array = getattr(print_, what)
        arrays.append(array)
        rows.append(numpy.stack([numpy.full(len(array), number), numpy.arange(len(array))], 1))
    kind = numpy.float32 if what == "descriptors" else numpy.uint8
    return numpy.concatenate([a.astype(kind) for a in arrays]), numpy.concatenate(rows)


def _part(folder: Path, name: str, rows: Array) -> Path:
    import numpy

    part = folder / name
    part.mkdir()
    numpy.save(part / _ROWS, rows, allow_pickle=False)
    return part


def _count(rows: Array) -> Array:
    import numpy

    return numpy.arange(len(rows), dtype=numpy.int64)


def _joined(found: Sequence[tuple[Array, Array, Array]]) -> Proposals:
    import numpy

    if not found:
        none = numpy.zeros(0, numpy.int64)
        return Proposals(none, none, none, numpy.zeros(0, numpy.float32))
    queries, rows, scores = (numpy.concatenate(part) for part in zip(*found, strict=True))
    return Proposals(queries, rows[:, 0], rows[:, 1], scores.astype(numpy.float32))

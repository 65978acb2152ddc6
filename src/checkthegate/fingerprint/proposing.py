"""The index over all samples of the bank's pictures and films, and what of it comes near.

A folder holds two indexes, over descriptors and over codes. The ids of a row are the number of an
entry of the bank, and the number of the sample in its fingerprint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkthegate.fingerprint.picture_print import CODE_BYTES, DIMENSIONS, samples_of
from checkthegate.model import Unreadable

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.index_bits import BitIndex
    from checkthegate.fingerprint.index_inner import InnerIndex
    from checkthegate.fingerprint.picture_print import PicturePrint
    from checkthegate.seams import Bank

    Array = numpy.ndarray[Any, Any]
    Hits = tuple[Array, Array, Array]


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

    prints = _readable(fingerprints)
    index_inner.write(folder, *_stacked(prints, "descriptors", DIMENSIONS))
    index_bits.write(folder, *_stacked(prints, "codes", CODE_BYTES))


class Proposer:
    """Asks every index of a bank. Opened once a match, indexes mapped and not read."""

    def __init__(self, bank: Bank) -> None:
        self._folders = tuple(bank.folders)
        self._vectors: list[InnerIndex] | None = None
        self._codes: list[BitIndex] | None = None

    def near(self, vectors: Array, threshold: float) -> Proposals:
        """All samples whose descriptor has at least this cosine with one of float32[n,512]."""
        from checkthegate.fingerprint import index_inner

        if self._vectors is None:
            self._vectors = [index_inner.load(folder) for folder in self._folders]
        return _joined([(each.above(vectors, threshold), each.ids) for each in self._vectors])

    def near_codes(self, codes: Array, radius: int) -> Proposals:
        """All samples whose code is at most this many bits from one of uint8[n,32]."""
        from checkthegate.fingerprint import index_bits

        if self._codes is None:
            self._codes = [index_bits.load(folder) for folder in self._folders]
        return _joined([(each.within(codes, radius), each.ids) for each in self._codes])


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


def _joined(found: Sequence[tuple[Hits, Array]]) -> Proposals:
    """One index after another, and the ids of the rows that were hit."""
    import numpy

    queries = [numpy.zeros(0, numpy.int64)]
    entries = [numpy.zeros((0, 2), numpy.int64)]
    scores = [numpy.zeros(0, numpy.float32)]
    for (numbers, rows, values), ids in found:
        if not len(rows):
            continue
        queries.append(numbers)
        entries.append(ids[rows])
        scores.append(values.astype(numpy.float32))
    both = numpy.concatenate(entries)
    return Proposals(numpy.concatenate(queries), both[:, 0], both[:, 1], numpy.concatenate(scores))

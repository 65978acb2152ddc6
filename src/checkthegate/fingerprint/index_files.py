"""Arrays in files: what every index is made of. Written once, then mapped into memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy


def save(folder: Path, name: str, array: numpy.ndarray[Any, Any]) -> None:
    """Write an array into `folder` under `name`. Raises `OSError`."""
    import numpy

    numpy.save(folder / f"{name}.npy", numpy.ascontiguousarray(array), allow_pickle=False)


def mapped(
    folder: Path, name: str, dtype: str, width: int | None = None
) -> numpy.ndarray[Any, Any]:
    """The array of that name, mapped into memory and not read, whatever its size.

    Two-dimensional; `width` is its second dimension where it is known. Raises `ValueError` for a
    file of another form, `OSError` for one that is not there.
    """
    import numpy

    array = numpy.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    if array.dtype != dtype or array.ndim != 2 or width not in (None, array.shape[1]):
        raise ValueError(f"the index file {name}.npy is not of the expected form")
    plain: numpy.ndarray[Any, Any] = array.view(numpy.ndarray)
    return plain


def as_columns(ids: numpy.ndarray[Any, Any], count: int) -> numpy.ndarray[Any, Any]:
    """Ids as int64 of shape (`count`, columns). Raises `ValueError` if there are not as many."""
    import numpy

    columns = numpy.asarray(ids, dtype=numpy.int64).reshape(len(ids), -1 if len(ids) else 1)
    if len(columns) != count:
        raise ValueError(f"{len(columns)} ids for {count} entries")
    return columns


def in_order(
    queries: numpy.ndarray[Any, Any],
    rows: numpy.ndarray[Any, Any],
    measured: numpy.ndarray[Any, Any],
) -> tuple[numpy.ndarray[Any, Any], numpy.ndarray[Any, Any], numpy.ndarray[Any, Any]]:
    """The hits sorted by query, then by row: every way to the same hits gives the same answer."""
    import numpy

    order = numpy.lexsort((rows, queries))
    return queries[order], rows[order], measured[order]

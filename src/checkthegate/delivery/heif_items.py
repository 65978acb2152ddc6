"""Which coded pieces make the main picture of a HEIF file (ISO/IEC 23008-12).

A phone's picture is usually a grid: one item that only says how many tiles lie where, and the
tiles as items of their own. Anything unexpected raises `ValueError`, `KeyError` or `IndexError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

_MAX_BOXES = 8192
_GRID_BYTES = 64
_CODED = frozenset({b"hvc1", b"av01", b"avc1", b"jpeg"})

ReadAt = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Layout:
    """Tiles as item ids, row by row, and the size in pixels of what they show.

    `width` and `height` are 0 for a single coded item, which has the size it has.
    """

    tiles: tuple[int, ...]
    columns: int
    width: int = 0
    height: int = 0


def layout(meta: bytes, read_at: ReadAt) -> Layout:
    """The layout of the primary item.

    `meta` is the body of the file's `meta` box; `read_at(offset, length)` reads the file.
    """
    boxes = dict(_boxes(meta[4:]))
    primary = _id(boxes[b"pitm"], 4, wide=boxes[b"pitm"][0] > 0)
    kind = _item_types(boxes[b"iinf"]).get(primary)
    if kind in _CODED:
        return Layout((primary,), 1)
    if kind != b"grid":
        raise ValueError("the main picture is of an unknown kind")
    return _grid(_item_body(boxes, primary, read_at), _tiles_of(boxes[b"iref"], primary))


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, body) of the boxes side by side in `body`."""
    offset = 0
    for _ in range(_MAX_BOXES):
        length = int.from_bytes(body[offset : offset + 4], "big")
        if length < 8 or offset + length > len(body):
            return
        yield body[offset + 4 : offset + 8], body[offset + 8 : offset + length]
        offset += length


def _number(raw: bytes, offset: int, width: int) -> int:
    part = raw[offset : offset + width]
    if len(part) < width:
        raise ValueError("a box is too short")
    return int.from_bytes(part, "big")


def _id(raw: bytes, offset: int, *, wide: bool) -> int:
    return _number(raw, offset, 4 if wide else 2)


def _item_types(iinf: bytes) -> dict[int, bytes]:
    types: dict[int, bytes] = {}
    for name, entry in _boxes(iinf[6 if iinf[0] == 0 else 8 :]):
        if name == b"infe" and entry[0] in (2, 3):
            wide = entry[0] == 3
            at = 4 + (4 if wide else 2) + 2
            types[_id(entry, 4, wide=wide)] = entry[at : at + 4]
    return types


def _tiles_of(iref: bytes, item: int) -> tuple[int, ...]:
    wide = iref[0] > 0
    step = 4 if wide else 2
    for name, reference in _boxes(iref[4:]):
        if name == b"dimg" and _id(reference, 0, wide=wide) == item:
            count = _number(reference, step, 2)
            return tuple(_id(reference, step + 2 + step * n, wide=wide) for n in range(count))
    raise ValueError("the grid names no tiles")


def _grid(body: bytes, tiles: tuple[int, ...]) -> Layout:
    rows, columns = body[2] + 1, body[3] + 1
    width = 4 if body[1] & 1 else 2
    if rows * columns != len(tiles):
        raise ValueError("the grid has another number of tiles than it says")
    return Layout(tiles, columns, _number(body, 4, width), _number(body, 4 + width, width))


def _item_body(boxes: dict[bytes, bytes], item: int, read_at: ReadAt) -> bytes:
    """The bytes of a small item, wherever `iloc` says it lies."""
    method, offset, length = _location(boxes[b"iloc"], item)
    length = min(length, _GRID_BYTES)
    if method == 1:
        return boxes[b"idat"][offset : offset + length]
    if method == 0:
        return read_at(offset, length)
    raise ValueError("the grid is made from other items")


def _location(iloc: bytes, item: int) -> tuple[int, int, int]:
    """(construction method, offset, length) of the first extent of an item."""
    version = iloc[0]
    offset_size, length_size, base_size = iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4
    index_size = iloc[5] & 15 if version else 0
    wide = version == 2
    count, at = _id(iloc, 6, wide=wide), 10 if wide else 8
    for _ in range(min(count, _MAX_BOXES)):
        found, method = _id(iloc, at, wide=wide), 0
        at += 4 if wide else 2
        if version:
            method = _number(iloc, at, 2) & 15
            at += 2
        at += 2
        base = _number(iloc, at, base_size)
        extents = _number(iloc, at + base_size, 2)
        at += base_size + 2
        if found == item:
            offset = _number(iloc, at + index_size, offset_size)
            return method, base + offset, _number(iloc, at + index_size + offset_size, length_size)
        at += extents * (index_size + offset_size + length_size)
    raise ValueError("the grid lies nowhere")

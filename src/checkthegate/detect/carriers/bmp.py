"""Windows bitmaps: they carry no text, only a length to check."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected
from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.detect.carriers.unpack import exactly, number
from checkthegate.seams import OpenAsset


def read(opened: OpenAsset) -> Iterator[Carried]:
    """No tags; `Trouble` when the pixels do not fit into the file."""
    return collected(opened, _tags)


def _tags(content: Bounded) -> Iterator[Carried]:
    head = exactly(content, 0, 34, "its header")
    begin, form = number(head, 10, 4, little=True), number(head, 14, 4, little=True)
    if form < 40:
        wide, high = number(head, 18, 2, little=True), number(head, 20, 2, little=True)
        bits, packing = number(head, 24, 2, little=True), 0
    else:
        wide = number(head, 18, 4, little=True)
        high = abs(int.from_bytes(head[22:26], "little", signed=True))
        bits, packing = number(head, 28, 2, little=True), number(head, 30, 4, little=True)
    row = (wide * bits + 31) // 32 * 4
    needed = begin + (row * high if packing in (0, 3) else 1)
    if needed > content.size or not wide or not high:
        yield Trouble("the bitmap is cut off or damaged: it ends before its picture does")

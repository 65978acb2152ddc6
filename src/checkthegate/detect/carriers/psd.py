"""Photoshop documents (PSD, PSB): image resources, and whether all sections are there."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers import photoshop
from checkthegate.detect.carriers.bounded import Bounded, collected
from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.detect.carriers.unpack import exactly, number
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset

_RAW, _RUNS = 0, 1
_CUT = "the Photoshop file is cut off or damaged: it ends before its picture does"


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the image resources; sections beyond the end are `Trouble`."""
    return collected(opened, _tags)


def _tags(content: Bounded) -> Iterator[Carried]:
    head = exactly(content, 0, 26, "its header")
    version, sides = number(head, 4, 2), (number(head, 14, 4), number(head, 18, 4))
    channels, depth = number(head, 12, 2), number(head, 22, 2)
    sane = version in (1, 2) and 0 < channels <= 56 and depth in (1, 8, 16, 32)
    if not sane or not all(0 < side <= 300_000 for side in sides):
        raise Unreadable("the Photoshop file's header makes no sense: it is damaged")
    _, at = _section(content, 26, 4)
    resources, layers = _section(content, at, 4)
    yield from photoshop.parse(content.take(resources, layers - resources), limits=content.limits)
    _, picture = _section(content, layers, 8 if version == 2 else 4)
    if picture + _picture_length(content, picture, head) > content.size:
        yield Trouble(_CUT)


def _section(content: Bounded, at: int, width: int) -> tuple[int, int]:
    """Where the content of a section begins and ends; its length comes first."""
    start = at + width
    end = start + number(exactly(content, at, width, "the Photoshop file"), 0, width)
    if end > content.size:
        raise Unreadable(_CUT)
    return start, end


def _picture_length(content: Bounded, at: int, head: bytes) -> int:
    """Bytes that the flattened picture must take at least, its two-byte mark included."""
    channels, rows = number(head, 12, 2), number(head, 14, 4)
    packing = number(exactly(content, at, 2, "the Photoshop file"), 0, 2)
    if packing == _RAW:
        row = (number(head, 18, 4) * number(head, 22, 2) + 7) // 8
        return 2 + channels * rows * row
    if packing == _RUNS:
        width = 4 if number(head, 4, 2) == 2 else 2
        table = exactly(content, at + 2, channels * rows * width, "the Photoshop file")
        total = sum(sum(table[place::width]) << 8 * (width - 1 - place) for place in range(width))
        return 2 + len(table) + total
    return 2

"""IPTC-IIM datasets: captions, credits and programs of press pictures."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from checkthegate.detect.carriers.bounded import text_of
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.detect.carriers.unpack import number
from checkthegate.seams import Limits

_NAMES = MappingProxyType(
    {
        5: "Object Name",
        7: "Edit Status",
        10: "Urgency",
        15: "Category",
        20: "Supplemental Category",
        22: "Fixture Identifier",
        25: "Keywords",
        30: "Release Date",
        40: "Special Instructions",
        55: "Date Created",
        60: "Time Created",
        62: "Digital Creation Date",
        63: "Digital Creation Time",
        65: "Originating Program",
        70: "Program Version",
        80: "By-line",
        85: "By-line Title",
        103: "Original Transmission Reference",
        105: "Headline",
        110: "Credit",
        115: "Source",
        116: "Copyright Notice",
        118: "Contact",
        120: "Caption/Abstract",
        122: "Writer/Editor",
    }
)
_PLACES = frozenset({26, 27, 90, 92, 95, 100, 101})
_BINARY = frozenset({0, 125, 200, 201, 202})
_CUT = Trouble("its IPTC metadata is cut off or damaged, so not all of it was read")


def parse(datasets: bytes, *, limits: Limits | None = None) -> Iterator[Carried]:
    """Tags of record 2, keys like `2:110 Credit`; places are left out."""
    at, bounds = 0, limits or Limits()
    for _ in range(bounds.items):
        if not datasets[at : at + 8].strip(b"\0"):
            return
        length, start = number(datasets, at + 3, 2), at + 5
        if length & 0x8000:
            width = length & 0x7FFF
            length, start = number(datasets, start, min(width, 8)), start + width
        if datasets[at] != 0x1C or start + length > len(datasets):
            yield _CUT
            return
        if datasets[at + 1] == 2 and datasets[at + 2] not in _PLACES | _BINARY:
            yield _tag(datasets[at + 2], datasets[start : start + length])
        at = start + length
    yield _CUT


def _tag(dataset: int, raw: bytes) -> Tag:
    name = _NAMES.get(dataset)
    key = f"2:{dataset:02d} {name}" if name else f"2:{dataset:02d}"
    return Tag("iptc", key, text_of(raw))

"""DPX and Cineon film scans: what the fixed header says of makers and machines."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import Bounded, collected, text_of
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.detect.carriers.unpack import exactly, number
from checkthegate.seams import OpenAsset

_UNSET = 0xFFFFFFFF
# The header's own file name is left out: it often holds a person's folder.
_DPX = (("creator", 160, 100), ("project", 260, 200), ("copyright", 460, 200))
_DPX_MACHINE = (("input_device", 1556, 32), ("input_serial", 1588, 32))
_CINEON = (("input_device", 812, 64), ("input_model", 876, 32), ("input_serial", 908, 32))
_SAMPLES = {50: 3, 51: 4, 52: 4, 100: 2, 101: 3, 102: 3, 103: 4}
_CUT = "the film scan is cut off: it ends before its picture does"


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the text fields; a file shorter than its header says is `Trouble`."""
    return collected(opened, _tags)


def _tags(content: Bounded) -> Iterator[Carried]:
    if content.peek(0, 4) == b"\x80\x2a\x5f\xd7":
        head = exactly(content, 0, 1024, "its header")
        yield from _texts(head, _CINEON)
        begin, told = number(head, 4, 4), number(head, 20, 4)
        needed = begin
    else:
        head = exactly(content, 0, 1664, "its header")
        yield from _texts(head, _DPX + _DPX_MACHINE)
        little = head[:4] == b"XPDS"
        begin, told = number(head, 4, 4, little=little), number(head, 16, 4, little=little)
        needed = _needed(head, begin, little=little)
    whole = told if told != _UNSET else 0
    if max(whole, needed, begin) > content.size or not begin:
        yield Trouble(_CUT)


def _texts(head: bytes, fields: tuple[tuple[str, int, int], ...]) -> Iterator[Tag]:
    for key, at, length in fields:
        raw = head[at : at + length].partition(b"\0")[0].strip(b"\xff")
        if raw.strip():
            yield Tag("dpx", key, text_of(raw).strip())


def _needed(head: bytes, begin: int, *, little: bool) -> int:
    """The least length of the file, from the first element's size; `begin` if packed by runs."""
    wide, high = number(head, 772, 4, little=little), number(head, 776, 4, little=little)
    samples, bits = _SAMPLES.get(head[800], 1), head[803]
    runs = number(head, 806, 2, little=little)
    if runs == 1 or _UNSET in (wide, high) or bits == 0xFF:
        return begin
    return begin + wide * high * samples * bits // 8

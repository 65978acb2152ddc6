"""Boxes of ISO base media files (ISO/IEC 14496-12) and QuickTime atoms: walking, no meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checkthegate.detect.carriers.bounded import Bounded
from checkthegate.model import Unreadable

_UNUSED = frozenset({b"free", b"skip", b"wide"})
_OF_TAGS = frozenset({b"meta", b"hdlr", b"keys", b"mdta", b"ilst", b"data", b"mean"})


@dataclass(frozen=True, slots=True)
class Box:
    """One box: `kind` (four bytes), payload from `start` to `end`; `cut` if it was to be longer."""

    kind: bytes
    start: int
    end: int
    cut: bool = False

    @property
    def length(self) -> int:
        """Bytes of the payload."""
        return self.end - self.start

    @property
    def name(self) -> str:
        """The kind for people."""
        return kind_name(self.kind)


def kind_name(kind: bytes) -> str:
    """A four-character code as text (the copyright sign is a Mac byte)."""
    return kind.decode("latin-1").rstrip(" \0")


def plausible(kind: bytes) -> bool:
    """Whether these four bytes could be a box's kind: ASCII, or a Mac byte (`©`) and ASCII."""
    plain = kind[1:] if kind[:1] == b"\xa9" else kind
    return len(kind) == 4 and all(32 <= byte < 127 for byte in plain)


def nameless_tags(source: Bounded, box: Box) -> str | None:
    """What is wrong with a box of an unknown kind, if it holds what only lists of tags hold."""
    if box.kind in _UNUSED:
        return None
    head = source.peek(box.start, min(box.length, 16))
    fits = 8 < int.from_bytes(head[:4], "big") <= box.length
    text = fits and head[4:5] == b"\xa9" and plausible(head[4:8])
    if not text and not {head[4:8], head[8:12], head[12:16]} & _OF_TAGS:
        return None
    return f"it is damaged: its part '{box.name}' holds tags, and was not read under that name"


def boxes(source: Bounded, start: int, end: int, *, top: bool = False) -> Iterator[Box]:
    """The boxes from `start` to `end`, in order.

    A box that runs past `end` is given with `cut` and is the last. Whatever is no box raises
    `Unreadable`; zeros and fewer than 8 bytes at the end are padding.
    """
    while end - start >= 8:
        source.step()
        box = _box(source, start, end, top)
        if box is None:
            return
        yield box
        if box.cut:
            return
        start = box.end


def _box(source: Bounded, start: int, end: int, top: bool) -> Box | None:
    head = source.peek(start, 16)
    size, kind, payload = int.from_bytes(head[:4], "big"), head[4:8], start + 8
    if size == 0 and kind == b"\0\0\0\0" and source.zeros(start, end):
        return None
    if not plausible(kind):
        raise Unreadable(_nonsense(top))
    if size == 1:
        size, payload = int.from_bytes(head[8:16], "big"), start + 16
    elif size == 0:
        if not top:
            raise Unreadable(_nonsense(top))
        size = end - start
    if size < payload - start:
        raise Unreadable(_nonsense(top))
    return Box(kind, payload, min(start + size, end), start + size > end)


def _nonsense(top: bool) -> str:
    where = "after its last readable part" if top else "inside its header"
    return f"it is damaged: bytes {where} follow no known layout and were not read"

"""Places made for a credential whose content is not one any more.

The library passes over a place whose own header is damaged; that it is there at all says that
something was said. Nothing is read but headers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from checkthegate.credentials.walks import BOXED, C2PA_BOX, in_boxes
from checkthegate.seams import OpenAsset

_SEGMENTS = 10_000
_HALF = 8
_HEAD = 96
_SCAN, _END, _APP11 = 0xDA, 0xD9, 0xEB
_BOXES = b"JP"
_OTHER_USES = (b"HDR_RI ",)
# What the types of ISO's own kinds of boxes end in, and the one for embedded files.
_ISO_TAIL = bytes.fromhex("00110010800000aa00389b71")
_EMBEDDED_FILE = bytes.fromhex("40cb0c32bb8a489da70b2ad6f47f4369")


def in_jpeg(opened: OpenAsset) -> bool:
    """Whether a part of the kind that carries credentials (APP11) holds no other whole thing.

    Asked when the library found no credential, so one that is readable is another kind's.
    """
    begun: set[bytes] = set()
    return any(not _is_another(head, begun) for head in _app11(opened))


def _app11(opened: OpenAsset) -> Iterator[bytes]:
    """The first bytes of each APP11 segment, behind its length."""
    at = 2
    for _ in range(_SEGMENTS):
        head = opened.read_at(at, 4 + _HEAD)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (_SCAN, _END):
            return
        if head[1] == 0xFF:
            at += 1
            continue
        length = int.from_bytes(head[2:4], "big")
        if head[1] == _APP11:
            yield head[4 : 2 + min(length, 2 + _HEAD)]
        at += 2 + max(length, 2)


def _is_another(segment: bytes, begun: set[bytes]) -> bool:
    """Whether a segment is another program's, or a whole box of another kind (ISO 19566-5).

    Two bytes `JP`, two of the box's number, four of the part's number; then the box. `begun`
    gathers the numbers of boxes, since a long one goes on in further segments.
    """
    if segment.startswith(_OTHER_USES):
        return True
    if not segment.startswith(_BOXES) or segment[12:16] != b"jumb":
        return False
    if int.from_bytes(segment[4:8], "big") != 1:
        return segment[2:4] in begun
    begun.add(segment[2:4])
    kind, label = segment[24:40], segment[41:]
    known = kind == _EMBEDDED_FILE or (kind.endswith(_ISO_TAIL) and kind[:4].isalnum())
    return segment[20:24] == b"jumd" and known and kind[:2] != b"c2" and b"c2pa" not in label


def _is_worn(opened: OpenAsset, offset: int, start: int, length: int, head: bytes) -> bool:
    """Whether half of a box's type is wiped, or half of it is that of credentials."""
    extended = head[start : start + 16]
    alike = sum(one == other for one, other in zip(extended, C2PA_BOX, strict=False))
    return extended.count(0) >= _HALF or alike >= _HALF


def _in_boxes(opened: OpenAsset) -> bool:
    return in_boxes(opened, _is_worn) is True


REMAINS: Mapping[str, Callable[[OpenAsset], bool]] = {
    "image/jpeg": in_jpeg,
    **dict.fromkeys(BOXED, _in_boxes),
}
"""The look for remains for each media type that has one."""

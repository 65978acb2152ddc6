"""Which damage nothing could have noticed: the only excuse for a milder answer.

A file that lost its mark to a flipped bit looks exactly like a file that never had it, when three
things hold. Nothing moved: the length is the same, so every length field still agrees. Every
changed byte lies in the text or the name of a tag, or in compressed sound or picture, of a format
without checksum or signature there. And the file still decodes whole, tags that are XML or JSON
by themselves included. Otherwise a decoder, checksum, signature or length field could have noticed,
and there is no excuse.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from itertools import pairwise

Region = tuple[int, int, str]
_CONTAINERS = (b"moov", b"udta", b"meta", b"ilst")


def why_unnoticeable(name: str, base: bytes, mutant: bytes) -> str:
    """The argument for a file of this name, in words; empty when the damage was noticeable."""
    suffix = name.rsplit(".", 1)[-1].lower()
    if suffix == "json":
        return "the file is plain text and still valid JSON" if _is_json(mutant) else ""
    if len(base) != len(mutant) or suffix not in _REGIONS:
        return ""
    regions = list(_REGIONS[suffix](base))
    hit = set()
    for at in (at for at, (old, new) in enumerate(zip(base, mutant, strict=True)) if old != new):
        what = next((what for start, end, what in regions if start <= at < end), "")
        if not what:
            return ""
        hit.add(what)
    texts_hold = all(_still_parses(base[a:b], mutant[a:b]) for a, b, _ in regions)
    if not texts_hold or not _DECODES[suffix](mutant):
        return ""
    return f"only {' and '.join(sorted(hit))} changed, without a checksum, and it decodes whole"


def _jpeg(base: bytes) -> Iterator[Region]:
    """Application segments and comments, and the compressed picture; nothing of a signed file."""
    if b"jumb" in base and b"c2pa" in base:
        return
    at = 2
    while at + 4 <= len(base) and base[at] == 0xFF:
        marker, long = base[at + 1], int.from_bytes(base[at + 2 : at + 4], "big")
        if marker == 0xDA:
            yield at + 2 + long, len(base) - 2, "the compressed picture"
            return
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            yield at + 4, at + 2 + long, "a segment's text"
        at += 2 + long


def _mp4(base: bytes, start: int = 0, end: int | None = None) -> Iterator[Region]:
    """Names and texts below `udta` and `meta`, and the compressed media; never a size."""
    at, end = start, len(base) if end is None else end
    while at + 8 <= end:
        long, kind = int.from_bytes(base[at : at + 4], "big"), base[at + 4 : at + 8]
        stop = at + long
        if long < 8 or stop > end:
            return
        if kind == b"keys":
            yield from _names(base, at + 16, stop)
        elif kind == b"data":
            yield at + 16, stop, "a tag's text"
        elif kind == b"mdat":
            yield at + 8, stop, "the compressed media"
        elif kind in _CONTAINERS or int.from_bytes(kind, "big") < 1000:
            yield from _mp4(base, at + (12 if kind == b"meta" else 8), stop)
        at = stop


def _names(base: bytes, at: int, stop: int) -> Iterator[Region]:
    while at + 8 <= stop:
        long = max(8, int.from_bytes(base[at : at + 4], "big"))
        yield at + 4, at + long, "a tag's name"
        at += long


def _mp3(base: bytes) -> Iterator[Region]:
    """Names and texts of ID3v2.4 frames, and the compressed sound."""
    size = _synchsafe(base[6:10])
    at = 10
    while at + 10 <= 10 + size:
        long = _synchsafe(base[at + 4 : at + 8])
        yield at, at + 4, "a tag's name"
        yield at + 10, at + 10 + long, "a tag's text"
        at += 10 + long
    yield 10 + size, len(base), "the compressed sound"


def _synchsafe(four: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(four, (21, 14, 7, 0), strict=True))


def _still_parses(old: bytes, new: bytes) -> bool:
    """Text that was XML or JSON by itself must be so after the damage: a parser reads it."""
    if old == new:
        return True
    if b"<x:xmpmeta" in old:
        return _is_xml(new[new.find(b"<") : new.rfind(b">") + 1])
    return not _is_json(old) or _is_json(new)


def _is_json(text: bytes) -> bool:
    if text.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_xml(text: bytes) -> bool:
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        fromstring(text)
    except (ParseError, ValueError):
        return False
    return True


def _still_decodes(content: bytes) -> bool:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True


def _media_decodes(content: bytes) -> bool:
    """Whether every frame decodes and time only goes forward."""
    import av

    try:
        with av.open(io.BytesIO(content)) as box:
            box.streams[0].codec_context.options = {"err_detect": "explode"}
            times = [frame.pts for frame in box.decode(box.streams[0])]
    except (av.FFmpegError, ValueError):
        return False
    return bool(times) and all(a is None or b is None or a < b for a, b in pairwise(times))


_REGIONS: dict[str, Callable[[bytes], Iterator[Region]]] = {
    "jpg": _jpeg,
    "mp3": _mp3,
    "mp4": _mp4,
}
_DECODES: dict[str, Callable[[bytes], bool]] = {
    "jpg": _still_decodes,
    "mp3": _media_decodes,
    "mp4": _media_decodes,
}

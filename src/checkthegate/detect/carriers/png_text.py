"""Texts of PNG chunks: plain, compressed, international, and profiles written as hex."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import text_of
from checkthegate.detect.carriers.tag import Carried, Tag, Trouble
from checkthegate.detect.carriers.unpack import inflate
from checkthegate.model import Unreadable
from checkthegate.seams import Limits

XMP_KEY = "XML:com.adobe.xmp"
_PROFILE = "Raw profile type "
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_PLACES = re.compile(
    r"\bexif:GPS(?!Info)\w*\s*=\s*(?:\"[^\"]*\"|'[^']*')|<exif:GPS(\w*)[^>]*>[^<]*</exif:GPS\1\s*>"
)


def parse(kind: bytes, body: bytes, limits: Limits) -> Iterator[Carried]:
    """Tags of one text or Exif chunk, and of the packets that hide inside a text."""
    from checkthegate.detect.carriers import exif

    if kind == b"eXIf":
        yield from exif.parse(body, limits=limits)
        return
    try:
        key, raw = _split(kind, body, limits.metadata_bytes)
    except Unreadable as problem:
        yield Trouble(problem.reason)
        return
    yield from _meant(key, raw, limits)


def _split(kind: bytes, body: bytes, limit: int) -> tuple[str, bytes]:
    """Keyword and text bytes of a chunk."""
    keyword, found, rest = body.partition(b"\0")
    if not found:
        raise Unreadable("a text stored in the PNG is damaged: its name has no end")
    key = text_of(keyword)
    if kind == b"zTXt":
        return key, inflate(rest[1:], limit)
    if kind != b"iTXt":
        return key, rest
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:
        raise Unreadable("a text stored in the PNG is damaged: it is not divided as it must be")
    return key, inflate(parts[2], limit) if rest[0] else parts[2]


def _meant(key: str, raw: bytes, limits: Limits) -> Iterator[Carried]:
    if key.startswith(_PROFILE):
        yield from _profile(key.removeprefix(_PROFILE).lower(), raw, limits)
    elif key.startswith("exif:GPS"):
        yield Tag("png", "exif:GPSInfo", "present")
    elif key == XMP_KEY:
        from checkthegate.detect.carriers import xmp

        yield Tag("png", key, _PLACES.sub("", text_of(raw)))
        yield from xmp.parse(raw, limits=limits)
    else:
        text = text_of(raw)
        plain = text.encode("utf-8", "replace") == raw
        yield Tag("png", key, text, b"" if plain else raw)


def _profile(kind: str, raw: bytes, limits: Limits) -> Iterator[Carried]:
    """A whole packet as hexadecimal text, after its name and its length."""
    from checkthegate.detect.carriers import exif, iptc, photoshop, xmp

    if kind not in ("exif", "app1", "xmp", "iptc", "8bim"):
        return
    lines = raw.strip().split(b"\n", 2)
    try:
        packet = bytes.fromhex(lines[2].decode("ascii"))
        sound = len(packet) == int(lines[1])
    except (IndexError, ValueError):
        packet, sound = b"", False
    if not sound:
        yield Trouble("a profile stored as text in the PNG is cut off or damaged")
    if packet.startswith((b"Exif\0\0", b"II", b"MM")):
        yield from exif.parse(packet, limits=limits)
    elif packet.startswith((b"8BIM", b"Photoshop 3.0\0")):
        yield from photoshop.parse(packet, limits=limits)
    elif packet.startswith(b"\x1c"):
        yield from iptc.parse(packet, limits=limits)
    elif packet:
        yield from xmp.parse(packet.removeprefix(_XMP_HEADER), limits=limits)

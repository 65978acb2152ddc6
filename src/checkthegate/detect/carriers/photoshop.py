"""Photoshop image resources (8BIM blocks): in JPEG APP13, TIFF, PNG profiles and PSD."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.tag import Carried, Trouble
from checkthegate.detect.carriers.unpack import number
from checkthegate.seams import Limits

_IPTC, _XMP, _EXIF = 0x0404, 0x0424, 0x0422
_KINDS = (b"8BIM", b"8B64", b"MeSa", b"AgHg", b"PHUT", b"DCSR")
_CUT = Trouble("its Photoshop metadata is cut off or damaged, so what it says is not known")


def parse(resources: bytes, *, limits: Limits | None = None) -> Iterator[Carried]:
    """Tags of IPTC, XMP and Exif resources; other resources are passed over."""
    bounds = limits or Limits()
    at = len(b"Photoshop 3.0\0") if resources.startswith(b"Photoshop 3.0\0") else 0
    for _ in range(bounds.items):
        if not resources[at : at + 8].strip(b"\0"):
            return
        name = 1 + number(resources, at + 6, 1)
        start = at + 6 + name + name % 2
        length = number(resources, start, 4)
        end = start + 4 + length
        if resources[at : at + 4] not in _KINDS or end > len(resources):
            yield _CUT
            return
        yield from _one(number(resources, at + 4, 2), resources[start + 4 : end], bounds)
        at = end + length % 2
    yield _CUT


def _one(kind: int, content: bytes, limits: Limits) -> Iterator[Carried]:
    from checkthegate.detect.carriers import exif, iptc, xmp

    if kind == _IPTC:
        yield from iptc.parse(content, limits=limits)
    elif kind == _XMP:
        yield from xmp.parse(content, limits=limits)
    elif kind == _EXIF:
        yield from exif.parse(content, limits=limits)

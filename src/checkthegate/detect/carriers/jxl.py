"""JPEG XL: boxes are read as such; a bare codestream has no room for metadata."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.tag import Carried
from checkthegate.seams import OpenAsset


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the container's boxes; none for a bare codestream."""
    if opened.read_at(0, 2) != b"\xff\x0a":
        from checkthegate.detect.carriers import bmff

        yield from bmff.read(opened)

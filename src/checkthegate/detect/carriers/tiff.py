"""TIFF, BigTIFF and DNG: text tags of every directory, packets, and where pixels lie."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import collected
from checkthegate.detect.carriers.exif import Walk
from checkthegate.detect.carriers.tag import Carried
from checkthegate.seams import OpenAsset


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of all directories under `exif`, of embedded packets under their own carriers."""
    return collected(opened, lambda content: Walk(content, "the TIFF", pixels=True).tags())

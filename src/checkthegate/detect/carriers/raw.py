"""Camera raw files: the maker's variants of TIFF, and those in boxes."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.detect.carriers.bounded import collected
from checkthegate.detect.carriers.exif import Walk
from checkthegate.detect.carriers.tag import Carried
from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset


def read(opened: OpenAsset) -> Iterator[Carried]:
    """Tags of the directories; `Unreadable` for raw files built in another way."""
    head = opened.read_at(0, 12)
    if head[4:8] == b"ftyp":
        from checkthegate.detect.carriers import bmff

        return bmff.read(opened)
    if head[:2] not in (b"II", b"MM"):
        raise Unreadable("the metadata of camera raw files of this make cannot be read here")
    return collected(opened, lambda content: Walk(content, "the camera raw file").tags())

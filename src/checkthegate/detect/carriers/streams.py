"""Tags of media containers nobody here takes apart, as the decoder reads them.

MPEG programme and transport streams, Flash video, Windows media, Core Audio and AMR hold few
tags and no damage of theirs shows here; the observer that decodes them tells of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checkthegate.detect.carriers.tag import Carried, Tag
from checkthegate.seams import OpenAsset

_MOST_CHARACTERS = 1 << 20


def read(opened: OpenAsset) -> Iterator[Carried]:
    """The container's tags, then each stream's. Raises `Unreadable`."""
    media = opened.media()
    yield from _tags(media.tags)
    for stream in media.streams:
        yield from _tags(stream.tags)


def _tags(tags: Mapping[str, str]) -> Iterator[Tag]:
    for key, value in tags.items():
        yield Tag("stream", key, value[:_MOST_CHARACTERS])

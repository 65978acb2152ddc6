"""All the sound of a stream, block after block."""

from __future__ import annotations

from collections.abc import Iterator

from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset, Sound


def read_sounds(opened: OpenAsset, stream: int, rate: int) -> Iterator[Sound]:
    """The stream's sound at `rate`. Raises `Unreadable`."""
    raise Unreadable("its sound cannot be read yet")

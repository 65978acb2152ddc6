"""Moving pictures read packet by packet."""

from __future__ import annotations

from contextlib import AbstractContextManager

from checkthegate.model import Unreadable
from checkthegate.seams import Film, OpenAsset


def open_film(opened: OpenAsset) -> AbstractContextManager[Film]:
    """The film of an asset. Raises `Unreadable`."""
    raise Unreadable("its moving pictures cannot be read yet")

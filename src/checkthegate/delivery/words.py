"""The words of text, documents and subtitles."""

from __future__ import annotations

from checkthegate.model import Unreadable
from checkthegate.seams import OpenAsset, Text


def read_text(opened: OpenAsset) -> Text:
    """The words of an asset. Raises `Unreadable`."""
    raise Unreadable("its words cannot be read yet")

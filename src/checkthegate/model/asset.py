"""What a delivery is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an asset is, by its content."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"
    TIMELINE = "timeline"
    PACKAGE = "package"
    SEQUENCE = "sequence"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing in a delivery.

    `path` is relative with `/` separators, members of archives as `x.zip!/a/b.png`.
    `media_type` is what the content is, never what the name says (`image/png`,
    `application/x-technical` for litter, `application/octet-stream` for the unknown).
    `digest` is `sha256:<hex>` of the bytes. `size` is in bytes.
    """

    path: str
    kind: Kind
    media_type: str
    size: int
    digest: str
    final: bool = True

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]

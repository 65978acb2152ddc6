"""What a carrier yields: a tag as it is written in the file, or trouble in reading it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tag:
    """One named text found in a file.

    `carrier` says where it lay (`png`, `exif`, `xmp`, `xmp-sidecar`, `iptc`, `jpeg`, `mp4`,
    `matroska`, `riff`, `id3`, `vorbis`, `aiff`, `exr`, `dpx`, `pdf`, `docx`, `fdx`, …).
    `key` is the name it has there; XMP keys use the canonical prefix of their namespace
    (`Iptc4xmpExt:DigitalSourceType`). `value` is decoded text, `raw` the bytes where the text
    alone would lose something.
    """

    carrier: str
    key: str
    value: str
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in a carrier that could not be read: becomes a gap with this reason."""

    reason: str


Carried = Tag | Trouble

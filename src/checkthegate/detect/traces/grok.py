"""Grok: EXIF ImageDescription `Signature: <base64>` with a UUID as Artist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import first, named
from checkthegate.detect.traces.statement import UUID, state
from checkthegate.model import Evidence, Grade, Json

TOOL = "Grok"
_SIGNATURE = re.compile(r"\s*Signature:\s{0,8}[A-Za-z0-9+/_-]{64,4000}={0,2}\s*\0?")


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """Declared when signature and artist fit; a hint when only the signature is there."""
    for tag in named(tags, "imagedescription"):
        if not _SIGNATURE.fullmatch(tag.value[:5000]):
            continue
        artist = first(tags, "artist")
        if artist is not None and re.fullmatch(UUID, artist.value.strip().strip("\0")):
            private: dict[str, Json] = {"job_id": artist.value.strip()}
            yield state("ai-generated", tag, tool=TOOL, private=private)
        else:
            yield state("ai-hint", tag, tool=TOOL, grade=Grade.SUSPECTED)
        return

"""Music generators: Suno's stamp and source address, Udio's address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import Role, role
from checkthegate.detect.traces.statement import UUID, state
from checkthegate.model import Evidence, Json

_STAMP = re.compile(
    rf"\bmade with suno(?: studio)?\s?;[^\n]{{0,120}}?(?:\bid=({UUID}))|"
    r"\bmade with suno(?: studio)?\s?;\s?created=",
    re.I,
)
_SONG = re.compile(rf"https?://(?:www\.)?suno\.(?:com|ai)/(?:song|s)/({UUID}|\w{{6,40}})", re.I)
_UDIO = re.compile(r"https?://(?:www\.)?udio\.com/songs/(\w{6,60})", re.I)
_LIMIT = 65_536


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement for each maker's mark in a comment, description or address field."""
    for tag in tags:
        kind = role(tag)
        text = tag.value[:_LIMIT]
        if kind in (Role.PROSE, Role.TOOL) and (stamp := _STAMP.search(text)):
            yield _said("Suno", tag, stamp[1])
        elif kind in (Role.ADDRESS, Role.CREDIT) or (kind is Role.PROSE and "://" in text[:20]):
            if song := _SONG.match(text.strip()):
                yield _said("Suno", tag, song[1])
            elif song := _UDIO.match(text.strip()):
                yield _said("Udio", tag, song[1])


def _said(tool: str, tag: Tag, job: str | None) -> Evidence:
    private: dict[str, Json] = {"job_id": job or ""}
    return state("ai-generated", tag, tool=tool, private=private)

"""Small pictures, sounds and passages shown beside evidence, made safe to stand in the page."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from checkthegate.model import Decision, Evidence, Exhibit
from checkthegate.report.held_back import scrubbed

_BEGINS: Final = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "audio/ogg": (b"OggS",),
    "audio/wav": (b"RIFF",),
    "audio/x-wav": (b"RIFF",),
    "audio/flac": (b"fLaC",),
    "audio/mpeg": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
}
_LARGEST: Final = {"image": 512 * 1024, "audio": 1024 * 1024, "text": 64 * 1024}
_LONGEST: Final = 4_000
_ROOM: Final = 48 * 1024 * 1024
_MARKED: Final = re.compile(r"\[\[((?:(?!\[\[|\]\])[\s\S]){0,4000})\]\]")

Line = Sequence[tuple[str, bool]]
"""A line of a passage in pieces; True where it differs from the other side."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An exhibit as the page shows it: `kind` is picture, sound or passage.

    `uri` is a `data:` URI, empty for a passage, whose `lines` hold its text in pieces.
    """

    kind: str
    uri: str
    caption: str
    lines: Sequence[Line] = ()


@dataclass(slots=True)
class Room:
    """How many bytes of exhibits the page still takes; what comes too late is left out."""

    left: int = field(default=_ROOM)
    left_out: int = 0

    def show(self, exhibit: Exhibit) -> Shown | None:
        """The exhibit; None when it is not what it says it is, too large, or too late."""
        if exhibit.media_type == "text/plain":
            return _passage(exhibit)
        begins = _BEGINS.get(exhibit.media_type, ())
        family = exhibit.media_type.partition("/")[0]
        if not exhibit.body.startswith(tuple(begins) or b"\0none") or (
            len(exhibit.body) > _LARGEST[family]
        ):
            return None
        if len(exhibit.body) > self.left:
            self.left_out += 1
            return None
        self.left -= len(exhibit.body)
        body = base64.b64encode(exhibit.body).decode("ascii")
        kind = "picture" if family == "image" else "sound"
        uri = f"data:{exhibit.media_type};base64,{body}"
        return Shown(kind, uri, scrubbed(exhibit.caption))


def without_pictures(decision: Decision) -> Decision:
    """The decision without what shows or plays its material; passages stay."""
    return replace(
        decision,
        assets=tuple(
            replace(one, evidence=tuple(_bare(said) for said in one.evidence))
            for one in decision.assets
        ),
    )


def _bare(said: Evidence) -> Evidence:
    kept = tuple(each for each in said.exhibits if each.media_type == "text/plain")
    return said if kept == said.exhibits else replace(said, exhibits=kept)


def passage_lines(text: str) -> tuple[Line, ...]:
    """A passage line by line; what stands in `[[…]]` is marked as different."""
    lines: list[list[tuple[str, bool]]] = [[]]
    at = 0
    for marked in _MARKED.finditer(text):
        _add(lines, text[at : marked.start()], different=False)
        _add(lines, marked[1], different=True)
        at = marked.end()
    _add(lines, text[at:], different=False)
    return tuple(tuple(line) for line in lines)


def _add(lines: list[list[tuple[str, bool]]], text: str, *, different: bool) -> None:
    first, *rest = text.split("\n")
    if first:
        lines[-1].append((first, different))
    lines.extend([(line, different)] if line else [] for line in rest)


def _passage(exhibit: Exhibit) -> Shown | None:
    if len(exhibit.body) > _LARGEST["text"]:
        return None
    text = exhibit.body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\t", " ")
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rstrip() + " …"
    return Shown("passage", "", scrubbed(exhibit.caption), passage_lines(text))

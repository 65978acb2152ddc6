"""The Chinese AIGC label: who made it, and whether it is, may be or is suspected to be AI.

PNG text, MP4 tag or EXIF UserComment `AIGC`, or XMP `TC260:AIGC`; a JSON document with `Label`
1 (is), 2 (may be) or 3 (suspected). What cannot be read still says "may be".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import named, top_name
from checkthegate.detect.traces.statement import mapping, state, text_of, word
from checkthegate.detect.traces.tools import tool_in
from checkthegate.model import Evidence, Grade, Json

_MEANING = {
    "1": ("ai-generated", Grade.DECLARED),
    "2": ("ai-possible", Grade.DECLARED),
    "3": ("ai-possible", Grade.SUSPECTED),
}
_LABEL = re.compile(r"[\"']?\bLabel[\"'\\]{0,4}\s{0,4}[:=]\s{0,4}[\"'\\]{0,4}([0-9])\b")


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement for each label."""
    parts = [tag for tag in tags if "AIGC/" in tag.key]
    if parts:
        yield _said({tag.key.rsplit(":", 1)[-1]: tag.value for tag in parts}, parts[0], "")
    for tag in tags:
        if top_name(tag) == "aigc" and "AIGC/" not in tag.key and tag.value.strip():
            yield _said(_document(tag.value), tag, tag.value)
    for tag in named(tags, "usercomment", "imagedescription", "comment", "description"):
        if tag.value[:200].lstrip()[:1] == "{" and '"AIGC"' in tag.value[:1_000_000]:
            yield _said(_document(tag.value), tag, tag.value)


def _document(text: str) -> Mapping[str, object]:
    outer = mapping(text.strip())
    return mapping(outer.get("AIGC")) or outer


def _said(label: Mapping[str, object], tag: Tag, text: str) -> Evidence:
    by_name = {key.rsplit("/", 1)[-1].lower(): text_of(value) for key, value in label.items()}
    written = by_name.get("label", "").strip()
    if not written and (found := _LABEL.search(text[:65_536])):
        written = found[1]
    claim, grade = _MEANING.get(written, ("ai-possible", Grade.DECLARED))
    producer = by_name.get("contentproducer", "")
    tool = tool_in(producer) if producer else None
    private: dict[str, Json] = {
        "author": producer,
        "job_id": by_name.get("produceid", ""),
        "comment": text,
    }
    detail: dict[str, Json] = {"label": word(written, 20)}
    name = tool.name if tool else None
    return state(claim, tag, tool=name, grade=grade, detail=detail, private=private)

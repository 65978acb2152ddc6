"""IPTC Photo Metadata 2025.1: AISystemUsed, its version, the prompt and who wrote it.

A system named says that the picture is its work, unless a Digital Source Type says that a
picture was only changed by AI (then `ai-modified`) or names an origin without AI (then
`ai-tool`: the two do not agree on whether anything was generated).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import first
from checkthegate.detect.traces.source_type import source_types
from checkthegate.detect.traces.statement import state, word
from checkthegate.detect.traces.tools import tool_in
from checkthegate.model import Evidence, Json

_NOTHING = frozenset({"", "none", "no", "n/a", "na", "-", "false", "not used", "null", "0"})


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """One statement from the four properties together."""
    system, version = first(tags, "aisystemused"), first(tags, "aisystemversionused")
    prompt, writer = first(tags, "aipromptinformation"), first(tags, "aipromptwritername")
    said = [tag for tag in (system, prompt, writer) if tag and not _is_nothing(tag)]
    if not said or (system is not None and _is_nothing(system)):
        return
    detail: dict[str, Json] = {"tool_version": word(version.value, 60) if version else ""}
    private: dict[str, Json] = {
        "prompt": prompt.value if prompt else "",
        "author": writer.value if writer else "",
    }
    yield state(_claim(tags), said[0], tool=_name(system), detail=detail, private=private)


def _is_nothing(tag: Tag) -> bool:
    return tag.value[:40].strip().lower() in _NOTHING


def _name(system: Tag | None) -> str | None:
    if system is None:
        return None
    known = tool_in(system.value)
    return known.name if known else word(system.value, 80)


def _claim(tags: Sequence[Tag]) -> str:
    claims = {claim for _, _, claim, _ in source_types(tags)}
    if "ai-generated" in claims or not claims:
        return "ai-generated"
    return "ai-modified" if claims & {"ai-modified", "ai-possible"} else "ai-tool"

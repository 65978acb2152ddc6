"""A1111 and what writes like it: Forge, SD.Next, Civitai, and compatible savers of others.

PNG text `parameters`, EXIF UserComment, JPEG and GIF comments hold the same text; the PNG keys
`postprocessing` and `extras` say that an existing picture was upscaled or restored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces import infotext
from checkthegate.detect.traces.fields import Role, role, top_name
from checkthegate.detect.traces.statement import basename, state
from checkthegate.model import Evidence, Grade, Json

TOOL = "AUTOMATIC1111"
_CHECKPOINT = re.compile(r'"type":"checkpoint"[^{}]{0,300}"modelName":"([^"]{1,120})"')
_FORGE = re.compile(r"f\d|(?:classic|neo|reforge)\b|.*\bforge\b", re.I)


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement for each field that holds settings, and for each touch-up."""
    for tag in tags:
        key = top_name(tag)
        if key in ("postprocessing", "extras") and tag.value.strip():
            private: dict[str, Json] = {"comment": tag.value}
            yield state("ai-modified", tag, tool=TOOL, private=private)
        elif key == "parameters" or role(tag) is Role.PROSE:
            yield from _settings(tag, is_parameters=key == "parameters")


def _settings(tag: Tag, *, is_parameters: bool) -> Iterator[Evidence]:
    found = infotext.find(tag.value)
    if found is not None:
        yield from_infotext(found, tag)
        return
    private: dict[str, Json] = {"comment": tag.value}
    if tag.value[:200].lstrip()[:1] in ("", "{"):
        return
    if infotext.looks_damaged(tag.value) or (is_parameters and "Negative prompt:" in tag.value):
        yield state("ai-generated", tag, tool=TOOL, private=private)
    elif is_parameters:
        yield state("ai-hint", tag, grade=Grade.SUSPECTED, private=private)


def from_infotext(found: infotext.Infotext, tag: Tag) -> Evidence:
    """What one text of settings says."""
    claim = "ai-modified" if found.from_input else "ai-generated"
    tool, version = maker(found)
    detail = {**found.detail(), "tool_version": version}
    if not detail["model"] and (resource := _CHECKPOINT.search(tag.value[:1_000_000])):
        detail["model"] = basename(resource[1])
    return state(claim, tag, tool=tool, detail=detail, private=found.private())


def maker(found: infotext.Infotext) -> tuple[str, str]:
    """Which program wrote the settings, with its version where it says so."""
    settings = found.settings
    version = settings.get("Version", "")
    if any(key.startswith("Civitai") for key in settings):
        return "Civitai", ""
    if "sd.next" in settings.get("App", "").lower() or "Operations" in settings:
        return "SD.Next", version
    for name in ("Fooocus", "ComfyUI"):
        if name.lower() in version.lower():
            return name, version
    if _FORGE.match(version):
        return "Forge", version
    return TOOL, version

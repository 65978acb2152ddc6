"""SwarmUI: JSON with `sui_image_params`.

In PNG `parameters`, EXIF UserComment, and in old files the EXIF Model field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.statement import basename, mapping, number, state, text_of
from checkthegate.model import Evidence, Json

TOOL = "SwarmUI"
MARK = '"sui_image_params"'
_INPUTS = frozenset({"initimage", "maskimage", "videoinitframe", "initimagecreativity"})


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement for each field with SwarmUI's settings, also when they are cut off."""
    for tag in tags:
        if MARK in tag.value:
            at = tag.value.find("{")
            outer = mapping(tag.value[at:]) if 0 <= at < 100 else {}
            yield said(outer, tag)


def said(document: object, tag: Tag, claim: str | None = None) -> Evidence:
    """What SwarmUI's document says; `claim` overrides what its settings imply."""
    params = mapping(mapping(document).get("sui_image_params"))
    changed = any(name in params for name in _INPUTS)
    loras = params.get("loras")
    detail: dict[str, Json] = {
        "tool_version": text_of(params.get("swarm_version")),
        "model": basename(params.get("model")),
        "steps": number(params.get("steps")),
        "sampler": text_of(params.get("sampler")),
        "cfg": number(params.get("cfgscale")),
        "size": size(params),
    }
    private: dict[str, Json] = {
        "prompt": text_of(params.get("prompt")),
        "negative_prompt": text_of(params.get("negativeprompt")),
        "seed": text_of(params.get("seed")),
        "loras": [basename(name) for name in loras[:200]] if isinstance(loras, list) else [],
    }
    claim = claim or ("ai-modified" if changed else "ai-generated")
    return state(claim, tag, tool=TOOL, detail=detail, private=private)


def size(params: object) -> str:
    """`<width>x<height>` of settings that name both, else the empty text."""
    width, height = (text_of(mapping(params).get(name)) for name in ("width", "height"))
    return f"{width}x{height}" if width and height else ""

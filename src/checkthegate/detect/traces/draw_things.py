"""Draw Things: XMP with the JSON settings in `exif:UserComment` and itself as CreatorTool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.statement import basename, mapping, number, state, text_of
from checkthegate.model import Evidence, Json

TOOL = "Draw Things"


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """One statement from the settings."""
    for tag in tags:
        if "UserComment" not in tag.key or '"c"' not in tag.value:
            continue
        told = mapping(tag.value)
        if isinstance(told.get("c"), str) and {"model", "sampler"} & told.keys():
            yield _said(told, tag)
            return


def _said(told: Mapping[str, object], tag: Tag) -> Evidence:
    loras = told.get("lora")
    listed = loras[:200] if isinstance(loras, list) else []
    detail: dict[str, Json] = {
        "model": basename(told.get("model")),
        "steps": number(told.get("steps")),
        "sampler": text_of(told.get("sampler")),
        "cfg": number(told.get("scale")),
        "size": text_of(told.get("size")),
    }
    private: dict[str, Json] = {
        "prompt": text_of(told.get("c")),
        "negative_prompt": text_of(told.get("uc")),
        "seed": text_of(told.get("seed")),
        "loras": [basename(mapping(lora).get("model") or lora) for lora in listed],
    }
    return state("ai-generated", tag, tool=TOOL, detail=detail, private=private)

"""Fooocus: JSON settings in PNG `parameters` or `Comment`, JPEG comment or UserComment.

`fooocus_scheme` names the form: `fooocus` is JSON, `a1111` is the text that A1111 writes.
Early versions wrote the labels of their log ("Fooocus V2 Expansion", "Base Model").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces import infotext
from checkthegate.detect.traces.fields import Role, first, role, top_name
from checkthegate.detect.traces.statement import basename, mapping, number, state, text_of
from checkthegate.model import Evidence, Json

TOOL = "Fooocus"
_OWN = frozenset({"adm_guidance", "performance", "styles", "prompt_expansion", "refiner_switch"})
_LABELS = frozenset({"Fooocus V2 Expansion", "Styles", "Performance", "Base Model", "Sharpness"})


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """One statement for the settings, or for the scheme's name when the settings are lost."""
    for tag in tags:
        if top_name(tag) != "parameters" and role(tag) is not Role.PROSE:
            continue
        if "metadata_scheme" in tag.value or "base_model" in tag.value or "Base Model" in tag.value:
            settings = mapping(tag.value)
            if is_fooocus(settings):
                yield said(settings, tag)
                return
    scheme = first(tags, "fooocus_scheme")
    if scheme is None:
        return
    settings_tag = first(tags, "parameters") or scheme
    found = infotext.find(settings_tag.value)
    detail = found.detail() if found else {}
    yield state(
        "ai-generated", scheme, tool=TOOL, detail=detail, private=found.private() if found else {}
    )


def is_fooocus(settings: Mapping[str, object]) -> bool:
    """Whether a document holds the settings that Fooocus writes."""
    if text_of(settings.get("metadata_scheme")).lower() == "fooocus":
        return True
    own = len(_OWN & settings.keys()) >= 2 and "base_model" in settings
    return own or len(_LABELS & settings.keys()) >= 3


def said(settings: Mapping[str, object], tag: Tag) -> Evidence:
    """What a document of Fooocus settings says."""

    def got(*names: str) -> object:
        return next((settings[name] for name in names if name in settings), None)

    detail: dict[str, Json] = {
        "tool_version": text_of(got("version", "Version")),
        "model": basename(got("base_model", "Base Model")),
        "steps": number(got("steps", "Steps")),
        "sampler": text_of(got("sampler", "Sampler")),
        "cfg": number(got("guidance_scale", "Guidance Scale")),
        "size": text_of(got("resolution", "Resolution")).strip("()").replace(", ", "x"),
    }
    private: dict[str, Json] = {
        "prompt": text_of(got("prompt", "Prompt")),
        "negative_prompt": text_of(got("negative_prompt", "Negative Prompt")),
        "seed": text_of(got("seed", "Seed")),
        "loras": _loras(settings),
    }
    return state("ai-generated", tag, tool=TOOL, detail=detail, private=private)


def _loras(settings: Mapping[str, object]) -> list[str]:
    listed = settings.get("loras")
    names = [
        basename(entry[0] if isinstance(entry, list) and entry else entry)
        for entry in (listed[:200] if isinstance(listed, list) else [])
    ]
    labelled = [basename(v) for k, v in settings.items() if k.lower().startswith("lora ")]
    return [name for name in names + labelled[:200] if name]

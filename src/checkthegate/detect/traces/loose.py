"""Settings of a generator nobody here knows: JSON with a prompt and what goes with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import Role, role
from checkthegate.detect.traces.statement import basename, mapping, number, state, text_of, word
from checkthegate.detect.traces.swarmui import size
from checkthegate.detect.traces.tools import tool_in
from checkthegate.model import Evidence, Json

_PROMPT = ("prompt", "positive_prompt", "positiveprompt", "Prompt", "c", "text_prompt")
_BESIDE = frozenset(
    """
    seed steps sampler cfg cfg_scale cfgscale guidance guidance_scale num_inference_steps
    negative_prompt negativeprompt uc model model_name model_id scheduler model_hash strength
    aspect_ratio
    """.split()  # noqa: SIM905
)
_FROM = frozenset({"init_image", "image_url", "input_image", "mask", "mask_url", "initimage"})
_TOOL_KEYS = ("software", "generator", "tool", "app", "source", "provider", "service", "model")


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement for each field that holds such a document."""
    for tag in tags:
        if role(tag) is Role.TOOL or tag.value[:200].lstrip()[:1] != "{":
            continue
        if "rompt" in tag.value:
            told = mapping(tag.value)
            if is_settings(told):
                yield said(told, tag)


def is_settings(told: Mapping[str, object]) -> bool:
    """Whether a document holds a prompt as text, and at least two of what goes with one."""
    has_prompt = any(isinstance(told.get(name), str) for name in _PROMPT)
    return has_prompt and len(_BESIDE & {key.lower() for key in told}) >= 2


def said(told: Mapping[str, object], tag: Tag, claim: str | None = None) -> Evidence:
    """What such a document says."""
    low = {key.lower(): value for key, value in told.items()}

    def got(*names: str) -> object:
        return next((low[name] for name in names if name in low), None)

    named = (tool_in(word(text_of(got(key)))) for key in _TOOL_KEYS)
    tool = next((found.name for found in named if found), None)
    detail: dict[str, Json] = {
        "model": basename(got("model", "model_name", "model_id")),
        "steps": number(got("steps", "num_inference_steps")),
        "sampler": text_of(got("sampler", "scheduler")),
        "cfg": number(got("cfg", "cfg_scale", "cfgscale", "guidance", "guidance_scale")),
        "size": size(low),
    }
    private: dict[str, Json] = {
        "prompt": text_of(got("prompt", "positive_prompt", "positiveprompt", "c", "text_prompt")),
        "negative_prompt": text_of(got("negative_prompt", "negativeprompt", "uc")),
        "seed": text_of(got("seed")),
    }
    claim = claim or ("ai-modified" if any(low.get(key) for key in _FROM) else "ai-generated")
    return state(claim, tag, tool=tool, detail=detail, private=private)

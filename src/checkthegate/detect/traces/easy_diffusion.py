"""Easy Diffusion: each setting a PNG field of its own, or all as JSON in EXIF UserComment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import named, plain_key
from checkthegate.detect.traces.statement import basename, mapping, number, state, text_of
from checkthegate.model import Evidence, Json

TOOL = "Easy Diffusion"
_OWN = frozenset(
    {"use_stable_diffusion_model", "stable diffusion model", "num_inference_steps",
     "guidance_scale", "guidance scale", "negative_prompt", "negative prompt",
     "use_vae_model", "vae model", "use_lora_model", "seed", "sampler_name", "sampler",
     "prompt", "width", "height", "init_image", "prompt_strength"}
)  # fmt: skip
_CERTAIN = frozenset({"use_stable_diffusion_model", "stable diffusion model"})


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """One statement from the fields, or from a document that holds them."""
    fields = {plain_key(tag): tag for tag in tags}
    own = {key: tag.value for key, tag in fields.items() if key in _OWN}
    sure = _CERTAIN & own.keys()
    if sure or ({"num_inference_steps", "guidance_scale"} <= own.keys()):
        key = next(iter(sure), "num_inference_steps")
        yield said(own, fields[key])
        return
    for tag in named(tags, "usercomment", "comment"):
        if "stable_diffusion_model" in tag.value or "Stable Diffusion model" in tag.value:
            settings = {key.lower(): value for key, value in mapping(tag.value).items()}
            if _CERTAIN & settings.keys():
                yield said(settings, tag)
                return


def said(settings: Mapping[str, object], tag: Tag, claim: str | None = None) -> Evidence:
    """What Easy Diffusion's settings (lower-case names) say."""

    def got(*names: str) -> object:
        return next((settings[name] for name in names if name in settings), None)

    width, height = text_of(got("width")), text_of(got("height"))
    detail: dict[str, Json] = {
        "model": basename(got("use_stable_diffusion_model", "stable diffusion model")),
        "steps": number(got("num_inference_steps", "steps")),
        "sampler": text_of(got("sampler_name", "sampler")),
        "cfg": number(got("guidance_scale", "guidance scale")),
        "size": f"{width}x{height}" if width and height else "",
    }
    private: dict[str, Json] = {
        "prompt": text_of(got("prompt")),
        "negative_prompt": text_of(got("negative_prompt", "negative prompt")),
        "seed": text_of(got("seed")),
        "loras": [basename(got("use_lora_model"))] if got("use_lora_model") else [],
    }
    made_from = text_of(got("init_image")).lower() not in ("", "none", "null")
    claim = claim or ("ai-modified" if made_from else "ai-generated")
    return state(claim, tag, tool=TOOL, detail=detail, private=private)

"""NovelAI: PNG Title, Software, Source, Description and Comment (JSON).

In WebP the same lies in EXIF (DocumentName, ImageDescription, UserComment), often as one JSON
document that holds the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import Role, first, role, top_name
from checkthegate.detect.traces.statement import mapping, number, parsed, state, text_of, word
from checkthegate.detect.traces.swarmui import size
from checkthegate.model import Evidence, Json

TOOL = "NovelAI"
_TITLES = ("novelai generated image", "ai generated image")
_NAMING = frozenset({"software", "source", "title", "documentname", "processingsoftware"})


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """One statement for all of NovelAI's fields."""
    settings_tag, settings = _settings(tags)
    naming = next((tag for tag in tags if _names_novelai(tag)), None)
    tag = naming or (settings_tag if _is_signed(settings) else None)
    if tag is None:
        return
    description = first(tags, "description", "imagedescription")
    source = text_of(settings.get("Source")) or _value(first(tags, "source", "documentname"))
    yield state(
        _claim(settings),
        tag,
        tool=TOOL,
        detail=_detail(settings, source),
        private=_private(settings, _value(description)),
    )


def _names_novelai(tag: Tag) -> bool:
    value = tag.value[:300].strip().lower()
    return top_name(tag) in _NAMING and value.startswith("novelai")


def _is_signed(settings: Mapping[str, object]) -> bool:
    if "signed_hash" in settings and ("uc" in settings or "prompt" in settings):
        return True
    return text_of(settings.get("Software")) == TOOL


def _settings(tags: Sequence[Tag]) -> tuple[Tag | None, Mapping[str, object]]:
    """The field with NovelAI's JSON, and its innermost settings with the outer names kept."""
    for tag in tags:
        if role(tag) is not Role.PROSE or tag.value[:200].lstrip()[:1] != "{":
            continue
        if '"uc"' not in tag.value and "signed_hash" not in tag.value and TOOL not in tag.value:
            continue
        outer = mapping(parsed(tag.value))
        inner = mapping(outer.get("Comment") or outer.get("comment"))
        if outer:
            return tag, {**outer, **inner}
    return None, {}


def _value(tag: Tag | None) -> str:
    return tag.value if tag is not None else ""


def _claim(settings: Mapping[str, object]) -> str:
    request = text_of(settings.get("request_type")).lower()
    changed = "img2img" in request or "infill" in request or "inpaint" in request
    return "ai-modified" if changed else "ai-generated"


def _detail(settings: Mapping[str, object], source: str) -> dict[str, Json]:
    return {
        "model": word(source, 80),
        "steps": number(settings.get("steps")),
        "sampler": text_of(settings.get("sampler")),
        "cfg": number(settings.get("scale")),
        "size": size(settings),
    }


def _private(settings: Mapping[str, object], description: str) -> dict[str, Json]:
    prompt = settings.get("prompt") or settings.get("Description") or description
    return {
        "prompt": text_of(prompt),
        "negative_prompt": text_of(settings.get("uc")),
        "seed": text_of(settings.get("seed")),
    }

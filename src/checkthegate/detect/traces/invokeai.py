"""InvokeAI: `invokeai_metadata`, `invokeai_workflow`, `invokeai_graph` (version 3 on).

Before that `sd-metadata` (JSON), and first of all `Dream` (a command line).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import first
from checkthegate.detect.traces.statement import (
    basename,
    mapping,
    node_names,
    number,
    state,
    text_of,
)
from checkthegate.detect.traces.swarmui import size
from checkthegate.model import Evidence, Json

TOOL = "InvokeAI"
_FLAG = re.compile(r"(?:^|\s)-([sSWHCA])\s{0,4}([\w.\-]{1,40})")
_INIT = re.compile(r"(?:^|\s)(?:-I|--init_img|-M|--init_mask)[\s=]")
_CHANGES = ("img2img", "inpaint", "outpaint", "image_to_image", "upscale")


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """One statement from the newest form present; the graph is kept beside it."""
    newest = first(tags, "invokeai_metadata")
    legacy, dream = first(tags, "sd-metadata"), first(tags, "dream")
    graph = first(tags, "invokeai_workflow", "invokeai_graph")
    workflow: dict[str, Json] = {"workflow": graph.value} if graph else {}
    if newest is not None:
        yield _modern(newest, workflow)
    elif legacy is not None and legacy.value.lstrip()[:1] == "{":
        yield _legacy(legacy)
    elif dream is not None and (_FLAG.search(dream.value) or '"' in dream.value[:2]):
        yield _dream(dream)
    elif graph is not None:
        detail: dict[str, Json] = {"node_types": node_types(mapping(graph.value))}
        yield state("ai-generated", graph, tool=TOOL, detail=detail, private=workflow)


def node_types(graph: Mapping[str, object]) -> list[str]:
    """Sorted kinds of nodes in an InvokeAI graph, whose nodes are a list or a mapping."""
    nodes = graph.get("nodes")
    listed = list(nodes.values()) if isinstance(nodes, dict) else nodes
    found: set[str] = set()
    for node in listed[:20_000] if isinstance(listed, list) else []:
        inner = mapping(node).get("data")
        found.add(text_of(mapping(inner or node).get("type")))
    return node_names(found)


def _modern(tag: Tag, workflow: dict[str, Json]) -> Evidence:
    told = mapping(tag.value)
    model = mapping(told.get("model"))
    loras = told.get("loras")
    detail: dict[str, Json] = {
        "tool_version": text_of(told.get("app_version")),
        "model": basename(model.get("name") or model.get("model_name") or told.get("model")),
        "steps": number(told.get("steps")),
        "sampler": text_of(told.get("scheduler")),
        "cfg": number(told.get("cfg_scale")),
        "size": size(told),
    }
    private: dict[str, Json] = {
        "prompt": text_of(told.get("positive_prompt")),
        "negative_prompt": text_of(told.get("negative_prompt")),
        "seed": text_of(told.get("seed")),
        "loras": _loras(loras if isinstance(loras, list) else []),
        **workflow,
    }
    mode = text_of(told.get("generation_mode")).lower()
    changed = any(word in mode for word in _CHANGES) or "init_image" in told
    claim = "ai-modified" if changed else "ai-generated"
    return state(claim, tag, tool=TOOL, detail=detail, private=private)


def _loras(listed: Sequence[object]) -> list[str]:
    names = []
    for entry in listed[:200]:
        lora = mapping(entry).get("model") or mapping(entry).get("lora")
        names.append(basename(mapping(lora).get("name") or mapping(lora).get("model_name")))
    return [name for name in names if name]


def _legacy(tag: Tag) -> Evidence:
    told = mapping(tag.value)
    image = mapping(told.get("image"))
    prompts = image.get("prompt")
    parts = prompts if isinstance(prompts, list) else [prompts]
    detail: dict[str, Json] = {
        "tool_version": text_of(told.get("app_version")),
        "model": basename(told.get("model_weights") or told.get("model")),
        "steps": number(image.get("steps")),
        "sampler": text_of(image.get("sampler")),
        "cfg": number(image.get("cfg_scale")),
        "size": size(image),
    }
    private: dict[str, Json] = {
        "prompt": "\n".join(text_of(mapping(part).get("prompt") or part) for part in parts[:50]),
        "seed": text_of(image.get("seed")),
    }
    changed = any(word in text_of(image.get("type")).lower() for word in _CHANGES)
    claim = "ai-modified" if changed else "ai-generated"
    return state(claim, tag, tool=TOOL, detail=detail, private=private)


def _dream(tag: Tag) -> Evidence:
    prompt, quote, line = tag.value[:1_000_000].strip().lstrip('"').rpartition('"')
    flags = dict(_FLAG.findall(line if quote else tag.value[:65_536]))
    width, height = flags.get("W", ""), flags.get("H", "")
    detail: dict[str, Json] = {
        "steps": number(flags.get("s", "")),
        "sampler": flags.get("A", ""),
        "cfg": number(flags.get("C", "")),
        "size": f"{width}x{height}" if width and height else "",
    }
    private: dict[str, Json] = {"prompt": prompt or tag.value, "seed": flags.get("S", "")}
    claim = "ai-modified" if _INIT.search(line) else "ai-generated"
    return state(claim, tag, tool=TOOL, detail=detail, private=private)

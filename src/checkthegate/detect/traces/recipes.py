"""Generators' recipes as files: which program's they are and what they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces import comfy_graph, infotext
from checkthegate.detect.traces.automatic1111 import from_infotext
from checkthegate.detect.traces.easy_diffusion import said as easy_diffusion
from checkthegate.detect.traces.fooocus import is_fooocus
from checkthegate.detect.traces.fooocus import said as fooocus
from checkthegate.detect.traces.invokeai import node_types
from checkthegate.detect.traces.loose import is_settings
from checkthegate.detect.traces.loose import said as loose
from checkthegate.detect.traces.statement import basename, mapping, parsed, state
from checkthegate.detect.traces.swarmui import said as swarmui
from checkthegate.model import Evidence, Json

CLAIM = "ai-workflow"
_A1111_SETTINGS = frozenset({"sd_model_checkpoint", "samples_save", "samples_format"})
_FOOOCUS_PRESET = frozenset({"default_model", "default_loras", "default_sampler"})


def document(text: str) -> object:
    """The JSON in a file's text, or None when it is damaged, too large or too deep."""
    return parsed(text)


def from_document(found: object, text: str) -> Iterator[Evidence]:
    """At most one `ai-workflow` statement about a parsed JSON document."""
    outer = found[0] if isinstance(found, list) and found else found
    told = mapping(outer)
    if told:
        tag = Tag("json", "document", text)
        evidence = _comfy(told, tag) or _other(told, tag)
        if evidence is not None:
            yield _as_recipe(evidence)


def from_text(text: str) -> Iterator[Evidence]:
    """At most one `ai-workflow` statement about the settings in a plain text."""
    found = infotext.find(text)
    if found is not None:
        yield _as_recipe(from_infotext(found, Tag("text", "settings", text)))


def _as_recipe(evidence: Evidence) -> Evidence:
    return replace(evidence, observer="workflow", claim=CLAIM)


def _comfy(told: Mapping[str, object], tag: Tag) -> Evidence | None:
    api, graph = comfy_graph.api_nodes(told), comfy_graph.graph_nodes(told)
    if api is None and graph is None:
        return None
    recipe = comfy_graph.read_api(api) if api is not None else comfy_graph.read_graph(graph or [])
    private: dict[str, Json] = {**recipe.private(), "workflow": tag.value}
    return state(CLAIM, tag, tool="ComfyUI", detail=recipe.detail(), private=private)


def _other(told: Mapping[str, object], tag: Tag) -> Evidence | None:
    if "sui_image_params" in told:
        return swarmui(told, tag, CLAIM)
    if is_fooocus(told):
        return fooocus(told, tag)
    if len(_FOOOCUS_PRESET & told.keys()) >= 2:
        model: dict[str, Json] = {"model": basename(told.get("default_model"))}
        return state(CLAIM, tag, tool="Fooocus", detail=model)
    if _is_invoke(told):
        kinds: dict[str, Json] = {"node_types": node_types(told)}
        held: dict[str, Json] = {"workflow": tag.value}
        return state(CLAIM, tag, tool="InvokeAI", detail=kinds, private=held)
    if len(_A1111_SETTINGS & told.keys()) >= 2:
        checkpoint: dict[str, Json] = {"model": basename(told.get("sd_model_checkpoint"))}
        return state(CLAIM, tag, tool="AUTOMATIC1111", detail=checkpoint)
    return _settings(told, tag)


def _is_invoke(told: Mapping[str, object]) -> bool:
    nodes = told.get("nodes")
    first = nodes[0] if isinstance(nodes, list) and nodes else None
    is_graph = mapping(first).get("type") == "invocation" and "edges" in told
    return is_graph or "invokeai_metadata" in told or "invokeai_version" in told


def _settings(told: Mapping[str, object], tag: Tag) -> Evidence | None:
    asked = mapping(told.get("reqBody")) or told
    low = {key.lower(): value for key, value in asked.items()}
    if "use_stable_diffusion_model" in low:
        return easy_diffusion(low, tag, CLAIM)
    return loose(told, tag, CLAIM) if is_settings(told) else None

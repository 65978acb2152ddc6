"""ComfyUI: the prompt that ran and the graph it came from, wherever a saver put them.

PNG text and MP4/WebM/Matroska keys `prompt` and `workflow`; EXIF Make, Model and
ImageDescription beginning `Prompt:` or `Workflow:`; a `comment` holding both as JSON
(VideoHelperSuite); any other field that holds either form whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces import comfy_graph
from checkthegate.detect.traces.fields import plain_key
from checkthegate.detect.traces.statement import parsed, state
from checkthegate.model import Evidence, Grade, Json

TOOL = "ComfyUI"
_PREFIX = re.compile(r"\s*(prompt|workflow)\s*:\s*(?=[{\[\"])", re.I)


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """One statement for all that ComfyUI wrote into a file."""
    api: tuple[Tag, comfy_graph.Nodes] | None = None
    graph: tuple[Tag, list[object]] | None = None
    broken: Tag | None = None
    for tag in tags:
        body = _body(tag)
        if body is None:
            continue
        document = parsed(body)
        nodes, drawn = comfy_graph.api_nodes(document), comfy_graph.graph_nodes(document)
        if nodes and api is None:
            api = (tag, nodes)
        if drawn and graph is None:
            graph = (tag, list(drawn))
        if document is None and _looks_like_comfy(body):
            broken = broken or tag
    yield from _said(tags, api, graph, broken)
    yield from _leftover(tags, bool(api or graph or broken))


def _body(tag: Tag) -> str | None:
    """The JSON text of a field that may be ComfyUI's, or None."""
    text = tag.value
    prefix = _PREFIX.match(text[:40])
    if prefix:
        return text[prefix.end() :]
    opening = text[:200].lstrip()[:1]
    return text if opening in ("{", '"') and _looks_like_comfy(text) else None


def _looks_like_comfy(text: str) -> bool:
    return "class_type" in text or "last_node_id" in text or "Node name for S&R" in text


def _said(
    tags: Sequence[Tag],
    api: tuple[Tag, comfy_graph.Nodes] | None,
    graph: tuple[Tag, list[object]] | None,
    broken: Tag | None,
) -> Iterator[Evidence]:
    if api is not None:
        tag, nodes = api
        recipe = comfy_graph.read_api(nodes)
    elif graph is not None:
        tag = graph[0]
        recipe = comfy_graph.read_graph(node for node in graph[1] if isinstance(node, dict))
    elif broken is not None:
        held: dict[str, Json] = {"workflow": broken.value}
        yield state("ai-generated", broken, tool=TOOL, private=held)
        return
    else:
        return
    raw = graph[0].value if graph is not None else tag.value
    private: dict[str, Json] = {**recipe.private(), "workflow": _PREFIX.sub("", raw, count=1)}
    yield state(recipe.claim, tag, tool=TOOL, detail=recipe.detail(), private=private)


def _leftover(tags: Sequence[Tag], told: bool) -> Iterator[Evidence]:
    """A field called `prompt` or `workflow` that is not ComfyUI's still hints at a generator."""
    if told:
        return
    for tag in tags:
        if plain_key(tag) in ("prompt", "ai_prompt") and tag.value.strip():
            private: dict[str, Json] = {"prompt": tag.value}
            yield state("ai-hint", tag, grade=Grade.SUSPECTED, private=private)
            return

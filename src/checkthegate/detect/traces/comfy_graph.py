"""What a ComfyUI graph says: its models, prompts, seed, and whether it starts from a picture.

Two forms exist: the API prompt (`{"3": {"class_type": …, "inputs": …}}`, what really ran) and
the editor's graph (`{"nodes": [{"type": …, "widgets_values": …}]}`). Both may be wrapped, and
both come with nodes nobody here has heard of; those are listed like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from checkthegate.detect.traces.statement import basename, mapping, node_names, number, text_of
from checkthegate.model import Json

NODE_LIMIT = 20_000
_MODEL_FILE = re.compile(r"\.(?:safetensors|sft|ckpt|pt|pth|bin|gguf|onnx|engine|pkl)$", re.I)
_MODEL_KEY = re.compile(r"(?:^|_)(?:ckpt|unet|vae|clip|model|control_net|controlnet)(?:_name)?\d*$")
_MAIN_KEYS = ("ckpt_name", "unet_name", "model_name", "base_ckpt_name", "model")
_TEXT_KEYS = re.compile(r"(?:^|_)(?:text|prompt|positive|negative|clip_l|t5xxl|string|lyrics|tags)")
_INPUT_NODE = re.compile(
    r"(?:load|input|upload)_?(?:image|video|mask|audio|frame|from)|(?:image|video|mask)s?[ _]?load|"
    r"loadimage|loadvideo|inpaint|image_?(?:from_?)?(?:url|path|base64)",
    re.I,
)
_MODEL_LOADER = re.compile(r"upscale|control|clip|vae|lora|style|embed", re.I)
_HARMLESS = re.compile(
    r"^(?:LoadImage\w*|SaveImage\w*|PreviewImage|Image(?:Scale\w*|Crop\w*|Invert|Batch|Blend|Blur|"
    r"Sharpen|Flip|Rotate|PadForOutpaint|CompositeMasked|Quantize)|Load(?:Video|Audio)|GetImage\w*|"
    r"Save(?:Video|WEBM|Audio\w*|AnimatedWEBP|AnimatedPNG)|CreateVideo|GetVideoComponents|"
    r"VHS_\w+|Note|MarkdownNote|Reroute|Primitive\w*|Mask\w*|InvertMask|EmptyImage)$"
)


@dataclass(slots=True)
class Recipe:
    """What was read from a graph; `None` and empties where the graph does not say."""

    node_types: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    model: str = ""
    loras: list[str] = field(default_factory=list)
    prompt: str = ""
    negative_prompt: str = ""
    seed: str = ""
    settings: dict[str, Json] = field(default_factory=dict)
    from_input: bool = False
    generative: bool = True

    def detail(self) -> dict[str, Json]:
        """What may leave the home."""
        shown: dict[str, Json] = {"model": self.model, "models": self.models}
        return {**shown, "node_types": self.node_types[:200], **self.settings}

    def private(self) -> dict[str, Json]:
        """What stays at home."""
        held: dict[str, Json] = {"prompt": self.prompt, "negative_prompt": self.negative_prompt}
        return {**held, "seed": self.seed, "loras": self.loras}

    @property
    def claim(self) -> str:
        """What the output of such a graph is."""
        if not self.generative:
            return "ai-tool"
        return "ai-modified" if self.from_input else "ai-generated"


Nodes = Mapping[str, Mapping[str, object]]


def api_nodes(document: object) -> Nodes | None:
    """The nodes of an API prompt, also when wrapped as `{"prompt": …}`, or None."""
    for found in _unwrapped(document, ("prompt", "api_prompt", "output")):
        nodes = {
            key: node
            for key, node in list(found.items())[:NODE_LIMIT]
            if isinstance(node, dict) and isinstance(node.get("class_type"), str)
        }
        if nodes and all(isinstance(node.get("inputs", {}), dict) for node in nodes.values()):
            return nodes
    return None


def graph_nodes(document: object) -> list[Mapping[str, object]] | None:
    """The nodes of an editor's graph with those of its subgraphs, or None when it is not one."""
    for found in _unwrapped(document, ("workflow", "extra_pnginfo", "graph")):
        nodes = _node_list(found)
        marked = "last_node_id" in found or "last_link_id" in found
        if nodes and (marked or any(_is_comfy(node) for node in nodes)):
            parts = mapping(found.get("definitions")).get("subgraphs")
            inner = [n for part in _dicts(parts) for n in _node_list(part)]
            return (nodes + inner)[:NODE_LIMIT]
    return None


def _node_list(found: Mapping[str, object]) -> list[Mapping[str, object]]:
    return [node for node in _dicts(found.get("nodes")) if isinstance(node.get("type"), str)]


def _is_comfy(node: Mapping[str, object]) -> bool:
    properties = mapping(node.get("properties"))
    return "Node name for S&R" in properties or properties.get("cnr_id") == "comfy-core"


def _dicts(value: object) -> list[Mapping[str, object]]:
    parts = value[:NODE_LIMIT] if isinstance(value, list) else []
    return [part for part in parts if isinstance(part, dict)]


def _unwrapped(document: object, wrappers: Sequence[str]) -> Iterator[Mapping[str, object]]:
    """The document itself, then what lies (as JSON or as its text) under known wrappers."""
    outer = mapping(document)
    if outer:
        yield outer
    for name in wrappers:
        inner = mapping(outer.get(name))
        if inner:
            yield inner
            yield from (found for w in wrappers if (found := mapping(inner.get(w))))


def read_api(nodes: Nodes) -> Recipe:
    """The recipe of an API prompt."""
    recipe = Recipe()
    types = [text_of(node["class_type"]) for node in nodes.values()]
    _common(recipe, types)
    for node in nodes.values():
        inputs = mapping(node.get("inputs"))
        for key, value in inputs.items():
            _take(recipe, text_of(node["class_type"]), key, value)
    recipe.from_input = recipe.from_input or _encodes_outside_picture(nodes)
    _read_prompts(recipe, nodes)
    recipe.model = recipe.model or next(iter(recipe.models), "")
    return recipe


def read_graph(nodes: Iterable[Mapping[str, object]]) -> Recipe:
    """The recipe of an editor's graph; muted and bypassed nodes do not count."""
    recipe = Recipe()
    active = [node for node in nodes if node.get("mode") not in (2, 4)]
    _common(recipe, [text_of(node["type"]) for node in active])
    texts: list[str] = []
    for node in active:
        kind, widgets = text_of(node["type"]), node.get("widgets_values")
        values = list(widgets.values()) if isinstance(widgets, dict) else widgets
        for value in values if isinstance(values, list) else []:
            _take(recipe, kind, "", value)
        if "TextEncode" in kind and isinstance(values, list):
            texts += [value for value in values[:4] if isinstance(value, str) and value.strip()]
        if "Sampler" in kind and isinstance(values, list) and values and not recipe.seed:
            recipe.seed = text_of(values[0]) if isinstance(values[0], int) else ""
    recipe.prompt = "\n".join(dict.fromkeys(texts))
    recipe.model = recipe.model or next(iter(recipe.models), "")
    return recipe


def _common(recipe: Recipe, types: Sequence[str]) -> None:
    recipe.node_types = node_names(types)
    recipe.from_input = any(_INPUT_NODE.search(kind[:200]) for kind in types)
    recipe.generative = not all(_HARMLESS.match(kind[:200]) for kind in types)


def _take(recipe: Recipe, kind: str, key: str, value: object) -> None:
    """Note one input: a model, a LoRA, the seed, a sampler's setting."""
    if isinstance(value, str) and value and len(value) < 1000:
        is_file = _MODEL_FILE.search(value)
        if "lora" in key.lower() or ("lora" in kind.lower() and (is_file or not key)):
            if is_file or key.lower().startswith("lora_name"):
                _add(recipe.loras, basename(value))
        elif is_file or _MODEL_KEY.search(key):
            _add(recipe.models, basename(value))
            if not recipe.model and not _MODEL_LOADER.search(kind) and _is_main(key, is_file):
                recipe.model = basename(value)
        elif key in ("sampler_name", "sampler"):
            recipe.settings.setdefault("sampler", value)
    elif key in ("seed", "noise_seed") and not recipe.seed:
        recipe.seed = text_of(value)
    elif key in ("steps", "cfg") and number(value) is not None:
        recipe.settings.setdefault(key, number(value))
    elif isinstance(value, dict) and isinstance(value.get("lora"), str):
        _add(recipe.loras, basename(value["lora"]))


def _is_main(key: str, is_file: object) -> bool:
    return key in _MAIN_KEYS or (not key and bool(is_file))


def _add(names: list[str], name: str) -> None:
    if name and len(names) < 200 and name not in names and name.lower() != "none":
        names.append(name)


def _links(node: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(input name, id of the node it comes from) for each link into a node."""
    for key, value in mapping(node.get("inputs")).items():
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int):
            yield key, str(value[0])


def _upstream(nodes: Nodes, start: Iterable[str]) -> set[str]:
    """Ids of everything that feeds the given nodes, themselves included."""
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        at = waiting.pop()
        if at not in seen and at in nodes:
            seen.add(at)
            waiting += [source for _, source in _links(nodes[at])]
    return seen


def _encodes_outside_picture(nodes: Nodes) -> bool:
    """Whether a picture that no sampler in this graph made is encoded for sampling."""
    fed = [
        source
        for node in nodes.values()
        if "VAEEncode" in text_of(node["class_type"])
        for key, source in _links(node)
        if key in ("pixels", "image", "images", "video")
    ]
    if not fed:
        return False
    kinds = {text_of(nodes[at]["class_type"]) for at in _upstream(nodes, fed)}
    return not any("VAEDecode" in kind or "Sampler" in kind for kind in kinds)


def _read_prompts(recipe: Recipe, nodes: Nodes) -> None:
    ends: dict[str, list[str]] = {"positive": [], "negative": []}
    for node in nodes.values():
        for key, source in _links(node):
            if key in ends:
                ends[key].append(source)
    wanted = _upstream(nodes, ends["positive"])
    unwanted = _upstream(nodes, ends["negative"]) - wanted
    rest = [at for at in nodes if at not in unwanted]
    recipe.prompt = _texts(nodes, rest)
    recipe.negative_prompt = _texts(nodes, [at for at in nodes if at in unwanted])


def _texts(nodes: Nodes, ids: Iterable[str]) -> str:
    found: dict[str, None] = {}
    for at in ids:
        for key, value in mapping(nodes[at].get("inputs")).items():
            if isinstance(value, str) and value.strip() and _TEXT_KEYS.search(key.lower()[:100]):
                found[value] = None
    return "\n".join(found)

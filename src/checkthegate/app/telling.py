"""What a generated file says of its own making, parted into what may leave the home and what
may not; and where that contradicts what was said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from checkthegate.model import Asset, Evidence, Gap, Grade, Json, Observation, canonical
from checkthegate.model.registry import Made

_PRIVATE_BYTES: Final = 3_000_000
_MOST_LISTED: Final = 200
_LONGEST: Final = 2_000
_MADE: Final = frozenset({"ai-generated", "ai-modified", "ai-watermark", "ai-workflow"})
_QUIET: Final = frozenset({"training-preference", "edited"})
_GRAPH_LOADERS: Final = ("load", "input", "upload")
_NAME_KEYS: Final = frozenset({"image", "video", "audio", "mask", "file", "path", "images"})


@dataclass(frozen=True, slots=True)
class Told:
    """What one file told. `facts` may leave the home, `private` never does.

    `tools` are the generators it names, `models` theirs, `inputs` the names of files its
    recipe reads. `made` is None when it does not say.
    """

    asset: Asset
    facts: Mapping[str, Json]
    private: Mapping[str, Json]
    tools: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    made: Made | None = None
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A tool that somebody says made the files. `id` is its own in the registry, if it is there."""

    id: str | None
    name: str
    version: str | None = None
    maker: str | None = None


@dataclass(slots=True)
class Unsaid:
    """Tools that files name and nobody said, each with the files that name it."""

    files: dict[str, list[str]] = field(default_factory=dict)
    models: dict[str, tuple[str, ...]] = field(default_factory=dict)


def told_by(asset: Asset, said: Sequence[Observation], key: bytes) -> Told:
    """Everything the observations tell of the file. `key` makes the keyed digests of what
    is withheld."""
    evidence = [each for each in said if isinstance(each, Evidence)]
    gaps = tuple(f"{each.observer}: {each.reason}" for each in said if isinstance(each, Gap))
    telling = [each for each in evidence if each.grade is not Grade.SUSPECTED]
    tools = _named(telling, "tool")
    models = _named(telling, "model", "models")
    private = _private(evidence)
    facts: dict[str, Any] = {}
    if tools:
        facts["tools"] = tools
    if models:
        facts["models"] = models
    shown = [_shown(each, key) for each in evidence if each.claim not in _QUIET]
    if shown:
        facts["evidence"] = shown[:_MOST_LISTED]
    if gaps:
        facts["gaps"] = list(gaps[:_MOST_LISTED])
    inputs = tuple(_inputs(private))
    if inputs:
        private = {**private, "inputs": list(inputs)}
    return Told(asset, facts, private, tuple(tools), tuple(models), inputs, _made(telling), gaps)


def unsaid_tools(told: Sequence[Told], said: Sequence[Said]) -> Unsaid:
    """The generators that files name although nobody said that these made them."""
    found = Unsaid()
    for each in told:
        for tool in each.tools:
            if not any(same_tool(tool, other) for other in said):
                found.files.setdefault(tool, []).append(each.asset.path)
                models = (*found.models.get(tool, ()), *each.models)
                found.models[tool] = tuple(dict.fromkeys(models))
    return found


def same_tool(named: str, said: Said) -> bool:
    """Whether a generator's name in a file can mean the tool that was said.

    Either name within the other, or two known names of one maker; a tool that hosts other
    makers' models may have any of them named beside it.
    """
    from checkthegate.detect.traces.tools import called

    mine = _plain(named)
    for other in filter(None, (said.name, said.maker, f"{said.name} {said.version or ''}")):
        theirs = _plain(other)
        if mine and theirs and (mine in theirs or theirs in mine):
            return True
    first, second = called(named), called(said.name)
    return first is not None and second is not None and first.family == second.family


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _named(evidence: Sequence[Evidence], *keys: str) -> list[str]:
    """What claims of making name under these keys; of an ingredient it is about something else."""
    found: dict[str, None] = {}
    for each in evidence:
        if not each.claim.startswith("ai-") or each.detail.get("manifest") == "ingredient":
            continue
        for key in keys:
            value = each.detail.get(key)
            for name in value if isinstance(value, list | tuple) else [value]:
                if isinstance(name, str) and (line := _line(name)):
                    found[line] = None
    return list(found)[:_MOST_LISTED]


def _line(text: str) -> str:
    plain = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(plain.split())[:160]


def _shown(evidence: Evidence, key: bytes) -> dict[str, Json]:
    from checkthegate.report.held_back import open_detail

    return {
        "observer": evidence.observer,
        "grade": str(evidence.grade),
        "claim": evidence.claim,
        "detail": open_detail(evidence, key=key, with_prompts=False),
    }


def _private(evidence: Sequence[Evidence]) -> dict[str, Any]:
    """What every observer held back, merged; the largest is dropped first when it is too much."""
    held: dict[str, Any] = {}
    for each in evidence:
        for name, value in each.private.items():
            place = name if name not in held or held[name] == value else f"{each.observer}.{name}"
            held[place] = _storable(value)
    while held and _size(held) > _PRIVATE_BYTES:
        largest = max(held, key=lambda name: _size(held[name]))
        del held[largest]
        held.setdefault("left_out", []).append(largest)
        if largest == "left_out":
            break
    return held


def _storable(value: Any) -> Any:
    """Text that every database keeps; lists and objects of it."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(_storable(str(name))): _storable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    return value


def _size(value: Any) -> int:
    try:
        return len(canonical(value))
    except (ValueError, TypeError, RecursionError):
        return _PRIVATE_BYTES + 1


def _made(evidence: Sequence[Evidence]) -> Made | None:
    claims = {each.claim for each in evidence if each.detail.get("manifest") != "ingredient"}
    if claims & {"ai-generated", "ai-watermark"}:
        return Made.GENERATED
    return Made.MODIFIED if "ai-modified" in claims else None


def _inputs(private: Mapping[str, Any]) -> Iterator[str]:
    """The files that a ComfyUI graph loads, by their names."""
    from checkthegate.detect.traces import comfy_graph
    from checkthegate.detect.traces.statement import basename, mapping, parsed

    text = private.get("workflow")
    document = parsed(text) if isinstance(text, str) else None
    if document is None:
        return
    found: dict[str, None] = {}
    for node in (comfy_graph.api_nodes(document) or {}).values():
        if _loads(node.get("class_type")):
            for key, value in mapping(node.get("inputs")).items():
                if key in _NAME_KEYS and isinstance(value, str):
                    found[basename(value)] = None
    for node in comfy_graph.graph_nodes(document) or ():
        widgets = node.get("widgets_values")
        if _loads(node.get("type")) and isinstance(widgets, list):
            for value in widgets[:1]:
                if isinstance(value, str):
                    found[basename(value)] = None
    yield from [name for name in found if name and "." in name][:_MOST_LISTED]


def _loads(kind: object) -> bool:
    """Whether a node of this type reads a picture, film or sound from outside."""
    word = kind.casefold() if isinstance(kind, str) else ""
    media = any(each in word for each in ("image", "video", "audio", "mask"))
    return (media and word.startswith(_GRAPH_LOADERS)) or "loadimage" in word

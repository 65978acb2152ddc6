"""What one manifest says about how its content came to be.

A source type speaks for itself. A generator's name counts where the manifest gives no source
type, and then only for what the manifest says was done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checkthegate.credentials.generators import Generator, by_agent, by_signer
from checkthegate.credentials.reading import shown
from checkthegate.credentials.store import PARENT, mapping, mappings, text
from checkthegate.credentials.terms import Term, term_of

_NODES = 20_000
# Actions that change what is there; a trained source type on them says "changed by a model",
# on any other it says what the whole file is.
_CHANGING = frozenset(
    {
        "adjustedColor",
        "changedSpeed",
        "color_adjustments",
        "cropped",
        "deleted",
        "drawing",
        "dubbed",
        "edited",
        "enhanced",
        "filtered",
        "orientation",
        "placed",
        "redacted",
        "removed",
        "resized",
        "translated",
        "trimmed",
        "unknown",
    }
)
_PASSIVE = frozenset(
    {
        "opened",
        "converted",
        "transcoded",
        "repackaged",
        "published",
        "watermarked",
        "edited.metadata",
        "resized.proportional",
        "copied",
        "formatted",
        "saved",
        "managed",
        "printed",
        "version_updated",
    }
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One claim of a manifest, with the IPTC term, agent and action it rests on, if any.

    `named` says that it rests on a generator's name alone.
    """

    claim: str
    source_type: str = ""
    tool: str = ""
    tool_version: str = ""
    action: str = ""
    suspected: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """Software that acted: name and version as the file has them."""

    name: str = ""
    version: str = ""


def statements(manifest: Mapping[str, Any]) -> list[Statement]:
    """Everything a manifest claims, each claim once."""
    typed = list(_typed(manifest))
    said = [*typed, *_named(manifest, typed), *_edits(manifest, typed), *_model_inputs(manifest)]
    if any(s.claim in ("ai-generated", "ai-modified") and s.source_type for s in said):
        said = [s for s in said if s.source_type != "composite"]
    return list(dict.fromkeys(said))


def generator_of(manifest: Mapping[str, Any]) -> Agent:
    """The software that made the claim."""
    for claimed in mappings(manifest.get("claim_generator_info")):
        if text(claimed.get("name")):
            return Agent(shown(claimed["name"]), shown(claimed.get("version") or "", 60))
    return Agent(shown(text(manifest.get("claim_generator"))))


def preferences(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What may be done with it for training and mining: `{"ai_training": "notAllowed"}`."""
    found: dict[str, str] = {}
    for label, content in assertions(manifest):
        if label.startswith(("cawg.training-mining", "c2pa.training-mining")):
            for name, entry in list(mapping(content.get("entries")).items())[:50]:
                found.setdefault(
                    shown(name.partition(".")[2] or name, 60),
                    shown(mapping(entry).get("use") or "", 40),
                )
    return found


def assertions(manifest: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Label and content of each assertion."""
    for assertion in mappings(manifest.get("assertions")):
        yield text(assertion.get("label")), mapping(assertion.get("data"))


def actions(manifest: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Agent]]:
    """Each action with the agent that did it."""
    for label, content in assertions(manifest):
        if label.startswith("c2pa.actions"):
            agents = content.get("softwareAgents")
            listed = agents if isinstance(agents, list) else []
            for action in mappings(content.get("actions")):
                yield action, _agent(action, listed)


def values_of(name: str, content: object) -> Iterator[str]:
    """Texts under every key that ends in `name` (any prefix, any case), however deep."""
    waiting, budget = [content], _NODES
    while waiting and budget:
        budget -= 1
        current = waiting.pop()
        if isinstance(current, dict):
            for key, value in current.items():
                if key.lower().rpartition(":")[2].rpartition(".")[2] == name:
                    yield from _texts(value)
                waiting.append(value)
        elif isinstance(current, list):
            waiting.extend(current[:_NODES])


def _texts(value: object) -> Iterator[str]:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, dict):
            entry = entry.get("@id") or entry.get("@value") or entry.get("uri")
        if isinstance(entry, str):
            yield entry


def _agent(action: Mapping[str, Any], listed: list[Any]) -> Agent:
    named = action.get("softwareAgent")
    index = action.get("softwareAgentIndex")
    if named is None and isinstance(index, int) and 0 <= index < len(listed):
        named = listed[index]
    if isinstance(named, dict):
        return Agent(shown(named.get("name") or ""), shown(named.get("version") or "", 60))
    return Agent(shown(text(named)))


def _typed(manifest: Mapping[str, Any]) -> Iterator[Statement]:
    """Statements that rest on a digital source type, wherever it lies."""
    maker = generator_of(manifest)
    for action, agent in actions(manifest):
        verb = _verb(action)
        for value in values_of("digitalsourcetype", action):
            yield from _statement(term_of(value), _tool(action, agent, maker), verb)
    for label, content in assertions(manifest):
        rest: object = content
        if label.startswith("c2pa.actions"):
            rest = {key: value for key, value in content.items() if key != "actions"}
        for value in values_of("digitalsourcetype", rest):
            yield from _statement(term_of(value), maker, "")
    apart = {
        key: value
        for key, value in manifest.items()
        if key not in ("assertions", "ingredients", "signature_info")
    }
    for value in values_of("digitalsourcetype", apart):
        yield from _statement(term_of(value), maker, "")


def _tool(action: Mapping[str, Any], agent: Agent, maker: Agent) -> Agent:
    """Who did it, by the most telling name there is."""
    if agent.name:
        return agent
    known = by_agent([maker.name, _admission(action)])
    return Agent(known.name) if known and not by_agent([maker.name]) else maker


def _statement(term: Term | None, agent: Agent, verb: str) -> Iterator[Statement]:
    if term is None:
        return
    claim = term.claim
    if claim == "ai-generated" and verb in _CHANGING:
        claim = "ai-modified"
    yield Statement(claim, term.name, agent.name, agent.version, verb, term.suspected)


def _named(manifest: Mapping[str, Any], typed: list[Statement]) -> Iterator[Statement]:
    """What known generators' names say where no source type does."""
    if any(s.claim.startswith("ai-") and not s.suspected for s in typed):
        return
    for action, agent in actions(manifest):
        known = by_agent([agent.name, _admission(action)])
        if known:
            told = any(values_of("digitalsourcetype", action))
            yield _by_name(known, agent, _verb(action), manifest, told=told)
    maker = generator_of(manifest)
    signature = mapping(manifest.get("signature_info"))
    signers = [text(signature.get("issuer")), text(signature.get("common_name"))]
    whole = by_agent([maker.name, text(manifest.get("claim_generator"))]) or by_signer(signers)
    if whole and not _only_passed_on(manifest):
        yield _by_name(whole, maker, "", manifest, told=bool(typed))


def _admission(action: Mapping[str, Any]) -> str:
    """An action's free text, if it says outright that a model did it."""
    said = text(action.get("description"))[:500]
    return said if re.search(r"generative ai|google ai|ai[- ]generated", said, re.I) else ""


def _by_name(
    known: Generator, agent: Agent, verb: str, manifest: Mapping[str, Any], *, told: bool
) -> Statement:
    """`told` says that a source type stands beside the name, and it is not AI's."""
    claim = known.claim
    if claim == "ai-generated" and (verb in _CHANGING or _has_parent(manifest)):
        claim = "ai-modified"
    if claim in ("ai-generated", "ai-modified") and told:
        claim = "ai-tool"
    return Statement(
        claim,
        tool=known.name,
        tool_version=agent.version,
        action=verb,
        suspected=claim == "ai-possible",
        named=True,
    )


def _edits(manifest: Mapping[str, Any], typed: list[Statement]) -> Iterator[Statement]:
    """That an ordinary tool changed it, once a manifest."""
    if any(s.claim in ("ai-modified", "edited") for s in typed):
        return
    for action, agent in actions(manifest):
        if _verb(action) in _CHANGING:
            who = agent if agent.name else generator_of(manifest)
            yield Statement("edited", tool=who.name, tool_version=who.version, action=_verb(action))
            return


def _model_inputs(manifest: Mapping[str, Any]) -> Iterator[Statement]:
    """That a model or a prompt is listed among what it was made from."""
    for ingredient in mappings(manifest.get("ingredients")):
        for kind in mappings(ingredient.get("data_types")):
            name = text(kind.get("type"))
            if name.startswith(("c2pa.types.generator", "c2pa.types.model")):
                yield Statement("ai-tool", tool=generator_of(manifest).name, action="input")


def _verb(action: Mapping[str, Any]) -> str:
    return shown(text(action.get("action")).removeprefix("c2pa."), 60)


def _has_parent(manifest: Mapping[str, Any]) -> bool:
    return any(i.get("relationship") == PARENT for i in mappings(manifest.get("ingredients")))


def _only_passed_on(manifest: Mapping[str, Any]) -> bool:
    """Whether it only re-wraps a parent whose own manifest says how that was made."""
    spoken = any(
        i.get("relationship") == PARENT and i.get("active_manifest")
        for i in mappings(manifest.get("ingredients"))
    )
    verbs = {_verb(action).partition(".bound")[0] for action, _ in actions(manifest)}
    return spoken and all(verb.removesuffix(".unbound") in _PASSIVE for verb in verbs)

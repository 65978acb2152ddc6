"""Facts about an asset and a delivery, from what was observed. Nothing is looked up here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from checkthegate.model import AiState, Asset, DeliveryGap, Evidence, Gap
from checkthegate.rules import known_tools
from checkthegate.rules.ai_state import (
    CONTRADICTION,
    RECORDED_CLAIM,
    ai_state,
    is_certain,
    is_trace,
)
from checkthegate.rules.kleene import UNKNOWN
from checkthegate.rules.scope import Facts, Value
from checkthegate.rules.scopes import ASSET, DELIVERY
from checkthegate.rules.words import (
    gaps_words,
    listed,
    listed_clauses,
    plain_name,
    says_words,
    thing_word,
    traces_words,
)
from checkthegate.rules.works import work_facts

_MAX_NODE_TYPES = 2000
_FAULT = "package-"
_NOT_IN_TIMELINE = "not-in-timeline"
_PLAYS_TIMELINE = "plays-timeline"
_NAMED_FAULTS = 3


def asset_facts(
    asset: Asset,
    evidence: Sequence[Evidence],
    gaps: Sequence[Gap],
    recorded: Mapping[str, bool | None] | None = None,
    consents: Sequence[str] = (),
) -> Facts:
    """The facts of one asset. `recorded` is what a home's records say of it, by fact name,
    None where they do not tell; without a home nothing is on record. `consents` are sentences
    about consents that do not stand."""
    certain = [said for said in evidence if is_certain(said)]
    traces = [said for said in evidence if is_trace(said)]
    telling = [*certain, *traces]
    tools = list(dict.fromkeys(name for said in telling for name in _tool_names(said)))
    nodes = list(dict.fromkeys(name for said in telling for name in _node_types(said)))
    state = ai_state(evidence, gaps)
    works = work_facts(evidence, certain)
    faults = [said for said in evidence if said.claim.startswith(_FAULT)]
    unexplained = [said for said in evidence if said.claim == _NOT_IN_TIMELINE]
    values: dict[str, Value] = {
        "asset.final": asset.final,
        "asset.kind": asset.kind.value,
        "asset.ai": UNKNOWN if state is AiState.UNKNOWN else state.value,
        "evidence.ai_found": bool(certain),
        "evidence.traces": bool(traces),
        "evidence.traces_mean_ai": UNKNOWN if traces else False,
        "evidence.looks_recorded": any(said.claim == RECORDED_CLAIM for said in traces),
        "evidence.recipe": any(said.claim == "ai-workflow" for said in traces),
        "evidence.contradiction": any(said.claim == CONTRADICTION for said in traces),
        "evidence.gaps": len(gaps),
        "evidence.unread_says_ai": UNKNOWN if gaps else False,
        "evidence.claims": frozenset(said.claim for said in evidence),
        "evidence.tools": frozenset(tools),
        "evidence.likeness_tool": _any(known_tools.makes_likeness, tools, nodes),
        "evidence.voice_tool": _any(known_tools.makes_voice, tools, nodes),
        "evidence.public_service": _any(known_tools.is_public_service, tools, []),
        "evidence.reference_input": _any(known_tools.takes_reference, [], nodes),
        "evidence.added_style": any(said.private.get("loras") for said in telling),
        "work.found": works.found,
        "work.cleared": works.cleared,
        "work.recreated": works.recreated,
        "work.alike": works.alike,
        "package.whole": not faults,
        "cut.compared": any(said.claim == _PLAYS_TIMELINE for said in evidence),
        "cut.unexplained": bool(unexplained),
        "contact.told": False,
        "use.recorded": False,
        "use.imitates": UNKNOWN,
        "use.tools_keep": UNKNOWN,
        "use.tools_secured": UNKNOWN,
        "use.people_agreed": UNKNOWN,
        "use.consents_stand": True,
        "use.promised_temp": False,
    }
    for name, value in (recorded or {}).items():
        if name in values:
            values[name] = UNKNOWN if value is None else value
    words = {
        "thing": thing_word(asset.kind),
        "says": says_words(certain),
        "tool": listed(tools) or "a generative tool",
        "service": listed(filter(known_tools.is_public_service, tools)) or "a public service",
        "step": listed(filter(_concerns_people, [*tools, *nodes])) or "a tool for faces or voices",
        "gaps": gaps_words(gaps),
        "traces": traces_words(traces),
        "works": works.works,
        "cleared": works.cleared_words,
        "faults": _faults_words(faults),
        "unexplained": listed_clauses(
            f"{said.detail.get('why') or 'AI was found where the cut shows none'}"
            for said in unexplained[:_NAMED_FAULTS]
        ),
        "consents": " ".join(consents) or "A consent does not stand.",
    }
    return Facts(ASSET.name, MappingProxyType(values), words)


def _faults_words(faults: Sequence[Evidence]) -> str:
    """The first faults, each with its file; how many more there are."""
    stated = [(said.detail.get("file", ""), said.detail.get("problem", "")) for said in faults]
    named = [f"“{plain_name(str(file))}”: {what}" for file, what in stated[:_NAMED_FAULTS]]
    more = len(faults) - len(named)
    return "; ".join([*named, f"and {more} more"] if more else named)


def delivery_facts(assets: int, gaps: Sequence[DeliveryGap], *, final: bool) -> Facts:
    """The facts of a delivery as a whole; `gaps` are those that belong to no asset."""
    values: dict[str, Value] = {
        "delivery.final": final,
        "delivery.assets": assets,
        "delivery.gaps": len(gaps),
        "delivery.unread_holds_ai": UNKNOWN if gaps else False,
    }
    count = "1 place" if len(gaps) == 1 else f"{len(gaps)} places"
    reasons = (f"{plain_name(gap.path)}: {gap.reason.rstrip('.')}" for gap in gaps)
    words = {"count": count, "gaps": listed_clauses(reasons)}
    return Facts(DELIVERY.name, MappingProxyType(values), words)


def _concerns_people(name: str) -> bool:
    return known_tools.makes_likeness(name) or known_tools.makes_voice(name)


def _any(tells: Callable[[str], bool], tools: Sequence[str], nodes: Sequence[str]) -> bool:
    return any(tells(name) for name in tools) or any(tells(name) for name in nodes)


def _tool_names(said: Evidence) -> list[str]:
    name = plain_name(said.detail.get("tool"))
    return [name] if name else []


def _node_types(said: Evidence) -> list[str]:
    nodes = said.detail.get("node_types")
    if not isinstance(nodes, Sequence) or isinstance(nodes, str):
        return []
    return [name for name in map(plain_name, nodes[:_MAX_NODE_TYPES]) if name]

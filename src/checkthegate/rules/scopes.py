"""The facts and words each scope offers to packs. `gate rules` and the manual print these."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from checkthegate.model import AiState, Kind
from checkthegate.rules.scope import Fact, FactKind, Scope
from checkthegate.rules.use_scope import USE

_KINDS = tuple(kind.value for kind in Kind)
_AI = (AiState.GENERATED.value, AiState.MODIFIED.value, AiState.NONE_FOUND.value)


def _flag(meaning: str) -> Fact:
    return Fact(FactKind.FLAG, meaning)


ASSET = Scope(
    name="asset",
    facts=MappingProxyType(
        {
            "asset.final": _flag("this is, or goes into, a final deliverable"),
            "asset.kind": Fact(FactKind.CHOICE, "what it is, by its content", _KINDS),
            "asset.ai": Fact(
                FactKind.CHOICE,
                "what is known of its AI; not known while something is unread or unexplained",
                _AI,
            ),
            "evidence.ai_found": _flag("a declared or proven claim says AI made or changed it"),
            "evidence.traces": _flag("something hints at AI without settling it"),
            "evidence.traces_mean_ai": _flag(
                "whether the unexplained traces mean AI: no without any, else not known until "
                "a person has said so"
            ),
            "evidence.recipe": _flag("a generator's recipe (workflow) lies in it or is it"),
            "evidence.contradiction": _flag("two statements in it cannot both be true"),
            "evidence.gaps": Fact(FactKind.NUMBER, "how many things in it could not be read"),
            "evidence.unread_says_ai": _flag(
                "whether what could not be read says AI: no when all was read, else not known"
            ),
            "evidence.claims": Fact(FactKind.WORDS, "the claims found, at any grade"),
            "evidence.tools": Fact(FactKind.WORDS, "the names of the tools found"),
            "evidence.likeness_tool": _flag("a tool or step that puts or drives a face was found"),
            "evidence.voice_tool": _flag("a tool or step that makes or changes a voice was found"),
            "evidence.public_service": _flag(
                "a service anybody can open an account at was found; its terms depend on the plan"
            ),
            "evidence.reference_input": _flag("a recipe shows another picture or video going in"),
            "evidence.added_style": _flag("an added style or subject model (LoRA) was found"),
            "contact.told": _flag("the studio contact is on file as having been told of this"),
            "use.recorded": _flag("a recorded use covers this"),
            "use.imitates": _flag("the recorded use recreates unowned material"),
            "use.tools_keep": _flag("a tool of the recorded use stores, re-uses or trains"),
            "use.tools_secured": _flag("every tool of the recorded use runs in a secured place"),
            "use.people_agreed": _flag(
                "everybody whose performance or union work the recorded use touches has agreed"
            ),
        }
    ),
    words=MappingProxyType(
        {
            "thing": "picture",
            "says": "says it was made with Midjourney",
            "tool": "Midjourney",
            "service": "Midjourney",
            "step": "ReActor",
            "gaps": "its credential is broken",
            "traces": "its name hints at AI",
        }
    ),
)

DELIVERY = Scope(
    name="delivery",
    facts=MappingProxyType(
        {
            "delivery.final": _flag("this delivery is final"),
            "delivery.assets": Fact(FactKind.NUMBER, "how many assets were found"),
            "delivery.gaps": Fact(
                FactKind.NUMBER, "how many places could not be opened, beside those of assets"
            ),
            "delivery.unread_holds_ai": _flag(
                "whether places that could not be opened hold AI material: no when all were "
                "opened, else not known"
            ),
        }
    ),
    words=MappingProxyType({"count": "2 places", "gaps": "scans: the folder could not be listed"}),
)

SCOPES: Mapping[str, Scope] = MappingProxyType(
    {scope.name: scope for scope in (ASSET, DELIVERY, USE)}
)

"""The facts and words each scope offers to packs. `gate rules` and the manual print these."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from checkthegate.model import AiState, Kind
from checkthegate.rules.scope import Fact, FactKind, Scope
from checkthegate.rules.use_scope import USE

_KINDS = tuple(kind.value for kind in Kind)
_AI = (AiState.GENERATED.value, AiState.MODIFIED.value, AiState.NONE_FOUND.value)


def _flag(meaning: str, yes: str, no: str) -> Fact:
    return Fact(FactKind.FLAG, meaning, phrase=(yes, no))


ASSET = Scope(
    name="asset",
    facts=MappingProxyType(
        {
            "asset.final": _flag(
                "this is, or goes into, a final deliverable",
                "it is, or goes into, a final deliverable",
                "nothing of it is final",
            ),
            "asset.kind": Fact(
                FactKind.CHOICE, "what it is, by its content", _KINDS, phrase=("the file",)
            ),
            "asset.ai": Fact(
                FactKind.CHOICE,
                "what is known of its AI; not known while something is unread or unexplained",
                _AI,
                phrase=("what is known of its AI",),
            ),
            "evidence.ai_found": _flag(
                "a declared or proven claim says AI made or changed it",
                "AI was found: a claim, declared or proven, says that it made or changed it",
                "no AI was found for certain",
            ),
            "evidence.traces": _flag(
                "something hints at AI without settling it",
                "something hints at AI without settling it",
                "nothing hints at AI",
            ),
            "evidence.traces_mean_ai": _flag(
                "whether the unexplained traces mean AI: no without any, else not known until "
                "a person has said so",
                "what hints at AI does mean AI",
                "nothing hints at AI, or a person has explained what does",
            ),
            "evidence.looks_recorded": _flag(
                "something in it looks like material on record as made by AI, without proof",
                "something in it looks like material on record as made by AI",
                "nothing in it merely looks like material on record as made by AI",
            ),
            "evidence.recipe": _flag(
                "a generator's recipe (workflow) lies in it or is it",
                "a generator’s recipe lies in it, or is it",
                "there is no generator’s recipe in it",
            ),
            "evidence.contradiction": _flag(
                "two statements in it cannot both be true",
                "two statements in it cannot both be true",
                "no two statements in it contradict each other",
            ),
            "evidence.gaps": Fact(
                FactKind.NUMBER,
                "how many things in it could not be read",
                phrase=("the number of things in it that could not be read",),
            ),
            "evidence.unread_says_ai": _flag(
                "whether what could not be read says AI: no when all was read, else not known",
                "a part that could not be read is known to say AI",
                "all of it that could say AI was read",
            ),
            "evidence.claims": Fact(
                FactKind.WORDS, "the claims found, at any grade", phrase=("the claims found",)
            ),
            "evidence.tools": Fact(
                FactKind.WORDS, "the names of the tools found", phrase=("the tools found",)
            ),
            "evidence.likeness_tool": _flag(
                "a tool or step that puts or drives a face was found",
                "a tool or step that puts or drives a face was found",
                "no tool or step that puts or drives a face was found",
            ),
            "evidence.voice_tool": _flag(
                "a tool or step that makes or changes a voice was found",
                "a tool or step that makes or changes a voice was found",
                "no tool or step that makes or changes a voice was found",
            ),
            "evidence.public_service": _flag(
                "a service anybody can open an account at was found; its terms depend on the plan",
                "a tool that anybody can sign up to was found",
                "no tool that anybody can sign up to was found",
            ),
            "evidence.reference_input": _flag(
                "a recipe shows another picture or video going in",
                "a recipe shows another picture or video going in",
                "no recipe shows another picture or video going in",
            ),
            "evidence.added_style": _flag(
                "an added style or subject model (LoRA) was found",
                "an added style or subject model was found",
                "no added style or subject model was found",
            ),
            "work.found": _flag(
                "something in it matches a reference work, its own or that of others",
                "something in it matches a reference work",
                "nothing in it matches a reference work",
            ),
            "work.cleared": _flag(
                "every reference work in it is the production's own or licensed for it; not known "
                "while something only looks like one",
                "every reference work in it is the production’s own, or licensed for it",
                "a work of others is in it without a licence",
            ),
            "work.recreated": _flag(
                "a work of others, not licensed, lies where AI made or changed it",
                "a work of others lies where AI made or changed it",
                "no work of others lies where AI made or changed it",
            ),
            "work.alike": _flag(
                "something in it looks like a work of others, not licensed, without proof",
                "something in it looks like a work of others",
                "nothing in it merely looks like a work of others",
            ),
            "package.whole": _flag(
                "its lists and its files agree; only of packages (IMF)",
                "the package is whole: its lists and its files agree",
                "the package’s lists and its files do not agree",
            ),
            "cut.compared": _flag(
                "it is a film that was checked together with the cut it plays",
                "it plays a cut that was checked with it",
                "it was not checked with the cut it plays",
            ),
            "cut.unexplained": _flag(
                "AI was found in it where its cut shows none; only of films checked with their cut",
                "AI was found in it where its cut shows none",
                "its cut shows all the AI that was found in it",
            ),
            "contact.told": _flag(
                "the studio contact is on file as having been told of this",
                "it is on file that the studio contact was told",
                "it is on file that the studio contact was not told",
            ),
            "use.recorded": _flag(
                "a recorded use covers this",
                "a recorded use covers it",
                "no recorded use covers it",
            ),
            "use.imitates": _flag(
                "the recorded use recreates unowned material",
                "the recorded use recreates unowned work",
                "the recorded use recreates no unowned work",
            ),
            "use.tools_keep": _flag(
                "a tool of the recorded use stores, re-uses or trains",
                "a tool of the recorded use keeps, re-uses or learns",
                "no tool of the recorded use keeps, re-uses or learns",
            ),
            "use.tools_secured": _flag(
                "every tool of the recorded use runs in a secured place",
                "every tool of the recorded use runs in a secured place",
                "a tool of the recorded use runs outside a secured place",
            ),
            "use.people_agreed": _flag(
                "everybody whose performance or union work the recorded use touches has agreed",
                "everybody whom the recorded use touches has agreed",
                "somebody whom the recorded use touches has not agreed",
            ),
            "use.consents_stand": _flag(
                "every consent that the recorded use rests on stands",
                "every consent that the recorded use rests on stands",
                "a consent that the recorded use rests on was refused, revoked or is over",
            ),
            "use.promised_temp": _flag(
                "whoever recorded this promised that it is temporary",
                "whoever recorded it promised that it is temporary",
                "nobody promised that it is temporary",
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
            "works": "“The Lighthouse”",
            "faults": "“reel2.mxf”: the asset map lists it, and it is not there",
            "unexplained": "AI was found in the film from 01:00:05:00 to 01:00:07:00, and the cut "
            "“R1” shows nothing there",
            "cleared": "it holds “Harbour at night”, the production’s own work",
            "consents": "The consent of the lead does not stand: it was revoked on 3 November.",
        }
    ),
)

DELIVERY = Scope(
    name="delivery",
    facts=MappingProxyType(
        {
            "delivery.final": _flag(
                "this delivery is final", "the delivery is final", "the delivery is not final"
            ),
            "delivery.assets": Fact(
                FactKind.NUMBER, "how many assets were found", phrase=("the number of files",)
            ),
            "delivery.gaps": Fact(
                FactKind.NUMBER,
                "how many places could not be opened, beside those of assets",
                phrase=("the number of places that could not be opened",),
            ),
            "delivery.unread_holds_ai": _flag(
                "whether places that could not be opened hold AI material: no when all were "
                "opened, else not known",
                "a place that could not be opened is known to hold AI material",
                "every place was opened",
            ),
        }
    ),
    words=MappingProxyType({"count": "2 places", "gaps": "scans: the folder could not be listed"}),
)

SCOPES: Mapping[str, Scope] = MappingProxyType(
    {scope.name: scope for scope in (ASSET, DELIVERY, USE)}
)

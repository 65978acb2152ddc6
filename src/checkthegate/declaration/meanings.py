"""What each field asks, in one plain line: for templates, schemas and the reference page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MEANINGS: Final[Mapping[str, str]] = {
    "title": "one line that says what is done, in your own words",
    "purpose": "what it is for",
    "outputs": "what comes out",
    "tools": "every tool or model, one entry a step",
    "tools.name": "its name and plan, as on the bill",
    "tools.environment": "where it runs and under whose terms",
    "tools.stores": "does it keep what goes in or comes out",
    "tools.reuses": "does its maker use that for anything else",
    "tools.trains": "does it learn from that",
    "tools.generative": "no only for a plain, untrained tool that is listed for completeness",
    "production": "the film or series",
    "department": "who does it",
    "vendor": "the company that does it, when it is not the production",
    "shot": "the shot or scene",
    "declared_by": "who fills this in",
    "phase": "when in the production",
    "final": "may any of it be seen, heard or read in something that is delivered",
    "prominence": "if so: none, glimpsed, featured, or carrying the story",
    "human_contribution": "does a person shape the final version in a way that matters",
    "inputs": "what goes in",
    "inputs.what": "the kind of material",
    "inputs.cleared": "has its owner or the studio approved it for this very tool",
    "references": "what prompts or guide pictures point at",
    "references.what": "the kind of thing",
    "references.permission": "has whoever holds the rights agreed",
    "imitates": "does it copy or closely recreate somebody else's work",
    "talent": "every performer whose face, body or voice is made or changed",
    "talent.who": "the performer, or the role",
    "talent.effect": "what is done",
    "talent.change": "how far it departs from what was performed",
    "talent.exemption": "why no further consent is needed, if that is so",
    "talent.consent": "is there a documented consent that covers this",
    "union_work": "does it replace work that union-covered people normally do",
    "union_agreement": "if so: are the agreements for that in place",
    "mistakable_for_real": "could an audience take it for a real event, person or statement",
    "training": "a model that is trained or fine-tuned for this; null when none is",
    "training.on": "what it learns from",
    "training.cleared": "have the owners or performers agreed",
    "training.scope": "what the model may be used for",
}

"""The facts and words of the scope `use`: what a rule may ask of a declared use.

Facts beginning with `use.` are the declaration's own answers. Facts beginning with `record.`
are never in a declaration: they are not known until somebody has put them on file, and a rule
that needs one says where to look.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from checkthegate.model.use import (
    Change,
    Effect,
    Environment,
    Exemption,
    InputKind,
    Output,
    Phase,
    Prominence,
    Purpose,
    ReferenceKind,
    TrainedOn,
    TrainingScope,
)
from checkthegate.rules.scope import Fact, FactKind, Scope


def _flag(meaning: str, yes: str, no: str) -> Fact:
    return Fact(FactKind.FLAG, meaning, phrase=(yes, no))


def _choice(meaning: str, subject: str, words: Iterable[str]) -> Fact:
    choices = tuple(str(word) for word in words if word != "unsure")
    return Fact(FactKind.CHOICE, meaning, choices, phrase=(subject,))


def _records(meaning: str, noun: str, **fields: Fact) -> Fact:
    return Fact(FactKind.RECORDS, meaning, fields=MappingProxyType(fields), phrase=(noun,))


_TOOLS = _records(
    "every tool or model in the pipeline, one entry a step",
    "step",
    environment=_choice("where the tool runs and under whose terms", "its place", Environment),
    stores=_flag("the tool keeps what goes in or comes out", "it keeps material", "it keeps none"),
    reuses=_flag(
        "the tool re-uses what goes in or comes out", "it re-uses material", "it re-uses none"
    ),
    trains=_flag(
        "the tool learns from what goes in or comes out", "it learns", "it does not learn"
    ),
    generative=_flag(
        "the step generates; no for a plain, untrained tool; left out or unsure counts as yes",
        "it is generative",
        "it is not generative",
    ),
)
_INPUTS = _records(
    "what goes into the tools",
    "input",
    what=_choice("what kind of material it is", "it", InputKind),
    cleared=_flag(
        "its owner, or the studio, has approved this input for this tool",
        "it is cleared for this tool",
        "it is not cleared for this tool",
    ),
)
_REFERENCES = _records(
    "what prompts or guide images point at",
    "reference",
    what=_choice("what kind of thing it is", "it", ReferenceKind),
    permission=_flag("permission was given", "permission was given", "permission was refused"),
)
_TALENT = _records(
    "what is done to each performer",
    "performer",
    effect=_choice("what is done", "what is done", Effect),
    change=_choice("how far it departs from the performance", "the change", Change),
    exemption=_choice(
        "why no further consent is needed; an exemption nobody claims counts as none",
        "the exemption claimed",
        Exemption,
    ),
    consent=_flag(
        "documented consent covers this use",
        "consent is documented",
        "consent is missing or refused",
    ),
)
_TRAINING = _records(
    "the model that is trained or fine-tuned: one entry, or none",
    "model trained",
    on=_choice("whose material it learns from", "the material", TrainedOn),
    cleared=_flag("the training is cleared with the owners", "it is cleared", "it is not cleared"),
    scope=_choice("what the model is for", "its scope", TrainingScope),
)


def _record(meaning: str, yes: str, no: str) -> Fact:
    return _flag(meaning + "; never part of a declaration, so not known", yes, no)


USE = Scope(
    name="use",
    facts=MappingProxyType(
        {
            "use.purpose": _choice("what it is for", "the purpose", Purpose),
            "use.phase": _choice("when in the production", "the phase", Phase),
            "use.outputs": Fact(
                FactKind.WORDS,
                "what comes out",
                tuple(str(word) for word in Output),
                phrase=("the outputs",),
            ),
            "use.final": _flag(
                "any of it may be seen, heard or read in a final deliverable",
                "it may be in the final",
                "nothing of it is in the final",
            ),
            "use.prominence": _choice(
                "how it is seen or heard in the final", "its part in the final", Prominence
            ),
            "use.human_contribution": _flag(
                "the final version has meaningful human authorship",
                "people shaped the final version",
                "people did not shape the final version",
            ),
            "use.imitates": _flag(
                "the output copies or recreates identifiable traits of unowned material",
                "it recreates unowned work",
                "it recreates no unowned work",
            ),
            "use.union_work": _flag(
                "it replaces or materially affects work that union-covered people usually do",
                "union-covered work is affected",
                "no union-covered work is affected",
            ),
            "use.union_agreement": _flag(
                "the approvals or agreements for that are in place",
                "the agreements are in place",
                "the agreements are missing",
            ),
            "use.mistakable_for_real": _flag(
                "an audience could take it for a real event, person or statement",
                "it could be taken for real",
                "nobody could take it for real",
            ),
            "use.trains_a_model": _flag(
                "a model is trained or fine-tuned", "a model is trained", "no model is trained"
            ),
            "use.tools": _TOOLS,
            "use.inputs": _INPUTS,
            "use.references": _REFERENCES,
            "use.talent": _TALENT,
            "use.training": _TRAINING,
            "record.consent_form": _record(
                "the consent is in writing, signed for itself, and describes the use",
                "the consent has the agreed form",
                "the consent lacks the agreed form",
            ),
            "record.notice_given": _record(
                "the performer had the agreed notice",
                "the agreed notice was given",
                "the agreed notice was not given",
            ),
            "record.pay_settled": _record(
                "pay for the digital work is settled", "pay is settled", "pay is not settled"
            ),
            "record.replica_terms": _record(
                "the further terms for replicas are kept",
                "the further terms for replicas are kept",
                "a further term for replicas is not kept",
            ),
            "record.script_existed": _record(
                "a script existed before the performance",
                "a script existed before the performance",
                "no script existed before the performance",
            ),
            "record.disclosed": _record(
                "the audience is told that it is AI-made",
                "the audience is told",
                "the audience is not told",
            ),
            "record.marked": _record(
                "what the model makes is marked so that machines can tell",
                "what the model makes is marked",
                "what the model makes is not marked",
            ),
        }
    ),
    words=MappingProxyType(
        {
            "keepers": "Free Chat",
            "unsecured": "Free Chat",
            "outside": "Free Chat",
            "uncleared": "the script",
            "sensitive": "footage",
            "studio_material": "the script",
            "pointed_at": "a public figure",
            "effects": "a performer’s voice",
            "purpose": "a main character",
            "trained_on": "other people’s work",
        }
    ),
)

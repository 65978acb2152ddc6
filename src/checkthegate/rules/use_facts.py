"""A declared use as facts. It only translates: what was left out, or is unsure, is not known.

Three translations need a word, and each takes the careful side. A step whose `generative` is
unsure counts as generative. No step at all counts as one step of which nothing is known. An
exemption that was left out was not claimed, so there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from checkthegate.model.use import (
    Answer,
    DeclaredUse,
    Exemption,
    NoTraining,
    TalentEntry,
    ToolStep,
    Training,
)
from checkthegate.rules.kleene import UNKNOWN, Unknown
from checkthegate.rules.scope import Entry, Facts, Scalar, Value
from checkthegate.rules.use_scope import USE
from checkthegate.rules.use_words import UseWords

_FLAGS: Mapping[Answer | None, bool | Unknown] = {
    Answer.YES: True,
    Answer.NO: False,
    Answer.UNSURE: UNKNOWN,
    None: UNKNOWN,
}
_NO_STEP: tuple[Entry, ...] = (
    dict.fromkeys(("environment", "stores", "reuses", "trains"), UNKNOWN) | {"generative": True},
)
_ON_RECORD: Mapping[str, Value] = MappingProxyType(
    {name: UNKNOWN for name in USE.facts if name.startswith("record.")}
)


def use_facts(use: DeclaredUse) -> Facts:
    """The facts of one declaration. Nothing is looked up, nothing is judged."""
    values: dict[str, Value] = {
        "use.purpose": use.purpose,
        "use.phase": _chosen(use.phase),
        "use.outputs": frozenset(use.outputs) if use.outputs else UNKNOWN,
        "use.final": _FLAGS[use.final],
        "use.prominence": _chosen(use.prominence),
        "use.human_contribution": _FLAGS[use.human_contribution],
        "use.imitates": _FLAGS[use.imitates],
        "use.union_work": _FLAGS[use.union_work],
        "use.union_agreement": _FLAGS[use.union_agreement],
        "use.mistakable_for_real": _FLAGS[use.mistakable_for_real],
        "use.tools": tuple(map(_step, use.tools)) or _NO_STEP,
        "use.inputs": UNKNOWN
        if use.inputs is None
        else tuple([{"what": each.what, "cleared": _FLAGS[each.cleared]} for each in use.inputs]),
        "use.references": UNKNOWN
        if use.references is None
        else tuple(
            [{"what": each.what, "permission": _FLAGS[each.permission]} for each in use.references]
        ),
        "use.talent": UNKNOWN if use.talent is None else tuple(map(_performer, use.talent)),
        **_trained(use.training),
        **_ON_RECORD,
    }
    return Facts(USE.name, values, UseWords(use))


def _chosen(word: str | None) -> Scalar:
    return UNKNOWN if word is None or word == "unsure" else word


def _step(step: ToolStep) -> Entry:
    return {
        "environment": _chosen(step.environment),
        "stores": _FLAGS[step.stores],
        "reuses": _FLAGS[step.reuses],
        "trains": _FLAGS[step.trains],
        "generative": step.generative is not Answer.NO,
    }


def _performer(entry: TalentEntry) -> Entry:
    return {
        "effect": _chosen(entry.effect),
        "change": _chosen(entry.change),
        "exemption": entry.exemption or Exemption.NONE,
        "consent": _FLAGS[entry.consent],
    }


def _trained(training: Training | NoTraining | None) -> dict[str, Value]:
    if training is None:
        return {"use.trains_a_model": UNKNOWN, "use.training": UNKNOWN}
    if isinstance(training, NoTraining):
        return {"use.trains_a_model": False, "use.training": ()}
    entry: Entry = {
        "on": _chosen(training.on),
        "cleared": _FLAGS[training.cleared],
        "scope": _chosen(training.scope),
    }
    return {"use.trains_a_model": True, "use.training": (entry,)}

"""A stored declaration as a `DeclaredUse`. A word this version does not know is not said."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from checkthegate.model.use import (
    Answer,
    Change,
    DeclaredUse,
    Effect,
    Environment,
    Exemption,
    Input,
    InputKind,
    NoTraining,
    Output,
    Phase,
    Prominence,
    Purpose,
    Reference,
    ReferenceKind,
    TalentEntry,
    ToolStep,
    TrainedOn,
    Training,
    TrainingScope,
)

_Word = TypeVar("_Word", bound=StrEnum)
_Stated = Mapping[str, Any]


def declared_use(stated: _Stated) -> DeclaredUse:
    """The declaration in a `checkthegate.use/1` document that was read once already."""
    return DeclaredUse(
        title=str(stated.get("title", "")),
        purpose=_word(Purpose, stated.get("purpose")) or Purpose.OTHER,
        outputs=tuple(word for each in _list(stated, "outputs") if (word := _word(Output, each))),
        tools=tuple(map(_step, _list(stated, "tools"))),
        production=_text(stated, "production"),
        department=_text(stated, "department"),
        vendor=_text(stated, "vendor"),
        shot=_text(stated, "shot"),
        declared_by=_text(stated, "declared_by"),
        phase=_word(Phase, stated.get("phase")),
        final=_answer(stated, "final"),
        prominence=_word(Prominence, stated.get("prominence")),
        human_contribution=_answer(stated, "human_contribution"),
        inputs=_inputs(stated.get("inputs")),
        references=_references(stated.get("references")),
        imitates=_answer(stated, "imitates"),
        talent=None if stated.get("talent") is None else tuple(map(_talent, stated["talent"])),
        union_work=_answer(stated, "union_work"),
        union_agreement=_answer(stated, "union_agreement"),
        mistakable_for_real=_answer(stated, "mistakable_for_real"),
        training=_training(stated),
    )


def _word(scale: type[_Word], value: object) -> _Word | None:
    return scale(value) if isinstance(value, str) and value in list(scale) else None


def _answer(stated: _Stated, name: str) -> Answer | None:
    return _word(Answer, stated.get(name))


def _text(stated: _Stated, name: str) -> str | None:
    value = stated.get(name)
    return value if isinstance(value, str) else None


def _list(stated: _Stated, name: str) -> list[Any]:
    return list(stated.get(name) or ())


def _step(stated: _Stated) -> ToolStep:
    return ToolStep(
        name=_text(stated, "name"),
        environment=_word(Environment, stated.get("environment")),
        stores=_answer(stated, "stores"),
        reuses=_answer(stated, "reuses"),
        trains=_answer(stated, "trains"),
        generative=_answer(stated, "generative") or Answer.YES,
    )


def _inputs(stated: Any) -> tuple[Input, ...] | None:
    if stated is None:
        return None
    return tuple(
        Input(_word(InputKind, each.get("what")) or InputKind.THIRD_PARTY, _answer(each, "cleared"))
        for each in stated
    )


def _references(stated: Any) -> tuple[Reference, ...] | None:
    if stated is None:
        return None
    return tuple(
        Reference(
            _word(ReferenceKind, each.get("what")) or ReferenceKind.COPYRIGHTED_WORK,
            _answer(each, "permission"),
        )
        for each in stated
    )


def _talent(stated: _Stated) -> TalentEntry:
    return TalentEntry(
        who=_text(stated, "who"),
        effect=_word(Effect, stated.get("effect")),
        change=_word(Change, stated.get("change")),
        exemption=_word(Exemption, stated.get("exemption")),
        consent=_answer(stated, "consent"),
    )


def _training(stated: _Stated) -> Training | NoTraining | None:
    if "training" not in stated:
        return None
    told = stated["training"]
    if told is None:
        return NoTraining()
    return Training(
        on=_word(TrainedOn, told.get("on")),
        cleared=_answer(told, "cleared"),
        scope=_word(TrainingScope, told.get("scope")),
    )

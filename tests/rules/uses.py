"""Declared uses for tests: every answer drawn, left out included, and the ways to lose one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

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


def left_out_or(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


ANSWER = st.sampled_from([None, *Answer])
STEP = st.builds(
    ToolStep,
    name=st.sampled_from([None, "Free Chat", "Offline rig"]),
    environment=st.sampled_from([None, *Environment]),
    stores=ANSWER,
    reuses=ANSWER,
    trains=ANSWER,
    generative=st.sampled_from(Answer),
)
INPUT = st.builds(Input, what=st.sampled_from(InputKind), cleared=ANSWER)
REFERENCE = st.builds(Reference, what=st.sampled_from(ReferenceKind), permission=ANSWER)
PERFORMER = st.builds(
    TalentEntry,
    who=st.sampled_from([None, "the lead"]),
    effect=st.sampled_from([None, *Effect]),
    change=st.sampled_from([None, *Change]),
    exemption=st.sampled_from([None, *Exemption]),
    consent=ANSWER,
)
TRAINING = st.builds(
    Training,
    on=st.sampled_from([None, *TrainedOn]),
    cleared=ANSWER,
    scope=st.sampled_from([None, *TrainingScope]),
)


def some_of(entry: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return left_out_or(st.lists(entry, max_size=2).map(tuple))


def uses(step: st.SearchStrategy[ToolStep] = STEP) -> st.SearchStrategy[DeclaredUse]:
    """Any declaration; `step` draws its tool steps."""
    return st.builds(
        DeclaredUse,
        title=st.just("A use"),
        purpose=st.sampled_from(Purpose),
        outputs=st.lists(st.sampled_from(Output), min_size=1, max_size=2).map(tuple),
        tools=st.lists(step, min_size=1, max_size=3).map(tuple),
        phase=st.sampled_from([None, *Phase]),
        final=ANSWER,
        prominence=st.sampled_from([None, *Prominence]),
        human_contribution=ANSWER,
        inputs=some_of(INPUT),
        references=some_of(REFERENCE),
        imitates=ANSWER,
        talent=some_of(PERFORMER),
        union_work=ANSWER,
        union_agreement=ANSWER,
        mistakable_for_real=ANSWER,
        training=st.none() | st.just(NoTraining()) | TRAINING,
    )


SAFE_STEP = ToolStep("Studio tool", Environment.NETFLIX_ENTERPRISE, Answer.NO, Answer.NO, Answer.NO)
SAFE = DeclaredUse(
    title="A moodboard",
    purpose=Purpose.IDEATION,
    outputs=(Output.IMAGE,),
    tools=(SAFE_STEP,),
    phase=Phase.DEVELOPMENT,
    final=Answer.NO,
    prominence=Prominence.NONE,
    human_contribution=Answer.YES,
    inputs=(),
    references=(),
    imitates=Answer.NO,
    talent=(),
    union_work=Answer.NO,
    mistakable_for_real=Answer.NO,
    training=NoTraining(),
)


def mostly_safe() -> st.SearchStrategy[DeclaredUse]:
    """The safe declaration with up to three answers of another: where single answers decide."""
    names = [name for name in DeclaredUse.__slots__ if name != "title"]
    return st.builds(
        lambda use, taken: replace(SAFE, **{name: getattr(use, name) for name in taken}),
        uses(),
        st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True),
    )


_QUESTIONS = {
    "": (
        "phase", "final", "prominence", "human_contribution", "inputs", "references", "imitates",
        "talent", "union_work", "union_agreement", "mistakable_for_real", "training",
    ),
    "tools": ("environment", "stores", "reuses", "trains", "generative"),
    "inputs": ("cleared",),
    "references": ("permission",),
    "talent": ("effect", "change", "exemption", "consent"),
    "training": ("on", "cleared", "scope"),
}  # fmt: skip
_UNSURE = {
    "environment": Environment.UNSURE,
    "change": Change.UNSURE,
    "scope": TrainingScope.UNSURE,
    "prominence": Prominence.UNSURE,
}
_NO_UNSURE = {"phase", "inputs", "references", "talent", "training", "effect", "exemption", "on"}


def with_less(use: DeclaredUse) -> Iterator[tuple[str, DeclaredUse]]:
    """Every way to lose one answer: the path of what is lost, and what is left."""
    for name in _QUESTIONS[""]:
        for lost in _lost(name):
            yield name, replace(use, **{name: lost})
    for group in ("tools", "inputs", "references", "talent"):
        entries = getattr(use, group) or ()
        for at, entry in enumerate(entries):
            for name in _QUESTIONS[group]:
                for lost in _lost(name):
                    changed = replace(entry, **{name: lost})
                    whole = (*entries[:at], changed, *entries[at + 1 :])
                    yield f"{group}[{at}].{name}", replace(use, **{group: whole})
    if isinstance(use.training, Training):
        for name in _QUESTIONS["training"]:
            for lost in _lost(name):
                changed = replace(use.training, **{name: lost})
                yield f"training.{name}", replace(use, training=changed)


def _lost(name: str) -> list[Any]:
    if name == "generative":
        return [Answer.YES, Answer.UNSURE]
    unsure = _UNSURE.get(name, Answer.UNSURE)
    return [None] if name in _NO_UNSURE else [None, unsure]


def the_no_that_blocks(use: DeclaredUse) -> set[str]:
    """The paths of the answers a block rests on, as the guidance's policy words it.

    A refused consent with what it was refused for; a training that is not cleared with what it
    learns from; a performer's model with its other scope.
    """
    paths: set[str] = set()
    refused = {Effect.REPLICA, Effect.VOICE, Effect.LIKENESS, Effect.DE_AGE, Effect.LIP_SYNC}
    for at, entry in enumerate(use.talent or ()):
        unclaimed = entry.exemption in (None, Exemption.NONE)
        if entry.consent is Answer.NO and unclaimed and entry.effect in refused:
            paths |= {"talent", f"talent[{at}].consent", f"talent[{at}].effect"}
    training = use.training
    if isinstance(training, Training):
        if training.cleared is Answer.NO and training.on in (
            TrainedOn.THIRD_PARTY,
            TrainedOn.PERFORMER,
        ):
            paths |= {"training", "training.cleared", "training.on"}
        if (
            training.on is TrainedOn.PERFORMER
            and training.scope is TrainingScope.OTHER
            and training.cleared is not Answer.YES
        ):
            paths |= {"training", "training.on", "training.scope"}
    return paths

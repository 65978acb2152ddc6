"""Any declaration there can be, for property tests."""

from __future__ import annotations

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

_TRICKY = st.sampled_from(
    ["no", "null", "~", "1917", "010", "=1+1", "'x", "'=x", "a|b", "a;b", "a\\nb", "none", "[]",
     "x: y", "# x", "- x", '"', "2025-08-22", "1e3", "yes", "@x", "-5", "a, b", "<<", "a\nb",
     "\\", "\\|", "Zoë’s poster", "🎬", "<<: *a", "!!int 3", "sep=;", "#not an explanation"]
)  # fmt: skip
_FREE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")))
texts = st.one_of(_TRICKY, _FREE).map(lambda text: text.strip()[:100].strip()).filter(bool)
answers = st.none() | st.sampled_from(Answer)


def maybe(words: type) -> st.SearchStrategy:
    return st.none() | st.sampled_from(words)


def some(entries: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(entries, max_size=3).map(tuple)


steps = st.builds(
    ToolStep, st.none() | texts, maybe(Environment), answers, answers, answers,
    st.sampled_from(Answer),
)  # fmt: skip
inputs = st.builds(Input, st.sampled_from(InputKind), answers)
references = st.builds(Reference, st.sampled_from(ReferenceKind), answers)
performers = st.builds(
    TalentEntry, st.none() | texts, maybe(Effect), maybe(Change), maybe(Exemption), answers
)
trainings = st.builds(Training, maybe(TrainedOn), answers, maybe(TrainingScope))
uses = st.builds(
    DeclaredUse,
    title=texts,
    purpose=st.sampled_from(Purpose),
    outputs=st.lists(st.sampled_from(Output), max_size=3).map(tuple),
    tools=some(steps),
    production=st.none() | texts,
    department=st.none() | texts,
    vendor=st.none() | texts,
    shot=st.none() | texts,
    declared_by=st.none() | texts,
    phase=maybe(Phase),
    final=answers,
    prominence=maybe(Prominence),
    human_contribution=answers,
    inputs=st.none() | some(inputs),
    references=st.none() | some(references),
    imitates=answers,
    talent=st.none() | some(performers),
    union_work=answers,
    union_agreement=answers,
    mistakable_for_real=answers,
    training=st.none() | st.just(NoTraining()) | trainings,
)

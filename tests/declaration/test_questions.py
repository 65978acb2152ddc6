"""What is asked, what is not asked any more, and what comes of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.declaration import FIELDS, build
from checkthegate.declaration.questions import (
    NotUnderstood,
    Question,
    declared,
    next_question,
)
from checkthegate.model.use import DeclaredUse, NoTraining


def answered(**answers: str) -> tuple[DeclaredUse, list[str]]:
    """Answer by key (`__` for a dot), everything else with Enter; the use and what was asked."""
    told = {key.replace("__", "."): answer for key, answer in answers.items()}
    told = {"title": "T", "purpose": "temp", "outputs": "1"} | told
    given: dict[str, Any] = {}
    while (question := next_question(given)) is not None:
        given[question.key] = question.understood(told.get(question.key, ""))
    use = build(declared(given), [])
    assert use is not None
    return use, list(given)


def test_enter_everywhere_says_nothing() -> None:
    use, asked = answered()
    for field in FIELDS.values():
        value = getattr(use, field.name)
        if field.name not in ("title", "purpose", "outputs", "tools"):
            assert value is None or str(value) == "unsure", field.name
    assert len(asked) < 20
    (step,) = use.tools
    assert step.name is None
    assert step.generative == "unsure"


def test_what_is_not_final_is_not_asked_how_it_shows() -> None:
    use, asked = answered(final="no")
    assert use.final == "no"
    assert not {"prominence", "human_contribution"} & set(asked)


def test_without_talent_no_questions_about_performers() -> None:
    use, asked = answered(talent="no", union_work="n", training="no")
    assert use.talent == ()
    assert isinstance(use.training, NoTraining)
    assert not [key for key in asked if key.startswith(("talent.", "training."))]
    assert "union_agreement" not in asked


def test_customary_touch_up_is_not_asked_for_consent() -> None:
    _, asked = answered(talent="yes", talent__0__effect="alteration", talent__0__change="customary")
    assert not {"talent.0.consent", "talent.0.exemption"} & set(asked)


def test_an_exemption_spares_the_consent_unless_the_change_contradicts_it() -> None:
    told = {"talent": "yes", "talent__0__effect": "voice", "talent__0__exemption": "as-recorded"}
    assert "talent.0.consent" not in answered(**told, talent__0__change="none")[1]
    assert "talent.0.consent" in answered(**told, talent__0__change="new-dialogue")[1]


def test_only_plain_tools_ends_the_questions_early_but_for_training() -> None:
    use, asked = answered(tools__0__name="Nuke", tools__0__generative="no", training="no")
    assert asked[-1] == "training"
    assert "final" not in asked
    assert use.tools[0].generative == "no"


def test_the_terms_of_plain_tools_are_asked_once_another_one_generates() -> None:
    alone = {"tools__0__name": "Nuke", "tools__0__generative": "no"}
    assert "tools.0.environment" not in answered(**alone)[1]
    use, asked = answered(**alone, tools__0__more="y", tools__0__environment="local",
                          tools__1__name="X", tools__1__generative="y")  # fmt: skip
    assert {"tools.0.environment", "tools.0.keeping"} <= set(asked)
    assert (use.tools[0].environment, use.tools[0].generative) == ("local", "no")


def test_several_tools_inputs_and_references() -> None:
    use, _ = answered(
        tools__0__name="A", tools__0__environment="4", tools__0__keeping="1",
        tools__0__more="y", tools__1__name="B", tools__1__keeping="stores trains",
        inputs="4, script; footage", inputs__script__cleared="y", references="none",
    )  # fmt: skip
    first, second = use.tools
    assert (first.environment, first.stores, first.reuses, first.trains) == (
        "local", "no", "no", "no")  # fmt: skip
    assert (second.stores, second.reuses, second.trains) == ("yes", "no", "yes")
    assert second.environment == "unsure"
    assert use.inputs is not None
    assert [(each.what, each.cleared) for each in use.inputs] == [
        ("licensed", None), ("script", "yes"), ("footage", "unsure"),
    ]  # fmt: skip
    assert use.references == ()


ONE = Question("k", "?", choices=(("yes", ""), ("no", "")))
MANY = Question(
    "k", "?", choices=(("none", ""), ("public-figure", ""), ("brand", "")), several=True
)
MUST = Question("k", "?", choices=(("temp", ""), ("talent", "")), left=None)


@pytest.mark.parametrize(
    ("question", "answer", "value"),
    [
        (ONE, "1", "yes"),
        (ONE, " N ", "no"),
        (ONE, "", "unsure"),
        (ONE, "maybe", "unsure"),
        (ONE, "?", "unsure"),
        (MANY, "2 3", ["public-figure", "brand"]),
        (MANY, "public figure", ["public-figure"]),
        (MANY, "brand, public", ["brand", "public-figure"]),
        (MANY, "none", []),
        (MANY, "Unsure", "unsure"),
        (MUST, "tal", "talent"),
        (Question("k", "?", left=None), "  a  b ", "a b"),
        (Question("k", "?"), "", ""),
    ],
)
def test_understood(question: Question, answer: str, value: object) -> None:
    assert question.understood(answer) == value


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        (ONE, "3", "Pick 1 to 2"),
        (ONE, "0", "Pick 1 to 2"),
        (ONE, "9" * 5000, "Pick 1 to 2"),
        (ONE, "yess", "Did you mean “yes”?"),
        (MANY, "1 2", "beside"),
        (MUST, "", "left open"),
        (MUST, "unsure", "left open"),
        (MUST, "t", "not one of"),
        (Question("k", "?", left=None), " ", "left empty"),
    ],
)
def test_not_understood_says_why(question: Question, answer: str, why: str) -> None:
    with pytest.raises(NotUnderstood, match=why.replace("?", r"\?")):
        question.understood(answer)


@settings(max_examples=100, deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_answers_make_a_declaration(chance: Any) -> None:
    given: dict[str, Any] = {}
    for _ in range(400):
        question = next_question(given)
        if question is None:
            break
        if chance.random() < 0.1 and given:
            given.popitem()
            continue
        words = [str(n) for n in range(1, len(question.choices) + 1)] or ["some words"]
        stop = question.key.endswith(".more") and chance.random() < 0.8
        try:
            given[question.key] = question.understood("no" if stop else chance.choice([*words, ""]))
        except NotUnderstood:
            assert question.left is None
    complaints: list[Any] = []
    assert build(declared(given), complaints) is not None or next_question(given), complaints

"""Conditions: Kleene's tables, monotony, explanations, and entries of lists."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.model import PackError
from checkthegate.rules.condition import NO_ENTRY, Condition, read_condition
from checkthegate.rules.kleene import UNKNOWN, all_of, any_of, negated
from checkthegate.rules.nodes import read_yaml
from checkthegate.rules.scope import Fact, FactKind, Scope, facts_of

FLAG = Fact(FactKind.FLAG, "a flag")
TOOL_FIELDS = {
    "environment": Fact(FactKind.CHOICE, "where", ("local", "consumer")),
    "trains": FLAG,
}
USE = Scope(
    "use",
    MappingProxyType(
        {
            "use.a": FLAG,
            "use.b": FLAG,
            "use.c": FLAG,
            "use.count": Fact(FactKind.NUMBER, "a number"),
            "use.purpose": Fact(FactKind.CHOICE, "what for", ("temp", "music", "other")),
            "use.outputs": Fact(FactKind.WORDS, "what comes out", ("image", "video")),
            "use.tools": Fact(FactKind.RECORDS, "the steps", fields=TOOL_FIELDS),
        }
    ),
    MappingProxyType({"thing": "use"}),
)
TRI = st.sampled_from([True, False, UNKNOWN])


def condition(text: str) -> Condition:
    return read_condition(read_yaml("test.yaml", text.encode()), USE)


def answer(text: str, **known: Any) -> Any:
    values = facts_of(USE, {f"use.{name}": value for name, value in known.items()}).values
    return condition(text).test(values, NO_ENTRY)


@given(st.lists(TRI))
def test_all_and_any_are_duals(answers: list[Any]) -> None:
    assert all_of(answers) is negated(any_of(negated(each) for each in answers))


@given(st.lists(TRI))
def test_all_is_the_least_of_no_unknown_yes(answers: list[Any]) -> None:
    order = [False, UNKNOWN, True]
    least = min(map(order.index, answers), default=2)
    assert all_of(answers) is order[least]


def test_unknown_has_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(UNKNOWN)


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("use.a: yes", {"a": True}, True),
        ("use.a: no", {"a": True}, False),
        ("use.a: no", {}, UNKNOWN),
        ("use.purpose: music", {"purpose": "music"}, True),
        ("use.purpose: [music, temp]", {"purpose": "other"}, False),
        ("use.count: 0", {"count": 0}, True),
        ("use.count: {at_least: 2}", {"count": 1}, False),
        ("use.count: {at_least: 2, at_most: 3}", {"count": 3}, True),
        ("use.outputs: {has: image}", {"outputs": frozenset({"image"})}, True),
        ("use.outputs: {has: [image, video]}", {"outputs": frozenset()}, False),
        ("not: {use.a: yes}", {}, UNKNOWN),
        ("always", {}, True),
        ("all: [use.a: yes, use.b: yes]", {"a": False}, False),
        ("any: [use.a: yes, use.b: yes]", {"a": True}, True),
        ("any: [use.a: yes, use.b: yes]", {"a": False}, UNKNOWN),
    ],
)
def test_comparisons(text: str, known: dict[str, Any], expected: Any) -> None:
    assert answer(text, **known) is expected


LOCAL = {"environment": "local", "trains": False}
CONSUMER = {"environment": "consumer", "trains": UNKNOWN}
UNSAID = {"trains": True}


@pytest.mark.parametrize(
    ("quantifier", "tools", "expected"),
    [
        ("some", (LOCAL, CONSUMER), True),
        ("some", (LOCAL,), False),
        ("some", (LOCAL, UNSAID), UNKNOWN),
        ("some", (CONSUMER, UNSAID), True),
        ("some", (), False),
        ("every", (), True),
        ("every", (CONSUMER,), True),
        ("every", (UNSAID, LOCAL), False),
        ("every", (UNSAID, CONSUMER), UNKNOWN),
        ("some", UNKNOWN, UNKNOWN),
        ("every", UNKNOWN, UNKNOWN),
    ],
)
def test_entries(quantifier: str, tools: Any, expected: Any) -> None:
    text = f"{quantifier}: {{in: use.tools, where: {{environment: consumer}}}}"
    assert answer(text, tools=tools) is expected


def test_entries_see_the_facts_around_them() -> None:
    text = "some: {in: use.tools, where: {all: [trains: yes, use.a: yes]}}"
    assert answer(text, tools=(UNSAID,), a=True) is True
    assert answer(text, tools=(UNSAID,), a=False) is False
    assert answer(text, tools=(UNSAID,)) is UNKNOWN


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("use.wrong: yes", "no fact 'use.wrong'"),
        ("use.a: perhaps", "yes or no"),
        ("use.purpose: musik", "'musik' is not known"),
        ("use.count: many", "whole number"),
        ("all: []", "empty"),
        ("{}", "nothing is written"),
        ("{use.a: yes, use.b: yes}", "one name"),
        ("trains: yes", "no fact 'trains'"),
        ("use.tools: yes", "some: or every:"),
        ("some: {in: use.a, where: {use.a: yes}}", "no list of entries"),
        ("some: {in: use.tools, where: {trains: yes}, who: me}", "unknown field 'who'"),
        ("use.a: &x yes", "anchors"),
        ("use.count: {more_than: 1}", "unknown field 'more_than'"),
    ],
)
def test_refusals_name_file_and_line(text: str, says: str) -> None:
    with pytest.raises(PackError) as refused:
        condition("# first line\n" + text)
    assert says in refused.value.message
    assert refused.value.message.startswith("test.yaml:2: ")
    assert refused.value.hint


def _conditions() -> st.SearchStrategy[Any]:
    names = st.sampled_from(["use.a", "use.b", "use.c"])
    leaf = st.builds(lambda name, wanted: {name: wanted}, names, st.booleans())
    entry_leaf = st.sampled_from([{"trains": True}, {"environment": "consumer"}, {"use.a": True}])
    listed = st.builds(
        lambda word, where: {word: {"in": "use.tools", "where": where}},
        st.sampled_from(["some", "every"]),
        entry_leaf | st.builds(lambda a, b: {"all": [a, b]}, entry_leaf, entry_leaf),
    )
    return st.recursive(
        leaf | listed,
        lambda inner: (
            st.builds(
                lambda word, parts: {word: parts},
                st.sampled_from(["all", "any"]),
                st.lists(inner, min_size=1, max_size=3),
            )
            | st.builds(lambda part: {"not": part}, inner)
        ),
        max_leaves=8,
    )


_TOOLS = st.lists(
    st.fixed_dictionaries(
        {"trains": TRI, "environment": st.sampled_from(["local", "consumer", UNKNOWN])}
    ),
    max_size=3,
).map(tuple)
_KNOWN = st.fixed_dictionaries({"a": TRI, "b": TRI, "c": TRI, "tools": _TOOLS | st.just(UNKNOWN)})


@given(_conditions(), _KNOWN, st.data())
def test_losing_a_fact_loses_an_answer_but_never_turns_one(
    tree: Any, known: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps(tree)
    before = answer(text, **known)
    lost = data.draw(st.sampled_from(["a", "b", "c", "tools", "a tool's field"]))
    if lost == "a tool's field" and known["tools"] is not UNKNOWN:
        less = {**known, "tools": tuple({**tool, "trains": UNKNOWN} for tool in known["tools"])}
    else:
        less = {**known, lost: UNKNOWN} if lost in known else known
    after = answer(text, **less)
    assert after is before or after is UNKNOWN


@given(_conditions(), _KNOWN, _KNOWN)
def test_the_named_facts_alone_decide(
    tree: Any, known: dict[str, Any], others: dict[str, Any]
) -> None:
    compiled = condition(json.dumps(tree))
    values = facts_of(USE, {f"use.{name}": value for name, value in known.items()}).values
    names = compiled.because(values, NO_ENTRY)
    changed = {
        f"use.{name}": known[name] if f"use.{name}" in names else others[name] for name in known
    }
    before = compiled.test(values, NO_ENTRY)
    after = compiled.test(facts_of(USE, changed).values, NO_ENTRY)
    if before is not UNKNOWN:
        assert after is before
    else:
        assert names


def test_facts_refuse_names_that_are_not_declared() -> None:
    with pytest.raises(KeyError, match="no such facts"):
        facts_of(USE, {"use.nothing": True})

"""What is known of a tool, and what a declaration comes to beside it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.registry.making import DECLARATION, Log, id_of

from checkthegate.model.registry import AsOf, Step, ToolAnswers
from checkthegate.model.use import Answer, Environment
from checkthegate.registry.declared import declared_use
from checkthegate.registry.times import as_known_now, as_of
from checkthegate.registry.tools import tool_answers, tools_named
from checkthegate.registry.uses import effective_use, weakest_step

NOW = as_known_now("2026-11-22")
GOOD = {"environment": "partner-enterprise", "stores": "no", "reuses": "no", "trains": "no"}


def _stated(facts: dict[str, str], reviewer: str = "Rita", **more: Any) -> dict[str, Any]:
    return {
        "facts": [{"fact": name, "answer": answer} for name, answer in facts.items()],
        "reviewer": reviewer,
        "stated_on": "2026-11-01",
        "review_by": "2027-05-01",
        **more,
    }


def _log(*statements: dict[str, Any], **tool: Any) -> Log:
    log = Log()
    log.add("tool-added", id_of("tool"), {"name": "Paintbox", **tool})
    for stated in statements:
        log.add("tool-fact-stated", id_of("tool"), stated)
    return log


def _answers(log: Log, when: AsOf = NOW) -> ToolAnswers:
    rows = log.rows()
    return tool_answers(tools_named("paintbox", rows)[0], rows, when)


def _all(answers: ToolAnswers) -> tuple[str, str, str, str]:
    return answers.environment, answers.stores, answers.reuses, answers.trains


def test_added_by_name_alone_everything_is_unsure() -> None:
    answers = _answers(_log())
    assert _all(answers) == ("unsure",) * 4
    assert len(answers.unsure) == 4


def test_stated_facts_are_answers() -> None:
    assert _all(_answers(_log(_stated(GOOD)))) == ("partner-enterprise", "no", "no", "no")


@pytest.mark.parametrize("left_out", list(GOOD))
def test_a_missing_fact_is_unsure(left_out: str) -> None:
    facts = {name: answer for name, answer in GOOD.items() if name != left_out}
    assert getattr(_answers(_log(_stated(facts))), left_out) == "unsure"


def test_a_stale_fact_is_unsure_from_the_day_after() -> None:
    log = _log(_stated(GOOD, review_by="2026-11-22"))
    assert _answers(log).stores is Answer.NO
    later = _answers(log, as_known_now("2026-11-23"))
    assert _all(later) == ("unsure",) * 4
    assert len(later.stale) == 4


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("no", "no", "no", "no"), Answer.NO),
        (("no", "no", "no", None), Answer.UNSURE),
        (("no", "unsure", "no", "no"), Answer.UNSURE),
        (("no", None, "yes", None), Answer.YES),
    ],
)
def test_storing_is_the_worst_of_its_parts(parts: tuple[str | None, ...], expected: Answer) -> None:
    names = ("abuse-log-retention", "application-state", "files", "caching")
    facts = {name: part for name, part in zip(names, parts, strict=True) if part}
    assert _answers(_log(_stated(facts))).stores is expected


def test_a_part_that_contradicts_the_whole_counts_and_is_named() -> None:
    answers = _answers(_log(_stated({**GOOD, "caching": "yes"})))
    assert answers.stores is Answer.YES
    assert "caching" in answers.contradictions[0]


def test_the_newest_statement_counts() -> None:
    log = _log(
        _stated({"trains": "no"}, stated_on="2026-11-05"),
        _stated({"trains": "yes"}, stated_on="2026-11-02"),
    )
    assert _answers(log).trains is Answer.NO
    assert _answers(log, as_known_now("2026-11-03")).trains is Answer.YES


def test_on_one_day_a_reviewer_corrects_but_two_reviewers_conflict() -> None:
    corrected = _log(_stated({"trains": "yes"}), _stated({"trains": "no"}))
    assert _answers(corrected).trains is Answer.NO
    conflict = _answers(_log(_stated({"trains": "no"}), _stated({"trains": "yes"}, "Rolf")))
    assert conflict.trains is Answer.YES
    assert "Rita" in conflict.contradictions[0]


def test_another_tier_makes_earlier_facts_unsure() -> None:
    log = _log(_stated(GOOD), tier="enterprise")
    log.add("tool-changed", id_of("tool"), {"name": "Paintbox", "tier": "free"})
    answers = _answers(log)
    assert _all(answers) == ("unsure",) * 4
    assert "another version" in answers.unsure[0]
    log.add("tool-fact-stated", id_of("tool"), _stated({"trains": "no"}))
    assert _answers(log).trains is Answer.NO


def test_a_note_alone_leaves_the_facts() -> None:
    log = _log(_stated(GOOD))
    log.add("tool-changed", id_of("tool"), {"name": "Paintbox", "note": "renamed nothing"})
    assert _answers(log).trains is Answer.NO


def test_knowledge_and_validity_are_two_times() -> None:
    log = _log()
    log.add("tool-fact-stated", id_of("tool"), _stated(GOOD), at="2026-11-10T00:00:00Z")
    assert _answers(log, as_of("2026-11-05")).trains is Answer.UNSURE
    assert _answers(log, as_known_now("2026-11-05")).trains is Answer.NO


def _effective(log: Log, tools: list[dict[str, str]], steps: tuple[Step, ...] = ()) -> Any:
    declared = declared_use({**DECLARATION, "tools": tools})
    return effective_use(declared, log.rows(), NOW, steps=steps)


def test_where_registry_and_declaration_disagree_the_worse_counts_and_is_named() -> None:
    found = _effective(_log(_stated({**GOOD, "trains": "yes"})), [{"name": "Paintbox", **GOOD}])
    assert found.use.tools[0].trains is Answer.YES
    assert any("trains" in line for line in found.contradictions)
    other = _effective(_log(_stated(GOOD)), [{"name": "Paintbox", **GOOD, "trains": "yes"}])
    assert other.use.tools[0].trains is Answer.YES


def test_leaving_an_answer_out_is_no_better_than_giving_it() -> None:
    found = _effective(_log(_stated(GOOD)), [{"name": "Paintbox"}])
    assert found.use.tools[0].trains is Answer.UNSURE
    assert found.use.tools[0].environment is Environment.UNSURE


def test_a_tool_without_facts_makes_a_confident_declaration_unsure() -> None:
    found = _effective(_log(), [{"name": "PAINTBOX", **GOOD}])
    assert found.use.tools[0].stores is Answer.UNSURE


def test_a_tool_that_is_not_registered_rests_on_the_declaration_and_is_named() -> None:
    found = _effective(Log(), [{"name": "Paintbox", **GOOD}])
    assert found.use.tools[0].stores is Answer.NO
    assert found.unregistered == ("Paintbox is not in the registry",)


def test_two_tools_of_one_name_give_the_worse() -> None:
    log = _log(_stated(GOOD))
    log.add("tool-added", id_of("tool", 2), {"name": "Paintbox", "tier": "free"})
    assert _effective(log, [{"name": "Paintbox", **GOOD}]).use.tools[0].trains is Answer.UNSURE


def test_a_step_the_declaration_does_not_name_is_judged_too() -> None:
    found = _effective(Log(), [{"name": "Paintbox", **GOOD}], (Step("Upscaler"),))
    assert [step.name for step in found.use.tools] == ["Paintbox", "Upscaler"]
    assert found.use.tools[1].trains is None
    assert found.weakest.name == "Upscaler"


def test_the_weakest_step_decides_and_is_named() -> None:
    tools = [
        {"name": "A", **GOOD},
        {"name": "B", **GOOD, "stores": "yes"},
        {"name": "C", **GOOD, "environment": "consumer"},
        {"name": "D", "generative": "no", "trains": "yes"},
    ]
    weak = weakest_step(declared_use({**DECLARATION, "tools": tools}).tools)
    assert weak is not None
    assert weak.name == "B"
    assert weak.reason == "B keeps what goes in or comes out"

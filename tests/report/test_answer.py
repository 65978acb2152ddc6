"""The answer, the things to do, the gaps; and the terminal that shows them."""

from __future__ import annotations

from checkthegate.model import AiState, Approval, Gap, Outcome, Verdict
from checkthegate.report.answer import gap_groups, headline, lede, todos
from checkthegate.report.document import report_outline
from checkthegate.report.terminal import summary_lines, verdict_mark

from .conftest import CUT_SHORT, covered, decided, f1, make_decision, p4


def test_headlines(decision, clear_decision):
    document = report_outline(decision)
    assert headline(document, todos(document)) == "Five things stop this delivery."
    clear = report_outline(clear_decision)
    assert headline(clear, todos(clear)) == "Nothing stops this delivery."
    told = report_outline(make_decision([decided("a.png", findings=(f1(),))]))
    assert headline(told, todos(told)) == "Nothing stops this delivery."
    one = report_outline(make_decision([decided("a.png", findings=(p4(),))]))
    assert headline(one, todos(one)) == "One thing stops this delivery."


def test_a_stopped_delivery_never_says_that_nothing_stops_it():
    bare = report_outline(make_decision([decided("a.png")], verdict=Verdict.ESCALATE))
    assert headline(bare, todos(bare)) == "This delivery cannot go on yet."


def test_same_rule_and_step_is_one_thing_to_do():
    many = [decided(f"{n}.png", findings=(p4(reason=f"Reason {n}."), f1())) for n in range(40)]
    every = todos(report_outline(make_decision(many)))
    assert [todo.rule for todo in every] == ["nfx.p4"]
    assert len(every[0].paths) == 40
    assert "Generated material is temporary" in every[0].why
    assert every[0].also == {f1().next_step: "nfx.f1"}


def test_the_most_severe_comes_first(decision):
    ranks = [Verdict(todo.verdict).rank for todo in todos(report_outline(decision))]
    assert ranks == sorted(ranks, reverse=True)


def test_passed_rules_ask_for_nothing():
    passed = p4(Outcome.PASS, verdict=Verdict.CLEAR, approval=Approval.NONE)
    assert todos(report_outline(make_decision([decided("a.png", findings=(passed,))]))) == []


def test_covered_findings_need_no_approval_any_more():
    (todo,) = todos(report_outline(make_decision([decided("a.wav", findings=(covered(),))])))
    assert todo.approval_words == ""
    assert not todo.stops


def test_a_gap_that_no_rule_mentions_is_still_something_to_do():
    document = report_outline(make_decision([decided("a.png", gaps=(CUT_SHORT,))]))
    (todo,) = todos(document)
    assert todo.stops
    assert todo.paths == ["a.png"]


def test_gaps_with_one_reason_are_told_once(decision):
    groups = gap_groups(report_outline(decision))
    assert [len(group.paths) for group in groups] == [1, 1, 2]
    assert groups[0].paths == ["rushes"]


def test_lede_tells_what_was_found_and_what_was_not_read(decision, clear_decision):
    told = lede(report_outline(decision))
    assert "Six files made by AI and two files changed by AI were found" in told
    assert "one is covered by an approval" in told
    assert "Three files could not be looked at" in told
    assert "No AI-made material was found." in lede(report_outline(clear_decision))
    unread = make_decision([decided("a.png", ai=AiState.UNKNOWN, gaps=(CUT_SHORT,))])
    assert "No AI" not in lede(report_outline(unread))


def test_terminal_summary(decision):
    shown = summary_lines(decision, width=80)
    assert shown.startswith("Five things stop this delivery.\n■ Blocked — ")
    assert "What we could not look at" in shown
    assert "rushes — The folder may not be listed" in shown
    assert "14 files · 31.2 MB · three gaps · 12 s · 1.1 files/s" in shown
    assert max(len(line) for line in shown.splitlines()) <= 90


def test_terminal_is_safe_from_what_strangers_wrote(decision):
    plain = summary_lines(decision)
    assert not any(char in plain for char in "\x1b\x00\u202e\r")
    assert "‹U+001B›" in summary_lines(make_decision([decided("\x1b[31m.png", findings=(p4(),))]))


def test_terminal_style_adds_colour_only(decision):
    import re

    styled = summary_lines(decision, styled=True)
    assert "\x1b[1;31m■ Blocked" in styled
    assert re.sub(r"\x1b\[[0-9;]*m", "", styled) == summary_lines(decision)


def test_terminal_shows_ten_and_counts_the_rest():
    many = [
        decided(f"{n}.png", gaps=(Gap("decode", f"Reason {n}."),), findings=(p4(next_step=f"{n}"),))
        for n in range(30)
    ]
    shown = summary_lines(make_decision(many))
    assert "and 20 more: see the report." in shown
    assert "and 20 more reasons: see the report." in shown


def test_verdict_mark():
    assert verdict_mark("clear") == "○ Clear"
    assert verdict_mark("blocked", plain_shapes=True) == "[X] Blocked"

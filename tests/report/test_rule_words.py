"""Packs in words: blocks for the terminal and Markdown, and a comparison that reads well."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.report.prose import (
    Heading,
    Paragraph,
    Point,
    Points,
    Table,
    markdown_text,
    plain,
    terminal_text,
)
from checkthegate.report.rule_change_words import change_blocks
from checkthegate.report.rule_words import clause_words

TEXTS = st.text(max_size=60)
SENTENCES = st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=1, max_size=40).map(
    " ".join
)


@given(SENTENCES, SENTENCES, st.integers(40, 100))
def test_every_word_is_printed_within_the_width(one: str, two: str, width: int) -> None:
    blocks = [Heading(1, one), Paragraph(two), Points((Point(one, "If:", (Point(two),)),))]
    lines = terminal_text(blocks, width).splitlines()
    assert max(map(len, lines)) <= width
    words = re.sub(r"[-═]|If:", " ", "\n".join(lines)).split()
    assert words == [*one.split(), *two.split(), *one.split(), *two.split()]


@given(TEXTS)
def test_nothing_in_a_text_steers_the_terminal_or_becomes_markup(text: str) -> None:
    shown = terminal_text([Paragraph(text), Points((Point(text, text),))], 60)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert "<script" not in markdown_text([Paragraph(text)])
    assert markdown_text([Table(("a",), ((text,),))]).count("\n") == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a <b>bold</b> word", r"a \<b\>bold\</b\> word"),
        ("use.human_contribution", r"use.human\_contribution"),
        ("a | b", r"a \| b"),
        ("see https://example.org/a", "see <https://example.org/a>"),
        ("https://example.org/<script>", r"https://example.org/\<script\>"),
        ("two\nlines", "two‹U+000A›lines"),
    ],
)
def test_markup_is_escaped_and_addresses_can_be_followed(text: str, said: str) -> None:
    assert plain(text) == said


def test_names_in_the_first_columns_can_be_copied() -> None:
    table = Table(("fact", "meaning"), (("use.union_work", "a_b"),), code=1)
    assert r"| `use.union_work` | a\_b |" in markdown_text([table])


def test_the_first_column_of_a_table_is_never_broken() -> None:
    table = Table(("rule", "what"), (("netflix@2025.08", "long words " * 20),))
    lines = terminal_text([table], 50).splitlines()
    assert any(line.startswith("netflix@2025.08  long") for line in lines)
    assert max(map(len, lines)) <= 50


def test_a_nested_clause_in_one_line_says_what_belongs_together() -> None:
    inner = {"all": ["it is secured", "it keeps none"]}
    clause = {"of": "for every step", "any": ["it is plain", inner]}
    assert clause_words(clause) == (
        "for every step, it is plain or (it is secured and it keeps none)"
    )


def change(**said: Any) -> dict[str, Any]:
    return {
        "before": "a@1", "after": "a@2", "head": [], "added": [], "removed": [], "changed": [],
        "unchanged": 2, **said,
    }  # fmt: skip


def branch(**said: Any) -> dict[str, Any]:
    return {"when": None, "verdict": "escalate", "approval": "required", "reason": "Why.",
            "next_step": "Ask.", **said}  # fmt: skip


def told(document: dict[str, Any]) -> str:
    return " ".join(terminal_text(change_blocks(document), 90).split())


def test_no_change_is_said_in_one_sentence() -> None:
    text = told(change())
    assert "No rules added, no rules removed, no rules changed, two rules as before." in text
    assert "not legal advice" in text


def test_each_changed_part_shows_what_was_and_what_is() -> None:
    part = {
        "part": "fail", "same_words": False,
        "before": [branch(when="it is final"), branch()],
        "after": [branch(when="it is seen"), branch(verdict="blocked", reason="Because.")],
    }  # fmt: skip
    rule = {"id": "a.r1", "scope": "use", "title": "A rule", "parts": [part]}
    text = told(change(changed=[rule]))
    assert "a.r1 (declared use): A rule" in text
    assert "When it is not met, and it is final: taken out" in text
    assert "When it is not met, and it is seen: added: escalate" in text
    assert "verdict: - was: escalate - now: blocked" in text
    assert "reason: - was: Why. - now: Because." in text
    assert "approval:" not in text


def test_uses_that_change_are_counted_and_explained() -> None:
    use = {
        "number": 4, "title": "Harbour", "before": {"verdict": "notify", "approval": "none"},
        "after": {"verdict": "blocked", "approval": "required"},
        "why": [{"rule": "a.r1", "before": "pass", "after": "fail: blocked, approval required",
                 "reason": "Consent is missing.", "holds_in": "after"}],
    }  # fmt: skip
    text = told(change(uses={"count": 1204, "changed": [use]}))
    assert "One of 1,204 declared uses gets another answer." in text
    assert "4. “Harbour”: notify → blocked (approval required)" in text
    assert "a.r1: pass → fail: blocked, approval required. a@2 says: “Consent is missing.”" in text
    same = told(change(uses={"count": 3, "changed": []}))
    assert "Three declared uses read; the answer is the same under both versions." in same

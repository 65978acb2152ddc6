"""Matches with records and works as the rules see them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.model import (
    AiState,
    Approval,
    Asset,
    Evidence,
    Finding,
    Grade,
    Kind,
    Outcome,
    Source,
    Span,
    Verdict,
)
from checkthegate.rules import Pack, ai_state, asset_facts, judge_asset

FILM = Asset("film.mov", Kind.VIDEO, "video/quicktime", 1, "sha256:00")
AI = Evidence("c2pa", Grade.DECLARED, "ai-generated", {"tool": "Veo"})
LICENSED = {"licensed": True, "licence": "L-2231"}


def work(
    span: tuple[float, float] | None = None, grade: Grade = Grade.PROVEN, **detail: Any
) -> Evidence:
    told = {"kind": "protected", "title": "The Kiss", **detail}
    source = Source("work_0000000001", "works/kiss.jpg", None, 0.1)
    return Evidence(
        "fingerprint", grade, "matches-work", told, span=Span(*span) if span else None,
        source=source,
    )  # fmt: skip


def recorded(
    span: tuple[float, float] | None = None, grade: Grade = Grade.PROVEN, **detail: Any
) -> Evidence:
    source = Source("rec_0000000001", "gen/shot_042.mov", None, 0.1)
    return Evidence(
        "fingerprint", grade, "matches-recorded", {"made": "generated", **detail},
        span=Span(*span) if span else None, source=source,
    )  # fmt: skip


def rule(pack: Pack, name: str, *evidence: Evidence, **known: bool | None) -> Finding | None:
    told = {key.replace("_", ".", 1): value for key, value in known.items()}
    decided = judge_asset(FILM, evidence, (), [pack], recorded=told)
    return next((each for each in decided.findings if each.rule == name), None)


def answer(found: Finding | None) -> tuple[Outcome, Verdict, Approval] | None:
    return (found.outcome, found.verdict, found.approval) if found else None


PASS = (Outcome.PASS, Verdict.CLEAR, Approval.NONE)
MAYBE = (Outcome.FAIL, Verdict.ESCALATE, Approval.MAY_BE_REQUIRED)
NEEDED = (Outcome.FAIL, Verdict.ESCALATE, Approval.REQUIRED)
OPEN = (Outcome.UNKNOWN, Verdict.ESCALATE, Approval.MAY_BE_REQUIRED)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ([], None),
        ([AI], None),
        ([work(kind="owned")], PASS),
        ([work(**LICENSED)], PASS),
        ([work(**LICENSED), AI], PASS),
        ([work()], MAYBE),
        ([work(kind="nobody knows")], MAYBE),
        ([work(), AI], NEEDED),
        ([work((1.0, 2.0)), AI], NEEDED),
        ([work((1.0, 2.0)), recorded((1.5, 4.0))], NEEDED),
        ([work((1.0, 2.0)), recorded((2.0, 4.0))], MAYBE),
        ([work((1.0, 2.0)), recorded((1.5, 4.0), Grade.SUSPECTED)], MAYBE),
        ([work((1.0, 2.0)), recorded((1.5, 4.0), Grade.DECLARED)], NEEDED),
        ([work((1.0, 2.0), by="sound"), recorded((1.5, 4.0), by="picture")], MAYBE),
        ([work((1.0, 2.0), by="sound"), AI], NEEDED),
        ([work(grade=Grade.DECLARED)], MAYBE),
        ([work(grade=Grade.SUSPECTED)], OPEN),
        ([work(grade=Grade.SUSPECTED), AI], OPEN),
        ([work(grade=Grade.SUSPECTED, **LICENSED)], PASS),
        ([work(), work(grade=Grade.SUSPECTED), recorded(grade=Grade.SUSPECTED)], MAYBE),
        ([work(kind="owned"), work(**LICENSED), work()], MAYBE),
    ],
)
def test_works_of_others_are_licensed_or_asked_about(
    gate_pack: Pack, evidence: list[Evidence], said: tuple[Outcome, Verdict, Approval] | None
) -> None:
    assert answer(rule(gate_pack, "gate.g6", *evidence)) == said


def test_a_pass_names_the_work_and_its_licence(gate_pack: Pack) -> None:
    own = work(kind="owned", title="Harbour at night")
    found = rule(gate_pack, "gate.g6", own, work(**LICENSED))
    assert found is not None
    assert found.reason == (
        "It holds “Harbour at night”, the production’s own work; “The Kiss” belongs to others, and "
        "the licence L-2231 covers this production."
    )


def test_a_failure_names_the_work_that_fails(gate_pack: Pack) -> None:
    beside = work((8.0, 9.0), title="The Tower")
    found = rule(gate_pack, "gate.g6", work((1.0, 2.0)), beside, recorded((0.0, 4.0)))
    assert found is not None
    assert "“The Kiss”" in found.reason
    assert "The Tower" not in found.reason


@pytest.mark.parametrize(
    ("evidence", "imitates", "said"),
    [
        ([AI], False, PASS),
        ([AI, work()], False, NEEDED),
        ([AI, work()], None, NEEDED),
        ([AI, work(**LICENSED)], False, PASS),
        ([AI, work(kind="owned")], False, PASS),
        ([AI, work(grade=Grade.SUSPECTED)], False, OPEN),
        ([AI, work(grade=Grade.SUSPECTED)], True, NEEDED),
        ([recorded((0.0, 1.0)), work((2.0, 3.0))], False, PASS),
        ([work()], False, None),
    ],
)
def test_principle_one_counts_works_found_in_what_ai_made(
    netflix_pack: Pack,
    evidence: list[Evidence],
    imitates: bool | None,
    said: tuple[Outcome, Verdict, Approval] | None,
) -> None:
    found = rule(netflix_pack, "nfx.p1", *evidence, use_recorded=True, use_imitates=imitates)
    assert answer(found) == said


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (recorded(), AiState.GENERATED),
        (recorded(made="modified"), AiState.MODIFIED),
        (recorded((0.0, 4.0)), AiState.MODIFIED),
        (recorded(grade=Grade.DECLARED), AiState.GENERATED),
        (recorded(grade=Grade.SUSPECTED), AiState.UNKNOWN),
        (recorded(grade=Grade.SUSPECTED, nearer="rec_0000000002"), AiState.NONE_FOUND),
        (work(), AiState.NONE_FOUND),
        (Evidence("fingerprint", Grade.PROVEN, "matches-input"), AiState.NONE_FOUND),
        (
            Evidence("fingerprint", Grade.PROVEN, "match-rejected", {"claim": "matches-recorded"}),
            AiState.NONE_FOUND,
        ),
    ],
)
def test_what_a_match_says_of_ai(said: Evidence, state: AiState) -> None:
    assert ai_state([said], []) is state


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (recorded(), "is on record as made by AI"),
        (recorded((0.0, 4.0)), "holds material that is on record as made by AI"),
        (
            recorded((0.0, 4.0), Grade.DECLARED),
            "holds what a person has confirmed to be material on record as made by AI",
        ),
    ],
)
def test_a_match_in_a_sentence(said: Evidence, words: str) -> None:
    assert asset_facts(FILM, [said], ()).words["says"] == words


def test_a_look_alike_in_a_sentence() -> None:
    words = asset_facts(FILM, [recorded(grade=Grade.SUSPECTED)], ()).words["traces"]
    assert words == "it looks like material on record as made by AI (shot_042.mov)"


SPANS = st.none() | st.tuples(st.floats(0, 9), st.floats(0, 9)).map(lambda two: tuple(sorted(two)))
WORKS = st.builds(
    work,
    SPANS,
    st.sampled_from(list(Grade)),
    kind=st.sampled_from(["owned", "protected", "?"]),
    licensed=st.booleans() | st.none(),
)
RECORDS = st.builds(recorded, SPANS, st.sampled_from(list(Grade)))


@given(st.lists(WORKS | RECORDS | st.just(AI), max_size=6), WORKS | RECORDS)
def test_more_matches_never_make_it_milder(
    gate_pack: Pack, netflix_pack: Pack, evidence: list[Evidence], more: Evidence
) -> None:
    packs = [gate_pack, netflix_pack]
    before = judge_asset(FILM, evidence, (), packs)
    after = judge_asset(FILM, [*evidence, more], (), packs)
    assert after.verdict.rank >= before.verdict.rank

"""A small helping of the soak that `make soak` serves in full, and proof that it can fail."""

from __future__ import annotations

import pytest

from checkthegate.model import Verdict

from .soak import Word, improvement, run, sample_files, table


@pytest.mark.parametrize("seed", [2, 8])
def test_a_hundred_damaged_files_never_look_better(seed: int) -> None:
    outcomes = list(run(sample_files(), 100, seed, workers=0))
    failed = [outcome for outcome in outcomes if outcome.kind == "failure"]
    assert not failed, table(outcomes)
    assert len(outcomes) == 100
    assert sum(outcome.kind == "noticed" for outcome in outcomes) > 30


@pytest.mark.parametrize(
    ("said", "better"),
    [
        (Word(Verdict.ESCALATE, told=True, gap=True, faults=()), False),
        (Word(Verdict.BLOCKED, told=True, gap=True, faults=()), False),
        (Word(Verdict.NOTIFY, told=True, gap=True, faults=()), True),
        (Word(Verdict.ESCALATE, told=False, gap=True, faults=()), True),
        (Word(Verdict.ESCALATE, told=True, gap=False, faults=()), True),
    ],
)
def test_what_counts_as_an_improvement(said: Word, better: bool) -> None:
    whole = Word(Verdict.ESCALATE, told=True, gap=True, faults=())
    assert bool(improvement(whole, said)) == better


def test_files_that_cannot_be_checked_at_all_are_no_outcome(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(request: object, told: object) -> object:
        raise RuntimeError("no rules")

    monkeypatch.setattr("tests.soak.soak.check", fails)
    with pytest.raises(ValueError, match="no rules"):
        next(run({"a.txt": b"words"}, 1, seed=1, workers=0))


def test_a_mark_that_is_wiped_without_excuse_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "vfx/NH_101_0160_matte_v001.jpg"
    whole = sample_files()[name]

    def wiped(files: object, count: int, seed: int) -> object:
        from .mutations import Mutant

        at = whole.index(b"\xff\xe1")
        rest = whole[at + 2 + int.from_bytes(whole[at + 2 : at + 4], "big") :]
        return iter([Mutant("00000-remove", 0, "remove", at, whole[:at] + rest)])

    monkeypatch.setattr("tests.soak.soak.mutants", wiped)
    (outcome,) = run({name: whole}, 1, seed=1, workers=0)
    assert outcome.kind == "failure"

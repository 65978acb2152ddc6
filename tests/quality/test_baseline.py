"""What counts as worse than the last release."""

from __future__ import annotations

from quality.baseline import regressions, small_is_good

KEPT = {"films/h264/recall": 0.98, "films/h264/false proven": 0.0, "images/recall/flip": 1.0}


def test_the_same_and_better_are_no_regression() -> None:
    assert regressions(KEPT, KEPT, ("films", "images")) == []
    better = {**KEPT, "films/h264/recall": 1.0}
    assert regressions(better, KEPT, ("films", "images")) == []


def test_less_recall_and_more_false_matches_are() -> None:
    worse = {**KEPT, "films/h264/recall": 0.97, "films/h264/false proven": 1.0}
    told = regressions(worse, KEPT, ("films", "images"))
    assert [line.split(":")[0] for line in told] == ["films/h264/false proven", "films/h264/recall"]


def test_a_number_that_vanished_is_one_unless_its_corpus_did_not_run() -> None:
    films = {name: value for name, value in KEPT.items() if name.startswith("films")}
    assert regressions(films, KEPT, ("films", "images")) == [
        "images/recall/flip: was 1, is no longer measured"
    ]
    assert regressions(films, KEPT, ("films",)) == []


def test_which_way_is_worse() -> None:
    small = ("false proven", "h264/gaps", "x/plates proven AI", "false in a million")
    large = ("recall", "recall/flip", "recall at zero false", "plates named", "source times right")
    assert all(small_is_good(name) for name in small)
    assert not any(small_is_good(name) for name in large)

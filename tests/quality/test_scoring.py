"""The scorer of cuts, with made-up reports."""

from __future__ import annotations

from typing import Any

import pytest
from quality.scoring import ends_agree, gaps_in, matches_in, metrics, overlap, score, table
from quality.truth import Planted, Plate, Span, Truth

TRUTH = Truth(
    seed=1,
    seconds=600.0,
    shots=200,
    films={"h264": "cut.mp4"},
    planted=(
        Planted("AI_1.mp4", (10.0, 12.0), (1.0, 3.0), "grade"),
        Planted("AI_2.mp4", (100.0, 103.0), (0.5, 3.5), "flip", ("look-alike",)),
        Planted("AI_3.png", (200.0, 201.5), None, "still picture"),
    ),
    plates=(Plate("PLATE.mp4", (300.0, 302.0), (0.0, 2.0)),),
    records={"AI_1.mp4": "", "AI_2.mp4": "PLATE.mp4", "AI_3.png": ""},
    alike={"AI_2.mp4": ((96.0, 100.0),)},
)


def evidence(
    file: str,
    span: Span | None,
    source: Span | None = None,
    grade: str = "proven",
    claim: str = "matches-recorded",
) -> dict[str, Any]:
    def stated(pair: Span | None) -> dict[str, float] | None:
        return {"start": pair[0], "end": pair[1]} if pair else None

    there = {"id": "rec_1", "path": f"records/{file}", "span": stated(source), "distance": 0.1}
    return {"claim": claim, "grade": grade, "span": stated(span), "source": there}


def report(*said: dict[str, Any]) -> dict[str, Any]:
    other = {"claim": "ai-generated", "grade": "declared", "observer": "c2pa", "detail": {}}
    return {"assets": [{"path": "cut.mp4", "evidence": [other, *said], "gaps": []}], "gaps": []}


RIGHT = (
    evidence("AI_1.mp4", (10.1, 12.2), (1.1, 3.2)),
    evidence("AI_2.mp4", (100.0, 103.0), (0.5, 3.5)),
    evidence("AI_3.png", (200.0, 201.5), grade="suspected"),
    evidence("PLATE.mp4", (300.0, 302.0), (0.0, 2.0), claim="matches-input"),
)


def measured(*said: dict[str, Any]) -> dict[str, float]:
    return metrics(score(TRUTH, matches_in(report(*said))))


def test_everything_found() -> None:
    told = measured(*RIGHT)
    assert told["recall"] == 1.0
    assert told["recall proven"] == pytest.approx(2 / 3)
    assert told["source times right"] == 1.0
    assert told["plates named"] == 1.0
    assert told["false proven"] == told["plates proven AI"] == 0
    assert told["false suspected in 10,000 shots"] == 0


def test_nothing_found() -> None:
    told = measured()
    assert told["recall"] == told["recall proven"] == told["plates named"] == 0.0
    assert told["false proven"] == 0


def test_an_end_too_far_off_is_not_found_but_touched() -> None:
    scored = score(TRUTH, matches_in(report(evidence("AI_1.mp4", (10.0, 12.6), (1.0, 3.6)))))
    assert [(row.near, row.found) for row in scored.rows] == [(True, False)] + [(False, False)] * 2
    assert not scored.false_proven


def test_a_wrong_source_time_is_found_but_not_right() -> None:
    row = score(TRUTH, matches_in(report(evidence("AI_1.mp4", (10.0, 12.0), (4.0, 6.0))))).rows[0]
    assert row.found
    assert not row.source_right


def test_another_record_at_the_same_place_is_false() -> None:
    told = measured(*RIGHT, evidence("AI_1.mp4", (100.0, 103.0), (0.0, 3.0)))
    assert told["false proven"] == 1
    assert told["recall"] == 1.0


def test_a_match_without_a_span_is_false_in_a_film() -> None:
    assert measured(evidence("AI_1.mp4", None))["false proven"] == 1


def test_suspecting_a_look_alike_is_no_fault_proving_it_is() -> None:
    alike, unlike = (96.5, 99.0), (400.0, 402.0)
    scored = score(
        TRUTH,
        matches_in(
            report(
                evidence("AI_2.mp4", alike, grade="suspected"),
                evidence("AI_2.mp4", unlike, grade="suspected"),
                evidence("AI_2.mp4", alike),
            )
        ),
    )
    assert [each.span for each in scored.alike] == [alike]
    assert [each.span for each in scored.false_suspected] == [unlike]
    assert [each.span for each in scored.false_proven] == [alike]
    assert metrics(scored)["false suspected in 10,000 shots"] == 50


def test_a_plate_proven_to_be_ai_is_counted() -> None:
    told = measured(evidence("AI_2.mp4", (300.0, 302.0), (0.0, 2.0)))
    assert told["plates proven AI"] == 1
    assert told["false proven"] == 1


def test_works_and_inputs_do_not_count_as_recorded() -> None:
    told = measured(
        evidence("AI_1.mp4", (10, 12), (1, 3), claim="matches-work"),
        evidence("AI_2.mp4", (100, 103), (0.5, 3.5), claim="matches-input"),
    )
    assert told["recall"] == 0
    assert told["false proven"] == 0


def test_the_table_names_what_is_wrong() -> None:
    false = evidence("AI_1.mp4", (50.0, 52.0))
    lines = "\n".join(table(score(TRUTH, matches_in(report(false)))))
    assert "PROVEN AND FALSE: AI_1.mp4 at (50.0, 52.0)" in lines
    assert "AI_2.mp4 at 100.00 to 103.00 (flip look-alike): missed" in lines


def test_gaps_of_assets_and_of_the_delivery_are_told_once() -> None:
    told = report()
    gap = {"observer": "fingerprint", "reason": "not read"}
    told["gaps"] = [gap]
    told["assets"][0]["gaps"] = [gap, {"observer": "decode", "reason": "damaged"}]
    assert gaps_in(told) == ["decode: damaged", "fingerprint: not read"]


def test_ends_and_overlap() -> None:
    assert ends_agree((0, 2), (0.5, 1.5))
    assert not ends_agree((0, 2), (0.51, 2))
    assert overlap((0, 2), (1, 3)) == 1
    assert overlap((0, 1), (2, 3)) == 0

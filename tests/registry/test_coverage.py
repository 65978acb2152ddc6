"""When an approval covers what was found."""

from __future__ import annotations

from typing import Any

import pytest
from tests.registry.making import (
    Log,
    approval_body,
    asset,
    digest,
    id_of,
    matched,
    paper,
    record_body,
    says_ai,
    use_body,
)

from checkthegate.model import (
    Approval,
    Asset,
    Evidence,
    Finding,
    Grade,
    Kind,
    Outcome,
    Verdict,
)
from checkthegate.model.registry import AsOf
from checkthegate.registry.coverage import cover
from checkthegate.registry.records import record_evidence
from checkthegate.registry.times import as_known_now, as_of

NOW = as_known_now("2026-11-22")
FILM = asset("film.mov", Kind.VIDEO)


def _finding(
    rule: str = "nfx.p4",
    outcome: Outcome = Outcome.FAIL,
    verdict: Verdict = Verdict.ESCALATE,
) -> Finding:
    return Finding(rule, outcome, verdict, Approval.REQUIRED, "t", "It is AI.", "Ask.", "c")


def _log(*records: str) -> Log:
    """A use, and a record under it for each file, `rec_…1` first."""
    log = Log()
    log.add("use-declared", id_of("use"), use_body())
    for number, name in enumerate(records, 1):
        log.add("files-recorded", id_of("rec", number), record_body(id_of("use"), name))
    return log


def _approve(log: Log, number: int = 1, **more: Any) -> None:
    at = more.pop("at", None)
    effective = more.pop("effective", None)
    log.add("approval-imported", id_of("apr", number), approval_body(**more), at, effective)


def _files(*names: str) -> list[dict[str, str]]:
    return [{"digest": digest(name), "path": name} for name in names]


def _cover(
    log: Log, found: Asset, *evidence: Evidence, finding: Finding | None = None, **more: Any
) -> Finding:
    when: AsOf = more.pop("when", NOW)
    (judged,) = cover(found, evidence, [finding or _finding()], log.rows(), when, **more)
    return judged


def test_bytes_cover_the_very_bytes_and_nothing_else() -> None:
    log = _log()
    _approve(log, files=_files("a.png"))
    covered = _cover(log, asset("a.png"), says_ai())
    assert (covered.outcome, covered.verdict) == (Outcome.FAIL, Verdict.NOTIFY)
    assert covered.approval_id == id_of("apr")
    assert covered.covered_by is not None
    assert "Nora Contact" in covered.covered_by
    assert "imported by ann" in covered.covered_by
    assert _cover(log, asset("b.png"), says_ai()) == _finding()


def test_another_rule_is_not_covered() -> None:
    log = _log()
    _approve(log, files=_files("a.png"), rules=["nfx.co1"])
    assert _cover(log, asset("a.png"), says_ai()) == _finding()


@pytest.mark.parametrize(
    "finding",
    [
        _finding(outcome=Outcome.UNKNOWN),
        _finding(verdict=Verdict.BLOCKED),
        _finding(outcome=Outcome.PASS, verdict=Verdict.CLEAR),
    ],
)
def test_only_what_failed_and_is_not_blocked_is_lifted(finding: Finding) -> None:
    log = _log()
    _approve(log, files=_files("a.png"))
    assert _cover(log, asset("a.png"), says_ai(), finding=finding) == finding


def test_no_approval_lifts_a_missing_consent() -> None:
    log = _log()
    _approve(log, files=_files("a.png"))
    judged = _cover(log, asset("a.png"), says_ai(), never=("nfx.p4",))
    assert judged.verdict is Verdict.ESCALATE


def test_until_counts_to_the_end_of_its_day_and_then_blocks() -> None:
    log = _log()
    _approve(log, files=_files("a.png"), until="2026-11-22")
    assert _cover(log, asset("a.png"), says_ai()).verdict is Verdict.NOTIFY
    later = _cover(log, asset("a.png"), says_ai(), when=as_known_now("2026-11-23"))
    assert later.verdict is Verdict.BLOCKED
    assert "ended with 2026-11-22" in later.reason


def test_a_revoked_approval_blocks_and_as_of_before_it_covers() -> None:
    log = _log()
    _approve(log, files=_files("a.png"), at="2026-11-02T00:00:00Z")
    log.add("approval-revoked", id_of("apr"), {"why": "changed"}, at="2026-11-10T00:00:00Z")
    judged = _cover(log, asset("a.png"), says_ai())
    assert (judged.verdict, judged.approval_id) == (Verdict.BLOCKED, id_of("apr"))
    before = _cover(log, asset("a.png"), says_ai(), when=as_of("2026-11-09"))
    assert before.verdict is Verdict.NOTIFY
    assert _cover(log, asset("a.png"), says_ai(), when=as_of("2026-11-01")) == _finding()


def test_revoking_again_later_does_not_move_the_first_revocation() -> None:
    log = _log()
    _approve(log, files=_files("a.png"), at="2026-11-02T00:00:00Z")
    for day in ("2026-11-10", "2026-11-20"):
        log.add("approval-revoked", id_of("apr"), {"why": "changed"}, at=f"{day}T00:00:00Z")
    judged = _cover(log, asset("a.png"), says_ai(), when=as_of("2026-11-15"))
    assert judged.verdict is Verdict.BLOCKED


def test_a_refusal_blocks_unknown_findings_too() -> None:
    log = _log()
    _approve(log, files=_files("a.png"), answer="no")
    judged = _cover(log, asset("a.png"), says_ai(), finding=_finding(outcome=Outcome.UNKNOWN))
    assert judged.verdict is Verdict.BLOCKED
    assert "refused" in judged.reason


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [("no", "yes", Verdict.NOTIFY), ("yes", "no", Verdict.BLOCKED)],
)
def test_the_newer_answer_counts(first: str, second: str, verdict: Verdict) -> None:
    log = _log()
    _approve(log, 1, files=_files("a.png"), answer=first)
    _approve(log, 2, files=_files("a.png"), answer=second)
    assert _cover(log, asset("a.png"), says_ai()).verdict is verdict


def test_of_equal_times_the_no_counts() -> None:
    log = _log()
    for number, answer in enumerate(("no", "yes"), 1):
        body = approval_body(files=_files("a.png"), answer=answer, answered_on="2026-11-01")
        log.add("approval-imported", id_of("apr", number), body)
    assert _cover(log, asset("a.png"), says_ai()).verdict is Verdict.BLOCKED


def test_an_earlier_approval_still_stands_when_a_newer_one_is_revoked() -> None:
    log = _log()
    _approve(log, 1, files=_files("a.png"))
    _approve(log, 2, files=_files("a.png"))
    log.add("approval-revoked", id_of("apr", 2), {"why": "a duplicate"})
    assert _cover(log, asset("a.png"), says_ai()).approval_id == id_of("apr", 1)


def test_a_use_covers_what_was_recorded_under_it() -> None:
    log = _log("a.png")
    _approve(log, covers="use", use=id_of("use"))
    assert _cover(log, asset("a.png"), says_ai()).verdict is Verdict.NOTIFY
    assert _cover(log, asset("b.png"), says_ai()) == _finding()
    matching = matched(id_of("rec"), "a.png")
    assert _cover(log, asset("b.png"), matching).verdict is Verdict.NOTIFY


def test_suspected_never_covers() -> None:
    log = _log("a.png")
    _approve(log, covers="use", use=id_of("use"))
    _approve(log, 2, covers="material", files=_files("a.png"))
    suspected = matched(id_of("rec"), "a.png", grade=Grade.SUSPECTED)
    assert _cover(log, asset("b.png"), suspected).verdict is Verdict.ESCALATE
    proven = matched(id_of("rec"), "a.png")
    assert _cover(log, asset("b.png"), proven).verdict is Verdict.NOTIFY


def test_material_covers_the_named_file_of_a_record_only() -> None:
    log = _log()
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.png", "b.png"))
    _approve(log, covers="material", files=_files("a.png"))
    assert _cover(log, asset("x.png"), matched(id_of("rec"), "a.png")).verdict is Verdict.NOTIFY
    for path in ("b.png", None, "c.png"):
        judged = _cover(log, asset("x.png"), matched(id_of("rec"), path))
        assert judged.verdict is Verdict.ESCALATE


def test_bytes_do_not_cover_a_finished_version() -> None:
    log = _log("a.png")
    _approve(log, files=_files("a.png"))
    judged = _cover(log, asset("x.png"), matched(id_of("rec"), "a.png"))
    assert judged.verdict is Verdict.ESCALATE
    assert "it names other bytes" in judged.reason


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ((2.0, 4.0), Verdict.NOTIFY),
        ((2.0, 5.0), Verdict.NOTIFY),
        ((1.9, 4.0), Verdict.ESCALATE),
        ((2.0, 5.1), Verdict.ESCALATE),
        (None, Verdict.ESCALATE),
    ],
)
def test_material_covers_inside_the_approved_range(
    source: tuple[float, float] | None, verdict: Verdict
) -> None:
    log = _log("a.mov")
    _approve(log, covers="material", files=_files("a.mov"), ranges=[{"start": 2, "end": 5}])
    said = matched(id_of("rec"), "a.mov", span=(10.0, 12.0), source=source)
    assert _cover(log, FILM, said).verdict is verdict


def test_a_generative_step_on_approved_material_is_not_covered() -> None:
    log = _log("a.png", "a-changed.png")
    _approve(log, covers="material", files=_files("a.png"))
    nearer_to_the_approved = matched(id_of("rec", 1), "a.png", distance=0.0)
    judged = _cover(log, asset("a-changed.png"), nearer_to_the_approved)
    assert judged.verdict is Verdict.ESCALATE


def test_the_nearest_record_decides_and_a_tie_is_uncovered() -> None:
    log = _log("a.png", "b.png")
    _approve(log, covers="material", files=_files("a.png"))
    approved = matched(id_of("rec", 1), "a.png", distance=1.0)
    for distance, verdict in (
        (2.0, Verdict.NOTIFY),
        (0.5, Verdict.ESCALATE),
        (1.0, Verdict.ESCALATE),
    ):
        other = matched(id_of("rec", 2), "b.png", distance=distance)
        assert _cover(log, asset("x.png"), approved, other).verdict is verdict


def test_every_span_needs_cover() -> None:
    log = _log("a.mov", "b.mov")
    _approve(log, covers="material", files=_files("a.mov"))
    covered = matched(id_of("rec", 1), "a.mov", span=(0.0, 4.0))
    assert _cover(log, FILM, covered).verdict is Verdict.NOTIFY
    beside = matched(id_of("rec", 2), "b.mov", span=(6.0, 8.0))
    judged = _cover(log, FILM, covered, beside)
    assert judged.verdict is Verdict.ESCALATE
    assert "6.00 to 8.00" in judged.reason
    inside = matched(id_of("rec", 2), "b.mov", span=(1.0, 2.0), distance=0.5)
    assert _cover(log, FILM, covered, inside).verdict is Verdict.ESCALATE
    further = matched(id_of("rec", 2), "b.mov", span=(1.0, 2.0), distance=2.0)
    assert _cover(log, FILM, covered, further).verdict is Verdict.NOTIFY


def test_two_approvals_may_cover_a_file_together() -> None:
    log = _log("a.mov", "b.mov")
    _approve(log, 1, covers="material", files=_files("a.mov"))
    _approve(log, 2, covers="material", files=_files("b.mov"))
    spans = [
        matched(id_of("rec", 1), "a.mov", span=(0.0, 4.0)),
        matched(id_of("rec", 2), "b.mov", span=(6.0, 8.0)),
    ]
    judged = _cover(log, FILM, *spans)
    assert judged.verdict is Verdict.NOTIFY
    assert judged.covered_by is not None
    assert id_of("apr", 1) in judged.covered_by
    assert id_of("apr", 2) in judged.covered_by


def test_evidence_the_record_does_not_explain_needs_cover_of_its_own() -> None:
    log = _log("a.png")
    _approve(log, covers="use", use=id_of("use"))
    strange = _cover(log, asset("a.png"), says_ai("Otherbrush"))
    assert strange.verdict is Verdict.ESCALATE
    assert "does not explain" in strange.reason
    assert _cover(log, asset("a.png"), says_ai(None)).verdict is Verdict.NOTIFY
    assert _cover(log, asset("a.png"), says_ai("Paintbox 2.1")).verdict is Verdict.NOTIFY
    _approve(log, 2, files=_files("a.png"))
    assert _cover(log, asset("a.png"), says_ai("Otherbrush")).verdict is Verdict.NOTIFY


def test_what_the_file_said_when_it_was_recorded_is_explained() -> None:
    log = _log()
    body = record_body(id_of("use"), "a.png")
    body["files"][0]["facts"] = {"tools": ["Otherbrush"], "models": ["brush-7"]}
    log.add("files-recorded", id_of("rec"), body)
    _approve(log, covers="use", use=id_of("use"))
    said = Evidence("metadata", Grade.DECLARED, "ai-tool", {"model": "brush-7"})
    assert _cover(log, asset("a.png"), says_ai("Otherbrush"), said).verdict is Verdict.NOTIFY


def test_a_match_of_a_part_does_not_explain_that_all_was_generated() -> None:
    log = _log("a.mov")
    _approve(log, covers="use", use=id_of("use"))
    part = matched(id_of("rec"), "a.mov", span=(0.0, 4.0))
    assert _cover(log, FILM, part, says_ai()).verdict is Verdict.ESCALATE
    modified = Evidence("metadata", Grade.DECLARED, "ai-modified", {"tool": "Paintbox"})
    assert _cover(log, FILM, part, modified).verdict is Verdict.NOTIFY


def test_too_much_of_the_frame_differs() -> None:
    log = _log("a.png")
    _approve(log, covers="material", files=_files("a.png"))
    little = matched(id_of("rec"), "a.png", differs=0.1)
    assert _cover(log, asset("x.png"), little).verdict is Verdict.NOTIFY
    much = _cover(log, asset("x.png"), matched(id_of("rec"), "a.png", differs=0.11))
    assert (much.verdict, much.approval) == (Verdict.ESCALATE, Approval.MAY_BE_REQUIRED)


def test_the_evidence_of_exact_bytes() -> None:
    log = _log()
    body = record_body(id_of("use"), "a.png", inputs=[{"digest": digest("plate"), "path": "p.exr"}])
    log.add("files-recorded", id_of("rec"), body)
    rows = log.rows()
    (said,) = record_evidence(asset("a.png"), rows, NOW)
    assert (said.claim, said.grade, said.source.id) == (  # type: ignore[union-attr]
        "matches-recorded",
        Grade.PROVEN,
        id_of("rec"),
    )
    (plate,) = record_evidence(asset("plate"), rows, NOW)
    assert plate.claim == "matches-input"
    assert record_evidence(asset("other"), rows, NOW) == ()
    assert record_evidence(asset("a.png"), rows, as_of("2026-10-01")) == ()


def test_a_verified_signature_makes_an_approval_proven() -> None:
    log = _log()
    _approve(log, files=_files("a.png"), signature="verified", evidence=paper("signed"))
    covered = _cover(log, asset("a.png"), says_ai())
    assert covered.covered_by is not None
    assert covered.covered_by.endswith("signature verified")

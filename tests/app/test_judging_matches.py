"""Verdicts on matches by content, through the judge, with a real home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.app.test_judging import approved, declared

from checkthegate.app.deciding import time_of
from checkthegate.app.home import Home, make_home
from checkthegate.app.judging import Judge
from checkthegate.app.recording import event, new_id, now, record, records_of
from checkthegate.app.wiring import load_packs
from checkthegate.model import (
    Asset,
    AssetDecision,
    Evidence,
    Grade,
    Kind,
    Source,
    Span,
    digest_bytes,
)
from checkthegate.model.match import match_id
from checkthegate.seams import RecordStore

CUT = Asset("cut/reel_1.mov", Kind.VIDEO, "video/quicktime", 9, digest_bytes(b"the cut"))
SHOT = digest_bytes(b"shot 042")
PLATE = digest_bytes(b"plate 042")
KISS = digest_bytes(b"the kiss")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home", "Night Harbour", ["netflix"])


@pytest.fixture
def store(home: Home) -> Iterator[RecordStore]:
    with records_of(home) as opened:
        yield opened


def recorded(store: RecordStore, use: str, made: str = "generated") -> str:
    id_ = new_id("rec")
    body = {
        "use": use,
        "steps": [{"name": "AUTOMATIC1111"}],
        "files": [{"path": "gen/shot_042.mov", "digest": SHOT}],
        "inputs": [{"path": "plates/042.mov", "digest": PLATE}],
        "made": made,
        "promise": "final",
    }
    record(store, event("files-recorded", id_, body))
    return id_


def work(store: RecordStore, kind: str = "protected", **more: Any) -> str:
    id_ = new_id("work")
    files = [{"path": "works/kiss.jpg", "digest": KISS}]
    body = {"kind": kind, "title": "The Kiss", "files": files, **more}
    record(store, event("work-added", id_, body))
    return id_


def matches(
    claim: str,
    source: str,
    content: str = SHOT,
    span: tuple[float, float] | None = (12.4, 15.9),
    grade: Grade = Grade.PROVEN,
    distance: float = 0.02,
    **detail: Any,
) -> Evidence:
    path = {SHOT: "gen/shot_042.mov", PLATE: "plates/042.mov", KISS: "works/kiss.jpg"}[content]
    told = {"match": match_id(CUT.digest, content), "by": "picture", "differs": 0.01, **detail}
    there = Span(1.0, 4.5) if span else None
    return Evidence(
        "fingerprint", grade, claim, told, span=Span(*span) if span else None,
        source=Source(source, path, there, distance),
    )  # fmt: skip


def judged(home: Home, *evidence: Evidence, asset: Asset = CUT, **options: Any) -> AssetDecision:
    packs = load_packs(("netflix",), (), home, None)
    with records_of(home) as store, store.reading() as rows:
        judge = Judge(packs, rows, home.production, time_of(options.get("as_of")))
        return judge.asset(asset, evidence)


def answer(store: RecordStore, said: Evidence, word: str) -> None:
    body = {"match": said.detail["match"], "person": "Ida Reed", "why": "Compared by eye."}
    record(store, event(f"match-{word}", new_id("mat"), body))


def asks(decided: AssetDecision) -> dict[str, tuple[str, str]]:
    return {
        f.rule: (f.verdict.value, f.approval.value)
        for f in decided.findings
        if f.outcome in ("fail", "unknown")
    }


def test_a_shot_found_in_the_cut_is_ai_of_its_use(home: Home, store: RecordStore) -> None:
    record_id = recorded(store, declared(store))
    decided = judged(home, matches("matches-recorded", record_id))
    assert decided.ai == "modified"
    assert decided.evidence[0].detail["made"] == "generated"
    assert asks(decided)["nfx.p4"] == ("escalate", "required")
    assert not {"nfx.p1", "nfx.p2", "nfx.p5"} & set(asks(decided))
    whole = judged(home, matches("matches-recorded", record_id, span=None))
    assert whole.ai == "generated"


def test_an_approval_of_the_material_covers_it_however_finished(
    home: Home, store: RecordStore
) -> None:
    record_id = recorded(store, declared(store))
    body = {
        "answer": "yes", "person": "K. Osei", "capacity": "studio contact",
        "rules": ["nfx.p4", "nfx.f1"], "covers": "material",
        "files": [{"digest": SHOT, "path": "gen/shot_042.mov"}],
        "ranges": [{"start": 0, "end": 5}],
        "evidence": {"digest": digest_bytes(b"mail"), "name": "yes.eml", "size": 4},
    }  # fmt: skip
    record(store, event("approval-imported", new_id("apr"), body))
    covered = judged(home, matches("matches-recorded", record_id))
    assert (covered.verdict.value, asks(covered)["nfx.p4"]) == ("notify", ("notify", "none"))
    finding = next(f for f in covered.findings if f.rule == "nfx.p4")
    assert finding.approval_id is not None
    assert "K. Osei" in (finding.covered_by or "")
    outside = matches("matches-recorded", record_id, span=(12.4, 17.0))
    outside_source = Source(record_id, "gen/shot_042.mov", Span(1.0, 5.6), 0.02)
    outside = Evidence(**{**_fields(outside), "source": outside_source})
    assert judged(home, outside).verdict == "escalate"
    changed = judged(home, matches("matches-recorded", record_id, differs=0.3))
    assert asks(changed)["nfx.p4"] == ("escalate", "may-be-required")
    suspected = judged(home, matches("matches-recorded", record_id, grade=Grade.SUSPECTED))
    assert suspected.verdict == "escalate"


def _fields(said: Evidence) -> dict[str, Any]:
    names = ("observer", "grade", "claim", "detail", "private", "span", "source", "exhibits")
    return {name: getattr(said, name) for name in names}


def test_the_plate_is_not_ai(home: Home, store: RecordStore) -> None:
    record_id = recorded(store, declared(store), "modified")
    plate = matches("matches-input", record_id, PLATE)
    decided = judged(home, plate)
    assert (decided.ai, decided.verdict.value) == ("none-found", "clear")
    alike = matches("matches-recorded", record_id, grade=Grade.SUSPECTED, distance=0.2)
    decided = judged(home, plate, alike)
    assert (decided.ai, decided.verdict.value) == ("none-found", "clear")
    assert len(decided.evidence) == 2
    nearer = matches("matches-recorded", record_id, grade=Grade.SUSPECTED, distance=0.01)
    assert judged(home, plate, nearer).ai == "unknown"


def test_a_look_alike_accuses_until_somebody_rejects_it(home: Home, store: RecordStore) -> None:
    record_id = recorded(store, declared(store))
    said = matches("matches-recorded", record_id, grade=Grade.SUSPECTED)
    before = judged(home, said)
    assert (before.ai, before.verdict.value) == ("unknown", "escalate")
    assert "gate.g2" in asks(before)
    early = now()
    answer(store, said, "rejected")
    after = judged(home, said)
    assert (after.ai, after.verdict.value) == ("none-found", "clear")
    (kept,) = after.evidence
    assert (kept.claim, kept.detail["claim"]) == ("match-rejected", "matches-recorded")
    assert kept.detail["answer"]["why"] == "Compared by eye."  # type: ignore[index,call-overload]
    assert judged(home, said, as_of=early).verdict == "escalate"


def test_a_confirmed_look_alike_is_declared_and_never_covered(
    home: Home, store: RecordStore
) -> None:
    use = declared(store)
    record_id = recorded(store, use)
    approved(store, b"x", covers="use", use=use)
    said = matches("matches-recorded", record_id, grade=Grade.SUSPECTED)
    answer(store, said, "confirmed")
    decided = judged(home, said)
    assert (decided.ai, decided.evidence[0].grade.value) == ("modified", "declared")
    assert asks(decided)["nfx.p4"] == ("escalate", "required")
    assert "nfx.p2" in asks(decided), "what is not proven to be the record is not explained by it"
    answer(store, said, "rejected")
    assert judged(home, said).verdict == "clear"


def test_a_rejected_match_covers_nothing(home: Home, store: RecordStore) -> None:
    use = declared(store)
    record_id = recorded(store, use)
    approved(store, b"x", covers="use", use=use)
    said = matches("matches-recorded", record_id)
    says_ai = Evidence("metadata", Grade.DECLARED, "ai-modified", {"tool": "AUTOMATIC1111"})
    assert judged(home, said, says_ai).verdict == "notify"
    answer(store, said, "rejected")
    assert judged(home, said, says_ai).verdict == "escalate"


def test_a_revoked_consent_blocks_what_a_person_confirmed(home: Home, store: RecordStore) -> None:
    talent, consent = new_id("tal"), new_id("con")
    record(store, event("talent-added", talent, {"name": "Mara Lindqvist"}))
    document = {"digest": digest_bytes(b"paper")}
    granted = {"talent": talent, "types": ["voice"], "document": document}
    record(store, event("consent-granted", consent, granted))
    person = {"who": "Mara Lindqvist", "effect": "voice", "consent": "yes"}
    record_id = recorded(store, declared(store, talent=[person]))
    record(store, event("consent-revoked", consent, {"why": "She said so."}))
    said = matches("matches-recorded", record_id, grade=Grade.SUSPECTED)
    assert judged(home, said).verdict == "escalate"
    answer(store, said, "confirmed")
    assert judged(home, said).verdict == "blocked"


def test_owned_work_passes_and_is_shown(home: Home, store: RecordStore) -> None:
    decided = judged(home, matches("matches-work", work(store, "owned"), KISS))
    assert decided.verdict == "clear"
    finding = next(f for f in decided.findings if f.rule == "gate.g6")
    assert finding.reason == "It holds “The Kiss”, the production’s own work."


def test_protected_work_needs_a_licence_for_this_production_at_that_time(
    home: Home, store: RecordStore
) -> None:
    licence = {"reference": "L-2231", "productions": ["Night Harbour"], "ends": "2099-01-01"}
    licensed = judged(home, matches("matches-work", work(store, licence=licence), KISS))
    assert licensed.verdict == "clear"
    finding = next(f for f in licensed.findings if f.rule == "gate.g6")
    assert "L-2231" in finding.reason
    for less in ({"productions": ["Another"]}, {"ends": "2020-01-01"}):
        other = judged(home, matches("matches-work", work(store, licence=licence | less), KISS))
        assert asks(other)["gate.g6"] == ("escalate", "may-be-required")


def test_protected_work_in_ai_made_material_needs_approval(home: Home, store: RecordStore) -> None:
    work_id, record_id = work(store), recorded(store, declared(store))
    found = matches("matches-work", work_id, KISS, span=(13.0, 14.0))
    assert asks(judged(home, found)) == {"gate.g6": ("escalate", "may-be-required")}
    decided = judged(home, found, matches("matches-recorded", record_id))
    assert asks(decided)["gate.g6"] == ("escalate", "required")
    assert asks(decided)["nfx.p1"] == ("escalate", "required")
    elsewhere = matches("matches-recorded", record_id, span=(20.0, 23.5))
    decided = judged(home, found, elsewhere)
    assert asks(decided)["gate.g6"] == ("escalate", "may-be-required")
    assert "nfx.p1" not in asks(decided)
    alike = matches("matches-work", work_id, KISS, span=(13.0, 14.0), grade=Grade.SUSPECTED)
    decided = judged(home, alike, matches("matches-recorded", record_id))
    assert asks(decided)["gate.g6"] == ("escalate", "may-be-required")
    assert asks(decided)["nfx.p1"] == ("escalate", "may-be-required")


def test_an_approval_lifts_a_work_only_where_it_was_approved(
    home: Home, store: RecordStore
) -> None:
    use = declared(store)
    record_id = recorded(store, use)
    found = matches("matches-work", work(store), KISS, span=(30.0, 31.0))
    rules = ["nfx.p4", "nfx.f1", "gate.g6"]
    approved(store, b"x", covers="use", use=use, rules=rules)
    decided = judged(home, found, matches("matches-recorded", record_id))
    assert decided.verdict == "escalate"
    assert asks(decided)["nfx.p4"] == ("notify", "none")
    inside = matches("matches-work", found.source.id, KISS, span=(13.0, 14.0))  # type: ignore[union-attr]
    decided = judged(home, inside, matches("matches-recorded", record_id))
    assert asks(decided)["gate.g6"] == ("notify", "none")


def test_the_very_bytes_of_a_protected_work_are_known_without_any_fingerprint(
    home: Home, store: RecordStore
) -> None:
    work(store)
    poster = Asset("art/poster.jpg", Kind.IMAGE, "image/jpeg", 9, KISS)
    assert asks(judged(home, asset=poster)) == {"gate.g6": ("escalate", "may-be-required")}


def test_temporary_material_found_by_content_takes_its_uses_verdict(
    home: Home, store: RecordStore
) -> None:
    record_id = recorded(store, declared(store))
    temp = Asset(CUT.path, CUT.kind, CUT.media_type, 9, CUT.digest, final=False)
    decided = judged(home, matches("matches-recorded", record_id), asset=temp)
    assert decided.verdict == "notify"

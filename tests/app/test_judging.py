"""A check against what is on record: coverage, consents, answered gaps, earlier times."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.app.test_check import A1111, delivery, picture

from checkthegate.app.check import CheckRequest, check
from checkthegate.app.home import Home, make_home
from checkthegate.app.recording import event, new_id, record, records_of
from checkthegate.model import AssetDecision, digest_bytes
from checkthegate.seams import RecordStore

TOOL = {
    "name": "AUTOMATIC1111",
    "environment": "local",
    "stores": "no",
    "reuses": "no",
    "trains": "no",
}
USE = {
    "title": "Temp harbour extension", "purpose": "temp", "outputs": ["image"], "tools": [TOOL],
    "final": "no", "inputs": [], "references": [], "imitates": "no", "talent": [],
    "union_work": "no", "mistakable_for_real": "no", "training": None,
}  # fmt: skip
MAIL = {
    "digest": "sha256:" + "0" * 64,
    "name": "yes.eml",
    "media_type": "message/rfc822",
    "size": 9,
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home", "Night Harbour", ["netflix"])


@pytest.fixture
def store(home: Home) -> Iterator[RecordStore]:
    with records_of(home) as opened:
        yield opened


def declared(store: RecordStore, **changes: Any) -> str:
    use = new_id("use")
    packs = [{"id": "netflix", "version": "2025.08", "digest": "sha256:" + "0" * 64}]
    answer = {"verdict": "notify", "approval": "none", "rules": [], "packs": packs}
    declaration = USE | changes
    body = {
        "title": declaration["title"],
        "declaration": declaration,
        "answer": answer,
        "tools": [],
        "talents": [],
    }
    record(store, event("use-declared", use, body))
    return use


def recorded(store: RecordStore, use: str, content: bytes, promise: str = "temp") -> str:
    id_ = new_id("rec")
    file = {
        "path": "ai.png",
        "digest": digest_bytes(content),
        "facts": {"tools": ["AUTOMATIC1111"], "models": ["dreamshaper_8"]},
    }
    body = {
        "use": use,
        "steps": [{"name": "AUTOMATIC1111"}],
        "files": [file],
        "made": "generated",
        "promise": promise,
    }
    record(store, event("files-recorded", id_, body))
    return id_


def approved(
    store: RecordStore, content: bytes, answer: str = "yes", covers: str = "bytes", **more: Any
) -> str:
    id_ = new_id("apr")
    body = {
        "answer": answer, "person": "K. Osei", "capacity": "studio contact",
        "rules": ["nfx.p4", "nfx.f1"], "covers": covers, "evidence": MAIL, **more,
    }  # fmt: skip
    if covers != "use":
        body["files"] = [{"digest": digest_bytes(content), "path": "ai.png"}]
    record(store, event("approval-imported", id_, body))
    return id_


def judged(home: Home, root: Path, **options: Any) -> AssetDecision:
    request = CheckRequest(paths=(root,), home=home, workers=0, use_cache=False, **options)
    return check(request, lambda _: None).decision.assets[0]


def verdicts(decided: AssetDecision) -> dict[str, str]:
    return {f.rule: f.verdict.value for f in decided.findings if f.outcome != "pass"}


def test_recorded_and_not_approved_is_escalate_and_says_what_was_promised(
    tmp_path: Path, home: Home, store: RecordStore
) -> None:
    root = delivery(tmp_path, {"ai.png": picture(A1111)})
    recorded(store, declared(store), picture(A1111))
    decided = judged(home, root)
    assert decided.verdict == "escalate"
    assert {"nfx.p4", "nfx.f1"} <= set(verdicts(decided))
    assert "recorded as temporary" in next(f.reason for f in decided.findings if f.rule == "nfx.p4")
    assert any(e.claim == "matches-recorded" and e.grade == "proven" for e in decided.evidence)
    assert not {"nfx.p1", "nfx.p2", "nfx.p5"} & set(verdicts(decided))


def test_an_approval_of_these_bytes_makes_it_notify_and_one_byte_more_does_not(
    tmp_path: Path, home: Home, store: RecordStore
) -> None:
    content = picture(A1111)
    root = delivery(tmp_path, {"ai.png": content})
    recorded(store, declared(store), content)
    approval = approved(store, content)
    decided = judged(home, root)
    assert decided.verdict == "notify"
    covered = {f.rule: f for f in decided.findings if f.approval_id}
    assert set(covered) == {"nfx.p4"}
    assert {(f.outcome, f.verdict, f.approval_id) for f in covered.values()} == {
        ("fail", "notify", approval)
    }
    delivery(tmp_path, {"ai.png": content + b"\0"})
    assert judged(home, root).verdict == "escalate"


def test_an_approval_of_the_use_covers_what_was_recorded_under_it(
    tmp_path: Path, home: Home, store: RecordStore
) -> None:
    content = picture(A1111)
    root = delivery(tmp_path, {"ai.png": content, "other.png": picture(A1111, 2)})
    use = declared(store)
    recorded(store, use, content)
    approved(store, content, covers="use", use=use)
    request = CheckRequest(paths=(root,), home=home, workers=0)
    assets = {a.asset.path: a for a in check(request, lambda _: None).decision.assets}
    assert assets["ai.png"].verdict == "notify"
    assert assets["other.png"].verdict == "escalate"


def test_a_refusal_and_a_revocation_block(tmp_path: Path, home: Home, store: RecordStore) -> None:
    content = picture(A1111)
    root = delivery(tmp_path, {"ai.png": content})
    recorded(store, declared(store), content)
    approval = approved(store, content)
    assert judged(home, root).verdict == "notify"
    record(store, event("approval-revoked", approval, {"why": "The studio took it back."}))
    assert judged(home, root).verdict == "blocked"


def test_a_consent_taken_back_blocks_whatever_was_approved(
    tmp_path: Path, home: Home, store: RecordStore
) -> None:
    content = picture(A1111)
    root = delivery(tmp_path, {"ai.png": content})
    person, consent = new_id("tal"), new_id("con")
    record(store, event("talent-added", person, {"name": "Mara Lindqvist"}))
    granted = {
        "talent": person,
        "types": ["replica"],
        "scope": "a younger face in 101",
        "document": MAIL,
    }
    record(store, event("consent-granted", consent, granted))
    replica = {"who": "Mara Lindqvist", "effect": "replica", "exemption": "none", "consent": "yes"}
    use = declared(store, talent=[replica])
    recorded(store, use, content)
    approved(store, content, rules=["nfx.p4", "nfx.f1", "nfx.tp1", "nfx.p5"])
    assert judged(home, root).verdict == "notify", verdicts(judged(home, root))
    record(store, event("consent-revoked", consent, {"why": "She changed her mind."}))
    decided = judged(home, root)
    assert decided.verdict == "blocked"
    assert "gate.g5" in verdicts(decided)


def test_a_temp_delivery_takes_the_verdict_of_the_recorded_use(
    tmp_path: Path, home: Home, store: RecordStore
) -> None:
    content = picture(A1111)
    root = delivery(tmp_path, {"ai.png": content})
    recorded(store, declared(store), content)
    assert judged(home, root, final=False).verdict == "notify"
    recorded(store, declared(store, imitates="unsure"), content)
    assert judged(home, root, final=False).verdict == "escalate"


def test_an_answered_gap_is_listed_and_no_longer_escalates(
    tmp_path: Path, home: Home, store: RecordStore
) -> None:
    root = delivery(tmp_path, {"odd/thing.bin": bytes(range(256)) * 4})
    assert judged(home, root).verdict == "escalate"
    body = {"pattern": "odd/**", "why": "A calibration file of the lab.", "person": "A. Moreau"}
    record(store, event("gap-accepted", new_id("gap"), body))
    decided = judged(home, root)
    assert decided.verdict == "clear"
    assert decided.gaps
    assert decided.ai == "unknown"


def test_an_earlier_time_knows_only_what_was_known_then(
    tmp_path: Path, home: Home, store: RecordStore
) -> None:
    content = picture(A1111)
    root = delivery(tmp_path, {"ai.png": content})
    recorded(store, declared(store), content)
    approved(store, content)
    assert judged(home, root).verdict == "notify"
    assert judged(home, root, as_of="2026-01-01").verdict == "escalate"


def test_without_a_home_nothing_is_on_record(
    tmp_path: Path, home: Home, store: RecordStore
) -> None:
    content = picture(A1111)
    root = delivery(tmp_path, {"ai.png": content})
    recorded(store, declared(store), content)
    approved(store, content)
    request = CheckRequest(paths=(root,), workers=0)
    assert check(request, lambda _: None).decision.verdict == "escalate"

"""Recorded uses are judged again when something under them changes, and it is recorded why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.app.registry.making import DE_AGE, FACTS, MAIL, MOODBOARD, keep, paper, reply, verdict

from checkthegate.app.home import home_key
from checkthegate.app.recording import event, new_id
from checkthegate.app.registry.approvals import import_approval, list_approvals
from checkthegate.app.registry.consents import add_consent, revoke_consent
from checkthegate.app.registry.desk import Desk, moment
from checkthegate.app.registry.talents import add_talent
from checkthegate.app.registry.tools import add_tool, review_tool
from checkthegate.app.registry.uses import (
    change_use,
    close_use,
    keep_uses,
    list_uses,
    review_uses,
    show_use,
    with_final,
)
from checkthegate.ledger import StoredEntry, public_key, verify_chain
from checkthegate.model import UsageError
from checkthegate.model.use import Answer

NOW = moment(None)
TERMS = {"reviewer": "Bo", "review_by": "2999-01-01"}


def faults(desk: Desk) -> list[Any]:
    with desk.store.reading() as reading:
        chain = verify_chain(
            map(StoredEntry._make, reading.entries()),
            reading.checkpoints(),
            [public_key(home_key(desk.home.folder))],
            nodes=reading.nodes,
        )
        return [*chain.breaks, *reading.differences()]


def test_from_declaration_to_approval_and_back(either_desk: Desk, tmp_path: Path) -> None:
    desk = either_desk
    use = keep(desk, DE_AGE)["use"]
    assert "Paintbox is not in the registry" in show_use(desk, use, NOW)["now"]["unregistered"]

    add_tool(desk, {"name": "paintbox"})
    fired = show_use(desk, use, moment(None))
    assert "nfx.p2" in fired["rules"]
    assert any("stores was declared “no”" in each for each in fired["now"]["contradictions"])
    review_tool(desk, "Paintbox", FACTS, source=paper(tmp_path), clause="4.2", stated=TERMS)
    assert "nfx.p2" not in show_use(desk, use, moment(None))["rules"]

    add_talent(desk, {"name": "Ann Lee"})
    consent = add_consent(desk, "ann lee", {"types": ["alteration"]}, document=paper(tmp_path))
    assert verdict(desk, use) == "escalate"
    revoked = revoke_consent(desk, consent.written.id, "changed her mind", document=None)
    assert verdict(desk, use) == "blocked"
    assert [each["use"] for each in revoked.changed] == [use]
    assert revoked.changed[0]["cause"] == f"entry {revoked.entry}"

    changed = list_uses(desk, moment(None), changed=True)
    newest = changed[0]["changes"][-1]
    assert (newest["before"]["verdict"], newest["now"]["verdict"]) == ("escalate", "blocked")
    assert newest["because"] == f"consent {consent.written.id} was revoked (entry {revoked.entry})"

    done = import_approval(desk, reply(paper(tmp_path, "yes.eml", MAIL), use=use))
    assert [each["id"] for each in list_approvals(desk, moment(None))] == [done.approval]
    assert show_use(desk, use, moment(None))["approvals"][0]["standing"] == "in-force"
    assert faults(desk) == []
    desk.store.rebuild()
    assert verdict(desk, use) == "blocked"


def test_a_change_and_what_follows_are_one_transaction(desk: Desk, tmp_path: Path) -> None:
    use = keep(desk)["use"]
    written = add_tool(desk, {"name": "Paintbox"})
    assert list(written.receipt.entries) == [1, 2]
    with desk.store.reading() as reading:
        assert [each.kind for _, each in reading.events([1, 2])] == ["tool-added", "use-rejudged"]

    def two(reading: object) -> list[Any]:
        return [event("tool-added", new_id("tool"), {"name": name}) for name in ("A", "Paintbox")]

    with pytest.raises(UsageError, match="on file already"):
        desk.write(two)
    with desk.store.reading() as reading:
        assert reading.size == 3
        assert len(reading.rows("tools")) == 1
    assert verdict(desk, use) == "escalate"


def test_what_does_not_concern_a_use_leaves_it_alone(desk: Desk) -> None:
    keep(desk)
    assert len(add_tool(desk, {"name": "Something else"}).receipt.entries) == 1
    assert len(add_talent(desk, {"name": "Ann Lee"}).receipt.entries) == 1


def test_a_review_that_falls_due_is_seen_at_once_and_recorded_with_the_next_change(
    desk: Desk, tmp_path: Path, clock: Callable[[str], None]
) -> None:
    clock("2026-11-22T10:00:00.000000Z")
    tool = add_tool(desk, {"name": "Paintbox"}).id
    stated = {"reviewer": "Bo", "review_by": "2026-12-01", "stated_on": "2020-11-22"}
    review_tool(desk, tool, FACTS, source=paper(tmp_path), clause=None, stated=stated)
    use = keep(desk)["use"]
    assert verdict(desk, use) == "notify"
    clock("2026-12-01T23:59:59.000000Z")
    assert list_uses(desk, moment(None), changed=True) == []
    clock("2026-12-02T00:00:01.000000Z")
    pending = list_uses(desk, moment(None), changed=True)[0]
    assert pending["verdict"] == "notify"
    assert pending["pending"]["now"]["verdict"] == "escalate"
    assert "reviewed by 2026-12-01" in pending["pending"]["because"]
    assert len(add_talent(desk, {"name": "Somebody"}).again) == 1
    assert verdict(desk, use) == "escalate"
    assert len(review_uses(desk).again) == 0


def test_a_consent_that_ends_blocks_when_its_day_is_over(
    desk: Desk, tmp_path: Path, clock: Callable[[str], None]
) -> None:
    clock("2026-11-22T10:00:00.000000Z")
    add_talent(desk, {"name": "Ann Lee"})
    stated = {"types": ["alteration"], "ends": "2026-11-30"}
    add_consent(desk, "Ann Lee", stated, document=paper(tmp_path))
    use = keep(desk, DE_AGE)["use"]
    assert verdict(desk, use) == "escalate"
    clock("2026-12-01T00:00:00.000001Z")
    assert [each["now"]["verdict"] for each in review_uses(desk).changed] == ["blocked"]
    change = list_uses(desk, moment(None), changed=True)[0]["changes"][-1]
    assert change["because"].endswith("ended with 2026-11-30")
    assert verdict(desk, use) == "blocked"


def test_new_rules_are_applied_and_named(desk: Desk) -> None:
    use = keep(desk)["use"]
    judge = desk.judge
    newer = [
        replace(pack, version="2030.01") if pack.id == "netflix" else pack for pack in judge.packs
    ]
    desk._judge = replace(judge, packs=tuple(newer))
    assert list_uses(desk, moment(None))[0]["pending"] is None
    written = review_uses(desk)
    assert "netflix 2025.08 → gate 1, netflix 2030.01" in str(written.again[0].body["because"])
    assert {"id": "netflix", "version": "2030.01"}.items() <= list_uses(desk, moment(None))[0][
        "packs"
    ][-1].items()
    assert verdict(desk, use) == "notify"


def test_from_temporary_to_final(desk: Desk) -> None:
    use = keep(desk)["use"]
    change_use(desk, use, with_final(Answer.YES), because="the edit is locked")
    assert verdict(desk, use) == "escalate"
    change = list_uses(desk, moment(None), changed=True)[0]["changes"][0]
    assert change["because"] == "the edit is locked"
    with pytest.raises(UsageError, match="Nothing of this use"):
        change_use(desk, use, with_final(Answer.YES), because=None)


def test_a_closed_use_is_left_as_it_was(desk: Desk) -> None:
    use = keep(desk)["use"]
    close_use(desk, use, "cut")
    assert len(add_tool(desk, {"name": "Paintbox"}).receipt.entries) == 1
    assert list_uses(desk, moment(None)) == []
    assert list_uses(desk, moment(None), also_closed=True)[0]["closed"]
    with pytest.raises(UsageError, match="was closed"):
        close_use(desk, use, "again")


def test_as_of_shows_what_was_known_then(desk: Desk, clock: Callable[[str], None]) -> None:
    clock("2026-11-20T10:00:00.000000Z")
    use = keep(desk)["use"]
    clock("2026-11-21T10:00:00.000000Z")
    add_tool(desk, {"name": "Paintbox"})
    assert list_uses(desk, moment("2026-11-20"))[0]["verdict"] == "notify"
    assert list_uses(desk, moment("2026-11-21"))[0]["verdict"] == "escalate"
    assert list_uses(desk, moment("2026-11-19")) == []
    assert show_use(desk, use, moment("2026-11-20"))["now"]["verdict"] == "notify"
    with pytest.raises(UsageError, match="had not been declared"):
        show_use(desk, use, moment("2026-11-19"))


def test_many_uses_are_all_or_none(desk: Desk) -> None:
    kept = keep_uses(desk, [MOODBOARD] * 20, would_change=False)
    assert len({answer["use"] for answer in kept.answers}) == 20
    with pytest.raises(UsageError, match="name of several"):
        show_use(desk, MOODBOARD.title, NOW)
    with pytest.raises(UsageError, match="There is no use"):
        show_use(desk, "use_0000000000", NOW)

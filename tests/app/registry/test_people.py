"""People, their consents and refusals; and erasing, after which the ledger still verifies."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.app.registry.making import DE_AGE, keep, paper, picture, verdict
from tests.app.registry.test_rejudging import faults

from checkthegate.app.registry.consents import (
    add_consent,
    list_consents,
    revoke_consent,
    show_consent,
)
from checkthegate.app.registry.desk import Desk, moment
from checkthegate.app.registry.talents import (
    add_talent,
    change_talent,
    enrol,
    forget,
    list_talents,
    show_talent,
)
from checkthegate.model import UsageError


def test_a_consent_keeps_all_its_limits(desk: Desk, tmp_path: Path) -> None:
    add_talent(desk, {"name": "Ann Lee"})
    stated = {
        "types": ["replica", "voice"], "starts": "2020-01-01", "ends": "2999-12-31",
        "production": "Night Boat", "scope": "scene 12 only", "media": ["feature"],
        "territories": ["DE"], "languages": ["de"], "basis": "scan", "conditions": "on set",
        "script_version": "blue", "strike_suspends": True, "replica": "employment-based",
    }  # fmt: skip
    done = add_consent(desk, "Ann Lee", stated, document=paper(tmp_path))
    shown = show_consent(desk, done.written.id, moment(None))
    assert {name: shown[name] for name in stated} == stated
    assert (shown["standing"], shown["document_state"]) == ("in-force", "kept")
    assert done.notes == []


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"types": ["likeness"]}, "not one of its words"),
        ({"types": ["voice"], "starts": "2026-02-30"}, "is not a day"),
        ({"types": ["voice"], "starts": "2026-03-01", "ends": "2026-02-01"}, "is before starts"),
    ],
)
def test_impossible_consents_are_refused(stated: dict[str, object], said: str, desk: Desk) -> None:
    add_talent(desk, {"name": "Ann Lee"})
    with pytest.raises(UsageError, match=said):
        add_consent(desk, "Ann Lee", stated, document=None)
    assert list_consents(desk, moment(None)) == []


def test_conflicts_are_refused_or_named(desk: Desk, tmp_path: Path) -> None:
    add_talent(desk, {"name": "Ann Lee"})
    voice = {"types": ["voice"]}
    refusal = add_consent(desk, "Ann Lee", voice, document=None, granted=False)
    with pytest.raises(UsageError, match="would change nothing"):
        add_consent(desk, "Ann Lee", voice, document=None, effective="2020-01-01")
    later = add_consent(desk, "Ann Lee", voice, document=paper(tmp_path))
    assert any(refusal.written.id in note and "newer" in note for note in later.notes)
    with pytest.raises(UsageError, match="very same is on file"):
        add_consent(desk, "Ann Lee", voice, document=paper(tmp_path))
    assert [each["standing"] for each in list_consents(desk, moment(None))] == [
        "refused",
        "in-force",
    ]


def test_a_revocation_has_its_time_and_comes_once(desk: Desk) -> None:
    add_talent(desk, {"name": "Ann Lee"})
    add_consent(desk, "Ann Lee", {"types": ["voice"]}, document=None, effective="2026-01-01")
    consent = list_consents(desk, moment(None))[0]
    assert consent["backdated"]
    assert consent["holds_from"] < consent["at"]
    with pytest.raises(UsageError, match="holds only from 2026-01-01"):
        revoke_consent(desk, consent["id"], "x", document=None, effective="2025-12-31")
    revoke_consent(desk, "Ann Lee", "x", document=None, effective="2026-02-01")
    shown = show_consent(desk, consent["id"], moment(None))
    assert (shown["standing"], shown["revoked_from"][:10]) == ("revoked", "2026-02-01")
    assert shown["history"][1]["backdated"]
    with pytest.raises(UsageError, match="revoked already"):
        revoke_consent(desk, consent["id"], "x", document=None)
    with pytest.raises(UsageError, match="0 consents that could be revoked"):
        revoke_consent(desk, "Ann Lee", "x", document=None)


def test_enrolling_needs_a_biometric_consent_in_force(desk: Desk, tmp_path: Path) -> None:
    add_talent(desk, {"name": "Ann Lee"})
    face = picture(tmp_path / "face.png")
    with pytest.raises(UsageError, match="cannot be enrolled: no consent for biometric"):
        enrol(desk, "Ann Lee", [face])
    add_consent(desk, "Ann Lee", {"types": ["biometric"]}, document=paper(tmp_path))
    done = enrol(desk, "Ann Lee", [face])
    assert done.modality == "face"
    assert show_talent(desk, "Ann Lee", moment(None))["enrolled"] == {"face": 1, "voice": 0}
    with pytest.raises(UsageError, match="neither a picture"):
        enrol(desk, "Ann Lee", [paper(tmp_path, "notes.txt", b"words\n")])
    revoke_consent(desk, "Ann Lee", "x", document=None)
    with pytest.raises(UsageError, match="was revoked"):
        enrol(desk, "Ann Lee", [face])


def test_forgetting_erases_the_enrolments_and_keeps_the_consents(
    either_desk: Desk, tmp_path: Path
) -> None:
    desk = either_desk
    person = add_talent(desk, {"name": "Ann Lee"}).id
    add_consent(desk, person, {"types": ["biometric"]}, document=paper(tmp_path))
    entry = enrol(desk, person, [picture(tmp_path / "face.png")]).written.entry
    gone = forget(desk, "Ann Lee", "the production is over")
    assert gone.entries == [entry]
    with desk.store.reading() as reading:
        assert next(reading.entries(entry, entry + 1))[2:] == (None, None)
        assert reading.rows("enrolments") == []
    assert faults(desk) == []
    shown = list_talents(desk, moment(None))[0]
    assert shown["forgotten"]
    assert shown["consents"]["biometric"]["standing"] == "in-force"
    desk.store.rebuild()
    assert faults(desk) == []


def test_erasing_everything_takes_the_name_and_the_papers(desk: Desk, tmp_path: Path) -> None:
    use = keep(desk, DE_AGE)["use"]
    add_talent(desk, {"name": "Ann Lee"})
    change_talent(desk, "Ann Lee", {"union_name": "SAG"})
    add_consent(desk, "Ann Lee", {"types": ["alteration"]}, document=paper(tmp_path))
    revoke_consent(desk, "Ann Lee", "x", document=None)
    assert verdict(desk, use) == "blocked"
    gone = forget(desk, "Ann Lee", "her wish", everything=True)
    assert gone.uses == [use]
    assert list_talents(desk, moment(None)) == []
    assert list_consents(desk, moment(None)) == []
    assert list((desk.home.folder / "documents").iterdir()) == []
    assert faults(desk) == []
    assert verdict(desk, use) == "escalate"
    with desk.store.reading() as reading:
        said = b"".join(body for number, _, _, body in reading.entries() if body and number > 0)
    assert b"SAG" not in said
    with pytest.raises(UsageError, match="There is no talent"):
        forget(desk, "Ann Lee", "again")


def test_people_stay_unique(desk: Desk) -> None:
    add_talent(desk, {"name": "Ann Lee"})
    with pytest.raises(UsageError, match="on file already"):
        add_talent(desk, {"name": "ANN LEE "})
    add_talent(desk, {"name": "Bea Kim"})
    with pytest.raises(UsageError, match="on file already"):
        change_talent(desk, "Bea Kim", {"name": "ann lee"})

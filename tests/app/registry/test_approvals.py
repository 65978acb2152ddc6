"""Approvals: imported from outside, with their evidence as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.app.registry.making import MAIL, keep, paper, picture, reply

from checkthegate.app.registry.approvals import (
    import_approval,
    list_approvals,
    revoke_approval,
    seconds,
    show_approval,
)
from checkthegate.app.registry.desk import Desk, moment
from checkthegate.app.registry.documents import keep_document, mail_headers, mail_time
from checkthegate.app.registry.gaps import accept_gap, list_gaps, show_gap
from checkthegate.app.registry.works import add_works, change_work, list_works, show_work
from checkthegate.model import UsageError, digest_bytes


def test_an_approval_names_files_rules_and_its_evidence(desk: Desk, tmp_path: Path) -> None:
    file = picture(tmp_path / "sign.png")
    mail = paper(tmp_path, "yes.eml", MAIL)
    done = import_approval(
        desk,
        reply(mail, files=(str(file), "sha256:" + "0" * 64), rules=("nfx.p4", "nfx.f1"),
              ranges=(f"{file}@1:00-01:02.5",), until="2999-01-01", scope="background only"),
    )  # fmt: skip
    shown = show_approval(desk, done.approval, moment(None))
    assert (shown["covers"], shown["signature"], shown["grade"]) == ("bytes", "none", "declared")
    assert shown["rules"] == ["nfx.p4", "nfx.f1"]
    digest = digest_bytes(file.read_bytes())
    assert {each["digest"] for each in shown["files"]} == {digest, "sha256:" + "0" * 64}
    assert shown["ranges"] == [{"start": 60.0, "end": 62.5, "digest": digest}]
    assert shown["headers"]["subject"] == "Re: décor"
    assert shown["headers"]["dkim"] == {
        "present": True, "verified": False, "domain": "studio.example"
    }  # fmt: skip
    assert shown["holds_from"] == "2020-11-20T13:03:00.000000Z"
    assert shown["backdated"]
    assert (shown["evidence_type"], shown["evidence_state"]) == ("message/rfc822", "kept")
    assert str(tmp_path) not in str(shown)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"rules": ("nfx.p99",)}, "has a rule “nfx.p99”"),
        ({"rules": ()}, "which rules"),
        ({"files": ("FOLDER",)}, "is a folder"),
        ({"files": ("nowhere.png",)}, "no file or folder"),
        ({"files": ()}, "has to name the files"),
        ({"covers": "use"}, "has to name it"),
        ({"use": "use_0000000000", "files": ()}, "no use"),
        ({"until": "2026-13-01"}, "is not a day"),
        ({"until": "2020-01-01", "answered_on": "2020-02-01"}, "is before answered_on"),
        ({"answered_on": "2998-01-01"}, "has not come yet"),
        ({"ranges": ("12",)}, "is not a range"),
        ({"ranges": ("3-2",)}, "ends before it begins"),
        ({"escalation": "esc_0000000000"}, "no escalation"),
    ],
)
def test_what_cannot_be_is_refused_with_nothing_written(
    stated: dict[str, object], said: str, desk: Desk, tmp_path: Path
) -> None:
    file = str(picture(tmp_path / "sign.png"))
    told = {"files": (file,), **stated}
    if told["files"] == ("FOLDER",):
        told["files"] = (str(tmp_path),)
    with pytest.raises(UsageError, match=said) as problem:
        import_approval(desk, reply(paper(tmp_path), **told))
    assert problem.value.hint
    with desk.store.reading() as reading:
        assert reading.size == 0


@pytest.mark.parametrize("content", [b"", None])
def test_evidence_that_proves_nothing_is_refused(
    content: bytes | None, desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path if content is None else paper(tmp_path, "empty.pdf", content)
    with pytest.raises(UsageError, match=r"folder|empty"):
        keep_document(desk.home, file)


@pytest.mark.parametrize(
    "mail",
    [
        b"From: a@b\nDate: Mon, 99 Foo 20 99:99:99 +9999\nSubject: =?x?q?=ff?=\n\nhi",
        b"From: " + b"=?utf-8?b?" * 5000 + b"\nSubject: x\n\nhi",
        b"From: \xff\xfe\x00@x\nSubject: \xff\nDKIM-Signature: d=\n\n",
        b"From: a@b\n" + b"X: y\n" * 100_000 + b"\nhi",
        b"From: <\nTo: ,,,;:\nDate: Thu, 1 Jan 99999 00:00:00 +0000\nMessage-ID: \n\n",
    ],
)
def test_hostile_mails_are_read_without_a_fault(mail: bytes, desk: Desk, tmp_path: Path) -> None:
    kept = keep_document(desk.home, paper(tmp_path, "mail.eml", mail))
    headers = mail_headers(desk.home, kept)
    assert headers is not None
    assert mail_time(headers) is None
    assert len(str(headers)) < 5000
    done = import_approval(
        desk, reply(tmp_path / "mail.eml", files=(str(picture(tmp_path / "a.png")),))
    )
    assert show_approval(desk, done.approval, moment(None))["headers"] is not None


def test_doubts_are_told(desk: Desk, tmp_path: Path) -> None:
    use = keep(desk)["use"]
    mail = MAIL.replace(b"DKIM-Signature", b"X-Nothing")
    done = import_approval(
        desk, reply(paper(tmp_path, "x.eml", mail), person="Otto Other", use=use)
    )
    assert any("not from Otto Other" in note for note in done.notes)
    assert any("no DKIM signature" in note for note in done.notes)
    signed = paper(tmp_path, "s.pdf", b"%PDF-1.7\n/ByteRange [0 1 2 3]\n")
    done = import_approval(desk, reply(signed, use=use))
    assert show_approval(desk, done.approval, moment(None))["signature"] == "untrusted"


def test_revoking_comes_once(desk: Desk, tmp_path: Path) -> None:
    use = keep(desk)["use"]
    done = import_approval(desk, reply(paper(tmp_path), use=use))
    revoke_approval(desk, done.approval, "they changed their mind", evidence=paper(tmp_path))
    assert list_approvals(desk, moment(None), use)[0]["standing"] == "revoked"
    with pytest.raises(UsageError, match="revoked already"):
        revoke_approval(desk, done.approval, "again", evidence=None)


def test_times_in_a_file() -> None:
    assert [seconds(each) for each in ("12.5", "1:02", "01:02:03.5")] == [12.5, 62.0, 3723.5]
    for wrong in ("1:2:3:4", "", "1::2", "x"):
        with pytest.raises(UsageError):
            seconds(wrong)


def test_works_one_a_file_or_as_one_and_each_content_once(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "posters"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.txt").write_text(f"poster {number}")
    (folder / "copy.txt").write_text("poster 0")
    (folder / ".DS_Store").write_text("litter")
    os.symlink(tmp_path, folder / "loop")
    added = add_works(desk, [folder], {"kind": "protected", "owner": "Harbour Press"})
    assert len(added.works) == 300
    assert len(added.skipped) == 1
    again = add_works(desk, [folder], {"kind": "protected"})
    assert (len(again.works), len(again.skipped)) == (0, 301)
    with pytest.raises(UsageError, match="on file already as protected"):
        add_works(desk, [folder], {"kind": "owned"})
    plate = picture(tmp_path / "plate.png")
    one = add_works(
        desk, [plate, paper(tmp_path)], {"kind": "owned", "title": "Plates"}, as_one=True,
        licence={"reference": "L-1", "productions": ["Night Boat"]},
        licence_document=paper(tmp_path),
    )  # fmt: skip
    shown = show_work(desk, one.works[0]["id"], moment(None))
    assert [each["path"] for each in shown["files"]] == ["paper.pdf", "plate.png"]
    assert shown["licence"]["reference"] == "L-1"
    change_work(desk, "Plates", {"owner": "Us"})
    assert len(show_work(desk, "Plates", moment(None))["files"]) == 2
    assert len(list_works(desk, moment(None))) == 301


def test_gaps_are_accepted_by_a_person_until_a_day(desk: Desk) -> None:
    stated = {"pattern": "raw/**", "person": "Bo", "why": "camera raw, shot by us"}
    accept_gap(desk, {**stated, "until": "2999-01-01"})
    assert list_gaps(desk, moment(None))[0]["counts"]
    assert not list_gaps(desk, moment("2999-01-02"))[0]["counts"]
    assert show_gap(desk, "raw/**", moment(None))["history"][0]["what"] == "accepted"
    with pytest.raises(UsageError, match="accepted already"):
        accept_gap(desk, stated)
    with pytest.raises(UsageError, match="over already"):
        accept_gap(desk, {**stated, "pattern": "x", "until": "2020-01-01"})

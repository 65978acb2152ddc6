"""Escalations: a packet that can be answered and leaks nothing, the answer, the ageing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.app.registry.making import DE_AGE, MAIL, MOODBOARD, YES, keep, paper, picture, reply

from checkthegate.app.recording import now
from checkthegate.app.registry.approvals import show_approval
from checkthegate.app.registry.consents import add_consent, revoke_consent
from checkthegate.app.registry.desk import Desk, moment
from checkthegate.app.registry.escalations import (
    Opened,
    Question,
    answer_escalation,
    list_escalations,
    open_escalation,
    show_escalation,
)
from checkthegate.app.registry.talents import add_talent
from checkthegate.ledger import parse_checkpoint
from checkthegate.model import UsageError

SCHEMA = Path(__file__).parents[3] / "schemas" / "packet.1.json"
SIGN = replace(MOODBOARD, title="A sign", final=YES)


def asked(desk: Desk, *targets: str, **more: Any) -> tuple[Opened, dict[str, Any], str]:
    opened = open_escalation(desk, Question(targets, **more))
    document = json.loads(opened.document.read_text())
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    return opened, document, opened.page.read_text()


def test_a_packet_about_a_use_says_everything_but_names(desk: Desk, tmp_path: Path) -> None:
    use = keep(desk, replace(DE_AGE, final=YES))["use"]
    add_talent(desk, {"name": "Ann Lee"})
    add_consent(desk, "Ann Lee", {"types": ["alteration"]}, document=paper(tmp_path))
    question = "May the captain look thirty, as in /home/bo/show/plan.pdf?"
    opened, document, page = asked(desk, use, questions=(question,), contact="Nora Contact")
    assert document["questions"] == ["May the captain look thirty, as in …/show/plan.pdf?"]
    assert document["use"]["title"] == "Make performer 1 look thirty"
    assert "nfx.tp2" in document["answer"]["rules"] or "nfx.tp1" in document["answer"]["rules"]
    assert [each["word"] for each in document["answer"]["covers"]] == ["use"]
    assert all(each["citation"] for each in document["findings"])
    for text in (page, opened.document.read_text()):
        assert not re.search(r"ann lee|\blee\b|tal_|/home/|bo@", text, re.IGNORECASE)
        assert "Nora Contact" in text
    shown = show_escalation(desk, opened.written.id, moment(None))
    assert shown["packet_file"] == str(opened.page)
    assert parse_checkpoint(document["checkpoint"]).size == opened.written.entry


def test_a_packet_does_not_say_twice_that_the_studio_is_told(desk: Desk) -> None:
    use = keep(desk, SIGN)["use"]
    _, document, page = asked(desk, use)
    rules = {each["rule"] for each in document["findings"]}
    assert "nfx.b1" in rules
    assert "gate.g4" not in rules
    assert "gate.g4" not in page
    assert "gate" in {pack["id"] for pack in document["packs"]}


def test_a_packet_about_files_has_pictures_and_no_prompt(desk: Desk, tmp_path: Path) -> None:
    sign = picture(tmp_path / "sign.png", prompt="a secret harbour, masterpiece")
    _, document, page = asked(desk, str(sign), questions=("May it be seen?",), out=tmp_path / "out")
    file = document["files"]["listed"][0]
    assert (file["path"], file["ai"]) == ("sign.png", "generated")
    assert file["picture"].startswith("data:image/jpeg;base64,")
    assert file["picture"] in page
    assert "AUTOMATIC1111" in " ".join(file["evidence"])
    assert [each["word"] for each in document["answer"]["covers"]] == ["bytes", "material"]
    for text in (page, json.dumps(document)):
        assert "secret harbour" not in text
        assert str(tmp_path) not in text


def test_the_page_asks_nothing_of_the_network_and_runs_nothing(desk: Desk, tmp_path: Path) -> None:
    sign = picture(tmp_path / "<script>alert(1).png", prompt="x")
    _, _, page = asked(desk, str(sign), questions=("<b>bold</b>?",))
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "<b>bold" not in page
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)


def test_what_blocks_is_shown_and_not_asked(desk: Desk, tmp_path: Path) -> None:
    use = keep(desk, replace(DE_AGE, final=YES))["use"]
    add_talent(desk, {"name": "Ann Lee"})
    add_consent(desk, "Ann Lee", {"types": ["alteration"]}, document=paper(tmp_path))
    revoke_consent(desk, "Ann Lee", "x", document=None)
    _, document, page = asked(desk, use)
    assert document["verdict"] == "blocked"
    assert "nfx.p5" not in document["answer"]["rules"]
    assert "No approval lifts this" in page


def test_the_answer_becomes_an_approval_of_what_was_asked(
    either_desk: Desk, tmp_path: Path
) -> None:
    desk = either_desk
    use = keep(desk, SIGN)["use"]
    opened, document, page = asked(desk, use)
    assert document["alternatives"][0]["verdict"] == "notify"
    assert document["alternatives"][0]["says"] in page
    id_ = opened.written.id
    mail = paper(tmp_path, "yes.eml", MAIL)
    asked_back = answer_escalation(
        desk, id_, reply(mail, answer="question", escalation=id_), "Which shot?"
    )
    assert asked_back.approval == ""
    assert list_escalations(desk, moment(None), only_open=True)[0]["answer"] == "question"
    done = answer_escalation(desk, id_, reply(mail, rules=(), escalation=id_))
    assert any("older than the question" in note for note in done.notes)
    approval = show_approval(desk, done.approval, moment(None))
    assert (approval["use"], approval["covers"]) == (use, "use")
    assert approval["rules"] == document["answer"]["rules"]
    assert not approval["backdated"]
    assert list_escalations(desk, moment(None), only_open=True) == []
    assert show_escalation(desk, id_, moment(None))["approval"] == done.approval
    with pytest.raises(UsageError, match="answered already"):
        answer_escalation(desk, id_, reply(mail, escalation=id_))


def test_files_that_were_asked_about_are_what_is_approved(desk: Desk, tmp_path: Path) -> None:
    sign = picture(tmp_path / "sign.png", prompt="x")
    opened, document, _ = asked(desk, str(sign))
    done = answer_escalation(
        desk, opened.written.id, reply(paper(tmp_path), rules=(), escalation=opened.written.id)
    )
    approval = show_approval(desk, done.approval, moment(None))
    assert approval["files"][0]["digest"] == document["files"]["listed"][0]["digest"]
    assert approval["covers"] == "bytes"


def test_days_open(desk: Desk, clock: Callable[[str], None]) -> None:
    use = keep(desk, SIGN)["use"]
    clock("2026-11-10T10:00:00.000000Z")
    asked(desk, use)
    clock("2026-11-22T10:00:00.000000Z")
    assert list_escalations(desk, moment(None))[0]["days_open"] == 12
    assert list_escalations(desk, moment("2026-11-13"))[0]["days_open"] == 3
    assert list_escalations(desk, moment("2026-11-09")) == []
    assert now() > "2026"


@pytest.mark.parametrize(
    ("targets", "more", "said"),
    [
        (("use_0000000000",), {}, "There is no use"),
        (("nowhere.png",), {}, "no file “nowhere.png”"),
        (("A sign", "A sign"), {}, "Two uses"),
        (("A sign",), {"out": Path("/proc/nowhere")}, "cannot be written"),
        ((), {}, "Nothing is named"),
    ],
)
def test_faults_leave_nothing_behind(
    targets: tuple[str, ...], more: dict[str, Any], said: str, desk: Desk
) -> None:
    keep(desk, SIGN)
    with pytest.raises(UsageError, match=said):
        open_escalation(desk, Question(targets, **more))
    with desk.store.reading() as reading:
        assert reading.size == 1
        assert reading.rows("escalations") == []


def test_nothing_to_ask_is_said(desk: Desk, tmp_path: Path) -> None:
    clean = paper(tmp_path, "scene.fountain", b"INT. HARBOUR - NIGHT\n\nRain.\n")
    with pytest.raises(UsageError, match="nothing to escalate"):
        open_escalation(desk, Question((str(clean),)))
    asked(desk, str(clean), rules=("nfx.p4",))

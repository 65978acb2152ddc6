"""What the records say of an asset, as facts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.registry.making import (
    DECLARATION,
    Log,
    approval_body,
    asset,
    id_of,
    paper,
    record_body,
    says_ai,
    use_body,
)

from checkthegate.registry.context import UseContext, use_context
from checkthegate.registry.times import as_known_now, as_of

NOW = as_known_now("2026-11-22")
FACTS = ("use.imitates", "use.tools_keep", "use.tools_secured", "use.people_agreed")
GOOD = (False, False, True, True)


def _log(changes: dict[str, Any] | None = None, **record: Any) -> Log:
    log = Log()
    declaration = {**DECLARATION, **(changes or {})}
    declaration = {name: value for name, value in declaration.items() if value != "left out"}
    log.add("use-declared", id_of("use"), use_body(declaration))
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.png", **record))
    return log


def _context(log: Log, name: str = "a.png", tool: str | None = "Paintbox") -> UseContext:
    return use_context(asset(name), [says_ai(tool)], log.rows(), NOW)


def _facts(context: UseContext) -> tuple[bool | None, ...]:
    return tuple(context.facts[name] for name in FACTS)


def test_a_good_use_gives_good_facts() -> None:
    context = _context(_log())
    assert context.facts["use.recorded"] is True
    assert _facts(context) == GOOD
    assert [use.verdict for use in context.uses] == ["escalate"]


def test_nothing_recorded_nothing_known() -> None:
    context = _context(_log(), "b.png")
    assert context.facts["use.recorded"] is False
    assert _facts(context) == (None,) * 4


@pytest.mark.parametrize(
    ("changes", "fact", "value"),
    [
        ({"imitates": "yes"}, "use.imitates", True),
        ({"imitates": "unsure"}, "use.imitates", None),
        ({"imitates": "left out"}, "use.imitates", None),
        ({"tools": [{"name": "Paintbox", "stores": "yes"}]}, "use.tools_keep", True),
        ({"tools": [{"name": "Paintbox", "stores": "no"}]}, "use.tools_keep", None),
        ({"tools": []}, "use.tools_secured", None),
        ({"talent": "left out"}, "use.people_agreed", None),
        ({"union_work": "left out"}, "use.people_agreed", None),
        ({"union_work": "yes", "union_agreement": "no"}, "use.people_agreed", False),
        ({"union_work": "yes", "union_agreement": "yes"}, "use.people_agreed", True),
        (
            {"talent": [{"who": "X", "effect": "voice", "consent": "no"}]},
            "use.people_agreed",
            False,
        ),
        (
            {"talent": [{"who": "X", "effect": "voice", "consent": "yes"}]},
            "use.people_agreed",
            True,
        ),
        ({"talent": [{"effect": "synthetic-performer"}]}, "use.people_agreed", True),
    ],
)
def test_facts_follow_the_declaration(
    changes: dict[str, Any], fact: str, value: bool | None
) -> None:
    assert _context(_log(changes)).facts[fact] is value


def test_evidence_nobody_explains_takes_the_good_away_and_leaves_the_bad() -> None:
    context = _context(_log(), tool="Otherbrush")
    assert context.facts["use.recorded"] is False
    assert _facts(context) == (None,) * 4
    assert len(context.unexplained) == 1
    bad = _context(_log({"imitates": "yes"}), tool="Otherbrush")
    assert bad.facts["use.imitates"] is True


def test_a_revoked_consent_blocks_and_is_named() -> None:
    log = Log()
    log.add("talent-added", id_of("tal"), {"name": "Ann"})
    log.add(
        "consent-granted",
        id_of("con"),
        {"talent": id_of("tal"), "types": ["voice"], "document": paper()},
    )
    talent = [{"who": "Ann", "effect": "voice", "consent": "yes"}]
    log.add("use-declared", id_of("use"), use_body({**DECLARATION, "talent": talent}))
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.png"))
    good = _context(log)
    assert good.facts["use.consents_stand"] is True
    assert good.blocks == ()
    log.add("consent-revoked", id_of("con"), {"why": "asked"}, at="2026-11-20T00:00:00Z")
    bad = _context(log)
    assert bad.facts["use.consents_stand"] is False
    assert id_of("con") in bad.blocks[0]
    assert "Ann" not in bad.blocks[0]
    earlier = use_context(asset("a.png"), [], log.rows(), as_of("2026-11-19"))
    assert earlier.blocks == ()


def test_an_exemption_needs_no_consent_even_when_one_is_revoked() -> None:
    log = Log()
    log.add("talent-added", id_of("tal"), {"name": "Ann"})
    log.add("consent-refused", id_of("con"), {"talent": id_of("tal"), "types": ["voice"]})
    talent = [{"who": "Ann", "effect": "voice", "exemption": "unrecognisable"}]
    log.add("use-declared", id_of("use"), use_body({**DECLARATION, "talent": talent}))
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.png"))
    assert _context(log).blocks == ()


def test_the_declaration_as_it_was() -> None:
    log = _log({"imitates": "no"})
    changed = use_body({**DECLARATION, "imitates": "yes"})
    log.add("use-changed", id_of("use"), changed, at="2026-11-20T00:00:00Z")
    assert _context(log).facts["use.imitates"] is True
    before = use_context(asset("a.png"), [says_ai()], log.rows(), as_of("2026-11-19"))
    assert before.facts["use.imitates"] is False


def test_a_promise_of_temp_is_kept_in_mind() -> None:
    assert _context(_log(promise="temp")).facts["use.promised_temp"] is True
    assert _context(_log()).facts["use.promised_temp"] is False


def test_the_contact_was_told_once_they_answered_or_were_written_to() -> None:
    log = _log()
    assert _context(log).facts["contact.told"] is False
    body = {"use": id_of("use"), "rules": ["nfx.p4"], "question": "May we?"}
    log.add("escalation-opened", id_of("esc"), body)
    assert _context(log).facts["contact.told"] is False
    log.add("escalation-answered", id_of("esc"), {"answer": "question", "person": "Nora"})
    assert _context(log).facts["contact.told"] is True
    other = _log()
    other.add("approval-imported", id_of("apr"), approval_body(covers="use", use=id_of("use")))
    assert _context(other).facts["contact.told"] is True
    sent = _log()
    sent.add("escalation-opened", id_of("esc"), {**body, "sent_on": "2026-11-21"})
    assert _context(sent).facts["contact.told"] is True


def test_the_weakest_step_of_the_record_is_named() -> None:
    log = _log(steps=[{"name": "Paintbox"}, {"name": "Upscaler"}])
    context = _context(log)
    assert context.weakest is not None
    assert context.weakest.name == "Upscaler"
    assert context.facts["use.tools_keep"] is None
    assert any("Upscaler" in line for line in context.contradictions)

"""Where a person's consent stands."""

from __future__ import annotations

from typing import Any

import pytest
from tests.registry.making import DECLARATION, Log, id_of, paper

from checkthegate.model.registry import AsOf, ConsentAnswer, ConsentType, Standing
from checkthegate.model.use import Answer
from checkthegate.registry.consents import Asked, consent_for
from checkthegate.registry.declared import declared_use
from checkthegate.registry.times import as_known_now, as_of
from checkthegate.registry.uses import effective_use

NOW = as_known_now("2026-11-22")


def _log(*bodies: dict[str, Any], kind: str = "consent-granted") -> Log:
    log = Log()
    log.add("talent-added", id_of("tal"), {"name": "Ann Player"})
    for number, body in enumerate(bodies, 1):
        _grant(log, number, kind, **body)
    return log


def _grant(log: Log, number: int, kind: str = "consent-granted", **body: Any) -> None:
    full = {"talent": id_of("tal"), "types": ["voice"], "document": paper(), **body}
    log.add(kind, id_of("con", number), full)


def _asked(log: Log, when: AsOf = NOW, **asked: Any) -> ConsentAnswer:
    return consent_for(log.rows(), id_of("tal"), (ConsentType.VOICE,), when, Asked(**asked))


def test_a_documented_consent_in_force_is_a_yes() -> None:
    said = _asked(_log({}))
    assert (said.standing, said.answer, said.consent) == ("in-force", "yes", id_of("con"))


def test_without_a_document_it_is_unsure() -> None:
    log = _log()
    log.add("consent-granted", id_of("con"), {"talent": id_of("tal"), "types": ["voice"]})
    assert _asked(log).answer is Answer.UNSURE


def test_nothing_on_file_is_unsure_not_no() -> None:
    assert _asked(_log()).standing is Standing.MISSING
    assert _asked(_log({"types": ["training"]})).answer is Answer.UNSURE


@pytest.mark.parametrize(
    ("body", "asked", "standing"),
    [
        ({"ends": "2026-11-21"}, {}, Standing.EXPIRED),
        ({"ends": "2026-11-22"}, {}, Standing.IN_FORCE),
        ({"starts": "2026-11-23"}, {}, Standing.NOT_YET),
        ({"starts": "2026-11-22"}, {}, Standing.IN_FORCE),
        ({"media": ["film"]}, {"medium": "advertising"}, Standing.OUT_OF_SCOPE),
        ({"media": ["Film"]}, {"medium": "film"}, Standing.IN_FORCE),
        ({"territories": ["US"]}, {"territory": "DE"}, Standing.OUT_OF_SCOPE),
        ({"languages": ["es"]}, {"language": "en"}, Standing.OUT_OF_SCOPE),
        ({"languages": ["es"]}, {}, Standing.IN_FORCE),
        ({"production": "Other"}, {"production": "Ours"}, Standing.OUT_OF_SCOPE),
        ({"production": "ours"}, {"production": "Ours"}, Standing.IN_FORCE),
        ({"strike_suspends": True}, {"strike": True}, Standing.SUSPENDED),
        ({"strike_suspends": True}, {}, Standing.IN_FORCE),
    ],
)
def test_scope_and_dates(body: dict[str, Any], asked: dict[str, Any], standing: Standing) -> None:
    assert _asked(_log(body), **asked).standing is standing


def test_a_revocation_counts_from_its_time_and_as_of_before_it_does_not() -> None:
    log = _log({})
    log.add("consent-revoked", id_of("con"), {"why": "asked"}, at="2026-11-10T00:00:00Z")
    assert _asked(log).answer is Answer.NO
    assert _asked(log, as_of("2026-11-09")).answer is Answer.YES


def test_a_backdated_revocation_is_known_only_once_recorded() -> None:
    log = _log({})
    log.add("consent-revoked", id_of("con"), {"why": "asked"}, "2026-11-10T00:00:00Z", "2026-11-05")
    assert _asked(log, as_of("2026-11-06")).answer is Answer.YES
    assert _asked(log, as_known_now("2026-11-06")).answer is Answer.NO
    assert _asked(log, as_known_now("2026-11-04")).answer is Answer.YES


def test_a_clock_set_back_does_not_hide_a_revocation() -> None:
    log = _log({})
    log.add("consent-revoked", id_of("con"), {"why": "asked"}, at="2027-01-01T00:00:00Z")
    assert _asked(log).answer is Answer.NO


def test_a_refusal_counts_until_a_newer_consent() -> None:
    log = _log({})
    _grant(log, 2, "consent-refused")
    said = _asked(log)
    assert (said.standing, said.conflicts) == (Standing.REFUSED, (id_of("con"),))
    _grant(log, 3)
    again = _asked(log)
    assert again.answer is Answer.YES
    assert again.conflicts == (f"{id_of('con', 2)} (refused)",)


def test_a_revocation_counts_over_what_else_was_on_file() -> None:
    log = _log({}, {})
    log.add("consent-revoked", id_of("con"), {"why": "asked"})
    assert _asked(log).standing is Standing.REVOKED
    _grant(log, 3)
    assert _asked(log).answer is Answer.YES


def test_of_conflicting_consents_the_narrower_counts_and_is_named() -> None:
    said = _asked(_log({}, {"media": ["film"]}), medium="advertising")
    assert said.standing is Standing.OUT_OF_SCOPE
    assert said.conflicts == (id_of("con"),)


def test_consents_for_two_languages_stand_side_by_side() -> None:
    log = _log({"languages": ["en"]}, {"languages": ["es"]})
    assert _asked(log, language="en").answer is Answer.YES
    assert _asked(log, language="es").answer is Answer.YES
    assert _asked(log, language="fr").standing is Standing.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("declared", "granted", "effective"),
    [
        ("yes", True, "yes"),
        ("yes", False, "unsure"),
        ("no", True, "no"),
        (None, True, "unsure"),
    ],
)
def test_a_declared_consent_and_one_on_file(
    declared: str | None, granted: bool, effective: str
) -> None:
    entry = {"who": "ann player", "effect": "voice", "exemption": "none"}
    if declared:
        entry["consent"] = declared
    log = _log({}) if granted else _log()
    found = effective_use(declared_use({**DECLARATION, "talent": [entry]}), log.rows(), NOW)
    assert found.use.talent is not None
    assert found.use.talent[0].consent == effective
    said = declared is not None and declared != ("yes" if granted else "unsure")
    assert bool(found.contradictions) == said

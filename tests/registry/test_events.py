"""What may be written, and what a person is told otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from tests.registry.making import (
    Log,
    approval_body,
    digest,
    id_of,
    rebuilt,
    record_body,
    time,
    use_body,
)

from checkthegate.model import UsageError
from checkthegate.model.event import Event, event_from_json
from checkthegate.registry.events import Clash, Need, build, clashes, erasure, needs
from checkthegate.registry.kinds import KINDS
from checkthegate.registry.project import project
from checkthegate.registry.tables import TABLES

CONSENT: dict[str, Any] = {"talent": id_of("tal"), "types": ["voice"]}


def _refused(kind: str, subject: str, body: dict[str, Any], **more: Any) -> UsageError:
    with pytest.raises(UsageError) as raised:
        build(kind, subject, body, **{"at": time(0), "by": "ann", **more})
    return raised.value


@pytest.mark.parametrize(
    ("kind", "subject", "body", "message", "hint"),
    [
        ("tool-adedd", id_of("tool"), {"name": "A"}, "not a kind", "tool-added"),
        ("tool-added", "tool_1", {"name": "A"}, "not an id", "begins with tool_"),
        ("tool-added", id_of("use"), {"name": "A"}, "not an id", "begins with tool_"),
        ("tool-added", id_of("tool"), {"nmae": "A"}, "“nmae”", "“name”"),
        ("tool-added", id_of("tool"), {}, "name: this is missing", "Give"),
        ("tool-added", id_of("tool"), {"name": "  "}, "empty", "leave the field out"),
        ("tool-added", id_of("tool"), {"name": "a\0b"}, "no database", "Retype"),
        ("tool-added", id_of("tool"), {"name": "a\ud800"}, "no database", "Retype"),
        ("tool-added", id_of("tool"), {"name": "a\nb"}, "one line", "line breaks"),
        ("tool-added", id_of("tool"), {"name": "a" * 2001}, "longer", "Shorten"),
        ("consent-granted", id_of("con"), {**CONSENT, "types": []}, "empty", "at least one"),
        ("consent-granted", id_of("con"), {**CONSENT, "types": ["voise"]}, "“voise”", "“voice”"),
        ("consent-granted", id_of("con"), {**CONSENT, "types": "voice"}, "a list", "Allowed"),
        ("consent-granted", id_of("con"), {**CONSENT, "ends": "2026-02-30"}, "not a day", "2026"),
        ("consent-granted", id_of("con"), {**CONSENT, "ends": "20260228"}, "not a day", "2026"),
        (
            "consent-granted",
            id_of("con"),
            {**CONSENT, "starts": "2026-02-02", "ends": "2026-02-01"},
            "before",
            "Exchange",
        ),
        ("consent-granted", id_of("con"), {**CONSENT, "minor": "no"}, "true nor false", "true"),
        ("approval-imported", id_of("apr"), approval_body(), "has to name its files", "--file"),
        ("approval-imported", id_of("apr"), approval_body(covers="use"), "name it", "--use"),
        ("approval-imported", id_of("apr"), approval_body(rules=["p4"]), "rule’s id", "nfx.p4"),
        ("escalation-opened", id_of("esc"), {"rules": ["nfx.p4"], "question": "?"}, "nothing", ""),
        (
            "files-recorded",
            id_of("rec"),
            record_body(id_of("use"), "a.png", "a.png"),
            "named twice",
            "once",
        ),
        (
            "files-recorded",
            id_of("rec"),
            {**record_body(id_of("use"), "a.png"), "files": [{"digest": "sha256:A", "path": "a"}]},
            "not a digest",
            "64",
        ),
        (
            "tool-fact-stated",
            id_of("tool"),
            {
                "facts": [{"fact": "trains", "answer": "never"}],
                "reviewer": "R",
                "review_by": "2027-01-01",
            },
            "not an answer",
            "Allowed: yes, no, unsure",
        ),
        (
            "tool-fact-stated",
            id_of("tool"),
            {
                "facts": [{"fact": "environment", "answer": "yes"}],
                "reviewer": "R",
                "review_by": "2027-01-01",
            },
            "not an answer",
            "local",
        ),
        (
            "use-declared",
            id_of("use"),
            {**use_body(), "declaration": {"a": float("nan")}},
            "cannot be stored",
            "JSON",
        ),
        ("use-declared", id_of("use"), {**use_body(), "tools": ["x"]}, "not an id", "tool_"),
    ],
)
def test_what_cannot_be_written_says_what_to_write(
    kind: str, subject: str, body: dict[str, Any], message: str, hint: str
) -> None:
    error = _refused(kind, subject, body)
    assert message in error.message
    assert hint in error.hint


@pytest.mark.parametrize("at", ["yesterday", "2026-11-22T10:00:00", "2026-13-01T00:00:00Z", ""])
def test_a_time_needs_a_zone(at: str) -> None:
    assert "not a time" in _refused("tool-added", id_of("tool"), {"name": "A"}, at=at).message


def test_times_are_stored_in_one_form_and_backdating_keeps_both() -> None:
    event = build(
        "consent-revoked",
        id_of("con"),
        {"why": "asked"},
        at="2026-11-22T12:00:00+02:00",
        by="ann",
        effective="2026-11-01",
    )
    assert event.at == "2026-11-22T10:00:00.000000Z"
    assert event.holds_from == "2026-11-01T00:00:00.000000Z"


def test_an_event_reads_back_equal() -> None:
    event = Log().add("use-declared", id_of("use"), use_body())
    assert event_from_json(event.as_json()) == event


def test_every_kind_has_a_projection_into_its_own_columns() -> None:
    for kind in KINDS:
        bare = Event(kind, "x_1", {}, "2026-11-22T10:00:00.000000Z", "ann")
        for change in project(3, bare):
            known = {column.name for column in TABLES[change.table].columns}
            named = getattr(change, "row", None) or getattr(change, "columns", {})
            assert set(named) <= known, kind


def test_every_row_is_whole_and_carries_its_entry() -> None:
    log = Log()
    log.add("use-declared", id_of("use"), use_body())
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.png"))
    for name, rows in log.book.plain():
        for row in rows.values():
            assert list(row) == [column.name for column in TABLES[name].columns]
            assert row["entry"] in (0, 1)
            assert all(row[each.name] is not None for each in TABLES[name].columns if each.required)


def test_fields_this_version_does_not_know_are_kept_and_harmless() -> None:
    event = Log().add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.png"))
    newer = {**event.body, "aura": 7, "steps": [{"name": "P", "mood": "calm"}]}
    read = event_from_json({**event.as_json(), "body": newer})
    assert read.body["aura"] == 7
    assert any(change.table == "record_files" for change in project(0, read))
    unknown = Event("weather-noted", "x_1", {"sky": "grey"}, event.at, "ann")
    assert project(1, unknown) == ()


def test_a_fingerprint_is_named_for_the_record_whose_file_it_is_of() -> None:
    log = Log()
    log.add("files-recorded", id_of("rec"), record_body(id_of("use"), "a.png"))
    file = {
        "digest": digest("a.png"),
        "path": "a.png",
        "kind": "image",
        "role": "recorded",
        "hasher": "picture",
        "recipe": "1",
        "fingerprint": digest("print"),
        "size": 5,
    }
    event = log.add("fingerprinted", id_of("rec"), {"files": [file, {**file, "role": "input"}]})
    assert needs(event) == (Need("records", id_of("rec")),)
    rows = log.rows().rows("file_fingerprints", subject=id_of("rec"))
    assert [row["role"] for row in rows] == ["input", "recorded"]
    assert {row["fingerprint"] for row in rows} == {digest("print")}
    with pytest.raises(UsageError, match="role"):
        log.add("fingerprinted", id_of("rec"), {"files": [{**file, "role": "seen"}]})
    with pytest.raises(UsageError, match="not a digest"):
        log.add("fingerprinted", id_of("rec"), {"files": [{**file, "fingerprint": "x"}]})
    body = erasure([(0, log.events[0]), (1, log.events[1])], "asked")
    log.add("person-erased", id_of("ers"), body)
    assert log.rows().rows("file_fingerprints") == ()
    assert [row["entries"] for row in log.rows().rows("erasures")] == [[0, 1]]
    assert log.book.tables == rebuilt(log.events, without=frozenset({0, 1})).tables


def test_needs_name_what_has_to_be_there() -> None:
    body = record_body(
        id_of("use"), "a.png", talents=[id_of("tal")], steps=[{"name": "P", "tool": id_of("tool")}]
    )
    event = Log().add("files-recorded", id_of("rec"), body)
    assert set(needs(event)) == {
        Need("uses", id_of("use")),
        Need("talents", id_of("tal")),
        Need("tools", id_of("tool")),
    }
    revoked = Log().add("consent-revoked", id_of("con"), {"why": "asked"})
    assert needs(revoked) == (Need("consents", id_of("con")),)
    assert needs(Log().add("talent-added", id_of("tal"), {"name": "Ann"})) == ()


def test_clashes_name_what_has_to_be_new() -> None:
    event = Log().add("talent-added", id_of("tal"), {"name": "Ann"})
    assert clashes(event) == (Clash("talents", {"name": "Ann"}),)


def _with_people() -> Log:
    log = Log()
    log.add("talent-added", id_of("tal"), {"name": "Ann"})
    log.add("consent-granted", id_of("con"), CONSENT)
    log.add("talent-added", id_of("tal", 2), {"name": "Ben"})
    log.add("consent-revoked", id_of("con"), {"why": "asked"})
    return log


def test_erasing_a_person_leaves_what_a_rebuild_leaves() -> None:
    log = _with_people()
    gone = (0, 1, 3)
    body = erasure([(number, log.events[number]) for number in gone], "asked to be forgotten")
    log.add("person-erased", id_of("ers"), body)
    assert log.book.tables == rebuilt(log.events, without=frozenset(gone)).tables
    assert [row["name"] for row in log.rows().rows("talents")] == ["Ben"]
    assert not log.rows().rows("consents")


def test_a_revocation_cannot_be_erased_alone() -> None:
    log = _with_people()
    with pytest.raises(UsageError, match="Entry 3"):
        erasure([(3, log.events[3])], "asked")

"""Builders and projection against a simple model, whatever order things happen in."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from tests.registry.making import (
    DECLARATION,
    Log,
    approval_body,
    digest,
    id_of,
    paper,
    rebuilt,
    record_body,
    use_body,
)

from checkthegate.model.registry import AsOf, ConsentType
from checkthegate.registry.approvals import approvals_for
from checkthegate.registry.consents import consent_for
from checkthegate.registry.events import erasure, needs
from checkthegate.registry.project import project
from checkthegate.registry.rows import Book, Snapshot
from checkthegate.registry.times import as_known_now, as_of
from checkthegate.registry.tools import tool_answers
from checkthegate.registry.uses import use_at

_TYPES = st.sampled_from(list(ConsentType))
_FAR = as_known_now("2026-12-31")


class Records(RuleBasedStateMachine):
    """A production's days. The model is plain dictionaries and sets."""

    people = Bundle("people")
    consents = Bundle("consents")
    uses = Bundle("uses")
    approvals = Bundle("approvals")
    tools = Bundle("tools")

    def __init__(self) -> None:
        super().__init__()
        self.log = Log()
        self.minute = 0
        self.number = 0
        self.granted: dict[str, tuple[str, ConsentType, int]] = {}
        self.revoked: dict[str, int] = {}
        self.titles: dict[str, str] = {}
        self.answers: dict[str, dict[str, str]] = {}
        self.named: dict[str, str] = {}
        self.withdrawn: set[str] = set()
        self.made: dict[str, set[str]] = {}
        self.erased: set[int] = set()
        self.past: list[tuple[str, Any]] = []

    def _id(self, prefix: str) -> str:
        self.number += 1
        return id_of(prefix, self.number)

    def _add(self, kind: str, subject: str, body: dict[str, Any]) -> None:
        self.minute += 1
        hour, minute = divmod(self.minute, 60)
        event = self.log.add(kind, subject, body, f"2026-11-01T{hour:02d}:{minute:02d}:00Z")
        rows = self.log.rows()
        assert all(rows.rows(need.table, id=need.id) for need in needs(event))

    @rule(target=people)
    def add_person(self) -> str:
        person = self._id("tal")
        self._add("talent-added", person, {"name": f"Person {self.number}"})
        return person

    @rule(target=consents, person=people, what=_TYPES)
    def grant(self, person: str, what: ConsentType) -> str:
        consent = self._id("con")
        body = {"talent": person, "types": [what], "document": paper(consent)}
        self._add("consent-granted", consent, body)
        self.granted[consent] = (person, what, self.minute)
        return consent

    @rule(consent=consents)
    def revoke(self, consent: str) -> None:
        if consent in self.granted:
            self._add("consent-revoked", consent, {"why": "asked"})
            self.revoked[consent] = self.minute

    @rule(target=uses, title=st.sampled_from(["A sign", "A crowd"]))
    def declare(self, title: str) -> str:
        use = self._id("use")
        self._add("use-declared", use, use_body({**DECLARATION, "title": title}))
        self.titles[use] = title
        return use

    @rule(use=uses, title=st.sampled_from(["A sky", "A street"]))
    def change(self, use: str, title: str) -> None:
        self._add("use-changed", use, use_body({**DECLARATION, "title": title}))
        self.titles[use] = title

    @rule(use=uses, name=st.sampled_from(["a.png", "b.png"]))
    def record(self, use: str, name: str) -> None:
        self._add("files-recorded", self._id("rec"), record_body(use, name))
        self.made.setdefault(digest(name), set()).add(use)

    @rule(target=approvals, name=st.sampled_from(["a.png", "b.png"]))
    def approve(self, name: str) -> str:
        approval = self._id("apr")
        files = [{"digest": digest(name), "path": name}]
        self._add("approval-imported", approval, approval_body(files=files))
        self.named[approval] = digest(name)
        return approval

    @rule(approval=approvals)
    def withdraw(self, approval: str) -> None:
        self._add("approval-revoked", approval, {"why": "changed"})
        self.withdrawn.add(approval)

    @rule(target=tools)
    def add_tool(self) -> str:
        tool = self._id("tool")
        self._add("tool-added", tool, {"name": f"Tool {self.number}"})
        self.answers[tool] = {}
        return tool

    @rule(
        tool=tools,
        fact=st.sampled_from(["stores", "reuses", "trains"]),
        answer=st.sampled_from(["yes", "no", "unsure"]),
    )
    def state(self, tool: str, fact: str, answer: str) -> None:
        body = {"facts": [{"fact": fact, "answer": answer}], "reviewer": "R"}
        self._add("tool-fact-stated", tool, {**body, "review_by": "2027-06-01"})
        self.answers[tool][fact] = answer

    @rule(consent=consents)
    def erase(self, consent: str) -> None:
        gone = [
            (number, event)
            for number, event in enumerate(self.log.events)
            if event.subject == consent and number not in self.erased
        ]
        if gone:
            self._add("person-erased", self._id("ers"), erasure(gone, "asked"))
            self.erased |= {number for number, _ in gone}
            self.granted.pop(consent)
            self.past.clear()

    @rule()
    def remember(self) -> None:
        if self.log.events:
            self.past.append((self.log.events[-1].at, self._seen(_FAR)))

    @rule()
    def look_back(self) -> None:
        for at, seen in self.past:
            assert self._seen(as_of(at)) == seen

    def _seen(self, when: AsOf) -> dict[str, Any]:
        """What can be asked of the rows, as of a time; only things that exist then."""
        rows = self.log.rows()
        seen: dict[str, Any] = {}
        for talent in rows.rows("talents"):
            for what in ConsentType:
                said = consent_for(rows, talent["id"], (what,), when)
                if said.consent:
                    seen[f"{talent['id']} {what}"] = said
        for use in rows.rows("uses"):
            row = use_at(rows, use["id"], when)
            if row:
                seen[use["id"]] = row["title"]
        for name in ("a.png", "b.png"):
            found = approvals_for(rows, when, digests=[digest(name)])
            if found:
                seen[name] = found
        for tool in rows.rows("tools"):
            answers = tool_answers(tool, rows, when)
            if answers.facts:
                seen[tool["id"]] = answers
        return seen

    @invariant()
    def people_stand_as_the_model_says(self) -> None:
        rows = self.log.rows()
        for person, what in {about[:2] for about in self.granted.values()}:
            mine = {one: a[2] for one, a in self.granted.items() if a[:2] == (person, what)}
            last_no = max((self.revoked[one] for one in mine if one in self.revoked), default=0)
            stands = any(at > last_no for one, at in mine.items() if one not in self.revoked)
            said = consent_for(rows, person, (what,), _FAR)
            assert said.answer == ("yes" if stands else "no")

    @invariant()
    def uses_tools_and_approvals_are_as_the_model_says(self) -> None:
        rows = self.log.rows()
        assert {row["id"]: row["title"] for row in rows.rows("uses")} == self.titles
        for tool, answers in self.answers.items():
            (row,) = rows.rows("tools", id=tool)
            said = tool_answers(row, rows, _FAR)
            for fact in ("stores", "reuses", "trains"):
                assert getattr(said, fact) == answers.get(fact, "unsure")
        for approval, named in self.named.items():
            found = {each.id: each for each in approvals_for(rows, _FAR, digests=[named])}
            expected = "revoked" if approval in self.withdrawn else "in-force"
            assert found[approval].standing == expected

    @invariant()
    def records_are_found_by_digest(self) -> None:
        rows = self.log.rows()
        for named, uses in self.made.items():
            records = {file["record"] for file in rows.rows("record_files", digest=named)}
            assert {rows.rows("records", id=each)[0]["use"] for each in records} == uses

    @invariant()
    def events_alone_make_the_same_rows(self) -> None:
        assert rebuilt(self.log.events).tables == self.log.book.tables
        without = frozenset(self.erased)
        assert rebuilt(self.log.events, without).tables == self.log.book.tables


TestRecords = Records.TestCase
TestRecords.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def _unrelated(count: int) -> list[list[tuple[str, str, dict[str, Any]]]]:
    """Stories that have nothing to do with each other, each in its own order."""
    stories = []
    for number in range(1, count + 1):
        consent = {"talent": id_of("tal", number), "types": ["voice"]}
        stories.append(
            [
                ("talent-added", id_of("tal", number), {"name": f"P{number}"}),
                ("consent-granted", id_of("con", number), consent),
                ("consent-revoked", id_of("con", number), {"why": "asked"}),
                ("use-declared", id_of("use", number), use_body()),
                (
                    "files-recorded",
                    id_of("rec", number),
                    record_body(id_of("use", number), "a.png"),
                ),
            ]
        )
    return stories


def _without_numbers(book: Book) -> Any:
    cut = {"entry", "at", "holds_from", "revoked_at", "revoked_from", "judged_at"}
    return {
        name: sorted(
            str({column: value for column, value in row.items() if column not in cut})
            for row in rows.values()
        )
        for name, rows in book.plain()
    }


@given(st.permutations([1, 2, 3] * 5))
@settings(max_examples=30, deadline=None)
def test_the_order_of_unrelated_events_does_not_matter(order: list[int]) -> None:
    plain, mixed = Log(), Log()
    for story in _unrelated(3):
        for kind, subject, body in story:
            plain.add(kind, subject, body)
    waiting = [list(story) for story in _unrelated(3)]
    for number in order:
        mixed.add(*waiting[number - 1].pop(0))
    assert _without_numbers(plain.book) == _without_numbers(mixed.book)


def test_applying_an_event_twice_changes_nothing_more() -> None:
    log = Log()
    for kind, subject, body in _unrelated(1)[0]:
        event = log.add(kind, subject, body)
        before = Snapshot({name: rows.values() for name, rows in log.book.plain()})
        log.book.apply(project(len(log.events) - 1, event))
        after = log.rows()
        assert all(list(before.rows(n)) == list(after.rows(n)) for n, _ in log.book.plain())

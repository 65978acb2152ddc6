"""Judges recorded uses again when something under them has changed: a fact, a date, the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from checkthegate.app.recording import event, now
from checkthegate.app.registry.after import After
from checkthegate.app.registry.judging import Judge
from checkthegate.model.event import Event
from checkthegate.model.record import Row
from checkthegate.registry.rows import Rows
from checkthegate.registry.times import as_known_now
from checkthegate.seams import RecordReading

_WORDS: Final = {
    "tool-added": "the tool {0} was registered",
    "tool-changed": "the tool {0} was changed",
    "tool-fact-stated": "facts of the tool {0} were stated",
    "talent-added": "{0} was registered",
    "talent-changed": "{0} was changed",
    "consent-granted": "consent {0} was recorded",
    "consent-refused": "refusal {0} was recorded",
    "consent-revoked": "consent {0} was revoked",
    "person-erased": "a person’s records were erased",
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that uses may depend on has changed.

    `about` are ids and names of tools and people, as `depends_on` gives them; `since` is when,
    for what changed by a date alone.
    """

    about: frozenset[str]
    because: str
    cause: str | None = None
    since: str | None = None


def rejudged(
    reading: RecordReading,
    events: Sequence[Event],
    judge: Callable[[], Judge],
    also: Sequence[Cause] = (),
    *,
    due: bool = True,
    only: str | None = None,
) -> list[Event]:
    """The `use-rejudged` events that follow from `events`, from dates passed, and new packs.

    A use that a date or new rules concern is noted as judged again even where its answer
    stays; one that an event concerns only when its answer becomes another. `also` are causes
    that no event of `events` tells. Without `due` dates and packs are left for another time;
    with `only` one use alone is looked at.
    """
    rows, time = After(reading, events), now()
    causes = [*also, *_causes(reading, rows, events)]
    if not due and not causes:
        return []
    fresh = {each.subject for each in events if each.subject.startswith("use_")}
    wanted = reading.rows("uses", **({"id": only} if only else {}))
    open_uses = [row for row in wanted if row["closed_at"] is None and row["id"] not in fresh]
    if not open_uses:
        return []
    oldest = min(row["judged_at"] for row in open_uses)
    passed = [each for each in _dates_passed(rows) if each.since and oldest < each.since <= time]
    causes += passed if due else []
    found = []
    for row in open_uses:
        why = _why(row, causes, judge if due else None)
        if why is not None and (again := _again(row, rows, time, judge(), why)) is not None:
            found.append(again)
    return found


def depends_on(
    declaration: Mapping[str, Any], tools: Iterable[str], people: Iterable[str]
) -> set[str]:
    """What a use rests on: ids, and names as declared (somebody may register them later)."""
    steps = declaration.get("tools") or ()
    talent = declaration.get("talent") or ()
    return {
        *tools,
        *people,
        *(tool_name(step.get("name")) for step in steps),
        *(person_name(each.get("who")) for each in talent),
    }


def _why(row: Row, causes: Sequence[Cause], judge: Callable[[], Judge] | None) -> Cause | None:
    rests = depends_on(row["declaration"], row["tools"], row["talents"])
    for cause in causes:
        if cause.about & rests and (cause.since is None or cause.since > row["judged_at"]):
            return cause
    refs = judge().refs if judge is not None else row["packs"]
    if row["packs"] != refs:
        return Cause(frozenset(), f"the rules changed: {_packs(row['packs'])} → {_packs(refs)}",
                     since=row["judged_at"])  # fmt: skip
    return None


def _again(row: Row, rows: Rows, time: str, judge: Judge, why: Cause) -> Event | None:
    answer = judge.of_stored(row["declaration"], rows, as_known_now(time)).answer
    same = all(answer[name] == row[name] for name in ("verdict", "approval", "rules"))
    if same and why.since is None:
        return None
    body = {
        "answer": answer,
        "before": {"verdict": row["verdict"], "approval": row["approval"]},
        "because": why.because,
        "cause": why.cause,
    }
    return event("use-rejudged", row["id"], body)


def _causes(reading: RecordReading, rows: Rows, events: Sequence[Event]) -> Iterator[Cause]:
    for entry, each in enumerate(events, reading.size):
        if each.kind not in _WORDS:
            continue
        about, shown = _about(reading, rows, each)
        if about:
            said = f"{_WORDS[each.kind].format(shown)} (entry {entry})"
            yield Cause(frozenset(about), said, f"entry {entry}")


def _about(reading: RecordReading, rows: Rows, each: Event) -> tuple[set[str], str]:
    body: Mapping[str, Any] = each.body
    if each.kind.startswith("tool-"):
        known = [*reading.rows("tools", id=each.subject), *rows.rows("tools", id=each.subject)]
        about = {each.subject, *(tool_name(row["name"]) for row in known)}
        return about, str(known[-1]["name"]) if known else each.subject
    person = each.subject if each.kind.startswith("talent-") else body.get("talent")
    if each.kind == "consent-revoked":
        person = next((row["talent"] for row in rows.rows("consents", id=each.subject)), None)
    if person is None:
        return set(), each.subject
    known = [*reading.rows("talents", id=person), *rows.rows("talents", id=person)]
    return {person, *(person_name(row["name"]) for row in known)}, each.subject


def _dates_passed(rows: Rows) -> Iterator[Cause]:
    """What became true or untrue by itself: reviews that fell due, consents that began or ended."""
    names = {row["id"]: row["name"] for row in rows.rows("tools")}
    for row in rows.rows("tool_facts"):
        about = frozenset({row["tool"], tool_name(names.get(row["tool"]))})
        shown = f"“{row['fact']}” of {names.get(row['tool'], row['tool'])}"
        if row["review_by"]:
            due = _day_after(row["review_by"])
            yield Cause(about, f"{shown} was to be reviewed by {row['review_by']}", since=due)
        if row["holds_from"] > row["at"]:
            said = f"{shown} holds from {row['holds_from'][:10]}"
            yield Cause(about, said, f"entry {row['entry']}", row["holds_from"])
    for row in rows.rows("consents"):
        yield from _consent_dates(row, rows)


def _consent_dates(row: Row, rows: Rows) -> Iterator[Cause]:
    people = rows.rows("talents", id=row["talent"])
    about = frozenset({row["talent"], *(person_name(each["name"]) for each in people)})
    dates = [
        (f"began on {row['starts']}", row["starts"] and f"{row['starts']}T00:00:00.000000Z"),
        (f"ended with {row['ends']}", row["ends"] and _day_after(row["ends"])),
    ]
    if row["holds_from"] > row["at"]:
        dates.append((f"holds from {row['holds_from'][:10]}", row["holds_from"]))
    if (row["revoked_from"] or "") > (row["revoked_at"] or ""):
        dates.append((f"was revoked from {row['revoked_from'][:10]}", row["revoked_from"]))
    for said, since in dates:
        if since:
            yield Cause(about, f"consent {row['id']} {said}", since=since)


def _day_after(day: str) -> str:
    last = date.fromisoformat(day)
    after = last + timedelta(days=1) if last < date.max else last
    return f"{after}T00:00:00.000000Z"


def tool_name(name: object) -> str:
    """A tool by its name, as `depends_on` and `Cause.about` have it."""
    return f"tool:{str(name or '').casefold().strip()}"


def person_name(name: object) -> str:
    """A person by their name, as `depends_on` and `Cause.about` have it."""
    return f"person:{str(name or '').casefold().strip()}"


def _packs(refs: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{each['id']} {each['version']}" for each in refs)

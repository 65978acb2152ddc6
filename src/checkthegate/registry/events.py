"""Making an event: everything a person may have got wrong is found here, before it is written.

Reading is milder than making: an event that is already in the ledger is projected whatever
it holds, and what this version does not know of it stays in its body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from checkthegate.model import UsageError, canonical
from checkthegate.model.event import Event
from checkthegate.model.registry import Cover, ToolFactName
from checkthegate.model.table import Put
from checkthegate.model.use import Answer, Environment
from checkthegate.registry.fields import meant, read_fields, read_id, read_line, read_time, wrong
from checkthegate.registry.kinds import KINDS
from checkthegate.registry.project import project
from checkthegate.registry.tables import TABLES


@dataclass(frozen=True, slots=True)
class Need:
    """A row that has to be there before an event is written."""

    table: str
    id: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Columns no other row may have already: a name that is to stay unique."""

    table: str
    equal: Mapping[str, Any]


def build(
    kind: str,
    subject: str,
    body: Mapping[str, Any],
    *,
    at: str,
    by: str,
    effective: str | None = None,
) -> Event:
    """An event that may be written. Nothing is looked up: see `needs` and `clashes`.

    `at` is when it is recorded, `effective` when it holds from, if that is another time
    (earlier is allowed and stays visible). Raises `UsageError` naming field and next step.
    """
    form = KINDS.get(kind)
    if form is None:
        raise UsageError(f"“{kind[:60]}” is not a kind of event.", hint=meant(kind, KINDS))
    read = read_fields(body, form.fields, kind)
    for check in _CHECKS.get(kind, ()):
        check(read, kind)
    return Event(
        kind=kind,
        subject=read_id(subject, form.prefixes, f"{kind}, id"),
        body=read,
        at=read_time(at, f"{kind}, at"),
        by=read_line(by, f"{kind}, by"),
        effective=None if effective is None else read_time(effective, f"{kind}, effective"),
    )


def needs(event: Event) -> tuple[Need, ...]:
    """The rows an event speaks of; without them it is refused, with nothing written."""
    body: Mapping[str, Any] = event.body
    found = []
    if not event.kind.endswith(_FIRST) and not event.kind.startswith(_ANEW):
        found.append(Need(_HOME[event.subject.partition("_")[0]], event.subject))
    for name in ("use", "talent", "consent", "escalation", "approval", "decision", "record"):
        # A decision's `approval` is a word of the scale, not the id of an approval.
        table = _HOME.get(str(body.get(name)).partition("_")[0])
        if table:
            found.append(Need(table, body[name]))
    steps = [step["tool"] for step in body.get("steps", ()) if "tool" in step]
    for id_ in (*steps, *body.get("tools", ()), *body.get("talents", ())):
        found.append(Need(_HOME[id_.partition("_")[0]], id_))
    return tuple(dict.fromkeys(each for each in found if each.table))


def clashes(event: Event) -> tuple[Clash, ...]:
    """What no other row may have already for this event to be accepted."""
    if event.kind in ("tool-added", "tool-changed"):
        names = ("name", "version", "tier", "account")
        return (Clash("tools", {name: event.body.get(name) for name in names}),)
    if event.kind in ("talent-added", "talent-changed"):
        return (Clash("talents", {"name": event.body["name"]}),)
    return ()


def erasure(written: Iterable[tuple[int, Event]], why: str) -> dict[str, Any]:
    """The body of `person-erased` for events whose bodies are to go.

    It names every row they wrote, so that tables and a rebuild from what is left agree.
    Raises `UsageError` when an event that only changed a row would go while the one that
    made it stays: a revocation must not vanish without its consent.
    """
    entries, rows, changed = [], {}, {}
    for number, event in written:
        entries.append(number)
        for change in project(number, event):
            if isinstance(change, Put):
                where = {name: change.row[name] for name in TABLES[change.table].key}
                rows[canonical([change.table, where])] = {"table": change.table, "where": where}
            else:
                changed[canonical([change.table, change.where])] = (change.table, number)
    for key, (table, number) in changed.items():
        if table in _MADE_ONCE and key not in rows:
            raise UsageError(
                f"Entry {number} changes a row of {table} whose own entry would stay.",
                hint="Erase the entry that made the row together with all that changed it.",
            )
    return {"entries": sorted(entries), "rows": [rows[key] for key in sorted(rows)], "why": why}


_FIRST: Final = ("-added", "-declared", "-granted", "-refused", "-imported", "-opened",
                 "-recorded", "-accepted", "-made", "-issued")  # fmt: skip
_ANEW: Final = ("match-", "person-", "prominence-")
_HOME: Final = {
    "tool": "tools", "use": "uses", "work": "works", "tal": "talents", "con": "consents",
    "apr": "approvals", "esc": "escalations", "rec": "records", "gap": "accepted_gaps",
    "dec": "decisions", "cert": "certificates", "mat": "", "ers": "",
    "prom": "prominences",
}  # fmt: skip
_MADE_ONCE: Final = frozenset(_HOME.values())

_Check = Callable[[Mapping[str, Any], str], None]


def _ordered(first: str, last: str, within: str = "") -> _Check:
    def check(body: Mapping[str, Any], kind: str) -> None:
        dates = body.get(within, {}) if within else body
        if first in dates and last in dates and dates[first] > dates[last]:
            problem = f"{dates[last]} is before {first}, {dates[first]}."
            raise wrong(f"{kind}, {last}", problem, "Exchange the two, or mend one.")

    return check


def _facts(body: Mapping[str, Any], kind: str) -> None:
    seen = set()
    for number, stated in enumerate(body["facts"]):
        where, fact = f"{kind}, facts[{number}]", stated["fact"]
        if fact in seen:
            raise wrong(where, f"“{fact}” is stated twice.", "State each fact once a review.")
        seen.add(fact)
        allowed = Environment if fact == ToolFactName.ENVIRONMENT else Answer
        answer = stated.get("answer")
        if answer is None and (fact in _DECIDING or "text" not in stated):
            raise wrong(where, "the answer is missing.", f"Allowed: {', '.join(allowed)}.")
        if answer is not None and answer not in list(allowed):
            raise wrong(where, f"“{answer[:40]}” is not an answer.", meant(answer, list(allowed)))


def _covered(body: Mapping[str, Any], kind: str) -> None:
    if body["covers"] == Cover.USE and "use" not in body:
        raise wrong(kind, "an approval of a use has to name it.", "Give the use: --use ID.")
    if body["covers"] != Cover.USE and "files" not in body:
        hint = "Give the files: --file FILE, or say --covers use."
        raise wrong(kind, f"an approval of {body['covers']} has to name its files.", hint)
    for stated in body.get("ranges", ()):
        if stated["start"] >= stated["end"]:
            raise wrong(f"{kind}, ranges", "a range ends before it begins.", "Mend its times.")


def _about(body: Mapping[str, Any], kind: str) -> None:
    if "use" not in body and "files" not in body:
        raise wrong(kind, "nothing is asked about.", "Name a use or files.")


def _one_thing(body: Mapping[str, Any], kind: str) -> None:
    if ("digest" in body) == ("record" in body):
        raise wrong(kind, "it is about one file or one record.", "Name one of them.")


def _unique(name: str, within: str) -> _Check:
    def check(body: Mapping[str, Any], kind: str) -> None:
        seen = set()
        for each in body.get(within, ()):
            if each.get(name) in seen:
                problem = f"“{each[name][:60]}” is named twice."
                raise wrong(f"{kind}, {within}", problem, "Name each once.")
            seen.add(each.get(name))

    return check


def _tables(body: Mapping[str, Any], kind: str) -> None:
    for each in body["rows"]:
        if each["table"] not in TABLES or set(each["where"]) != set(TABLES[each["table"]].key):
            raise wrong(kind, "a row is not named by its table’s key.", "Use `erasure`.")


_DECIDING: Final = frozenset(ToolFactName) - {
    ToolFactName.SUB_PROCESSORS,
    ToolFactName.TRAINING_STATUS,
    ToolFactName.INDEMNITY,
}
_CONSENT: Final[Sequence[_Check]] = (_ordered("starts", "ends"),)
_WORK: Final[Sequence[_Check]] = (
    _ordered("starts", "ends", within="licence"),
    _unique("path", "files"),
)
_CHECKS: Final[Mapping[str, Sequence[_Check]]] = {
    "tool-fact-stated": (_facts, _ordered("stated_on", "review_by")),
    "work-added": _WORK,
    "work-changed": _WORK,
    "consent-granted": _CONSENT,
    "consent-refused": _CONSENT,
    "approval-imported": (_covered, _ordered("answered_on", "until"), _unique("digest", "files")),
    "escalation-opened": (_about,),
    "files-recorded": (_unique("path", "files"),),
    "prominence-stated": (_one_thing,),
    "person-erased": (_tables,),
}

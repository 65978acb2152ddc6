"""What an event does to the tables. It depends on the event and its number alone.

Total: every kind there is has a projection, and one this version does not know changes
nothing. Events were checked when they were made; a field that is missing becomes NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from checkthegate.model.event import Event
from checkthegate.model.table import Change, ColumnType, Drop, Put, Set
from checkthegate.registry.tables import TABLES

_Body = Mapping[str, Any]
_Projection = Callable[[int, Event, _Body], Iterator[Change]]


def project(entry: int, event: Event) -> tuple[Change, ...]:
    """The changes of the event that is entry number `entry`, in the order to apply them."""
    projection = _PROJECTIONS.get(event.kind)
    return () if projection is None else tuple(projection(entry, event, event.body))


def _put(table: str, entry: int, event: Event, **columns: Any) -> Put:
    """A whole row: what is not given is taken from the body by name, else NULL."""
    given = {
        "entry": entry,
        "at": event.at,
        "holds_from": event.holds_from,
        "by": event.by,
        **columns,
    }
    row = {}
    for column in TABLES[table].columns:
        value = given[column.name] if column.name in given else event.body.get(column.name)
        if value is None and column.required:
            value = _EMPTY[column.type]
        row[column.name] = value
    return Put(table, row)


_EMPTY: Final[Mapping[ColumnType, Any]] = MappingProxyType(
    {
        ColumnType.TEXT: "",
        ColumnType.INT: 0,
        ColumnType.REAL: 0.0,
        ColumnType.BOOL: False,
        ColumnType.JSON: [],
    }
)


def _when(word: str, event: Event, **columns: Any) -> dict[str, Any]:
    return {f"{word}_at": event.at, f"{word}_from": event.holds_from, **columns}


def _paper(entry: int, event: Event, paper: _Body | None) -> Iterator[Change]:
    if paper is not None and paper.get("digest"):
        yield _row("documents", entry, paper, subject=event.subject)


def _row(table: str, entry: int, stated: _Body, **columns: Any) -> Put:
    """A row of a table without times: an entry of a body, and what is given."""
    row = {}
    for column in TABLES[table].columns:
        row[column.name] = columns.get(column.name, stated.get(column.name))
    return Put(table, {**row, "entry": entry})


def _whole(body: _Body, name: str, *names: str) -> Iterator[_Body]:
    """The entries of a list that have what makes a row of them."""
    for each in body.get(name) or ():
        if all(each.get(name) is not None for name in names):
            yield each


def _digest(paper: _Body | None) -> str | None:
    return None if paper is None else paper.get("digest")


def _tool(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield _put("tools", entry, event, id=event.subject)
    yield _put("tool_versions", entry, event, tool=event.subject)


def _tool_facts(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    document = body.get("document")
    common = {"tool": event.subject, "document": _digest(document)}
    yield from _paper(entry, event, document)
    yield _put("tool_reviews", entry, event, **common)
    for stated in _whole(body, "facts", "fact"):
        told = {name: stated.get(name) for name in ("fact", "answer", "text", "clause")}
        held = f"{body['stated_on']}T00:00:00.000000Z" if body.get("stated_on") else None
        begins = event.effective or held or event.at
        yield _put("tool_facts", entry, event, **common, **told, holds_from=begins)


def _use(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    judged = _judged(body)
    if event.kind == "use-declared":
        yield _put("uses", entry, event, id=event.subject, **judged, judged_at=event.at)
    else:
        names = ("title", "declaration", "tools", "talents")
        stated = {name: body.get(name) for name in names} | judged | {"judged_at": event.at}
        columns = _when("changed", event, **stated, entry=entry)
        yield Set("uses", {"id": event.subject}, columns)
    yield _put("use_declarations", entry, event, use=event.subject)
    yield _put(
        "use_answers", entry, event, use=event.subject, **judged,
        changed=event.kind != "use-declared",
    )  # fmt: skip


def _judged(body: _Body) -> dict[str, Any]:
    answer = body.get("answer") or {}
    return {
        "verdict": answer.get("verdict", ""),
        "approval": answer.get("approval", ""),
        "rules": answer.get("rules", []),
        "packs": answer.get("packs", []),
    }


def _rejudged(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    judged, before = _judged(body), body.get("before") or {}
    columns = {**judged, "judged_at": event.at, "entry": entry}
    yield Set("uses", {"id": event.subject}, columns)
    was = {f"before_{name}": before.get(name) for name in ("verdict", "approval")}
    same = all(was[f"before_{name}"] == judged[name] for name in ("verdict", "approval"))
    yield _put("use_answers", entry, event, use=event.subject, **judged, **was, changed=not same)


def _use_closed(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    columns = _when("closed", event, closed_why=body.get("why"), entry=entry)
    yield Set("uses", {"id": event.subject}, columns)


def _work(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield from _paper(entry, event, (body.get("licence") or {}).get("document"))
    if event.kind == "work-added":
        yield _put("works", entry, event, id=event.subject)
    else:
        names = ("kind", "title", "owner", "rights", "licence", "note")
        columns = {**{name: body.get(name) for name in names}, "entry": entry}
        yield Set("works", {"id": event.subject}, columns)
        yield Drop("work_files", {"work": event.subject})
    yield _put("work_versions", entry, event, work=event.subject)
    for file in _whole(body, "files", "path", "digest"):
        yield _row("work_files", entry, file, work=event.subject)


def _talent(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    if event.kind == "talent-added":
        yield _put("talents", entry, event, id=event.subject)
        return
    names = ("name", "represented_by", "union_name", "minor", "note")
    columns = {**{name: body.get(name) for name in names}, "entry": entry}
    yield Set("talents", {"id": event.subject}, columns)


def _enrolled(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    for file in _whole(body, "files", "digest"):
        yield _put(
            "enrolments", entry, event, talent=event.subject, digest=file.get("digest"),
            path=file.get("path"),
        )  # fmt: skip


def _forgotten(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield Drop("enrolments", {"talent": event.subject})
    yield Set("talents", {"id": event.subject}, _when("forgotten", event, entry=entry))


def _consent(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield from _paper(entry, event, body.get("document"))
    yield _put(
        "consents", entry, event, id=event.subject, granted=event.kind == "consent-granted",
        document=_digest(body.get("document")),
    )  # fmt: skip


def _consent_revoked(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield from _paper(entry, event, body.get("document"))
    columns = _when(
        "revoked", event, revoked_why=body.get("why"),
        revoked_document=_digest(body.get("document")), entry=entry,
    )  # fmt: skip
    yield Set("consents", {"id": event.subject}, columns)
    yield _revocation(entry, event, body.get("document"))


def _approval(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield from _paper(entry, event, body.get("evidence"))
    answered = f"{body['answered_on']}T00:00:00.000000Z" if body.get("answered_on") else None
    yield _put(
        "approvals", entry, event, id=event.subject, evidence=_digest(body.get("evidence")),
        signature=body.get("signature") or "none",
        holds_from=event.effective or answered or event.at,
    )  # fmt: skip
    for file in _whole(body, "files", "digest"):
        yield _row("approval_files", entry, file, approval=event.subject)


def _approval_revoked(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield from _paper(entry, event, body.get("evidence"))
    columns = _when(
        "revoked", event, revoked_why=body.get("why"),
        revoked_evidence=_digest(body.get("evidence")), entry=entry,
    )  # fmt: skip
    yield Set("approvals", {"id": event.subject}, columns)
    yield _revocation(entry, event, body.get("evidence"))


def _revocation(entry: int, event: Event, paper: _Body | None) -> Put:
    """One row a revocation, so that a second one never moves the first."""
    return _put("revocations", entry, event, subject=event.subject, document=_digest(paper))


def _opened(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield _put("escalations", entry, event, id=event.subject)


def _answered(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield from _paper(entry, event, body.get("evidence"))
    columns = _when(
        "answered", event, answer=body.get("answer"), answered_by=body.get("person"),
        answered_on=body.get("answered_on"), answer_text=body.get("text"),
        evidence=_digest(body.get("evidence")), approval=body.get("approval"), entry=entry,
    )  # fmt: skip
    yield Set("escalations", {"id": event.subject}, columns)
    evidence = _digest(body.get("evidence"))
    yield _put("escalation_answers", entry, event, escalation=event.subject, evidence=evidence)


def _recorded(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    record, made = event.subject, body.get("made") or "generated"
    yield _put("records", entry, event, id=record, made=made)
    for file in _whole(body, "files", "digest", "path"):
        yield _row("record_files", entry, file, record=record)
        yield _edge(entry, record, (record, "record"), (file["digest"], "file"), file.get("path"))
    for source, label in _sources(body):
        yield _edge(entry, record, source, (record, "record"), label)


def _sources(body: _Body) -> Iterator[tuple[tuple[str, str], str | None]]:
    if body.get("use"):
        yield (body["use"], "use"), None
    for file in _whole(body, "inputs", "digest"):
        yield (file["digest"], "file"), file.get("path")
    for talent in body.get("talents") or ():
        yield (talent, "talent"), None
    for step in _whole(body, "steps", "name"):
        yield (step.get("tool") or f"tool:{step['name']}", "tool"), step["name"]
        for model in step.get("models") or ():
            yield (f"model:{model}", "model"), model


def _edge(
    entry: int, record: str, source: tuple[str, str], target: tuple[str, str], label: str | None
) -> Put:
    columns = dict(zip(("source", "source_kind", "target", "target_kind"), source + target,
                       strict=True))  # fmt: skip
    return Put("record_edges", {**columns, "label": label, "record": record, "entry": entry})


def _fingerprinted(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    names = ("digest", "hasher", "recipe", "role", "fingerprint", "size", "kind", "path")
    for file in _whole(body, "files", *names[:5]):
        stated = {name: file.get(name) for name in names}
        yield _put("file_fingerprints", entry, event, subject=event.subject, **stated)


def _gap(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield _put("accepted_gaps", entry, event, id=event.subject)


def _match(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield _put("match_words", entry, event, word=event.kind.removeprefix("match-"))


def _prominence(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield _put("prominences", entry, event, id=event.subject)


def _decision(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield _put("decisions", entry, event, id=event.subject)


def _certificate(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    files = sum(1 for _ in _whole(body, "files", "digest", "path"))
    yield _put("certificates", entry, event, id=event.subject, files=files)


def _erased(entry: int, event: Event, body: _Body) -> Iterator[Change]:
    yield _put("erasures", entry, event, id=event.subject)
    for row in _whole(body, "rows", "table", "where"):
        if row["table"] in TABLES:
            yield Drop(row["table"], row["where"])


_PROJECTIONS: Final[Mapping[str, _Projection]] = MappingProxyType(
    {
        "tool-added": _tool,
        "tool-changed": _tool,
        "tool-fact-stated": _tool_facts,
        "use-declared": _use,
        "use-changed": _use,
        "use-rejudged": _rejudged,
        "use-closed": _use_closed,
        "work-added": _work,
        "work-changed": _work,
        "talent-added": _talent,
        "talent-changed": _talent,
        "talent-enrolled": _enrolled,
        "talent-forgotten": _forgotten,
        "consent-granted": _consent,
        "consent-refused": _consent,
        "consent-revoked": _consent_revoked,
        "approval-imported": _approval,
        "approval-revoked": _approval_revoked,
        "escalation-opened": _opened,
        "escalation-answered": _answered,
        "files-recorded": _recorded,
        "fingerprinted": _fingerprinted,
        "gap-accepted": _gap,
        "match-confirmed": _match,
        "match-rejected": _match,
        "prominence-stated": _prominence,
        "decision-made": _decision,
        "certificate-issued": _certificate,
        "person-erased": _erased,
    }
)

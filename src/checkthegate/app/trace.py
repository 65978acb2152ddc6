"""Traces a file or a fact: what it came from, with what, under whose word, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from checkthegate.app.neighbourhood import Neighbourhood, around, kind_of, taints_near
from checkthegate.app.record_view import record_shown
from checkthegate.app.registry.desk import Desk
from checkthegate.app.registry.matches import answers_about
from checkthegate.app.resolving import node_named
from checkthegate.model.registry import AsOf
from checkthegate.registry.approvals import approvals_for
from checkthegate.registry.declared import declared_use
from checkthegate.registry.lineage import Reach, taints_on
from checkthegate.registry.uses import answer_at, effective_use, use_at
from checkthegate.seams import RecordReading

SCHEMA: Final = "checkthegate.trace/1"
_MOST_RECORDS: Final = 200
_MOST_LABELLED: Final = 2000


def trace(desk: Desk, named: str, when: AsOf, *, public: bool = False) -> dict[str, Any]:
    """The `checkthegate.trace/1` document of what is named. Raises `UsageError` for nothing.

    With `public` it holds no prompt, nobody's name and no account, so that it may leave.
    """
    with desk.store.reading() as reading:
        node = node_named(reading, named)
        near = around(reading, node, when)
        above, below = near.graph.ancestors(node), near.graph.descendants(node)
        names = _Names(reading, near, public=public)
        under = _under(reading, node, _uses_of(node, above), when, public=public)
        works = list(_works(reading, node, above))
        matches = _matches(reading, node, when, public=public)
        related = above.found or below.found or works or matches or any(under.values())
        return {
            "schema": SCHEMA,
            "id": node,
            "kind": kind_of(node),
            "label": names.of(node),
            "as_of": when.valid,
            "known": bool(related or kind_of(node) != "file"),
            "complete": near.whole,
            "records": _records(reading, node, above, public=public),
            "from": list(_related(above, names)),
            "to": list(_related(below, names)),
            "under": under,
            "works": works,
            "matches": matches,
            "taints": _taints(reading, near, when),
        }


class _Names:
    """What people call nodes; nobody's name when it may leave the home."""

    def __init__(self, reading: RecordReading, near: Neighbourhood, *, public: bool) -> None:
        self._reading = reading
        self._labels = near.graph.labels
        self._public = public
        self._known: dict[str, str | None] = {}

    def of(self, node: str) -> str | None:
        """The node's name, path or title."""
        if node not in self._known:
            looked = len(self._known) < _MOST_LABELLED or node in self._labels
            self._known[node] = self._looked_up(node) if looked else None
        return self._known[node]

    def _looked_up(self, node: str) -> str | None:
        kind = kind_of(node)
        if kind == "talent" and self._public:
            return None
        table, column = {
            "use": ("uses", "title"),
            "tool": ("tools", "name"),
            "talent": ("talents", "name"),
            "work": ("works", "title"),
        }.get(kind, ("", ""))
        if table:
            found = [row[column] for row in self._reading.rows(table, id=node)]
            return found[0] if found else self._labels.get(node)
        if kind == "record":
            rows = self._reading.rows("records", id=node)
            return " → ".join(step["name"] for row in rows for step in row["steps"]) or None
        if kind == "file" and node not in self._labels:
            rows = self._reading.rows("record_files", digest=node)
            return rows[0]["path"] if rows else None
        return self._labels.get(node)


def _related(reach: Reach, names: _Names) -> Iterator[dict[str, Any]]:
    for each in reach.found:
        yield {
            "id": each.node,
            "kind": each.kind,
            "label": names.of(each.node),
            "via": reach.before[each.node],
        }


def _records(
    reading: RecordReading, node: str, above: Reach, *, public: bool
) -> list[dict[str, Any]]:
    """The records of a file, or the record itself, with what the files say of themselves."""
    if kind_of(node) == "record":
        ids = [node]
    else:
        ids = [each.node for each in above.found if above.before[each.node] == node]
        ids = [each for each in ids if kind_of(each) == "record"]
    shown = []
    for id_ in ids[:_MOST_RECORDS]:
        record = record_shown(reading, id_, private=not public)
        if kind_of(node) == "file":
            record["files"] = [each for each in record["files"] if each["digest"] == node]
        if public:
            del record["by"], record["note"]
        shown.append(record)
    return shown


def _uses_of(node: str, above: Reach) -> list[str]:
    nodes = [node, *(each.node for each in above.found)]
    return [each for each in nodes if kind_of(each) == "use"]


def _under(
    reading: RecordReading, node: str, uses: Sequence[str], when: AsOf, *, public: bool
) -> dict[str, Any]:
    """The uses that everything upstream was made under, with consents and approvals."""
    found: dict[str, Any] = {"uses": [], "consents": [], "approvals": []}
    for use in uses:
        row, answer = use_at(reading, use, when), answer_at(reading, use, when)
        if row is None:
            continue
        verdict = {name: answer[name] for name in ("verdict", "approval")} if answer else {}
        found["uses"].append({"id": use, "title": row["title"], **verdict})
        effective = effective_use(declared_use(row["declaration"]), reading, when)
        for said in effective.consents:
            stated = {
                "id": said.consent,
                "talent": said.talent,
                "use": use,
                "types": [str(each) for each in said.types],
                "standing": str(said.standing),
                "reason": None if public else said.reason,
            }
            if stated not in found["consents"]:
                found["consents"].append(stated)
    digests = [node] if kind_of(node) == "file" else []
    for approval in approvals_for(reading, when, digests=digests, uses=uses):
        stated = {
            "id": approval.id,
            "answer": "yes" if approval.granted else "no",
            "standing": str(approval.standing),
            "rules": sorted(approval.rules),
            "covers": str(approval.covers),
            "use": approval.use,
            "until": approval.until,
            "capacity": approval.capacity,
        }
        found["approvals"].append(stated if public else {**stated, "person": approval.person})
    return found


def _works(reading: RecordReading, node: str, above: Reach) -> Iterator[dict[str, Any]]:
    """The reference works whose very bytes are the file or went into it."""
    nodes = [node, *(each.node for each in above.found)]
    for digest in [each for each in nodes if kind_of(each) == "file"][:_MOST_LABELLED]:
        for file in reading.rows("work_files", digest=digest):
            for work in reading.rows("works", id=file["work"]):
                named = {"id": work["id"], "title": work["title"], "kind": work["kind"]}
                yield {**named, "digest": digest, "path": file["path"]}


def _matches(
    reading: RecordReading, node: str, when: AsOf, *, public: bool
) -> list[dict[str, Any]]:
    """The matches by content with it that people answered; without who and why when public."""
    answered = answers_about(reading, node, when)
    held = ("person", "why") if public else ()
    return [{name: each[name] for name in each if name not in held} for each in answered]


def _taints(reading: RecordReading, near: Neighbourhood, when: AsOf) -> list[dict[str, Any]]:
    """Facts that do not stand, each with the way from where the doubt begins to the node."""
    found = taints_on(near.graph, near.node, taints_near(reading, near, when))
    return [
        {
            "fact": each.taint.fact,
            "standing": str(each.taint.standing),
            "reason": each.taint.reason,
            "begins": each.taint.node,
            "path": list(each.path),
        }
        for each in found
    ]

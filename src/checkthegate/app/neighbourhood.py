"""The part of the lineage around one thing, read through the store's own walk of the graph.

What `registry.lineage.graph` says of the whole graph, this says of one node's ancestors and
descendants, without reading the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf
from checkthegate.registry.lineage import Graph, Taint, taints
from checkthegate.registry.times import in_effect
from checkthegate.registry.uses import use_at
from checkthegate.seams import RecordReading

MOST_EDGES: Final = 100_000
_COLUMNS: Final = ("source_kind", "target_kind", "label", "record")
_KINDS: Final = {
    "rec": "record", "use": "use", "tool": "tool", "tal": "talent", "con": "consent",
    "apr": "approval", "esc": "escalation", "work": "work", "dec": "decision",
    "cert": "certificate", "gap": "accepted gap", "sha256": "file", "model": "model",
    "prom": "prominence",
}  # fmt: skip

Edge = tuple[str, str, str, str, str | None, str | None]
"""(source, target, source kind, target kind, label, record)."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The graph around `node`. `whole` is False when there was more than could be walked."""

    node: str
    graph: Graph
    whole: bool


def kind_of(node: str) -> str:
    """What a node is, by its id."""
    return _KINDS.get(node.replace(":", "_").partition("_")[0], "")


def around(
    reading: RecordReading, node: str, when: AsOf, *, limit: int = MOST_EDGES
) -> Neighbourhood:
    """Everything up and down from a node as of a time."""
    first = list(_first_edges(reading, node, when))
    starts = list(dict.fromkeys([node, *(edge[1] for edge in first)]))
    below = reading.reachable(
        "record_edges", "source", "target", starts, limit=limit, columns=_COLUMNS
    )
    above = [
        (source, target, *rest)
        for target, source, *rest in reading.reachable(
            "record_edges", "target", "source", [node], limit=limit, columns=_COLUMNS
        )
    ]
    edges: list[Any] = [*first, *below, *above]
    if when.known is not None:
        edges = list(_known(reading, edges, when))
    edges += _under_uses(reading, edges, node, when)
    whole = len(below) < limit and len(above) < limit
    return Neighbourhood(node, _graph(edges), whole)


def taints_near(reading: RecordReading, near: Neighbourhood, when: AsOf) -> tuple[Taint, ...]:
    """The facts known not to stand, among those that the node's ancestors rest on."""
    nodes = [near.node, *(each.node for each in near.graph.ancestors(near.node).found)]
    return taints(_Narrowed(reading, nodes), when)


class _Narrowed:
    """Rows, but of uses, tools and approvals only those of the given nodes."""

    def __init__(self, reading: RecordReading, nodes: Sequence[str]) -> None:
        self._reading = reading
        self._nodes = nodes
        self._whole: dict[str, Sequence[Row]] = {}

    def rows(self, table: str, **equal: Any) -> Sequence[Row]:
        """As a reading's."""
        if equal:
            return self._reading.rows(table, **equal)
        if table not in self._whole:
            self._whole[table] = self._all(table)
        return self._whole[table]

    def among(self, table: str, column: str, values: Iterable[str]) -> Iterable[Row]:
        """As a reading's."""
        return self._reading.among(table, column, values)

    def _all(self, table: str) -> Sequence[Row]:
        if table == "approvals":
            return list(self._approvals())
        prefix = {"uses": "use_", "tools": "tool_"}.get(table)
        if prefix is None:
            return self._reading.rows(table)
        wanted = [node for node in self._nodes if node.startswith(prefix)]
        return [row for node in wanted for row in self._reading.rows(table, id=node)]

    def _approvals(self) -> Iterator[Row]:
        seen = set()
        for node in self._nodes:
            for row in _approvals_naming(self._reading, node):
                if row["id"] not in seen:
                    seen.add(row["id"])
                    yield row


def _approvals_naming(reading: RecordReading, node: str) -> Iterator[Row]:
    if node.startswith("use_"):
        yield from reading.rows("approvals", use=node)
    elif node.startswith("sha256:"):
        for named in reading.rows("approval_files", digest=node):
            yield from reading.rows("approvals", id=named["approval"])


def _first_edges(reading: RecordReading, node: str, when: AsOf) -> Iterator[Edge]:
    """Edges out of a node that no record has: to the uses of a tool or person, to what an
    approval or consent is about."""
    kind = kind_of(node)
    if kind in ("tool", "talent"):
        yield from _to_uses(reading, node, kind, when)
    elif kind == "consent":
        for row in reading.rows("consents", id=node):
            yield (node, row["talent"], kind, "talent", None, None)
            yield from _to_uses(reading, row["talent"], "talent", when)
    elif kind in ("approval", "escalation"):
        for row in reading.rows(f"{kind}s", id=node):
            if row["use"]:
                yield (node, row["use"], kind, "use", None, None)
            for file in row.get("files") or reading.rows("approval_files", approval=node):
                yield (node, file["digest"], kind, "file", file.get("path"), None)
    elif kind == "work":
        for file in reading.rows("work_files", work=node):
            yield (node, file["digest"], kind, "file", file["path"], None)


def _to_uses(reading: RecordReading, node: str, kind: str, when: AsOf) -> Iterator[Edge]:
    column = "tools" if kind == "tool" else "talents"
    for use in reading.rows("uses"):
        row = use_at(reading, use["id"], when)
        if row is not None and node in row[column]:
            yield (node, use["id"], kind, "use", row["title"], None)


def _known(reading: RecordReading, edges: Iterable[Edge], when: AsOf) -> Iterator[Edge]:
    """The edges of records that were on file by then."""
    known: dict[str, bool] = {}
    for edge in edges:
        record = edge[5]
        if record is not None and record not in known:
            rows = reading.rows("records", id=record)
            known[record] = any(in_effect(row, when) for row in rows)
        if record is None or known[record]:
            yield edge


def _under_uses(
    reading: RecordReading, edges: Iterable[Edge], node: str, when: AsOf
) -> Iterator[Edge]:
    """The tools and people that the uses upstream of a node rest on."""
    uses = {edge[0] for edge in edges if edge[2] == "use"}
    if node.startswith("use_"):
        uses.add(node)
    for use in sorted(uses):
        row = use_at(reading, use, when)
        if row is not None:
            for kind, column in (("tool", "tools"), ("talent", "talents")):
                for source in row[column]:
                    yield (source, use, kind, "use", row["title"], None)


def _graph(edges: Iterable[Edge]) -> Graph:
    down: dict[str, dict[str, None]] = defaultdict(dict)
    up: dict[str, dict[str, None]] = defaultdict(dict)
    kinds: dict[str, str] = {}
    labels: dict[str, str] = {}
    for source, target, source_kind, target_kind, label, _ in edges:
        down[source][target] = None
        up[target][source] = None
        kinds[source], kinds[target] = source_kind, target_kind
        if label and target_kind in ("file", "use"):
            labels[target] = label
        elif label:
            labels.setdefault(source, label)
    return Graph(
        {node: tuple(near) for node, near in down.items()},
        {node: tuple(near) for node, near in up.items()},
        kinds,
        labels,
    )

"""What files were made from, with what, under whose word; and what falls with what.

A graph of files (by digest), records, tools, models, people, uses, consents and approvals.
An edge goes from what was needed to what came of it. This is the slow truth; a store may
answer the same in SQL.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from checkthegate.model.registry import AsOf, Standing
from checkthegate.registry.approvals import approval_of
from checkthegate.registry.consents import CONSENT_FOR, Asked, consent_for
from checkthegate.registry.declared import declared_use
from checkthegate.registry.records import record_of
from checkthegate.registry.rows import Rows
from checkthegate.registry.times import in_effect
from checkthegate.registry.tools import tool_answers
from checkthegate.registry.uses import WeakStep, effective_use, needs_consent, talents_named, use_at


@dataclass(frozen=True, slots=True)
class Related:
    """Something up or down from what was asked. `label` is what people call it."""

    node: str
    kind: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """All that is reached from a node in one direction, the nearest first, each once."""

    start: str
    found: tuple[Related, ...]
    before: Mapping[str, str | None]

    def path(self, node: str) -> tuple[str, ...]:
        """A shortest path of ids, from the start to that node. Raises `KeyError`."""
        path: list[str] = []
        at: str | None = node
        while at is not None:
            path.append(at)
            at = self.before[at]
        return tuple(reversed(path))


@dataclass(frozen=True, slots=True)
class Taint:
    """A fact that is refused, revoked or over, and the node it makes doubtful.

    `fact` is the consent, approval or tool; `node` where the doubt begins.
    """

    fact: str
    node: str
    standing: Standing
    reason: str


@dataclass(frozen=True, slots=True)
class Tainted:
    """Something downstream of a taint."""

    taint: Taint
    node: str
    kind: str
    reach: Reach

    @property
    def path(self) -> tuple[str, ...]:
        """A shortest path of ids, from where the doubt begins to the node."""
        if self.reach.start == self.taint.node:
            return self.reach.path(self.node)
        return tuple(reversed(self.reach.path(self.taint.node)))


@dataclass(frozen=True, slots=True)
class Graph:
    """Neighbours by node. `kinds` says what a node is, `labels` what people call it."""

    down: Mapping[str, Sequence[str]]
    up: Mapping[str, Sequence[str]]
    kinds: Mapping[str, str]
    labels: Mapping[str, str]

    def descendants(self, node: str) -> Reach:
        """What came of it."""
        return self._walk(node, self.down)

    def ancestors(self, node: str) -> Reach:
        """What it came from."""
        return self._walk(node, self.up)

    def _walk(self, start: str, along: Mapping[str, Sequence[str]]) -> Reach:
        before: dict[str, str | None] = {start: None}
        waiting = deque([start])
        found = []
        while waiting:
            node = waiting.popleft()
            for near in along.get(node, ()):
                if near not in before:
                    before[near] = node
                    waiting.append(near)
                    found.append(self.named(near))
        return Reach(start, tuple(found), before)

    def named(self, node: str) -> Related:
        """A node with its kind and what people call it."""
        return Related(node, self.kinds.get(node, ""), self.labels.get(node))


def graph(rows: Rows, when: AsOf) -> Graph:
    """The whole graph as of a time: records on file by then, and what their uses rest on."""
    known = {row["id"] for row in rows.rows("records") if in_effect(row, when)}
    down: dict[str, dict[str, None]] = defaultdict(dict)
    kinds: dict[str, str] = {}
    labels: dict[str, str] = {}
    for edge in rows.rows("record_edges"):
        if edge["record"] in known:
            down[edge["source"]][edge["target"]] = None
            kinds[edge["source"]], kinds[edge["target"]] = edge["source_kind"], edge["target_kind"]
            named = edge["target"] if edge["target_kind"] == "file" else edge["source"]
            if edge["label"]:
                labels[named] = edge["label"]
    for use in rows.rows("uses"):
        row = use_at(rows, use["id"], when)
        if row is not None:
            kinds[use["id"]], labels[use["id"]] = "use", row["title"]
            for kind, name in (("tool", "tools"), ("talent", "talents")):
                for source in row[name]:
                    down[source][use["id"]] = None
                    kinds[source] = kind
    up: dict[str, list[str]] = defaultdict(list)
    for source, targets in down.items():
        for target in targets:
            up[target].append(source)
    return Graph({node: tuple(near) for node, near in down.items()}, up, kinds, labels)


def taints(rows: Rows, when: AsOf) -> tuple[Taint, ...]:
    """Every fact that is known not to stand, with the node it makes doubtful."""
    return (*_of_consents(rows, when), *_of_approvals(rows, when), *_of_tools(rows, when))


def tainted(lineage: Graph, found: Iterable[Taint]) -> tuple[Tainted, ...]:
    """Everything downstream of each taint, its own node first."""
    fallen = []
    for taint in found:
        reach = lineage.descendants(taint.node)
        for each in (lineage.named(taint.node), *reach.found):
            fallen.append(Tainted(taint, each.node, each.kind, reach))
    return tuple(fallen)


def taints_on(lineage: Graph, node: str, found: Iterable[Taint]) -> tuple[Tainted, ...]:
    """The taints a node is downstream of."""
    reach = lineage.ancestors(node)
    kind = lineage.named(node).kind
    return tuple(Tainted(taint, node, kind, reach) for taint in found if taint.node in reach.before)


def weakest_of(record: str, rows: Rows, when: AsOf) -> WeakStep | None:
    """The step that decides about a record, by its use and its own steps."""
    recorded = record_of(rows, record, when)
    declared = use_at(rows, recorded.use, when) if recorded else None
    if recorded is None or declared is None:
        return None
    use = declared_use(declared["declaration"])
    return effective_use(use, rows, when, steps=recorded.steps).weakest


def _of_consents(rows: Rows, when: AsOf) -> Iterable[Taint]:
    for use in rows.rows("uses"):
        row = use_at(rows, use["id"], when)
        if row is None:
            continue
        declared = declared_use(row["declaration"])
        asked = Asked(production=declared.production)
        for entry in declared.talent or ():
            if not entry.who or not entry.effect or not needs_consent(entry):
                continue
            for person in talents_named(entry.who, rows):
                said = consent_for(rows, person["id"], CONSENT_FOR[entry.effect], when, asked)
                if said.standing.known_no and said.consent:
                    yield Taint(said.consent, use["id"], said.standing, said.reason)


def _of_approvals(rows: Rows, when: AsOf) -> Iterable[Taint]:
    for row in rows.rows("approvals"):
        if not in_effect(row, when):
            continue
        approval = approval_of(row, rows, when)
        if approval.standing.known_no:
            reason = f"the approval of {approval.person} is {approval.standing}"
            nodes = [approval.use] if approval.use else sorted(approval.files)
            for node in nodes:
                yield Taint(approval.id, node, approval.standing, reason)


def _of_tools(rows: Rows, when: AsOf) -> Iterable[Taint]:
    for row in rows.rows("tools"):
        answers = tool_answers(row, rows, when)
        if answers.stale:
            reason = f"{row['name']}: {_first(answers.stale)}"
            yield Taint(row["id"], row["id"], Standing.EXPIRED, reason)


def _first(lines: Sequence[str]) -> str:
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return f"{lines[0]}{more}"

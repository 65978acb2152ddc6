"""Ancestors, descendants, and what falls with what."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from tests.registry.making import (
    DECLARATION,
    Log,
    approval_body,
    digest,
    id_of,
    paper,
    record_body,
    use_body,
)

from checkthegate.model.registry import Standing
from checkthegate.registry.lineage import graph, tainted, taints, taints_on, weakest_of
from checkthegate.registry.rows import Snapshot
from checkthegate.registry.times import as_known_now, as_of

NOW = as_known_now("2026-11-22")


def _pipeline() -> Log:
    """plate → rec 1 → a.png → rec 2 → b.png, under a use that touches Ann."""
    log = Log()
    log.add("talent-added", id_of("tal"), {"name": "Ann"})
    consent = {"talent": id_of("tal"), "types": ["voice"], "document": paper()}
    log.add("consent-granted", id_of("con"), consent)
    log.add("tool-added", id_of("tool"), {"name": "Paintbox"})
    talent = [{"who": "Ann", "effect": "voice", "consent": "yes"}]
    body = use_body({**DECLARATION, "talent": talent}, talents=[id_of("tal")])
    log.add("use-declared", id_of("use"), body)
    log.add(
        "files-recorded",
        id_of("rec", 1),
        record_body(
            id_of("use"),
            "a.png",
            inputs=[{"digest": digest("plate"), "path": "plate.exr"}],
            steps=[{"name": "Paintbox", "tool": id_of("tool"), "models": ["brush-7"]}],
        ),
    )
    log.add(
        "files-recorded",
        id_of("rec", 2),
        record_body(
            id_of("use"),
            "b.png",
            inputs=[{"digest": digest("a.png")}],
            steps=[{"name": "Upscaler"}],
        ),
    )
    return log


def test_what_a_file_was_made_from() -> None:
    found = graph(_pipeline().rows(), NOW)
    reach = found.ancestors(digest("b.png"))
    above = {related.node: related for related in reach.found}
    assert set(above) == {
        id_of("rec", 2), id_of("rec", 1), id_of("use"), id_of("tool"), id_of("tal"),
        "tool:Upscaler", "model:brush-7", digest("a.png"), digest("plate"),
    }  # fmt: skip
    plate = above[digest("plate")]
    assert (plate.kind, plate.label) == ("file", "plate.exr")
    assert reach.path(digest("plate")) == (
        digest("b.png"), id_of("rec", 2), digest("a.png"), id_of("rec", 1), digest("plate"),
    )  # fmt: skip


def test_what_came_of_a_model() -> None:
    found = graph(_pipeline().rows(), NOW)
    below = [related.node for related in found.descendants("model:brush-7").found]
    assert below == [id_of("rec", 1), digest("a.png"), id_of("rec", 2), digest("b.png")]


def test_records_of_later_are_not_there_yet() -> None:
    log = _pipeline()
    log.add("files-recorded", id_of("rec", 3), record_body(id_of("use"), "c.png"), "2026-11-20")
    assert digest("c.png") not in graph(log.rows(), as_of("2026-11-19")).kinds
    assert digest("c.png") in graph(log.rows(), NOW).kinds


def test_a_revoked_consent_taints_what_lies_downstream_with_paths() -> None:
    log = _pipeline()
    assert taints(log.rows(), NOW) == ()
    log.add("consent-revoked", id_of("con"), {"why": "asked"})
    rows = log.rows()
    found = taints(rows, NOW)
    assert [(each.fact, each.node, each.standing) for each in found] == [
        (id_of("con"), id_of("use"), Standing.REVOKED)
    ]
    fallen = {each.node: each.path for each in tainted(graph(rows, NOW), found)}
    assert fallen[digest("b.png")] == (id_of("use"), id_of("rec", 2), digest("b.png"))
    assert digest("plate") not in fallen
    (on_it,) = taints_on(graph(rows, NOW), digest("a.png"), found)
    assert on_it.path == (id_of("use"), id_of("rec", 1), digest("a.png"))
    assert taints_on(graph(rows, NOW), digest("plate"), found) == ()


def test_a_refused_approval_and_a_stale_tool_taint_too() -> None:
    log = _pipeline()
    files = [{"digest": digest("a.png")}]
    log.add("approval-imported", id_of("apr"), approval_body(answer="no", files=files))
    facts = {"facts": [{"fact": "trains", "answer": "no"}], "reviewer": "R"}
    log.add("tool-fact-stated", id_of("tool"), {**facts, "review_by": "2026-11-21"})
    found = taints(log.rows(), NOW)
    assert [(each.fact, each.standing) for each in found] == [
        (id_of("apr"), Standing.REFUSED),
        (id_of("tool"), Standing.EXPIRED),
    ]
    fallen = {each.node for each in tainted(graph(log.rows(), NOW), found[:1])}
    assert fallen == {digest("a.png"), id_of("rec", 2), digest("b.png")}


def test_the_weakest_step_of_a_record() -> None:
    log = _pipeline()
    good = {"environment": "partner-enterprise", "stores": "no", "reuses": "no", "trains": "no"}
    stated = [{"fact": name, "answer": answer} for name, answer in good.items()]
    body = {"facts": stated, "reviewer": "R", "review_by": "2027-06-01"}
    log.add("tool-fact-stated", id_of("tool"), body)
    weak = weakest_of(id_of("rec", 2), log.rows(), NOW)
    assert weak is not None
    assert weak.name == "Upscaler"
    assert weakest_of(id_of("rec", 9), _pipeline().rows(), NOW) is None


def _edges(pairs: set[tuple[int, int]]) -> Snapshot:
    record = {"id": "rec", "at": "2026-11-01T00:00:00Z", "holds_from": "2026-11-01T00:00:00Z"}
    rows = [
        {
            "source": f"n{source}", "source_kind": "file", "target": f"n{target}",
            "target_kind": "file", "label": None, "record": "rec", "entry": 0,
        }
        for source, target in pairs
    ]  # fmt: skip
    return Snapshot({"records": [record], "record_edges": rows})


def _closure(pairs: set[tuple[int, int]], start: int) -> set[int]:
    reached: set[int] = set()
    while True:
        more = {
            target
            for source, target in pairs
            if (source == start or source in reached) and target not in reached
        }
        if not more:
            return reached - {start}
        reached |= more


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20), st.integers(0, 7))
def test_reaching_is_the_closure_even_with_cycles(pairs: set[tuple[int, int]], start: int) -> None:
    found = graph(_edges(pairs), NOW)
    down = found.descendants(f"n{start}")
    assert {related.node for related in down.found} == {
        f"n{each}" for each in _closure(pairs, start)
    }
    for related in down.found:
        steps = list(pairwise(down.path(related.node)))
        assert all((int(a[1:]), int(b[1:])) in pairs for a, b in steps)
        assert any(above.node == f"n{start}" for above in found.ancestors(related.node).found)


def test_a_long_chain_needs_no_recursion() -> None:
    chain = {(number, number + 1) for number in range(20_000)}
    reach = graph(_edges(chain), NOW).descendants("n0")
    assert len(reach.found) == 20_000
    assert len(reach.path("n20000")) == 20_001

"""What a file came from and what would fall with it: the same by the store as by the slow truth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.soak.tampering import DIGEST

from checkthegate.app.neighbourhood import around
from checkthegate.app.recording import event, new_id, now, record
from checkthegate.app.registry.desk import desk_of
from checkthegate.app.trace import trace
from checkthegate.model import UsageError
from checkthegate.registry.lineage import graph
from checkthegate.registry.times import as_known_now, as_of

from .databases import Kept
from .test_record import add_tool, comfy, picture, put


def traced(kept: Kept, named: object, **more: Any) -> dict[str, Any]:
    """A trace as of now."""
    with desk_of(kept.home.folder) as desk:
        return trace(desk, str(named), as_known_now(now()), **more)


def ids(related: Sequence[dict[str, Any]], kind: str) -> set[str]:
    """The ids of one kind."""
    return {each["id"] for each in related if each["kind"] == kind}


def write(kept: Kept, *events: Any) -> None:
    """Record events."""
    with desk_of(kept.home.folder) as desk:
        record(desk.store, *events)


def test_up_and_down_from_a_file(kept: Kept, tmp_path: Path) -> None:
    tool = add_tool(kept, "ComfyUI")
    plate = picture(tmp_path / "plate.png", 9)
    first = put(kept, comfy(tmp_path / "a.png"), tools=("ComfyUI",), inputs=(str(plate),))
    put(kept, picture(tmp_path / "b.png", 2), inputs=(str(tmp_path / "a.png"),))
    found = traced(kept, tmp_path / "a.png")
    assert found["label"] == "a.png"
    assert [each["id"] for each in found["records"]] == [first["records"][0]["id"]]
    assert tool in ids(found["from"], "tool")
    assert ids(found["from"], "model") == {"model:sdxl.safetensors"}
    assert len(ids(found["from"], "file")) == 1
    assert len(ids(found["to"], "file")) == 1
    assert found["records"][0]["files"][0]["private"]["prompt"] == "Ada in the rain"
    below = traced(kept, plate)
    assert len(ids(below["to"], "file")) == 2
    assert len(ids(traced(kept, tmp_path / "b.png")["from"], "file")) == 2
    assert len(ids(traced(kept, "ComfyUI")["to"], "file")) == 2
    assert ids(traced(kept, "Person 0")["to"], "use")


def test_nothing_private_leaves_with_public(kept: Kept, tmp_path: Path) -> None:
    add_tool(kept, "ComfyUI")
    put(kept, comfy(tmp_path / "a.png"), tools=("ComfyUI",), talents=("Person 1",), note="for Bob")
    whole = json.dumps(traced(kept, tmp_path / "a.png"))
    public = json.dumps(traced(kept, tmp_path / "a.png", public=True))
    for word in ("Ada in the rain", "ada_face", "Person 1", "for Bob", '"by"'):
        assert word in whole
        assert word not in public


def test_a_file_nobody_knows_is_said_to_be_unknown(kept: Kept, tmp_path: Path) -> None:
    found = traced(kept, picture(tmp_path / "x.png", 200))
    assert (found["known"], found["from"], found["to"]) == (False, [], [])
    with pytest.raises(UsageError, match="neither a file nor anything on record"):
        traced(kept, "no such thing")
    with pytest.raises(UsageError, match="no rec_0000000000 on record"):
        traced(kept, "rec_0000000000")


def test_a_revoked_consent_taints_what_came_of_it(kept: Kept) -> None:
    with desk_of(kept.home.folder) as desk, desk.store.reading() as reading:
        talent = reading.rows("talents", name="Person 0")[0]["id"]
        consent = reading.rows("consents", talent=talent)[0]["id"]
        use = reading.rows("uses", title="Use 0")[0]
    entry = {"who": "Person 0", "effect": "replica", "consent": "yes"}
    body = {name: use[name] for name in ("title", "tools", "talents")}
    answer = {name: use[name] for name in ("verdict", "approval", "rules", "packs")}
    declared = {**use["declaration"], "talent": [entry]}
    write(
        kept, event("use-changed", use["id"], {**body, "declaration": declared, "answer": answer})
    )
    file = DIGEST.format(2)
    assert traced(kept, file)["taints"] == []
    write(kept, event("consent-revoked", consent, {"why": "she said so"}))
    found = traced(kept, file)
    (taint,) = found["taints"]
    assert (taint["fact"], taint["standing"]) == (consent, "revoked")
    assert (taint["path"][0], taint["path"][-1]) == (use["id"], file)
    assert [each["standing"] for each in found["under"]["consents"]] == ["revoked"]
    below = traced(kept, consent)
    assert file in ids(below["to"], "file")
    other = traced(kept, DIGEST.format(999))
    assert other["taints"] == []


def test_a_refused_approval_taints_the_use_it_is_about(kept: Kept) -> None:
    with desk_of(kept.home.folder) as desk, desk.store.reading() as reading:
        use = reading.rows("uses", title="Use 1")[0]["id"]
    body = {
        "answer": "no", "person": "N. Contact", "capacity": "studio contact", "covers": "use",
        "rules": ["nfx.p4"], "use": use, "evidence": {"digest": DIGEST.format(5)},
    }  # fmt: skip
    approval = new_id("apr")
    write(kept, event("approval-imported", approval, body))
    file = DIGEST.format(102)
    found = traced(kept, file)
    assert [each["fact"] for each in found["taints"]] == [approval]
    assert [each["answer"] for each in found["under"]["approvals"]] == ["no"]
    assert file in ids(traced(kept, approval)["to"], "file")


def test_a_work_that_went_into_it_is_named(kept: Kept, tmp_path: Path) -> None:
    plate = picture(tmp_path / "plate.png", 9)
    digest = traced(kept, plate)["id"]
    work = new_id("work")
    body = {"kind": "protected", "title": "A plate", "files": [{"digest": digest, "path": "p.png"}]}
    write(kept, event("work-added", work, body))
    assert traced(kept, plate)["known"]
    put(kept, picture(tmp_path / "a.png", 1), inputs=(str(plate),))
    assert [each["id"] for each in traced(kept, tmp_path / "a.png")["works"]] == [work]
    assert len(ids(traced(kept, work)["to"], "file")) == 2


def test_as_of_a_time_before_it_was_recorded(kept: Kept, tmp_path: Path) -> None:
    before = now()
    put(kept, picture(tmp_path / "a.png", 1))
    with desk_of(kept.home.folder) as desk:
        then = trace(desk, str(tmp_path / "a.png"), as_of(before))
        today = trace(desk, str(tmp_path / "a.png"), as_of(now()))
    assert then["from"] == []
    assert today["from"] != []


def test_a_cycle_ends(kept: Kept) -> None:
    with desk_of(kept.home.folder) as desk, desk.store.reading() as reading:
        use = reading.rows("uses")[0]["id"]
    for one, other in ((901, 902), (902, 901)):
        body = {
            "use": use, "steps": [{"name": "T"}],
            "files": [{"digest": DIGEST.format(one), "path": "x"}],
            "inputs": [{"digest": DIGEST.format(other)}],
        }  # fmt: skip
        write(kept, event("files-recorded", new_id("rec"), body))
    found = traced(kept, DIGEST.format(901))
    assert DIGEST.format(902) in ids(found["from"], "file") & ids(found["to"], "file")


_LINKS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=14)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(links=_LINKS)
def test_the_store_reaches_what_the_slow_truth_reaches(
    in_file: Kept, links: list[tuple[int, int]]
) -> None:
    with desk_of(in_file.home.folder) as desk:
        with desk.store.reading() as reading:
            use = reading.rows("uses")[0]["id"]
            base = reading.size * 1000
        made = []
        for one, other in links:
            body = {
                "use": use, "steps": [{"name": "T"}],
                "files": [{"digest": DIGEST.format(base + one), "path": f"{one}"}],
                "inputs": [{"digest": DIGEST.format(base + other)}],
            }  # fmt: skip
            made.append(event("files-recorded", new_id("rec"), body))
        desk.store.append(made)
        when = as_known_now(now())
        with desk.store.reading() as reading:
            slow = graph(reading, when)
            every = [*slow.kinds, DIGEST.format(1)][-30:]
            for node in every:
                near = around(reading, node, when).graph
                for one, other in (
                    (near.descendants(node), slow.descendants(node)),
                    (near.ancestors(node), slow.ancestors(node)),
                ):
                    assert {each.node for each in one.found} == {each.node for each in other.found}
                    for each in one.found:
                        assert len(one.path(each.node)) == len(other.path(each.node))

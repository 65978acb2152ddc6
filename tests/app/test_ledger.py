"""Whoever writes past the program is found out: every change names its entry, and nothing that
is damaged stops the verification."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.soak.tampering import make_records, run

from checkthegate.app.bundles import verify_file
from checkthegate.app.home import home_key
from checkthegate.app.ledgering import export, prove, rebuild, write_bundle
from checkthegate.app.recording import event, new_id, record, records_of
from checkthegate.app.registry.desk import desk_of
from checkthegate.app.verifying import verify_home
from checkthegate.ledger import (
    leaf,
    leaf_hash,
    parse_leaf,
    public_key,
    salted_digest,
    sign_checkpoint,
    tree_root,
)
from checkthegate.model import UsageError, canonical
from checkthegate.registry.events import erasure

from .databases import Kept

ENTRIES = 18
Tamper = Callable[[Kept], None]


def test_untouched_records_verify(kept: Kept) -> None:
    found = kept.verify()
    assert found["ok"], found["breaks"]
    assert (found["entries"], found["checkpoints"], found["breaks"]) == (ENTRIES, 3, [])
    assert len(found["root"]) == 64
    assert found["key"] == kept.home.key


def _flipped(content: bytes, place: int = 40) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def _cell(table: str, column: str, number: int) -> Tamper:
    """Flip a byte of a ledger cell."""

    def tamper(kept: Kept) -> None:
        query = f"SELECT {column} FROM {table} WHERE number = ?"  # noqa: S608
        content = bytes(kept.run(query, number)[0][0])
        change = f"UPDATE {table} SET {column} = ? WHERE number = ?"  # noqa: S608
        kept.run(change, _flipped(content, min(40, len(content) - 1)), number)

    return tamper


def _sql(*statements: str) -> Tamper:
    def tamper(kept: Kept) -> None:
        for statement in statements:
            kept.run(statement)

    return tamper


def _swapped(kept: Kept) -> None:
    for table in ("ledger_entries", "ledger_bodies"):
        for before, after in ((7, 900), (8, 7), (900, 8)):
            kept.run(f"UPDATE {table} SET number = ? WHERE number = ?", after, before)  # noqa: S608


def _rewritten(kept: Kept) -> None:
    """Entry 0 says another name: body, leaf, hash and tables fit each other. Not the tree."""
    salt, body = kept.run("SELECT salt, body FROM ledger_bodies WHERE number = 0")[0]
    changed = bytes(body).replace(b"Tool 0", b"Tool 9")
    old = parse_leaf(bytes(kept.run("SELECT leaf FROM ledger_entries WHERE number = 0")[0][0]))
    made = leaf(0, old.kind, old.at, salted_digest(bytes(salt), changed))
    kept.run("UPDATE ledger_bodies SET body = ? WHERE number = 0", changed)
    kept.run("UPDATE ledger_entries SET leaf = ?, hash = ? WHERE number = 0", made, leaf_hash(made))
    for table in ("tools", "tool_versions"):
        kept.run(f"UPDATE {table} SET name = 'Tool 9' WHERE entry = 0")  # noqa: S608


def _checkpoint_changed(kept: Kept) -> None:
    note = str(kept.run("SELECT note FROM ledger_checkpoints WHERE size = 12")[0][0])
    lines = note.split("\n")
    lines[2] = ("A" if lines[2][0] != "A" else "B") + lines[2][1:]
    kept.run("UPDATE ledger_checkpoints SET note = ? WHERE size = 12", "\n".join(lines))


def _node_changed(kept: Kept) -> None:
    where = "WHERE level = 1 AND position = 2"
    content = bytes(kept.run(f"SELECT hash FROM ledger_nodes {where}")[0][0])  # noqa: S608
    kept.run(f"UPDATE ledger_nodes SET hash = ? {where}", _flipped(content, 3))  # noqa: S608


def _cut(*tables: str) -> Tamper:
    """The last two entries never were."""
    return _sql(*(f"DELETE FROM {table} WHERE number >= 16" for table in tables))  # noqa: S608


TAMPERINGS: dict[str, tuple[Tamper, set[int | None], str]] = {
    "a body": (_cell("ledger_bodies", "body", 3), {3}, "digest does not fit"),
    "a salt": (_cell("ledger_bodies", "salt", 3), {3}, "digest does not fit"),
    "a leaf": (_cell("ledger_entries", "leaf", 4), {4}, "changed"),
    "a hash": (_cell("ledger_entries", "hash", 4), {4}, "changed"),
    "a cell": (_sql("UPDATE tools SET name = 'Other' WHERE entry = 6"), {6}, "“name”"),
    "a cell of a list": (
        _sql("UPDATE record_files SET path = 'z.png' WHERE path = 'gen/1_2.png'"),
        {11},
        "record_files",
    ),
    "a cell of JSON": (
        _sql("UPDATE record_files SET private = '{}' WHERE path = 'gen/1_2.png'"),
        {11},
        "private",
    ),
    "a row that is gone": (_sql("DELETE FROM consents WHERE entry = 9"), {9}, "missing"),
    "a row that was added": (
        _sql(
            "INSERT INTO accepted_gaps (id, pattern, why, person, at, holds_from, by, entry) "
            "VALUES ('gap_0000000000', '*', 'x', 'x', 'x', 'x', 'x', 5)"
        ),
        {5},
        "follows from no event",
    ),
    "a checkpoint": (_checkpoint_changed, {None}, "Checkpoint 1"),
    "a node": (_node_changed, {None}, "level 1, node 2"),
    "a body that is gone": (_sql("DELETE FROM ledger_bodies WHERE number = 8"), {8}, "gone"),
    "an entry that is gone": (
        _sql(
            "DELETE FROM ledger_bodies WHERE number = 8",
            "DELETE FROM ledger_entries WHERE number = 8",
        ),
        {8},
        "missing",
    ),
    "a cut": (_cut("ledger_entries", "ledger_bodies"), {16, 17}, "missing"),
    "a body too many": (
        _sql("INSERT INTO ledger_bodies SELECT 77, salt, body FROM ledger_bodies WHERE number = 1"),
        {77},
        "no entry",
    ),
    "swapped entries": (_swapped, {7, 8}, "says that it is entry"),
    "a rewritten entry": (_rewritten, {None}, "sealed"),
    "the version": (_sql("UPDATE schema_version SET version_num = '0000'"), {None}, "version"),
    "the layout": (_sql("UPDATE record_layout SET digest = 'x'"), {None}, "shape"),
    "an index": (_sql("DROP INDEX ix_tools_name"), {None}, "ix_tools_name"),
    "a view": (_sql("CREATE VIEW more AS SELECT * FROM tools"), {None}, "“more”"),
    "no checkpoints": (_sql("DELETE FROM ledger_checkpoints"), {0, 17}, "No checkpoint"),
    "a lost table": (_sql("DROP TABLE consents"), {None}, "consents"),
    "no nodes": (_sql("DROP TABLE ledger_nodes"), {None}, "ledger_nodes"),
    "no bodies": (_sql("DROP TABLE ledger_bodies"), {None}, "ledger_bodies"),
    "no entries": (_sql("DROP TABLE ledger_entries"), {None}, "ledger_entries"),
    "no table of checkpoints": (_sql("DROP TABLE ledger_checkpoints"), {None}, "ledger_checkpoin"),
    "no version": (_sql("DROP TABLE schema_version"), {None}, "version"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_names_its_entry(kept: Kept, name: str) -> None:
    tamper, entries, word = TAMPERINGS[name]
    tamper(kept)
    found = kept.broken()
    assert entries <= {entry for entry, _ in found}, found
    assert any(word in what for entry, what in found if entry in entries), found


@pytest.mark.parametrize("name", ["a body", "a cell", "a leaf", "a row that is gone"])
def test_nothing_else_is_blamed(kept: Kept, name: str) -> None:
    tamper, entries, _ = TAMPERINGS[name]
    tamper(kept)
    assert {entry for entry, _ in kept.broken() if entry is not None} == entries


def test_what_has_cache_in_its_name_may_change(kept: Kept) -> None:
    kept.run("CREATE TABLE my_cache (a INTEGER)")
    (kept.home.folder / "cache.db").write_bytes(b"anything")
    assert kept.verify()["ok"]


def _prefix(kept: Kept, size: int) -> None:
    """The ledger as it was at `size`, by somebody who removes all traces of the rest."""
    kept.run("DELETE FROM ledger_bodies WHERE number >= ?", size)
    kept.run("DELETE FROM ledger_entries WHERE number >= ?", size)
    kept.run("DELETE FROM ledger_checkpoints WHERE size > ?", size)
    for level, position in kept.run("SELECT level, position FROM ledger_nodes"):
        if (position + 1) << level > size:
            kept.run("DELETE FROM ledger_nodes WHERE level = ? AND position = ?", level, position)
    with desk_of(kept.home.folder) as desk:
        rebuild(desk)


def _exported(kept: Kept, file: Path) -> Path:
    with desk_of(kept.home.folder) as desk:
        write_bundle(export(desk), file)
    return file


def test_a_cut_without_traces_is_found_by_whoever_holds_a_checkpoint(
    kept: Kept,
    tmp_path: Path,
) -> None:
    held = _exported(kept, tmp_path / "held.json")
    assert kept.verify(held)["against"] | {"root": ""} == {
        "entries": ENTRIES, "consistent": True, "root": "",
    }  # fmt: skip
    _prefix(kept, 12)
    assert kept.verify()["ok"]
    found = kept.verify(held)
    assert not found["ok"]
    assert not found["against"]["consistent"]
    assert {each["entry"] for each in found["breaks"]} >= set(range(12, ENTRIES))


def test_a_report_in_the_home_is_a_witness(kept: Kept, tmp_path: Path) -> None:
    checkpoint = kept.verify()["checkpoint"]
    folder = kept.home.reports / "2026-03-01"
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps({"checkpoint": checkpoint}))
    assert kept.verify()["ok"]
    _prefix(kept, 12)
    assert not kept.verify()["ok"]


def test_a_rewrite_by_the_keys_holder_is_found_from_outside(
    kept: Kept,
    tmp_path: Path,
) -> None:
    held = _exported(kept, tmp_path / "held.json")
    _rewritten(kept)
    leaves = [bytes(row[0]) for row in kept.run("SELECT leaf FROM ledger_entries ORDER BY number")]
    hashes = [leaf_hash(each) for each in leaves]
    kept.run("DELETE FROM ledger_checkpoints")
    note = sign_checkpoint(ENTRIES, tree_root(hashes), home_key(kept.home.folder))
    kept.run("INSERT INTO ledger_checkpoints (size, note) VALUES (?, ?)", ENTRIES, note)
    level, nodes = 0, hashes
    while len(nodes) > 1:
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        level, nodes = level + 1, [tree_root_of(*pair) for pair in pairs]
        for position, each in enumerate(nodes):
            where = "WHERE level = ? AND position = ?"
            kept.run(f"UPDATE ledger_nodes SET hash = ? {where}", each, level, position)  # noqa: S608
    assert kept.verify()["ok"]
    assert not kept.verify(held)["ok"]


def tree_root_of(left: bytes, right: bytes) -> bytes:
    from checkthegate.ledger.merkle import node_hash

    return node_hash(left, right)


def test_a_file_without_a_checkpoint_is_wrong_usage(kept: Kept, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("no checkpoint here")
    with pytest.raises(UsageError, match="carries no checkpoint"):
        kept.verify(other)


def test_a_checkpoint_of_another_home_does_not_fit(kept: Kept, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    other = tmp_path / "checkpoint.txt"
    other.write_text(sign_checkpoint(1, bytes(32), Ed25519PrivateKey.generate()))
    found = kept.verify(other)
    assert not found["ok"]
    assert not found["against"]["consistent"]


def test_tables_are_the_same_when_made_anew(kept: Kept) -> None:
    kept.run("UPDATE tools SET name = 'Other'")
    kept.run("DELETE FROM record_edges")
    assert not kept.verify()["ok"]
    with desk_of(kept.home.folder) as desk:
        assert rebuild(desk) == ENTRIES
    assert kept.verify()["ok"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b"no database at all" * 1000),
        lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
        lambda file: file.write_bytes(file.read_bytes()[:50]),
        lambda file: file.write_bytes(b""),
        lambda file: file.unlink(),
        lambda file: file.write_bytes(b"\0" * file.stat().st_size),
    ],
    ids=["garbage", "half", "header", "empty", "gone", "zeros"],
)
def test_a_damaged_file_is_a_break_and_no_error(
    in_file: Kept, damage: Callable[[Path], Any]
) -> None:
    damage(in_file.file)
    found = in_file.verify()
    assert not found["ok"]
    assert found["breaks"]


def test_a_page_of_nonsense_hides_no_other_entry(in_file: Kept) -> None:
    content = bytearray(in_file.file.read_bytes())
    (root,) = in_file.run("SELECT rootpage FROM sqlite_master WHERE name = 'consents'")[0]
    size = int.from_bytes(content[16:18], "big")
    content[(root - 1) * size : root * size] = b"\xff" * size
    in_file.file.write_bytes(content)
    assert any("consents" in what or "fault" in what for _, what in in_file.broken())
    assert in_file.verify()["entries"] == ENTRIES


def test_entries_on_a_lost_page_are_named_and_the_others_still_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GATE_DATABASE_URL", raising=False)
    home = make_records(tmp_path / "home", 40)
    file = home.folder / "records.db"
    content = bytearray(file.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    (start,) = [n for n in range(0, len(content), size) if b'"entry":100,' in content[n : n + size]]
    lost = {n for n in range(240) if b'"entry":%d,' % n in content[start : start + size]}
    content[start : start + size] = b"\xff" * size
    file.write_bytes(content)
    found = verify_home(home.folder, None)
    named = {each["entry"] for each in found["breaks"] if each["entry"] is not None}
    assert lost <= named
    assert len(named) <= len(lost) + 2
    assert found["entries"] == 240


@pytest.mark.parametrize("what", ["missing", "nonsense", "another"])
def test_a_key_that_is_not_the_homes_is_a_break(in_file: Kept, tmp_path: Path, what: str) -> None:
    key = in_file.home.folder / "keys" / "home.key"
    if what == "missing":
        key.unlink()
    elif what == "nonsense":
        key.write_text("no key")
    else:
        other = make_records(tmp_path / "other", 1)
        shutil.copy(other.folder / "keys" / "home.key", key)
    found = in_file.verify()
    assert not found["ok"]
    assert found["entries"] == ENTRIES


def test_a_document_must_stay_what_it_was(kept: Kept, tmp_path: Path) -> None:
    from checkthegate.app.registry.documents import keep_document

    paper = tmp_path / "yes.txt"
    paper.write_text("You may.")
    with records_of(kept.home) as store, store.reading() as reading:
        talent = reading.rows("talents")[0]["id"]
    with records_of(kept.home) as store:
        document = keep_document(kept.home, paper)
        body = {"talent": talent, "types": ["voice"], "document": document}
        entry = record(store, event("consent-granted", new_id("con"), body)).entries.start
    assert kept.verify()["ok"]
    copy = kept.home.folder / "documents" / document["digest"].removeprefix("sha256:")
    copy.write_text("You may not.")
    assert [each for each, _ in kept.broken()] == [entry]
    copy.unlink()
    assert "missing" in kept.broken()[0][1]


def test_an_erased_person_is_gone_and_everything_verifies(kept: Kept) -> None:
    name = "Marguerite Unforgettable"
    with records_of(kept.home) as store:
        talent = new_id("tal")
        first = record(store, event("talent-added", talent, {"name": name})).entries.start
        record(store, event("talent-changed", talent, {"name": f"{name} II", "note": name}))
        with store.reading() as reading:
            own = [(n, each) for n, each in reading.events() if each.subject == talent]
        body = erasure(own, "she asked for it")
        store.erase([n for n, _ in own], event("person-erased", new_id("ers"), body))
    found = kept.verify()
    assert found["ok"], found["breaks"]
    assert found["entries"] == ENTRIES + 3
    if kept.sqlite:
        left = b"".join(each.read_bytes() for each in kept.home.folder.glob("records.db*"))
        assert b"Marguerite" not in left
        assert b"Tool 0" in left
    with desk_of(kept.home.folder) as desk:
        rebuild(desk)
        bundle = canonical(export(desk))
    assert b"Marguerite" not in bundle
    assert kept.verify()["ok"]
    kept.run("DELETE FROM ledger_bodies WHERE number = ?", first - 1)
    assert (first - 1) in [entry for entry, _ in kept.broken()]


def test_fifty_flipped_bytes_are_noticed_or_hit_nothing(in_file: Kept) -> None:
    flips = list(run(in_file.home, 50, seed=11))
    assert [flip for flip in flips if flip.kind == "failure"] == []
    assert sum(flip.kind == "noticed" for flip in flips) > 10


def test_a_proof_verifies_without_home_and_names_the_unknown_key(
    kept: Kept,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "proof.json"
    with desk_of(kept.home.folder) as desk, desk.store.reading() as reading:
        id_ = reading.rows("records")[0]["id"]
        write_bundle(prove(desk, id_), out)
        with pytest.raises(UsageError, match="on record"):
            prove(desk, "rec_0000000000")
    shutil.rmtree(kept.home.folder)
    monkeypatch.chdir(tmp_path)
    alone = verify_file(out, [], None)
    assert (alone["ok"], alone["intact"], alone["trusted"]) == (False, True, False)
    assert kept.home.key in alone["breaks"][0]["what"]
    known = verify_file(out, [kept.home.key], None)
    assert known["ok"]
    assert [fact["subject"] for fact in known["facts"]] == [id_]
    changed = tmp_path / "changed.json"
    changed.write_text(out.read_text().replace("files-recorded", "files-r3corded"))
    assert not verify_file(changed, [kept.home.key], None)["intact"]


def test_a_key_may_be_given_as_its_text(in_file: Kept, tmp_path: Path) -> None:
    file = _exported(in_file, tmp_path / "all.json")
    text = public_key(home_key(in_file.home.folder)).text
    assert verify_file(file, [text], None)["ok"]
    with pytest.raises(UsageError, match="is not a key"):
        verify_file(file, ["nonsense"], None)


def test_bodies_can_be_left_out(in_file: Kept) -> None:
    with desk_of(in_file.home.folder) as desk:
        bundle = canonical(export(desk, bodies=False))
        whole = canonical(export(desk))
    assert b"rain on pier" not in bundle
    assert b"rain on pier" in whole


def test_a_delivery_is_held_against_a_bundle_file_by_file(in_file: Kept, tmp_path: Path) -> None:
    from checkthegate.app.registry.files import digested, files_in

    delivery = tmp_path / "delivery"
    delivery.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        (delivery / name).write_text(name)
    with records_of(in_file.home) as store:
        with store.reading() as reading:
            use = reading.rows("uses")[0]["id"]
        files = [
            {"digest": digested(each).digest, "path": each.path.partition("/")[2]}
            for each in files_in([delivery])
        ]
        id_ = new_id("rec")
        body = {"use": use, "steps": [{"name": "T"}], "files": files}
        record(store, event("files-recorded", id_, body))
    with desk_of(in_file.home.folder) as desk:
        write_bundle(prove(desk, id_), tmp_path / "proof.json")
    key = [in_file.home.key]
    assert verify_file(tmp_path / "proof.json", key, delivery)["ok"]
    (delivery / "a.png").write_text("another picture")
    (delivery / "b.png").unlink()
    (delivery / "d.png").write_text("new")
    found = verify_file(tmp_path / "proof.json", key, delivery)
    assert not found["ok"]
    states = {(each["path"], each["state"]) for each in found["delivery"]["files"]}
    assert states >= {
        ("a.png", "changed"), ("b.png", "missing"), ("c.png", "certified"), ("d.png", "unnamed"),
    }  # fmt: skip

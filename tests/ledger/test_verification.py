"""Every way of changing a small ledger is named, and named at the right entry."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.ledger import (
    NOT_PROVEN,
    StoredEntry,
    entry_of,
    leaf,
    salted_digest,
    sign_checkpoint,
    tree_root,
    verify_chain,
)
from checkthegate.model.event import Event
from tests.ledger.making import event_of, key_of, ledger_of, salt_of

BOTH = pytest.mark.parametrize("thorough", [False, True])


def named(found):
    """The entries that a verification names."""
    return [one.entry for one in found.breaks]


def words(found):
    return " / ".join(one.what for one in found.breaks)


@BOTH
@pytest.mark.parametrize("size", [0, 1, 2, 7, 30, 600])
def test_a_sound_ledger_verifies(size, thorough):
    made = ledger_of(size, every=7)
    found = made.verify(thorough=thorough, nodes=made.stored_nodes(), held=made.checkpoints[:2])
    assert found.as_json() == {
        "ok": True,
        "entries": size,
        "root": tree_root(made.hashes()).hex(),
        "checkpoints": len(made.checkpoints),
        "breaks": [],
    }
    assert "holds the home's key" in NOT_PROVEN


def test_a_checkpoint_of_nothing_verifies():
    made = ledger_of(0)
    made.seal()
    for number in range(3):
        made.add(event_of(number))
    made.seal()
    assert made.verify().ok


@BOTH
def test_every_changed_byte_of_an_entry_is_named(thorough):
    made = ledger_of(5, every=2)
    whole = made.entries[3]
    for part in ("leaf", "salt", "body"):
        content = getattr(whole, part)
        for place in range(len(content)):
            changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            made.entries[3] = whole._replace(**{part: changed})
            assert 3 in named(made.verify(thorough=thorough)), (part, place)


def test_every_changed_byte_of_a_checkpoint_is_found():
    made = ledger_of(7)
    whole = made.checkpoints[1]
    for place in range(len(whole)):
        made.checkpoints[1] = whole[:place] + chr(ord(whole[place]) ^ 1) + whole[place + 1 :]
        assert "Checkpoint 1 does not verify" in words(made.verify()), place


def test_a_body_that_is_gone_needs_an_erasure():
    made = ledger_of(6)
    made.entries[2] = made.entries[2]._replace(salt=None, body=None)
    assert named(made.verify()) == [2]
    made.erase([2, 4])
    found = made.verify(thorough=True)
    assert found.ok, found.breaks
    made.entries[3] = made.entries[3]._replace(body=None)
    assert named(made.verify()) == [3, 3]
    assert "salt was left behind" in words(made.verify())


def test_an_erasure_must_be_true():
    made = ledger_of(6)
    kept = made.entries[2]
    made.erase([2, 4])
    made.entries[2] = kept
    found = made.verify()
    assert named(found) == [2]
    assert "still there" in words(found)


@pytest.mark.parametrize("stated", [{"entries": [9]}, {"entries": "all"}, {"entries": [True]}, {}])
def test_an_erasure_that_names_nothing_before_it_is_named(stated):
    made = ledger_of(3)
    made.add(event_of(3, "person-erased", stated))
    made.seal()
    assert named(made.verify()) == [3]


def test_an_erasure_cannot_be_erased():
    made = ledger_of(4)
    made.erase([1])
    made.erase([4])
    found = made.verify()
    assert named(found) == [1, 4]
    assert "cannot itself be erased" in words(found)


def test_a_missing_salt_is_named():
    made = ledger_of(4)
    made.entries[1] = made.entries[1]._replace(salt=None)
    assert named(made.verify()) == [1]


@pytest.mark.parametrize("nodes", [False, True])
def test_a_hole_is_named_and_the_stored_tree_bridges_it(nodes):
    made = ledger_of(10)
    reader = made.stored_nodes() if nodes else None
    del made.entries[4:6]
    found = made.verify(nodes=reader)
    assert named(found)[:2] == [4, 5]
    assert found.entries == 10
    assert (found.root is not None) == nodes
    if not nodes:
        assert "cannot be compared" in words(found)


def test_what_was_cut_off_is_named():
    made = ledger_of(10)
    del made.entries[7:]
    found = made.verify()
    assert named(found) == [7, 8, 9]
    assert all("This entry is missing" in one.what for one in found.breaks)
    del made.entries[:]
    assert named(made.verify()) == list(range(10))


def test_what_was_cut_off_with_its_checkpoints_is_known_from_outside():
    made = ledger_of(10)
    held = made.checkpoints[-1]
    del made.entries[6:], made.checkpoints[2:]
    assert made.verify().ok
    assert named(made.verify(held=[held])) == [6, 7, 8, 9]


def test_entries_nobody_sealed_are_named():
    made = ledger_of(6)
    made.add(event_of(6))
    found = made.verify()
    assert named(found) == [6]
    assert "No checkpoint" in words(found)


def test_out_of_place_entries_are_named():
    made = ledger_of(8)
    made.entries[2], made.entries[3] = (
        made.entries[3]._replace(number=2),
        made.entries[2]._replace(number=3),
    )
    assert set(named(made.verify())) >= {2, 3}
    made = ledger_of(8)
    made.entries.insert(4, made.entries[3])
    assert named(made.verify()) == [3]
    made = ledger_of(8)
    made.entries.append(made.entries.pop(5)._replace(number=999_999_999))
    found = made.verify()
    assert {5, 999_999_999} <= set(named(found))
    assert "says that it is entry 5" in words(found)
    assert len(found.breaks) < 10


def rewritten(made, number):
    """Somebody rewrites an entry wholly, without the key."""
    made.entries[number] = entry_of(number, event_of(number, body={"name": "else"}), b"s" * 32)


def test_a_rewritten_entry_shows_between_its_checkpoints():
    made = ledger_of(10)
    rewritten(made, 4)
    found = made.verify()
    assert not found.ok
    assert "Among the entries 3 to 5" in words(found)
    made = ledger_of(5, every=1)
    rewritten(made, 3)
    assert 3 in named(made.verify())


def test_the_stored_tree_names_a_rewritten_entry():
    made = ledger_of(10)
    reader = made.stored_nodes()
    rewritten(made, 4)
    assert 4 in named(made.verify(nodes=reader))


def test_a_damaged_or_missing_node_is_named():
    made = ledger_of(9)
    reader = made.stored_nodes()

    def damaged(level, first, count):
        return [b"x" * 32 if level == 1 else kept for kept in reader(level, first, count)]

    found = made.verify(nodes=damaged)
    assert "level 1, node 3" in words(found)
    assert named(made.verify(nodes=lambda level, first, count: [])).count(None) == 7


def test_the_keys_holder_rewriting_the_past_shows_against_a_held_checkpoint():
    made = ledger_of(9)
    held = made.checkpoints[1]
    rewritten(made, 2)
    made.checkpoints.clear()
    made.seal()
    assert made.verify().ok
    found = made.verify(held=[held])
    assert "held outside" in words(found)
    assert "contradicts" in words(found)


def test_a_checkpoint_of_other_entries_is_told_from_changed_entries():
    made = ledger_of(9)
    made.checkpoints.insert(1, sign_checkpoint(4, b"x" * 32, made.key))
    found = made.verify()
    assert words(found) == (
        "Checkpoint 1 (of 4 entries) contradicts the entries and a later checkpoint."
    )


def test_a_ledger_never_shrinks_and_unknown_keys_are_named():
    made = ledger_of(9)
    made.checkpoints.append(made.checkpoints[0])
    assert "never shrinks" in words(made.verify())
    made = ledger_of(3)
    made.checkpoints.append(sign_checkpoint(3, tree_root(made.hashes()), key_of(2)))
    assert "not known here, checkthegate/" in words(made.verify())
    assert made.verify(held=["nonsense"]).breaks[0].what.startswith("The checkpoint held outside")


def sealed_by_its_holder(number, leaf_kind, leaf_at, body):
    digest = salted_digest(salt_of(number), body)
    return StoredEntry(number, leaf(number, leaf_kind, leaf_at, digest), salt_of(number), body)


@pytest.mark.parametrize(
    ("kind", "at", "said"),
    [
        ("tool-removed", "2026-03-01T12:00:02.000000Z", "“tool-removed”"),
        ("tool-added", "2025-03-01T12:00:02.000000Z", "entered at 2025"),
    ],
)
@BOTH
def test_a_leaf_that_says_other_than_its_body_is_named(kind, at, said, thorough):
    made = ledger_of(2)
    made.entries.append(sealed_by_its_holder(2, kind, at, event_of(2).canonical()))
    made.seal()
    found = made.verify(thorough=thorough)
    assert named(found) == [2]
    assert said in words(found)


@pytest.mark.parametrize("body", [b"not json", b'{"a": 1}', b"\xff\xfe", b"[" * 90_000])
@BOTH
def test_a_sealed_body_that_is_no_event_is_named(body, thorough):
    made = ledger_of(2)
    made.entries.append(sealed_by_its_holder(2, "tool-added", event_of(2).at, body))
    made.seal()
    found = made.verify(thorough=thorough)
    assert named(found) == [2]
    assert "body" in words(found)


TRICKS = st.sampled_from(
    ['"kind":"', '","schema":"checkthegate.event/1","subject":"', '"', "\\", "ä"]
)


@given(
    st.text(max_size=8) | TRICKS,
    st.dictionaries(st.sampled_from(["kind", "schema", "subject"]) | TRICKS, TRICKS, max_size=4),
    TRICKS,
)
@settings(max_examples=80, deadline=None)
def test_comparing_bytes_and_parsing_agree_on_any_event(subject, body, by):
    made = ledger_of(0)
    at = "2026-03-01T12:00:00.000001Z"
    try:
        made.add(Event("tool-added", subject, body, at, by, effective=None))
    except ValueError:
        return
    made.seal()
    assert made.verify().ok
    assert made.verify(thorough=True).ok


def test_memory_does_not_grow_with_the_ledger():
    made = ledger_of(1)
    event, salt = event_of(0), salt_of(0)
    body = event.canonical()
    digest = salted_digest(salt, body)

    def many(count):
        for number in range(count):
            yield StoredEntry(number, leaf(number, event.kind, event.at, digest), salt, body)

    def peak(count):
        tracemalloc.start()
        verify_chain(many(count), [], [made.public])
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(6_000) < 1.5 * peak(1_500)

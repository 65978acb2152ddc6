"""The tree against published values, and against the definition in RFC 6962 written out."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.ledger import (
    Frontier,
    Malformed,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    lookup_in,
    proves_consistency,
    proves_inclusion,
    root_at,
    tree_root,
)

# The reference tree of the Certificate Transparency project, and its published roots.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
MANY = [leaf_hash(b"%d" % number) for number in range(150)]


def split(size):
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def slow_root(hashes):
    """MTH of RFC 6962, 2.1."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = split(len(hashes))
    return sha256(b"\x01" + slow_root(hashes[:half]) + slow_root(hashes[half:])).digest()


def slow_path(index, hashes):
    """PATH of RFC 6962, 2.1.1."""
    if len(hashes) == 1:
        return []
    half = split(len(hashes))
    if index < half:
        return [*slow_path(index, hashes[:half]), slow_root(hashes[half:])]
    return [*slow_path(index - half, hashes[half:]), slow_root(hashes[:half])]


def slow_subproof(old, hashes, whole):
    """SUBPROOF of RFC 6962, 2.1.2."""
    if old == len(hashes):
        return [] if whole else [slow_root(hashes)]
    half = split(len(hashes))
    if old <= half:
        return [*slow_subproof(old, hashes[:half], whole), slow_root(hashes[half:])]
    return [*slow_subproof(old - half, hashes[half:], False), slow_root(hashes[:half])]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size):
    grown = Frontier()
    for hashed in HASHES[:size]:
        grown.append(hashed)
    assert grown.root().hex() == ROOTS[size]
    assert tree_root(HASHES[:size]).hex() == ROOTS[size]
    assert root_at(size, lookup_in(HASHES)).hex() == ROOTS[size]


@pytest.mark.parametrize("of", INCLUSION)
def test_published_inclusion_proofs(of):
    proof = inclusion_proof(*of, lookup_in(HASHES))
    assert [one.hex() for one in proof] == INCLUSION[of]
    assert proves_inclusion(HASHES[of[0]], *of, proof, bytes.fromhex(ROOTS[of[1]]))


@pytest.mark.parametrize("of", CONSISTENCY)
def test_published_consistency_proofs(of):
    proof = consistency_proof(*of, lookup_in(HASHES))
    assert [one.hex() for one in proof] == CONSISTENCY[of]
    old, new = (bytes.fromhex(ROOTS[size]) for size in of)
    assert proves_consistency(*of, proof, old, new)


@given(st.lists(st.integers(0, 40), max_size=6))
@settings(max_examples=60, deadline=None)
def test_extending_in_runs_makes_what_appending_makes(runs):
    runs = [run for run in runs if run]
    one, many, start = Frontier(), Frontier(), 0
    for run in runs:
        hashes = MANY[start : start + run] if start + run <= len(MANY) else MANY[:run]
        start += run
        appended = {node for hashed in hashes for node in one.append(hashed)}
        extended = many.extend(hashes)
        found = {
            (level, first + place, hashed)
            for level, first, made in extended
            for place, hashed in enumerate(made)
        }
        assert found == appended
        assert (many.root(), many.size, many.peaks) == (one.root(), one.size, one.peaks)
        assert Frontier.from_bytes(one.to_bytes()).root() == one.root()


@given(st.integers(1, 150), st.integers(0, 149))
@settings(max_examples=150, deadline=None)
def test_proofs_are_those_of_the_definition(size, other):
    hashes, lookup = MANY[:size], lookup_in(MANY)
    root = slow_root(hashes)
    assert root_at(size, lookup) == root == tree_root(hashes)
    index = other % size
    path = inclusion_proof(index, size, lookup)
    assert path == slow_path(index, hashes)
    assert proves_inclusion(hashes[index], index, size, path, root)
    old = index + 1
    proof = consistency_proof(old, size, lookup)
    assert proof == slow_subproof(old, hashes, True)
    assert proves_consistency(old, size, proof, slow_root(hashes[:old]), root)


@given(st.integers(1, 40), st.data())
@settings(max_examples=150, deadline=None)
def test_a_proof_proves_nothing_else(size, draw):
    index, lookup = draw.draw(st.integers(0, size - 1)), lookup_in(MANY)
    root, path = root_at(size, lookup), inclusion_proof(index, size, lookup)
    for wrong in set(range(size)) - {index}:
        assert not proves_inclusion(MANY[index], wrong, size, path, root)
    assert not proves_inclusion(MANY[100], index, size, path, root)
    assert not proves_inclusion(MANY[index], index, size, [*path, root], root)
    assert not proves_inclusion(MANY[index], size, size, path, root)
    if path:
        assert not proves_inclusion(MANY[index], index, size, path[:-1], root)
    old = index + 1
    proof = consistency_proof(old, size, lookup)
    other = root_at(old, lookup_in(MANY[1:]))
    assert not proves_consistency(old, size, proof, other, root)
    assert not proves_consistency(old, size, [*proof, root], root_at(old, lookup), root)
    if proof:
        assert not proves_consistency(old, size, proof[:-1], root_at(old, lookup), root)


def test_every_tree_begins_with_the_empty_one():
    assert consistency_proof(0, 5, lookup_in(MANY)) == []
    assert proves_consistency(0, 5, [], Frontier().root(), tree_root(MANY[:5]))
    assert not proves_consistency(0, 5, [], MANY[0], tree_root(MANY[:5]))
    assert not proves_consistency(6, 5, [], MANY[0], MANY[0])


@pytest.mark.parametrize("stored", [b"", b"\x00" * 7, b"\x00" * 7 + b"\x01", b"\x00" * 41])
def test_a_damaged_edge_is_refused(stored):
    with pytest.raises(Malformed):
        Frontier.from_bytes(stored)


def test_questions_beside_the_tree_are_refused():
    lookup = lookup_in(MANY[:3])
    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="does not lie"):
            inclusion_proof(index, size, lookup)
    with pytest.raises(ValueError, match="cannot begin"):
        consistency_proof(4, 3, lookup)
    with pytest.raises(KeyError):
        inclusion_proof(0, 4, lookup)

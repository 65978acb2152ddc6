"""Bundles: verified by the ledger room and by the stand-alone script, with one verdict."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.ledger import (
    Malformed,
    compare_held,
    held_checkpoint,
    lookup_in,
    make_bundle,
    parse_checkpoint,
    sign_checkpoint,
    sign_note,
    tree_root,
    verify_bundle,
)
from checkthegate.model import canonical
from tests.ledger.making import event_of, key_of, ledger_of

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "verify_bundle.py"


def script():
    """The stand-alone script as a module; signatures are computed once each, since it is slow."""
    spec = importlib.util.spec_from_file_location("verify_bundle", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.is_signed = lru_cache(None)(module.is_signed)
    return module


ALONE = script()


def alone_ok(content, trusted):
    """Whether the script says OK."""
    try:
        return not ALONE.faults(content, trusted)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return False


def proof_of(made, numbers, **more):
    chosen = [made.entries[number] for number in numbers]
    nodes = lookup_in(made.hashes())
    return make_bundle(chosen, made.checkpoints[-1], made.key, nodes=nodes, **more)


def both(content, made):
    """One verdict of two programs."""
    verdict = verify_bundle(content, [made.public.fingerprint])
    assert alone_ok(content, [made.public.fingerprint]) == verdict.ok
    return verdict


def resealed(document, key):
    """The document as if its maker had sealed it so."""
    rest = {name: part for name, part in document.items() if name != "seal"}
    text = f"checkthegate.bundle/1\nsha256:{sha256(canonical(rest)).hexdigest()}\n"
    return json.dumps({**rest, "seal": sign_note(text, key)}).encode()


@pytest.mark.parametrize("size", [1, 2, 5, 8, 13])
def test_chosen_entries_and_whole_ledgers_verify(size):
    made = ledger_of(size)
    schema = json.loads((ROOT / "schemas/bundle.1.json").read_text())
    last = make_bundle(made.entries, made.checkpoints[-1], made.key, production="Ö")
    for document in (last, *(proof_of(made, [number]) for number in range(size))):
        jsonschema.validate(document, schema)
        verdict = both(json.dumps(document).encode(), made)
        assert verdict.ok, verdict.breaks
        assert [one.event.as_json() for one in verdict.entries] == [
            event_of(one.leaf.number).as_json() for one in verdict.entries
        ]
    assert verify_bundle(json.dumps(last).encode(), [made.public.fingerprint]).production == "Ö"


def test_intact_is_not_trusted():
    made = ledger_of(4)
    content = json.dumps(proof_of(made, [1, 2])).encode()
    verdict = verify_bundle(content, ["sha256:" + "0" * 64])
    assert (verdict.intact, verdict.trusted, verdict.ok) == (True, False, False)
    assert made.public.fingerprint in verdict.breaks[0].what
    assert verdict.as_json()["entries"] == [1, 2]
    assert not alone_ok(content, [])
    assert alone_ok(content, [made.public.text])


def test_an_erased_body_leaves_a_proof_of_its_entry():
    made = ledger_of(4)
    made.erase([2])
    verdict = both(json.dumps(proof_of(made, [2, 4])).encode(), made)
    assert verdict.ok
    assert [one.event is None for one in verdict.entries] == [True, False]


def test_every_flipped_bit_is_noticed_or_says_the_same():
    made = ledger_of(3)
    content = json.dumps(proof_of(made, [1], production="Ä & B")).encode()
    document = json.loads(content)
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        if verify_bundle(bytes(flipped), [made.public.fingerprint]).ok:
            assert json.loads(bytes(flipped)) == document, place


def test_the_script_notices_changed_bytes():
    made = ledger_of(2)
    content = json.dumps(proof_of(made, [1])).encode()
    document = json.loads(content)
    for place in range(0, len(content), 5):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        if alone_ok(bytes(flipped), [made.public.fingerprint]):
            assert json.loads(bytes(flipped)) == document, place


@given(st.binary(max_size=40), st.integers(0, 63), st.integers(0, 7))
@settings(max_examples=25, deadline=None)
def test_the_scripts_signatures_are_the_librarys(message, place, bit):
    key = key_of(len(message))
    signature = key.sign(message)
    raw = key.public_key().public_bytes_raw()
    assert ALONE.is_signed(raw, signature, message)
    flipped = bytearray(signature)
    flipped[place] ^= 1 << bit
    try:
        assert not ALONE.is_signed(raw, bytes(flipped), message)
    except ValueError:
        assert place < 32
    # S + L would sign the same to a careless verifier.
    s = int.from_bytes(signature[32:], "little") + ALONE.L
    assert not ALONE.is_signed(raw, signature[:32] + s.to_bytes(32, "little"), message)


def test_the_script_knows_rfc_8032():
    key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert ALONE.is_signed(key, signature, b"")
    assert not ALONE.is_signed(key, signature, b"x")


def lie(document, made):
    """Ways in which the key's holder could seal a bundle that does not hold together."""
    first = document["entries"][0]
    other = make_bundle(ledger_of(3).entries[:3], ledger_of(3).checkpoints[-1], made.key)
    yield {**document, "entries": [{**first, "proof": first["proof"][:-1]}]}
    yield {**document, "entries": [{**first, "proof": [*first["proof"], "00" * 32]}]}
    yield {**document, "entries": [{**first, "leaf": first["leaf"].replace(":1,", ":2,")}]}
    yield {**document, "entries": [{**first, "leaf": first["leaf"] + " "}]}
    yield {**document, "entries": [{**first, "salt": "00" * 32}]}
    yield {**document, "entries": [{**first, "salt": None}]}
    yield {**document, "entries": [{**first, "event": "{}"}]}
    yield {**document, "complete": True}
    yield {**document, "key": other["key"][:-1] + "A"}
    yield {**other, "entries": other["entries"][:2]}
    yield {**other, "entries": other["entries"][::-1]}
    yield {**document, "checkpoint": sign_checkpoint(2, b"x" * 32, made.key)}
    yield {**document, "checkpoint": sign_checkpoint(2, tree_root(made.hashes()), key_of(9))}


def test_no_seal_makes_a_lie_hold():
    made = ledger_of(2)
    document = proof_of(made, [1])
    assert both(resealed(document, made.key), made).ok
    for number, wrong in enumerate(lie(document, made)):
        assert not both(resealed(wrong, made.key), made).ok, number
    assert not both(resealed(document, key_of(3)), made).ok


@pytest.mark.parametrize(
    "change",
    [
        {"proves": "everything"},
        {"more": 1},
        {"complete": 1},
        {"entries": {}},
        {"entries": [1]},
        {"production": 7},
        {"schema": "checkthegate.bundle/2"},
    ],
)
def test_another_form_is_refused(change):
    made = ledger_of(2)
    document = {**proof_of(made, [1]), **change}
    verdict = verify_bundle(resealed(document, made.key), [made.public.fingerprint])
    assert not verdict.ok
    assert "cannot be read" in verdict.breaks[0].what


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"{}", b"[]", b"null", b"[" * 100_000, b'{"schema":1,"schema":1}']
)
def test_what_is_no_bundle_is_a_verdict_too(content, tmp_path):
    verdict = verify_bundle(content, [])
    assert not verdict.intact
    assert verdict.breaks
    assert not alone_ok(content, [])


def test_only_what_fits_is_bundled():
    made = ledger_of(4)
    with pytest.raises(ValueError, match="complete bundle"):
        make_bundle(made.entries[:2], made.checkpoints[-1], made.key)
    with pytest.raises(Malformed):
        make_bundle(made.entries, made.checkpoints[-1], key_of(5))
    with pytest.raises(ValueError, match="does not lie"):
        proof_of(ledger_of(2), [1]) and make_bundle(
            made.entries[3:], made.checkpoints[0], made.key, nodes=lookup_in(made.hashes())
        )


def test_the_script_runs_alone(tmp_path):
    made = ledger_of(3)
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(proof_of(made, [1]), indent=1), encoding="utf-8")

    def run(*words):
        command = [sys.executable, "-I", "-S", str(SCRIPT), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    good = run(str(path), "--key", made.public.fingerprint)
    assert (good.returncode, good.stdout) == (0, "OK\n")
    unknown = run(str(path))
    assert unknown.returncode == 3
    assert unknown.stdout.endswith("NOT OK\n")
    assert made.public.fingerprint in unknown.stdout
    path.write_text(path.read_text().replace("ada", "eve"))
    assert run(str(path), "--key", made.public.fingerprint).returncode == 3
    assert run(str(tmp_path / "absent"), "--key", "x").returncode == 2
    assert run().returncode == run(str(path), "--kye", "x").returncode == 2
    assert len(SCRIPT.read_text().splitlines()) <= 150


def test_a_held_checkpoint_is_found_wherever_it_is_carried():
    made = ledger_of(5)
    text = made.checkpoints[0]
    page = "<pre>" + text.replace("\n", "\r\n").replace("—", "&mdash;") + "</pre>"
    carried = (
        json.dumps({"checkpoint": text}),
        json.dumps(proof_of(made, [1])),
        text,
        page,
    )
    sizes = [parse_checkpoint(held_checkpoint(one.encode())).size for one in carried]
    assert sizes == [3, 5, 3, 3]
    for nothing in (b"", b"\xff", b"{}", b'{"checkpoint": null}', b'{"checkpoint": "x"}'):
        with pytest.raises(Malformed):
            held_checkpoint(nothing)


def test_a_held_checkpoint_is_compared_by_proof():
    made = ledger_of(20)
    newest, nodes = parse_checkpoint(made.checkpoints[-1]), lookup_in(made.hashes())
    for held in made.checkpoints:
        assert compare_held(held, newest, [made.public], nodes) == []
    other = ledger_of(20)
    other.entries[4] = other.entries[4]._replace(leaf=made.entries[5].leaf)
    for held in (*made.checkpoints[1:], made.checkpoints[-1]):
        changed = lookup_in(other.hashes())
        newer = parse_checkpoint(sign_checkpoint(20, tree_root(other.hashes()), made.key))
        assert "changed since" in compare_held(held, newer, [made.public], changed)[0].what
    short = parse_checkpoint(made.checkpoints[2])
    assert compare_held(made.checkpoints[-1], short, [made.public], nodes)[0].entry == 9
    stranger = sign_checkpoint(3, tree_root(made.hashes()[:3]), key_of(7))
    assert "not known here" in compare_held(stranger, newest, [made.public], nodes)[0].what
    few = lookup_in(made.hashes()[:4])
    assert compare_held(made.checkpoints[0], newest, [made.public], few)

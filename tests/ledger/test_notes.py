"""Signed notes against published ones, and their manglings."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.ledger import (
    Malformed,
    key_fingerprint,
    note_signers,
    origin_of,
    parse_checkpoint,
    parse_key,
    parse_note,
    public_key,
    sign_checkpoint,
    sign_note,
    signed_checkpoint,
)
from tests.ledger.making import key_of

# The key pair and note that Go's sumdb/note publishes with its tests.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The checkpoint in C2SP's tlog-checkpoint, whose key is not published.
C2SP_CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2"
    "q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def test_the_published_note_verifies_and_is_signed_byte_for_byte():
    key = parse_key(GO_KEY)
    assert key.text == GO_KEY
    signers = note_signers(parse_note(GO_NOTE), [key])
    assert (signers.ok, signers.verified) == (True, (key,))
    secret = Ed25519PrivateKey.from_private_bytes(GO_SEED)
    assert sign_note(GO_TEXT, secret, "PeterNeumann") == GO_NOTE
    assert public_key(secret, "PeterNeumann") == key


def test_the_published_checkpoint_is_read():
    checkpoint = parse_checkpoint(C2SP_CHECKPOINT)
    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20852163
    assert base64.b64encode(checkpoint.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    signers = note_signers(checkpoint.note, [parse_key(GO_KEY)])
    assert signers.unknown == ("example.com/behind-the-sofa+033de0ae",)
    assert not signers.ok


def test_every_part_of_a_key_counts():
    for place in range(len(GO_KEY)):
        changed = GO_KEY[:place] + chr(ord(GO_KEY[place]) + 1) + GO_KEY[place + 1 :]
        for wrong in (changed, GO_KEY[:place], GO_KEY[place + 1 :]):
            with pytest.raises(Malformed):
                parse_key(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        GO_KEY.replace("c74f20a3", "C74F20A3"),
    ],
)
def test_wrong_length_algorithm_or_spelling_is_no_key(wrong):
    with pytest.raises(Malformed):
        parse_key(wrong)


def test_a_key_is_known_by_its_fingerprint_or_its_text():
    key = public_key(key_of(1))
    assert key.name == origin_of(key.raw) == "checkthegate/" + key.fingerprint[7:23]
    assert key_fingerprint(key.text) == key_fingerprint(key.fingerprint) == key.fingerprint
    with pytest.raises(Malformed):
        key_fingerprint("sha256:12")


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "text\n",
        GO_TEXT,
        GO_NOTE[:-1],
        GO_NOTE.replace("—", "-"),
        GO_NOTE.replace("— Peter", "—  Peter"),
        GO_NOTE.replace("PeterNeumann", "Peter+Neumann"),
        GO_NOTE.replace("PeterNeumann", "Peter Neumann"),
        GO_NOTE.replace("nAM=", "nAM"),
        GO_NOTE.replace("nAM=", "nAN="),
        GO_NOTE.replace("If", "If\t"),
        GO_NOTE.replace("\n", "\r\n"),
        GO_NOTE + "\n",
        GO_NOTE + "more\n",
        f"{GO_TEXT}\n" + GO_NOTE.split("\n\n")[1] * 101,
        "x" * 1_000_001 + "\n\n— a AAAAAAA=\n",
    ],
)
def test_what_is_not_a_note_is_refused(wrong):
    with pytest.raises(Malformed):
        parse_note(wrong)


def test_a_wrong_signature_of_a_known_key_spoils_the_note():
    known = [parse_key(GO_KEY), public_key(key_of(2), "other")]
    changed = parse_note(GO_NOTE.replace("cryptography", "cryptographY"))
    assert note_signers(changed, known).failed == ("PeterNeumann+c74f20a3",)
    both = parse_note(GO_NOTE + sign_note(GO_TEXT, key_of(2), "other").split("\n\n")[1])
    assert [key.name for key in note_signers(both, known).verified] == ["PeterNeumann", "other"]
    mixed = sign_note("else\n", key_of(2), "other").split("\n\n")[1]
    assert not note_signers(parse_note(GO_NOTE + mixed), known).ok


@given(st.text(max_size=60), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_any_text_that_can_be_signed_comes_back(text, seed):
    try:
        note = sign_note(f"{text}\n", key_of(seed))
    except ValueError:
        return
    parsed = parse_note(note)
    assert parsed.text == f"{text}\n"
    assert note_signers(parsed, [public_key(key_of(seed))]).ok
    assert not note_signers(parsed, [public_key(key_of(seed + 1))]).ok


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb"])
def test_names_hold_no_spaces_and_no_plus(name):
    with pytest.raises(Malformed):
        sign_note("text\n", key_of(1), name)


@pytest.mark.parametrize(
    "text",
    [
        "{o}\n{s}\n",
        "{o}\n0{s}\n{r}\n",
        "{o}\n+{s}\n{r}\n",
        "{o}\n-1\n{r}\n",
        "{o}\n٣\n{r}\n",
        "\n{s}\n{r}\n",
        "{o}\n{s}\nAAAA\n",
        "{o}\n{s}\n{r}\nmore\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text):
    root = base64.b64encode(b"r" * 32).decode()
    origin = public_key(key_of(1)).name
    note = sign_note(text.format(o=origin, s=7, r=root), key_of(1))
    with pytest.raises(Malformed):
        parse_checkpoint(note)


def test_a_checkpoint_is_signed_for_its_own_ledger():
    keys = [public_key(key_of(1)), public_key(key_of(2))]
    text = sign_checkpoint(7, b"r" * 32, key_of(1))
    assert signed_checkpoint(text, keys).size == 7
    with pytest.raises(Malformed, match="not known here, checkthegate/"):
        signed_checkpoint(text, keys[1:])
    foreign = sign_note(parse_note(text).text, key_of(2))
    with pytest.raises(Malformed, match="another ledger"):
        signed_checkpoint(foreign, keys)

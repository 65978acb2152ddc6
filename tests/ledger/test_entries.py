"""An entry's bytes, and what is not one."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.ledger import (
    Leaf,
    Malformed,
    entry_of,
    leaf,
    leaf_hash,
    parse_body,
    parse_leaf,
    salted_digest,
)
from checkthegate.ledger.entries import parse_canonical
from checkthegate.model import canonical
from tests.ledger.making import event_of, salt_of

AT = "2026-03-01T12:00:00.000000Z"
DIGEST = "sha256:" + "ab" * 32


def test_a_leaf_is_canonical_json_and_comes_back():
    made = leaf(17, "consent-granted", AT, DIGEST)
    assert made == canonical(json.loads(made))
    assert parse_leaf(made) == Leaf(17, "consent-granted", AT, DIGEST)
    assert leaf_hash(made) == sha256(b"\0" + made).digest()


def test_the_entry_names_the_salted_event_and_nothing_personal():
    event = event_of(3)
    stored = entry_of(3, event, salt_of(3))
    digest = sha256(salt_of(3) + event.canonical()).hexdigest()
    assert parse_leaf(stored.leaf).digest == f"sha256:{digest}"
    assert b"ada" not in stored.leaf
    assert b"Flux" not in stored.leaf
    assert parse_body(stored.body).as_json() == event.as_json()


@pytest.mark.parametrize(
    "change",
    [
        (b":17", b":017"),
        (b":17", b":-1"),
        (b":17", b":1.0"),
        (b":17", b": 17"),
        (b"ab", b"AB"),
        (b"consent-granted", b"Consent"),
        (b"consent-granted", b""),
        (b".000000Z", b"Z"),
        (b"000Z", b"000+00:00"),
        (b"entry/1", b"entry/2"),
        (b'"schema"', b'"scheme"'),
        (b"}", b"}\n"),
        (b"}", b',"x":1}'),
    ],
)
def test_any_other_bytes_are_not_a_leaf(change):
    made = leaf(17, "consent-granted", AT, DIGEST)
    assert change[0] in made
    with pytest.raises(Malformed):
        parse_leaf(made.replace(*change))


@pytest.mark.parametrize(
    ("number", "kind", "at", "digest"),
    [
        (-1, "tool-added", AT, DIGEST),
        (1, "Tool added", AT, DIGEST),
        (1, 'a","entry":9,"kind":"b', AT, DIGEST),
        (1, "tool-added", "2026-03-01", DIGEST),
        (1, "tool-added", AT, "sha256:ab"),
        (1, "tool-\ud800", AT, DIGEST),
    ],
)
def test_no_leaf_is_made_of_what_does_not_fit(number, kind, at, digest):
    with pytest.raises(Malformed):
        leaf(number, kind, at, digest)


@pytest.mark.parametrize("salt", [b"", b"x" * 31, b"x" * 33])
def test_a_salt_has_32_bytes(salt):
    with pytest.raises(Malformed, match="salt"):
        salted_digest(salt, b"{}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"{}",
        b"[]",
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b"[" * 100_000,
        b"1e999",
        b"9" * 5000,
        canonical({**event_of(1).as_json(), "more": 1}),
        canonical({**event_of(1).as_json(), "by": None}),
        canonical({**event_of(1).as_json(), "body": []}),
        canonical({**event_of(1).as_json(), "schema": "checkthegate.event/2"}),
    ],
)
def test_what_is_not_an_event_is_refused(body):
    with pytest.raises(Malformed, match="body"):
        parse_body(body)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def is_canonical(written):
    try:
        return canonical(json.loads(written)) == written.encode()
    except ValueError:
        return False


def is_taken(written):
    try:
        return parse_canonical(written) == json.loads(written)
    except ValueError:
        return False


@given(ANY, st.booleans(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_short_way_to_canonical_form_agrees_with_the_long_one(document, ascii_only, in_order):
    written = json.dumps(
        document, ensure_ascii=ascii_only, sort_keys=in_order, separators=(",", ":")
    )
    assert is_taken(written) == is_canonical(written)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("1.0", False),
        ("[1.5]", True),
        ("[1e3]", False),
        ('{"a":1.5e300}', False),
        ('{"a":1.5e+300}', True),
        ("-0", False),
        ("[-0.0]", False),
        ("[NaN]", False),
        ("[9007199254740991]", True),
        ("[9007199254740993]", False),
        ('{"\U0001f600":1,"\uffff":2}', True),
        ('{"\uffff":1,"\U0001f600":2}', False),
        ('{"a":1,"b":2}', True),
        ('{"b":1,"a":2}', False),
        ('["\\ud800"]', False),
        ("null", True),
        (" 1", False),
    ],
)
def test_numbers_and_names_where_two_writers_differ(written, taken):
    assert is_taken(written) == is_canonical(written) == taken

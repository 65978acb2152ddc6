"""An Entry's bytes: the leaf that goes into the tree, and the salted digest inside it.

The leaf is RFC 8785 JSON and holds no personal detail: number, kind, time, digest. Who did what
to whom lies in the event's body, which can be erased together with its salt; then the digest
tells nothing, not even to somebody who guesses the body.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from checkthegate.ledger.faults import Malformed
from checkthegate.model.canonical import canonical
from checkthegate.model.event import EVENT_SCHEMA, Event, event_from_json

ENTRY_SCHEMA = "checkthegate.entry/1"
SALT_BYTES = 32
ERASURE_KIND = "person-erased"
ERASED_ENTRIES = "entries"
"""The key in the body of a `person-erased` event: numbers of entries whose bodies are gone."""

KIND = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
AT = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6}Z"
_DIGEST = r"sha256:[0-9a-f]{64}"
_NUMBER = r"0|[1-9][0-9]{0,14}"
_LEAF = re.compile(
    rf'\{{"at":"({AT})","body":"({_DIGEST})","entry":({_NUMBER}),"kind":"({KIND})",'
    rf'"schema":"{re.escape(ENTRY_SCHEMA)}"\}}'.encode()
)


class StoredEntry(NamedTuple):
    """An entry as a store keeps it: `salt` and `body` are None once they were erased.

    `number` counts from 0: it is the leaf's index in the tree. `body` is the canonical event.
    """

    number: int
    leaf: bytes
    salt: bytes | None
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a leaf says. `digest` is the salted digest, `sha256:<hex>`."""

    number: int
    kind: str
    at: str
    digest: str


def entry_of(number: int, event: Event, salt: bytes) -> StoredEntry:
    """The entry that records `event`. `salt` is 32 random bytes, fresh for each entry.

    Raises `Malformed` when the event's kind or time has no place in a leaf.
    """
    body = event.canonical()
    return StoredEntry(
        number, leaf(number, event.kind, event.at, salted_digest(salt, body)), salt, body
    )


def leaf(number: int, event_kind: str, at: str, body_digest: str) -> bytes:
    """The leaf's bytes: RFC 8785 JSON. Raises `Malformed` for a wrong kind, time or digest.

    `at` is UTC with microseconds: `2026-03-01T12:00:00.000000Z`.
    """
    made = (
        f'{{"at":"{at}","body":"{body_digest}","entry":{number},"kind":"{event_kind}",'
        f'"schema":"{ENTRY_SCHEMA}"}}'
    ).encode("utf-8", "replace")
    parse_leaf(made)
    return made


def parse_leaf(stored: bytes) -> Leaf:
    """What the leaf says. Raises `Malformed` unless the bytes are exactly canonical."""
    found = _LEAF.fullmatch(stored)
    if found is None:
        raise Malformed("the entry is not in its canonical form")
    at, digest, number, kind = (part.decode() for part in found.groups())
    return Leaf(int(number), kind, at, digest)


def salted_digest(salt: bytes, canonical_event: bytes) -> str:
    """`sha256:<hex>` of salt and canonical event. Raises `Malformed` unless the salt is 32 bytes.

    The fixed length keeps bytes from moving between salt and body.
    """
    if len(salt) != SALT_BYTES:
        raise Malformed(f"the salt has {len(salt)} bytes instead of {SALT_BYTES}")
    return "sha256:" + sha256(salt + canonical_event).hexdigest()


def leaf_hash(stored: bytes) -> bytes:
    """The leaf's hash in the tree: 32 bytes (RFC 6962)."""
    return sha256(b"\x00" + stored).digest()


def parse_body(stored: bytes) -> Event:
    """The event in a body. Raises `Malformed` unless it is the canonical form of one."""
    try:
        document = parse_canonical(stored.decode())
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("its body is not readable as JSON") from None
    if not _has_event_shape(document):
        raise Malformed(f"its body is not a {EVENT_SCHEMA} document")
    return event_from_json(document)


def parse_canonical(text: str) -> Any:
    """The document that `text` is the RFC 8785 form of. Raises `Malformed` or `ValueError`.

    Python's own writer makes that form too, several times as fast, except for fractions, numbers
    beyond 15 digits, and names outside the basic plane: those go the long way.
    """
    try:
        document = _PLAIN.decode(text) if text.isascii() or not _ASTRAL.search(text) else None
        again = _WRITER.encode(document)
    except _NotPlain:
        document = None
    if document is None:
        document = json.loads(text)
        again = canonical(document).decode()
    if again != text:
        raise Malformed("its body is not in canonical form")
    return document


class _NotPlain(Exception):
    """A number that Python may write otherwise than RFC 8785."""


def _not_plain(_number: str) -> Any:
    raise _NotPlain


def _plain_integer(digits: str) -> int:
    return int(digits) if len(digits) <= 15 else _not_plain(digits)


_PLAIN = json.JSONDecoder(
    parse_float=_not_plain, parse_int=_plain_integer, parse_constant=_not_plain
)
_WRITER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def _has_event_shape(document: Any) -> bool:
    texts = ("schema", "kind", "subject", "at", "by")
    return (
        isinstance(document, dict)
        and document.keys() == {*texts, "effective", "body"}
        and all(isinstance(document[name], str) for name in texts)
        and isinstance(document["effective"], str | None)
        and isinstance(document["body"], dict)
        and document["schema"] == EVENT_SCHEMA
    )

"""A Bundle: entries, proofs and a checkpoint in one file, verified with no home and no network.

It holds either every entry (`complete`) or chosen ones with their proofs. Whoever made it signed
the whole of it (`seal`), so that no word in it can change unnoticed. Intact is not trusted: only
a key that the reader already knows says whose word it is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkthegate.ledger.breaks import Break, in_order
from checkthegate.ledger.bundle_form import BUNDLE_SCHEMA, DOES_NOT_PROVE, PROVES, check_form
from checkthegate.ledger.entries import (
    Leaf,
    StoredEntry,
    leaf_hash,
    parse_body,
    parse_leaf,
    salted_digest,
)
from checkthegate.ledger.faults import Malformed
from checkthegate.ledger.merkle import NodeLookup, inclusion_proof, tree_root
from checkthegate.ledger.notes import (
    Checkpoint,
    PublicKey,
    note_signers,
    origin_of,
    parse_checkpoint,
    parse_key,
    parse_note,
    public_key,
    sign_note,
)
from checkthegate.ledger.proofs import proves_inclusion
from checkthegate.ledger.sealed import signed_checkpoint
from checkthegate.model.canonical import canonical
from checkthegate.model.event import Event


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry in a bundle. `event` is None when its body was left out or erased."""

    leaf: Leaf
    event: Event | None


@dataclass(frozen=True, slots=True)
class BundleVerdict:
    """What a bundle is worth: `intact` when all fits, `trusted` when its key is a known one.

    `key` is the signing key's fingerprint, empty when none can be read. `checkpoint` is None
    and `entries` are empty when the bundle cannot be read at all.
    """

    intact: bool
    trusted: bool
    key: str
    production: str | None
    checkpoint: Checkpoint | None
    entries: tuple[ProvenEntry, ...]
    breaks: tuple[Break, ...]

    @property
    def ok(self) -> bool:
        """Whether it is intact and its key is known."""
        return self.intact and self.trusted

    def as_json(self) -> dict[str, Any]:
        """The verdict for scripts: the entries as their numbers."""
        return {
            "ok": self.ok,
            "intact": self.intact,
            "trusted": self.trusted,
            "key": self.key,
            "production": self.production,
            "entries": [proven.leaf.number for proven in self.entries],
            "size": self.checkpoint.size if self.checkpoint else 0,
            "root": self.checkpoint.root.hex() if self.checkpoint else "",
            "breaks": [found.as_json() for found in self.breaks],
        }


def make_bundle(
    entries: Iterable[StoredEntry],
    checkpoint: str,
    key: Ed25519PrivateKey,
    *,
    nodes: NodeLookup | None = None,
    production: str | None = None,
) -> dict[str, Any]:
    """The `checkthegate.bundle/1` document.

    With `nodes` it holds the chosen entries and their proofs; without, it must be given all
    entries up to the checkpoint. An entry without a body is shown without what it says. Raises
    `ValueError` when the entries do not fit the checkpoint.
    """
    signer = public_key(key)
    size = signed_checkpoint(checkpoint, [signer]).size
    chosen = list(entries)
    if nodes is None and [stored.number for stored in chosen] != list(range(size)):
        raise ValueError(f"a complete bundle holds all {size} entries in order")
    document = {
        "schema": BUNDLE_SCHEMA,
        "production": production,
        "proves": PROVES,
        "does_not_prove": DOES_NOT_PROVE,
        "key": signer.text,
        "checkpoint": checkpoint,
        "complete": nodes is None,
        "entries": [_entry(stored, size, nodes) for stored in chosen],
    }
    return {**document, "seal": sign_note(_sealed_text(document), key)}


def verify_bundle(content: bytes, trusted_keys: Collection[str]) -> BundleVerdict:
    """Verify the bytes of a bundle. `trusted_keys` are fingerprints (see `key_fingerprint`).

    Never raises for what is in the bundle: whatever is wrong becomes a break.
    """
    try:
        document = _read(content)
        key = parse_key(document["key"])
        checkpoint = parse_checkpoint(document["checkpoint"])
    except Malformed as fault:
        unreadable = Break(None, f"The bundle cannot be read: {fault}.")
        return BundleVerdict(False, False, "", None, None, (), (unreadable,))
    breaks = [*_signature_breaks(document, key, checkpoint)]
    proven = _proven(document, checkpoint, breaks)
    intact, trusted = not breaks, key.fingerprint in trusted_keys
    if not trusted:
        breaks.append(Break(None, f"The bundle's key is not one you trust: {key.fingerprint}."))
    return BundleVerdict(
        intact=intact,
        trusted=trusted,
        key=key.fingerprint,
        production=document["production"],
        checkpoint=checkpoint,
        entries=tuple(proven),
        breaks=in_order(breaks),
    )


def _entry(stored: StoredEntry, size: int, nodes: NodeLookup | None) -> dict[str, Any]:
    shown = stored.body is not None and stored.salt is not None
    path = inclusion_proof(stored.number, size, nodes) if nodes else []
    return {
        "leaf": stored.leaf.decode(),
        "salt": stored.salt.hex() if shown and stored.salt else None,
        "event": stored.body.decode() if shown and stored.body else None,
        "proof": [sibling.hex() for sibling in path],
    }


def _sealed_text(document: Mapping[str, Any]) -> str:
    """What the seal signs: the digest of all the rest."""
    rest = {name: part for name, part in document.items() if name != "seal"}
    return f"{BUNDLE_SCHEMA}\nsha256:{sha256(canonical(rest)).hexdigest()}\n"


def _read(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content.decode(), object_pairs_hook=_without_twins)
    except (ValueError, RecursionError) as problem:
        raise Malformed(
            str(problem) if isinstance(problem, Malformed) else "it is not JSON"
        ) from None
    return check_form(document)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise Malformed("a field is there twice")
    return named


def _signature_breaks(
    document: Mapping[str, Any], key: PublicKey, checkpoint: Checkpoint
) -> Iterable[Break]:
    if key.name != origin_of(key.raw):
        yield Break(None, "The key does not bear the name of the ledger that it signs.")
    try:
        signed_checkpoint(document["checkpoint"], [key])
    except Malformed as fault:
        yield Break(None, f"The checkpoint does not verify: {fault}.")
    try:
        seal = parse_note(document["seal"])
        sealed = note_signers(seal, [key]).ok and seal.text == _sealed_text(document)
    except ValueError:
        sealed = False
    if not sealed:
        yield Break(None, "The bundle was changed after it was made, or sealed by another key.")
    if checkpoint.size < len(document["entries"]):
        yield Break(None, "The bundle has more entries than its checkpoint covers.")


def _proven(
    document: Mapping[str, Any], checkpoint: Checkpoint, breaks: list[Break]
) -> list[ProvenEntry]:
    """The entries that verify; a break for each that does not."""
    proven: list[ProvenEntry] = []
    before = -1
    for place, given in enumerate(document["entries"]):
        number: int | None = None
        try:
            leaf = parse_leaf(given["leaf"].encode("utf-8", "replace"))
            number = leaf.number
            if number <= before or (document["complete"] and number != place):
                raise Malformed("it is out of order")
            before = number
            if not document["complete"]:
                _require_inclusion(given, leaf, checkpoint)
            proven.append(ProvenEntry(leaf, _event(given, leaf)))
        except Malformed as fault:
            what = f"Entry {place if number is None else number} does not verify: {fault}."
            breaks.append(Break(number, what))
    if document["complete"] and not _all_there(document, checkpoint):
        breaks.append(Break(None, "The entries are not those that the checkpoint signs."))
    return proven


def _require_inclusion(given: Mapping[str, Any], leaf: Leaf, checkpoint: Checkpoint) -> None:
    path = [bytes.fromhex(sibling) for sibling in given["proof"]]
    hashed = leaf_hash(given["leaf"].encode())
    if not proves_inclusion(hashed, leaf.number, checkpoint.size, path, checkpoint.root):
        raise Malformed("its proof does not lead to the checkpoint")


def _all_there(document: Mapping[str, Any], checkpoint: Checkpoint) -> bool:
    leaves = [given["leaf"].encode("utf-8", "replace") for given in document["entries"]]
    return (
        len(leaves) == checkpoint.size
        and not any(given["proof"] for given in document["entries"])
        and tree_root([leaf_hash(one) for one in leaves]) == checkpoint.root
    )


def _event(given: Mapping[str, Any], leaf: Leaf) -> Event | None:
    if given["event"] is None and given["salt"] is None:
        return None
    if given["event"] is None or given["salt"] is None:
        raise Malformed("a body needs its salt, and a salt its body")
    body = given["event"].encode("utf-8", "replace")
    if salted_digest(bytes.fromhex(given["salt"]), body) != leaf.digest:
        raise Malformed("its body or salt was changed")
    event = parse_body(body)
    if (event.kind, event.at) != (leaf.kind, leaf.at):
        raise Malformed("its body names another kind or time")
    return event

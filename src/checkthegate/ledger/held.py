"""A checkpoint somebody holds outside the home: finding it, and comparing the ledger with it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import Any

from checkthegate.ledger.breaks import Break
from checkthegate.ledger.faults import Malformed
from checkthegate.ledger.merkle import NodeLookup, consistency_proof, root_at
from checkthegate.ledger.notes import Checkpoint, PublicKey, parse_checkpoint
from checkthegate.ledger.proofs import proves_consistency
from checkthegate.ledger.sealed import signed_checkpoint

_WRITTEN_OUT = re.compile(
    r"checkthegate/[0-9a-f]{16}\n[0-9]{1,15}\n[A-Za-z0-9+/]{43}=\n\n"
    r"(?:— \S{1,200} [A-Za-z0-9+/]{8,10000}={0,2}\n){1,16}"
)


def held_checkpoint(content: bytes) -> str:
    """The checkpoint in a report, packet, certificate or bundle, or in a file of its own.

    JSON holds it in the field `checkpoint`; any other text holds it written out. Raises
    `Malformed` when there is none. The signature is not verified.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Malformed("the file is not text, so no checkpoint can be read from it") from None
    found = _in_json(text) or _in_text(text)
    if found is None:
        raise Malformed("the file carries no checkpoint")
    parse_checkpoint(found)
    return found


def compare_held(
    held: str, newest: Checkpoint, keys: Iterable[PublicKey], nodes: NodeLookup
) -> list[Break]:
    """Prove that the ledger at `newest` begins with what `held` was made of, or say why not.

    Reads about 2·log2(size) stored nodes; they are trusted only as far as the roots confirm.
    """
    try:
        checkpoint = signed_checkpoint(held, keys)
    except Malformed as fault:
        return [Break(None, f"The checkpoint held outside does not verify: {fault}.")]
    name = f"The checkpoint held outside (of {checkpoint.size} entries)"
    if checkpoint.origin != newest.origin:
        return [Break(None, f"{name} is of another ledger, “{checkpoint.origin}”.")]
    if checkpoint.size > newest.size:
        what = f"{name} covers more entries than the ledger has, {newest.size}: some were cut off."
        return [Break(newest.size, what)]
    return [] if _extends(checkpoint, newest, nodes) else [Break(None, _changed(name))]


def _extends(old: Checkpoint, new: Checkpoint, nodes: NodeLookup) -> bool:
    try:
        proof = consistency_proof(old.size, new.size, nodes)
        if root_at(new.size, nodes) != new.root:
            return False
    except LookupError:
        return False
    return proves_consistency(old.size, new.size, proof, old.root, new.root)


def _changed(name: str) -> str:
    return f"{name} does not fit the ledger: what it covers was changed since."


def _in_json(text: str) -> str | None:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    checkpoint = document.get("checkpoint")
    if checkpoint is None and isinstance(document.get("runs"), list):
        # A report for code scanners (SARIF) has no room for keys of ours but here.
        properties = [run.get("properties") for run in document["runs"] if isinstance(run, dict)]
        found = [each.get("checkpoint") for each in properties if isinstance(each, dict)]
        checkpoint = found[0] if found else None
    return checkpoint if isinstance(checkpoint, str) else None


def _in_text(text: str) -> str | None:
    found = _WRITTEN_OUT.search(html.unescape(text).replace("\r\n", "\n"))
    return found[0] if found else None

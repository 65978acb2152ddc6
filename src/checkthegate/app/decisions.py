"""Seals a decision into the ledger, and says by which entry and checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from checkthegate.model import digest_json

if TYPE_CHECKING:
    from checkthegate.app.check import CheckRequest
    from checkthegate.app.home import Home

_SEALED = ("decision", "checkpoint", "certificate")


def seal_decision(home: Home, request: CheckRequest, document: Mapping[str, Any]) -> dict[str, Any]:
    """Record the decision; returns what the report says of it.

    What is sealed is the digest of the report without the two keys returned here: whoever
    holds the report can show that it is the one that was decided.
    """
    from checkthegate.app.recording import event, new_id, record, records_of
    from checkthegate.registry.times import as_of

    id_ = new_id("dec")
    body: dict[str, Any] = {
        "verdict": document["verdict"],
        "approval": document["approval"],
        "final": document["final"],
        "delivery": ", ".join(path.resolve().name for path in request.meant[:3]),
        "document": document_digest(document),
        "packs": document["packs"],
        "assets": document["summary"]["assets"],
    }
    if request.as_of:
        body["as_of"] = as_of(request.as_of).valid
    with records_of(home) as store:
        receipt = record(store, event("decision-made", id_, body))
    return {
        "decision": {"id": id_, "entry": receipt.entries[0]},
        "checkpoint": receipt.checkpoint,
    }


def document_digest(document: Mapping[str, Any]) -> str:
    """The digest that a decision seals: of the report without what only sealing adds."""
    return digest_json({key: value for key, value in document.items() if key not in _SEALED})

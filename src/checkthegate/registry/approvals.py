"""Written approvals from outside, as they stand at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from checkthegate.model.registry import (
    ApprovedRange,
    AsOf,
    Cover,
    SignatureStatus,
    Standing,
    WrittenApproval,
)
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.times import began, in_effect, past


def approvals_for(
    rows: Rows,
    when: AsOf,
    *,
    digests: Iterable[str] = (),
    uses: Iterable[str] = (),
    rule: str | None = None,
) -> tuple[WrittenApproval, ...]:
    """The approvals that name one of these digests or uses, answered by then, newest first.

    With `rule` only those about it. Revoked, ended and negative ones are among them, with
    their standing; one that was answered only later is not.
    """
    found: dict[str, Row] = {}
    named = {row["approval"] for row in rows.among("approval_files", "digest", digests)}
    for row in rows.among("approvals", "id", sorted(named)):
        found[row["id"]] = row
    for use in dict.fromkeys(uses):
        for row in rows.rows("approvals", use=use):
            found[row["id"]] = row
    about = [row for row in found.values() if rule is None or rule in row["rules"]]
    approvals = [approval_of(row, rows, when) for row in about if in_effect(row, when)]
    return tuple(sorted(approvals, key=newness, reverse=True))


def newness(approval: WrittenApproval) -> tuple[str, bool, str]:
    """Sorts by when it was answered; of equal times a no is the newer."""
    return approval.holds_from, not approval.granted, approval.at


def approval_of(row: Row, rows: Rows, when: AsOf) -> WrittenApproval:
    """A row of `approvals` with its files, and where it stands."""
    files = rows.rows("approval_files", approval=row["id"])
    signature = row["signature"]
    return WrittenApproval(
        id=row["id"],
        granted=row["answer"] == "yes",
        person=row["person"],
        capacity=row["capacity"],
        rules=frozenset(row["rules"]),
        covers=Cover(row["covers"]) if row["covers"] in list(Cover) else Cover.BYTES,
        files=frozenset(file["digest"] for file in files),
        use=row["use"],
        ranges=tuple(map(_range, row["ranges"] or ())),
        scope=row["scope"],
        until=row["until"],
        evidence=row["evidence"],
        signature=SignatureStatus(signature)
        if signature in list(SignatureStatus)
        else SignatureStatus.NONE,
        standing=standing_of(row, rows, when),
        holds_from=row["holds_from"],
        imported_by=row["by"],
        at=row["at"],
    )


def standing_of(row: Row, rows: Rows, when: AsOf) -> Standing:
    """Where an approval stands. A no that was withdrawn, or is over, is not on file any more."""
    revoked = began(rows.rows("revocations", subject=row["id"]), when) is not None
    over = past(row["until"], when)
    if row["answer"] != "yes":
        return Standing.MISSING if revoked or over else Standing.REFUSED
    if revoked:
        return Standing.REVOKED
    return Standing.EXPIRED if over else Standing.IN_FORCE


def _range(stated: Any) -> ApprovedRange:
    return ApprovedRange(float(stated["start"]), float(stated["end"]), stated.get("digest"))

"""The certificate of a decision: which bytes passed the gate, by which rules and approvals.

An entry of the ledger names every file of the delivery by its digest. What is handed on is that
entry with its proof, signed: it verifies on any machine, against the delivery in hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checkthegate.app.ledgering import prove, write_bundle
from checkthegate.app.recording import event, new_id, records_of
from checkthegate.app.registry.desk import Desk
from checkthegate.model import Decision, UsageError, Verdict
from checkthegate.model.record import Row

if TYPE_CHECKING:
    from checkthegate.app.home import Home
    from checkthegate.app.planning import Looked

MOST_FILES: Final = 20_000


@dataclass(frozen=True, slots=True)
class CertifiedFile:
    """A file of the delivery as it lay there: report path, `sha256:` digest, bytes."""

    path: str
    digest: str
    size: int


def certified_files(looked: Sequence[Looked]) -> tuple[CertifiedFile, ...]:
    """Every file as it lay on disk; members of archives are vouched for by their archive."""
    listed: list[CertifiedFile] = []
    for each in looked:
        if each.found.member:
            continue
        if each.frames:
            folder = each.found.path[: each.found.path.rfind("/") + 1]
            listed += [
                CertifiedFile(folder + frame.name, frame.digest, frame.size)
                for frame in each.frames
            ]
        else:
            listed.append(CertifiedFile(each.found.path, each.asset.digest, each.found.size))
    return tuple(listed)


def check_target(home: Home | None, file: Path) -> None:
    """Raises `UsageError` when no certificate could be written there, before any work is done."""
    if home is None:
        raise UsageError(
            "A certificate is signed with a home’s key, and no home is in use.",
            hint="Make one: gate init DIR --production NAME; or name one: --home DIR",
        )
    if file.is_dir() or not file.resolve().parent.is_dir():
        raise UsageError(
            f"The certificate cannot be written to “{file}”.",
            hint="Name a file in a folder that is there: --certificate cut.certificate.json",
            path=str(file),
        )


def refused(verdict: Verdict) -> str | None:
    """Why there is no certificate for such a verdict; None when there is one."""
    if verdict in (Verdict.CLEAR, Verdict.NOTIFY):
        return None
    return (
        f"No certificate was written: the verdict is {verdict.value}. Do what the report asks "
        "for, then check again."
    )


def since_of(decision: Decision) -> dict[str, Any] | None:
    """Which earlier cut the decision was compared with, and how many of its events changed."""
    for timeline in decision.timelines:
        if timeline.since:
            return {"of": one_line(timeline.since), **timeline.changes}
    return None


def issue(
    home: Home,
    document: Mapping[str, Any],
    files: Sequence[CertifiedFile],
    out: Path,
    since: Mapping[str, Any] | None = None,
) -> str:
    """Record the certificate and write it to `out`; returns its id.

    `document` is the sealed report. `since` says which decision or certificate came before and
    what changed. Raises `UsageError` when a file's bytes are not known or there are too many.
    """
    unread = [file.path for file in files if not file.digest]
    if unread or len(files) > MOST_FILES:
        what = f"“{unread[0]}” was not read" if unread else f"there are {len(files)} files"
        raise UsageError(
            f"No certificate can be written: {what}.",
            hint="Certify parts of the delivery, each readable and of at most 20,000 files.",
        )
    id_ = new_id("cert")
    with records_of(home) as store:
        desk = Desk(home, store)
        with store.reading() as reading:
            approvals = _approvals(document, reading.rows("approvals"))
        body = _body(document, files, approvals) | ({"since": dict(since)} if since else {})
        desk.write(lambda _: [event("certificate-issued", id_, body)])
        write_bundle(prove(desk, id_), out)
    return id_


def _body(
    document: Mapping[str, Any],
    files: Sequence[CertifiedFile],
    approvals: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "decision": document["decision"]["id"],
        "verdict": document["verdict"],
        "approval": document["approval"],
        "final": document["final"],
        "packs": document["packs"],
        "files": [
            {"digest": file.digest, "path": one_line(file.path), "size": file.size}
            for file in sorted(files, key=lambda file: file.path)
        ],
    }
    return body | ({"approvals": list(approvals)} if approvals else {})


def _approvals(document: Mapping[str, Any], known: Sequence[Row]) -> list[dict[str, Any]]:
    """The approvals that findings rest on, each with the digest of its document."""
    findings = [*document["findings"], *(f for a in document["assets"] for f in a["findings"])]
    used = sorted({f["approval_id"] for f in findings if f.get("approval_id")})
    rows = {row["id"]: row for row in known}
    return [{"id": id_, "evidence": rows[id_]["evidence"]} for id_ in used if id_ in rows]


def one_line(path: str) -> str:
    """The path as one line that the records can hold."""
    return path if path.isprintable() else path.encode("unicode_escape").decode("ascii")

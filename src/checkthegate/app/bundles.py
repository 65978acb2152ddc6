"""Verifies a bundle with no home and no network, and holds a delivery against it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from checkthegate.app.registry.files import digested, files_in
from checkthegate.ledger import (
    BundleVerdict,
    Malformed,
    ProvenEntry,
    key_fingerprint,
    verify_bundle,
)
from checkthegate.ledger.bundle_form import DOES_NOT_PROVE, PROVES
from checkthegate.model import UsageError, digest_bytes

SCHEMA: Final = "checkthegate.bundle-verification/1"
_MOST_BYTES: Final = 2 * 1024**3
_DECISION: Final = "decision-made"
_NAMING: Final = {
    "files-recorded": "recorded",
    "approval-imported": "approved",
    "work-added": "registered",
    "work-changed": "registered",
    _DECISION: "checked",
    "certificate-issued": "certified",
}
_WHOLE: Final = "sequence"


def verify_file(file: Path, keys: Sequence[str], delivery: Path | None) -> dict[str, Any]:
    """The document of `gate verify-bundle`.

    `keys` are keys or fingerprints that are trusted. Raises `UsageError` for a file that cannot
    be opened, or a key that is none.
    """
    trusted = [_fingerprint(key) for key in keys]
    content = _content(file)
    verdict = verify_bundle(content, trusted)
    document = {
        "schema": SCHEMA,
        **verdict.as_json(),
        "facts": [_fact(proven) for proven in verdict.entries],
        "proves": PROVES,
        "does_not_prove": DOES_NOT_PROVE,
    }
    if delivery is not None:
        held = _held_against(verdict, delivery, file)
        document["delivery"] = held
        document["ok"] = bool(document["ok"] and held["ok"])
    return document


def _fact(proven: ProvenEntry) -> dict[str, Any]:
    """What an entry says it is; `subject` None where its body was left out or erased."""
    return {
        "entry": proven.leaf.number,
        "kind": proven.leaf.kind,
        "at": proven.leaf.at,
        "subject": proven.event.subject if proven.event else None,
    }


def _held_against(verdict: BundleVerdict, delivery: Path, bundle: Path) -> dict[str, Any]:
    """Each file of the delivery: certified, changed, or not named; and what is missing."""
    named = _named(verdict, delivery, bundle)
    if not named:
        raise UsageError(
            "The bundle names no files that a delivery could be compared with.",
            hint="Prove the record, approval or decision of these files: gate ledger prove FILE",
            path=str(bundle),
        )
    paths = {path: digest for digest, (path, _) in named.items() if path}
    listed, seen = [], set()
    for each in files_in([delivery]):
        if each.file.resolve() == bundle.resolve():
            continue
        digest = digested(each).digest
        path = _inside(each.path, delivery)
        seen.add(digest)
        listed.append({"path": path, "digest": digest} | _state(path, digest, named, paths))
    lying = {str(each["path"]) for each in listed}
    missing = [
        {"path": path, "digest": digest, "state": "missing", "as": as_}
        for digest, (path, as_) in named.items()
        if digest not in seen and path not in lying
    ]
    found = [*listed, *missing]
    return {"ok": all(each["state"] == "certified" for each in found), "files": found}


def _state(
    path: str, digest: str, named: dict[str, tuple[str, str]], paths: dict[str, str]
) -> dict[str, Any]:
    if digest in named:
        return {"state": "certified", "as": named[digest][1]}
    return {"state": "changed" if path in paths or _last(path) in map(_last, paths) else "unnamed"}


def _named(verdict: BundleVerdict, delivery: Path, bundle: Path) -> dict[str, tuple[str, str]]:
    """Digests that the bundle's facts name, with path and in which capacity."""
    if not verdict.intact:
        return {}
    named: dict[str, tuple[str, str]] = {}
    for proven in verdict.entries:
        event = proven.event
        if event is None or event.kind not in _NAMING:
            continue
        body: Any = event.body
        for file in body.get("files", ()):
            named[file["digest"]] = (str(file.get("path") or ""), _NAMING[event.kind])
        if event.kind == _DECISION and body.get("document"):
            named.update(_of_report(str(body["document"]), delivery, bundle))
    return named


def _of_report(digest: str, delivery: Path, bundle: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """The assets of the report that a decision names by digest, when the report is at hand."""
    for file in _reports(delivery, bundle):
        content = file.read_bytes()
        if digest_bytes(content) != digest:
            continue
        for asset in json.loads(content).get("assets", ()):
            if asset.get("digest") and asset.get("kind") != _WHOLE:
                yield asset["digest"], (asset["path"], _NAMING[_DECISION])
        return


def _reports(delivery: Path, bundle: Path) -> Iterable[Path]:
    beside = bundle.resolve().parent
    return [file for place in (beside, delivery) for file in sorted(place.glob("*.json"))
            if file.resolve() != bundle.resolve()]  # fmt: skip


def _inside(path: str, delivery: Path) -> str:
    """A path as a check of this folder names it."""
    return path.partition("/")[2] if delivery.is_dir() else path


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _fingerprint(key: str) -> str:
    text = key.strip()
    if Path(text).is_file():
        text = Path(text).read_text("utf-8", "replace").strip()
    try:
        return key_fingerprint(text)
    except Malformed as problem:
        raise UsageError(
            f"“{key[:80]}” is not a key: {problem}.",
            hint="Give the key as name+id+key, or its fingerprint: sha256: and 64 digits.",
        ) from None


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UsageError(
                f"“{file}” is too large for a bundle.", hint="Name a bundle.", path=str(file)
            )
        return file.read_bytes()
    except OSError as problem:
        raise UsageError(
            f"“{file}” cannot be read ({problem.strerror}).",
            hint="Name a bundle: a file that gate ledger prove or export wrote.",
            path=str(file),
        ) from None

"""Verifies a bundle with no home and no network, and holds a delivery against it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from checkthegate.app.certificate import one_line
from checkthegate.app.home import FOLDER, home_key
from checkthegate.app.own_reports import known_reports
from checkthegate.app.registry.files import Named, digested, files_in
from checkthegate.delivery.walk import Ours, open_delivery
from checkthegate.ledger import (
    BundleVerdict,
    Malformed,
    ProvenEntry,
    key_fingerprint,
    public_key,
    verify_bundle,
)
from checkthegate.ledger.bundle_form import DOES_NOT_PROVE, PROVES
from checkthegate.model import GateError, UsageError, digest_bytes

SCHEMA: Final = "checkthegate.bundle-verification/1"
_MOST_BYTES: Final = 2 * 1024**3
_DECISION: Final = "decision-made"
_CERTIFIED: Final = "certified"
_NAMING: Final = {
    "files-recorded": "recorded",
    "approval-imported": "approved",
    "work-added": "registered",
    "work-changed": "registered",
    _DECISION: "checked",
    "certificate-issued": _CERTIFIED,
}
_WHOLE: Final = "sequence"
_BY_CHECKS: Final = (_CERTIFIED, _NAMING[_DECISION])
_MOST_KEY_BYTES: Final = 65_536


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


@dataclass(frozen=True, slots=True)
class _NamedFile:
    """A file that a bundle's facts name, and in which capacity; `path` may be empty."""

    digest: str
    path: str
    as_: str


def _held_against(verdict: BundleVerdict, delivery: Path, bundle: Path) -> dict[str, Any]:
    """Each file of the delivery: certified, changed, or not named; and what is missing."""
    named = list(_named(verdict, delivery, bundle))
    if not named:
        raise UsageError(
            "The bundle names no files that a delivery could be compared with.",
            hint="Prove the record, approval or decision of these files: gate ledger prove FILE",
            path=str(bundle),
        )
    known = {each.digest: each.as_ for each in named}
    checked = any(each.as_ in _BY_CHECKS for each in named)
    own = digest_bytes(_content(bundle))
    lying = [
        (path, digest)
        for path, digest in (_lying(delivery, verdict.key) if checked else _recorded(delivery))
        if digest != own
    ]
    named = _as_called(named, {path for path, _ in lying}, delivery)
    paths: dict[str, set[str]] = {}
    for each in named:
        paths.setdefault(each.path, set()).add(each.digest)
    paths.pop("", None)
    names = frozenset(map(_last, paths))
    listed = [
        {"path": path, "digest": digest} | _state(path, digest, known, paths, names)
        for path, digest in lying
    ]
    found = [*listed, *_missing(named, listed)]
    return {"ok": all(each["state"] == "certified" for each in found), "files": found}


def _lying(delivery: Path, key: str) -> Iterator[tuple[str, str]]:
    """Path and digest of everything that a check of the delivery lists; no digest where it could
    not be read."""
    turnover = open_delivery([delivery], None, Ours(reports=known_reports()))
    for found in turnover.files:
        named = Named(Path(found.location[0]), found.path)
        yield one_line(found.path), digested(named).digest
    for gap in turnover.gaps:
        if not _is_home_of(delivery / gap.path, key):
            yield one_line(gap.path), ""


def _recorded(delivery: Path) -> Iterator[tuple[str, str]]:
    """Path and digest of everything that would be put on record of a delivery."""
    for file in files_in([delivery]):
        path = file.path.partition("/")[2] if delivery.is_dir() else file.path
        yield path, digested(file).digest


def _is_home_of(folder: Path, key: str) -> bool:
    """Whether this is the home that signed: a check with it leaves it out."""
    file = folder / "keys" / "home.key"
    try:
        if folder.name != FOLDER or not file.is_file() or file.stat().st_size > _MOST_KEY_BYTES:
            return False
        return public_key(home_key(folder)).fingerprint == key
    except (GateError, OSError):
        return False


def _as_called(named: list[_NamedFile], lying: Collection[str], delivery: Path) -> list[_NamedFile]:
    """The named files by their paths in the delivery: where several paths were checked together,
    each path begins with what was named."""
    front = f"{delivery.resolve().name}/"
    inside = [replace(each, path=each.path.removeprefix(front)) for each in named]
    plain = sum(each.path in lying for each in named)
    return inside if sum(each.path in lying for each in inside) > plain else named


def _state(
    path: str,
    digest: str,
    known: dict[str, str],
    paths: dict[str, set[str]],
    names: Collection[str],
) -> dict[str, Any]:
    # Known bytes in the place of other known bytes are a change: one frame put for another.
    if digest in known and digest in paths.get(path, {digest}):
        return {"state": "certified", "as": known[digest]}
    return {"state": "changed" if path in paths or _last(path) in names else "unnamed"}


def _missing(
    named: Sequence[_NamedFile], listed: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """What is named and lies nowhere. A certified file has to lie there as often as certified."""
    held = {(str(each["path"]), str(each["digest"])) for each in listed}
    paths = {path for path, _ in held}
    elsewhere = Counter(digest for _, digest in held - {(e.path, e.digest) for e in named})
    digests = {digest for _, digest in held}
    for each in dict.fromkeys(named):
        if each.path in paths:
            continue
        if each.as_ == _CERTIFIED:
            elsewhere[each.digest] -= 1
            gone = elsewhere[each.digest] < 0
        else:
            gone = each.digest not in digests
        if gone:
            digests.add(each.digest)
            yield {"path": each.path, "digest": each.digest, "state": "missing", "as": each.as_}


def _named(verdict: BundleVerdict, delivery: Path, bundle: Path) -> Iterator[_NamedFile]:
    """The files that the bundle's facts name."""
    if not verdict.intact:
        return
    for proven in verdict.entries:
        event = proven.event
        if event is None or event.kind not in _NAMING:
            continue
        body: Any = event.body
        for file in body.get("files", ()):
            yield _NamedFile(file["digest"], str(file.get("path") or ""), _NAMING[event.kind])
        if event.kind == _DECISION and body.get("document"):
            yield from _of_report(str(body["document"]), delivery, bundle)


def _of_report(digest: str, delivery: Path, bundle: Path) -> Iterator[_NamedFile]:
    """The assets of the report that a decision names by digest, when the report is at hand."""
    for file in _reports(delivery, bundle):
        content = file.read_bytes()
        if digest_bytes(content) != digest:
            continue
        for asset in json.loads(content).get("assets", ()):
            if asset.get("digest") and asset.get("kind") != _WHOLE:
                yield _NamedFile(asset["digest"], asset["path"], _NAMING[_DECISION])
        return


def _reports(delivery: Path, bundle: Path) -> Iterable[Path]:
    beside = bundle.resolve().parent
    return [file for place in (beside, delivery) for file in sorted(place.glob("*.json"))
            if file.resolve() != bundle.resolve()]  # fmt: skip


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

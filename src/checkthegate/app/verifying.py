"""Verifies a home: ledger, tables, schema, documents, checkpoints held elsewhere.

What is damaged is named and never stops it: a missing key, a file that is no database.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checkthegate.app.configuration import read_configuration
from checkthegate.app.home import FOLDER, find_home, home_key
from checkthegate.app.inspecting import Inspection, guarded
from checkthegate.app.recording import PROJECTION, records_url
from checkthegate.ledger import (
    NOT_PROVEN,
    Break,
    Malformed,
    PublicKey,
    held_checkpoint,
    parse_checkpoint,
    public_key,
)
from checkthegate.model import UsageError
from checkthegate.store.records import upgrade_records

SCHEMA = "checkthegate.verification/1"
COVERED = (
    "every entry of the ledger with its body and salt, the tree over them, every signed "
    "checkpoint, every row of every table and the schema itself, the fingerprints and the "
    "documents that are kept by digest, and the newest reports of this home as witnesses"
)
NOT_COVERED = (
    "gate.toml, the trusted roots and the packs in the home are settings, not records: a report "
    "names the packs and the key it was made with. Files with “cache” in their name may change."
)
_WITNESSES = 5
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(slots=True)
class Ground:
    """What there is to verify. `faults` were found on the way to it; `readable` is False when
    the home is not one this account knows, so that its records are left alone."""

    folder: Path
    keys: tuple[PublicKey, ...]
    url: str
    faults: list[Break] = field(default_factory=list)
    readable: bool = True


def verify_home(named: Path | None, against: Path | None) -> dict[str, Any]:
    """The document of `gate ledger verify`. Raises `UsageError` when there is no home at all,
    or `against` carries no checkpoint."""
    ground = find_ground(named)
    held = [] if against is None else [checkpoint_in(against)]
    if not ground.readable:
        return _document(ground, 0, "", 0, ground.faults, None)
    # Records of an older version would differ in every table that is new. Where they cannot be
    # brought up, that is what is said of them.
    guarded(lambda: upgrade_records(ground.url, PROJECTION), None)
    inspection = Inspection(ground.url, PROJECTION)
    witnesses = [each for each in _witnesses(ground) if each not in held]
    chain = inspection.chain(ground.keys, [*held, *witnesses])
    breaks = [*ground.faults, *chain.breaks, *inspection.differences()]
    breaks += documents(ground.folder, inspection.rows("documents"))
    breaks += inspection.breaks
    stated = chain.as_json()
    return _document(
        ground, stated["entries"], stated["root"], stated["checkpoints"], breaks,
        inspection.newest(),
    ) | ({"against": _against(held[0], breaks)} if held else {})  # fmt: skip


def find_ground(named: Path | None) -> Ground:
    """Where the records are, even when the home cannot be opened as it is."""
    try:
        home = find_home(named)
    except UsageError as problem:
        ground = _damaged(named, problem)
        if ground is None:
            raise
        return ground
    if home is None:
        raise UsageError(
            "There is no home here.", hint="Name one: --home DIR. Or make one: gate init DIR"
        )
    return Ground(home.folder, (public_key(home_key(home.folder)),), records_url(home))


def checkpoint_in(file: Path) -> str:
    """The checkpoint that a report, packet, bundle or checkpoint file carries."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UsageError(
                f"“{file}” is too large for a report.", hint="Name a report.", path=str(file)
            )
        return held_checkpoint(file.read_bytes())
    except OSError as problem:
        raise UsageError(
            f"“{file}” cannot be read ({problem.strerror}).",
            hint="Name a report, packet, bundle or checkpoint that you hold.",
            path=str(file),
        ) from None
    except Malformed as problem:
        raise UsageError(
            f"“{file}” cannot be compared with: {problem}.",
            hint="Name a report, packet, bundle or checkpoint that was made with a home.",
            path=str(file),
        ) from None


def documents(folder: Path, rows: Iterable[Mapping[str, Any]]) -> Iterator[Break]:
    """A break for each document on file that is gone or is no longer what it was."""
    kept = _kept(folder / "documents")
    seen: dict[str, str | None] = {}
    for row in rows:
        digest = str(row["digest"])
        if digest not in seen:
            seen[digest] = _wrong_with(digest, kept)
        if (wrong := seen[digest]) is not None:
            yield Break(row["entry"], f"The document “{row['name'] or digest}” {wrong}.")


def _kept(folder: Path) -> dict[str, Path]:
    """Documents by the digest in their name, whatever ending follows it."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            stem = name.removeprefix("sha256-").partition(".")[0]
            found[f"sha256:{stem}"] = Path(parent) / name
    return found


def _wrong_with(digest: str, kept: Mapping[str, Path]) -> str | None:
    file = kept.get(digest)
    if file is None:
        return "is missing from the home"
    try:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        return f"cannot be read ({problem.strerror})"
    return None if f"sha256:{found}" == digest else "was changed since it was put on file"


def _damaged(named: Path | None, problem: UsageError) -> Ground | None:
    """The ground of a home that does not open; None when it is no home, or not ours to read."""
    folder, trusted = _folder(named)
    if folder is None:
        return None
    none: tuple[PublicKey, ...] = ()
    keys = guarded(lambda: (public_key(home_key(folder)),), none)
    if keys and not trusted:
        return None
    what = "The home’s key is missing or damaged, so that no signature can be verified."
    faults = [Break(None, what if not keys else problem.message)]
    if not trusted:
        told = "Its records were not read, since nothing shows whose they are: name it with --home."
        return Ground(folder, (), "", [*faults, Break(None, told)], readable=False)
    return Ground(folder, keys, _url(folder), faults)


def _folder(named: Path | None) -> tuple[Path | None, bool]:
    """The home's folder by its looks, and whether somebody named it."""
    variable = os.environ.get("GATE_HOME")
    if named is not None or variable:
        place = named if named is not None else Path(str(variable))
        for folder in (place / FOLDER, place):
            if any((folder / each).exists() for each in ("gate.toml", "records.db", "keys")):
                return folder.resolve(), True
        return None, True
    here = Path.cwd()
    for parent in (here, *here.parents):
        if (parent / FOLDER / "gate.toml").is_file():
            return parent / FOLDER, False
    return None, False


def _url(folder: Path) -> str:
    settings = guarded(lambda: read_configuration(folder / "gate.toml").database, "")
    return os.environ.get("GATE_DATABASE_URL") or settings or f"sqlite:///{folder / 'records.db'}"


def _witnesses(ground: Ground) -> list[str]:
    """Checkpoints in the newest reports of the home, where they are of this ledger."""
    reports = ground.folder / "reports"
    files = [*reports.glob("report.json"), *reports.glob("*/report.json")]
    newest = sorted(files, key=_modified, reverse=True)[:_WITNESSES]
    found = [guarded(lambda file=file: checkpoint_in(file), "") for file in newest]  # type: ignore[misc]
    names = tuple(f"{key.name}\n" for key in ground.keys)
    return list(dict.fromkeys(each for each in found if each and each.startswith(names)))


def _modified(file: Path) -> float:
    return guarded(lambda: file.stat().st_mtime, 0.0)


def _against(held: str, breaks: Iterable[Break]) -> dict[str, Any]:
    checkpoint = parse_checkpoint(held)
    consistent = not any("held outside" in found.what for found in breaks)
    return {
        "entries": checkpoint.size,
        "root": checkpoint.root.hex(),
        "consistent": consistent,
    }


def _document(
    ground: Ground, entries: int, root: str, checkpoints: int, breaks: Iterable[Break],
    newest: str | None,
) -> dict[str, Any]:  # fmt: skip
    listed = sorted(dict.fromkeys(breaks), key=lambda each: (each.entry is None, each.entry or 0))
    return {
        "schema": SCHEMA,
        "ok": not listed,
        "entries": entries,
        "root": root,
        "checkpoints": checkpoints,
        "breaks": [found.as_json() for found in listed],
        "home": str(ground.folder),
        "key": ground.keys[0].fingerprint if ground.keys else "",
        "checkpoint": newest,
        "covers": COVERED,
        "not_covered": NOT_COVERED,
        "not_proven": NOT_PROVEN,
    }

"""Reference works: what is protected and whose it is, and what the production owns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checkthegate.app.crew import Content, Crew, looked_at
from checkthegate.app.fingerprinting import (
    Banking,
    Prints,
    Progress,
    banked_by,
    fingerprints_of,
    unwatched,
)
from checkthegate.app.recording import event, found, new_id
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.app.registry.documents import keep_document
from checkthegate.app.registry.files import Digested, digested, files_in
from checkthegate.app.registry.history import history
from checkthegate.model import Asset, UsageError
from checkthegate.model.event import Event
from checkthegate.model.match import Role
from checkthegate.model.record import Row
from checkthegate.model.registry import AsOf
from checkthegate.registry.matches import work_at
from checkthegate.registry.times import in_effect
from checkthegate.seams import RecordReading


@dataclass(frozen=True, slots=True)
class Added:
    """Works that were recorded, and files that were on file already (name, work).

    `fingerprinted` files became known by their content; `warnings` say which are known by their
    bytes alone, and why.
    """

    written: Written
    works: list[dict[str, Any]]
    skipped: list[tuple[str, str]]
    fingerprinted: int
    warnings: list[str]


def add_works(
    desk: Desk,
    paths: Sequence[Path],
    stated: Mapping[str, Any],
    *,
    licence: Mapping[str, Any] | None = None,
    licence_document: Path | None = None,
    as_one: bool = False,
    effective: str | None = None,
    workers: int = 0,
    progress: Progress = unwatched,
) -> Added:
    """Record every file as a work, or all of them `as_one`. Nothing is recorded on a fault.

    `stated` holds `kind`, `owner`, `rights`, `title`, `note`. A file whose bytes are on file as
    a work of the same kind is left out and named; what was missing to know it by its content is
    added.
    """
    named = files_in(paths)
    seen = [looked_at(each.file) for each in named]
    with ThreadPoolExecutor(2) as pool:
        files = list(pool.map(digested, named))
    terms = dict(licence or {})
    if licence_document is not None:
        terms["document"] = keep_document(desk.home, licence_document)
    common = {**stated, **({"licence": terms} if terms else {})}
    skipped: list[tuple[str, str]] = []

    def make(reading: RecordReading) -> list[Event]:
        fresh, again = _new(reading, files, str(stated["kind"]))
        skipped[:] = again
        groups = [fresh] if as_one and fresh else [[file] for file in fresh]
        events = []
        for group in groups:
            body = _body(common, group, paths)
            added = event("work-added", new_id("work"), body, effective=effective)
            banked = [_banked(file) for file in group]
            events += [added, *prints.events(reading, added.subject, banked)]
        return [*events, *_again(reading, prints, files)]

    with Crew(desk.home, workers) as crew:
        contents = [
            Content(_asset(file), each.file, stat)
            for file, each, stat in zip(files, named, seen, strict=True)
        ]
        with desk.store.reading() as reading:
            prints = fingerprints_of(crew, reading, contents, progress)
        written = desk.write(make, fingerprints=prints.bodies)
    works = [
        {"id": each.subject, "title": each.body["title"]}
        for each in written.events
        if each.kind == "work-added"
    ]
    known = banked_by(written.events)
    return Added(written, works, list(skipped), known, prints.warnings)


def _asset(file: Digested) -> Asset:
    return Asset(file.path, file.kind, file.media_type, file.size, file.digest)


def _banked(file: Digested) -> Banking:
    return Banking(file.digest, file.path, Role.WORK)


def _again(reading: RecordReading, prints: Prints, files: Sequence[Digested]) -> Iterator[Event]:
    """What was missing to know files by their content that are works already."""
    works: dict[str, list[Banking]] = {}
    for row in reading.among("work_files", "digest", [file.digest for file in files]):
        works.setdefault(row["work"], []).append(Banking(row["digest"], row["path"], Role.WORK))
    for work, banked in works.items():
        yield from prints.events(reading, work, banked)


def change_work(
    desk: Desk,
    named: str,
    stated: Mapping[str, Any],
    effective: str | None = None,
    *,
    licence: Mapping[str, Any] | None = None,
    licence_document: Path | None = None,
) -> Written:
    """Change what is said of a work; its files stay.

    What `licence` says goes on top of the licence on file: `reference`, `productions`, `starts`,
    `ends`. Only what is stated changes.
    """
    terms = dict(licence or {})
    if licence_document is not None:
        terms["document"] = keep_document(desk.home, licence_document)

    def make(reading: RecordReading) -> list[Event]:
        row = found(reading, "works", named, "title")
        kept = {name: row[name] for name in ("kind", "title", "owner", "rights", "licence", "note")}
        kept["files"] = [
            {name: file[name] for name in ("digest", "path", "size", "media_type")}
            for file in reading.rows("work_files", work=row["id"])
        ]
        wanted = kept | {name: value for name, value in stated.items() if value is not None}
        if terms:
            wanted["licence"] = {**(row["licence"] or {}), **terms}
        if wanted == kept:
            raise UsageError(
                "Nothing of this work would change.", hint="Say what: --owner …, --licence …"
            )
        return [event("work-changed", row["id"], wanted, effective=effective)]

    return desk.write(make)


def list_works(desk: Desk, when: AsOf) -> list[dict[str, Any]]:
    """Every work on file by then, by title."""
    with desk.store.reading() as reading:
        rows = [
            work_at(reading, row, when) for row in reading.rows("works") if in_effect(row, when)
        ]
        counts: dict[str, int] = {}
        for file in reading.rows("work_files"):
            counts[file["work"]] = counts.get(file["work"], 0) + 1
    listed = [_summary(row, counts.get(row["id"], 0)) for row in rows]
    return sorted(listed, key=lambda each: (str(each["title"]).casefold(), each["id"]))


def show_work(desk: Desk, named: str, when: AsOf) -> dict[str, Any]:
    """A work with its files and its history."""
    with desk.store.reading() as reading:
        row = work_at(reading, found(reading, "works", named, "title"), when)
        files = reading.rows("work_files", work=row["id"])
        told = history(reading, row["id"], when)
    names = ("path", "digest", "size", "media_type")
    shown = [{name: file[name] for name in names} for file in files]
    return {**_summary(row, len(files)), "files": shown, "history": told}


def _new(
    reading: RecordReading, files: Sequence[Digested], kind: str
) -> tuple[list[Digested], list[tuple[str, str]]]:
    """The files no work has yet, each content once, and those one has."""
    fresh: dict[str, Digested] = {}
    again = []
    for file in files:
        known = [reading.rows("works", id=each["work"])[0]
                 for each in reading.rows("work_files", digest=file.digest)]  # fmt: skip
        other = next((row for row in known if row["kind"] != kind), None)
        if other is not None:
            raise UsageError(
                f"“{file.path}” is on file already as {other['kind']}: {other['id']}.",
                hint=f"If that is wrong: gate work change {other['id']} --kind {kind}",
            )
        if known or file.digest in fresh:
            again.append((file.path, known[0]["id"] if known else fresh[file.digest].path))
        else:
            fresh[file.digest] = file
    return list(fresh.values()), again


def _body(
    common: Mapping[str, Any], files: Sequence[Digested], paths: Sequence[Path]
) -> dict[str, Any]:
    first = Path(files[0].path)
    one_folder = len(files) > 1 and len(paths) == 1
    title = paths[0].resolve().name if one_folder else first.stem
    return {
        **common,
        "title": common.get("title") or title,
        "files": [file.as_entry() for file in files],
    }


def _summary(row: Row, files: int) -> dict[str, Any]:
    names = ("id", "kind", "title", "owner", "rights", "licence", "note", "at", "holds_from")
    return {**{name: row[name] for name in names}, "files": files}

"""Records generated files: what they are, what they say of themselves, what they came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from checkthegate.app.crew import Content, Crew, cannot_record, looked_at, unread_task
from checkthegate.app.fingerprinting import Banking, Prints, Progress, banked_by, fingerprints_of
from checkthegate.app.recording import event, found, new_id
from checkthegate.app.registry.desk import Desk
from checkthegate.app.registry.files import Named, files_in
from checkthegate.app.resolving import DIGEST
from checkthegate.app.telling import Said, Told, told_by, unsaid_tools
from checkthegate.model import UsageError, canonical
from checkthegate.model.event import Event
from checkthegate.model.match import Role
from checkthegate.model.record import Row
from checkthegate.model.registry import Made, Promise
from checkthegate.seams import RecordReading, TaskResult

SCHEMA: Final = "checkthegate.record/1"
_MOST_IN_ONE: Final = 500
_MOST_BYTES_IN_ONE: Final = 16_000_000


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """What to record. `tools` in the order they worked; `steps` made by hand or without AI.

    `inputs` are files, folders, digests or records. `workers` 0 reads in this process.
    """

    paths: tuple[Path, ...]
    use: str
    tools: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    talents: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    promise: Promise | None = None
    made: Made | None = None
    note: str | None = None
    workers: int = 2


@dataclass(frozen=True, slots=True)
class _Meant:
    """What the request names, as it is on record."""

    use: Row
    tools: tuple[Said, ...]
    talents: tuple[str, ...]


@dataclass(slots=True)
class _Parts:
    """Everything a record's events are made of, and what there is to say about it."""

    meant: _Meant
    told: list[Told]
    inputs: list[dict[str, Any]]
    prints: Prints
    steps: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    already: list[dict[str, Any]] = field(default_factory=list)


def record_files(desk: Desk, request: RecordRequest, progress: Progress) -> dict[str, Any]:
    """Record the files; the `checkthegate.record/1` document. All of them or none.

    Raises `UsageError` when something named is not on record or cannot be read.
    """
    if request.made is Made.MODIFIED and not request.inputs:
        hint = "Name what it was made from: --from-file FILE. It is recorded without, too."
    else:
        hint = ""
    with desk.store.reading() as reading:
        meant = _meant(reading, request)
    with Crew(desk.home, request.workers) as crew:
        parts = _read(desk, request, meant, crew, progress)
        with desk.store.reading() as reading:
            parts.steps = _steps(reading, request, parts)
        if hint:
            parts.warnings.append(f"Nothing says what this was modified from. {hint}")
        _doubts(parts, request)
        written = desk.write(
            lambda reading: _events(reading, request, parts), fingerprints=parts.prints.bodies
        )
    return _document(desk, request, parts, written)


def _read(
    desk: Desk, request: RecordRequest, meant: _Meant, crew: Crew, progress: Progress
) -> _Parts:
    """Everything that the files and their inputs tell, with the fingerprints of both."""
    files = files_in(request.paths)
    with desk.store.reading() as reading:
        named = list(_inputs(reading, request.inputs))
    given = [each for each in named if isinstance(each, Named)]
    told, contents = _told(crew, files, given, progress)
    digests = {content.file: content.asset.digest for content in contents}
    inputs: dict[str, dict[str, Any]] = {}
    for each in named:
        digest, path = (digests[each.file], each.path) if isinstance(each, Named) else each
        inputs.setdefault(digest, {"digest": digest, **({"path": path} if path else {})})
    with desk.store.reading() as reading:
        prints = fingerprints_of(crew, reading, contents, progress, inputs)
    return _Parts(meant, told, list(inputs.values()), prints)


def _meant(reading: RecordReading, request: RecordRequest) -> _Meant:
    use = found(reading, "uses", request.use, "title")
    tools = [_said(reading, use, named) for named in request.tools]
    talents = tuple(found(reading, "talents", each)["id"] for each in request.talents)
    return _Meant(use, tuple(tools), talents)


def _said(reading: RecordReading, use: Row, named: str) -> Said:
    """The tool that is named: one of the registry, else one that only the use declares.

    A tool nobody registered rests on the declaration alone; that is said wherever it counts.
    """
    try:
        row = found(reading, "tools", named)
    except UsageError as problem:
        if "several" in problem.message:
            raise
        steps = use["declaration"].get("tools") or ()
        for step in steps:
            if str(step.get("name") or "").casefold() == named.casefold():
                return Said(None, str(step["name"]))
        raise UsageError(
            f"There is no tool “{named}” on record, and the use does not name one either.",
            hint=f"Add it first: gate tool add “{named}”. Known ones: gate tool list",
        ) from None
    return Said(row["id"], row["name"], row["version"], row["maker"])


def _told(
    crew: Crew, files: Sequence[Named], inputs: Sequence[Named], progress: Progress
) -> tuple[list[Told], list[Content]]:
    """What each file is and says, read by all observers; and what it and each input is.

    Raises for one that cannot be read.
    """
    named = [*files, *inputs]
    seen = [looked_at(each.file) for each in named]
    observers = crew.observers()
    tasks = [
        unread_task(number, each, observers if number < len(files) else ())
        for number, each in enumerate(named)
    ]
    results: dict[int, TaskResult] = {}
    for result in crew.results(tasks):
        results[result.number] = result
        progress(len(results), len(named), named[result.number].path)
    told, contents = [], []
    for number, each in enumerate(named):
        result = results[number]
        if result.problem is not None or result.asset is None:
            raise cannot_record(each.file, result.problem)
        contents.append(Content(result.asset, each.file, seen[number]))
        if number < len(files):
            said = [one for observed in result.observed for one in observed.observations]
            told.append(told_by(result.asset, said, crew.home.digest_key))
    return told, contents


def _inputs(
    reading: RecordReading, named: Sequence[str]
) -> Iterator[Named | tuple[str, str | None]]:
    """Everything the files were made from: a file, or the digest and path of one on record."""
    for each in named:
        yield from _input(reading, each)


def _input(reading: RecordReading, named: str) -> Iterator[Named | tuple[str, str | None]]:
    if DIGEST.fullmatch(named):
        known = reading.rows("record_files", digest=named)
        yield named, known[0]["path"] if known else None
    elif named.startswith("rec_") and not Path(named).exists():
        files = reading.rows("record_files", record=found(reading, "records", named)["id"])
        yield from ((row["digest"], row["path"]) for row in files)
    else:
        yield from files_in([Path(named)])


def _steps(reading: RecordReading, request: RecordRequest, parts: _Parts) -> list[dict[str, Any]]:
    """The steps in order: the tools that were said, those only the files name, those by hand.

    A tool that a file names and nobody said counts as a step: leaving a tool out must not make
    a record better.
    """
    said = parts.meant.tools
    steps = [_step(each.name, each.id, each.version) for each in said]
    for each in parts.told:
        for place in _places(each, said):
            models = dict.fromkeys((*steps[place].get("models", ()), *each.models))
            if models:
                steps[place]["models"] = list(models)
    unsaid = unsaid_tools(parts.told, said)
    for tool, paths in unsaid.files.items():
        rows = [row for row in reading.rows("tools") if row["name"].casefold() == tool.casefold()]
        step = _step(tool, rows[0]["id"] if len(rows) == 1 else None, None)
        if unsaid.models[tool]:
            step["models"] = list(unsaid.models[tool])
        steps.append(step)
        parts.warnings.append(_contradiction(tool, paths, said, known=bool(rows)))
    steps += [{"name": name, "generative": "no"} for name in request.steps]
    return steps


def _step(name: str, tool: str | None, version: str | None) -> dict[str, Any]:
    step: dict[str, Any] = {"name": name, "generative": "yes"}
    return step | {key: value for key, value in (("tool", tool), ("version", version)) if value}


def _places(told: Told, said: Sequence[Said]) -> list[int]:
    """Which of the tools that were said a file's models belong to."""
    from checkthegate.app.telling import same_tool

    if not told.models:
        return []
    named = [n for n, tool in enumerate(said) if any(same_tool(t, tool) for t in told.tools)]
    return named[:1] or ([0] if said and not told.tools else [])


def _contradiction(tool: str, paths: Sequence[str], said: Sequence[Said], *, known: bool) -> str:
    files = f"“{paths[0]}”" if len(paths) == 1 else f"“{paths[0]}” and {len(paths) - 1} more"
    names = ", ".join(each.name for each in said)
    text = f"{files}: made with {tool}, as it says of itself; --tool says {names}. Both count."
    return text if known else f"{text} {tool} is not on record: gate tool add “{tool}”"


def _doubts(parts: _Parts, request: RecordRequest) -> None:
    """Whatever else does not go together, in sentences."""
    use = parts.meant.use
    if use["closed_at"]:
        parts.warnings.append(f"The use {use['id']} was closed on {use['closed_from'][:10]}.")
    declared = set(use["tools"])
    for tool in parts.meant.tools:
        if tool.id is None:
            parts.warnings.append(
                f"{tool.name} is not in the registry: only the use vouches for it. "
                f"gate tool add “{tool.name}”"
            )
        elif declared and tool.id not in declared:
            parts.warnings.append(f"The use does not name {tool.name} ({tool.id}).")
    given = {Path(str(each.get("path", ""))).name.casefold() for each in parts.inputs}
    missing = {name for told in parts.told for name in told.inputs if name.casefold() not in given}
    if missing:
        count = len(missing)
        first = sorted(missing)[0]
        more = f" and {count - 1} more" if count > 1 else ""
        parts.warnings.append(
            f"The files were made from “{first}”{more}, as they say: name it with --from-file."
        )
    says = {told.made for told in parts.told}
    if request.made is Made.MODIFIED and Made.GENERATED in says:
        parts.warnings.append("It was said to be modified; a file says that it was generated.")
    for told in parts.told:
        for gap in told.gaps:
            parts.warnings.append(f"“{told.asset.path}”: not all of it could be read ({gap}).")


def _events(reading: RecordReading, request: RecordRequest, parts: _Parts) -> list[Event]:
    """The events for what is not on record under this use already, and what makes it known by
    its content; that is added to what is on record, too."""
    use = parts.meant.use["id"]
    parts.already.clear()
    fresh: dict[str, Told] = {}
    known: dict[str, list[Told]] = {}
    for told in parts.told:
        before = _before(reading, told.asset.digest, use)
        if before is not None:
            parts.already.append({"path": told.asset.path, **before})
            known.setdefault(before["record"], []).append(told)
        elif told.asset.digest in fresh:
            same = fresh[told.asset.digest].asset.path
            parts.already.append({"path": told.asset.path, "same_as": same})
        else:
            fresh[told.asset.digest] = told
    events = []
    for chunk in _chunks(list(fresh.values())):
        made = _event(request, parts, chunk)
        events += [made, *parts.prints.events(reading, made.subject, _banked(parts, chunk))]
    for record, again in known.items():
        events += parts.prints.events(reading, record, _known(reading, record, again))
    return events


def _banked(parts: _Parts, files: Sequence[Told]) -> Iterator[Banking]:
    """The files of a record, and what they were made from."""
    for told in files:
        yield Banking(told.asset.digest, told.asset.path, Role.RECORDED)
    for each in parts.inputs:
        yield Banking(each["digest"], str(each.get("path") or each["digest"]), Role.INPUT)


def _known(reading: RecordReading, record: str, files: Sequence[Told]) -> Iterator[Banking]:
    """Files that are on record already, and the inputs that are on record for them."""
    paths = {row["digest"]: row["path"] for row in reading.rows("record_files", record=record)}
    for told in files:
        yield Banking(told.asset.digest, paths[told.asset.digest], Role.RECORDED)
    for edge in reading.rows("record_edges", target=record):
        if edge["source_kind"] == "file":
            yield Banking(edge["source"], edge["label"] or edge["source"], Role.INPUT)


def _before(reading: RecordReading, digest: str, use: str) -> dict[str, Any] | None:
    """The record that has these bytes under this use already."""
    for row in reading.rows("record_files", digest=digest):
        for record in reading.rows("records", id=row["record"], use=use):
            return {"record": record["id"], "at": record["at"], "promise": record["promise"]}
    return None


def _chunks(told: Sequence[Told]) -> Iterator[list[Told]]:
    """Files by record: a record stays small enough to be read and erased as one."""
    chunk: list[Told] = []
    size = 0
    for each in told:
        weight = len(canonical([dict(each.facts), dict(each.private)]))
        if chunk and (len(chunk) >= _MOST_IN_ONE or size + weight > _MOST_BYTES_IN_ONE):
            yield chunk
            chunk, size = [], 0
        chunk.append(each)
        size += weight
    if chunk:
        yield chunk


def _event(request: RecordRequest, parts: _Parts, told: Sequence[Told]) -> Event:
    body = {
        "use": parts.meant.use["id"],
        "steps": parts.steps,
        "files": [_file(each) for each in told],
        "inputs": parts.inputs or None,
        "talents": list(parts.meant.talents) or None,
        "made": request.made or _made(told),
        "promise": request.promise,
        "note": request.note,
    }
    stated = {name: value for name, value in body.items() if value is not None}
    return event("files-recorded", new_id("rec"), stated)


def _made(told: Sequence[Told]) -> Made:
    """Generated, unless every file says that it is a modification of something else."""
    modified = told and all(each.made is Made.MODIFIED for each in told)
    return Made.MODIFIED if modified else Made.GENERATED


def _file(told: Told) -> dict[str, Any]:
    asset = told.asset
    stated = {
        "digest": asset.digest,
        "path": asset.path,
        "size": asset.size,
        "kind": asset.kind,
        "media_type": asset.media_type,
        "facts": dict(told.facts) or None,
        "private": dict(told.private) or None,
    }
    return {name: value for name, value in stated.items() if value not in (None, "")}


def _document(desk: Desk, request: RecordRequest, parts: _Parts, written: Any) -> dict[str, Any]:
    from checkthegate.app.record_view import record_shown

    made = [each.subject for each in written.events if each.kind == "files-recorded"]
    with desk.store.reading() as reading:
        records = [record_shown(reading, each, files=False) for each in made]
    return {
        "schema": SCHEMA,
        "use": parts.meant.use["id"],
        "title": parts.meant.use["title"],
        "files": sum(each["files"] for each in records),
        "records": records,
        "already": list(parts.already),
        "fingerprinted": banked_by(written.events),
        "inputs": _linked(desk, parts.inputs),
        "warnings": list(dict.fromkeys((*parts.warnings, *parts.prints.warnings))),
        "changed": written.changed if written.events else [],
    }


def _linked(desk: Desk, inputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The inputs, with the records they are files of."""
    with desk.store.reading() as reading:
        return [
            {**each, "records": [row["record"] for row in
                                 reading.rows("record_files", digest=each["digest"])]}
            for each in inputs
        ]  # fmt: skip

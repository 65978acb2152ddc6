"""Records generated files: what they are, what they say of themselves, what they came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from checkthegate.app.home import Home
from checkthegate.app.recording import event, found, new_id
from checkthegate.app.registry.desk import Desk
from checkthegate.app.registry.files import Named, digested, files_in
from checkthegate.app.resolving import DIGEST
from checkthegate.app.telling import Said, Told, told_by, unsaid_tools
from checkthegate.model import Asset, Kind, UsageError, canonical
from checkthegate.model.event import Event
from checkthegate.model.record import Row
from checkthegate.model.registry import Made, Promise
from checkthegate.seams import Executor, RecordReading, Task, TaskResult

SCHEMA: Final = "checkthegate.record/1"
_MOST_IN_ONE: Final = 500
_MOST_BYTES_IN_ONE: Final = 16_000_000
_INLINE: Final = 2

Progress = Callable[[int, int, str], None]
"""(files done, files in all, the file just done)."""


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
    steps: list[dict[str, Any]]
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
    files = files_in(request.paths)
    told = _told(desk.home, files, request.workers, progress)
    inputs = _inputs(desk, request.inputs)
    parts = _Parts(meant, told, inputs, [])
    with desk.store.reading() as reading:
        parts.steps = _steps(reading, request, parts)
    if hint:
        parts.warnings.append(f"Nothing says what this was modified from. {hint}")
    _doubts(parts, request)
    written = desk.write(lambda reading: _events(reading, request, parts))
    return _document(desk, request, parts, written)


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


def _told(home: Home, files: Sequence[Named], workers: int, progress: Progress) -> list[Told]:
    """What each file is and says, read by all observers. Raises for one that cannot be read."""
    results: dict[int, Told] = {}
    for result in _results(home, files, workers):
        named = files[result.number]
        if result.problem is not None or result.asset is None:
            raise UsageError(
                f"“{named.file}” cannot be recorded: {result.problem or 'it cannot be read'}",
                hint="Nothing was recorded. Leave it out, or make it readable, then repeat.",
                path=str(named.file),
            )
        said = [each for observed in result.observed for each in observed.observations]
        results[result.number] = told_by(result.asset, said, home.digest_key)
        progress(len(results), len(files), named.path)
    return [results[number] for number in range(len(files))]


def _results(home: Home, files: Sequence[Named], workers: int) -> Iterator[TaskResult]:
    from checkthegate.app.trust import observer_settings
    from checkthegate.app.wiring import load_observers
    from checkthegate.app.workshop import WorkPlan
    from checkthegate.jobs.inline import InlineExecutor
    from checkthegate.jobs.pool import ProcessPool

    settings = observer_settings(home)
    limits = home.configuration.limits
    names = tuple(observer.id for observer in load_observers(settings))
    tasks = [_task(number, named, names) for number, named in enumerate(files)]
    build = WorkPlan(settings, limits, home.cache if home.cache.exists() else None, pictures=False)
    executor: Executor
    if workers == 0 or len(tasks) <= _INLINE:
        executor = InlineExecutor(build)
    else:
        executor = ProcessPool(build, min(workers, len(tasks)), limits.observer_seconds)
    with closing(executor):
        yield from executor.run(tasks)


def _task(number: int, named: Named, observers: tuple[str, ...]) -> Task:
    unread = Asset(named.path, Kind.OTHER, "", 0, "")
    return Task(number, (str(named.file.resolve()),), observers, unread)


def _inputs(desk: Desk, named: Sequence[str]) -> list[dict[str, Any]]:
    """Digest and path of everything the files were made from, each once."""
    listed: dict[str, dict[str, Any]] = {}
    with desk.store.reading() as reading:
        for each in named:
            for digest, path in _input(reading, each):
                listed.setdefault(digest, {"digest": digest, **({"path": path} if path else {})})
    return list(listed.values())


def _input(reading: RecordReading, named: str) -> Iterator[tuple[str, str | None]]:
    if DIGEST.fullmatch(named):
        known = reading.rows("record_files", digest=named)
        yield named, known[0]["path"] if known else None
    elif named.startswith("rec_") and not Path(named).exists():
        files = reading.rows("record_files", record=found(reading, "records", named)["id"])
        yield from ((row["digest"], row["path"]) for row in files)
    else:
        for file in files_in([Path(named)]):
            yield digested(file).digest, file.path


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
    """The events for what is not on record under this use already."""
    use = parts.meant.use["id"]
    parts.already.clear()
    fresh: dict[str, Told] = {}
    for told in parts.told:
        before = _before(reading, told.asset.digest, use)
        if before is not None:
            parts.already.append({"path": told.asset.path, **before})
        elif told.asset.digest in fresh:
            same = fresh[told.asset.digest].asset.path
            parts.already.append({"path": told.asset.path, "same_as": same})
        else:
            fresh[told.asset.digest] = told
    return [_event(request, parts, chunk) for chunk in _chunks(list(fresh.values()))]


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

    with desk.store.reading() as reading:
        records = [record_shown(reading, each.subject, files=False) for each in written.events]
    return {
        "schema": SCHEMA,
        "use": parts.meant.use["id"],
        "title": parts.meant.use["title"],
        "files": sum(each["files"] for each in records),
        "records": records,
        "already": list(parts.already),
        "inputs": _linked(desk, parts.inputs),
        "warnings": list(dict.fromkeys(parts.warnings)),
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

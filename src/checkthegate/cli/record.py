"""`gate record FILE…|list|show`: puts generated files on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import HomeOption, JsonOption, WorkersOption

_MOST = 20
Files = Annotated[
    list[Path], Parameter(name="FILE", negative="", help="Generated files, folders, frames.")
]
Use = Annotated[str, Parameter(help="The use they were made under: its id or title.")]
Tools = Annotated[
    list[str], Parameter(negative="", help="What made them; several in the order they worked.")
]
Inputs = Annotated[
    list[str] | None,
    Parameter(
        negative="",
        consume_multiple=True,
        help="What they were made from: files, folders, digests or records.",
    ),
]
Temp = Annotated[bool, Parameter(negative="", help="Promised never to be in the final.")]
Final = Annotated[bool, Parameter(negative="", help="Meant for the final.")]
Talents = Annotated[
    list[str] | None, Parameter(negative="", help="A person it shows or sounds like.")
]
MadeOption = Annotated[
    Literal["generated", "modified"] | None, Parameter(help="What AI did; else the files tell.")
]
Steps = Annotated[
    list[str] | None, Parameter(negative="", help="A further step that generates nothing.")
]


def add_to(app: App) -> None:
    """Register the command and what lies under it."""
    commands = App(name="record", help="Put generated files on record, and see what is there.")
    commands.default(record)
    commands.command(list_records, name="list")
    commands.command(show)
    app.command(commands)


def record(
    files: Files,
    /,
    *,
    use: Use,
    tool: Tools,
    from_file: Inputs = None,
    temp: Temp = False,
    final: Final = False,
    talent: Talents = None,
    made: MadeOption = None,
    step: Steps = None,
    note: Annotated[str | None, Parameter(help="A note to keep with it.")] = None,
    workers: WorkersOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Record generated files with the use, the tools and what they were made from."""
    from checkthegate.app.patterns import with_frames
    from checkthegate.app.record import RecordRequest, record_files
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.cli.counting import counted, processes
    from checkthegate.model import UsageError
    from checkthegate.model.registry import Made, Promise

    if temp and final:
        raise UsageError(
            "--temp and --final contradict each other.", hint="Give the one you promise, or none."
        )
    request = RecordRequest(
        paths=with_frames(files),
        use=use,
        tools=tuple(tool),
        inputs=tuple(str(each) for word in from_file or () for each in with_frames([Path(word)])),
        talents=tuple(talent or ()),
        steps=tuple(step or ()),
        promise=Promise.TEMP if temp else Promise.FINAL if final else None,
        made=Made(made) if made else None,
        note=note,
        workers=processes(workers),
    )
    with desk_of(home) as desk:
        stated = record_files(desk, request, counted())
    if as_json:
        print(json.dumps(stated, ensure_ascii=False))
    else:
        print("\n".join(_recorded(stated)))
    return 0


def list_records(
    *,
    use: Annotated[str | None, Parameter(help="Only what was made under this use.")] = None,
    as_of: Annotated[str | None, Parameter(help="As the records were at this time.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """List everything on record."""
    from checkthegate.app.record_view import records_listed
    from checkthegate.app.registry.desk import desk_of, moment

    with desk_of(home) as desk, desk.store.reading() as reading:
        listed = records_listed(reading, use, moment(as_of))
    if as_json:
        print(json.dumps({"items": listed}, ensure_ascii=False))
        return 0
    for each in listed:
        tools = " → ".join(step["name"] for step in each["steps"])
        promise = each["promise"] or "–"
        print(f"{each['id']}  {each['use']}  {each['files']:>6} files  {promise:<5}  {tools}")
    if not listed:
        print("Nothing is recorded yet. Next: gate record FILE… --use ID --tool NAME")
    return 0


def show(
    named: Annotated[str, Parameter(name="ID", help="The record.")],
    /,
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show one record: its steps, files, and what decides about it."""
    from checkthegate.app.record_view import record_shown
    from checkthegate.app.registry.desk import desk_of

    with desk_of(home) as desk, desk.store.reading() as reading:
        stated = record_shown(reading, named)
    if as_json:
        print(json.dumps(stated, ensure_ascii=False))
    else:
        print("\n".join(_shown(stated)))
    return 0


def _recorded(stated: dict[str, Any]) -> Iterator[str]:
    if not stated["records"]:
        yield "Nothing new: all of this is on record under this use already."
    for each in stated["records"]:
        files = f"{each['files']:,} {'file' if each['files'] == 1 else 'files'}"
        yield f"Recorded {files} as {each['id']}, under {stated['use']} “{stated['title']}”."
        yield f"  made with   {' → '.join(_step(step) for step in each['steps'])}"
        if each["promise"]:
            yield f"  promised    {each['promise']}"
        if each["weakest"]:
            yield f"  what decides  {each['weakest']['reason']}"
        if each["verdict"]:
            yield f"  the use is  {each['verdict']}, approval {each['approval']}"
    for each in stated["inputs"][:_MOST]:
        link = f", itself recorded as {', '.join(each['records'])}" if each["records"] else ""
        yield f"  made from   {each.get('path') or each['digest']}{link}"
    for each in stated["already"][:_MOST]:
        place = each.get("record") or f"the same bytes as {each['same_as']}"
        yield f"  on record already: {each['path']} ({place})"
    if len(stated["already"]) > _MOST:
        yield f"  … and {len(stated['already']) - _MOST:,} more on record already"
    if stated["fingerprinted"] and not stated["records"]:
        yield f"  now known by content: {stated['fingerprinted']:,} of these files and inputs"
    for each in stated["warnings"][:_MOST]:
        yield f"  ! {each}"
    if len(stated["warnings"]) > _MOST:
        yield f"  … and {len(stated['warnings']) - _MOST:,} more warnings: --json shows all"


def _step(step: dict[str, Any]) -> str:
    name = f"{step['name']} ({step['tool']})" if "tool" in step else step["name"]
    return f"{name}, no AI" if step.get("generative") == "no" else name


def _shown(stated: dict[str, Any]) -> Iterator[str]:
    yield f"{stated['id']}, recorded {stated['at'][:19].replace('T', ' ')} UTC by {stated['by']}"
    yield f"  use         {stated['use']}: {stated['verdict'] or '–'}"
    yield f"  made        {stated['made']}, promised {stated['promise'] or 'nothing'}"
    yield f"  made with   {' → '.join(_step(step) for step in stated['steps'])}"
    if stated["weakest"]:
        yield f"  what decides  {stated['weakest']['reason']}"
    for each in stated["inputs"]:
        yield f"  made from   {each['path'] or each['digest']}"
    if stated["note"]:
        yield f"  note        {stated['note']}"
    for file in stated["files"]:
        yield f"  {file['digest'][7:19]}  {file['path']}"
        facts = file["facts"] or {}
        told = [*facts.get("tools", ()), *facts.get("models", ())]
        if told:
            yield f"                says it was made with {', '.join(told)}"

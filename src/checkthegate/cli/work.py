"""`gate work add|change|list|show`: reference works, protected or owned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import (
    AsOfOption,
    EffectiveOption,
    HomeOption,
    JsonOption,
    WorkersOption,
)

Kind = Literal["protected", "owned"]
Work = Annotated[str, Parameter(name="WORK", help="An id, or a title that only one has.")]
Owner = Annotated[str | None, Parameter(help="Whose it is.")]
Rights = Annotated[str | None, Parameter(help="Which rights, in words.")]
Note = Annotated[str | None, Parameter(help="Anything else.")]
Licence = Annotated[str | None, Parameter(help="The licence's name or number.")]
LicenceFile = Annotated[Path | None, Parameter(help="The licence itself.")]
LicensedFor = Annotated[
    list[str] | None,
    Parameter(negative="", consume_multiple=True, help="Productions it is licensed for."),
]
LicensedFrom = Annotated[str | None, Parameter(help="The first day it holds.")]
LicensedTo = Annotated[str | None, Parameter(help="The last day it holds.")]


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="work", help="Reference works: what is protected, what is owned.")
    commands.command(list_, name="list")
    for command in (add, show, change):
        commands.command(command)
    app.command(commands)


def add(
    paths: Annotated[list[Path], Parameter(name="FILE", help="Files and folders.", negative="")],
    /,
    *,
    kind: Annotated[Kind, Parameter(help="Somebody else's, or the production's own.")],
    title: Annotated[str | None, Parameter(help="Its title; else the file's name.")] = None,
    owner: Owner = None,
    rights: Rights = None,
    licence: Licence = None,
    licence_file: LicenceFile = None,
    licensed_for: LicensedFor = None,
    licensed_from: LicensedFrom = None,
    licensed_to: LicensedTo = None,
    as_one: Annotated[bool, Parameter(negative="", help="All the files are one work.")] = False,
    note: Note = None,
    effective: EffectiveOption = None,
    workers: WorkersOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Register works: one a file, or --as-one."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.works import add_works
    from checkthegate.cli.counting import counted, processes
    from checkthegate.cli.shown import given, print_written

    stated = given(kind=kind, title=title, owner=owner, rights=rights, note=note)
    terms = given(
        reference=licence, productions=licensed_for, starts=licensed_from, ends=licensed_to
    )
    with desk_of(home) as desk:
        added = add_works(
            desk, paths, stated, licence=terms, licence_document=licence_file, as_one=as_one,
            effective=effective, workers=processes(workers), progress=counted(),
        )  # fmt: skip
    works = added.works
    shown = "\n".join(f"{each['id']}  {each['title']}" for each in works[:20])
    more = f"\nand {len(works) - 20} more: gate work list" if len(works) > 20 else ""
    left = len(added.skipped)
    notes = [f"{left} files were on file already and left out."] if left else []
    if added.fingerprinted and not works:
        notes.append(f"{added.fingerprinted} of them are now known by their content, too.")
    return print_written(
        added.written,
        f"{shown}{more}" if works else "Nothing new: every file is on file already.",
        as_json=as_json,
        more={
            "items": works,
            "skipped": [{"path": p, "same_as": w} for p, w in added.skipped],
            "fingerprinted": added.fingerprinted,
        },
        notes=[*notes, *added.warnings],
    )


def change(
    work: Work,
    /,
    *,
    kind: Annotated[Kind | None, Parameter(help="Protected, or owned.")] = None,
    title: Annotated[str | None, Parameter(help="Its title.")] = None,
    owner: Owner = None,
    rights: Rights = None,
    licence: Licence = None,
    licence_file: LicenceFile = None,
    licensed_for: LicensedFor = None,
    licensed_from: LicensedFrom = None,
    licensed_to: LicensedTo = None,
    note: Note = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Change what is said of a work, or put a licence for it on file."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.works import change_work
    from checkthegate.cli.shown import given, print_written

    stated = given(kind=kind, title=title, owner=owner, rights=rights, note=note)
    terms = given(
        reference=licence, productions=licensed_for, starts=licensed_from, ends=licensed_to
    )
    with desk_of(home) as desk:
        written = change_work(
            desk, work, stated, effective, licence=terms, licence_document=licence_file
        )
    return print_written(written, f"{written.id}: changed.", as_json=as_json)


def list_(*, as_of: AsOfOption = None, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """List the works."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.works import list_works
    from checkthegate.cli.shown import print_list

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_works(desk, when)
    columns = {
        "ID": lambda work: work["id"],
        "TITLE": lambda work: work["title"],
        "KIND": lambda work: work["kind"],
        "OWNER": lambda work: work["owner"],
        "LICENCE": lambda work: (work["licence"] or {}).get("reference"),
        "FILES": lambda work: work["files"],
    }
    empty = "No work is registered. Add some: gate work add FILE… --kind protected"
    return print_list(listed, columns, as_json=as_json, empty=empty)


def show(
    work: Work,
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show a work with its files and history."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.works import show_work
    from checkthegate.cli.shown import print_one

    when = moment(as_of)
    with desk_of(home) as desk:
        return print_one(show_work(desk, work, when), as_json=as_json)

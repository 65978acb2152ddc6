"""`gate prominence set|list`: what a reviewer found of how much of it is seen."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import AsOfOption, HomeOption, JsonOption


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="prominence", help="How prominent AI material is, as a reviewer found it.")
    commands.command(set_, name="set")
    commands.command(list_, name="list")
    app.command(commands)


def set_(
    named: Annotated[
        str, Parameter(name="FILE|ID", help="The file, its sha256: digest, or a record: rec_…")
    ],
    /,
    *,
    prominence: Annotated[
        Literal["incidental", "prominent", "story"],
        Parameter(name="--as", help="In the background, in plain view, or part of the story."),
    ],
    why: Annotated[str, Parameter(help="What you saw.")],
    by: Annotated[str | None, Parameter(help="Who says so; left out, this account.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """State how prominent a file or a record is: the AI map shows it with every place."""
    from checkthegate.app.recording import whoever
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.prominence import state_prominence
    from checkthegate.cli.shown import print_written

    person = by or whoever()
    with desk_of(home) as desk:
        written = state_prominence(desk, named, prominence, person, why)
    said = f"{written.id}: “{named}” is {prominence}, says {person}."
    return print_written(written, said, as_json=as_json)


def list_(*, as_of: AsOfOption = None, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """List what reviewers found; the newest word on each counts."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.prominence import list_prominence
    from checkthegate.cli.shown import print_list

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_prominence(desk, when)
    columns = {
        "ID": lambda each: each["id"],
        "OF": lambda each: each["path"] or each["record"] or each["digest"][:15],
        "PROMINENCE": lambda each: each["prominence"],
        "BY": lambda each: each["person"],
        "WHY": lambda each: each["why"],
        "": lambda each: " " if each["counts"] else "replaced",
    }
    return print_list(listed, columns, as_json=as_json, empty="No reviewer has stated any.")

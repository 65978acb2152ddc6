"""`gate gap accept|list|show`: a person answers for what could not be looked at."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from checkthegate.cli.options import AsOfOption, HomeOption, JsonOption


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="gap", help="Gaps that a person answers for.")
    commands.command(list_, name="list")
    for command in (accept, show):
        commands.command(command)
    app.command(commands)


def accept(
    pattern: Annotated[
        str, Parameter(name="PATTERN", help="The files' path, or a pattern: editorial/**")
    ],
    /,
    *,
    why: Annotated[str, Parameter(help="Why it may go on without being looked at.")],
    by: Annotated[str, Parameter(help="Who answers for it.")],
    until: Annotated[str | None, Parameter(help="The last day it counts.")] = None,
    observer: Annotated[
        str | None, Parameter(help="Only what this observer could not look at: c2pa, decode, …")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Answer for gaps in files: they stay listed, and no longer force an escalation."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.gaps import accept_gap
    from checkthegate.cli.shown import given, print_written

    stated = given(pattern=pattern, person=by, why=why, until=until, observer=observer)
    with desk_of(home) as desk:
        written = accept_gap(desk, stated)
    said = f"{written.id}: gaps in “{pattern}” are accepted by {by}."
    return print_written(written, said, as_json=as_json)


def list_(*, as_of: AsOfOption = None, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """List the accepted gaps."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.gaps import list_gaps
    from checkthegate.cli.shown import print_list

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_gaps(desk, when)
    columns = {
        "ID": lambda each: each["id"],
        "PATTERN": lambda each: each["pattern"],
        "OBSERVER": lambda each: each["observer"] or "any",
        "BY": lambda each: each["person"],
        "WHY": lambda each: each["why"],
        "UNTIL": lambda each: each["until"],
        "": lambda each: " " if each["counts"] else "over",
    }
    return print_list(listed, columns, as_json=as_json, empty="No gap was accepted.")


def show(
    gap: Annotated[str, Parameter(name="GAP", help="Its id, or its pattern.")],
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show an accepted gap and its history."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.gaps import show_gap
    from checkthegate.cli.shown import print_one

    when = moment(as_of)
    with desk_of(home) as desk:
        return print_one(show_gap(desk, gap, when), as_json=as_json)

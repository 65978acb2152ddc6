"""`gate tool add|review|change|import|list|show`: tools, and what is known of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from checkthegate.cli.options import AsOfOption, EffectiveOption, HomeOption, JsonOption

Version = Annotated[str | None, Parameter(help="Its version, where that matters.")]
Tier = Annotated[str | None, Parameter(help="The plan or licence: enterprise, personal, free.")]
Account = Annotated[str | None, Parameter(help="Whose account it is.")]
Maker = Annotated[str | None, Parameter(help="Who makes it.")]
Note = Annotated[str | None, Parameter(help="Anything else.")]
Tool = Annotated[str, Parameter(name="TOOL", help="An id, or a name that only one has.")]


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="tool", help="Tools, and what is known of their terms.")
    commands.command(list_, name="list")
    commands.command(import_, name="import")
    for command in (add, show, review, change):
        commands.command(command)
    app.command(commands)


def add(
    name: Annotated[str, Parameter(name="NAME", help="Its name, as declarations call it.")],
    /,
    *,
    version: Version = None,
    tier: Tier = None,
    account: Account = None,
    maker: Maker = None,
    note: Note = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Register a tool. Until its terms are reviewed, everything about it is unsure."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.tools import add_tool
    from checkthegate.cli.shown import given, print_written

    stated = given(name=name, version=version, tier=tier, account=account, maker=maker, note=note)
    with desk_of(home) as desk:
        written = add_tool(desk, stated, effective)
    return print_written(
        written,
        f"{written.id}  {name}: added. Nothing is known of it yet, so everything is unsure.",
        as_json=as_json,
        hint=f"gate tool review {written.id} --fact stores=no --source TERMS.pdf --reviewer NAME "
        "--review-by DATE",
    )


def change(
    tool: Tool,
    /,
    *,
    name: Annotated[str | None, Parameter(help="Its new name.")] = None,
    version: Version = None,
    tier: Tier = None,
    account: Account = None,
    maker: Maker = None,
    note: Note = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Change what a tool is. Of another version, tier or account nothing is known any more."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.tools import change_tool
    from checkthegate.cli.shown import given, print_written

    stated = given(name=name, version=version, tier=tier, account=account, maker=maker, note=note)
    with desk_of(home) as desk:
        written = change_tool(desk, tool, stated, effective)
    return print_written(written, f"{written.id}: changed.", as_json=as_json)


def review(
    tool: Tool,
    /,
    *,
    fact: Annotated[
        list[str],
        Parameter(
            negative="", consume_multiple=True,
            help="What the terms say: stores=no, trains=no, environment=partner-enterprise, …",
        ),
    ],
    source: Annotated[Path, Parameter(help="The terms as they were read: a PDF, a page saved.")],
    reviewer: Annotated[str, Parameter(help="Who read them.")],
    review_by: Annotated[str, Parameter(help="The day by which somebody reads them again.")],
    clause: Annotated[str | None, Parameter(help="Where in them it stands.")] = None,
    stated_on: Annotated[
        str | None, Parameter(help="The day they were read; today when left out.")
    ] = None,
    note: Note = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:  # fmt: skip
    """State what a tool's terms say. After --review-by it counts as unsure again."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.tools import review_tool, show_tool
    from checkthegate.cli.shown import given, print_written

    stated = given(reviewer=reviewer, review_by=review_by, stated_on=stated_on, note=note)
    with desk_of(home) as desk:
        written = review_tool(
            desk, tool, fact, source=source, clause=clause, stated=stated, effective=effective
        )
        known = show_tool(desk, written.id, moment(None))
    keeps = ", ".join(f"{name} {known[name]}" for name in ("stores", "reuses", "trains"))
    return print_written(
        written,
        f"{written.id}  {known['name']}: {keeps}, environment {known['environment']}.",
        as_json=as_json,
        notes=[*known["contradictions"], *known["stale"]],
    )


def import_(
    file: Annotated[Path, Parameter(name="FILE", help="A table (CSV) or JSON of tools.")],
    /,
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Register and review many tools at once, and name where sources contradict each other."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.tool_import import import_tools
    from checkthegate.cli.shown import print_written

    with desk_of(home) as desk:
        imported = import_tools(desk, file)
    if as_json:
        stated = {
            "items": [{"id": each} for each in imported.tools],
            "contradictions": imported.contradictions,
            "changed": imported.written.changed,
        }
        print(json.dumps(stated, ensure_ascii=False))
        return 0
    told = [
        f"{each['tool']}: “{each['fact']}” is "
        + " but ".join(
            f"“{said['answer']}” by {', '.join(said['sources'])}" for said in each["says"]
        )
        + ". The newest word counts, of one day the worse."
        for each in imported.contradictions
    ]
    said = f"{len(imported.tools)} tools in {len(imported.written.events)} entries."
    return print_written(imported.written, said, as_json=False, notes=told)


def list_(*, as_of: AsOfOption = None, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """List the tools and what is known of them."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.tools import list_tools
    from checkthegate.cli.shown import print_list

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_tools(desk, when)
    columns = {
        "ID": lambda tool: tool["id"],
        "NAME": lambda tool: " ".join(filter(None, (tool["name"], tool["version"], tool["tier"]))),
        "RUNS": lambda tool: tool["environment"],
        "STORES": lambda tool: tool["stores"],
        "RE-USES": lambda tool: tool["reuses"],
        "TRAINS": lambda tool: tool["trains"],
        "REVIEW BY": lambda tool: "overdue" if tool["stale"] else tool["review_by"],
        "": lambda tool: "contradicts" if tool["contradictions"] else " ",
    }
    empty = "No tool is registered. Add one: gate tool add NAME"
    return print_list(listed, columns, as_json=as_json, empty=empty)


def show(
    tool: Tool,
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show a tool: every fact with its source, why the rest is unsure, and the history."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.tools import show_tool
    from checkthegate.cli.shown import print_one

    when = moment(as_of)
    with desk_of(home) as desk:
        return print_one(show_tool(desk, tool, when), as_json=as_json)

"""`gate approval add|revoke|list|show`: what the studio wrote, imported as evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import AsOfOption, EffectiveOption, HomeOption, JsonOption

Approval = Annotated[str, Parameter(name="APPROVAL", help="Its id.")]


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="approval", help="Written approvals from outside, with their evidence.")
    commands.command(list_, name="list")
    for command in (add, revoke, show):
        commands.command(command)
    app.command(commands)


def add(
    *,
    answer: Annotated[Literal["yes", "no"], Parameter(help="What they wrote.")],
    by: Annotated[str, Parameter(help="Who wrote it.")],
    capacity: Annotated[str, Parameter(help="As what: studio contact, business affairs, …")],
    evidence: Annotated[Path, Parameter(help="The e-mail (.eml), PDF or picture of it.")],
    rule: Annotated[
        list[str] | None,
        Parameter(negative="", consume_multiple=True, help="The rules it answers: nfx.p4 …"),
    ] = None,
    file: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            consume_multiple=True,
            help="The files it names, or their digests as reports show them.",
        ),
    ] = None,
    use: Annotated[str | None, Parameter(help="The use it names, by id or title.")] = None,
    covers: Annotated[
        Literal["bytes", "material", "use"] | None,
        Parameter(help="These very files, this material however finished, or the whole use."),
    ] = None,
    scope: Annotated[str | None, Parameter(help="How far it goes, in their words.")] = None,
    until: Annotated[str | None, Parameter(help="The last day it holds.")] = None,
    range_: Annotated[
        list[str] | None,
        Parameter(
            name="--range", negative="", consume_multiple=True, help="FILE@IN-OUT, in seconds."
        ),
    ] = None,
    on: Annotated[
        str | None, Parameter(help="The day it was written; else what the e-mail says, else now.")
    ] = None,
    escalation: Annotated[str | None, Parameter(help="The escalation it answers.")] = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Import a written yes or no. Nobody here grants one: somebody outside wrote it."""
    from checkthegate.app.registry.approvals import Reply, import_approval
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.cli.shown import print_written

    reply = Reply(
        answer=answer, person=by, capacity=capacity, evidence=evidence, rules=rule or (),
        covers=covers, files=file or (), use=use, ranges=range_ or (), scope=scope, until=until,
        answered_on=on, escalation=escalation, effective=effective,
    )  # fmt: skip
    with desk_of(home) as desk:
        done = import_approval(desk, reply)
    body = done.written.events[0].body
    said = f"{done.approval}: {answer} by {by} imported; it covers {body['covers']}."
    return print_written(
        done.written, said, as_json=as_json, notes=done.notes, more={"covers": body["covers"]}
    )


def revoke(
    approval: Approval,
    /,
    *,
    why: Annotated[str, Parameter(help="Why, as they wrote it.")] = "revoked by who gave it",
    evidence: Annotated[Path | None, Parameter(help="What they wrote.")] = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Record that an approval was revoked, or a no withdrawn."""
    from checkthegate.app.registry.approvals import revoke_approval
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.cli.shown import print_written

    with desk_of(home) as desk:
        written = revoke_approval(desk, approval, why, evidence=evidence, effective=effective)
    return print_written(written, f"{written.id}: revoked.", as_json=as_json)


def list_(
    *,
    use: Annotated[str | None, Parameter(help="Of one use alone.")] = None,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """List the approvals and where each stands."""
    from checkthegate.app.registry.approvals import list_approvals
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.cli.shown import print_list

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_approvals(desk, when, use)
    columns = {
        "ID": lambda each: each["id"],
        "ANSWER": lambda each: each["answer"],
        "STANDS": lambda each: each["standing"],
        "COVERS": lambda each: each["covers"],
        "OF": lambda each: each["use"] or [file["path"] or "a file" for file in each["files"]],
        "RULES": lambda each: each["rules"],
        "BY": lambda each: each["person"],
        "UNTIL": lambda each: each["until"],
        "IMPORTED BY": lambda each: each["imported_by"],
    }
    empty = "No approval is on record. Ask for one: gate escalation open USE --question TEXT"
    return print_list(listed, columns, as_json=as_json, empty=empty)


def show(
    approval: Approval,
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show an approval, what its evidence says of itself, and the history."""
    from checkthegate.app.registry.approvals import show_approval
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.cli.shown import print_one

    when = moment(as_of)
    with desk_of(home) as desk:
        return print_one(show_approval(desk, approval, when), as_json=as_json)

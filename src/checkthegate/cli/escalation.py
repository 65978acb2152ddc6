"""`gate escalation open|answer|list|show`: questions to the studio, and their answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import AsOfOption, EffectiveOption, HomeOption, JsonOption

Escalation = Annotated[str, Parameter(name="ESCALATION", help="Its id.")]


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="escalation", help="Questions to the studio, with a packet to send.")
    commands.command(open_, name="open")
    commands.command(list_, name="list")
    for command in (answer, show):
        commands.command(command)
    app.command(commands)


def open_(
    targets: Annotated[
        list[str], Parameter(name="USE|FILE", help="A use by id or title; files.", negative="")
    ],
    /,
    *,
    question: Annotated[
        list[str] | None,
        Parameter(negative="", consume_multiple=True, help="What you want to know."),
    ] = None,
    contact: Annotated[str | None, Parameter(help="Whom you ask; stands in the packet.")] = None,
    rule: Annotated[
        list[str] | None,
        Parameter(negative="", consume_multiple=True, help="Rules to ask about as well."),
    ] = None,
    sent_on: Annotated[str | None, Parameter(help="The day the packet is sent.")] = None,
    temp: Annotated[bool, Parameter(negative="", help="The files are not final.")] = False,
    out: Annotated[Path | None, Parameter(help="The folder the packet goes to.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write a packet that a studio contact can answer, and keep the question on record."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.escalations import Question, open_escalation
    from checkthegate.cli.progress import progress_to_stderr
    from checkthegate.cli.shown import print_written

    with desk_of(home) as desk, progress_to_stderr() as progress:
        asked = Question(
            targets=targets, questions=question or (), rules=rule or (), contact=contact,
            sent_on=sent_on, final=not temp, out=out, progress=progress,
        )  # fmt: skip
        opened = open_escalation(desk, asked)
    id_ = opened.written.id
    said = f"{id_}: opened. Attach this to your e-mail:\n{opened.page}"
    return print_written(
        opened.written,
        said,
        as_json=as_json,
        more={"packet": str(opened.document), "page": str(opened.page)},
        hint=f"when the answer comes: gate escalation answer {id_} --answer yes --by NAME "
        "--capacity TEXT --evidence REPLY.eml",
    )


def answer(
    escalation: Escalation,
    /,
    *,
    answer: Annotated[
        Literal["yes", "no", "question"], Parameter(help="What they wrote; or they asked back.")
    ],
    by: Annotated[str, Parameter(help="Who wrote it.")],
    capacity: Annotated[str, Parameter(help="As what: studio contact, …")] = "studio contact",
    evidence: Annotated[Path, Parameter(help="The e-mail (.eml), PDF or picture of it.")],
    covers: Annotated[
        Literal["bytes", "material", "use"] | None,
        Parameter(help="What their answer covers, as it says."),
    ] = None,
    rule: Annotated[
        list[str] | None,
        Parameter(negative="", consume_multiple=True, help="Only these of the rules asked."),
    ] = None,
    file: Annotated[
        list[str] | None,
        Parameter(negative="", consume_multiple=True, help="Only these of the files asked."),
    ] = None,
    scope: Annotated[str | None, Parameter(help="How far it goes, in their words.")] = None,
    until: Annotated[str | None, Parameter(help="The last day it holds.")] = None,
    on: Annotated[str | None, Parameter(help="The day it was written.")] = None,
    text: Annotated[str | None, Parameter(help="What they asked back.")] = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Import the reply. A yes or no becomes an approval on record."""
    from checkthegate.app.registry.approvals import Reply
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.escalations import answer_escalation
    from checkthegate.cli.shown import print_written

    reply = Reply(
        answer=answer, person=by, capacity=capacity, evidence=evidence, covers=covers,
        rules=rule or (), files=file or (), scope=scope, until=until, answered_on=on,
        escalation=escalation, effective=effective,
    )  # fmt: skip
    with desk_of(home) as desk:
        done = answer_escalation(desk, escalation, reply, text)
    said = f"{escalation}: answered {answer} by {by}."
    said += f" The approval is {done.approval}." if done.approval else ""
    more = {"escalation": escalation, "approval": done.approval or None}
    return print_written(done.written, said, as_json=as_json, notes=done.notes, more=more)


def list_(
    *,
    open_: Annotated[
        bool, Parameter(name="--open", negative="", help="Only those without an answer.")
    ] = False,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """List the escalations and how long each has been open."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.escalations import list_escalations
    from checkthegate.cli.shown import print_list
    from checkthegate.report.text import count

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_escalations(desk, when, only_open=open_)
    columns = {
        "ID": lambda each: each["id"],
        "STATE": lambda each: "open" if each["open"] else each["answer"],
        "DAYS": lambda each: each["days_open"],
        "OF": lambda each: each["use"] or count(each["files"], "file"),
        "RULES": lambda each: each["rules"],
        "TO": lambda each: each["contact"],
        "QUESTION": lambda each: each["question"].replace("\n", " "),
        "APPROVAL": lambda each: each["approval"],
    }
    empty = "Nothing was escalated. Ask: gate escalation open USE --question TEXT"
    return print_list(listed, columns, as_json=as_json, empty=empty)


def show(
    escalation: Escalation,
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show an escalation, its packet, its answer and the history."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.escalations import show_escalation
    from checkthegate.cli.shown import print_one

    when = moment(as_of)
    with desk_of(home) as desk:
        return print_one(show_escalation(desk, escalation, when), as_json=as_json)

"""`gate talent add|enrol|change|forget|list|show`: people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import AsOfOption, EffectiveOption, HomeOption, JsonOption

Person = Annotated[str, Parameter(name="NAME", help="An id, or a name that only one has.")]
Agent = Annotated[str | None, Parameter(help="Who represents them.")]
Union = Annotated[str | None, Parameter(help="Their union.")]
Minor = Annotated[bool | None, Parameter(help="Whether they are a minor.")]
Note = Annotated[str | None, Parameter(help="Anything else.")]


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="talent", help="People whose face or voice matters, and their consents.")
    commands.command(list_, name="list")
    for command in (add, enrol, show, change, forget):
        commands.command(command)
    app.command(commands)


def add(
    name: Annotated[str, Parameter(name="NAME", help="The person's name.")],
    /,
    *,
    represented_by: Agent = None,
    union: Union = None,
    minor: Minor = None,
    note: Note = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Register a person."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.talents import add_talent
    from checkthegate.cli.shown import given, print_written

    stated = given(
        name=name, represented_by=represented_by, union_name=union, minor=minor, note=note
    )
    with desk_of(home) as desk:
        written = add_talent(desk, stated, effective)
    return print_written(
        written,
        f"{written.id}  {name}: added.",
        as_json=as_json,
        hint=f"gate consent add {written.id} --type replica --document FILE",
    )


def change(
    person: Person,
    /,
    *,
    name: Annotated[str | None, Parameter(help="Their new name.")] = None,
    represented_by: Agent = None,
    union: Union = None,
    minor: Minor = None,
    note: Note = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Change what is said of a person."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.talents import change_talent
    from checkthegate.cli.shown import given, print_written

    stated = given(
        name=name, represented_by=represented_by, union_name=union, minor=minor, note=note
    )
    with desk_of(home) as desk:
        written = change_talent(desk, person, stated, effective)
    return print_written(written, f"{written.id}: changed.", as_json=as_json)


def enrol(
    person: Person,
    paths: Annotated[list[Path], Parameter(name="FILE", help="Files and folders.", negative="")],
    /,
    *,
    modality: Annotated[
        Literal["face", "voice"] | None, Parameter(help="Else told by the files.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Enrol a person's face or voice. Needs their biometric consent, in force."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.talents import BY_CONTENT_LATER
    from checkthegate.app.registry.talents import enrol as enrol_files
    from checkthegate.cli.shown import print_written
    from checkthegate.model.registry import Modality

    with desk_of(home) as desk:
        done = enrol_files(desk, person, paths, Modality(modality) if modality else None)
    body = done.written.events[0].body
    files = body["files"]
    count = len(files) if isinstance(files, list) else 0
    notes = [BY_CONTENT_LATER]
    if not done.consent.documented:
        notes.append(f"{done.consent.consent} has no document: attach one to a new consent.")
    return print_written(
        done.written,
        f"{done.written.id}: {count} {'file' if count == 1 else 'files'} enrolled as "
        f"{done.modality}, under {done.consent.consent}.",
        as_json=as_json,
        more={"modality": done.modality.value, "consent": done.consent.consent, "files": count},
        notes=notes,
    )


def forget(
    person: Person,
    /,
    *,
    why: Annotated[str, Parameter(help="Why: their wish, the end of the production.")],
    everything: Annotated[
        bool,
        Parameter(negative="", help="Erase name and consents too, not only the enrolments."),
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Erase a person's enrolments for good. The ledger still verifies."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.talents import forget as forget_person

    with desk_of(home) as desk:
        gone = forget_person(desk, person, why, everything=everything)
    if as_json:
        print(json.dumps({"id": gone.talent, "erased": gone.entries, "uses": gone.uses}))
        return 0
    number = len(gone.entries)
    print(
        f"{gone.talent}: the contents of {number} {'entry' if number == 1 else 'entries'} erased."
    )
    if gone.uses and everything:
        print(
            f"Note: these uses still name the person in what was declared: {', '.join(gone.uses)}"
        )
    if not everything:
        print("Name and consents stay on record. To erase them too: --everything")
    return 0


def list_(*, as_of: AsOfOption = None, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """List the people and what they consented to."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.talents import list_talents
    from checkthegate.cli.shown import print_list

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_talents(desk, when)
    columns = {
        "ID": lambda each: each["id"],
        "NAME": lambda each: each["name"],
        "CONSENTS": lambda each: [
            f"{kind} {one['standing']}" for kind, one in each["consents"].items()
        ],
        "ENROLLED": lambda each: [f"{n} {kind}" for kind, n in each["enrolled"].items() if n],
        "": lambda each: "forgotten" if each["forgotten"] else " ",
    }
    empty = "Nobody is registered. Add somebody: gate talent add NAME"
    return print_list(listed, columns, as_json=as_json, empty=empty)


def show(
    person: Person,
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show a person, where their consents stand and why, and the history."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.talents import show_talent
    from checkthegate.cli.shown import print_one

    when = moment(as_of)
    with desk_of(home) as desk:
        return print_one(show_talent(desk, person, when), as_json=as_json)

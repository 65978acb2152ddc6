"""`gate match confirm|reject|list|show`: a person's word on what was found by its content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import App, Parameter

from checkthegate.cli.options import AsOfOption, HomeOption, JsonOption

Match = Annotated[str, Parameter(name="ID", help="Its id, as reports print it: mat_…")]
Why = Annotated[str, Parameter(help="How you know.")]
By = Annotated[str | None, Parameter(help="Who says so; left out, this account.")]
_WORDS = {
    "matches-recorded": "is recorded material",
    "matches-input": "went into recorded material",
    "matches-work": "is a reference work",
}


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="match", help="What was found by its content, and what people say of it.")
    commands.command(list_, name="list")
    for command in (confirm, reject, show):
        commands.command(command)
    app.command(commands)


def confirm(
    match: Match,
    /,
    *,
    why: Why,
    by: By = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say that a match is what it was taken for: a suspicion then counts as your statement."""
    return _answered(match, "confirmed", why, by, home, as_json)


def reject(
    match: Match,
    /,
    *,
    why: Why,
    by: By = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say that a match is a mistake: it stays listed, and no longer counts."""
    return _answered(match, "rejected", why, by, home, as_json)


def _answered(match: str, word: str, why: str, by: str | None, home: Any, as_json: bool) -> int:
    from checkthegate.app.recording import whoever
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.matches import answer_match
    from checkthegate.cli.shown import print_written

    person = by or whoever()
    with desk_of(home) as desk:
        written = answer_match(desk, match, word, {"person": person, "why": why})
    return print_written(
        written,
        f"{match}: {word} by {person}.",
        as_json=as_json,
        more={"match": match, "answer": word, "person": person},
        hint="It counts from the next check on: gate check …",
    )


def list_(*, as_of: AsOfOption = None, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """List the matches of the newest check, and every match that was answered."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.matches import list_matches
    from checkthegate.cli.shown import print_list

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_matches(desk, when)
    columns = {
        "ID": lambda each: each["id"],
        "FILE": lambda each: each["path"] or (each["digest"] or "")[:15],
        "": lambda each: _WORDS.get(each["claim"], each["claim"]),
        "SOURCE": lambda each: each["source_path"] or each["source"],
        "GRADE": lambda each: each["grade"],
        "ANSWER": lambda each: each["answer"] or "open",
        "BY": lambda each: each["person"],
        "WHY": lambda each: each["why"],
    }
    empty = "The newest check found nothing by its content."
    return print_list(listed, columns, as_json=as_json, empty=empty)


def show(
    match: Match,
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show a match, and every answer to it."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.matches import show_match
    from checkthegate.cli.shown import print_one

    when = moment(as_of)
    with desk_of(home) as desk:
        found = show_match(desk, match, when)
    if not as_json:
        found = {**found, "places": [_place(each) for each in found["places"]]}
    return print_one(found, as_json=as_json)


def _place(place: Mapping[str, Any]) -> str:
    """`12.4 – 15.9 of the file is 1 – 4.5 of its source`."""
    here, there = (place[name] for name in ("span", "source_span"))
    told = f"{here['start']:g} – {here['end']:g} of the file" if here else "all of the file"
    return f"{told} is {there['start']:g} – {there['end']:g} of its source" if there else told

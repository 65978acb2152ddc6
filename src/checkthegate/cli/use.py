"""`gate use add|change|close|review|list|show`: declared uses and their answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import AsOfOption, EffectiveOption, HomeOption, JsonOption

Use = Annotated[str, Parameter(name="USE", help="An id, or a title that only one has.")]
Source = Annotated[
    str | None,
    Parameter(
        name="--from",
        allow_leading_hyphen=True,
        help="A file of declared uses: .yaml, .json, .csv or .jsonl; - is standard input.",
    ),
]


def add_to(app: App) -> None:
    """Register the commands."""
    commands = App(name="use", help="Declared uses of generative AI, and their answers.")
    commands.command(list_, name="list")
    for command in (add, show, change, close, review):
        commands.command(command)
    app.command(commands)


def add(
    *,
    source: Source,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Declare uses: keep them with their answers, as the registry bears them out."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.uses import keep_uses
    from checkthegate.cli.shown import answer_words

    uses = _declared(source)
    with desk_of(home) as desk:
        kept = keep_uses(desk, uses, effective=effective)
    if as_json:
        listed = [{"id": answer["use"], **answer} for answer in kept.answers]
        print(json.dumps(listed[0] if len(listed) == 1 else {"items": listed}, ensure_ascii=False))
        return 0
    for answer in kept.answers:
        print(f"{answer['use']}  {answer['title']}: {answer_words(answer)}")
        for doubt in (*answer["contradictions"], *answer["unregistered"]):
            print(f"  Note: {doubt}.")
    print(f"Next: gate use show {kept.answers[0]['use']}")
    return 0


def change(
    use: Use,
    /,
    *,
    source: Source = None,
    final: Annotated[
        Literal["yes", "no", "unsure"] | None,
        Parameter(help="Whether it may be seen, heard or read in a final delivery."),
    ] = None,
    because: Annotated[str | None, Parameter(help="Why it changes.")] = None,
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Declare a use anew under its id: from another file, or from temporary to final."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.uses import change_use, show_use, with_final
    from checkthegate.cli.shown import answer_words, print_written
    from checkthegate.model import UsageError
    from checkthegate.model.use import Answer

    if (source is None) == (final is None):
        raise UsageError("It is not said what changes.", hint="Give --from FILE, or --final yes.")
    if final is not None:
        to: Any = with_final(Answer(final))
    else:
        declared = _declared(source)
        if len(declared) != 1:
            raise UsageError(
                f"The file declares {len(declared)} uses.", hint="Name a file with this use alone."
            )
        to = lambda _: declared[0]  # noqa: E731
    with desk_of(home) as desk:
        written = change_use(desk, use, to, because=because, effective=effective)
        now = show_use(desk, written.id, moment(None))
    said = f"{written.id}  {now['title']}: {answer_words(now)}."
    more = {name: now[name] for name in ("verdict", "approval", "rules")}
    return print_written(written, said, as_json=as_json, more=more)


def close(
    use: Use,
    /,
    *,
    why: Annotated[str, Parameter(help="Why nothing more is made under it.")],
    effective: EffectiveOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Close a use: it stays on record, and is not judged again."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.uses import close_use
    from checkthegate.cli.shown import print_written

    with desk_of(home) as desk:
        written = close_use(desk, use, why, effective)
    return print_written(written, f"{written.id}: closed.", as_json=as_json)


def review(*, home: HomeOption = None, as_json: JsonOption = False) -> int:
    """Judge every open use again that a date or new rules concern, and record it."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.app.registry.uses import review_uses
    from checkthegate.cli.shown import print_written

    with desk_of(home) as desk:
        written = review_uses(desk)
    said = f"{len(written.again)} uses were judged again, {len(written.changed)} answers changed."
    return print_written(written, said, as_json=as_json, more={"again": len(written.again)})


def list_(
    *,
    changed: Annotated[
        bool, Parameter(negative="", help="Only those whose answer is another than it was.")
    ] = False,
    closed: Annotated[bool, Parameter(name="--all", negative="", help="Closed ones too.")] = False,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """List the uses with their newest answers; with --changed what changed, and why."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.uses import list_uses
    from checkthegate.cli.shown import print_list

    when = moment(as_of)
    with desk_of(home) as desk:
        listed = list_uses(desk, when, changed=changed, also_closed=closed)
    if changed and not as_json:
        return _print_changes(listed)
    columns = {
        "ID": lambda use: use["id"],
        "TITLE": lambda use: use["title"],
        "VERDICT": lambda use: (use["pending"] or {"now": use})["now"]["verdict"],
        "APPROVAL": lambda use: (use["pending"] or {"now": use})["now"]["approval"],
        "APPROVED BY": lambda use: use["approvals"],
        "DECLARED": lambda use: use["declared_at"][:10],
        "": lambda use: "closed" if use["closed"] else "changed since" if use["pending"] else " ",
    }
    status = print_list(listed, columns, as_json=as_json, empty="No use is declared. "
                         "Declare one: gate use add --from FILE")  # fmt: skip
    if not as_json and any(use["pending"] for use in listed):
        print("“Changed since” is by a date or new rules. To record it: gate use review")
    return status


def show(
    use: Use,
    /,
    *,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show a use: its answer in words, approvals, what changed it, and the history."""
    from checkthegate.app.registry.desk import desk_of, moment
    from checkthegate.app.registry.uses import show_use

    when = moment(as_of)
    with desk_of(home) as desk:
        shown = show_use(desk, use, when)
    if as_json:
        print(json.dumps(shown, ensure_ascii=False))
    else:
        _print_use(shown)
    return 0


def _print_use(shown: dict[str, Any]) -> None:
    from checkthegate.cli.answered import page_here
    from checkthegate.cli.shown import answer_words, change_line, print_history

    print(f"{shown['id']}{'  (closed)' if shown['closed'] else ''}")
    page = page_here()
    print(page.answer(shown["now"]))
    for doubt in (*shown["now"]["contradictions"], *shown["now"]["unregistered"]):
        print(f"Note: {doubt}.")
    for approval in shown["approvals"]:
        print(
            f"Approval {approval['id']}: {approval['answer']} ({approval['standing']}), covers "
            f"{approval['covers']}, by {approval['person']}, for {', '.join(approval['rules'])}"
        )
    for each in shown["changes"]:
        print(change_line(each))
    if shown["pending"]:
        print(f"Not recorded yet: {answer_words(shown['pending']['now'])}, since "
              f"{shown['pending']['because']}. To record it: gate use review")  # fmt: skip
    print_history(shown["history"])
    print(page.closing(shown["now"]), end="")


def _print_changes(listed: list[dict[str, Any]]) -> int:
    from checkthegate.cli.shown import change_line, change_words

    if not listed:
        print("No answer has changed since it was given.")
    for use in listed:
        print(f"{use['id']}  {use['title']}")
        for each in use["changes"]:
            print(f"  {change_line(each)}")
        if pending := use["pending"]:
            said = change_words(use, pending["now"])
            print(f"  not recorded yet  {said}: {pending['because']}")
    return 0


def _declared(source: str | None) -> list[Any]:
    import sys

    from checkthegate.app.declared import open_source, source_from
    from checkthegate.model import UsageError

    opened = source_from(sys.stdin.buffer) if source == "-" else open_source(Path(str(source)))
    uses = opened.uses()
    if not uses:
        raise UsageError("No use is declared in it.", hint="A form: gate ask --template yaml")
    return uses

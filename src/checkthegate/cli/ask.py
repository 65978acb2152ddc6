"""`gate ask`: describe what you want to do, and be told at once whether you may."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import HomeOption, JsonOption, PackFolders

if TYPE_CHECKING:
    from checkthegate.app.declared import Source
    from checkthegate.app.registry.desk import Desk

Answers = Iterator[dict[str, Any]]
_GO_ON: Final = frozenset({"clear", "notify"})
_INTERRUPTED: Final = 130


def add_to(app: App) -> None:
    """Register the command."""
    app.command(ask)


def ask(
    *,
    source: Annotated[
        str | None,
        Parameter(
            name="--from",
            allow_leading_hyphen=True,  # for the lone - of standard input
            help="A file of declared uses: .yaml, .json, .csv or .jsonl; - is standard input.",
        ),
    ] = None,
    template: Annotated[
        Literal["csv", "yaml", "json"] | None,
        Parameter(help="Print a form to fill in, and nothing else."),
    ] = None,
    pack: Annotated[
        list[str] | None,
        Parameter(
            help="Rules to apply (ID or ID@VERSION); may be given several times.", negative=""
        ),
    ] = None,
    packs: PackFolders = None,
    no_would_change: Annotated[
        bool, Parameter(negative="", help="Leave out which change would make it easier. Faster.")
    ] = False,
    record: Annotated[bool, Parameter(negative="", help="Keep the use in the home.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Say whether a use of generative AI may go on, under which rule, and what to do next.

    Without --from it asks a few questions.
    """
    if template is not None:
        return _print_template(template)
    if record:
        return _recorded(source, home, not no_would_change, as_json, bool(pack or packs))
    from checkthegate.app.ask import packs_for_uses

    rules = packs_for_uses(pack or (), packs or (), home)
    return _answer(source, _Answered(rules, not no_would_change, as_json))


def _answer(source: str | None, answered: _Answered) -> int:
    """Answer what is named, piped in, or asked one question after the other."""
    if source is None and sys.stdin.isatty():
        return _interview(iter(sys.stdin.readline, ""), answered)
    from checkthegate.app.declared import open_source, source_from

    piped = source in (None, "-")
    opened = source_from(sys.stdin.buffer) if piped else open_source(Path(str(source)))
    if source is None and opened.form is None:
        return _interview(_typed(opened), answered)
    return answered.source(opened)


def _recorded(
    source: str | None, home: Path | None, would_change: bool, as_json: bool, other_packs: bool
) -> int:
    """The same, and keep every use in the home, judged by the home's packs."""
    from checkthegate.app.registry.desk import desk_of
    from checkthegate.model import UsageError

    if other_packs:
        raise UsageError(
            "Uses on record are judged by the packs of their home.",
            hint="Leave out --record, or leave out --pack and --packs.",
        )
    with desk_of(home) as desk:
        return _answer(source, _Answered((), would_change, as_json, desk))


class _Answered:
    """Answers and how they are shown: for people, or as JSON. With a desk, uses are kept."""

    def __init__(
        self, packs: Any, would_change: bool, as_json: bool, desk: Desk | None = None
    ) -> None:
        self._packs = packs
        self._would_change = would_change
        self._as_json = as_json
        self._desk = desk

    def source(self, source: Source) -> int:
        """Answer everything in a source; the exit status."""
        from checkthegate.declaration import Form

        if source.form is Form.LINES:
            return _lines(self._each_line(source))
        return self.uses(source.uses())

    def _each_line(self, source: Source) -> Answers:
        if self._desk is None:
            from checkthegate.app.ask import ask_lines

            return ask_lines(source.stream, self._packs, self._would_change)
        from checkthegate.app.registry.uses import keep_lines

        return keep_lines(self._desk, source.stream, self._would_change)

    def uses(self, uses: list[Any]) -> int:
        """Answer these uses; the exit status."""
        answers = self._answers(uses)
        if self._as_json:
            return _as_json(answers, len(uses))
        return _for_people(answers, len(uses))

    def _answers(self, uses: list[Any]) -> Answers:
        if self._desk is None:
            from checkthegate.app.ask import ask as answers_to

            return answers_to(uses, self._packs, self._would_change)
        from checkthegate.app.registry.uses import keep_uses

        return iter(keep_uses(self._desk, uses, would_change=self._would_change).answers)


def _interview(lines: Iterable[str], answered: _Answered) -> int:
    from checkthegate.cli.interview import Interview, kept_after_stop

    interview = Interview(iter(lines), sys.stderr)
    try:
        use = interview.run()
    except KeyboardInterrupt:
        print(f"\n{kept_after_stop(interview)}", file=sys.stderr)
        return _INTERRUPTED
    print(file=sys.stderr)
    status = answered.uses([use])
    sys.stdout.flush()
    try:
        file = interview.keep(use)
    except KeyboardInterrupt:
        print(f"\n{kept_after_stop(interview)}", file=sys.stderr)
        return _INTERRUPTED
    if file is not None:
        print(f"Your answers are in {file}\nTo ask again: gate ask --from {file}", file=sys.stderr)
    return status


def _typed(source: Source) -> Iterator[str]:
    return iter(TextIOWrapper(source.stream, "utf-8", "replace").readline, "")


def _lines(answers: Answers) -> int:
    """One JSON document a line, each at once; 2 when a line could not be read."""
    status = 0
    for answer in answers:
        print(json.dumps(answer, ensure_ascii=False), flush=True)
        status = max(status, 2 if "error" in answer else _status(answer))
    return status


def _as_json(answers: Answers, number: int) -> int:
    status = 0
    first, between, last = ("", "", "\n") if number == 1 else ('{"items": [', ", ", "]}\n")
    sys.stdout.write(first)
    for at, answer in enumerate(answers):
        sys.stdout.write((between if at else "") + json.dumps(answer, ensure_ascii=False))
        status = max(status, _status(answer))
    sys.stdout.write(last)
    return status


def _for_people(answers: Answers, number: int) -> int:
    from checkthegate.cli.answered import count_text, page_here

    page = page_here()
    verdicts: list[str] = []
    status = 0
    for answer in answers:
        print(page.answer(answer))
        verdicts.append(answer["verdict"])
        status = max(status, _status(answer))
        last = answer
    if number > 1:
        print(f"{count_text(verdicts)}\n")
    print(page.closing(last), end="")
    return status


def _status(answer: dict[str, Any]) -> int:
    return 0 if answer["verdict"] in _GO_ON else 1


def _print_template(form: str) -> int:
    from checkthegate.declaration.form import Form
    from checkthegate.declaration.template import template

    # A byte order mark is what makes spreadsheet programs take the table for UTF-8.
    mark = "\ufeff" if form == Form.CSV else ""
    sys.stdout.flush()
    sys.stdout.buffer.write((mark + template(Form(form))).encode())
    sys.stdout.buffer.flush()
    return 0

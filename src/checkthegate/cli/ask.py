"""`gate ask`: describe what you want to do, and be told at once whether you may."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from cyclopts import App, Parameter

from checkthegate.cli.options import HomeOption, JsonOption, PackFolders

if TYPE_CHECKING:
    from checkthegate.app.declared import Source
    from checkthegate.cli.answered import Page

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
        _refuse_record()
    from checkthegate.app.ask import packs_for_uses

    rules = packs_for_uses(pack or (), packs or (), home)
    answered = _Answered(rules, not no_would_change, as_json)
    if source is None and sys.stdin.isatty():
        return _interview(iter(sys.stdin.readline, ""), answered)
    from checkthegate.app.declared import open_source, source_from

    piped = source in (None, "-")
    opened = source_from(sys.stdin.buffer) if piped else open_source(Path(str(source)))
    if source is None and opened.form is None:
        return _interview(_typed(opened), answered)
    return answered.source(opened)


class _Answered:
    """Answers and how they are shown: for people, or as JSON."""

    def __init__(self, packs: Any, would_change: bool, as_json: bool) -> None:
        self._packs = packs
        self._would_change = would_change
        self._as_json = as_json

    def source(self, source: Source) -> int:
        """Answer everything in a source; the exit status."""
        from checkthegate.app.ask import ask_lines
        from checkthegate.declaration import Form

        if source.form is Form.LINES:
            return _lines(ask_lines(source.stream, self._packs, self._would_change))
        return self.uses(source.uses())

    def uses(self, uses: list[Any]) -> int:
        """Answer these uses; the exit status."""
        from checkthegate.app.ask import ask as answers_to

        answers = answers_to(uses, self._packs, self._would_change)
        if self._as_json:
            return _as_json(answers, len(uses))
        return _for_people(answers, len(uses))


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
    from checkthegate.cli.answered import count_text

    page = _page()
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


def _page() -> Page:
    from shutil import get_terminal_size

    from checkthegate.cli.answered import Page

    return Page(
        width=min(96, get_terminal_size().columns),
        styled=sys.stdout.isatty() and "NO_COLOR" not in os.environ,
        plain_shapes="utf" not in (sys.stdout.encoding or "").lower(),
    )


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


def _refuse_record() -> None:
    from checkthegate.model import UsageError

    raise UsageError(
        "Uses cannot be kept in a home yet: records come with a later version.",
        hint="Leave out --record. The file with your answers can be used again: --from FILE",
    )

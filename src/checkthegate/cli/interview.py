"""Asks the questions of a declaration one by one, on the terminal or from piped answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any, Final, TextIO

from checkthegate.declaration import Form, build, form_of_name, write
from checkthegate.declaration.questions import (
    NotUnderstood,
    Question,
    declared,
    next_question,
)
from checkthegate.model import InternalError, UsageError
from checkthegate.model.use import DeclaredUse
from checkthegate.report.text import visible

_WIDTH: Final = 88
_LONGEST: Final = 4_000
_HELLO: Final = (
    "A few questions about what you want to do. Pick a number or type the word.\n"
    "Enter means: unsure. “back” takes the last answer back. Ctrl-C stops.\n"
)


@dataclass(slots=True)
class Interview:
    """One person answering. `given` holds the answers so far, in the order they were given."""

    answers: Iterator[str]
    screen: TextIO
    given: dict[str, Any] = field(default_factory=dict)

    def run(self) -> DeclaredUse:
        """Ask until all is said. Raises `UsageError` when the answers end too early."""
        self._say(_HELLO)
        while (question := next_question(self.given)) is not None:
            self._say(_asked(question))
            self._take(question)
        use = self.so_far()
        if use is None:
            raise InternalError("the answers make no declaration", hint="Report this as a fault.")
        return use

    def so_far(self) -> DeclaredUse | None:
        """What has been said, as a declaration; None when what it must hold is not all there."""
        return build(declared(self.given), []) if "tools.0.name" in self.given else None

    def keep(self, use: DeclaredUse) -> Path | None:
        """Ask for a file's name and write the declaration there. Never overwrites."""
        while True:
            offered = _free(use.title)
            self._say(f"\nKeep these answers to use again? Name the file, or “no”. [{offered}]\n> ")
            name = self._line(at_end="")
            if name.casefold() in ("no", "n"):
                return None
            problem = write_new(Path(name or offered), use)
            if not problem:
                return Path(name or offered)
            self._say(f"  {problem}\n")

    def _take(self, question: Question) -> None:
        while True:
            self._say("> ")
            answer = self._line()
            if answer.casefold() == "back":
                if not self.given:
                    self._say("  This is the first question.\n")
                    continue
                self.given.popitem()
                return
            try:
                self.given[question.key] = question.understood(answer)
            except NotUnderstood as problem:
                self._say(f"  {visible(str(problem))}\n")
            else:
                return

    def _line(self, at_end: str | None = None) -> str:
        line = next(self.answers, at_end)
        if line is None:
            raise UsageError(
                "The answers ended before the last question.",
                hint="Run gate ask again, or fill in a form: gate ask --template yaml",
            )
        return line[:_LONGEST].strip()

    def _say(self, text: str) -> None:
        self.screen.write(text)
        self.screen.flush()


def write_new(file: Path, use: DeclaredUse) -> str:
    """Write a declaration into a new file; what went wrong, or nothing.

    The form goes by the file's name: .yaml, .json, .csv or .jsonl.
    """
    form = form_of_name(file.name)
    if form is None:
        return f"“{visible(file.name)}” should end with .yaml, .json or .csv."
    try:
        with file.open("x", encoding="utf-8", newline="") as stream:
            stream.write(("\ufeff" if form is Form.CSV else "") + write([use], form))
    except FileExistsError:
        return f"“{visible(str(file))}” is there already and stays as it is. Pick another name."
    except (OSError, ValueError) as problem:
        said = getattr(problem, "strerror", None) or str(problem)
        return f"“{visible(str(file))}” cannot be written: {said}."
    return ""


def kept_after_stop(interview: Interview) -> str:
    """What to tell somebody who stopped in the middle; keeps what makes a declaration."""
    use = interview.so_far()
    if use is None:
        return "Stopped. Too little was said to keep; nothing was written."
    file = Path(_free(use.title))
    problem = write_new(file, use)
    if problem:
        return f"Stopped. Nothing was kept. {problem}"
    return (
        f"Stopped. Your answers so far are in {file}; what is missing counts as unsure.\n"
        f"To use them: gate ask --from {file}"
    )


def _free(title: str) -> str:
    """A file name after the title that is not taken yet: `moodboard-for-the-lighthouse.yaml`."""
    words = re.sub(r"[^\w]+", "-", title.casefold()).strip("-_")
    plain = (words if len(words) <= 40 else words[:41].rpartition("-")[0] or words[:40]) or "use"
    names = (f"{plain}{'' if n == 1 else f'-{n}'}.yaml" for n in range(1, 10_000))
    return next((name for name in names if not Path(name).exists()), f"{plain}.yaml")


def _asked(question: Question) -> str:
    lines = ["", *wrap(visible(question.text), _WIDTH)]
    if question.example:
        lines += wrap(f"For example: {question.example}.", _WIDTH, initial_indent="  ",
                      subsequent_indent="  ")  # fmt: skip
    short = all(not meaning for _, meaning in question.choices)
    numbered = [f"{n} {word}" for n, (word, _) in enumerate(question.choices, 1)]
    if question.choices and short:
        lines.append("  " + "   ".join([*numbered, *_enter(question)]))
    elif question.choices:
        longest = max(len(word) for word, _ in question.choices)
        lines += [
            f"  {n:>2} {word:<{longest}}  {meaning}"
            for n, (word, meaning) in enumerate(question.choices, 1)
        ]
        lines += [f"     {said}" for said in _enter(question)]
    return "\n".join(lines) + "\n"


def _enter(question: Question) -> list[str]:
    return [f"Enter {question.left}"] if question.left else []

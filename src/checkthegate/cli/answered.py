"""An answer as people read it: the verdict, why, what to do next, and what would make it easier."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any, Final

from checkthegate.report.terminal import verdict_mark
from checkthegate.report.text import count, full_sentence, listed, sentence, visible

_MEANS: Final = {
    ("clear", ""): "No generative tool is in it. Nothing to ask, nobody to tell.",
    ("notify", ""): "Go on, and tell your studio contact.",
    ("escalate", "required"): "Ask your studio contact first. You need their written approval.",
    ("escalate", ""): "Ask your studio contact first. You may need their written approval.",
    ("blocked", ""): "Do not go on. Something that must be in place is known to be missing.",
}
_IN_FULL: Final = 4
_CHANGES: Final = 4
_OPEN: Final = 8
_SHORT: Final = 140
_HOUSE: Final = "gate."
_STOPS: Final = frozenset({"escalate", "blocked"})
_CITATION: Final = re.compile(
    "(?P<source>[^“;]*“[^”]*”), (?P<clause>[^;]+); (?P<rest>.+)", re.DOTALL
)
_APPROVALS: Final = {
    "none": "no approval needed",
    "may-be-required": "approval may be needed",
    "required": "approval needed",
}


class Page:
    """Prints answers one after the other, and at the end what they all rest on.

    `width` is in columns; `styled` adds colour; `plain_shapes` draws the shapes in ASCII.
    """

    def __init__(self, width: int = 88, styled: bool = False, plain_shapes: bool = False) -> None:
        self._width = max(40, width)
        self._styled = styled
        self._plain = plain_shapes
        self._sources: dict[str, None] = {}

    def answer(self, answer: Mapping[str, Any]) -> str:
        """The text of one answer, ending with a newline."""
        lines = _wrapped(answer["title"][:_SHORT], self._width, "")
        lines += _wrapped(_means(answer), self._width, "  ", f"{self._mark(answer['verdict'])}. ")
        lines += self._findings(_telling(answer["findings"]))
        lines += self._changes(answer["would_change"])
        lines += self._open(answer)
        return "\n".join(lines) + "\n"

    def closing(self, answer: Mapping[str, Any]) -> str:
        """What the answers rest on: the rules, their sources, the caution."""
        packs = answer.get("packs") or [answer["pack"]]
        names = [f"{each['id']} {each['version']}" for each in packs]
        lines = _wrapped(f"Judged by the rules of {listed(names)}.", self._width, "")
        for source in self._sources:
            lines += _wrapped(f"From {source}", self._width, "")
        lines += _wrapped(answer["notice"], self._width, "")
        return "\n".join(lines) + "\n"

    def _mark(self, verdict: str) -> str:
        return verdict_mark(verdict, styled=self._styled, plain_shapes=self._plain)

    def _findings(self, findings: Sequence[Mapping[str, Any]]) -> list[str]:
        """The most severe in full, the rest in a sentence, so that what counts comes first."""
        if not findings:
            return []
        worst = (findings[0]["verdict"], findings[0]["approval"])
        full = [f for f in findings if (f["verdict"], f["approval"]) == worst][:_IN_FULL]
        # Whoever asks the contact first has told the contact, too.
        stops = worst[0] in _STOPS
        rest = [f for f in findings[len(full) :] if not stops or f["verdict"] in _STOPS]
        lines = ["", "Why, and what to do next"]
        for finding in full:
            lines += _wrapped(full_sentence(finding["reason"]), self._width, "  ")
            lines += _wrapped(full_sentence(finding["next_step"]), self._width, "    ", "  → ")
            lines += _wrapped(f"{finding['rule']}, {self._clause(finding)}", self._width, "    ")
        if rest:
            lines += ["", "Also to settle" if stops else "Also"]
        for finding in rest:
            said = f"{_first_sentence(finding['reason'])} ({finding['rule']})"
            lines += _wrapped(said, self._width, "    ", "  · ")
        return lines

    def _clause(self, finding: Mapping[str, Any]) -> str:
        """Where in its source the rule stands; the source itself is named once, at the end."""
        cited = _CITATION.match(finding["citation"])
        if cited is None:
            return str(finding["citation"])
        read = cited["rest"].removesuffix("; confidence A")
        self._sources[f"{cited['source']}; {read}."] = None
        return cited["clause"]

    def _changes(self, changes: Sequence[Mapping[str, Any]]) -> list[str]:
        if not changes:
            return []
        lines = ["", "What would make it easier, each alone"]
        for change in changes[:_CHANGES]:
            about = f" ({change['about']})" if change["about"] else ""
            said = f"{change['says'].rstrip('.')}{about}:"
            then = f"{self._mark(change['verdict'])}, {_APPROVALS[change['approval']]}"
            lines += [*_wrapped(said, self._width, "    ", "  · "), f"    {then}"]
        return lines

    def _open(self, answer: Mapping[str, Any]) -> list[str]:
        asked = answer["open_questions"]
        if not asked or answer["verdict"] not in _STOPS:
            return []
        more = len(asked) - _OPEN
        shown = ", ".join(asked[:_OPEN]) + (f" and {more} more" if more > 0 else "")
        said = f"Left open, so counted as unsure: {shown}. An answer may change the verdict."
        return ["", *_wrapped(said, self._width, "")]


def page_here() -> Page:
    """The page for the terminal, or whatever standard output is."""
    return Page(
        width=min(96, get_terminal_size().columns),
        styled=sys.stdout.isatty() and "NO_COLOR" not in os.environ,
        plain_shapes="utf" not in (sys.stdout.encoding or "").lower(),
    )


def count_text(verdicts: Sequence[str]) -> str:
    """`Three uses: one escalate, two notify.`"""
    kinds = [word for word in ("blocked", "escalate", "notify", "clear") if word in verdicts]
    told = listed([f"{verdicts.count(word):,} {word}" for word in kinds])
    return f"{sentence(count(len(verdicts), 'use'))}: {told}."


def _means(answer: Mapping[str, Any]) -> str:
    verdict = answer["verdict"]
    return _MEANS.get((verdict, answer["approval"])) or _MEANS[verdict, ""]


def _telling(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Findings without the house's own, where a pack of the studio says as much."""
    theirs = [each for each in findings if not each["rule"].startswith(_HOUSE)]
    return theirs if theirs and theirs[0]["verdict"] == findings[0]["verdict"] else list(findings)


def _first_sentence(text: str) -> str:
    first, stop, _ = text.partition(". ")
    return full_sentence(first + stop)


def _wrapped(text: str, width: int, indent: str, first: str | None = None) -> list[str]:
    return wrap(
        visible(text),
        width,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )

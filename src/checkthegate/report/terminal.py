"""The summary for a terminal: the answer, what to do next, what was not looked at, one line of
counts. Plain text; with `styled` the verdicts are coloured as well, never coloured only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import wrap
from typing import Any, Final

from checkthegate.model import Decision, Verdict
from checkthegate.report.answer import MEANINGS, GapGroup, Todo, gap_groups, headline, lede, todos
from checkthegate.report.cut_terminal import cut_lines
from checkthegate.report.document import report_outline
from checkthegate.report.match_words import Told, match_brief, place_words
from checkthegate.report.matches import matches_in
from checkthegate.report.text import (
    count,
    full_sentence,
    seconds_words,
    sentence,
    size_words,
    visible,
)

SHAPES: Final = {"blocked": "■", "escalate": "▲", "notify": "◆", "clear": "○"}
_PLAIN_SHAPES: Final = {"blocked": "[X]", "escalate": "[!]", "notify": "[i]", "clear": "[ ]"}
_STYLES: Final = {"blocked": "bold red", "escalate": "bold yellow", "notify": "bold blue",
                  "clear": "bold green", "strong": "bold", "dim": "dim"}  # fmt: skip
_SURE: Final = {"proven": 0, "declared": 1, "suspected": 2}
_MOST: Final = 10
_MATCH_INDENT: Final = 34
_MOST_FILES: Final = 3
_MOST_ALSO: Final = 4
_LONGEST_PATH: Final = 60

Paint = Callable[[str, str], str]


def summary_lines(
    decision: Decision,
    *,
    width: int = 100,
    styled: bool = False,
    plain_shapes: bool = False,
) -> str:
    """The people's summary of a check, ending with a newline.

    `width` is in columns. `styled` adds colour as terminal codes. `plain_shapes` draws the
    shapes in ASCII, for a terminal that cannot show others. File names cannot smuggle
    terminal codes in.
    """
    document = report_outline(decision)
    every, unread = todos(document), gap_groups(document)
    shapes = _PLAIN_SHAPES if plain_shapes else SHAPES
    paint = _painter(styled)
    stopped = cut_lines(decision.timelines, shapes, paint, width)
    lines = [
        *_answer(document, every, stopped, shapes, paint, width),
        *_next_steps(every, shapes, paint, width),
        *_matched(document, paint, width),
        *_not_looked_at(unread, shapes, paint, width),
        "",
        paint("dim", _counts(document)),
    ]
    return "\n".join(lines) + "\n"


def verdict_mark(verdict: str, *, styled: bool = False, plain_shapes: bool = False) -> str:
    """A verdict as shape and word, coloured when `styled`: `▲ Escalate`."""
    shapes = _PLAIN_SHAPES if plain_shapes else SHAPES
    return _painter(styled)(verdict, f"{shapes[verdict]} {verdict.capitalize()}")


def _answer(
    document: Mapping[str, Any],
    every: list[Todo],
    stopped: list[str],
    shapes: Mapping[str, str],
    paint: Paint,
    width: int,
) -> list[str]:
    """The headline and the verdict, then the events that stop a cut, then the rest in words."""
    verdict = document["verdict"]
    mark = paint(verdict, f"{shapes[verdict]} {verdict.capitalize()}")
    meaning = MEANINGS[Verdict(verdict)]
    told = _wrapped(lede(document), width, "")
    return [paint("strong", headline(document, every)), f"{mark} — {meaning}.", *stopped, *told]


def _next_steps(
    every: list[Todo], shapes: Mapping[str, str], paint: Paint, width: int
) -> list[str]:
    if not every:
        return []
    lines = ["", paint("strong", "What to do next")]
    for todo in every[:_MOST]:
        mark = f"{shapes[todo.verdict]} {todo.verdict.capitalize():<8}"
        indent = " " * (len(mark) + 3)
        first, *rest = _wrapped(todo.step, width, indent) or [indent]
        lines.append(f"  {paint(todo.verdict, mark)} {first[len(indent) :]}")
        lines += rest
        about = " · ".join(filter(None, (_files(todo.paths), todo.rule)))
        lines += _wrapped(about, width, indent)
        for step in list(todo.also)[:_MOST_ALSO]:
            lines += _wrapped(step, width, f"{indent}  ", f"{indent}· ")
        if len(todo.also) > _MOST_ALSO:
            lines.append(f"{indent}· and {len(todo.also) - _MOST_ALSO} more: see the report.")
    if len(every) > _MOST:
        lines.append(f"  and {len(every) - _MOST:,} more: see the report.")
    return lines


def _matched(document: Mapping[str, Any], paint: Paint, width: int) -> list[str]:
    """What was found by its content, file by file; what asks for nothing is only counted."""
    found = [(asset["path"], told) for asset in document["assets"] for told in matches_in(asset)]
    order = {asset["path"]: at for at, asset in enumerate(document["assets"])}
    asking = sorted(
        (each for each in found if not each[1].harmless),
        key=lambda each: (_SURE[each[1].grade], order[each[0]]),
    )
    if not found:
        return []
    lines = ["", paint("strong", "Found by content")]
    for at, (path, told) in enumerate(asking[:_MOST]):
        if not at or path != asking[at - 1][0]:
            lines.append(f"  {_short(path)}")
        lines += _match_lines(told, paint, width)
    left, calm = max(0, len(asking) - _MOST), len(found) - len(asking)
    if left:
        lines.append(f"  and {left:,} more: see the report.")
    if calm:
        verb = "asks" if calm == 1 else "ask"
        lines.append(f"  {sentence(count(calm, 'match', 'matches'))} that {verb} for nothing.")
    if any(told.grade == "suspected" and told.match for _, told in asking):
        lines += _wrapped("Look at a likeness, then: gate match confirm ID --why … or "
                          "gate match reject ID --why …", width, "  ")  # fmt: skip
    return lines


def _match_lines(told: Told, paint: Paint, width: int) -> list[str]:
    """`00:12.4–00:15.9  proven     your recorded file shot_042.mov (…), made by AI`."""
    place = place_words(told.span, told.by_words) or "all of it"
    head = f"    {place:<17}  {told.grade:<9}  "
    named = f" ({told.match})" if told.match and told.grade == "suspected" else ""
    alike = "looks like " if told.grade == "suspected" else ""
    lead = " " * max(_MATCH_INDENT, len(head))
    brief = f"{alike}{match_brief(told)}{named}"
    first, *rest = _wrapped(brief, width, " " * _MATCH_INDENT, lead)
    return [paint("dim", head) + first[len(head) :], *rest]


def _not_looked_at(
    unread: list[GapGroup], shapes: Mapping[str, str], paint: Paint, width: int
) -> list[str]:
    if not unread:
        return []
    lines = ["", paint("escalate", f"{shapes['escalate']} What we could not look at")]
    for group in unread[:_MOST]:
        lines += _wrapped(
            f"{_files(group.paths)} — {full_sentence(group.reason)}", width, "    ", "  "
        )
    if len(unread) > _MOST:
        lines.append(f"  and {len(unread) - _MOST:,} more reasons: see the report.")
    return lines


def _files(paths: list[str]) -> str:
    if not paths:
        return ""
    named = ", ".join(_short(path) for path in paths[:_MOST_FILES])
    left = len(paths) - _MOST_FILES
    return f"{len(paths):,} files: {named} and {left:,} more" if left > 0 else named


def _short(path: str) -> str:
    """A path that fits on a line: its last name where it is long, cut in its middle if need be."""
    shown = visible(path)
    if len(shown) <= _LONGEST_PATH:
        return shown
    name = "…/" + shown.rsplit("/", 1)[-1]
    half = _LONGEST_PATH // 2
    return name if len(name) <= _LONGEST_PATH else f"{name[:half]}…{name[-half:]}"


def _counts(document: Mapping[str, Any]) -> str:
    summary = document["summary"]
    seconds = summary["seconds"]
    told = [
        sentence(count(summary["files"], "file")),
        size_words(summary["bytes"]),
        count(summary["gaps"], "gap"),
        seconds_words(seconds),
    ]
    if seconds > 0:
        rate = summary["files"] / seconds
        told.append(f"{rate:,.0f} files/s" if rate >= 10 else f"{rate:.1f} files/s")
        told.append(f"{size_words(round(summary['bytes'] / seconds))}/s")
    if summary["cached"]:
        told.append(f"{count(summary['cached'], 'answer')} remembered")
    return " · ".join(told)


def _wrapped(text: str, width: int, indent: str, first: str | None = None) -> list[str]:
    lead = indent if first is None else first
    return wrap(
        visible(text),
        max(width, len(indent) + 20),
        initial_indent=lead,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _painter(styled: bool) -> Paint:
    if not styled:
        return lambda _style, text: text
    from rich.color import ColorSystem
    from rich.style import Style

    styles = {name: Style.parse(style) for name, style in _STYLES.items()}
    return lambda style, text: styles[style].render(text, color_system=ColorSystem.STANDARD)

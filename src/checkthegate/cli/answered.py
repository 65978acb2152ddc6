"""An answer as people read it: the verdict, why, what to do next, and what would make it easier."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
_SHORT: Final = 140

Paint = Callable[[str], str]


def answer_text(
    answer: Mapping[str, Any],
    *,
    width: int = 88,
    styled: bool = False,
    plain_shapes: bool = False,
) -> str:
    """The text of one answer, ending with a newline. `width` is in columns."""

    def mark(verdict: str) -> str:
        return verdict_mark(verdict, styled=styled, plain_shapes=plain_shapes)

    width = max(40, width)
    verdict = answer["verdict"]
    lines = [visible(answer["title"])[:_SHORT], f"{mark(verdict)}. {_means(answer)}"]
    lines += _findings(answer["findings"], width)
    lines += _changes(answer["would_change"], mark, width)
    lines += ["", *_wrapped(f"{_packs(answer)} {answer['notice']}", width, "")]
    return "\n".join(lines) + "\n"


def count_text(verdicts: Sequence[str]) -> str:
    """`Three uses: one escalate, two notify.`"""
    kinds = [word for word in ("blocked", "escalate", "notify", "clear") if word in verdicts]
    told = listed([f"{verdicts.count(word):,} {word}" for word in kinds])
    return f"{sentence(count(len(verdicts), 'use'))}: {told}."


def _means(answer: Mapping[str, Any]) -> str:
    verdict = answer["verdict"]
    return _MEANS.get((verdict, answer["approval"])) or _MEANS[verdict, ""]

"""Two passages side by side, as plain text: words that differ stand in double square brackets.

`[[…]]` is the whole convention; brackets of the text itself are set apart (`[ [`). `[…]` stands for
more than a dozen words that differ, and a passage that is cut ends in ` …`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from checkthegate.fingerprint.words_judge import Shared
from checkthegate.fingerprint.words_print import Words
from checkthegate.model import Exhibit

LONGEST = 600
"""Letters of a passage that are shown, brackets not counted."""
_MOST_BETWEEN = 12
_ELIDED = " […] "
_BLANKS = re.compile(r"[ \t\r\f\v]*\n\s*|[ \t\r\f\v]+")


def exhibits(target: Words, source: Words, passage: Shared) -> tuple[Exhibit, ...]:
    """What was found, and what it matches."""
    found = {at for run in _runs(passage) for at in range(run[0], run[0] + run[2])}
    known = {at for run in _runs(passage) for at in range(run[1], run[1] + run[2])}
    return (
        _exhibit("found", target, passage.start, passage.stop, found),
        _exhibit("source", source, passage.source_start, passage.source_stop, known),
    )


def place(words: Words, letter: int) -> str:
    """Page and scene at an offset, for people; empty where the format has none."""
    passage = words.passage(letter)
    page = f"page {passage.page}" if passage.page else ""
    return ", ".join(part for part in (page, passage.scene) if part)


def _runs(passage: Shared) -> Iterable[tuple[int, int, int]]:
    return (run for stretch in passage.stretches for run in stretch.runs)


def _exhibit(side: str, words: Words, start: int, stop: int, agreeing: set[int]) -> Exhibit:
    part = words.span(start, stop)
    places = part.starts.tolist(), part.ends.tolist()
    agrees = [word in agreeing for word in range(start, stop)]
    body = "".join(_marked(words.text.body, *places, agrees))
    caption = place(words, places[0][0])
    return Exhibit(side, "text/plain", body.encode("utf-8", "replace"), caption)


def _marked(
    body: str, starts: Sequence[int], ends: Sequence[int], agrees: Sequence[bool]
) -> Iterator[str]:
    last, shown = starts[0], 0
    for first, after in _parts(agrees):
        if not agrees[first] and after - first > _MOST_BETWEEN:
            yield _ELIDED
            last = starts[min(after, len(starts) - 1)]
            continue
        fits = bisect_right(ends, starts[first] + LONGEST - shown, first, after)
        if fits > first:
            between = _plain(body[last : starts[first]])
            here = _plain(body[starts[first] : ends[fits - 1]])
            yield between + (here if agrees[first] else f"[[{here}]]")
            last = ends[fits - 1]
            shown += len(between) + len(here)
        if fits < after:
            yield " …"
            return


def _parts(agrees: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Runs of words that all agree, or all differ: the first, and after the last."""
    first = 0
    for word in range(1, len(agrees) + 1):
        if word == len(agrees) or agrees[word] != agrees[first]:
            yield first, word
            first = word


def _plain(text: str) -> str:
    joined = _BLANKS.sub(lambda hit: "\n" if "\n" in hit[0] else " ", text)
    return re.sub(r"(?<=\[)(?=\[)|(?<=\])(?=\])", " ", joined)

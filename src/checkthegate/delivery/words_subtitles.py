"""SubRip and WebVTT: what is said, without numbers, times, tags, notes and styles.

Sources: the WebVTT specification (W3C), SubRip files as players write them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from checkthegate.seams import Limits, Passage, Text

_TIMES = re.compile(r"[ \t]*((?:\d{1,3}:)?\d{1,3}:\d\d)[.,]\d{1,3}[ \t]+-->")
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
_HIDDEN = ("NOTE", "STYLE", "REGION", "WEBVTT", "X-TIMESTAMP-MAP")


def subtitle_words(body: str, limits: Limits) -> Text:
    """The cues' words, one cue a line or more; each passage's scene is the time its cue begins."""
    parts, begins, length = list[str](), list[Passage](), 0
    for time, words in _cues(body):
        if len(begins) < limits.items * 5:
            begins.append(Passage(length, 0, time))
        parts.append(words + "\n")
        length += len(parts[-1])
    return Text("".join(parts), begins)


def _cues(body: str) -> Iterator[tuple[str, str]]:
    """(time, words) of each cue: lines after its times up to an empty one."""
    time, lines, hidden = "", list[str](), False
    for line in body.splitlines():
        times = _TIMES.match(line)
        if times:
            # A number or name just above the times belongs to this cue.
            yield from _cue(time, lines)
            time, lines, hidden = times[1], [], False
        elif not line.strip():
            yield from _cue(time, lines)
            time, lines, hidden = "", [], False
        elif not time:
            hidden = hidden or line.lstrip("\ufeff").startswith(_HIDDEN)
        elif not hidden:
            lines.append(line)
    yield from _cue(time, lines)


def _cue(time: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    plain = [html.unescape(_TAG.sub("", line)).strip() for line in lines]
    words = "\n".join(line for line in plain if line)
    if time and words:
        yield time, words

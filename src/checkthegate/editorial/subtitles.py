"""Timed text: SubRip (SRT) and WebVTT. Each cue is a clip on track T1, at milliseconds."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from checkthegate.editorial.assembly import Assembly, plain
from checkthegate.editorial.edl import text_of
from checkthegate.model import Unreadable
from checkthegate.model.timeline import FrameRange, MediaRef, Timeline, TrackKind

_MILLISECONDS: Final = Fraction(1000)
_SRT_TIMES: Final = re.compile(
    r"\s*(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3})\s*-->"
    r"\s*(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3})(?:\s+\S.{0,200})?\s*\Z"
)
_VTT_TIMES: Final = re.compile(
    r"\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})\.(\d{1,3})\s*-->"
    r"\s*(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})\.(\d{1,3})(?:\s+\S.{0,500})?\s*\Z"
)
_LINES: Final = re.compile(r"\r\n|\r|\n")
_LONGEST_CUE: Final = 4000


def read_srt(content: bytes) -> Timeline:
    """The cues of a SubRip file. Raises `Unreadable` when it is damaged."""
    blocks = _blocks(text_of(content))
    made = _assembly("srt")
    for number, (at, lines) in enumerate(blocks):
        numbered = lines[0].strip().isdigit() and len(lines) > 1 and "-->" in lines[1]
        times = _SRT_TIMES.match(lines[1 if numbered else 0])
        if times is None:
            if number and "-->" not in "".join(lines) and not lines[0].strip().isdigit():
                _continue(made, lines)
                continue
            raise Unreadable(_damaged("SubRip (SRT)", at))
        _cue(made, times, lines[2 if numbered else 1 :], lines[0] if numbered else "")
    return _finished(made, "SubRip (SRT)")


def read_vtt(content: bytes) -> Timeline:
    """The cues of a WebVTT file. Raises `Unreadable` when it is damaged."""
    text = text_of(content)
    head = _LINES.split(text[:200], maxsplit=1)[0]
    if not re.match(r"WEBVTT(?:[ \t]|\Z)", head):
        raise Unreadable(
            "these subtitles are not WebVTT: the first line has to say WEBVTT, so it is not "
            "certain how to read them"
        )
    made = _assembly("vtt")
    for at, lines in _blocks(text)[1:]:
        if not lines[0].startswith(("NOTE", "STYLE", "REGION")):
            _vtt_block(made, at, lines)
    return _finished(made, "WebVTT")


def _vtt_block(made: Assembly, at: int, lines: list[str]) -> None:
    """A cue; several where a new one begins without a blank line in between."""
    starts = [number for number, line in enumerate(lines) if "-->" in line]
    if not starts or starts[0] > 1:
        raise Unreadable(_damaged("WebVTT", at))
    for place, start in enumerate(starts):
        times = _VTT_TIMES.match(lines[start])
        following = starts[place + 1] if place + 1 < len(starts) else len(lines)
        if times is None or following == start + 1 < len(lines):
            raise Unreadable(_damaged("WebVTT", at + start))
        label = lines[start - 1] if start == 1 and not place else ""
        _cue(made, times, lines[start + 1 : following], label)


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Runs of lines that are not blank, with the number of each one's first line."""
    blocks: list[tuple[int, list[str]]] = []
    fresh = True
    for number, line in enumerate(_LINES.split(text), 1):
        if not line.strip("\x00 \t\x1a"):
            fresh = True
            continue
        if fresh:
            blocks.append((number, []))
            fresh = False
        blocks[-1][1].append(line)
    return blocks


def _assembly(format: str) -> Assembly:
    made = Assembly(format, "", _MILLISECONDS)
    made.track(TrackKind.TEXT, 1)
    return made


def _cue(made: Assembly, times: re.Match[str], lines: list[str], label: str) -> None:
    start, end = _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:])
    if end < start:
        made.problem(f"cue {len(made.clips) + 1} ends before it begins")
        end = start
    words = "\n".join(lines)[:_LONGEST_CUE]
    record = FrameRange(start, end, _MILLISECONDS)
    made.add(plain(words, 60), "T1", record, None, MediaRef(), label=plain(label), text=words)


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(each or 0) for each in parts[:3])
    thousandths = int((parts[3] or "0").ljust(3, "0"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _continue(made: Assembly, lines: list[str]) -> None:
    """Words after a blank line still belong to the cue before."""
    from dataclasses import replace

    if made.clips:
        last = made.clips[-1]
        words = "\n".join((last.text, "", *lines))[:_LONGEST_CUE]
        made.clips[-1] = replace(last, text=words)


def _finished(made: Assembly, what: str) -> Timeline:
    if not made.clips:
        raise Unreadable(
            f"these {what} subtitles hold no cue at all, so what they were to say is not known"
        )
    return made.timeline()


def _damaged(what: str, line: int) -> str:
    return (
        f"these {what} subtitles are damaged at line {line}: a cue has no time, or a wrong one, so "
        "what is shown when is not known"
    )

"""Avid log exchange (ALE): a table of clips with tape, time-code and file, on no track."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from checkthegate.editorial.assembly import MOST_CLIPS, Assembly, known_rate, media_named, plain
from checkthegate.editorial.edl import text_of
from checkthegate.model import Unreadable
from checkthegate.model.timecode import can_drop, frame_of, says_drop
from checkthegate.model.timeline import FrameRange, MediaRef, Timeline

_COLUMNS: Final = 600
_REELS: Final = ("tape", "reel", "source tape", "tape name", "reel name", "camroll")
_FILES: Final = (
    *("source file", "source path", "source file path", "file path", "filename", "file name"),
    *("unc", "media file", "video file"),
)
_UMIDS: Final = ("umid", "source umid", "clip umid")


def read_ale(content: bytes) -> Timeline:
    """The clips listed. Raises `Unreadable` without a heading, columns or rows of clips."""
    lines = [line.rstrip("\x00\x1a") for line in re.split(r"\r\n|\r|\n", text_of(content))]
    heading, columns, rows = _sections(lines)
    if not columns:
        raise Unreadable(
            "this looks like an Avid log (ALE), but it has no row of column names, so what it "
            "lists is not known"
        )
    rate = _rate(heading)
    made = Assembly("ale", "", rate)
    for number, row in enumerate(rows, 1):
        if number > MOST_CLIPS:
            made.problem(f"the log lists more than {MOST_CLIPS} clips; the rest was not read")
            break
        cells = dict(zip(columns, map(str.strip, row.split("\t")), strict=False))
        _row(made, cells, rate)
    return made.timeline()


def _sections(lines: list[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """Heading, names of columns in lower case, and the rows of clips."""
    heading: dict[str, str] = {}
    columns: list[str] = []
    rows: list[str] = []
    section = ""
    for line in lines:
        word = line.strip().lower()
        if word in ("heading", "column", "data") and section != "data":
            section = word
        elif not line.strip():
            continue
        elif section == "heading":
            name, _, value = line.partition("\t")
            heading[name.strip().lower()[:80]] = value.strip()
        elif section == "column" and not columns:
            columns = [each.strip().lower() for each in line.split("\t")[:_COLUMNS]]
        elif section == "data":
            rows.append(line)
    return heading, columns, rows


def _rate(heading: Mapping[str, str]) -> Fraction:
    try:
        return known_rate(float(heading.get("fps", "24")))
    except ValueError:
        return Fraction(24)


def _row(made: Assembly, cells: Mapping[str, str], usual: Fraction) -> None:
    """One clip: all of what it describes is its source."""
    name = plain(cells.get("name", ""))
    rate = usual
    if cells.get("fps"):
        try:
            rate = known_rate(float(cells["fps"]))
        except (ValueError, Unreadable):
            made.problem(f"the clip “{name}” has a frame rate that is none")
    source = _range(made, cells, rate, name)
    path = next((cells[each] for each in _FILES if cells.get(each)), "")
    more: dict[str, Any] = {
        "name": name,
        "reel": plain(next((cells[each] for each in _REELS if cells.get(each)), "")),
        "umid": re.sub(
            r"[^0-9a-f]", "", next((cells[e] for e in _UMIDS if cells.get(e)), "").lower()
        )[-64:],
        "available": source,
    }
    media = media_named(path, **more) if path else MediaRef(**more)
    made.drop_frame = made.drop_frame or says_drop(cells.get("start", ""))
    nowhere = FrameRange(0, 0, made.rate)
    kept = {key: plain(value) for key, value in list(cells.items())[:80] if value}
    made.add(name or media.file, "", nowhere, source, media, metadata=kept)


def _range(
    made: Assembly, cells: Mapping[str, str], rate: Fraction, name: str
) -> FrameRange | None:
    start, end = cells.get("start", ""), cells.get("end", "")
    if not (start and end):
        return None
    try:
        drop = says_drop(start) and can_drop(rate)
        first, last = (frame_of(each, rate, drop=drop) for each in (start, end))
    except ValueError as problem:
        made.problem(f"the clip “{name}” has a wrong time-code: {problem}")
        return None
    return FrameRange(first, max(first, last), rate)

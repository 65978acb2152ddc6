"""JSON Lines: one declaration a line in, one declaration or fault a line out, in flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from checkthegate.declaration.build import build
from checkthegate.declaration.faults import Complaint, Fault, Faulty, Place
from checkthegate.declaration.json_text import place_in_json, read_json
from checkthegate.model.use import DeclaredUse

MAX_LINE: Final = 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"


def read_lines(stream: BinaryIO) -> Iterator[DeclaredUse | Fault]:
    """Exactly one result for each line, in order; an empty line is a fault too.

    `stream` is read a line at a time; what is longer than `MAX_LINE` bytes is skipped over.
    """
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) > MAX_LINE and not line.endswith(b"\n"):
            _skip(stream)
            yield Fault("This line is longer than 1 MB.", "Shorten it.", "", Place(number))
        else:
            yield _read_line(line, number)


def _skip(stream: BinaryIO) -> None:
    while (more := stream.readline(MAX_LINE)) and not more.endswith(b"\n"):
        pass


def _read_line(line: bytes, number: int) -> DeclaredUse | Fault:
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as problem:
        place = Place(number, problem.start + 1)
        return Fault("A character here is not in UTF-8.", "Save it as UTF-8.", "", place)
    if not text.strip():
        return Fault("This line is empty.", "Take it out, or declare a use.", "", Place(number))
    complaints: list[Complaint] = []
    try:
        use = build(read_json(text), complaints)
    except Faulty as problem:
        return replace(problem.fault, place=replace(problem.fault.place, line=number))
    if use is not None:
        return use
    first = complaints[0]
    place = place_in_json(text, first)
    more = len(complaints) - 1
    fault = first.at(replace(place, line=number))
    return replace(fault, hint=f"{fault.hint} ({more} more here.)".strip()) if more else fault

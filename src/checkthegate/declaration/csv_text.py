"""A coordinator's spreadsheet: one row a use, however the spreadsheet program saved it.

Commas, semicolons or tabs; a line `sep=;` before the headings; blank rows; headings in any
order and spelling (`Declared by`). Rows that begin with `#` explain and are passed over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from checkthegate.declaration.cells import from_cell
from checkthegate.declaration.faults import Complaint, Fault, Faulty, Place
from checkthegate.declaration.hints import did_you_mean, shown
from checkthegate.declaration.shape import FIELDS, SCHEMA
from checkthegate.declaration.stated import Stated

_DELIMITERS: Final = (",", ";", "\t")
_LONGEST_CELL: Final = 32_768
_TEMPLATE: Final = "A table to start from: gate ask --template csv"
_KNOWN: Final = (*FIELDS, "schema")


def stated_in_csv(text: str) -> list[Stated]:
    """Every row that is a declaration. Raises `Faulty` where it cannot be taken apart."""
    rows = _rows(text, _delimiter(text))
    heading = next(rows, None)
    if heading is None:
        raise Faulty(Fault("There is no row of headings.", _TEMPLATE))
    columns = _columns(*heading)
    return [_row(line, cells, columns) for line, cells in rows]


def looks_like_csv(text: str) -> bool:
    """Whether the first line is a row of headings, the mandatory ones among them."""
    first = _first_row(text, _delimiter(text))
    return {"title", "purpose"} <= {_name(cell) for cell in first}


def _delimiter(text: str) -> str:
    """The delimiter under which the most headings are known."""
    start = text[:10].lower()
    if start.startswith("sep=") and len(text) > 4:
        return text[4]
    return max(_DELIMITERS, key=lambda each: sum(
        _name(cell) in _KNOWN for cell in _first_row(text, each)))  # fmt: skip


def _first_row(text: str, delimiter: str) -> list[str]:
    lines = io.StringIO(text[: _LONGEST_CELL * 2].lstrip("\r\n"))
    return next(lines, "").rstrip("\r\n").split(delimiter)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every row that says something."""
    if len(delimiter) != 1 or delimiter in '\r\n"':
        raise Faulty(Fault("The line “sep=” names no delimiter.", "Take that line out."))
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            raise Faulty(_broken(problem, line)) from None
        if cells is None:
            return
        filled = any(cell.strip() for cell in cells)
        sep = line == 1 and cells[0].lower().startswith("sep=") if cells else False
        if filled and not sep and not cells[0].lstrip().startswith("#"):
            yield line, cells
        line = reader.line_num + 1


def _broken(problem: csv.Error, line: int) -> Fault:
    said = str(problem)
    if "field limit" in said:
        return Fault(f"A cell holds more than {_LONGEST_CELL:,} characters.",
                     "Shorten it.", place=Place(line))  # fmt: skip
    return Fault("A quotation mark in the row that begins here is not closed, or stands alone.",
                 "Save the table again from the spreadsheet program, as CSV.",
                 place=Place(line))  # fmt: skip


def _name(heading: str) -> str:
    return "_".join(heading.strip().strip('"\ufeff').casefold().replace("-", " ").split())


def _columns(line: int, cells: Sequence[str]) -> list[str]:
    """The field of each column; empty for a column without a heading."""
    columns: list[str] = []
    for number, cell in enumerate(cells):
        name = _name(cell)
        place = Place(line, number + 1, _cell(number, line))
        if name and name not in _KNOWN:
            raise Faulty(Fault(f"There is no column “{shown(cell.strip())}”.",
                               did_you_mean(name, FIELDS), name, place))  # fmt: skip
        if name and name in columns:
            raise Faulty(Fault(f"The column “{name}” stands here twice.", "Keep one of them.",
                               name, place))  # fmt: skip
        columns.append(name)
    return columns


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> Stated:
    for number in range(len(columns), len(cells)):
        if cells[number].strip():
            raise Faulty(Fault("This cell stands in no column.",
                               "Give the column a heading, or put the cell in quotation marks "
                               "when its text holds the delimiter.",
                               place=Place(line, number + 1, _cell(number, line))))  # fmt: skip
    stated: dict[str, object] = {}
    for number, (name, cell) in enumerate(zip(columns, cells, strict=False)):
        if name in FIELDS:
            stated[name] = from_cell(cell, FIELDS[name])
        elif name == "schema":
            stated[name] = cell.strip() or SCHEMA
        elif cell.strip():
            raise Faulty(Fault("This cell’s column has no heading.", "Give it one.",
                               place=Place(line, number + 1, _cell(number, line))))  # fmt: skip
    return Stated(stated, _placer(line, list(columns)))


def _placer(line: int, columns: Sequence[str]) -> Callable[[Complaint], Place]:
    def place(complaint: Complaint) -> Place:
        name = complaint.steps[0] if complaint.steps else ""
        if name not in columns:
            return Place(line)
        number = columns.index(str(name))
        return Place(line, number + 1, _cell(number, line))

    return place


def _cell(number: int, line: int) -> str:
    """`D4`, as a spreadsheet names it. Right as long as no cell above holds a line break."""
    letters = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{line}"

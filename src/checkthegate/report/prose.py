"""Blocks of a text for people, written for a terminal or as Markdown from the same blocks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from checkthegate.report.text import storable, visible

_MARKUP: Final = re.compile(r"([\\`*_<>\[\]|])")
_GAP: Final = "  "
_NARROWEST: Final = 24
_NARROW_COLUMN: Final = 10


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title of the page."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. `loud` ones stand out: warnings."""

    text: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a list: an opening word, what it says, and points beneath it."""

    text: str
    opening: str = ""
    beneath: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """A list of points."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `links` are cell → target; the first `code` columns hold names to
    be copied as they stand."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[tuple[str, str], ...] = ()
    code: int = 0


Block: TypeAlias = Heading | Paragraph | Points | Table


def terminal_text(blocks: Iterable[Block], width: int) -> str:
    """The blocks in plain lines of at most `width` characters, safe to print."""
    lines: list[str] = []
    for block in blocks:
        lines += [""] if lines else []
        lines += _terminal_lines(block, width)
    return "\n".join(lines)


def markdown_text(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown; nothing in them is read as markup."""
    return "\n\n".join("\n".join(_markdown_lines(block)) for block in blocks) + "\n"


def _terminal_lines(block: Block, width: int) -> list[str]:
    if isinstance(block, Heading):
        lines = _wrapped(visible(block.text), width)
        rule = {1: "═", 2: "─"}.get(block.level)
        return [*lines, rule * max(map(len, lines))] if rule else lines
    if isinstance(block, Paragraph):
        return _wrapped(visible(block.text), width, "  " if block.loud else "")
    if isinstance(block, Points):
        return [line for point in block.points for line in _terminal_point(point, width, 0)]
    return _terminal_table(block, width)


def _terminal_point(point: Point, width: int, depth: int) -> Iterator[str]:
    indent = "  " * (depth + 1)
    lines = _wrapped(visible(f"{point.opening} {point.text}".strip()), width - len(indent) - 2)
    for at, line in enumerate(lines):
        yield f"{indent}{'  ' if at else '- '}{line}"
    for each in point.beneath:
        yield from _terminal_point(each, width, depth + 1)


def _terminal_table(table: Table, width: int) -> list[str]:
    rows = [tuple(visible(cell) for cell in row) for row in (table.headings, *table.rows)]
    sizes = [max(len(row[at]) for row in rows) for at in range(len(table.headings))]
    shrunk = _fitted(sizes, width)
    lines = []
    for row in rows:
        cells = [
            textwrap.wrap(cell, size, break_on_hyphens=False) or [""]
            for cell, size in zip(row, shrunk, strict=True)
        ]
        for at in range(max(map(len, cells))):
            parts = [
                (cell[at] if at < len(cell) else "").ljust(size)
                for cell, size in zip(cells, shrunk, strict=True)
            ]
            lines.append(_GAP.join(parts).rstrip())
    return lines


def _fitted(sizes: Sequence[int], width: int) -> list[int]:
    """Column widths that fit, taking room from the widest but the first, which holds names."""
    first, *fitted = sizes
    room = width - first - len(_GAP) * len(fitted)
    while fitted and sum(fitted) > room and max(fitted) > _NARROW_COLUMN:
        fitted[fitted.index(max(fitted))] -= 1
    return [first, *fitted]


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        max(width, _NARROWEST),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def _markdown_lines(block: Block) -> list[str]:
    if isinstance(block, Heading):
        return [f"{'#' * block.level} {plain(block.text)}"]
    if isinstance(block, Paragraph):
        return [("> " if block.loud else "") + plain(block.text)]
    if isinstance(block, Points):
        return [line for point in block.points for line in _markdown_point(point, 0)]
    links = dict(block.links)
    rows = [
        " | ".join(_cell(cell, links, at < block.code) for at, cell in enumerate(row))
        for row in block.rows
    ]
    return [
        f"| {' | '.join(map(plain, block.headings))} |",
        "|" + "---|" * len(block.headings),
        *(f"| {row} |" for row in rows),
    ]


def _markdown_point(point: Point, depth: int) -> Iterator[str]:
    opening = f"**{plain(point.opening)}** " if point.opening else ""
    yield f"{'  ' * depth}- {opening}{plain(point.text)}".rstrip()
    for each in point.beneath:
        yield from _markdown_point(each, depth + 1)


def _cell(cell: str, links: dict[str, str], code: bool) -> str:
    if code and "`" not in cell and "|" not in cell:
        return f"`{visible(cell)}`"
    return f"[{plain(cell)}]({links[cell]})" if cell in links else plain(cell)


def plain(text: str) -> str:
    """`text` on one line with everything that Markdown would read as markup escaped.

    Addresses stay as they are, so that they can be followed.
    """
    words = " ".join(storable(visible(text)).split()).split(" ")
    return " ".join(f"<{word}>" if _address(word) else _MARKUP.sub(r"\\\1", word) for word in words)


def _address(word: str) -> bool:
    return word.startswith("https://") and not _MARKUP.search(word)

"""Reads tools and what is known of them from a table or JSON, and names what contradicts.

CSV has one line a source: `name`, `version`, `tier`, `account`, `maker`, then a column for each
fact (`stores`, `trains`, …), and `source`, `clause`, `reviewer`, `stated_on`, `review_by`. JSON
is a list of objects with the same names. An empty cell states nothing.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from checkthegate.app.recording import event, new_id
from checkthegate.app.registry.desk import Desk, Written
from checkthegate.app.registry.documents import keep_document
from checkthegate.app.registry.files import unreadable
from checkthegate.app.registry.tools import IDENTITY, identity, refuse_future, told_answer
from checkthegate.model import UsageError
from checkthegate.model.event import Event
from checkthegate.model.registry import ToolFactName
from checkthegate.registry.fields import meant
from checkthegate.registry.times import as_known_now
from checkthegate.registry.tools import tool_answers
from checkthegate.seams import RecordReading

_MOST_BYTES: Final = 16 * 1024 * 1024
_STATED: Final = ("source", "clause", "reviewer", "stated_on", "review_by", "note")
_COLUMNS: Final = (*IDENTITY, "maker", *_STATED, *ToolFactName)
_WORSE: Final = {"no": 0, "unsure": 1, "yes": 2}


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import. `contradictions` name tool, fact and who says what."""

    written: Written
    tools: list[str]
    contradictions: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Line:
    """One source's word on one tool; `where` names it for people."""

    where: str
    tool: Mapping[str, Any]
    facts: Sequence[Mapping[str, str]]
    stated: Mapping[str, Any]


def import_tools(desk: Desk, file: Path) -> Imported:
    """Record everything in the file, all or none. Raises `UsageError` naming the line."""
    lines = [_line(desk, file, where, cells) for where, cells in _rows(file)]
    if not lines:
        raise UsageError(
            f"There is no tool in “{file}”.",
            hint=f"Its columns: {', '.join(_COLUMNS[:5])}, … See: docs/reference/records.md",
            path=str(file),
        )
    ids: dict[tuple[str, ...], str] = {}
    found: list[dict[str, Any]] = []

    def make(reading: RecordReading) -> list[Event]:
        ids.clear()
        ids.update({identity(row): row["id"] for row in reading.rows("tools")})
        found[:] = _contradictions(lines, reading)
        return [each for line in sorted(lines, key=_severity) for each in _events(line, ids)]

    written = desk.write(make)
    tools = list(dict.fromkeys(ids[identity(line.tool)] for line in lines))
    return Imported(written, tools, found)


def _events(line: _Line, ids: dict[tuple[str, ...], str]) -> list[Event]:
    made = []
    key = identity(line.tool)
    if key not in ids:
        ids[key] = new_id("tool")
        made.append(event("tool-added", ids[key], line.tool))
    if line.facts:
        body = {**line.stated, "facts": list(line.facts)}
        made.append(event("tool-fact-stated", ids[key], body))
    return made


def _severity(line: _Line) -> int:
    """The worse word comes later, so that of one reviewer's two words of a day it counts."""
    return max((_WORSE.get(fact.get("answer", ""), 0) for fact in line.facts), default=0)


def _contradictions(lines: Sequence[_Line], reading: RecordReading) -> list[dict[str, Any]]:
    said: dict[tuple[tuple[str, ...], str], dict[str, list[str]]] = {}
    names = {}
    now = as_known_now(datetime.now(UTC).isoformat())
    wanted = {identity(line.tool) for line in lines}
    for row in reading.rows("tools"):
        if identity(row) in wanted:
            names[identity(row)] = row["name"]
            for fact in tool_answers(row, reading, now).facts:
                words = said.setdefault((identity(row), fact.fact), {})
                words.setdefault(str(fact.answer or fact.text), []).append(f"entry {fact.entry}")
    for line in lines:
        names.setdefault(identity(line.tool), line.tool["name"])
        for stated in line.facts:
            words = said.setdefault((identity(line.tool), stated["fact"]), {})
            words.setdefault(stated.get("answer") or stated["text"], []).append(line.where)
    return [
        {
            "tool": names[key],
            "fact": str(fact),
            "says": [{"answer": word, "sources": sources} for word, sources in words.items()],
        }
        for (key, fact), words in said.items()
        if len(words) > 1
    ]


def _line(desk: Desk, file: Path, where: str, cells: Mapping[str, str]) -> _Line:
    try:
        facts = [told_answer(name, cells[name]) for name in ToolFactName if cells.get(name)]
        stated: dict[str, Any] = {name: cells[name] for name in _STATED if cells.get(name)}
        stated.setdefault("stated_on", datetime.now(UTC).date().isoformat())
        refuse_future(stated["stated_on"], "stated_on")
        if "name" not in cells:
            raise UsageError("the tool’s name is missing.", hint="Fill in the column “name”.")
        if facts and "review_by" not in stated:
            raise UsageError(
                "no review_by date is given.", hint="Say by when somebody looks again."
            )
        source = stated.pop("source", None)
        clause = stated.pop("clause", None)
        stated.setdefault("reviewer", source or file.name)
        if source is not None:
            _attach(desk, file.parent / source, source, stated)
        if clause is not None:
            facts = [{**fact, "clause": clause} for fact in facts]
    except UsageError as problem:
        raise UsageError(f"{where}: {problem.message}", hint=problem.hint, path=str(file)) from None
    tool = {name: cells[name] for name in (*IDENTITY, "maker") if cells.get(name)}
    return _Line(where, tool, facts, stated)


def _attach(desk: Desk, file: Path, source: str, stated: dict[str, Any]) -> None:
    """Keep the terms a line names, where they lie beside the table; else only their name.

    A table may come from somebody else, so it cannot fetch files from elsewhere.
    """
    beside = file.resolve()
    if beside.is_file() and beside.is_relative_to(file.parent.resolve()) and "/" not in source:
        stated["document"] = keep_document(desk.home, file)
    else:
        stated["note"] = " ".join(filter(None, (f"Source: {source}.", stated.get("note"))))


def _rows(file: Path) -> list[tuple[str, dict[str, str]]]:
    text = _text(file)
    if text.lstrip().startswith(("[", "{")):
        return _json_rows(file, text)
    reader = csv.DictReader(io.StringIO(text), restkey="")
    names = {name: _column(name, f"{file.name}, line 1") for name in reader.fieldnames or ()}
    rows = []
    try:
        for row in reader:
            where = f"{file.name}, line {reader.line_num}"
            if row.get(""):
                raise UsageError(f"{where}: there are more cells than columns.", hint="Mend it.")
            cells = {names[name]: (value or "").strip() for name, value in row.items() if name}
            if any(cells.values()):
                rows.append((where, {name: value for name, value in cells.items() if value}))
    except csv.Error as problem:
        raise UsageError(
            f"{file.name}, line {reader.line_num}: this is no table ({problem}).", hint="Mend it."
        ) from None
    return rows


def _json_rows(file: Path, text: str) -> list[tuple[str, dict[str, str]]]:
    try:
        stated = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UsageError(
            f"“{file}” is not JSON: {problem}.", hint="Mend it there.", path=str(file)
        ) from None
    listed = stated.get("items", [stated]) if isinstance(stated, dict) else stated
    rows = []
    for number, each in enumerate(listed, 1):
        where = f"{file.name}, tool {number}"
        if not isinstance(each, dict):
            raise UsageError(f"{where}: named fields were expected.", hint="Begin it with {.")
        facts = each.pop("facts", {})
        merged = {**each, **(facts if isinstance(facts, dict) else {})}
        rows.append((where, {_column(name, where): _cell(value) for name, value in merged.items()
                             if value not in (None, "")}))  # fmt: skip
    return rows


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _column(name: str, where: str) -> str:
    plain = name.strip().casefold().replace(" ", "-")
    for each in (plain, plain.replace("-", "_"), plain.replace("_", "-")):
        if each in _COLUMNS:
            return each
    raise UsageError(
        f"{where}: “{name[:60]}” is not a column of a tool.", hint=meant(plain, list(_COLUMNS))
    )


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise UsageError(f"“{file}” is larger than 16 MB.", hint="Split it.", path=str(file))
        return content.decode("utf-8-sig")
    except OSError as problem:
        raise unreadable(file, problem) from None
    except UnicodeDecodeError:
        raise UsageError(
            f"“{file}” is not text in UTF-8.", hint="Save it as CSV UTF-8.", path=str(file)
        ) from None

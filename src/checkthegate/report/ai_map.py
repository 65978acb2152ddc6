"""`ai-map.csv` and `ai-map.json`: where AI is or may be, in files and in the events of cuts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from checkthegate.report.cuts import row_fields
from checkthegate.report.how import how_we_know, span_words
from checkthegate.report.json_report import json_bytes
from checkthegate.report.match_words import answer_words, told_of
from checkthegate.report.text import visible
from checkthegate.seams import ReportInput

COLUMNS: Final = (
    "path", "kind", "ai", "verdict", "tool", "model", "source type", "claim", "grade",
    "observer", "rules", "approval", "in", "out", "how we know", "digest", "source",
    "source path", "source in", "source out", "distance", "differs", "match", "answer",
    "timeline", "event", "event name", "track", "record in", "record out", "record in frame",
    "record out frame", "media in", "media out", "linked by", "use", "seconds", "share of frame",
    "prominence", "changed", "enabled", "nest", "note",
)  # fmt: skip
SCHEMA: Final = "checkthegate.ai-map/1"
_FILE_COLUMNS: Final = COLUMNS.index("timeline")
_MATCH_COLUMNS: Final = 8
_NUMBERS: Final = ("distance", "differs")
# Where a line of a cut stands among the columns; what is not here has its own name.
_COLUMN_OF: Final = {
    "media": "path", "record": "source", "number": "event", "name": "event name",
    "source_in": "media in", "source_out": "media out", "share": "share of frame",
}  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "|", "%")


class AiMap:
    """One row for each piece of evidence of AI and for each match with what is on record, and
    one for each gap where it is unknown; then one for each place in a cut, with its time-code.

    In a cut's rows `path` is the media and `source` the record it matches. UTF-8 with a byte order
    mark, which spreadsheets need to read names right. Cells that a spreadsheet would run as a
    formula begin with an apostrophe.
    """

    filename = "ai-map.csv"

    def render(self, report: ReportInput) -> bytes:
        """The whole file; a heading row even when there is nothing to list."""
        sheet = io.StringIO(newline="")
        writer = csv.writer(sheet, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        blank = [""] * (len(COLUMNS) - _FILE_COLUMNS)
        for asset in report.document["assets"]:
            writer.writerows([*map(cell, row), *blank] for row in _rows(asset))
        for fields in _places(report):
            row = _event_row(fields)
            writer.writerow([cell(row.get(name, "")) for name in COLUMNS])
        return sheet.getvalue().encode("utf-8-sig", "backslashreplace")


class AiMapJson:
    """The same for programs, `checkthegate.ai-map/1`: `files`, and the `events` of cuts.

    A file's line leaves out what is empty.
    """

    filename = "ai-map.json"

    def render(self, report: ReportInput) -> bytes:
        """The whole file, UTF-8."""
        files = [_file_line(row) for asset in report.document["assets"] for row in _rows(asset)]
        events = list(_places(report))
        return json_bytes({"schema": SCHEMA, "events": events, "files": files})


def _places(report: ReportInput) -> Iterator[dict[str, Any]]:
    """Every line of every cut's AI map, by name."""
    for timeline in report.decision.timelines:
        yield from (dict(row_fields(row)) for row in timeline.rows)


def _event_row(fields: Mapping[str, Any]) -> dict[str, str]:
    """A line of a cut by column; a label stands for the number where there is one."""
    row = {
        _COLUMN_OF.get(name, name.replace("_", " ")): _text(value)
        for name, value in fields.items()
        if name != "label"
    }
    return {**row, "event": str(fields["label"] or fields["number"])}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " > ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _file_line(row: list[str]) -> dict[str, Any]:
    named = zip(COLUMNS[:_FILE_COLUMNS], row, strict=True)
    line: dict[str, Any] = {name.replace(" ", "_"): text for name, text in named if text}
    if "rules" in line:
        line["rules"] = line["rules"].split("; ")
    return line | {name: float(line[name]) for name in _NUMBERS if name in line}


def cell(text: str) -> str:
    """`text` as a spreadsheet may safely open it: on one line, never a formula."""
    shown = visible(text)
    return "'" + shown if shown.lstrip(" \u00a0'").startswith(_FORMULA) else shown


def _rows(asset: Mapping[str, Any]) -> Iterator[list[str]]:
    for evidence in asset["evidence"]:
        if evidence["claim"].startswith("ai-") or told_of(evidence) is not None:
            yield _evidence_row(asset, evidence)
    if asset["ai"] == "unknown":
        for gap in asset["gaps"]:
            yield _gap_row(asset, gap)


def _evidence_row(asset: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[str]:
    detail = evidence["detail"]
    models = detail.get("models") or [detail.get("model") or ""]
    start, _, end = span_words(evidence, asset["kind"]).partition(" – ")
    return [
        *_head(asset),
        str(detail.get("tool") or ""),
        "; ".join(str(one) for one in models) if isinstance(models, list) else str(models),
        str(detail.get("source_type") or ""),
        evidence["claim"],
        evidence["grade"],
        evidence["observer"],
        *_judged(asset),
        start,
        end,
        how_we_know(evidence),
        asset["digest"] or "",
        *_matched(evidence, asset["kind"]),
    ]


def _matched(evidence: Mapping[str, Any], kind: str) -> list[str]:
    """What it matches, where in that, how far from it, and what a person said."""
    told = told_of(evidence)
    if told is None:
        return [""] * _MATCH_COLUMNS
    source = evidence.get("source") or {}
    there = {"span": source.get("span"), "detail": evidence["detail"]}
    start, _, end = span_words(there, kind).partition(" – ")
    distance, differs = source.get("distance"), evidence["detail"].get("differs")
    return [
        told.source,
        told.path,
        start,
        end,
        "" if distance is None else f"{distance:g}",
        f"{differs:g}" if isinstance(differs, int | float) else "",
        told.match,
        answer_words(told),
    ]


def _gap_row(asset: Mapping[str, Any], gap: Mapping[str, Any]) -> list[str]:
    not_read = f"Not looked at: {gap['reason']}"
    blank = ["", "", "", "", ""]
    observed = [*blank, gap["observer"], *_judged(asset), "", "", not_read, asset["digest"] or ""]
    return [*_head(asset), *observed, *([""] * _MATCH_COLUMNS)]


def _head(asset: Mapping[str, Any]) -> list[str]:
    return [asset["path"], asset["kind"], asset["ai"], asset["verdict"]]


def _judged(asset: Mapping[str, Any]) -> list[str]:
    asked = [f for f in asset["findings"] if f["outcome"] in ("fail", "unknown")]
    rules = "; ".join(dict.fromkeys(f["rule"] for f in asked))
    covers = dict.fromkeys(f["covered_by"] for f in asked if f["covered_by"])
    if covers:
        return [rules, "; ".join(str(one) for one in covers)]
    wanted = [f["approval"] for f in asked if f["approval"] != "none"]
    return [rules, "required" if "required" in wanted else (wanted[0] if wanted else "")]

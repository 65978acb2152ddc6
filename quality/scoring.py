"""Scores what a check said of a cut against the truth. Pure: reports in, numbers out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from quality.truth import Planted, Span, Truth

SLACK = 0.5
"""Seconds by which either end of a found span may be off."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A match in a report: the banked file's name, the spans on both sides, grade and claim.

    Spans are None where the report gives none: the whole.
    """

    file: str
    claim: str
    grade: str
    span: Span | None
    source: Span | None


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one planted clip. `near` is any match with its record that touches it."""

    planted: Planted
    near: bool
    found: bool
    proven: bool
    source_right: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What became of a cut: planted clips, and matches that should not be.

    `false_proven` and `false_suspected` are claims to be recorded material where it is not;
    `alike` are `suspected` ones on look-alikes, which are no fault. `plates` counts plates named
    as inputs at any grade, of `plates_all`; `plates_accused` are plates that were `proven` AI.
    """

    rows: tuple[Row, ...]
    false_proven: tuple[Seen, ...]
    false_suspected: tuple[Seen, ...]
    alike: tuple[Seen, ...]
    shots: int
    plates: int
    plates_all: int
    plates_accused: int


def matches_in(report: Mapping[str, Any]) -> list[Seen]:
    """Every match of every asset in a `checkthegate.report/1` document."""
    return [
        _seen(evidence)
        for asset in report["assets"]
        for evidence in asset["evidence"]
        if evidence["claim"].startswith("matches-") and evidence.get("source")
    ]


def gaps_in(report: Mapping[str, Any]) -> list[str]:
    """The reasons of all gaps: a corpus is made so that there are none."""
    everywhere = [*report["gaps"], *(gap for asset in report["assets"] for gap in asset["gaps"])]
    return sorted({f"{gap['observer']}: {gap['reason']}" for gap in everywhere})


def _seen(evidence: Mapping[str, Any]) -> Seen:
    source = evidence["source"]
    name = PurePosixPath(source.get("path") or "").name
    found, there = _span(evidence.get("span")), _span(source.get("span"))
    return Seen(name, evidence["claim"], evidence["grade"], found, there)


def _span(stored: Mapping[str, float] | None) -> Span | None:
    return (float(stored["start"]), float(stored["end"])) if stored else None


def score(truth: Truth, seen: Sequence[Seen]) -> Score:
    """What the matches are worth."""
    recorded = [each for each in seen if each.claim == "matches-recorded"]
    spans: dict[str, list[Span]] = defaultdict(list)
    for planted in truth.planted:
        spans[planted.record].append(planted.span)
    wrong = [each for each in recorded if not _inside(each, spans[each.file])]
    suspected = [each for each in wrong if each.grade != "proven"]
    alike = [each for each in suspected if _inside(each, truth.alike.get(each.file, ()))]
    proven = [each for each in recorded if each.grade == "proven"]
    return Score(
        rows=tuple(_row(planted, recorded) for planted in truth.planted),
        false_proven=tuple(each for each in wrong if each.grade == "proven"),
        false_suspected=tuple(each for each in suspected if each not in alike),
        alike=tuple(alike),
        shots=truth.shots,
        plates=sum(_named(plate.file, plate.span, seen) for plate in truth.plates),
        plates_all=len(truth.plates),
        plates_accused=sum(
            any(_inside(each, [plate.span]) for each in proven) for plate in truth.plates
        ),
    )


def _row(planted: Planted, recorded: Iterable[Seen]) -> Row:
    near = [
        each for each in recorded if each.file == planted.record and _touches(each, planted.span)
    ]
    found = [each for each in near if each.span and ends_agree(each.span, planted.span)]
    right = [each for each in found if _source_right(each, planted)]
    proven = any(each.grade == "proven" for each in found)
    return Row(planted, bool(near), bool(found), proven, bool(right))


def _source_right(seen: Seen, planted: Planted) -> bool:
    if planted.source is None:
        return True
    return seen.source is not None and ends_agree(seen.source, planted.source)


def _named(file: str, span: Span, seen: Iterable[Seen]) -> bool:
    inputs = [each for each in seen if each.claim == "matches-input" and each.file == file]
    return any(_inside(each, [span]) for each in inputs)


def ends_agree(first: Span, second: Span) -> bool:
    """Whether both ends lie within the slack."""
    return abs(first[0] - second[0]) <= SLACK and abs(first[1] - second[1]) <= SLACK


def _touches(seen: Seen, span: Span) -> bool:
    return seen.span is None or overlap(seen.span, span) > 0


def _inside(seen: Seen, spans: Iterable[Span]) -> bool:
    """Whether at least half of what is claimed lies in these spans together."""
    if seen.span is None:
        return False
    length = max(1e-6, seen.span[1] - seen.span[0])
    return sum(overlap(seen.span, span) for span in spans) >= 0.5 * length


def overlap(first: Span, second: Span) -> float:
    """Seconds that two spans share."""
    return max(0.0, min(first[1], second[1]) - max(first[0], second[0]))


def metrics(scored: Score) -> dict[str, float]:
    """The numbers a baseline is kept of."""
    count = max(1, len(scored.rows))
    moving = [row for row in scored.rows if row.planted.source is not None]
    return {
        "recall": sum(row.found for row in scored.rows) / count,
        "recall proven": sum(row.proven for row in scored.rows) / count,
        "source times right": sum(row.source_right for row in moving) / max(1, len(moving)),
        "false proven": len(scored.false_proven),
        "false suspected in 10,000 shots": 1e4 * len(scored.false_suspected) / scored.shots,
        "plates proven AI": scored.plates_accused,
        "plates named": scored.plates / max(1, scored.plates_all),
    }


def table(scored: Score) -> list[str]:
    """Lines for people: what became of each kind of finishing, then what is wrong."""
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in scored.rows:
        for kind in (row.planted.kind, *(f"… {tag}" for tag in row.planted.tags)):
            kinds[kind].append(row)
    lines = [f"  {'finished by':<18} {'planted':>7} {'touched':>7} {'found':>7} {'proven':>7}"]
    for kind, rows in sorted(kinds.items(), key=lambda pair: (pair[0][0] == "…", pair[0])):
        counts = [sum(getattr(row, name) for row in rows) for name in ("near", "found", "proven")]
        lines.append(f"  {kind:<18} {len(rows):>7} " + " ".join(f"{each:>7}" for each in counts))
    for row in scored.rows:
        if not row.proven:
            lines.append(f"  not proven: {_told(row)}")
    for wrong in scored.false_proven:
        lines.append(f"  PROVEN AND FALSE: {wrong.file} at {wrong.span}")
    for wrong in scored.false_suspected:
        lines.append(f"  suspected and unlike: {wrong.file} at {wrong.span}")
    lines.append(f"  look-alikes suspected, as they may be: {len(scored.alike)}")
    lines.append(f"  plates named as inputs: {scored.plates} of {scored.plates_all}")
    return lines


def _told(row: Row) -> str:
    start, end = row.planted.span
    words = " ".join((row.planted.kind, *row.planted.tags))
    state = "found" if row.found else "other ends" if row.near else "missed"
    return f"{row.planted.record} at {start:.2f} to {end:.2f} ({words}): {state}"

"""Recorded files: which record decides about an asset, span by span, and what it explains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

from checkthegate.model import Asset, Evidence, Grade, Source, Span
from checkthegate.model.registry import AsOf, Made, Promise, Recorded, RecordedFile, Step
from checkthegate.model.use import Answer
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.times import in_effect

MATCHES_RECORDED = "matches-recorded"
MATCHES_INPUT = "matches-input"
OBSERVER = "record"
_AI = "ai-"
_LONG_ENOUGH = 4
_WHOLE_CLAIMS = frozenset({"ai-generated", "ai-watermark"})


@dataclass(frozen=True, slots=True)
class Match:
    """A record that an asset, or a span of it, is proven to match.

    `digest` is the recorded file's, None when the evidence does not tell which file it is.
    `exact` says that the asset's very bytes are recorded. `differs` is the share of the frame
    (0..1) that differs from it, where somebody compared.
    """

    record: Recorded
    digest: str | None
    span: Span | None
    source: Span | None
    distance: float
    exact: bool = False
    differs: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an asset that is AI or may be, the records that decide about it, and why not.

    `span` None is the whole asset. `matches` are all the nearest: more than one is a tie.
    `said` is evidence no record explains, which needs cover of its own.
    """

    span: Span | None
    matches: tuple[Match, ...] = ()
    said: Evidence | None = None


def record_of(rows: Rows, id_: str, when: AsOf) -> Recorded | None:
    """The record with this id, when it was on file by then."""
    for row in rows.rows("records", id=id_):
        if in_effect(row, when):
            files = [_file(file) for file in rows.rows("record_files", record=id_)]
            return _record(row, files)
    return None


def record_evidence(asset: Asset, rows: Rows, when: AsOf) -> tuple[Evidence, ...]:
    """What the records prove of the asset's very bytes.

    `matches-recorded` for each record of them; `matches-input`, which is not AI, when they
    only ever went into a record.
    """
    found = []
    for file in rows.rows("record_files", digest=asset.digest):
        record = record_of(rows, file["record"], when)
        if record is not None:
            detail = {"made": str(record.made), "use": record.use, "exact": True}
            found.append(_proven(MATCHES_RECORDED, detail, record.id, file["path"]))
    if found:
        return tuple(found)
    edges = rows.rows("record_edges", source=asset.digest)
    for edge in edges:
        if record_of(rows, edge["record"], when) is not None:
            found.append(_proven(MATCHES_INPUT, {"exact": True}, edge["record"], edge["label"]))
    return tuple(found)


def _proven(claim: str, detail: Mapping[str, Any], id_: str, path: str | None) -> Evidence:
    source = Source(id_, path, None, 0.0)
    return Evidence(OBSERVER, Grade.PROVEN, claim, detail, source=source)


def matches_of(
    asset: Asset, evidence: Sequence[Evidence], rows: Rows, when: AsOf
) -> tuple[Match, ...]:
    """The proven matches. If the bytes are themselves recorded, only those records decide."""
    exact = []
    for file in rows.rows("record_files", digest=asset.digest):
        record = record_of(rows, file["record"], when)
        if record is not None:
            exact.append(Match(record, asset.digest, None, None, 0.0, exact=True))
    if exact:
        return tuple(exact)
    return tuple(
        match
        for said in evidence
        if said.claim == MATCHES_RECORDED and said.grade is Grade.PROVEN
        if (match := _match(said, rows, when)) is not None
    )


def parts_of(evidence: Sequence[Evidence], matches: Sequence[Match]) -> tuple[Part, ...]:
    """The parts of an asset that need cover: matched spans cut where the nearest record
    changes, and evidence of AI that the record deciding there does not explain.

    A `suspected` match covers nothing and explains nothing; it is evidence like any other.
    """
    parts = list(_segments(matches))
    for said in evidence:
        accused = said.claim.startswith(_AI) or (
            said.claim == MATCHES_RECORDED and said.grade is not Grade.PROVEN
        )
        if accused and not _explained(said, matches):
            parts.append(Part(said.span, (), said))
    return tuple(parts)


def _segments(matches: Sequence[Match]) -> Iterable[Part]:
    whole = [match for match in matches if match.span is None]
    timed = sorted(
        (match for match in matches if match.span is not None), key=lambda match: _start(match)
    )
    if not timed:
        return [Part(None, _nearest(whole))] if whole else []
    cuts = sorted({edge for match in timed for edge in (_start(match), _end(match))})
    parts: list[Part] = []
    active: list[Match] = []
    begun = 0
    for start, end in pairwise(cuts):
        while begun < len(timed) and _start(timed[begun]) <= start:
            active.append(timed[begun])
            begun += 1
        active = [match for match in active if _end(match) > start]
        if active:
            _add(parts, Part(Span(start, end), _nearest([*whole, *active])))
    instants = [match for match in timed if _start(match) >= _end(match)]
    parts.extend(Part(match.span, _nearest([*whole, match])) for match in instants)
    return [*parts, Part(None, _nearest(whole))] if whole else parts


def _add(parts: list[Part], part: Part) -> None:
    """Joins a part to the one before it when the same matches decide there."""
    before = parts[-1] if parts else None
    joined = (
        before is not None
        and before.span is not None
        and part.span is not None
        and before.span.end == part.span.start
        and before.matches == part.matches
    )
    if joined and before is not None and before.span and part.span:
        parts[-1] = Part(Span(before.span.start, part.span.end), part.matches)
    else:
        parts.append(part)


def _nearest(matches: Sequence[Match]) -> tuple[Match, ...]:
    least = min(match.distance for match in matches)
    return tuple(match for match in matches if match.distance == least)


def _explained(said: Evidence, matches: Sequence[Match]) -> bool:
    """Whether records account for a claim: they reach where it is made, know its tool, and
    cover all of the asset when it says that all of it was generated."""
    if said.claim == MATCHES_RECORDED:
        return any(match.exact for match in matches)
    deciding = [match for match in matches if _reaches(match, said.span)]
    if not deciding and said.span is None and said.claim not in _WHOLE_CLAIMS:
        deciding = list(matches)
    known = _known_names(deciding)
    return bool(deciding) and all(_is_known(name, known) for name in _names(said))


def _is_known(name: str, known: set[str]) -> bool:
    """Whether a name is one of those known, or either is the longer form of the other."""
    if name in known:
        return True
    return any(
        min(len(name), len(each)) >= _LONG_ENOUGH and (name in each or each in name)
        for each in known
    )


def _reaches(match: Match, span: Span | None) -> bool:
    if match.span is None:
        return True
    return span is not None and match.span.start <= span.start and span.end <= match.span.end


def _names(said: Evidence) -> set[str]:
    """The tool and models a claim names."""
    named = [said.detail.get("tool"), said.detail.get("model")]
    models = said.detail.get("models")
    named += list(models) if isinstance(models, list | tuple) else []
    return {name.casefold().strip() for name in named if isinstance(name, str)}


def _known_names(matches: Sequence[Match]) -> set[str]:
    """What the records say made the files, and what the files said of themselves."""
    known: set[str] = set()
    for match in matches:
        for step in match.record.steps:
            known |= {step.name.casefold(), *(model.casefold() for model in step.models)}
        for file in match.record.files:
            if match.digest in (None, file.digest):
                known |= set(_facts_names(file.facts))
    return known


def _facts_names(facts: Mapping[str, Any]) -> Iterable[str]:
    for name in ("tool", "model"):
        if isinstance(facts.get(name), str):
            yield facts[name].casefold().strip()
    for name in ("tools", "models"):
        listed = facts.get(name)
        if isinstance(listed, list | tuple):
            yield from (each.casefold().strip() for each in listed if isinstance(each, str))


def _match(said: Evidence, rows: Rows, when: AsOf) -> Match | None:
    record = record_of(rows, said.source.id, when) if said.source else None
    if record is None or said.source is None:
        return None
    paths = [file.digest for file in record.files if file.path == said.source.path]
    digest = paths[0] if paths else None
    if digest is None and said.source.path is None and len(record.files) == 1:
        digest = record.files[0].digest
    distance = said.source.distance
    differs = said.detail.get("differs")
    return Match(
        record=record,
        digest=digest,
        span=said.span,
        source=said.source.span,
        distance=inf if distance is None else distance,
        differs=float(differs) if isinstance(differs, int | float) else 0.0,
    )


def _start(match: Match) -> float:
    return match.span.start if match.span else 0.0


def _end(match: Match) -> float:
    return match.span.end if match.span else 0.0


def _file(row: Row) -> RecordedFile:
    return RecordedFile(row["digest"], row["path"], row["facts"] or {})


def _record(row: Row, files: Sequence[RecordedFile]) -> Recorded:
    return Recorded(
        id=row["id"],
        use=row["use"],
        steps=tuple(map(_step, row["steps"])),
        files=tuple(files),
        made=Made(row["made"]) if row["made"] in list(Made) else Made.GENERATED,
        promise=Promise(row["promise"]) if row["promise"] in list(Promise) else None,
        talents=tuple(row["talents"] or ()),
        entry=row["entry"],
    )


def _step(stated: Mapping[str, Any]) -> Step:
    word = stated.get("generative")
    return Step(
        name=str(stated.get("name", "")),
        tool=stated.get("tool"),
        generative=Answer(word) if word in list(Answer) else Answer.YES,
        models=tuple(stated.get("models") or ()),
    )

"""Recorded files: which record decides about an asset, span by span, and what it explains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Any

from checkthegate.model import Asset, Evidence, Grade, Source, Span
from checkthegate.model.match import match_id
from checkthegate.model.registry import (
    AsOf,
    Made,
    Promise,
    Recorded,
    RecordedFile,
    Step,
    WorkKind,
)
from checkthegate.model.use import Answer
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.spans import lies_in, united
from checkthegate.registry.times import in_effect

MATCHES_RECORDED = "matches-recorded"
MATCHES_INPUT = "matches-input"
MATCHES_WORK = "matches-work"
OBSERVER = "record"
_AI = "ai-"
_LONG_ENOUGH = 4
_WHOLE_CLAIMS = frozenset({"ai-generated", "ai-watermark"})


@dataclass(frozen=True, slots=True)
class Match:
    """A record that an asset, or a span of it, is proven to match.

    `digest` is the recorded file's, None when the evidence does not tell which file it is.
    `source` is where in that file. `exact` says that the asset's very bytes are recorded, or
    those of the files that play in `span`: then they are several, and `digest` is None.
    `differs` is the share of the frame (0..1) that differs from it, where somebody compared.
    `by` is what it was known by (picture, sound, words): only distances of one are comparable.
    """

    record: Recorded
    digest: str | None
    span: Span | None
    source: Span | None
    distance: float
    exact: bool = False
    differs: float = 0.0
    by: str = ""


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
    """The proven matches. If the bytes are themselves recorded, only those records decide: of
    the whole, or where the frames of a sequence are.
    """
    exact = []
    for file in rows.rows("record_files", digest=asset.digest):
        record = record_of(rows, file["record"], when)
        if record is not None:
            exact.append(Match(record, asset.digest, None, None, 0.0, exact=True))
    if exact:
        return tuple(exact)
    return _decided(_matched(asset, evidence, rows, when, Grade.PROVEN))


def _decided(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """The matches without those by content that lie where the very bytes are recorded."""
    exact = [match for match in matches if match.exact]
    if not exact:
        return matches
    reached = united(match.span for match in exact)
    return tuple(match for match in matches if match.exact or not lies_in(match.span, reached))


def confirmed_in(
    asset: Asset, evidence: Sequence[Evidence], rows: Rows, when: AsOf
) -> tuple[Match, ...]:
    """The matches that people say are there, without proof: good enough to accuse."""
    return _matched(asset, evidence, rows, when, Grade.DECLARED)


def _matched(
    asset: Asset, evidence: Sequence[Evidence], rows: Rows, when: AsOf, grade: Grade
) -> tuple[Match, ...]:
    records: dict[str, Recorded | None] = {}
    found = []
    for said in evidence:
        if said.claim == MATCHES_RECORDED and said.grade is grade and said.source:
            if said.source.id not in records:
                records[said.source.id] = record_of(rows, said.source.id, when)
            record = records[said.source.id]
            if record is not None:
                found.append(_match(asset, said, said.source, record))
    return tuple(found)


def works_in(evidence: Sequence[Evidence], matches: Sequence[Match]) -> tuple[Part, ...]:
    """The parts where an unlicensed work of others was found, with the records deciding there."""
    parts = []
    for said in evidence:
        if said.claim == MATCHES_WORK and _is_open(said):
            deciding = [
                match
                for by in dict.fromkeys(match.by for match in matches)
                for match in _nearest_at(said.span, [each for each in matches if each.by == by])
            ]
            parts.append(Part(said.span, tuple(_trimmed(deciding, said.span)), said))
    return tuple(parts)


def _nearest_at(span: Span | None, matches: Sequence[Match]) -> tuple[Match, ...]:
    reaching = [match for match in matches if _reaches(match, span)]
    return _nearest(reaching) if reaching else ()


def _is_open(said: Evidence) -> bool:
    owned = said.detail.get("kind") == WorkKind.OWNED
    return not owned and said.detail.get("licensed") is not True


def parts_of(evidence: Sequence[Evidence], matches: Sequence[Match]) -> tuple[Part, ...]:
    """The parts of an asset that need cover: matched spans cut where the nearest record
    changes, and evidence of AI that the record deciding there does not explain.

    A match that is not proven covers nothing and explains nothing; it is evidence like any
    other, unless something nearer is proven where it lies. Pictures, sound and words are parts
    of their own: one never decides about the other.
    """
    ways = dict.fromkeys(match.by for match in matches)
    parts = [
        Part(part.span, tuple(_trimmed(part.matches, part.span)))
        for by in ways
        for part in _segments([match for match in matches if match.by == by])
    ]
    for said in evidence:
        accused = said.claim.startswith(_AI) or (
            said.claim == MATCHES_RECORDED
            and said.grade is not Grade.PROVEN
            and "nearer" not in said.detail
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


def _trimmed(matches: Iterable[Match], span: Span | None) -> Iterable[Match]:
    """The matches, each with that part of its source which lies in `span`."""
    for match in matches:
        ours, theirs = match.span, match.source
        if span is None or ours is None or theirs is None or ours.end <= ours.start:
            yield match
            continue
        pace = (theirs.end - theirs.start) / (ours.end - ours.start)
        start = theirs.start + max(0.0, span.start - ours.start) * pace
        end = theirs.end - max(0.0, ours.end - span.end) * pace
        yield replace(match, span=span, source=Span(start, max(start, end)))


def within(part: Part, span: Span) -> Part:
    """A part cut to `span`, with what lies there of the files its records match."""
    matches = tuple(_trimmed(part.matches, span))
    return replace(
        part,
        span=span,
        matches=tuple(replace(each, span=span) if each.exact else each for each in matches),
    )


def _nearest(matches: Sequence[Match]) -> tuple[Match, ...]:
    least = min(match.distance for match in matches)
    return tuple(match for match in matches if match.distance == least)


def _explained(said: Evidence, matches: Sequence[Match]) -> bool:
    """Whether records account for a claim: they reach where it is made, know its tool, and
    cover all of the asset when it says that all of it was generated."""
    if said.claim == MATCHES_RECORDED:
        return any(match.exact and _reaches(match, said.span) for match in matches)
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


def _match(asset: Asset, said: Evidence, source: Source, record: Recorded) -> Match:
    differs = said.detail.get("differs")
    exact = said.observer == OBSERVER and said.detail.get("exact") is True
    return Match(
        record=record,
        digest=None if exact else _matched_file(asset, said, source, record),
        span=said.span,
        source=source.span,
        distance=inf if source.distance is None else source.distance,
        exact=exact,
        differs=float(differs) if isinstance(differs, int | float) else 0.0,
        by=str(said.detail.get("by") or ""),
    )


def _matched_file(asset: Asset, said: Evidence, source: Source, record: Recorded) -> str | None:
    """The digest of the recorded file that is matched: by the match's id, else by its path."""
    match = said.detail.get("match")
    if match is not None:
        files = [each for each in record.files if match_id(asset.digest, each.digest) == match]
    else:
        files = [each for each in record.files if each.path == source.path]
    if not files and match is None and source.path is None and len(record.files) == 1:
        files = list(record.files)
    return files[0].digest if files else None


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

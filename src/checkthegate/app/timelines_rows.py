"""The AI map: where in a cut something is seen or heard that is or may be AI."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from checkthegate.app.judging import Judge
from checkthegate.app.timelines_judging import JudgedCut, JudgedEvent
from checkthegate.model import AiState, Approval, AssetDecision, Evidence, Outcome, Span, Verdict
from checkthegate.model.timeline import AiMapRow, Clip, FrameRange
from checkthegate.registry.records import record_of
from checkthegate.registry.used import common
from checkthegate.rules import worst_approval

_RECORDED: Final = "matches-recorded"
_NEARER: Final = "nearer"
_MOST_ROWS: Final = 50_000

ToolOf = Callable[[Evidence], str]
"""The name of the tool behind a statement, from what it says or from the record it names."""


def says_ai(evidence: Evidence) -> bool:
    """Whether a statement belongs on the AI map."""
    if evidence.claim == _RECORDED:
        return _NEARER not in evidence.detail
    return evidence.claim.startswith("ai-")


def with_rows(
    judged: JudgedCut, tool_of: ToolOf, prominence: Mapping[str, str] | None = None
) -> JudgedCut:
    """A judged cut with its lines of the AI map.

    `prominence` is what reviewers recorded, by the id of a record or a work, or by an asset's
    digest.
    """
    rows: list[AiMapRow] = []
    for event in judged.events:
        rows.extend(_rows(judged, event, tool_of, prominence or {}))
        if len(rows) >= _MOST_ROWS:
            break
    return replace(judged, rows=tuple(rows[:_MOST_ROWS]))


def tool_names(judge: Judge) -> ToolOf:
    """Names tools by the evidence's own words, else by the steps of the record it matches."""
    known: dict[str, str] = {}

    def name(evidence: Evidence) -> str:
        stated = evidence.detail.get("tool") or evidence.detail.get("model")
        if isinstance(stated, str) or evidence.source is None or judge.rows is None:
            return stated if isinstance(stated, str) else ""
        id_ = evidence.source.id
        if id_ not in known:
            record = record_of(judge.rows, id_, judge.when)
            known[id_] = "; ".join(step.name for step in record.steps) if record else ""
        return known[id_]

    return name


def _rows(
    judged: JudgedCut, event: JudgedEvent, tool_of: ToolOf, prominence: Mapping[str, str]
) -> Iterator[AiMapRow]:
    decided, linked = event.decided, event.linked
    if decided is None:
        return
    found = False
    for evidence in decided.evidence:
        if not says_ai(evidence):
            continue
        span = evidence.span
        if linked.used is not None and span is not None and common(span, linked.used) is None:
            continue
        found = True
        yield _row(judged, event, decided, evidence, tool_of, prominence)
    if not found and decided.ai is AiState.UNKNOWN and decided.gaps:
        row = _plain_row(judged, event, decided, linked.clip.record)
        yield replace(row, note=f"Not looked at: {decided.gaps[0].reason}")


def _row(
    judged: JudgedCut,
    event: JudgedEvent,
    decided: AssetDecision,
    evidence: Evidence,
    tool_of: ToolOf,
    prominence: Mapping[str, str],
) -> AiMapRow:
    clip = event.linked.clip
    record = shown_at(clip, event.linked.used, evidence.span)
    source = evidence.source
    keys = (source.id if source else "", decided.asset.digest)
    use = evidence.detail.get("use")
    return replace(
        _plain_row(judged, event, decided, record),
        claim=evidence.claim,
        grade=evidence.grade,
        tool=tool_of(evidence),
        use=use if isinstance(use, str) else "",
        record=source.id if source else "",
        share=_share(evidence),
        prominence=next((prominence[key] for key in keys if key in prominence), ""),
    )


def _plain_row(
    judged: JudgedCut, event: JudgedEvent, decided: AssetDecision, record: FrameRange
) -> AiMapRow:
    cut, clip, linked = judged.cut, event.linked.clip, event.linked
    first, last = record.timecodes(drop=cut.timeline.drop_frame)
    source = clip.source.timecodes() if clip.source else ("", "")
    return AiMapRow(
        timeline=cut.path,
        number=clip.number,
        label=clip.label,
        name=clip.name,
        track=clip.track,
        kind=decided.asset.kind,
        record_in=first,
        record_out=last,
        record_in_frame=record.start,
        record_out_frame=record.end,
        source_in=source[0],
        source_out=source[1],
        media=linked.path,
        linked_by=linked.by.value if linked.by else "",
        ai=decided.ai,
        verdict=decided.verdict if clip.enabled else Verdict.CLEAR,
        approval=_approval(decided),
        seconds=round(float(record.length / record.rate), 3),
        enabled=clip.enabled,
        nest=clip.nest,
        changed=event.changed,
        note=" ".join(filter(None, (event.carried, linked.why))),
    )


def shown_at(clip: Clip, used: Span | None, span: Span | None) -> FrameRange:
    """Where in the cut a part of the media is seen, in frames; all of the clip where not known."""
    record = clip.record
    if span is None or used is None or used.end <= used.start or not record.length:
        return record
    part = common(span, used)
    if part is None or clip.speed == 0:
        return record
    pace = record.length / (used.end - used.start)
    ends = ((part.start - used.start) * pace, (part.end - used.start) * pace)
    if clip.speed < 0:
        ends = (record.length - ends[1], record.length - ends[0])
    first = record.start + int(ends[0] + 0.01)
    last = record.start + max(1, -int(-(ends[1] - 0.01) // 1))
    return FrameRange(first, min(record.end, max(first + 1, last)), record.rate)


def _approval(decided: AssetDecision) -> str:
    """The approval that covers it, else what is asked for."""
    asked = [each for each in decided.findings if each.outcome is not Outcome.PASS]
    covered = list(dict.fromkeys(each.approval_id for each in asked if each.approval_id))
    need = worst_approval(asked)
    if covered and need is Approval.NONE:
        return "; ".join(map(str, covered))
    return need.value


def _share(evidence: Evidence) -> float | None:
    """Which part of the frame it is, where a match says so."""
    for name in ("share", "covered", "target_covered"):
        value = evidence.detail.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
    return None

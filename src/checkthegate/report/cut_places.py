"""The places of a cut that ask for attention, in an editor's words.

`042 harbour_ext, 01:04:12:08 to 01:04:15:21, V2, 38 % of the frame, Runway, approval required,
none on file`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from checkthegate.model import AiState, Grade, Verdict
from checkthegate.model.timeline import AiMapRow, EventDecision, TimelineDecision
from checkthegate.report.cuts import clean
from checkthegate.report.text import listed

_STOPS: Final = (Verdict.ESCALATE, Verdict.BLOCKED)
_CLAIMS: Final = {
    "ai-generated": "generated",
    "ai-modified": "changed by AI",
    "ai-watermark": "a generator’s mark",
    "ai-tool": "went through a tool that can generate",
    "ai-possible": "may be AI",
    "ai-workflow": "a recipe for generating",
    "ai-hint": "a hint at AI",
    "matches-recorded": "recorded AI material",
}
_APPROVALS: Final = {
    "required": "approval required, none on file",
    "may-be-required": "approval may be required, none on file",
    "none": "no approval needed",
}
_MOST_NOTED: Final = 300


@dataclass(frozen=True, slots=True)
class CutPlace:
    """One stretch of one event that is or may be AI, or that could not be judged.

    Frames are the timeline's. `known` is how it is known, `approval` what is there or missing, both
    in words. `share` is a part of the frame (0..1), None when no match tells. `missing` says that
    the event's media was not found.
    """

    number: int
    event: str
    track: str
    start: int
    end: int
    record_in: str
    record_out: str
    source_in: str
    source_out: str
    media: str
    linked_by: str
    verdict: Verdict
    ai: AiState
    known: str = ""
    tools: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    approval: str = ""
    seconds: float = 0.0
    share: float | None = None
    prominence: str = ""
    enabled: bool = True
    changed: str = ""
    note: str = ""
    rules: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether the cut cannot go on because of it."""
        return self.enabled and self.verdict in _STOPS

    @property
    def missing(self) -> bool:
        """Whether the event's media was not found."""
        return not self.media

    @property
    def facts(self) -> str:
        """What is known of it in a few words: frame, tool, approval."""
        told = [share_words(self.share), listed(list(self.tools)), self.approval]
        if self.missing:
            told = ["media not found"]
        elif not self.known and self.rules:
            told = [*told, f"see {listed(list(self.rules))}"]
        return ", ".join(filter(None, [*told, self.prominence, *self._aside()]))

    def _aside(self) -> Iterator[str]:
        if not self.enabled:
            yield "disabled"

    @property
    def words(self) -> str:
        """All of it on one line."""
        told = (self.event, f"{self.record_in} to {self.record_out}", self.track, self.facts)
        return ", ".join(filter(None, told))


def places_of(timeline: TimelineDecision) -> list[CutPlace]:
    """Every place of a cut to speak of, in the order of time."""
    rows: dict[int, list[AiMapRow]] = {}
    for row in timeline.rows:
        rows.setdefault(row.number, []).append(row)
    found = [
        place
        for event in timeline.events
        if event.ai is not AiState.NONE_FOUND or event.verdict is not Verdict.CLEAR
        for place in _of_event(event, rows.get(event.number, ()))
    ]
    return sorted(found, key=lambda place: (place.start, place.number))


def event_name(event: EventDecision | AiMapRow | Mapping[str, Any]) -> str:
    """`042 harbour_ext`, `harbour_ext`, `event 7`: what an editor calls it."""
    named = event if isinstance(event, Mapping) else {"label": event.label, "name": event.name}
    label, name = clean(str(named["label"])), clean(str(named["name"]))
    number = event["number"] if isinstance(event, Mapping) else event.number
    if name and label and not name.startswith(label):
        return f"{label} {name}"
    return name or label or f"event {number}"


def approval_words(approval: str) -> str:
    """What an AI map's `approval` means."""
    return _APPROVALS.get(approval, f"covered by {approval}" if approval else "")


def row_words(row: Mapping[str, Any]) -> str:
    """A listed line of the AI map: `38 % of the frame, Runway, approval required, …`."""
    claim = _CLAIMS.get(row["claim"], row["claim"].replace("-", " "))
    said = f"{claim} ({row['grade']})" if row["grade"] else claim
    told = (share_words(row["share"]), row["tool"], approval_words(row["approval"]), said)
    return ", ".join(filter(None, (*told, row["prominence"])))


def share_words(share: float | None) -> str:
    """`38 % of the frame`; nothing where it is not known."""
    if share is None:
        return ""
    shown = f"{share * 100:.0f}" if share >= 0.01 or share == 0 else "under 1"
    return f"{shown} % of the frame"


def _of_event(event: EventDecision, rows: Sequence[AiMapRow]) -> Iterator[CutPlace]:
    """One place for each stretch that its statements are about."""
    if not rows:
        yield _bare(event)
    stretches: dict[tuple[int, int], list[AiMapRow]] = {}
    for row in rows:
        stretches.setdefault((row.record_in_frame, row.record_out_frame), []).append(row)
    for same in stretches.values():
        yield _stretch(event, same)


def _bare(event: EventDecision) -> CutPlace:
    return CutPlace(
        number=event.number,
        event=event_name(event),
        track=clean(event.track),
        start=event.record_in_frame,
        end=event.record_out_frame,
        record_in=event.record_in,
        record_out=event.record_out,
        source_in=event.source_in,
        source_out=event.source_out,
        media=clean(event.media),
        linked_by=event.linked_by,
        verdict=event.verdict,
        ai=event.ai,
        enabled=event.enabled,
        changed=event.changed or "",
        note=clean(event.note)[:_MOST_NOTED],
        rules=tuple(clean(rule) for rule in event.rules),
    )


def _stretch(event: EventDecision, rows: Sequence[AiMapRow]) -> CutPlace:
    first = rows[0]
    bare = _bare(event)
    shares = [row.share for row in rows if row.share is not None]
    return CutPlace(
        number=bare.number,
        event=bare.event,
        track=bare.track,
        start=first.record_in_frame,
        end=first.record_out_frame,
        record_in=first.record_in,
        record_out=first.record_out,
        source_in=first.source_in or bare.source_in,
        source_out=first.source_out or bare.source_out,
        media=bare.media,
        linked_by=bare.linked_by,
        verdict=first.verdict,
        ai=first.ai,
        known=_known(rows),
        tools=_once(row.tool for row in rows),
        uses=_once(row.use for row in rows),
        approval=approval_words(clean(first.approval)),
        seconds=first.seconds,
        share=max(shares, default=None),
        prominence=next((row.prominence for row in rows if row.prominence), ""),
        enabled=bare.enabled,
        changed=bare.changed,
        note=" ".join(_once([*(row.note for row in rows), event.note]))[:_MOST_NOTED],
        rules=bare.rules,
    )


def _known(rows: Iterable[AiMapRow]) -> str:
    """`generated, declared; recorded AI material, proven`."""
    surest: dict[str, Grade] = {}
    for row in rows:
        if row.claim and row.grade is not None:
            words = _CLAIMS.get(row.claim, row.claim.replace("-", " "))
            surest[words] = max(surest.get(words, row.grade), row.grade, key=lambda g: g.rank)
    return "; ".join(f"{words}, {grade.value}" for words, grade in surest.items())


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean(text) for text in texts if text))

"""Judged cuts made by hand for tests of reports: a short one with everything, and long ones."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from checkthegate.model import AiState, Decision, Grade, Kind, Verdict
from checkthegate.model.timecode import timecode
from checkthegate.model.timeline import (
    AiMapRow,
    Changed,
    EventDecision,
    TimelineDecision,
    Track,
    TrackKind,
)

RATE = Fraction(24)
START = 86_400
_STATES = (
    (Verdict.ESCALATE, AiState.GENERATED, "required", "Runway Gen-3"),
    (Verdict.NOTIFY, AiState.MODIFIED, "apr_7Q2MAAAAAA", "Flawless TrueSync"),
    (Verdict.BLOCKED, AiState.GENERATED, "required", "FaceShift 4"),
    (Verdict.CLEAR, AiState.GENERATED, "none", "Topaz Video AI"),
)


def event(number: int, track: str, first: int, last: int, **more: Any) -> EventDecision:
    """An event at these frames of the cut; nothing is wrong with it unless `more` says so."""
    at = [timecode(START + frame, RATE) for frame in (first, last)]
    kept: dict[str, Any] = {
        "label": f"{number:03d}",
        "name": f"SH{number * 10:04d}",
        "media": f"media/SH{number * 10:04d}.mov",
        "linked_by": "file name",
        "ai": AiState.NONE_FOUND,
        "verdict": Verdict.CLEAR,
        "source_in": "01:00:00:00",
        "source_out": timecode(86_400 + last - first, RATE),
    } | more
    return EventDecision(
        number=number,
        track=track,
        record_in=at[0],
        record_out=at[1],
        record_in_frame=START + first,
        record_out_frame=START + last,
        **kept,
    )


def row(event: EventDecision, **more: Any) -> AiMapRow:
    """The line of the AI map of an event that is AI."""
    kept: dict[str, Any] = {
        name: getattr(event, name)
        for name in (
            "number", "label", "name", "track", "record_in", "record_out", "record_in_frame",
            "record_out_frame", "source_in", "source_out", "media", "linked_by", "ai", "verdict",
            "enabled", "nest", "changed",
        )
    }  # fmt: skip
    frames = event.record_out_frame - event.record_in_frame
    told = {"claim": "ai-generated", "grade": Grade.DECLARED, "seconds": float(frames / RATE)}
    return AiMapRow(**({"timeline": "cut/R1.otio", "kind": Kind.VIDEO} | kept | told | more))


def cut(events: list[EventDecision], rows: list[AiMapRow], **more: Any) -> TimelineDecision:
    """A judged cut of these events."""
    names = dict.fromkeys(each.track for each in events)
    kinds = {kind.letter: kind for kind in TrackKind}
    kept: dict[str, Any] = {
        "path": "cut/R1.otio",
        "name": "NH 101 R1 v12",
        "format": "otio",
        "rate": RATE,
        "drop_frame": False,
        "start": START,
        "end": max((each.record_out_frame for each in events), default=START),
        "tracks": tuple(Track(name, kinds[name[0]]) for name in names),
        "named": True,
    }
    return TimelineDecision(events=tuple(events), rows=tuple(rows), **(kept | more))


def long_cut(number: int, every: int = 7, tracks: int = 3, **more: Any) -> TimelineDecision:
    """A cut of so many events on video and sound tracks; each `every`th is AI in some way."""
    names = [f"V{n + 1}" for n in range(tracks)] + ["A1", "A2"]
    ends = dict.fromkeys(names, 0)
    events, rows = [], []
    for n in range(1, number + 1):
        track = names[n // 4 % len(names)] if n % 4 == 0 else "V1"
        first = max(ends[track], ends["V1"] - 60 if track != "V1" else 0)
        last = first + 24 + n * 37 % 96
        ends[track] = last
        verdict, ai, approval, tool = _STATES[n // every % len(_STATES)]
        if n % every == 0:
            made = event(n, track, first, last, verdict=verdict, ai=ai, rules=("nfx.p4",))
            share = 0.38 if n % 2 else None
            rows.append(row(made, tool=tool, approval=approval, share=share))
        elif n % 13 == 0:
            made = event(n, track, first, last, verdict=Verdict.ESCALATE, ai=AiState.UNKNOWN,
                         media="", linked_by="", note="Its media was not found.")  # fmt: skip
        else:
            made = event(n, track, first, last, enabled=n % 17 != 0)
        events.append(made)
    return cut(events, rows, **more)


def recut(timeline: TimelineDecision) -> dict[str, Any]:
    """What a comparison with an earlier cut adds: a few events changed, two are gone."""
    words = {5: Changed.MOVED, 9: Changed.TRIMMED, 12: Changed.NEW}
    from dataclasses import replace

    events = tuple(
        replace(each, changed=words.get(each.number, Changed.UNCHANGED)) for each in timeline.events
    )
    changes = {"unchanged": len(events) - 3, "moved": 1, "trimmed": 1, "new": 1, "omitted": 2}
    omitted = ("“041 SH0410” (01:00:09:00 to 01:00:11:00, V1)", "“042 SH0420”")
    return {"events": events, "changes": changes, "omitted": omitted, "since": "“R1_v11.otio”"}


def with_cuts(decision: Decision, *cuts: TimelineDecision) -> Decision:
    """The decision with these cuts."""
    from dataclasses import replace

    return replace(decision, timelines=cuts)

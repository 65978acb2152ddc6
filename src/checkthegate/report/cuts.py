"""The cuts of a report document: which events there are, and where something is or may be AI."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from checkthegate.model import AiState, Verdict
from checkthegate.model.timecode import timecode
from checkthegate.model.timeline import AiMapRow, EventDecision, TimelineDecision
from checkthegate.report.held_back import scrubbed

MOST_LISTED: Final = 2_000
_MOST_LISTED_ALTOGETHER: Final = 10_000
_MOST_OMITTED: Final = 200
_MOST_NESTED: Final = 20
_PLAIN: Final = re.compile(r"[\w \-]*")
_STOPS: Final = (Verdict.ESCALATE, Verdict.BLOCKED)
_KEPT: Final = ("", "unchanged")


def timelines_part(timelines: Iterable[TimelineDecision]) -> list[dict[str, Any]]:
    """The key `timelines` of a report document, fit to leave the home.

    Of each cut at most `MOST_LISTED` events and as many places with AI are listed, the most severe
    ones; `counts` tells how many there are. An event is listed when something about it is or may be
    AI, it stops the cut, its media is missing or it changed since the earlier cut.
    """
    left = _MOST_LISTED_ALTOGETHER
    parts = []
    for timeline in timelines:
        parts.append(_part(timeline, min(left, MOST_LISTED)))
        left -= len(parts[-1]["events"])
    return parts


@lru_cache(maxsize=16384)
def clean(text: str) -> str:
    """A name or note of a cut as it may leave the home."""
    return text if _PLAIN.fullmatch(text) and len(text) < 500 else scrubbed(text)


def stops(event: EventDecision) -> bool:
    """Whether an event stops the cut it lies in."""
    return event.enabled and event.verdict in _STOPS


def is_listed(event: EventDecision) -> bool:
    """Whether there is anything to say about an event but that it is there."""
    told = event.ai is not AiState.NONE_FOUND or event.verdict is not Verdict.CLEAR
    return told or (event.changed or "") not in _KEPT


def _part(timeline: TimelineDecision, room: int) -> dict[str, Any]:
    listed = [event for event in timeline.events if is_listed(event)]
    return {
        "path": clean(timeline.path),
        "name": clean(timeline.name),
        "format": timeline.format,
        "rate": str(timeline.rate),
        "drop_frame": timeline.drop_frame,
        **_ends(timeline),
        "named": timeline.named,
        "film": clean(timeline.film) or None,
        "since": clean(timeline.since) or None,
        "changes": dict(timeline.changes),
        "omitted": [clean(words) for words in timeline.omitted[:_MOST_OMITTED]],
        "tracks": [
            {
                "name": clean(track.name),
                "kind": track.kind.value,
                "label": clean(track.label),
                "enabled": track.enabled,
            }
            for track in timeline.tracks
        ],
        "counts": _counts(timeline, len(listed)),
        "events": [_event(event) for event in worst(listed, room)],
        "rows": [_row(row) for row in worst(timeline.rows, room)],
    }


def _ends(timeline: TimelineDecision) -> dict[str, Any]:
    first, last = (
        timecode(frame, timeline.rate, drop=timeline.drop_frame)
        for frame in (timeline.start, timeline.end)
    )
    return {
        "start": first,
        "end": last,
        "start_frame": timeline.start,
        "end_frame": timeline.end,
    }


def _counts(timeline: TimelineDecision, listed: int) -> dict[str, int]:
    events = timeline.events
    return {
        "events": len(events),
        "told": listed,
        "stopping": sum(map(stops, events)),
        "ai": sum(event.ai in (AiState.GENERATED, AiState.MODIFIED) for event in events),
        "unknown": sum(event.ai is AiState.UNKNOWN for event in events),
        "disabled": sum(not event.enabled for event in events),
        "rows": len(timeline.rows),
    }


def worst(
    every: Sequence[EventDecision] | Sequence[AiMapRow], room: int
) -> Sequence[EventDecision | AiMapRow]:
    """At most `room` of them, the most severe, in their own order."""
    if len(every) <= room:
        return every
    order = sorted(range(len(every)), key=lambda n: (not every[n].enabled, -every[n].verdict.rank))
    return [every[n] for n in sorted(order[:room])]


def _event(event: EventDecision | AiMapRow) -> dict[str, Any]:
    told = {name: _plain(getattr(event, name)) for name in _EVENT}
    return told | {"rules": [clean(rule) for rule in getattr(event, "rules", ())]}


def _row(row: EventDecision | AiMapRow) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in _ROW}


def row_fields(row: AiMapRow) -> Iterator[tuple[str, Any]]:
    """Every field of a line of the AI map with its value, fit to leave the home."""
    yield "timeline", clean(row.timeline)
    for name in _ROW:
        yield name, _plain(getattr(row, name))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean(str(value))
    if isinstance(value, tuple):
        return [clean(each) for each in value[:_MOST_NESTED]]
    return value


_PLACE: Final = ("number", "label", "name", "track", "record_in", "record_out",
                 "record_in_frame", "record_out_frame", "source_in", "source_out",
                 "media", "linked_by", "ai", "verdict")  # fmt: skip
_EVENT: Final = (*_PLACE, "enabled", "nest", "changed", "note")
_ROW: Final = (*_PLACE, "kind", "claim", "grade", "tool", "use", "record", "approval", "seconds",
               "share", "prominence", "enabled", "nest", "changed", "note")  # fmt: skip

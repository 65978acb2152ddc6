"""The events that stop a cut, for the first lines of a terminal's summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from textwrap import wrap
from typing import Final

from checkthegate.model.timeline import Changed, TimelineDecision
from checkthegate.report.cut_places import CutPlace, places_of
from checkthegate.report.cuts import clean
from checkthegate.report.text import count, sentence, spell, visible

_MOST_CUTS: Final = 5
_MOST_EVENTS: Final = 10


def cut_lines(
    timelines: Iterable[TimelineDecision],
    shapes: Mapping[str, str],
    paint: Callable[[str, str], str],
    width: int,
) -> list[str]:
    """For each cut that cannot go on, and each that was compared, a few lines; else nothing."""
    lines: list[str] = []
    told = 0
    for timeline in sorted(timelines, key=lambda each: not each.named):
        stopping = [place for place in places_of(timeline) if place.stops]
        if not stopping and not timeline.since:
            continue
        told += 1
        if told <= _MOST_CUTS:
            lines += _cut(timeline, stopping, shapes, paint, width)
    if told > _MOST_CUTS:
        lines.append(f"  and {count(told - _MOST_CUTS, 'more cut')}: see the report.")
    return ["", *lines, ""] if lines else []


def _cut(
    timeline: TimelineDecision,
    stopping: list[CutPlace],
    shapes: Mapping[str, str],
    paint: Callable[[str, str], str],
    width: int,
) -> list[str]:
    name = visible(clean(timeline.name) or clean(timeline.path))
    number = len({place.number for place in stopping})
    verb = "stops" if number == 1 else "stop"
    words = f"{sentence(count(number, 'event'))} {verb} the cut “{name}”" if number else (
        f"No event stops the cut “{name}”"
    )  # fmt: skip
    lines = [paint("strong", words)]
    worst = sorted(stopping, key=lambda place: -place.verdict.rank)[:_MOST_EVENTS]
    for place in sorted(worst, key=lambda place: place.start):
        lines += _place(place, shapes, paint, width)
    if len(stopping) > len(worst):
        lines.append(f"  and {len(stopping) - len(worst):,} more: see the report.")
    if timeline.since:
        changes = timeline.changes
        told = ", ".join(f"{spell(changes[e])} {e.value}" for e in Changed if changes.get(e))
        lines += wrap(f"Compared with {visible(clean(timeline.since))}: {told}.", max(40, width))
    return lines


def _place(
    place: CutPlace, shapes: Mapping[str, str], paint: Callable[[str, str], str], width: int
) -> list[str]:
    """`  ■ 01:04:12:08–01:04:15:21  V2  042 harbour, 38 % of the frame, Runway, …`."""
    head = f"{place.record_in}–{place.record_out}  {place.track:<3} "
    verdict = place.verdict.value
    indent = " " * (len(head) + len(shapes[verdict]) + 3)
    text = visible(", ".join(filter(None, (place.event, place.facts))))
    folded = wrap(text, max(20, width - len(indent))) or [""]
    first = f"  {paint(verdict, shapes[verdict])} {visible(head)}{folded[0]}"
    return [first, *(indent + rest for rest in folded[1:])]

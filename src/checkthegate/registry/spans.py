"""Stretches of seconds put together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from checkthegate.model import Span

_TOUCHING: Final = 0.001


def united(spans: Iterable[Span | None]) -> tuple[Span, ...] | None:
    """Spans that touch or overlap, put together, ascending; None when one is the whole."""
    joined: list[Span] = []
    listed = list(spans)
    timed = [span for span in listed if span is not None]
    if len(timed) < len(listed):
        return None
    for span in sorted(timed, key=lambda each: each.start):
        if joined and span.start <= joined[-1].end + _TOUCHING:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def lies_in(span: Span | None, reached: Sequence[Span] | None) -> bool:
    """Whether a span lies in one of those that were `united`. None is the whole, both times."""
    if reached is None or span is None:
        return reached is None
    place = bisect_right(reached, span.start + _TOUCHING, key=lambda each: each.start) - 1
    return place >= 0 and span.end <= reached[place].end + _TOUCHING

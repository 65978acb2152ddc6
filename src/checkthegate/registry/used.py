"""Judging only what is used of an asset: evidence and parts, cut to ranges of seconds.

A cut uses ranges of its media. What lies outside of them is not seen or heard, so it needs no
approval; what is true of a whole file is true of every part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from checkthegate.model import Evidence, Span
from checkthegate.registry.records import Part, within

_TOUCHING: Final = 0.001


def common(one: Span | None, other: Span) -> Span | None:
    """What two spans share; None for the whole means all of `other`. Touching is not sharing."""
    if one is None:
        return other
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Span(start, end) if end - start > _TOUCHING else None


def is_used(evidence: Evidence, used: Sequence[Span]) -> bool:
    """Whether evidence is about anything that is used. An instant counts as its neighbourhood."""
    span = evidence.span
    if span is None:
        return True
    if span.end - span.start <= _TOUCHING:
        return any(each.start <= span.start <= each.end for each in used)
    return any(common(span, each) is not None for each in used)


def used_evidence(evidence: Iterable[Evidence], used: Sequence[Span]) -> Iterator[Evidence]:
    """The evidence about what is used, as it is about that.

    A span that holds all that is used becomes None, the whole of it.
    """
    for said in evidence:
        if not is_used(said, used):
            continue
        span = said.span
        whole = span is not None and all(
            span.start <= each.start + _TOUCHING and each.end - _TOUCHING <= span.end
            for each in used
        )
        yield replace(said, span=None) if whole else said


def used_parts(parts: Iterable[Part], used: Sequence[Span]) -> tuple[Part, ...]:
    """The parts that need cover, cut to what is used of them."""
    cut = []
    for part in parts:
        for each in used:
            span = common(part.span, each)
            if span is not None:
                cut.append(within(part, span))
    return tuple(cut)

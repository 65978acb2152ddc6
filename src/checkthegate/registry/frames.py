"""Assets that are many files: which of the files are on record, and where in the asset they lie.

A sequence's own digest is nobody's: what was recorded, approved or registered are its frames.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import Final

from checkthegate.model import Span
from checkthegate.model.registry import AsOf
from checkthegate.registry.records import MATCHES_INPUT, MATCHES_RECORDED, MATCHES_WORK
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.times import in_effect

_HARDLY: Final = 0.01


@dataclass(frozen=True)
class Frames:
    """The digests of an asset's files in the order they play, `rate` a second."""

    digests: tuple[str, ...]
    rate: float

    @cached_property
    def places(self) -> Mapping[str, tuple[int, ...]]:
        """Where each content lies: the places of its frames, from 0, ascending."""
        found: dict[str, list[int]] = {}
        for place, digest in enumerate(self.digests):
            found.setdefault(digest, []).append(place)
        return {digest: tuple(places) for digest, places in found.items()}

    def within(self, span: Span | None) -> tuple[str, ...]:
        """The digests of the frames that play in a span; of all frames for None."""
        if span is None:
            return self.digests
        first = max(0, floor(span.start * self.rate + _HARDLY))
        last = ceil(span.end * self.rate - _HARDLY)
        return self.digests[first : max(last, first + 1)]

    def all_in(self, digests: Collection[str], span: Span | None) -> bool:
        """Whether every frame of a span is one of these."""
        wanted = self.within(span)
        return bool(wanted) and all(each in digests for each in wanted)

    def span(self, first: int, last: int) -> Span | None:
        """When the frames at these places play, both included; None when they are all."""
        if first == 0 and last == len(self.digests) - 1:
            return None
        return Span(first / self.rate, (last + 1) / self.rate)


@dataclass(frozen=True, slots=True)
class KnownFrames:
    """Frames that lie side by side and are on record as one thing: a record's, or a work's.

    `path` is the first one's, as it was registered.
    """

    claim: str
    source: str
    path: str | None
    first: int
    last: int


def known_frames(frames: Frames, rows: Rows, when: AsOf) -> Iterator[KnownFrames]:
    """What is on record of an asset's frames, each stretch once, in the order they play.

    Frames that only ever went into a record, and are none, are its inputs. A few queries in all.
    """
    recorded = _on_file(rows, "record_files", "digest", "record", "path", frames)
    yield from _stretches(MATCHES_RECORDED, "records", recorded, frames, rows, when)
    edges = _on_file(rows, "record_edges", "source", "record", "label", frames)
    made = {digest for found in recorded.values() for digest in found}
    inputs = {
        id_: {d: p for d, p in found.items() if d not in made} for id_, found in edges.items()
    }
    yield from _stretches(MATCHES_INPUT, "records", inputs, frames, rows, when)
    works = _on_file(rows, "work_files", "digest", "work", "path", frames)
    yield from _stretches(MATCHES_WORK, "works", works, frames, rows, when)


_Sources = Mapping[str, Mapping[str, str | None]]


def _on_file(
    rows: Rows, table: str, column: str, source: str, path: str, frames: Frames
) -> _Sources:
    """The frames that a table names: by what it names them for, each digest's path."""
    found: dict[str, dict[str, str | None]] = {}
    for row in rows.among(table, column, frames.places):
        found.setdefault(row[source], {}).setdefault(row[column], row[path])
    return found


def _stretches(
    claim: str, table: str, sources: _Sources, frames: Frames, rows: Rows, when: AsOf
) -> Iterator[KnownFrames]:
    held: dict[str, Row] = {row["id"]: row for row in rows.among(table, "id", sources)}
    found = []
    for id_, paths in sources.items():
        if id_ in held and in_effect(held[id_], when):
            places = sorted(place for digest in paths for place in frames.places[digest])
            for first, last in _runs(places):
                found.append(KnownFrames(claim, id_, paths[frames.digests[first]], first, last))
    yield from sorted(found, key=lambda each: (each.first, each.last, each.source))


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending places as pairs of the first and the last of each run."""
    if not places:
        return
    first = last = places[0]
    for place in places[1:]:
        if place != last + 1:
            yield first, last
            first = place
        last = place
    yield first, last

"""Brings the records' fingerprints into a bank's catalog: only what is new since last time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from checkthegate.model import digest_bytes
from checkthegate.model.match import Role
from checkthegate.model.record import Row
from checkthegate.seams import Hasher, RecordReading
from checkthegate.store.bank_catalog import Catalog, Entry, Marks
from checkthegate.store.heap import Heap

_CHUNK: Final = 2000
_BYTES_AT_ONCE: Final = 64 * 1024 * 1024
_MOST_INPUTS: Final = 1000
_ROLES: Final = frozenset(Role)

Times = tuple[str, str]
"""From when on it counts: by what was known then, and by everything on file."""


class Stale(Exception):
    """The catalog does not fit the records any more: it has to be made anew."""


def fill(catalog: Catalog, heap: Heap, hasher: Hasher, reading: RecordReading) -> None:
    """Bring the catalog up to the records. Raises `Stale`."""
    marks = catalog.marks()
    if marks.entry > reading.size or _leaf(reading, marks.entry) != marks.leaf:
        raise Stale
    if marks.entry and any(True for _ in islice(reading.newer("erasures", marks.entry), 1)):
        raise Stale
    if marks.entry == reading.size:
        return
    rows = reading.newer("file_fingerprints", marks.entry, hasher=hasher.id)
    while chunk := list(islice(rows, _CHUNK)):
        _Filling(catalog, heap, hasher, reading).take(chunk)
    with catalog.together():
        _mark(catalog, reading, catalog.marks(), reading.size)


class _Filling:
    """One chunk of rows on its way into the catalog."""

    def __init__(
        self, catalog: Catalog, heap: Heap, hasher: Hasher, reading: RecordReading
    ) -> None:
        self._catalog = catalog
        self._heap = heap
        self._hasher = hasher
        self._reading = reading
        self._marks = catalog.marks()
        self._places: dict[str, tuple[int, int]] = {}

    def take(self, rows: Sequence[Row]) -> None:
        """Add what the rows say, at once or not at all. Rows that are known change nothing."""
        subjects = {row["subject"] for row in rows}
        times = dict(_times(self._reading, subjects))
        known = [row for row in rows if row["subject"] in times and row["role"] in _ROLES]
        current = [row for row in known if row["recipe"] == self._hasher.recipe]
        end = self._marks.heap
        for digest, body in self._missing(current):
            start, end = end, self._heap.append(end, body)
            self._places[digest] = (start, end - start)
        self._heap.settle(end)
        with self._catalog.together():
            self._marks = self._marks._replace(heap=end)
            for row in known:
                self._take_one(row, times[row["subject"]])
            for source, digests in _inputs(self._reading, current):
                self._catalog.set_inputs(source, digests)
            _mark(self._catalog, self._reading, self._marks, rows[-1]["entry"])

    def _take_one(self, row: Row, times: Times) -> None:
        digest, role = row["digest"], row["role"]
        live = self._catalog.entries_of(digest)
        if row["recipe"] != self._hasher.recipe:
            if not live:
                self._catalog.add_other(digest, *times)
            return
        same = [
            each for each in live if (each.role, each.fingerprint) == (role, row["fingerprint"])
        ]
        if not same:
            place = self._places.get(row["fingerprint"])
            if place is None:
                # Its bytes are gone: verification names that; here it is as good as unknown.
                self._catalog.add_other(digest, *times)
                return
            number = self._marks.following
            kind = row["kind"] or "other"
            entry = Entry(number, digest, role, kind, row["fingerprint"], *place)
            self._catalog.add_entry(entry, *times, again=bool(live))
            self._marks = self._marks._replace(following=number + 1)
        path = row["path"] or digest
        added = self._catalog.add_source(digest, role, row["subject"], path, *times)
        if added or not same:
            if live:
                self._catalog.settle_times(digest, role)
            said = (self._marks.state, digest, role, row["subject"], row["fingerprint"])
            state = hashlib.sha256("\n".join(said).encode()).hexdigest()
            self._marks = self._marks._replace(state=state)

    def _missing(self, rows: Iterable[Row]) -> Iterator[tuple[str, bytes]]:
        """Fingerprints that are not in the heap, read from the records a few at a time."""
        wanted: dict[str, int] = {}
        for row in rows:
            there = self._catalog.entries_of(row["digest"])
            same = [each for each in there if each.fingerprint == row["fingerprint"]]
            if same:
                self._places[row["fingerprint"]] = (same[0].place, same[0].length)
            else:
                wanted[row["fingerprint"]] = row["size"] or _BYTES_AT_ONCE
        for few in _batches(wanted):
            for digest, body in self._reading.fingerprints(few):
                if digest_bytes(body) == digest:
                    yield digest, body


def _batches(sizes: dict[str, int]) -> Iterator[list[str]]:
    few: list[str] = []
    total = 0
    for digest, size in sizes.items():
        if few and total + size > _BYTES_AT_ONCE:
            yield few
            few, total = [], 0
        few.append(digest)
        total += size
    if few:
        yield few


def _times(reading: RecordReading, subjects: Iterable[str]) -> Iterator[tuple[str, Times]]:
    """When what a record or work says begins to count; see `registry.times.in_effect`."""
    ids = list(subjects)
    for table in ("records", "works"):
        for row in reading.among(table, "id", ids):
            at, holds_from = row["at"], row["holds_from"]
            yield row["id"], (max(at, holds_from), "" if at == holds_from else holds_from)


def _inputs(reading: RecordReading, rows: Iterable[Row]) -> Iterator[tuple[str, list[str]]]:
    """What the files of each record were made from."""
    records = {row["subject"] for row in rows if row["role"] == Role.RECORDED}
    found: dict[str, list[str]] = {}
    for edge in reading.among("record_edges", "target", records):
        if edge["source_kind"] == "file":
            found.setdefault(edge["target"], []).append(edge["source"])
    yield from ((record, digests[:_MOST_INPUTS]) for record, digests in found.items())


def _mark(catalog: Catalog, reading: RecordReading, marks: Marks, entry: int) -> None:
    catalog.set_marks(marks._replace(entry=entry, leaf=_leaf(reading, entry)))


def _leaf(reading: RecordReading, entry: int) -> str:
    """The last leaf before an entry: tells whether these are the records that were read."""
    if entry == 0:
        return ""
    rows: Any = list(reading.entries(entry - 1, entry))
    return rows[0][1].hex() if rows else "none"

"""Fingerprints as they are kept: bytes by their digest, written with the event that names them.

A fingerprint cannot be made again once its file is gone, so it lies with the records and not in a
cache. Which ones there have to be follows from the events; see `Projection.keeps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from checkthegate.model import InternalError, digest_bytes
from checkthegate.model.record import Difference
from checkthegate.store.database import Session
from checkthegate.store.layout import Layout, quoted

TABLE = "fingerprints"
_FEW = 200
_THERE = "SELECT 1 FROM fingerprints WHERE digest = ?"
_KEEP = "INSERT INTO fingerprints (digest, body) VALUES (?, ?)"
_ORDER = "ORDER BY digest"
_HASHED = "'sha256:' || encode(pg_catalog.sha256(body), 'hex')"


def keep(session: Session, digests: Iterable[str], offered: Mapping[str, bytes]) -> None:
    """Keep those of the named fingerprints that are not kept yet."""
    for digest in dict.fromkeys(digests):
        if session.one(_THERE, (digest,)) is not None:
            continue
        body = offered.get(digest)
        if body is None or digest_bytes(body) != digest:
            raise InternalError(
                f"The fingerprint {digest} was named without its bytes. Nothing was recorded.",
                hint="Please report this.",
            )
        session.many(_KEEP, [(digest, body)])


def drop_unnamed(session: Session, layout: Layout) -> None:
    """Delete every fingerprint that no row names any more, once its rows were erased."""
    if layout.keeps is not None:
        table, column = map(quoted, layout.keeps)
        session.run(
            f"DELETE FROM {TABLE} WHERE NOT EXISTS "  # noqa: S608  quoted names
            f"(SELECT 1 FROM {table} AS named WHERE named.{column} = {TABLE}.digest)"
        )


def kept(session: Session, digests: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The fingerprints of these digests that are there, a few at a time."""
    wanted = sorted(set(digests))
    for start in range(0, len(wanted), _FEW):
        few = wanted[start : start + _FEW]
        marks = ", ".join("?" * len(few))
        found = session.run(
            f"SELECT digest, body FROM {TABLE} WHERE digest IN ({marks})",  # noqa: S608  marks
            few,
        )
        yield from ((digest, bytes(body)) for digest, body in found)


def kept_differences(layout: Layout, expected: Session, actual: Session) -> Iterator[Difference]:
    """Every fingerprint that is missing, changed, or named by no event.

    `expected` holds the tables as they follow from the events.
    """
    if layout.keeps is None:
        return
    table, column = map(quoted, layout.keeps)
    named = expected.stream(
        f"SELECT {column}, min(entry) FROM {table} "  # noqa: S608  quoted names
        f"WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column}"
    )
    yield from _merged(named, _found(actual))


def _found(actual: Session) -> Iterator[tuple[str, str]]:
    """Digests as they are stored, each with the digest that its bytes have."""
    if actual.sqlite:
        stored = actual.stream(f"SELECT digest, body FROM {TABLE} {_ORDER}")  # noqa: S608
        for digest, body in stored:
            yield str(digest), digest_bytes(body) if isinstance(body, bytes) else ""
    else:
        yield from actual.stream(f"SELECT digest, {_HASHED} FROM {TABLE} {_ORDER}")  # noqa: S608


def _merged(
    named: Iterator[tuple[Any, ...]], found: Iterator[tuple[str, str]]
) -> Iterator[Difference]:
    ours, theirs = next(named, None), next(found, None)
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and ours[0] < theirs[0]):
            digest, entry = ours or ("", None)
            yield Difference(entry, f"The fingerprint {digest} is missing.")
            ours = next(named, None)
        elif ours is None or ours[0] > theirs[0]:
            yield Difference(None, f"The fingerprint {theirs[0]} follows from no event.")
            theirs = next(found, None)
        else:
            if theirs[0] != theirs[1]:
                yield Difference(ours[1], f"The fingerprint {ours[0]} was changed.")
            ours, theirs = next(named, None), next(found, None)

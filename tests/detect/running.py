"""Runs an observer over bytes and files, as the program would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.model import Asset, Evidence, Gap, Observation, Unreadable
from checkthegate.seams import Limits, Observer


@contextmanager
def opened(file: Path, limits: Limits | None = None) -> Iterator[OpenedFile]:
    """The file as an open asset, identified by its content."""
    with file.open("rb") as stream:
        kind, media_type = identify(stream, file.name)
    asset = Asset(file.name, kind, media_type, file.stat().st_size, "sha256:00")
    found = OpenedFile(asset, file, limits=limits)
    try:
        yield found
    finally:
        found.close()


@contextmanager
def opened_bytes(
    folder: Path, name: str, content: bytes, limits: Limits | None = None
) -> Iterator[OpenedFile]:
    """Bytes as an open asset."""
    file = folder / name
    file.write_bytes(content)
    with opened(file, limits) as found:
        yield found


def seen(observer: Observer, found: OpenedFile) -> list[Observation]:
    """What the observer says, `Unreadable` as a gap; nothing where it has nothing to read."""
    if not observer.wants(found.asset):
        return []
    try:
        return list(observer.observe(found))
    except Unreadable as problem:
        return [Gap(observer.id, problem.reason)]


def claims(observations: list[Observation]) -> list[tuple[str, str]]:
    """(claim, grade) of each piece of evidence."""
    return [(o.claim, o.grade.value) for o in observations if isinstance(o, Evidence)]


def gaps(observations: list[Observation]) -> list[str]:
    """The reasons of the gaps."""
    return [o.reason for o in observations if isinstance(o, Gap)]


def details(observations: list[Observation]) -> list[Mapping[str, Any]]:
    """The detail of each piece of evidence."""
    return [o.detail for o in observations if isinstance(o, Evidence)]

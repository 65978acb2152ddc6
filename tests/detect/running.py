"""Runs observers over bytes and files, as the program would."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.model import Asset, Evidence, Gap, Observation, Unreadable, digest_bytes
from checkthegate.seams import Limits, Observer


def shared_files() -> Path:
    """The folder of real files, or a skip that says why."""
    named = os.environ.get("GATE_TEST_DATA")
    if not named:
        pytest.skip("GATE_TEST_DATA is not set: the shared real files are not here")
    return Path(named)


@contextmanager
def opened(file: Path, limits: Limits | None = None) -> Iterator[OpenedFile]:
    """The file as an open asset, identified by its content."""
    with file.open("rb") as stream:
        kind, media_type = identify(stream, file.name)
    digest = digest_bytes(file.read_bytes()[:1024])
    asset = Asset(file.name, kind, media_type, file.stat().st_size, digest)
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


def detail(observations: list[Observation]) -> Mapping[str, Any]:
    """The detail of the only piece of evidence."""
    (found,) = [o for o in observations if isinstance(o, Evidence)]
    return found.detail


def check_examples(observer: Observer, folder: Path) -> None:
    """Hold an observer to its own examples."""
    assert isinstance(observer, Observer)
    for number, example in enumerate(observer.examples()):
        place = folder / str(number)
        place.mkdir()
        with opened_bytes(place, example.name, example.content) as found:
            observations = seen(observer, found)
        for claim in example.claims:
            assert claim in claims(observations), example.name
        if not example.claims:
            assert claims(observations) == [], example.name
        assert bool(gaps(observations)) == example.gap, (example.name, observations)

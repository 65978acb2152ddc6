"""A hasher as a stranger might write one: knows again, by its lines, a kind of file nobody knows.

Such files begin with `HEAD`. They may hold words that have it crash, hang or work for long,
for tests of those who run it.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from checkthegate.model import Asset, Exhibit, Gap, Grade, Kind, Span, Unreadable
from checkthegate.model.match import Match
from checkthegate.seams import Bank, FingerprintCache, OpenAsset

HEAD = b"\0LINES\xff\n"
Lines = list[tuple[int, int, str]]


class LinesHasher:
    """Lines are compared without case and blanks. Half of a text's lines are proof."""

    id = "lines"
    version = "1"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = dict(settings)
        self.recipe = os.environ.get("LINES_RECIPE", "lines/1")

    def lacks(self) -> str | None:
        return os.environ.get("LINES_LACKS") or None

    def wants(self, asset: Asset) -> bool:
        return asset.kind is Kind.OTHER and asset.media_type == "application/octet-stream"

    def fingerprint(self, opened: OpenAsset) -> bytes | None:
        body = _read(opened)
        if "CRASH" in body:
            os._exit(9)
        if "HANG" in body:
            time.sleep(600)
        if "LONG" in body:
            _work(opened, 5.0)
        if "BROKEN" in body:
            raise Unreadable("It is broken in the middle.")
        if "FAULT" in body:
            raise ZeroDivisionError
        found = _lines(body)
        if os.environ.get("LINES_LOG"):
            with open(os.environ["LINES_LOG"], "a") as log:
                log.write(f"{opened.asset.digest}\n")
        return json.dumps(found).encode() if found else None

    def index(self, fingerprints: Sequence[tuple[int, bytes]], folder: Path) -> None:
        index: dict[str, list[int]] = {}
        for number, body in fingerprints:
            for _, _, line in json.loads(body):
                index.setdefault(line, []).append(number)
        (folder / "lines.json").write_text(json.dumps(index))

    def match(
        self, opened: OpenAsset, bank: Bank, cache: FingerprintCache
    ) -> Iterable[Match | Gap]:
        mine = self._screened(opened, cache)
        if any(line == _hash("look long") for _, _, line in mine):
            _work(opened, 5.0)
        proposed: set[int] = set()
        for folder in bank.folders:
            index = json.loads((folder / "lines.json").read_text())
            proposed |= {number for _, _, line in mine for number in index.get(line, ())}
        near = {number: _shared(mine, json.loads(bank.fingerprint(number))) for number in proposed}
        for number in sorted(proposed):
            yield from self._told(mine, bank, number, near)

    def _told(
        self, mine: Lines, bank: Bank, number: int, near: Mapping[int, float]
    ) -> Iterator[Match]:
        banked, share = bank.banked(number), near[number]
        inputs = [each for digest in banked.inputs for each in bank.numbers_of(digest)]
        beaten = any(near.get(each, 0.0) >= share for each in inputs)
        theirs = json.loads(bank.fingerprint(number))
        known = {line for _, _, line in theirs}
        common = [(start, end) for start, end, line in mine if line in known]
        grade = Grade.PROVEN if share >= 0.5 and not beaten else Grade.SUSPECTED
        yield Match(
            banked,
            grade,
            1.0 - share,
            Span(float(common[0][0]), float(common[-1][1])),
            Span(float(theirs[0][0]), float(theirs[-1][1])),
            differs=1.0 - share,
            exhibits=(Exhibit("both", "text/plain", b"a line"),),
        )

    def _screened(self, opened: OpenAsset, cache: FingerprintCache) -> Lines:
        kept = cache.get(opened.asset.digest, self.recipe)
        if kept is None:
            if os.environ.get("LINES_LOG"):
                with open(os.environ["LINES_LOG"], "a") as log:
                    log.write(f"screened {opened.asset.digest}\n")
            kept = json.dumps(_lines(_read(opened))).encode()
            cache.put(opened.asset.digest, self.recipe, kept)
        return [(start, end, line) for start, end, line in json.loads(kept)]


def hasher(settings: Mapping[str, Any]) -> LinesHasher:
    return LinesHasher(settings)


def _read(opened: OpenAsset) -> str:
    """What follows the head, so that places are counted from there."""
    return opened.read_at(len(HEAD), 1_000_000).decode("utf-8", "replace")


def _lines(body: str) -> Lines:
    found, place = [], 0
    for line in body.splitlines(keepends=True):
        plain = " ".join(line.split()).casefold()
        if plain:
            found.append((place, place + len(line.rstrip("\n")), _hash(plain)))
        place += len(line)
    return found


def _hash(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def _shared(mine: Lines, theirs: Lines) -> float:
    known = {line for _, _, line in mine}
    return sum(line in known for _, _, line in theirs) / len(theirs)


def _work(opened: OpenAsset, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.05)
        opened.working()

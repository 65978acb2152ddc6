"""A bank in memory and opened files, for timing a hasher by itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.model import Asset, Grade
from checkthegate.model.match import Banked, Match, Role


class NoCache:
    """Forgets everything: each look is a first look."""

    def get(self, digest: str, recipe: str) -> bytes | None:
        """Nothing."""
        return None

    def put(self, digest: str, recipe: str, body: bytes) -> None:
        """Forgotten."""


class OpenBank:
    """The `Bank` of these files: fingerprints in memory, one index in `folder`."""

    def __init__(self, hasher: Any, files: Sequence[Path], folder: Path) -> None:
        self._banked: list[Banked] = []
        self._prints: list[bytes] = []
        for path in files:
            opened = opened_file(path)
            made = hasher.fingerprint(opened)
            opened.close()
            if made is not None:
                self._add(path, opened.asset, made)
        folder.mkdir(parents=True)
        hasher.index(list(enumerate(self._prints)), folder)
        self.folders: Sequence[Path] = (folder,)

    def _add(self, path: Path, asset: Asset, made: bytes) -> None:
        number = len(self._prints)
        self._prints.append(made)
        self._banked.append(
            Banked(number, Role.RECORDED, "rec", path.name, asset.digest, asset.kind)
        )

    def __len__(self) -> int:
        return len(self._prints)

    def banked(self, number: int) -> Banked:
        """The entry with this number."""
        return self._banked[number]

    def fingerprint(self, number: int) -> bytes:
        """Its fingerprint."""
        return self._prints[number]

    def numbers_of(self, digest: str) -> Sequence[int]:
        """The entries of a file."""
        return [each.number for each in self._banked if each.digest == digest]


def opened_file(path: Path) -> OpenedFile:
    """A file as a check opens it; its digest is made of its name."""
    with path.open("rb") as stream:
        kind, media_type = identify(stream, path.name)
    asset = Asset(path.name, kind, media_type, path.stat().st_size, f"sha256:{path.name}")
    return OpenedFile(asset, path)


def picture_hasher() -> Any:
    """Our hasher of pictures, with the weights in `$GATE_MODELS`."""
    from checkthegate.fingerprint.picture import hasher

    made = hasher({"models": os.environ.get("GATE_MODELS", "")})
    if lacking := made.lacks():
        raise SystemExit(f"nothing to time: {lacking}")
    return made


def matches(hasher: Any, path: Path, bank: OpenBank) -> list[Match]:
    """What of the bank lies in a file; a gap would mean that nothing was timed."""
    opened = opened_file(path)
    found = list(hasher.match(opened, bank, NoCache()))
    opened.close()
    gaps = [each for each in found if not isinstance(each, Match)]
    if gaps:
        raise SystemExit(f"{path.name} was not wholly read: {gaps[0].reason}")
    return found


def share_found(found: Sequence[Match], seconds: float) -> float:
    """The share of the running time that lies in some match, of any grade."""
    spans = sorted((each.span.start, each.span.end) for each in found if each.span)
    total, reached = 0.0, 0.0
    for start, end in spans:
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total / seconds


def proven(found: Sequence[Match]) -> int:
    """How many of these are proven."""
    return sum(each.grade is Grade.PROVEN for each in found)

"""A bank of texts and an asset that is a text, as the hasher of words meets them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.fingerprint.words import WordsHasher
from checkthegate.model import Asset, Gap
from checkthegate.model.match import Banked, Match, Role


class Kept:
    """A cache that forgets nothing."""

    def __init__(self) -> None:
        self.bodies: dict[tuple[str, str], bytes] = {}

    def get(self, digest: str, recipe: str) -> bytes | None:
        """What was kept."""
        return self.bodies.get((digest, recipe))

    def put(self, digest: str, recipe: str, body: bytes) -> None:
        """Keep it."""
        self.bodies[digest, recipe] = body


def opened(file: Path) -> OpenedFile:
    """A file as a check opens it."""
    with file.open("rb") as stream:
        digest = "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()
        kind, media_type = identify(stream, file.name)
    return OpenedFile(Asset(file.name, kind, media_type, file.stat().st_size, digest), file)


@dataclass
class TextBank:
    """A bank made of files, one segment for each call of `add`."""

    folder: Path
    hasher: WordsHasher = field(default_factory=WordsHasher)
    folders: list[Path] = field(default_factory=list)
    entries: list[Banked] = field(default_factory=list)
    prints: list[bytes] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.entries)

    def banked(self, number: int) -> Banked:
        """The entry with this number."""
        return self.entries[number]

    def fingerprint(self, number: int) -> bytes:
        """Its fingerprint."""
        return self.prints[number]

    def numbers_of(self, digest: str) -> Sequence[int]:
        """The entries of a file."""
        return [each.number for each in self.entries if each.digest == digest]

    def add(
        self, files: Sequence[Path], role: Role = Role.RECORDED, inputs: tuple[str, ...] = ()
    ) -> list[Banked]:
        """Put files into the bank, and write their index."""
        fresh = list[tuple[int, bytes]]()
        for file in files:
            asset = opened(file)
            made = self.hasher.fingerprint(asset)
            if made is None:
                continue
            number = len(self.entries)
            source, digest = f"src_{number}", asset.asset.digest
            self.entries.append(
                Banked(number, role, source, file.name, digest, asset.asset.kind, inputs)
            )
            self.prints.append(made)
            fresh.append((number, made))
        segment = self.folder / f"segment{len(self.folders)}"
        segment.mkdir(parents=True)
        self.hasher.index(fresh, segment)
        self.folders.append(segment)
        return self.entries[-len(fresh) :] if fresh else []

    def matches(self, file: Path) -> list[Match]:
        """What of the bank lies in a file, gaps being an error."""
        found = list(self.hasher.match(opened(file), self, Kept()))
        for each in found:
            if isinstance(each, Gap):
                raise RuntimeError(each.reason)
        return [each for each in found if isinstance(each, Match)]

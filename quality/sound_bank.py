"""A bank of sounds as the hasher of sounds meets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checkthegate.fingerprint.sound import SoundHasher
from checkthegate.model import Gap
from checkthegate.model.match import Banked, Match, Role
from quality.words_bank import Kept, opened


@dataclass
class SoundBank:
    """A bank made of files, one segment for each call of `add`."""

    folder: Path
    hasher: SoundHasher = field(default_factory=SoundHasher)
    folders: list[Path] = field(default_factory=list)
    entries: list[Banked] = field(default_factory=list)
    prints: list[bytes] = field(default_factory=list)
    cache: Kept = field(default_factory=Kept)

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
        """Put files on record, in a segment of their own; those that are silent are left out."""
        added, fresh = [], []
        for file in files:
            found = opened(file)
            body = self.hasher.fingerprint(found)
            found.close()
            if body is None:
                continue
            number = len(self.entries)
            asset = found.asset
            entry = Banked(number, role, file.stem, file.name, asset.digest, asset.kind, inputs)
            self.entries.append(entry)
            self.prints.append(body)
            fresh.append((number, body))
            added.append(entry)
        self.index(fresh)
        return added

    def index(self, fresh: Sequence[tuple[int, bytes]]) -> None:
        """An index over these, in a folder of their own."""
        folder = self.folder / f"segment{len(self.folders)}"
        folder.mkdir(parents=True)
        self.hasher.index(fresh, folder)
        self.folders.append(folder)

    def answers(self, file: Path) -> list[Match | Gap]:
        """What the hasher says of a file."""
        found = opened(file)
        try:
            return list(self.hasher.match(found, self, self.cache))
        finally:
            found.close()

    def matches(self, file: Path) -> list[Match]:
        """The matches among that."""
        return [each for each in self.answers(file) if isinstance(each, Match)]

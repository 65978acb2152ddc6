"""Knows pictures and films again: stills in stills, stills in films, films in films.

What is found depends on the networks being installed: without them pictures are known by their
codes and by points alone, which finds finishing, but little of what was cropped or built in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from checkthegate.fingerprint.picture_print import PicturePrint, to_bytes
from checkthegate.fingerprint.proposing import Proposer, write_index
from checkthegate.fingerprint.sscd import Descriptors
from checkthegate.model import Asset, Gap, Kind, Unreadable
from checkthegate.model.match import Match, Screening
from checkthegate.seams import Bank, FingerprintCache, OpenAsset

_LIBRARIES = ("cv2", "numpy")
_MOVING = (Kind.VIDEO, Kind.SEQUENCE)


@dataclass(frozen=True, slots=True)
class PictureHasher:
    """Knows material by its pictures. A distance is the share of detail that does not agree."""

    descriptors: Descriptors = field(default_factory=lambda: Descriptors(None))
    id: str = "picture"
    version: str = "2"

    @property
    def recipe(self) -> str:
        """Another one where the networks are not installed: their part is missing then."""
        return "picture-1" if self.descriptors.ready else "picture-1-codes"

    def lacks(self) -> str | None:
        """A sentence where libraries or the networks' weights are missing."""
        if any(find_spec(library) is None for library in _LIBRARIES):
            return (
                "pictures cannot be compared, so recorded pictures are not found in them: "
                "the optional part 'matching' is not installed"
            )
        if not self.descriptors.ready:
            return (
                "the weights of the networks that describe pictures are not installed, so pictures "
                "that were cropped, turned, built into others or covered may not be found, and "
                "films hardly at all; 'make setup' fetches them"
            )
        return None

    def wants(self, asset: Asset) -> bool:
        """Stills and moving pictures."""
        return asset.kind is Kind.IMAGE or asset.kind in _MOVING

    def fingerprint(self, opened: OpenAsset) -> bytes | None:
        """What to know it by; None for a blank still. Raises `Unreadable`."""
        self._need_libraries()
        print_ = self._print(opened)
        return None if print_ is None else to_bytes(print_)

    def index(self, fingerprints: Sequence[tuple[int, bytes]], folder: Path) -> None:
        """Write indexes over all samples of all fingerprints."""
        write_index(fingerprints, folder)

    def match(
        self, opened: OpenAsset, bank: Bank, cache: FingerprintCache
    ) -> Iterable[Match | Gap | Screening]:
        """What of the bank lies in the asset. Raises `Unreadable`."""
        self._need_libraries()
        proposer = Proposer(bank)
        if opened.asset.kind in _MOVING:
            return self._in_film(opened, bank, cache, proposer)
        return self._in_still(opened, bank, cache, proposer)

    def _print(self, opened: OpenAsset) -> PicturePrint | None:
        if opened.asset.kind in _MOVING:
            from checkthegate.fingerprint.film_prints import film_print

            return film_print(opened, self.descriptors)
        from checkthegate.fingerprint.still_prints import still_print

        return still_print(opened, self.descriptors)

    def _in_still(
        self, opened: OpenAsset, bank: Bank, cache: FingerprintCache, proposer: Proposer
    ) -> Iterator[Match | Gap | Screening]:
        from checkthegate.fingerprint.still_screen import Screen
        from checkthegate.fingerprint.stills import StillSearch

        screen = Screen(opened, self.descriptors, cache)
        yield from StillSearch(opened, screen, bank, proposer, self.descriptors).matches()

    def _in_film(
        self, opened: OpenAsset, bank: Bank, cache: FingerprintCache, proposer: Proposer
    ) -> Iterator[Match | Gap | Screening]:
        from checkthegate.fingerprint.films import match_film

        yield from match_film(opened, bank, cache, proposer, self.descriptors)

    def _need_libraries(self) -> None:
        if any(find_spec(library) is None for library in _LIBRARIES):
            raise Unreadable(
                "it was not compared with the pictures on record: the optional part 'matching' is "
                "not installed"
            )


def hasher(settings: Mapping[str, Any]) -> PictureHasher:
    """The hasher; `settings["models"]` is the folder of the networks' weights."""
    folder = settings.get("models")
    return PictureHasher(Descriptors(Path(folder) if folder else None))

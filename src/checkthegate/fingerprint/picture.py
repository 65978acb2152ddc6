"""The hasher of pictures: stills and films in one bank, each found in the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.sscd import Descriptors
from checkthegate.model import Asset, Gap, Kind

if TYPE_CHECKING:
    from checkthegate.model.match import Match
    from checkthegate.seams import Bank, FingerprintCache, OpenAsset

_MOVING: Final = (Kind.VIDEO, Kind.SEQUENCE)


class PictureHasher:
    """Knows pictures by PDQ codes, SSCD descriptors, small stills and their movement."""

    id = "picture"
    version = "1"

    def __init__(self, models: Path | None) -> None:
        self._descriptors = Descriptors(models)

    @property
    def recipe(self) -> str:
        """Another one where the networks are not installed: its prints hold no descriptors."""
        return "picture/1" if self._descriptors.ready else "picture/1-codes"

    def lacks(self) -> str | None:
        """What is not found while the networks are not installed."""
        if self._descriptors.ready:
            return None
        return (
            "The copy-detection networks are not installed, so pictures that were cropped, "
            "turned, framed or strongly graded may not be recognised. Install them: make models"
        )

    def wants(self, asset: Asset) -> bool:
        """Pictures, films and sequences."""
        return asset.kind in (Kind.IMAGE, *_MOVING)

    def fingerprint(self, opened: OpenAsset) -> bytes | None:
        """The print as bytes; None for a blank picture. Raises `Unreadable`."""
        from checkthegate.fingerprint.picture_print import to_bytes

        if opened.asset.kind in _MOVING:
            from checkthegate.fingerprint.films import film_print

            made = film_print(opened, self._descriptors)
        else:
            from checkthegate.fingerprint.stills import still_print

            made = still_print(opened, self._descriptors)
        return to_bytes(made) if made is not None else None

    def index(self, fingerprints: Sequence[tuple[int, bytes]], folder: Path) -> None:
        """Write the index over these prints."""
        from checkthegate.fingerprint.proposing import write_index

        write_index(fingerprints, folder)

    def match(
        self, opened: OpenAsset, bank: Bank, cache: FingerprintCache
    ) -> Iterable[Match | Gap]:
        """What of the bank lies in a picture or film. Raises `Unreadable`."""
        from checkthegate.fingerprint.proposing import Proposer

        proposer = Proposer(bank)
        if opened.asset.kind in _MOVING:
            from checkthegate.fingerprint.films import match_film

            return match_film(opened, bank, cache, proposer, self._descriptors)
        from checkthegate.fingerprint.stills import match_still

        return match_still(opened, bank, cache, proposer, self._descriptors)


def hasher(settings: Mapping[str, Any]) -> PictureHasher:
    """The hasher; `settings["models"]` is the folder of the networks' weights."""
    models = settings.get("models")
    return PictureHasher(Path(models) if models else None)

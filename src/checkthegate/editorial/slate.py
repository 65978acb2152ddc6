"""The observer `slate`: what a film or sound says of itself that a cut list may call it by.

Time-code of its first frame, reel, UMIDs, length and rate. Only cuts are linked with it; it says
nothing of AI, and a file that cannot be read has its gap elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from checkthegate.editorial.assembly import plain
from checkthegate.model import Asset, Evidence, Grade, Json, Kind, Observation, Unreadable
from checkthegate.seams import Example, Media, OpenAsset

OBSERVER: Final = "slate"
_REELS: Final = ("reel_name", "reel", "com.apple.proapps.reel", "tape", "reelname")
_UMIDS: Final = ("material_package_umid", "file_package_umid", "umid")


class SlateObserver:
    """One statement for each film or sound that can be opened; all of it private."""

    id = OBSERVER
    version = "1"
    reads_path = False

    @property
    def settings(self) -> Mapping[str, Json]:
        """The version of the library that opens containers, empty without it."""
        from importlib import metadata

        try:
            return {"av": metadata.version("av")}
        except metadata.PackageNotFoundError:
            return {"av": ""}

    def wants(self, asset: Asset) -> bool:
        """Films and sounds."""
        return asset.kind in (Kind.VIDEO, Kind.AUDIO)

    def observe(self, opened: OpenAsset) -> Iterable[Observation]:
        """What the container says; nothing when it cannot be opened."""
        try:
            media = opened.media()
        except Unreadable:
            return
        yield Evidence(OBSERVER, Grade.DECLARED, OBSERVER, {}, _slate(media))

    def examples(self) -> Sequence[Example]:
        """A sound without any slate: nothing is claimed but its length."""
        samples = b"\0\0" * 800
        size = len(samples)
        head = (
            b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
        )
        form = b"\1\0\1\0" + (8000).to_bytes(4, "little") + (16000).to_bytes(4, "little")
        wave = head + form + b"\2\0\x10\0data" + size.to_bytes(4, "little") + samples
        return [
            Example("plain.wav", wave, ((OBSERVER, "declared"),)),
            Example("damaged.wav", wave[:20]),
        ]


def _slate(media: Media) -> dict[str, Json]:
    tags = list(_tags(media))
    pictures = [each for each in media.streams if each.kind == "video" and each.rate > 0]
    sounds = [each for each in media.streams if each.kind == "audio" and each.rate > 0]
    said: dict[str, Json] = {
        "seconds": max([media.seconds, *(each.seconds for each in media.streams)], default=0.0),
        "rate": pictures[0].rate if pictures else 0.0,
        "timecode": plain(_first(tags, ("timecode",)), 40),
        "reel": plain(_first(tags, _REELS), 128),
        "umids": sorted({umid for key, value in tags if key in _UMIDS for umid in [_hex(value)]}),
    }
    samples = _first(tags, ("time_reference",))
    if samples.isdigit() and sounds and len(samples) < 16:
        said["since_midnight"] = int(samples) / sounds[0].rate
    return said


def _tags(media: Media) -> Iterator[tuple[str, str]]:
    for tags in (media.tags, *(each.tags for each in media.streams)):
        yield from ((key.lower(), value) for key, value in tags.items())


def _first(tags: Iterable[tuple[str, str]], names: Sequence[str]) -> str:
    return next((value.strip() for key, value in tags if key in names and value.strip()), "")


def _hex(umid: str) -> str:
    low = umid.lower().removeprefix("0x")
    return "".join(letter for letter in low if letter in "0123456789abcdef")[:64]


def observer(settings: Mapping[str, Any]) -> SlateObserver:
    """The entry point. There is nothing to set."""
    return SlateObserver()

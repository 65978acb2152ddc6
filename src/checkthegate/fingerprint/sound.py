"""Knows sounds again: music, effects, dialogue and voices-over, in sound files and in films."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from checkthegate.fingerprint import sound_index
from checkthegate.fingerprint.chromaprint import tool
from checkthegate.fingerprint.sound_finding import Found, Search
from checkthegate.fingerprint.sound_listening import Heard, listened
from checkthegate.fingerprint.sound_print import MIX, Channel, SoundPrint, channels_of
from checkthegate.fingerprint.sound_showing import SHOWN, excerpts, exhibits
from checkthegate.model import Asset, Exhibit, Gap, Json, Kind, Unreadable
from checkthegate.model.evidence import Span
from checkthegate.model.match import Match
from checkthegate.seams import Bank, FingerprintCache, OpenAsset

_NEEDED: Final = ("av", "cv2")
_SLIGHT = 0.002
_SLIGHT_SEMITONES = 0.05


@lru_cache
def _installed(library: str) -> bool:
    return find_spec(library) is not None


@dataclass(frozen=True, slots=True)
class SoundHasher:
    """Knows material by its sound. A distance is the share of its peaks that is not met."""

    id: str = "sound"
    recipe: str = "sound-2"
    version: str = "1"

    def lacks(self) -> str | None:
        """A sentence when what decodes sound, or what knows near-copies of it, is not there."""
        if not all(map(_installed, _NEEDED)):
            return (
                "sounds cannot be compared, so copied music, effects and voices are not found: "
                "the optional part 'matching' is not installed"
            )
        if tool() is None:
            return (
                "sounds are compared by their spectra alone, so some copies may not be found: "
                "Chromaprint (of imageio-ffmpeg in the optional part 'matching', or fpcalc) is "
                "not installed"
            )
        return None

    def wants(self, asset: Asset) -> bool:
        """Sound and video."""
        return asset.kind in (Kind.AUDIO, Kind.VIDEO)

    def fingerprint(self, opened: OpenAsset) -> bytes | None:
        """What its channels sound like; None for silence. Raises `Unreadable`."""
        found = self._listened(opened, taste=True).found
        return found.to_bytes() if found.channels else None

    def index(self, fingerprints: Sequence[tuple[int, bytes]], folder: Path) -> None:
        """Write an index of the pairs of peaks, and of Chromaprint's words."""
        sound_index.write(folder, _numbered(fingerprints))

    def match(
        self, opened: OpenAsset, bank: Bank, cache: FingerprintCache
    ) -> Iterable[Match | Gap]:
        """What of the bank is heard in the asset, in its order."""
        target = self._target(opened, cache)
        for reason in target.gaps:
            yield Gap(self.id, reason)
        found = Search(bank, target.found, opened.working).found()
        heard = excerpts(opened, target.found.channels, found[:SHOWN])
        for place, each in enumerate(found):
            shown: tuple[Exhibit, ...] = ()
            if place < SHOWN:
                opened.working()
                source = SoundPrint.from_bytes(bank.fingerprint(each.number))
                channel = target.found.channels[each.channel]
                shown = exhibits(channel, source, each, heard.get(place))
            yield _match(bank, target.found.channels, each, shown)

    def _target(self, opened: OpenAsset, cache: FingerprintCache) -> Heard:
        """What the asset sounds like, from the cache where it was listened to before."""
        recipe = f"{self.recipe}/heard"
        stored = cache.get(opened.asset.digest, recipe)
        if stored is not None:
            said, _, body = stored.partition(b"\n")
            return Heard(SoundPrint.from_bytes(body), json.loads(said))
        heard = self._listened(opened, taste=False)
        said = json.dumps(heard.gaps).encode()
        cache.put(opened.asset.digest, recipe, said + b"\n" + heard.found.to_bytes())
        return heard

    def _listened(self, opened: OpenAsset, *, taste: bool) -> Heard:
        if not all(map(_installed, _NEEDED)):
            raise Unreadable(self.lacks() or "")
        return listened(opened, taste=taste)


def _numbered(fingerprints: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, int, Channel]]:
    for number, body in fingerprints:
        for part, channel in enumerate(channels_of(body)):
            yield number, part, channel


def _match(
    bank: Bank, channels: Sequence[Channel], found: Found, shown: tuple[Exhibit, ...]
) -> Match:
    aligned = found.aligned
    return Match(
        bank.banked(found.number),
        found.grade,
        found.distance,
        span=Span(*(round(max(0.0, moment), 3) for moment in aligned.target)),
        source_span=Span(*(round(max(0.0, moment), 3) for moment in aligned.source)),
        detail=_detail(channels, found),
        exhibits=shown,
    )


def _detail(channels: Sequence[Channel], found: Found) -> Mapping[str, Json]:
    """In which sound of the file it is heard, and how it was changed."""
    line, channel = found.aligned.line, channels[found.channel]
    detail: dict[str, Json] = {"stream": channel.stream}
    several = sum(other.stream == channel.stream for other in channels) > 1
    if channel.number != MIX and (several or channel.number):
        detail["channel"] = channel.number + 1
    if abs(line.speed - 1) > _SLIGHT:
        detail["speed"] = round(line.speed, 3)
    if abs(line.shift) > _SLIGHT_SEMITONES:
        detail["semitones"] = round(line.shift, 2)
    return detail


def hasher(settings: Mapping[str, Any]) -> SoundHasher:
    """What the entry point names."""
    return SoundHasher()

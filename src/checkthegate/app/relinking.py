"""Finds the media of a cut's events among the assets of a check, and says by what.

By file name, reel, UMID, source time-code, and last by content. Where several files fit equally,
none is taken: guessing would judge the wrong material.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from checkthegate.app.relinking_content import Contents, Held, seconds_used
from checkthegate.editorial.edl import rerated
from checkthegate.model import Asset, Evidence, Kind, Observation, Span
from checkthegate.model.timecode import exact_rate, frame_of, nominal, says_drop
from checkthegate.model.timeline import Clip, Linked, LinkedBy, Timeline

SLATE: Final = "slate"
_LINKABLE: Final = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.SEQUENCE, Kind.OTHER})
_NUMBERS: Final = re.compile(r"(?:%0?\d*d|#+|@+|\[[\d,…-]+\]|\d+)(?=\.[a-z0-9]{1,5}\Z)")
_SLACK: Final = 0.1
_MOST_CANDIDATES: Final = 50
_NOT_TOLD: Final = "the cut does not say which part of the file it uses, so all of it counts"
_TECHNICAL: Final = "application/x-technical"


@dataclass(frozen=True, slots=True)
class Shelved:
    """An asset that a clip may use, and what it says of itself. `rate` is 0 where it has none."""

    path: str
    asset: Asset
    seconds: float = 0.0
    rate: Fraction = Fraction(0)
    timecode: str = ""
    since_midnight: float | None = None
    reel: str = ""
    umids: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name in small letters."""
        return self.asset.name.casefold()

    def first_frame(self) -> tuple[int, Fraction] | None:
        """The clock's frame and rate at the first frame; None when the file does not say."""
        if self.timecode and self.rate:
            try:
                drop = says_drop(self.timecode)
                return frame_of(self.timecode, self.rate, drop=drop), self.rate
            except ValueError:
                return None
        if self.since_midnight is not None:
            return round(self.since_midnight * 48_000), Fraction(48_000)
        return None


def shelved(path: str, asset: Asset, said: Iterable[Observation]) -> Shelved:
    """An asset with what the observer `slate` found in it."""
    slate = next((e for e in said if isinstance(e, Evidence) and e.claim == SLATE), None)
    if slate is None:
        return Shelved(path, asset)
    stated = slate.private
    rate, since = stated.get("rate"), stated.get("since_midnight")
    umids = stated.get("umids")
    return Shelved(
        path,
        asset,
        seconds=_number(stated.get("seconds")),
        rate=_rate(_number(rate)),
        timecode=str(stated.get("timecode") or ""),
        since_midnight=_number(since) if since is not None else None,
        reel=str(stated.get("reel") or ""),
        umids=tuple(map(str, umids)) if isinstance(umids, list | tuple) else (),
    )


@lru_cache(maxsize=64)
def _rate(rate: float) -> Fraction:
    try:
        return exact_rate(rate)
    except (ValueError, OverflowError):
        return Fraction(0)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


@dataclass(slots=True)
class Shelf:
    """All media of a check, by everything a clip may name."""

    everything: dict[str, Shelved] = field(default_factory=dict)
    _names: dict[str, list[Shelved]] = field(default_factory=dict)
    _stems: dict[str, list[Shelved]] = field(default_factory=dict)
    _reels: dict[str, list[Shelved]] = field(default_factory=dict)
    _umids: dict[str, list[Shelved]] = field(default_factory=dict)
    _clocks: list[Shelved] = field(default_factory=list)

    def add(self, media: Shelved) -> None:
        """Take in an asset, if it is of a kind that cuts are made from."""
        if media.asset.kind not in _LINKABLE or media.asset.media_type == _TECHNICAL:
            return
        self.everything[media.path] = media
        self._names.setdefault(media.name, []).append(media)
        if media.asset.kind is Kind.SEQUENCE:
            self._names.setdefault(_pattern(media.name), []).append(media)
        stem = _stem(media.name)
        self._stems.setdefault(stem, []).append(media)
        for reel in {media.reel.casefold(), stem, *_leading(stem)} - {""}:
            self._reels.setdefault(reel, []).append(media)
        for umid in {each for known in media.umids for each in _ways_of(known)}:
            self._umids.setdefault(umid, []).append(media)
        if media.first_frame() is not None:
            self._clocks.append(media)

    def ways(self, clip: Clip) -> Iterable[tuple[LinkedBy, Sequence[Shelved]]]:
        """What fits a clip, way by way, the surest first."""
        media = clip.media
        yield LinkedBy.FILE_NAME, self._named(media.file)
        yield LinkedBy.FILE_NAME, self._named(media.name)
        yield LinkedBy.FILE_NAME, self._named(clip.name)
        if media.reel:
            found = self._reels.get(media.reel.casefold(), ())
            yield LinkedBy.REEL, [each for each in found if _fits(clip, each) is not False]
        if media.umid:
            yield LinkedBy.UMID, self._umids.get(media.umid, ())
        yield LinkedBy.TIMECODE, [each for each in self._clocks if _fits(clip, each) is True]

    def _named(self, name: str) -> Sequence[Shelved]:
        low = name.casefold()
        if not low:
            return ()
        found = self._names.get(low) or self._names.get(_pattern(low))
        return found or self._stems.get(_stem(low)) or ()


def _pattern(name: str) -> str:
    """The name with its frame number as `#`: `a.0001.exr`, `a.%04d.exr` and `a.[1-9].exr`."""
    return _NUMBERS.sub("#", name)


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _leading(stem: str) -> set[str]:
    """What a reel name may be cut down to: the first part, and its first eight letters."""
    first = re.split(r"[_.\- ]", stem, maxsplit=1)[0]
    return {first, stem[:8]} if len(first) >= 4 else set()


def _ways_of(umid: str) -> set[str]:
    """A UMID as AAF and MXF write it: with the halves of its last part either way round."""
    return {umid, umid[:32] + umid[48:] + umid[32:48]}


def link(
    timeline: Timeline,
    at: str,
    shelf: Shelf,
    *,
    packaged: Mapping[str, str] | None = None,
    contents: Contents | None = None,
) -> tuple[Timeline, tuple[Linked, ...]]:
    """Every clip of a timeline with its media; the timeline, read anew at its media's rate.

    `at` is the timeline's own path: of files that fit equally, those beside it come first.
    `packaged` maps a package's ids to paths, `contents` is asked last. Clips without media of
    their own are left out.
    """
    asked = [clip for clip in timeline.clips if names_media(clip)]
    found = [_found(clip, at, shelf, packaged, contents) for clip in asked]
    rate = _rate_of_media(timeline, found)
    if rate is not None:
        timeline = rerated(timeline, rate)
        now = {clip.number: clip for clip in timeline.clips}
        found = [each._replace(clip=now[each.clip.number]) for each in found]
    return timeline, tuple(_linked(timeline, each) for each in found)


def names_media(clip: Clip) -> bool:
    """Whether a clip shows media at all: no title, no black, no subtitle."""
    return not clip.media.made_here and not clip.text


class _Found(NamedTuple):
    clip: Clip
    media: Shelved | None = None
    by: LinkedBy | None = None
    why: str = ""
    held: Held | None = None


def _found(
    clip: Clip,
    at: str,
    shelf: Shelf,
    packaged: Mapping[str, str] | None,
    contents: Contents | None,
) -> _Found:
    if packaged is not None:
        media = shelf.everything.get(packaged.get(clip.media.name, ""))
        return _Found(clip, media, LinkedBy.PACKAGE if media else None)
    why = ""
    for by, candidates in shelf.ways(clip):
        suited = _suited(clip, at, candidates)
        if len(suited) == 1:
            return _Found(clip, suited[0], by)
        if suited and not why:
            why = f"{len(suited)} files fit it by {by.value}, and it is not known which it is"
    held = contents.of(clip) if contents is not None else None
    if held is not None and held.path in shelf.everything:
        return _Found(clip, shelf.everything[held.path], LinkedBy.CONTENT, held=held)
    return _Found(clip, why=why)


def _suited(clip: Clip, at: str, candidates: Sequence[Shelved]) -> list[Shelved]:
    """The candidates that fit best; one of several with the very same bytes."""
    if len(candidates) < 2:
        return list(candidates)
    best = list(candidates[:_MOST_CANDIDATES])
    tests: tuple[Callable[[Shelved], bool], ...] = (
        lambda each: each.asset.kind is not Kind.OTHER,
        lambda each: _right_kind(clip, each),
        lambda each: _fits(clip, each) is not False,
        lambda each: _tail(each.path, 2) == _tail(clip.media.path, 2),
        lambda each: _fits(clip, each) is True,
        lambda each: _folder(each.path).startswith(_folder(at)),
    )
    for test in tests:
        best = [each for each in best if test(each)] or best
    if len({each.asset.digest for each in best}) == 1:
        return best[:1]
    return best


def _right_kind(clip: Clip, media: Shelved) -> bool:
    sound = clip.track.startswith("A")
    return media.asset.kind is Kind.AUDIO if sound else media.asset.kind is not Kind.AUDIO


def _tail(path: str, parts: int) -> list[str]:
    return re.split(r"[\\/]", path.casefold())[-parts:]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _fits(clip: Clip, media: Shelved) -> bool | None:
    """Whether a clip's source lies in a file by the file's own time-code; None: cannot be told."""
    if clip.source is None or media.first_frame() is None or not media.seconds:
        return None
    start = _since_first_frame(clip, media)
    if start is None:
        return None
    length = clip.source.length / clip.source.rate
    return start >= -_SLACK and start + float(length) <= media.seconds + _SLACK


def _since_first_frame(clip: Clip, media: Shelved) -> float | None:
    """Seconds from the file's first frame to the clip's source in, by the file's time-code."""
    source, first = clip.source, media.first_frame()
    if source is None or first is None:
        return None
    frame, rate = first
    if nominal(rate) == nominal(source.rate):
        return float((source.start - frame) / rate)
    return float(source.start / source.rate - frame / rate)


def _rate_of_media(timeline: Timeline, found: Sequence[_Found]) -> Fraction | None:
    """The rate most media have, for a list that does not say its own; None to leave it."""
    if timeline.rate_stated:
        return None
    rates: dict[Fraction, int] = {}
    for each in found:
        if each.media is not None and each.media.rate and each.by is not LinkedBy.CONTENT:
            rates[each.media.rate] = rates.get(each.media.rate, 0) + 1
    best = max(rates, key=lambda rate: rates[rate], default=None)
    return best if best is not None and best != timeline.rate else None


def _linked(timeline: Timeline, found: _Found) -> Linked:
    clip, media = found.clip, found.media
    if media is None:
        return Linked(clip, why=found.why)
    linked = Linked(clip, media.path, found.by)
    if media.asset.kind in (Kind.IMAGE, Kind.OTHER) or not media.seconds:
        return linked
    if found.held is not None:
        meant = seconds_used(clip)
        through = found.held.through(meant) if meant is not None else found.held.span
        return replace(linked, used=through, why="" if through else _NOT_TOLD)
    used, why = _used(timeline, clip, media)
    return replace(linked, used=used, why=why)


def _used(timeline: Timeline, clip: Clip, media: Shelved) -> tuple[Span | None, str]:
    """Which seconds of the file a clip uses; None, and why, where it cannot be told."""
    source = clip.source
    if source is None:
        return None, _NOT_TOLD
    length = float(source.length / source.rate)
    for start in _starts(timeline, clip, media):
        if start is not None and start >= -_SLACK and start + length <= media.seconds + _SLACK:
            return Span(max(0.0, start), min(media.seconds, start + length)), ""
    return None, ("the time-code it uses does not lie in the file, so all of the file counts")


def _starts(timeline: Timeline, clip: Clip, media: Shelved) -> Iterable[float | None]:
    """Where the used part may begin, the surest first."""
    source, there = clip.source, clip.media.available
    if source is None:
        return
    if there is not None:
        yield float(source.start / source.rate - there.start / there.rate)
    elif timeline.format == "imf":
        yield float(source.start / source.rate)
    if media.first_frame() is not None:
        yield _since_first_frame(clip, media)
    else:
        yield float(source.start / source.rate)

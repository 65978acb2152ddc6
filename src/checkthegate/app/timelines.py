"""The cuts of a check: read by workers, linked to their media here, before anything is judged.

Who names a timeline says with it what is delivered: its media count as far as it uses them. A
timeline that merely lies in a delivery makes nothing lighter.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from checkthegate.app.packages import Package
from checkthegate.app.planning import Looked
from checkthegate.app.relinking import Shelf, link, shelved
from checkthegate.app.relinking_content import Contents
from checkthegate.editorial.observer import OBSERVER, timelines_in
from checkthegate.model import Gap, Kind, Skipped, Span
from checkthegate.model.timeline import Clip, Linked, LinkedBy, Timeline

MEDIA: Final = "media"
_MOST_GAPS: Final = 300
_MOST_NAMED: Final = 5
_BUNDLED: Final = "content.otio"
_NO_CUT: Final = (
    "this was named as the timeline, but it is none that can be read here, so it is not known "
    "what of the media is used and all of it was judged"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """A timeline of a check with its media. `named` when somebody said that this is the cut."""

    path: str
    timeline: Timeline
    links: tuple[Linked, ...]
    named: bool = False

    def where(self, clip: Clip) -> str:
        """An event in a few words, for sentences: number, name, place."""
        first, last = self.timeline.at(clip)
        place = f" ({first} to {last}, {clip.track})" if clip.record.length else ""
        return f"{_title(clip)}{place}"


@dataclass(frozen=True, slots=True)
class Cuts:
    """All cuts of a check, and what follows for its assets, by report path.

    `missing` are gaps of timelines. `media_only` was given as media for the cut alone.
    """

    cuts: tuple[Cut, ...] = ()
    missing: Mapping[str, tuple[Gap, ...]] = field(default_factory=dict)
    media_only: frozenset[str] = frozenset()
    _used: Mapping[str, tuple[Span, ...] | None] = field(default_factory=dict)

    def used_of(self, path: str) -> tuple[Span, ...]:
        """The seconds of an asset that named cuts use; empty when all of it counts."""
        return self._used.get(path) or ()

    def left_out(self, path: str) -> Skipped | None:
        """Why an asset is no part of the delivery: given as media, and no event uses it."""
        if path not in self.media_only or path in self._used:
            return None
        return Skipped(path, "given as media, and no event of the cut uses it")


@dataclass(frozen=True, slots=True)
class Named:
    """What somebody named, as absolute paths: files as timelines, folders or files as media."""

    timelines: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    media: tuple[str, ...] = ()

    def is_media_only(self, location: str) -> bool:
        """Whether a file is here because of `--media` alone."""
        place = os.path.abspath(location)
        return _below(place, self.media) and not (
            _below(place, self.paths) or place in self.timelines
        )

    def is_timeline(self, location: tuple[str, ...]) -> bool:
        """Whether this very file was named as a timeline, or given as a path."""
        return len(location) == 1 and os.path.abspath(location[0]) in self.timelines


def named_by(paths: Sequence[Path], timelines: Sequence[Path], media: Sequence[Path]) -> Named:
    """What a request names. A file given as a path is the timeline, should it be one.

    A bundle that is a folder (OTIOD) is meant by the timeline in it.
    """
    files = [path for path in paths if path.is_file()]
    bundles = [path / _BUNDLED for path in (*timelines, *paths) if path.suffix == ".otiod"]
    whole = _both([*files, *timelines, *bundles])
    return Named(frozenset(whole), _both(paths), _both(media))


def all_paths(
    paths: Sequence[Path], timelines: Sequence[Path], media: Sequence[Path]
) -> tuple[Path, ...]:
    """Everything that is to be opened, nothing twice."""
    opened: list[Path] = list(paths)
    for path in (*timelines, *media):
        if not _below(str(path.resolve()), [str(each.resolve()) for each in opened]):
            opened.append(path)
    return tuple(opened)


def _both(paths: Sequence[Path]) -> tuple[str, ...]:
    """Paths as they were named and with links followed: files are found by either."""
    return tuple(
        dict.fromkeys(str(p) for path in paths for p in (os.path.abspath(path), path.resolve()))
    )


def _below(location: str, folders: Iterable[str]) -> bool:
    return any(
        location == folder or location.startswith(folder.rstrip("/") + "/") for folder in folders
    )


class Packaged(Protocol):
    """The playlists of a package as timelines by report path, and where its ids lie."""

    @property
    def timelines(self) -> Mapping[str, Timeline]:
        """The timelines."""

    @property
    def media(self) -> Mapping[str, str]:
        """Report paths of track files, by id."""


def find_cuts(
    looked: Sequence[Looked], named: Named | None = None, packages: Sequence[Package] = ()
) -> Cuts:
    """Every timeline that was looked at, linked to whatever else was."""
    named = named or Named()
    shelf, contents = Shelf(), Contents()
    for each in looked:
        shelf.add(shelved(each.found.path, each.asset, each.observations))
        contents.add(each.found.path, each.observations)
    cuts: list[Cut] = []
    missing: dict[str, list[Gap]] = {}
    for each in looked:
        path = each.found.path
        for timeline in _timelines(each):
            read, links = link(timeline, path, shelf, contents=contents)
            cuts.append(Cut(path, read, links, named.is_timeline(each.found.location)))
            missing.setdefault(path, []).extend(_gaps(cuts[-1]))
    for package in packages:
        for path, timeline in package.timelines.items():
            read, links = link(timeline, path, shelf, packaged=package.media)
            cuts.append(Cut(path, read, links))
            missing.setdefault(path, []).extend(_gaps(cuts[-1]))
    is_cut = any(cut.named for cut in cuts)
    media_only = frozenset(
        each.found.path for each in looked if is_cut and named.is_media_only(each.found.location[0])
    )
    return Cuts(
        tuple(cuts),
        {path: tuple(gaps) for path, gaps in missing.items()},
        media_only,
        _used_by(cut for cut in cuts if cut.named),
    )


def as_timelines(looked: Sequence[Looked], named: Sequence[Path]) -> list[Looked]:
    """What was looked at, with everything that `--timeline` names of the kind `timeline`."""
    if not named:
        return list(looked)
    meant = named_by((), named, ())
    return [
        _as_timeline(each)
        if each.asset.kind is not Kind.TIMELINE and meant.is_timeline(each.found.location)
        else each
        for each in looked
    ]


def _as_timeline(each: Looked) -> Looked:
    asset = replace(each.asset, kind=Kind.TIMELINE)
    return replace(each, asset=asset, observations=(*each.observations, Gap(OBSERVER, _NO_CUT)))


def _timelines(each: Looked) -> tuple[Timeline, ...]:
    """The timelines of one file. What an OTIOZ holds is read with the OTIOZ."""
    if each.asset.kind is not Kind.TIMELINE or each.found.path.endswith(".otioz!/content.otio"):
        return ()
    return timelines_in(each.observations)


def _used_by(cuts: Iterable[Cut]) -> dict[str, tuple[Span, ...] | None]:
    """What these cuts use of each asset: joined spans, None for all of it.

    What merely holds an event's material, as a film does, is no medium of the cut: it counts whole.
    """
    spans: dict[str, list[Span] | None] = {}
    for cut in cuts:
        for linked in cut.links:
            if not linked.path or not linked.clip.enabled:
                continue
            known = spans.setdefault(linked.path, [])
            if linked.used is None or known is None or linked.by is LinkedBy.CONTENT:
                spans[linked.path] = None
            else:
                known.append(linked.used)
    return {path: joined(each) if each is not None else None for path, each in spans.items()}


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same seconds in as few spans as possible, ascending."""
    made: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, each.end)):
        if made and span.start <= made[-1].end:
            made[-1] = Span(made[-1].start, max(made[-1].end, span.end))
        else:
            made.append(span)
    return tuple(made)


def _gaps(cut: Cut) -> list[Gap]:
    """A gap for each medium that was not found, naming the events that use it."""
    lost: dict[tuple[str, str, str], list[Linked]] = {}
    for linked in cut.links:
        if not linked.path and linked.clip.enabled:
            media = linked.clip.media
            key = (media.file or media.name or linked.clip.name, media.reel, linked.why)
            lost.setdefault(key, []).append(linked)
    gaps = [
        Gap(MEDIA, _missing(cut, name, reel, why, uses))
        for (name, reel, why), uses in islice(lost.items(), _MOST_GAPS)
    ]
    if len(lost) > _MOST_GAPS:
        more = len(lost) - _MOST_GAPS
        gaps.append(Gap(MEDIA, f"The media of {more} more events were not found either."))
    return gaps


def _missing(cut: Cut, name: str, reel: str, why: str, uses: Sequence[Linked]) -> str:
    shown = "; ".join(cut.where(each.clip) for each in uses[:_MOST_NAMED])
    more = f" and {len(uses) - _MOST_NAMED} more" if len(uses) > _MOST_NAMED else ""
    events = "event" if len(uses) == 1 else "events"
    called = f"“{name}”" if name else "which has no name"
    tape = f", tape “{reel}”" if reel else ""
    reason = f": {why}" if why else " among what was given"
    verb = "settled" if why else "found"
    return (
        f"The media {called}{tape} of {events} {shown}{more} could not be {verb}{reason}. What is "
        "seen or heard there is not known."
    )


def _title(clip: Clip) -> str:
    label = clip.label or str(clip.number)
    return f"{label} “{clip.name}”" if clip.name else label

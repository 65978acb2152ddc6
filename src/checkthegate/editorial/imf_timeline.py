"""A composition of an IMF package as a timeline: virtual tracks as tracks, resources as clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from checkthegate.editorial.imf import Composition, Resource, VirtualTrack
from checkthegate.model.timecode import frame_of
from checkthegate.model.timeline import (
    Clip,
    FrameRange,
    MediaRef,
    Timeline,
    Track,
    TrackKind,
)

MOST_CLIPS: Final = 50_000
_PICTURES: Final = ("Image",)
_WORDS: Final = ("Subtitles", "Caption", "HearingImpaired", "Text", "Forced", "Karaoke")


def composition_timeline(composition: Composition, media: Mapping[str, str]) -> Timeline:
    """The composition; `media` maps track files' ids to their paths inside the package.

    A resource that is repeated becomes as many clips. Time-code starts where the composition
    says. What is beyond fifty thousand clips is a problem of the timeline, not silence.
    """
    problems: list[str] = []
    start = _start(composition, problems)
    tracks: list[Track] = []
    clips: list[Clip] = []
    for track, name in _named(composition.tracks):
        tracks.append(Track(name, _kind(track), label=track.kind))
        for record, source, resource in _placed(composition, track, start):
            if len(clips) >= MOST_CLIPS:
                break
            file = media.get(resource.track_file, "")
            clips.append(_clip(len(clips) + 1, name, record, source, resource, file))
    if len(clips) >= MOST_CLIPS:
        problems.append(f"It plays more than {MOST_CLIPS} stretches; the rest was not read.")
    return Timeline(
        format="imf",
        name=composition.title or composition.id,
        rate=composition.rate,
        clips=tuple(clips),
        tracks=tuple(tracks),
        start=start,
        drop_frame=composition.drop_frame,
        problems=tuple(problems),
    )


def _start(composition: Composition, problems: list[str]) -> int:
    if not composition.start:
        return 0
    try:
        return frame_of(composition.start, composition.rate, drop=composition.drop_frame)
    except ValueError:
        problems.append("Its time-code's start makes no sense, so it is counted from zero.")
        return 0


def _named(tracks: tuple[VirtualTrack, ...]) -> Iterator[tuple[VirtualTrack, str]]:
    counts: dict[str, int] = {}
    for track in tracks:
        letter = _kind(track).letter
        counts[letter] = counts.get(letter, 0) + 1
        yield track, f"{letter}{counts[letter]}"


def _kind(track: VirtualTrack) -> TrackKind:
    if any(word in track.kind for word in _PICTURES):
        return TrackKind.VIDEO
    if any(word in track.kind for word in _WORDS):
        return TrackKind.TEXT
    return TrackKind.AUDIO


def _placed(
    composition: Composition, track: VirtualTrack, start: int
) -> Iterator[tuple[FrameRange, FrameRange, Resource]]:
    """Where each playing of each resource lies, and which part of the file it is."""
    begins = _segment_starts(composition)
    at, segment = Fraction(0), -1
    for number, resource in track.resources:
        if number != segment:
            at, segment = begins[number], number
        length = Fraction(resource.duration) / resource.rate
        source = FrameRange(resource.entry, resource.entry + resource.duration, resource.rate)
        for _ in range(resource.repeats):
            first, last = (start + round(each * composition.rate) for each in (at, at + length))
            yield FrameRange(first, last, composition.rate), source, resource
            at += length


def _segment_starts(composition: Composition) -> dict[int, Fraction]:
    """When each segment begins, in seconds: after the longest track of the one before."""
    lengths: dict[int, dict[str, Fraction]] = {}
    for track in composition.tracks:
        for number, each in track.resources:
            of_segment = lengths.setdefault(number, {})
            played = Fraction(each.duration * each.repeats) / each.rate
            of_segment[track.id] = of_segment.get(track.id, Fraction(0)) + played
    starts, at = {}, Fraction(0)
    for number in range(max(lengths, default=-1) + 1):
        starts[number] = at
        at += max(lengths.get(number, {"": Fraction(0)}).values())
    return starts


def _clip(
    number: int,
    track: str,
    record: FrameRange,
    source: FrameRange,
    resource: Resource,
    file: str,
) -> Clip:
    name = file.rpartition("/")[2]
    return Clip(
        number=number,
        name=name or resource.track_file,
        track=track,
        record=record,
        source=source,
        media=MediaRef(name=resource.track_file, file=name, path=file),
        label=str(number),
    )

"""Writes the cut of reel 1 as editors hand it over: OpenTimelineIO, a CMX 3600 EDL, subtitles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import reel


def otio(events: Sequence[reel.Event], version: str, base: str = "../") -> bytes:
    """The cut as OpenTimelineIO; media are named as seen from the file's own folder by `base`."""
    import opentimelineio as library

    timeline = library.schema.Timeline(f"{reel.TITLE}_{version}", global_start_time=_at(reel.START))
    pictures = [(at, event) for at, event in reel.placed(events)]
    tracks = [("V1", "Video", pictures), ("V2", "Video", reel.TITLES)]
    tracks += [(f"A{n}", "Audio", each) for n, each in enumerate(reel.SOUND, 1)]
    for name, kind, parts in tracks:
        track = library.schema.Track(name, kind=kind)
        timeline.tracks.append(track)
        end = 0
        for at, event in parts:
            if at > end:
                track.append(library.schema.Gap(source_range=_range(0, at - end)))
            track.append(_clip(event, base))
            end = at + event.length
    text = library.adapters.write_to_string(timeline, "otio_json")
    return (json.dumps(json.loads(text), indent=2) + "\n").encode()


def _clip(event: reel.Event, base: str) -> Any:
    import opentimelineio as library

    media = reel.MEDIA[event.media]
    clip = library.schema.Clip(event.name, _reference(media, base))
    clip.source_range = _range(media.first + event.start, event.length)
    if media.reel:
        clip.metadata["cmx_3600"] = {"reel": media.reel}
    if event.speed != 1:
        clip.effects.append(library.schema.LinearTimeWarp("speed", time_scalar=float(event.speed)))
    if event.note:
        clip.markers.append(library.schema.Marker(event.note, clip.source_range, "RED"))
    return clip


def _reference(media: reel.Media, base: str) -> Any:
    import opentimelineio as library

    available = _range(media.first, media.frames) if media.frames > 1 else None
    if "%04d" not in media.file:
        return library.schema.ExternalReference(base + media.file, available)
    folder, _, pattern = media.file.rpartition("/")
    prefix, suffix = pattern.split("%04d")
    return library.schema.ImageSequenceReference(
        f"{base}{folder}/", prefix, suffix, start_frame=media.first, frame_step=1,
        rate=reel.RATE, frame_zero_padding=4, available_range=available,
    )  # fmt: skip


def _at(frame: int) -> Any:
    import opentimelineio as library

    return library.opentime.RationalTime(frame, reel.RATE)


def _range(first: int, length: int) -> Any:
    import opentimelineio as library

    return library.opentime.TimeRange(_at(first), _at(length))


def edl(events: Sequence[reel.Event], version: str) -> bytes:
    """The pictures of V1 and all sounds as a CMX 3600 EDL: it has no second track of pictures."""
    lines = [f"TITLE: {reel.TITLE}_{version}", "FCM: NON-DROP FRAME", ""]
    number = 0
    parts = [("V ", list(reel.placed(events)))]
    parts += [(f"A{n}"[: 1 + (n > 1)].ljust(2), list(each)) for n, each in enumerate(reel.SOUND, 1)]
    for track, placed in parts:
        for at, event in placed:
            number += 1
            lines += _entry(number, track, reel.START + at, event)
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _entry(number: int, track: str, record: int, event: reel.Event) -> Iterable[str]:
    media = reel.MEDIA[event.media]
    first = media.first + event.start
    # The source out of an event with M2 is that of an event without, as most systems write it.
    times = (first, first + event.length, record, record + event.length)
    tape = (media.reel or "AX")[:8]
    yield f"{number:03}  {tape:<8} {track}    C        {' '.join(map(reel.timecode, times))}"
    if event.speed != 1:
        pace = f"{event.speed * reel.RATE:05.1f}"
        yield f"M2   {tape:<8}       {pace}                {reel.timecode(first)}"
    yield f"* FROM CLIP NAME: {event.name}"
    frames = f"[{media.first}-{media.first + media.frames - 1}]"
    yield f"* SOURCE FILE: {media.name.replace('%04d', frames)}"
    if event.note:
        yield f"* LOC: {reel.timecode(record)} RED     {event.note}"


def subtitles() -> bytes:
    """The words, as SubRip writes them: from the start of the film."""
    return "\n".join(
        f"{number}\n{_clock(first)} --> {_clock(last)}\n{words}\n"
        for number, (first, last, words) in enumerate(reel.WORDS, 1)
    ).encode()


def _clock(frame: int) -> str:
    thousandths = round(frame * 1000 / reel.RATE)
    seconds, rest = divmod(thousandths, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"

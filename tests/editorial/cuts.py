"""Cuts made by code: one and the same in every format, through the adapters others use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import opentimelineio as otio

SHOTS = [("SH010", 86_410, 48), ("SH020", 86_500, 30), ("SH030", 90_000, 24)]
"""Name, first source frame and length of each shot, at 24 frames a second."""


def time(value: float, rate: float = 24.0) -> Any:
    return otio.opentime.RationalTime(value, rate)


def span(start: float, length: float, rate: float = 24.0) -> Any:
    return otio.opentime.TimeRange(time(start, rate), time(length, rate))


def shot(
    name: str, start: float, length: float, available: tuple[int, int] = (86_400, 5000)
) -> Any:
    media = otio.schema.ExternalReference(f"file:///m/{name}.mov", span(*available))
    return otio.schema.Clip(name, media_reference=media, source_range=span(start, length))


def cut(shots: Sequence[tuple[str, int, int]] = SHOTS, start: int = 86_400) -> Any:
    """A timeline with one track of pictures, and half a second of nothing before the last shot."""
    timeline = otio.schema.Timeline("R1", global_start_time=time(start))
    track = otio.schema.Track("V", kind="Video")
    timeline.tracks.append(track)
    track.extend([shot(*each) for each in shots])
    track.insert(len(shots) - 1, otio.schema.Gap(source_range=span(0, 12)))
    return timeline


def written(timeline: Any, adapter: str) -> bytes:
    text: str = otio.adapters.write_to_string(timeline, adapter)
    return text.encode()


def edl_of(shots: Sequence[tuple[str, int, int]], start: int = 86_400, title: str = "R1") -> bytes:
    """An EDL of shots one after the other, at 24 frames a second."""
    lines, at = [f"TITLE: {title}", "FCM: NON-DROP FRAME", ""], start
    for number, (name, source, length) in enumerate(shots, 1):
        codes = " ".join(map(code, (source, source + length, at, at + length)))
        lines += [f"{number:03d}  AX       V     C        {codes}", f"* FROM CLIP NAME: {name}.mov"]
        at += length
    return "\n".join([*lines, ""]).encode()


def code(frame: int) -> str:
    return f"{frame // 86_400:02}:{frame // 1440 % 60:02}:{frame // 24 % 60:02}:{frame % 24:02}"

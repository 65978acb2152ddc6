"""Timelines as one short text, for the way from the worker that read them to the check.

Stored in the home and in the cache alone: it holds paths, comments and everything else.
"""

from __future__ import annotations

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from checkthegate.model.timeline import (
    Clip,
    FrameRange,
    Marker,
    MediaRef,
    Timeline,
    Track,
    TrackKind,
)

_FORM = 1
_LARGEST = 512 * 1024 * 1024
_Numbers: TypeAlias = Callable[[Any], int]


def packed(timelines: Iterable[Timeline]) -> str:
    """Timelines as text; `unpacked` gives the same ones back."""
    document = {"form": _FORM, "timelines": [_to_json(each) for each in timelines]}
    plain = json.dumps(document, separators=(",", ":"), ensure_ascii=True).encode("ascii")
    return b85encode(zlib.compress(plain, 1)).decode("ascii")


def unpacked(text: str) -> tuple[Timeline, ...]:
    """The inverse of `packed`. Raises `ValueError` for anything else."""
    opening = zlib.decompressobj()
    try:
        plain = opening.decompress(b85decode(text), _LARGEST)
    except zlib.error as problem:
        raise ValueError(f"no packed timelines: {problem}") from None
    if opening.unconsumed_tail:
        raise ValueError("packed timelines beyond all reason")
    document = json.loads(plain)
    if document.get("form") != _FORM:
        raise ValueError("timelines packed in another form")
    return tuple(map(_from_json, document["timelines"]))


def _numbered(rows: list[Any], written: Callable[[Any], Any]) -> Callable[[Any], int]:
    """Says a value's place in `rows`, where each is written once: many occur again and again."""
    numbers: dict[Any, int] = {}

    def place(value: Any) -> int:
        number = numbers.get(value)
        if number is None:
            number = numbers[value] = len(rows)
            rows.append(written(value))
        return number

    return place


def _to_json(timeline: Timeline) -> dict[str, Any]:
    rate_rows: list[Any] = []
    media_rows: list[Any] = []
    rates = _numbered(rate_rows, str)
    media = _numbered(media_rows, lambda each: _media_to_json(each, rates))
    clips = [_clip_to_json(clip, rates, media) for clip in timeline.clips]
    return {
        "format": timeline.format,
        "name": timeline.name,
        "rate": str(timeline.rate),
        "start": timeline.start,
        "drop": timeline.drop_frame,
        "stated": timeline.rate_stated,
        "problems": list(timeline.problems),
        "tracks": [[each.name, each.kind, each.label, each.enabled] for each in timeline.tracks],
        "markers": [[m.frame, m.name, m.comment, m.track] for m in timeline.markers],
        "clips": clips,
        "media": media_rows,
        "rates": rate_rows,
    }


def _media_to_json(media: MediaRef, rates: _Numbers) -> list[Any]:
    there = _range_to_json(media.available, rates)
    return [media.name, media.file, media.path, media.reel, media.umid, media.made_here, there]


def _range_to_json(frames: FrameRange | None, rates: _Numbers) -> list[int] | None:
    return None if frames is None else [frames.start, frames.end, rates(frames.rate)]


def _clip_to_json(clip: Clip, rates: _Numbers, media: _Numbers) -> list[Any]:
    """The common part, then whatever is not as usual by name."""
    more: dict[str, Any] = {}
    if clip.speed != 1:
        more["speed"] = str(clip.speed)
    if not clip.enabled:
        more["off"] = 1
    for name in ("transition", "dissolve_in", "dissolve_out", "text", "label"):
        if getattr(clip, name):
            more[name] = getattr(clip, name)
    for name in ("nest", "comments"):
        if getattr(clip, name):
            more[name] = list(getattr(clip, name))
    if clip.metadata:
        more["metadata"] = dict(clip.metadata)
    record, source = _range_to_json(clip.record, rates), _range_to_json(clip.source, rates)
    return [clip.number, clip.name, clip.track, record, source, media(clip.media), more]


def _from_json(stored: Mapping[str, Any]) -> Timeline:
    rates = [Fraction(each) for each in stored["rates"]]
    media = [_media_from_json(each, rates) for each in stored["media"]]
    return Timeline(
        stored["format"],
        stored["name"],
        Fraction(stored["rate"]),
        tuple(_clip_from_json(each, rates, media) for each in stored["clips"]),
        tuple(Track(name, TrackKind(kind), *rest) for name, kind, *rest in stored["tracks"]),
        stored["start"],
        stored["drop"],
        stored["stated"],
        tuple(Marker(*each) for each in stored["markers"]),
        tuple(stored["problems"]),
    )


def _media_from_json(stored: Sequence[Any], rates: Sequence[Fraction]) -> MediaRef:
    name, file, path, reel, umid, made_here, there = stored
    return MediaRef(name, file, path, reel, umid, _range_from_json(there, rates), made_here)


def _range_from_json(stored: Sequence[int] | None, rates: Sequence[Fraction]) -> FrameRange | None:
    return None if stored is None else FrameRange(stored[0], stored[1], rates[stored[2]])


def _clip_from_json(
    stored: Sequence[Any], rates: Sequence[Fraction], media: Sequence[MediaRef]
) -> Clip:
    number, name, track, record, source, reference, more = stored
    placed = _range_from_json(record, rates)
    if placed is None:
        raise ValueError("a clip without a place")
    kept: dict[str, Any] = dict(more)
    if kept:
        if "speed" in kept:
            kept["speed"] = Fraction(kept["speed"])
        if kept.pop("off", 0):
            kept["enabled"] = False
        for each in ("nest", "comments"):
            if each in kept:
                kept[each] = tuple(kept[each])
    return Clip(
        number, name, track, placed, _range_from_json(source, rates), media[reference], **kept
    )

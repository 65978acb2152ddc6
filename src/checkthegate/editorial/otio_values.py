"""What single values of an OpenTimelineIO document say: times, ranges, speeds, media."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, NamedTuple

from checkthegate.editorial.assembly import frame_at, known_rate, media_named, metadata_found, plain
from checkthegate.model import Unreadable
from checkthegate.model.timeline import FrameRange, MediaRef, TrackKind

Node = Mapping[str, Any]
_SCHEMAS: Final = {
    f"{name}.{version}": name
    for name in ("Clip", "Gap", "Track", "Stack", "Transition", "ExternalReference")
    for version in range(1, 4)
}
_LARGEST: Final = 1e15
_REAL_TIME: Final = Fraction(1)
_NO_HEX: Final = re.compile(r"[^0-9a-f]")
_REELS: Final = frozenset({"reel", "tape", "tape name", "reel name", "reelname"})
_UMIDS: Final = frozenset({"umid", "materialpackageumid", "sourcepackageumid"})


def schema_of(node: object) -> str:
    """`Clip` for `Clip.2`; empty for what has no schema."""
    if type(node) is not dict:
        return ""
    name = node.get("OTIO_SCHEMA")
    known = _SCHEMAS.get(name) if type(name) is str else ""
    return known if known is not None else str(name).partition(".")[0]


def children_of(node: Node) -> Sequence[Node]:
    """What lies in a stack, track or collection."""
    found = node.get("children")
    if not isinstance(found, list):
        return ()
    return [each for each in found if isinstance(each, dict)]


def number_in(value: object) -> float:
    """A finite number, else 0. Raises `Unreadable` for one that no computer counts with."""
    if type(value) is float and -_LARGEST < value < _LARGEST:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    if not -_LARGEST < value < _LARGEST:
        raise Unreadable("a time in this timeline lies beyond all reason")
    return float(value)


def seconds_in(time: object) -> float:
    """A RationalTime in seconds; 0 for what is none."""
    if not isinstance(time, dict):
        return 0.0
    rate = number_in(time.get("rate"))
    return number_in(time.get("value")) * _frame_seconds(rate) if rate > 0 else 0.0


@lru_cache(maxsize=256)
def _frame_seconds(rate: float) -> float:
    exact = known_rate(rate)
    return exact.denominator / exact.numerator


def rate_in(time: object) -> Fraction | None:
    """The rate of a RationalTime."""
    rate = number_in(time.get("rate")) if isinstance(time, dict) else 0.0
    return known_rate(rate) if rate > 0 else None


def inside(node: object, key: str) -> object:
    """A value of a mapping; None for anything else."""
    return node.get(key) if isinstance(node, dict) else None


def kind_of_track(node: Node) -> TrackKind:
    """What a track carries. What has no kind is picture."""
    kind = str(node.get("kind") or "").lower()
    if kind.startswith("audio"):
        return TrackKind.AUDIO
    return TrackKind.TEXT if kind.startswith(("sub", "text", "caption")) else TrackKind.VIDEO


class Overlap(NamedTuple):
    """How far (seconds) a transition reaches beyond a child, its kind, and its whole length."""

    seconds: float
    kind: str
    whole: float = 0.0


def overlaps(children: Sequence[Node], place: int) -> tuple[Overlap, Overlap]:
    """The transitions on both sides of a child."""
    before = children[place - 1] if place else {}
    after = children[place + 1] if place + 1 < len(children) else {}
    return _overlap(before, "in_offset"), _overlap(after, "out_offset")


def _overlap(node: Node, side: str) -> Overlap:
    if schema_of(node) != "Transition":
        return _NONE
    kind = plain(node.get("transition_type"), 60)
    ends = {key: max(0.0, seconds_in(node.get(key))) for key in ("in_offset", "out_offset")}
    name = "dissolve" if "issolve" in kind else kind or "effect"
    return Overlap(ends[side], name, sum(ends.values()))


_NONE: Final = Overlap(0.0, "")


def speed_of(node: Node) -> float | None:
    """How fast something is played; None when an effect changes time in a way that is not known."""
    effects = node.get("effects")
    pace = 1.0
    if not isinstance(effects, Sequence) or isinstance(effects, str):
        return pace
    for effect in effects[:200]:
        schema = schema_of(effect)
        if schema == "FreezeFrame":
            return 0.0
        if schema == "LinearTimeWarp":
            pace *= number_in(effect.get("time_scalar", 1.0))
        elif schema in ("TimeEffect", "TimeWarp"):
            return None
    return pace if abs(pace) < 10_000 else None


def pace_of(slope: float) -> Fraction:
    """The speed of something whose window has this slope."""
    if slope == 1.0:
        return _REAL_TIME
    return Fraction(1 / slope).limit_denominator(1000) if abs(slope) < 1e8 else Fraction(0)


def reference_of(node: Node) -> Node:
    """The media reference in use, of old clips and new ones."""
    many = node.get("media_references")
    if isinstance(many, dict):
        chosen = many.get(str(node.get("active_media_reference_key") or "DEFAULT_MEDIA"))
        return chosen if isinstance(chosen, dict) else {}
    one = node.get("media_reference")
    return one if isinstance(one, dict) else {}


def range_in(stated: object) -> FrameRange | None:
    """A TimeRange on its own clock."""
    duration = inside(stated, "duration")
    rate = rate_in(duration)
    if rate is None:
        return None
    start = seconds_in(inside(stated, "start_time"))
    first = frame_at(start, rate)
    return FrameRange(first, first + max(0, frame_at(seconds_in(duration), rate)), rate)


def media_of(node: Node, reference: Node, available: FrameRange | None) -> MediaRef:
    """All by which the media can be found."""
    schema = schema_of(reference)
    reel = umid = ""
    for metadata in (reference.get("metadata"), node.get("metadata")):
        if isinstance(metadata, dict) and metadata:
            found = metadata_found(metadata, (_REELS, _UMIDS))
            reel, umid = reel or found[0], umid or found[1]
    more = {
        "name": plain(reference.get("name")) or plain(node.get("name")),
        "reel": reel,
        "umid": _NO_HEX.sub("", umid.lower())[-64:] if umid else "",
        "available": available,
        "made_here": plain(reference.get("generator_kind"), 80) or "generator"
        if schema == "GeneratorReference"
        else "",
    }
    if schema == "ImageSequenceReference":
        digits = max(1, min(20, int(number_in(reference.get("frame_zero_padding")) or 1)))
        parts = (plain(reference.get(f"name_{end}")) for end in ("prefix", "suffix"))
        base = plain(reference.get("target_url_base"), 1500).rstrip("/")
        return media_named(f"{base}/{f'%0{digits}d'.join(parts)}".lstrip("/"), **more)
    return media_named(reference.get("target_url"), **more)

"""Cuts and media for tests of judging: looked at by hand, judged by the real rules."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from tests.registry.making import Log, digest

from checkthegate.app.judging import Judge
from checkthegate.app.planning import Looked
from checkthegate.app.recut import Since
from checkthegate.app.timelines import Named, find_cuts
from checkthegate.app.timelines_run import Cutting, cut_up
from checkthegate.app.wiring import load_packs
from checkthegate.delivery.found import Found, StatIdentity
from checkthegate.editorial.observer import stated
from checkthegate.model import Asset, Evidence, Grade, Kind, Observation, Span
from checkthegate.model.timeline import Clip, FrameRange, MediaRef, Timeline
from checkthegate.registry.times import as_known_now
from checkthegate.rules import Pack
from checkthegate.store.cache import Cache

RATE = Fraction(24)
NOW = as_known_now("2026-11-22")


@cache
def packs() -> tuple[Pack, ...]:
    return load_packs(("netflix",))


def judge(log: Log | None = None) -> Judge:
    return Judge(packs(), log.rows() if log else None, "", NOW)


def slate(seconds: float = 100.0, timecode: str = "", **more: Any) -> Evidence:
    said = {"seconds": seconds, "rate": 24.0, "timecode": timecode, "reel": "", "umids": []} | more
    return Evidence("slate", Grade.DECLARED, "slate", {}, said)


def ai(
    start: float | None = None, end: float | None = None, claim: str = "ai-generated"
) -> Evidence:
    span = Span(start, end) if start is not None and end is not None else None
    return Evidence("metadata", Grade.DECLARED, claim, {"tool": "Runway"}, span=span)


def looked(path: str, *said: Observation, kind: Kind = Kind.VIDEO, place: str = "") -> Looked:
    found = Found(path, (place or f"/delivery/{path}",), StatIdentity(1, 2, 3, 4, 5), 3)
    name = path.rpartition("/")[2]
    return Looked(found, Asset(path, kind, f"{kind.value}/x", 3, digest(name)), said)


def clip(
    number: int,
    file: str,
    source: tuple[float, float] | None,
    at: float = 0.0,
    length: float | None = None,
    **more: Any,
) -> Clip:
    """An event that uses these seconds of a file, seen from `at` seconds of the cut on."""
    lasting = length if length is not None else (source[1] - source[0] if source else 1.0)
    first = 86_400 + round(at * 24)
    record = FrameRange(first, first + round(lasting * 24), RATE)
    used = FrameRange(round(source[0] * 24), round(source[1] * 24), RATE) if source else None
    media = MediaRef(name=file, file=file, available=FrameRange(0, 240_000, RATE))
    kept: dict[str, Any] = {"track": "V1", "media": media, "label": f"{number:03d}"} | more
    return Clip(number, file.rpartition(".")[0], kept.pop("track"), record, used, **kept)


def timeline(*clips: Clip, name: str = "R1") -> Timeline:
    return Timeline("otio", name, RATE, clips, start=86_400)


def of_timelines(path: str, *timelines: Timeline) -> Looked:
    return looked(path, stated(timelines), kind=Kind.TIMELINE)


def cutting(
    files: Sequence[Looked],
    log: Log | None = None,
    named: Named | None = None,
    since: Since | None = None,
    cache: Cache | None = None,
) -> Cutting:
    """All cuts among these files, judged; a timeline counts as named unless `named` says."""
    everything = named or Named(
        frozenset(f.found.location[0] for f in files if f.asset.kind is Kind.TIMELINE)
    )
    cuts = find_cuts(files, everything)
    return cut_up(cuts, files, judge(log), lambda _: True, since=since, cache=cache)


def folder_cache(folder: Path) -> Cache:
    return Cache(folder / "cache.db")

"""Times cuts: reading them against OpenTimelineIO alone, judging 2,000 events, and a re-cut.

    python bench/timelines.py [--events 2000] [--files 10000]

One cut of `--events` events and `--files` small sounds made by code. See bench/README.md.
"""

from __future__ import annotations

import argparse
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from checkthegate.app.check import CheckRequest, check
from checkthegate.app.deciding import time_of
from checkthegate.app.judging import Judge
from checkthegate.app.planning import Looked
from checkthegate.app.recut import Since
from checkthegate.app.timelines import Named, find_cuts
from checkthegate.app.timelines_run import Cutting, cut_up
from checkthegate.app.wiring import load_packs
from checkthegate.delivery.found import Found, StatIdentity
from checkthegate.editorial.aaf import read_aaf
from checkthegate.editorial.edl import read_edl
from checkthegate.editorial.fcp7 import read_fcp7
from checkthegate.editorial.observer import stated
from checkthegate.editorial.otio_document import read_otio
from checkthegate.model import Asset, Evidence, Grade, Kind, Span, digest_bytes
from checkthegate.model.timecode import timecode
from checkthegate.model.timeline import Clip, FrameRange, Timeline
from checkthegate.store.cache import Cache

READ_TARGET, RECUT_TARGET = 2.0, 1.0
_ROUNDS, _CHANGED, _RATE = 5, 10, 24


def main() -> int:
    parser = argparse.ArgumentParser(description="Timelines.")
    parser.add_argument("--events", type=int, default=2_000, help="events of the cut (2000)")
    parser.add_argument("--files", type=int, default=10_000, help="files beside it (10000)")
    stated_ = parser.parse_args()
    worst = _reading(stated_.events)
    recut = _judging(stated_.events, stated_.files)
    _checking(stated_.events, stated_.files)
    return 0 if worst <= READ_TARGET and recut <= RECUT_TARGET else 1


def shots(count: int) -> list[tuple[str, int, int]]:
    """Names, first source frames and lengths."""
    return [(f"SH{n:05d}", 24 + n * 37 % 48, 20 + n % 60) for n in range(count)]


def edl(made: Sequence[tuple[str, int, int]]) -> str:
    lines, at = ["TITLE: R1", "FCM: NON-DROP FRAME", ""], 86_400
    for number, (name, source, length) in enumerate(made, 1):
        frames = (source, source + length, at, at + length)
        codes = " ".join(timecode(each, _fraction()) for each in frames)
        lines.append(f"{number:04d}  AX       V     C        {codes}")
        lines.append(f"* FROM CLIP NAME: {name}.wav")
        at += length
    return "\n".join([*lines, ""])


def _fraction() -> Any:
    from fractions import Fraction

    return Fraction(_RATE)


def _document(made: Sequence[tuple[str, int, int]]) -> Any:
    import opentimelineio as otio

    def span(start: int, length: int) -> Any:
        rational = otio.opentime.RationalTime
        return otio.opentime.TimeRange(rational(start, _RATE), rational(length, _RATE))

    document = otio.schema.Timeline("R1")
    track = otio.schema.Track("V", kind="Video")
    document.tracks.append(track)
    for name, start, length in made:
        media = otio.schema.ExternalReference(f"file:///m/{name}.wav", span(0, 5000))
        clip = otio.schema.Clip(name, media_reference=media, source_range=span(start, length))
        track.append(clip)
    return document


def _reading(events: int) -> float:
    """Prints how long each format takes, beside its adapter alone; returns the worst ratio."""
    import opentimelineio as otio

    made = shots(events)
    document = _document(made)
    print(f"reading a cut of {events:,} events (processor time, best of {_ROUNDS})")
    texts: list[tuple[str, str, str, Callable[[bytes], object]]] = [
        ("EDL", "cmx_3600", edl(made), read_edl),
        ("OTIO", "otio_json", otio.adapters.write_to_string(document, "otio_json"), read_otio),
        ("FCP7 XML", "fcp_xml", otio.adapters.write_to_string(document, "fcp_xml"), read_fcp7),
    ]
    ratios = [
        _beside(
            name,
            lambda text=text, adapter=adapter: otio.adapters.read_from_string(text, adapter),
            lambda text=text, reader=reader: reader(text.encode()),
        )
        for name, adapter, text, reader in texts
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cut.aaf"
        otio.adapters.write_to_file(document, str(file), use_empty_mob_ids=True)
        ratios.append(
            _beside("AAF", lambda: otio.adapters.read_from_file(str(file)), lambda: _aaf(file), 1)
        )
    return max(ratios)


def _aaf(file: Path) -> object:
    with file.open("rb") as stream:
        return read_aaf(stream)


def _beside(
    name: str, peer: Callable[[], object], ours: Callable[[], object], rounds: int = _ROUNDS
) -> float:
    theirs, own = _best(peer, rounds), _best(ours, rounds)
    ratio = own / theirs
    print(f"  {name:9} adapter {theirs:7.3f} s  ours {own:7.3f} s  ratio {ratio:5.2f}")
    return ratio


def _best(work: Callable[[], object], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def _judging(events: int, files: int) -> float:
    """Prints how long judging takes once everything was looked at; returns that of a re-cut."""
    media = [_media(f"SH{n:05d}.wav", ai=n % 20 == 0) for n in range(files)]
    (old,) = (read_edl(edl(shots(events)).encode()),)
    changed = [*old.clips]
    for place in range(0, events, max(1, events // _CHANGED)):
        changed[place] = _trimmed(changed[place])
    new = replace(old, clips=tuple(changed))
    judge = Judge(load_packs(("netflix",)), when=time_of(None))
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder) / "cache.db")
        before = _timeline("old.edl", old)
        full, cutting = _timed(lambda: _cut([before, *media], judge, cache=cache))
        since = Since("old.edl", before.asset.digest, (old,))
        fresh = _timeline("new.edl", new)
        recut, again = _timed(lambda: _cut([fresh, *media], judge, cache=cache, since=since))
        cache.close()
    print(f"judging {events:,} events among {files:,} files (processor time)")
    print(f"  in full {full:6.3f} s, {len(cutting.judged[0].rows)} places with AI")
    (shown,) = again.timelines()
    counts = ", ".join(f"{count} {name}" for name, count in shown.changes.items() if count)
    print(f"  since the cut before {recut:6.3f} s (target {RECUT_TARGET} s): {counts}")
    return recut


def _trimmed(clip: Clip) -> Clip:
    used = clip.source or clip.record
    source = FrameRange(used.start + 4, used.end, used.rate)
    record = FrameRange(clip.record.start + 4, clip.record.end, clip.record.rate)
    return replace(clip, source=source, record=record)


def _timed(work: Callable[[], Cutting]) -> tuple[float, Cutting]:
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def _cut(looked: Sequence[Looked], judge: Judge, **more: Any) -> Cutting:
    named = Named(frozenset({looked[0].found.location[0]}))
    return cut_up(find_cuts(looked, named), looked, judge, lambda _: True, **more)


def _media(name: str, *, ai: bool) -> Looked:
    said = {"seconds": 100.0, "rate": 0.0, "timecode": "", "reel": "", "umids": []}
    evidence = [Evidence("slate", Grade.DECLARED, "slate", {}, said)]
    if ai:
        detail = {"tool": "Suno"}
        evidence.append(
            Evidence("metadata", Grade.DECLARED, "ai-generated", detail, span=Span(1, 2))
        )
    return _looked(name, Kind.AUDIO, evidence)


def _timeline(name: str, timeline: Timeline) -> Looked:
    return _looked(name, Kind.TIMELINE, [stated([timeline])])


def _looked(name: str, kind: Kind, said: Sequence[Evidence]) -> Looked:
    found = Found(name, (f"/delivery/{name}",), StatIdentity(1, 2, 3, 4, 5), 3)
    asset = Asset(name, kind, f"{kind.value}/x", 3, digest_bytes(name.encode()))
    return Looked(found, asset, tuple(said))


def _checking(events: int, files: int) -> None:
    """Prints how long whole checks of the cut with its files take, first and again."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "media").mkdir()
        for number in range(files):
            (folder / "media" / f"SH{number:05d}.wav").write_bytes(_sound(number))
        (folder / "cut.edl").write_text(edl(shots(events)))
        request = CheckRequest(
            paths=(), timelines=(folder / "cut.edl",), media=(folder / "media",), workers=2
        )
        time.sleep(2.1)  # a file younger than two seconds is always read again
        print(f"gate check of {events:,} events and {files:,} small files (wall time)")
        for word in ("first", "again"):
            started = time.monotonic()
            checked = check(request, lambda _: None)
            seconds = time.monotonic() - started
            print(f"  {word} {seconds:7.2f} s, {len(checked.decision.assets):,} assets")


def _sound(number: int) -> bytes:
    """A tenth of a second of sound, no two alike."""
    samples = struct.pack("<I", number) + b"\0\1" * 800
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16_000, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


if __name__ == "__main__":
    sys.exit(main())

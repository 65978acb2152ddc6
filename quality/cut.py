"""Makes a film-like cut with recorded clips planted in it, and says what lies where.

    python -m quality.cut build/quality/cut --shots 200 --planted 30 --seed 1 --size 1280x720

Writes `records/` (to be recorded), `plates/` (what some were made from), `cut/` (the film, once a
codec) and `truth.json`. The same arguments make the same cut; shared pictures and takes are used
where `$GATE_TEST_DATA` is set.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from quality.encoding import (
    CODECS,
    SOUND_RATE,
    FilmWriter,
    frames_of,
    rate_and_length,
    resampled,
    worsened,
    write_film,
)  # fmt: skip
from quality.finishing import KINDS, Finisher, framed
from quality.noise import Array
from quality.paint import backdrop
from quality.plan import RATE, Clip, Plan, Shot, Wanted, plan
from quality.scenes import Size, Take, addition, draw
from quality.truth import Planted, Plate, Span, Truth, read, write

RECIPE = 2
"""Rises whenever the same arguments make another cut."""


def make(folder: Path, wanted: Wanted) -> Truth:
    """Make the cut in `folder`, or read what is there already."""
    known = folder / "truth.json"
    if known.exists():
        return read(known)
    shutil.rmtree(folder, ignore_errors=True)
    return build(folder, wanted, plan(wanted))


def build(folder: Path, wanted: Wanted, planned: Plan) -> Truth:
    """Make everything that is planned in an empty folder."""
    for name in ("records", "plates", "cut"):
        (folder / name).mkdir(parents=True)
    for clip in planned.clips:
        _film_clip(clip, folder / "records" / clip.name)
    for clip in planned.plates:
        _film_clip(clip, folder / "plates" / clip.name)
    films = _write_cut(folder, wanted, planned)
    truth = _truth(wanted, planned, films)
    write(truth, folder / "truth.json")
    return truth


def _film_clip(clip: Clip, path: Path) -> None:
    """Write a clip as its tool would: a little less grain than a camera's."""
    if clip.real and clip.modified:
        write_film(path, "clip", _with_addition(clip.real, clip.modified), clip.recorded.rate)
        return
    if clip.real:
        shutil.copyfile(clip.real, path)
        return
    size, rate = clip.recorded.size, clip.recorded.rate
    if clip.still:
        cv2.imwrite(str(path), backdrop(clip.setup.seed, *size))
        return
    take = Take(clip.setup, clip.take, size, rate, grain=1.2, modified=clip.modified)
    write_film(path, "clip", take.frames(0, round(clip.seconds * rate)), rate)


def _with_addition(path: Path, number: int) -> Iterator[Array]:
    """The frames of a real film with something in them that was not there."""
    rate, _ = rate_and_length(path)
    actor = None
    for index, frame in enumerate(frames_of(path)):
        actor = actor or addition(0, number, (frame.shape[1], frame.shape[0]))
        draw(frame, actor, index / rate)
        yield frame


def _write_cut(folder: Path, wanted: Wanted, planned: Plan) -> dict[str, str]:
    names = {codec: f"cut_{codec}{CODECS[codec][0]}" for codec in wanted.codecs}
    writers = [
        FilmWriter(folder / "cut" / name, codec, wanted.size, RATE) for codec, name in names.items()
    ]
    rng = np.random.default_rng([wanted.seed, 21])
    before: Iterator[Array] = iter(())
    for number, shot in enumerate(planned.shots):
        frames = _frames(folder, wanted, shot, number)
        for frame in _joined(before, itertools.islice(frames, shot.frames), shot.dissolve):
            for writer in writers:
                writer.frame(frame)
        sound = _ambience(rng, round(shot.frames / RATE * SOUND_RATE))
        for writer in writers:
            writer.sound(sound)
        before = frames
    for writer in writers:
        writer.close()
    return names


def _joined(before: Iterator[Array], frames: Iterator[Array], dissolve: int) -> Iterator[Array]:
    """The frames, the first of them mixed with what the shot before went on with."""
    for number, frame in enumerate(frames):
        old = next(before, None) if number < dissolve else None
        if old is None:
            yield frame
        else:
            share = (number + 1) / (dissolve + 1)
            yield cv2.addWeighted(frame, share, old, 1 - share, 0)


def _frames(folder: Path, wanted: Wanted, shot: Shot, number: int) -> Iterator[Array]:
    """The finished frames of a shot, and as many after it as a dissolve may want."""
    count = shot.frames + 14
    if shot.what == "black":
        return iter([np.zeros((wanted.size[1], wanted.size[0], 3), np.uint8)] * count)
    if shot.what == "title":
        return iter([_title(wanted.size, shot.take)] * count)
    finisher = Finisher(shot.finish, wanted.size, number)
    raw = _source(folder, wanted, shot, count)
    if shot.finish.worsened:
        raw = worsened(raw, shot.finish.worsened)
    return (finisher(frame, index, index / RATE) for index, frame in enumerate(raw))


def _source(folder: Path, wanted: Wanted, shot: Shot, count: int) -> Iterator[Array]:
    """A shot's unfinished frames at the cut's rate."""
    if shot.clip is None and shot.real is None:
        take = Take(shot.setup, shot.take, wanted.size, RATE)
        return take.frames(round(shot.start * RATE), count)
    if shot.clip and shot.clip.still:
        return itertools.repeat(cv2.imread(str(folder / "records" / shot.clip.name)), count)
    path = shot.real or _file(folder, shot)
    rate, _ = rate_and_length(path)
    first = round(shot.start * rate)
    places = (index / RATE * rate * shot.finish.speed for index in range(count))
    return resampled(frames_of(path, first), places, shot.finish.blend)


def _file(folder: Path, shot: Shot) -> Path:
    return folder / ("plates" if shot.what == "plate" else "records") / shot.file.name


def _title(size: Size, seed: int) -> Array:
    """White letters on black, or on a dark picture."""
    rng = np.random.default_rng([9, seed])
    card = np.zeros((size[1], size[0], 3), np.uint8)
    if rng.random() < 0.4:
        card = (framed(backdrop(seed, 640, 360), (0, 0, 1, 1), size) * 0.35).astype(np.uint8)
    words = " ".join("".join(rng.choice(list("AEIOUNRTSL"), 5)) for _ in range(2))
    scale = size[1] / 360
    where = (round(size[0] * 0.2), round(size[1] * 0.52))
    cv2.putText(card, words, where, 0, scale, (240, 240, 240), max(1, round(2 * scale)))
    return card


def _ambience(rng: np.random.Generator, count: int) -> Array:
    """A hum, a rush of air and something like syllables."""
    time_ = np.arange(count, dtype=np.float32) / SOUND_RATE
    air = np.cumsum(rng.standard_normal(count, np.float32))
    air -= np.convolve(air, np.full(256, 1 / 256, np.float32), "same")
    voice = np.zeros(count, np.float32)
    for harmonic in range(1, 6):
        pitch = rng.uniform(90, 230) * harmonic
        voice += np.sin(2 * np.pi * pitch * time_ + rng.uniform(0, 6)) / harmonic
    syllables = np.clip(np.sin(2 * np.pi * rng.uniform(2, 5) * time_ + rng.uniform(0, 6)), 0, 1)
    mixed = 0.004 * air + 0.08 * voice * syllables
    return mixed.astype(np.float32)


def _truth(wanted: Wanted, planned: Plan, films: dict[str, str]) -> Truth:
    planned = replace(planned, shots=[_as_recorded(planned, shot) for shot in planned.shots])
    starts = list(itertools.accumulate((shot.frames for shot in planned.shots), initial=0))
    spans = [_seen(planned.shots, starts, place) for place in range(len(planned.shots))]
    planted, plates = [], []
    for place, shot in enumerate(planned.shots):
        if shot.what == "planted":
            planted.append(_planted(planned, shot, spans[place], starts[place], place))
        elif shot.what == "plate" and shot.clip:
            source = _used(shot, spans[place], starts[place])
            plates.append(Plate(shot.clip.name, spans[place], source))
    records = {clip.name: clip.plate for clip in planned.clips}
    alike = {clip.name: _alike(planned, clip, spans) for clip in planned.clips}
    seconds, count = starts[-1] / RATE, len(planned.shots)
    return Truth(wanted.seed, seconds, count, films, tuple(planted), tuple(plates), records, alike)


def _as_recorded(planned: Plan, shot: Shot) -> Shot:
    """A shot of a real file that is also on record is a recorded one, if only by chance."""
    if shot.what != "take" or shot.real is None:
        return shot
    for clip in planned.clips:
        if clip.real == shot.real and not clip.modified:
            return replace(shot, what="planted", clip=clip, kind="none")
    return shot


def _seen(shots: list[Shot], starts: list[int], place: int) -> Span:
    """From when to when a shot is seen: from the middle of a dissolve to the middle of the next."""
    following = shots[place + 1].dissolve if place + 1 < len(shots) else 0
    start = starts[place] + shots[place].dissolve / 2
    return start / RATE, (starts[place + 1] + following / 2) / RATE


def _used(shot: Shot, span: Span, start: int) -> Span:
    """What of its source is seen."""
    begin, end = (shot.start + (at - start / RATE) * shot.finish.speed for at in span)
    return begin, end


def _planted(planned: Plan, shot: Shot, span: Span, start: int, place: int) -> Planted:
    clip, tags = shot.file, []
    if any(_same_place(clip, other) for other in planned.shots):
        tags.append("look-alike")
    following = planned.shots[place + 1].dissolve if place + 1 < len(planned.shots) else 0
    if shot.dissolve or following:
        tags.append("dissolve")
    if clip.real:
        tags.append("real file")
    source = None if clip.still else _used(shot, span, start)
    return Planted(clip.name, span, source, shot.kind, tuple(tags))


def _same_place(clip: Clip, shot: Shot) -> bool:
    """Whether the shot shows the clip's set-up and is not the clip."""
    if shot.what in ("black", "title") or (shot.clip and shot.clip.name == clip.name):
        return False
    if clip.real:
        return bool(shot.real or (shot.clip and shot.clip.real))
    real = shot.real or (shot.clip and shot.clip.real)
    return not real and shot.setup.seed == clip.setup.seed


def _alike(planned: Plan, clip: Clip, spans: list[Span]) -> tuple[Span, ...]:
    pairs = zip(planned.shots, spans, strict=True)
    return tuple(span for shot, span in pairs if _same_place(clip, shot))


def wanted_from(words: list[str] | None = None) -> tuple[Path, Wanted]:
    """Folder and cut from a command line."""
    parser = argparse.ArgumentParser(description="Makes a cut with recorded clips planted in it.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shots", type=int, default=200)
    parser.add_argument("--planted", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--codecs", default="h264", help=f"of {', '.join(CODECS)}")
    parser.add_argument("--kinds", default=",".join(KINDS))
    given = parser.parse_args(words)
    width, height = map(int, given.size.split("x"))
    codecs, kinds = tuple(given.codecs.split(",")), tuple(given.kinds.split(","))
    return given.folder, Wanted(
        given.shots, given.planted, given.seed, (width, height), codecs, kinds
    )


def main() -> None:
    """Make the cut that the command line names."""
    folder, wanted = wanted_from()
    began = time.perf_counter()
    truth = make(folder, wanted)
    took = time.perf_counter() - began
    print(f"{truth.shots} shots, {truth.seconds:.0f} s, {len(truth.planted)} planted: {took:.0f} s")


if __name__ == "__main__":
    main()

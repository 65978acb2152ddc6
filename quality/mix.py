"""A scripted mix: an hour of dialogue, music and weather with recorded sounds planted in it.

    python -m quality.mix FOLDER [--seed 1] [--plants 40]

Writes `sources/*.flac` (what is on record), `mix.flac` (stereo) and `truth.json`. Each stretch of
90 seconds has a bed of its own and one plant: an excerpt of 5 to 20 s of a source through one
treatment, louder or quieter than the bed it lies in. Some beds are other performances of a score
that is on record, and other utterances of speakers who are: those are not copies.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np

from quality.mix_sounds import RATE, Array, Generator, babble, effect, levelled, music
from quality.mix_treatments import TREATMENTS, plain

STRETCH = 90.0
SHORTEST, LONGEST = 5.0, 20.0
_BEDS = ("dialogue", "music", "weather", "dialogue and music")
_ABOVE = (6.0, 3.0, 0.0, -3.0, -6.0)
_KINDS = ("music", "voice", "music", "effect")
ONE_CHANNEL = "one channel"


@dataclass(frozen=True, slots=True)
class Plant:
    """What lies where: seconds in the mix and in the source, `speed` source seconds a second.

    `above` is how much louder than its bed the excerpt is, in dB; `performed` is the source whose
    score the bed plays from its first second on, if any.
    """

    source: str
    start: float
    end: float
    source_start: float
    source_end: float
    treatment: str
    what: str
    speed: float
    bed: str
    above: float
    performed: str = ""


@dataclass(frozen=True, slots=True)
class Voices:
    """Utterances, those on record apart from those that are not; made up where there are none."""

    recorded: Sequence[Array]
    others: Sequence[Array]


def voices(folder: Path | None) -> Voices:
    """Of each registered speaker one part is on record, the rest speaks in the beds."""
    if folder is None:
        return Voices((), ())
    recorded, others = [], [read(file) for file in sorted(folder.glob("impostors/*.flac"))]
    for speaker in sorted(folder.glob("registered/*")):
        spoken = [read(file) for file in sorted(speaker.glob("*.flac"))]
        recorded.append(spoken[:3])
        others += spoken[3:]
    return Voices([_joined(each) for each in recorded], others)


def _joined(utterances: Sequence[Array]) -> Array:
    pause = np.zeros(RATE // 3, np.float32)
    return np.concatenate([part for each in utterances for part in (levelled(each), pause)])


def sources(seed: int, count: int, spoken: Voices) -> Iterator[tuple[str, Array]]:
    """(name, samples) of what is on record: music, voices, effects, of 20 to 60 s."""
    for number in range(count):
        kind = _KINDS[number % len(_KINDS)]
        yield f"{kind}-{number:03d}", _source(seed, number, kind, spoken)


def _source(seed: int, number: int, kind: str, spoken: Voices) -> Array:
    rng = np.random.default_rng((seed, 1, number))
    seconds = float(rng.uniform(25, 60))
    if kind == "music":
        return music(rng, seconds, np.random.default_rng((seed, 2, number)))
    if kind == "effect":
        return effect(rng, seconds)
    turn = number // len(_KINDS)
    if turn < len(spoken.recorded):
        return levelled(spoken.recorded[turn])
    return babble(rng, seconds)


def bed(rng: Generator, kind: str, spoken: Voices, score: Generator | None) -> Array:
    """`STRETCH` seconds of what a film sounds like; `score` is what its music plays."""
    if kind == "weather":
        return levelled(effect(rng, STRETCH), 0.05)
    played = music(rng, STRETCH, score) if "music" in kind else np.zeros(int(STRETCH * RATE))
    if "dialogue" in kind:
        played = played * 0.5 + _dialogue(rng, spoken)[: len(played)]
    return levelled(np.asarray(played, np.float32))


def _dialogue(rng: Generator, spoken: Voices) -> Array:
    parts, length = [], 0
    while length < STRETCH * RATE:
        if spoken.others:
            said = spoken.others[int(rng.integers(len(spoken.others)))]
        else:
            said = babble(rng, float(rng.uniform(2, 6)))
        parts += [levelled(said), np.zeros(int(rng.uniform(0.2, 1.2) * RATE), np.float32)]
        length += len(parts[-1]) + len(parts[-2])
    return np.concatenate(parts)[: int(STRETCH * RATE)]


def stretches(
    seed: int, plants: int, spoken: Voices, recorded: Mapping[str, Array]
) -> Iterator[tuple[Array, Plant]]:
    """(stereo samples, what is planted in them), stretch after stretch."""
    names = sorted(recorded, key=lambda name: name[-3:])
    scores = [name for name in names if name.startswith("music")]
    treatments = [*TREATMENTS, ONE_CHANNEL]
    for number in range(plants):
        rng = np.random.default_rng((seed, 3, number))
        name = names[number % len(names)]
        kind = _BEDS[int(rng.integers(len(_BEDS)))]
        other = scores[int(rng.integers(len(scores)))]
        score = np.random.default_rng((seed, 2, int(other[-3:]))) if number % 3 == 0 else None
        ground = bed(rng, kind, spoken, score)
        treated = treatments[number % len(treatments)]
        sound, plant = _planted(rng, name, recorded[name], treated, ground)
        yield (
            sound,
            replace(
                plant,
                start=plant.start + number * STRETCH,
                end=plant.end + number * STRETCH,
                bed=kind,
                performed=other if score and "music" in kind else "",
            ),
        )


def _planted(
    rng: Generator, name: str, source: Array, treatment: str, ground: Array
) -> tuple[Array, Plant]:
    length = min(float(rng.uniform(SHORTEST, LONGEST)), len(source) / RATE - 0.5)
    begin = float(rng.uniform(0, len(source) / RATE - length))
    begin, length = _audible(source, begin, begin + length)
    excerpt = source[int(begin * RATE) : int((begin + length) * RATE)]
    treated = TREATMENTS.get(treatment, plain)(rng, levelled(excerpt))
    start = float(rng.uniform(2, STRETCH - len(treated.samples) / RATE - 2))
    first, last = int(start * RATE), int(start * RATE) + len(treated.samples)
    above = float(rng.choice(_ABOVE))
    under = float(np.sqrt(np.mean(ground[first:last] ** 2)))
    sound = _faded(levelled(treated.samples, max(under, 0.01) * 10 ** (above / 20)))
    left, right = (
        rng.uniform(0.6, 1.0, 2) if treatment != ONE_CHANNEL else rng.permutation((0.0, 1.0))
    )
    stereo = np.stack([ground, ground * rng.uniform(0.85, 1.0)], axis=1)
    stereo[first:last] += sound[:, None] * np.array([left, right], np.float32)
    plant = Plant(
        source=name,
        start=start,
        end=last / RATE,
        source_start=begin,
        source_end=begin + length,
        treatment=treatment,
        what="in one channel" if treatment == ONE_CHANNEL else treated.what,
        speed=treated.speed,
        bed="",
        above=above,
    )
    return np.clip(stereo, -1, 1).astype(np.float32), plant


def _audible(source: Array, begin: float, end: float) -> tuple[float, float]:
    """(begin, length) of the part without pauses at its ends: nobody can see a cut in silence."""
    step = RATE // 20
    part = source[int(begin * RATE) : int(end * RATE)]
    strengths = np.square(part[: len(part) // step * step]).reshape(-1, step).mean(1)
    loud = np.flatnonzero(strengths > strengths.mean() / 10)
    first, last = int(loud[0]), int(loud[-1]) + 1
    return begin + first * step / RATE, max(SHORTEST, (last - first) * step / RATE)


def _faded(sound: Array) -> Array:
    edge = np.minimum(1, np.arange(len(sound)) / (0.02 * RATE))
    return np.asarray(sound * edge * edge[::-1], np.float32)


def write_mix(
    folder: Path, seed: int, plants: int, spoken: Voices, count: int = 40
) -> Sequence[Plant]:
    """Writes all of it into `folder`, and says what was planted."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    recorded = dict(sources(seed, count, spoken))
    for name, samples in recorded.items():
        write_flac(folder / "sources" / f"{name}.flac", [samples[:, None]])
    planted: list[Plant] = []

    def blocks() -> Iterator[Array]:
        for samples, plant in stretches(seed, plants, spoken, recorded):
            planted.append(plant)
            yield samples

    write_flac(folder / "mix.flac", blocks(), channels=2)
    truth = {"seed": seed, "plants": [asdict(plant) for plant in planted]}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1))
    return planted


def write_flac(file: Path, blocks: Iterator[Array] | Sequence[Array], channels: int = 1) -> None:
    """`float32` blocks of shape (frames, channels) as 16-bit FLAC."""
    with av.open(str(file), "w") as container:
        stream: Any = container.add_stream("flac", rate=RATE)
        stream.layout, stream.format = "stereo" if channels == 2 else "mono", "s16"
        at = 0
        for block in blocks:
            for start in range(0, len(block), 4096):
                part = np.clip(block[start : start + 4096] * 32767, -32768, 32767)
                packed = np.ascontiguousarray(part.astype(np.int16).reshape(1, -1))
                frame = av.AudioFrame.from_ndarray(packed, "s16", stream.layout.name)
                frame.rate, frame.pts = RATE, at
                at += len(part)
                container.mux(stream.encode(frame))
        container.mux(stream.encode())


def read(file: Path) -> Array:
    """A whole sound file as mono at `RATE`."""
    parts = []
    with av.open(str(file)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE)
        for frame in [*container.decode(audio=0), None]:
            parts += [each.to_ndarray()[0] for each in resampler.resample(frame)]
    return np.concatenate(parts)


def shared_voices() -> Path | None:
    """The folder of real voices, where `$GATE_TEST_DATA` names one."""
    named = os.environ.get("GATE_TEST_DATA", "")
    folder = Path(named) / "voices"
    return folder if named and folder.is_dir() else None


def main() -> None:
    """Writes a mix."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plants", type=int, default=40)
    given = parser.parse_args()
    planted = write_mix(given.folder, given.seed, given.plants, voices(shared_voices()))
    print(f"{len(planted)} plants in {len(planted) * STRETCH:.0f} s")


if __name__ == "__main__":
    main()

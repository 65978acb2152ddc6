"""Sounds made by script: music, speech-like babble, effects. All mono `float32`, about -1..1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Generator = np.random.Generator

RATE = 22_050
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10), (0, 2, 4, 7, 9))
_DRUMS = ((60.0, 18.0, 0.9), (180.0, 14.0, 0.4), (0.0, 40.0, 0.25))


@dataclass(frozen=True, slots=True)
class Instrument:
    """A timbre: levels of the harmonics, how notes begin and fade, vibrato, detune, breath."""

    harmonics: Array
    attack: float
    decay: float
    vibrato: float
    spread: float
    breath: float


def instrument(rng: Generator) -> Instrument:
    """Any timbre between a flute and a cheap organ."""
    count = int(rng.integers(3, 12))
    levels = rng.uniform(0.1, 1.0, count) / np.arange(1, count + 1) ** rng.uniform(0.3, 1.6)
    return Instrument(
        harmonics=levels / levels.sum(),
        attack=float(rng.uniform(0.004, 0.09)),
        decay=float(rng.uniform(0.8, 7.0)),
        vibrato=float(rng.choice([0.0, rng.uniform(0.001, 0.008)])),
        spread=float(rng.uniform(0.0, 0.004)),
        breath=float(rng.choice([0.0, rng.uniform(0.0, 0.08)])),
    )


def note(rng: Generator, voice: Instrument, pitch: float, seconds: float) -> Array:
    """One note of a MIDI pitch (fractions allowed)."""
    time = np.arange(int(seconds * RATE)) / RATE
    frequency = 440.0 * 2 ** ((pitch - 69) / 12) * (1 + rng.normal(0, voice.spread))
    shake = voice.vibrato * np.sin(2 * np.pi * rng.uniform(4.5, 6.5) * time)
    phase = 2 * np.pi * frequency * (time + shake / 30)
    sound = np.zeros(len(time))
    for number, level in enumerate(voice.harmonics, 1):
        if number * frequency < RATE * 0.45:
            fade = np.exp(-voice.decay * 0.25 * (number - 1) * time)
            sound += level * fade * np.sin(number * phase + rng.uniform(0, 6.28))
    sound += voice.breath * rng.standard_normal(len(time))
    rise = np.minimum(1, time / voice.attack)
    fall = np.minimum(1, (seconds - time) / 0.03)
    return np.asarray(sound * rise * fall * np.exp(-voice.decay * time), np.float32)


def music(rng: Generator, seconds: float, score: Generator | None = None) -> Array:
    """A piece of its own: key, tempo, progression, melody, bass, chords, perhaps drums.

    With `score`, what is played comes from that generator, and how it is played (timbre, timing,
    touch) from `rng`: two performances of one score differ as two recordings of it do.
    """
    written = rng if score is None else score
    scale = _SCALES[int(written.integers(len(_SCALES)))]
    key = int(written.integers(40, 52))
    beat = 60.0 / written.uniform(68, 152)
    progression = written.integers(0, len(scale), int(written.choice([4, 4, 6, 8])))
    lead, pad, bass = instrument(rng), instrument(rng), instrument(rng)
    drums = bool(written.random() < 0.6)
    patterns = written.random((3, 8)) < np.array([[0.35], [0.25], [0.7]])
    out = np.zeros(int((seconds + 4) * RATE), np.float32)
    place, step = 4, 0
    loose = rng.uniform(0.002, 0.016)

    def put(at: float, sound: Array, level: float) -> None:
        first = max(0, int((at + rng.normal(0, loose)) * RATE))
        part = out[first : first + len(sound)]
        part += sound[: len(part)] * np.float32(level * rng.uniform(0.7, 1.1))

    while step * beat < seconds:
        root = int(progression[(step // 4) % len(progression)])
        at = step * beat
        if step % 4 == 0:
            for third in (0, 2, 4):
                put(at, note(rng, pad, _pitch(key + 12, scale, root + third), 4 * beat), 0.16)
        if step % 2 == 0:
            put(at, note(rng, bass, _pitch(key - 12, scale, root), 1.8 * beat), 0.4)
        for part in range(int(written.choice([1, 1, 2, 2, 3, 4]))):
            place = int(np.clip(place + written.integers(-3, 4), -3, 14))
            length = beat * written.uniform(0.3, 1.6)
            where = at + part * beat / 2
            put(where, note(rng, lead, _pitch(key + 24, scale, place), length), 0.35)
        if drums:
            for kind in range(3):
                if patterns[kind, step % 8]:
                    put(at, drum(rng, kind), 0.5)
        step += 1
    out = out[: int(seconds * RATE)]
    return levelled(out)


def _pitch(key: int, scale: tuple[int, ...], degree: int) -> float:
    return float(key + 12 * (degree // len(scale)) + scale[degree % len(scale)])


def drum(rng: Generator, kind: int) -> Array:
    """A kick, a snare or a hat, never twice the same."""
    frequency, decay, level = _DRUMS[kind]
    time = np.arange(int(0.25 * RATE)) / RATE
    body = np.sin(2 * np.pi * frequency * time * (1 + np.exp(-30 * time))) if frequency else 0.0
    rough = rng.standard_normal(len(time)) * (0.1, 0.6, 0.8)[kind]
    return np.asarray(level * (body + rough) * np.exp(-decay * time), np.float32)


def babble(rng: Generator, seconds: float) -> Array:
    """Something that sounds like speech: voiced syllables with moving formants, hisses, pauses."""
    out = np.zeros(int(seconds * RATE), np.float32)
    base = rng.uniform(85, 230)
    at = 0.0
    while at < seconds:
        length = rng.uniform(0.09, 0.32)
        if rng.random() < 0.14:
            at += rng.uniform(0.1, 0.5)
            continue
        sound = _hiss(rng, length * 0.6) if rng.random() < 0.25 else _vowel(rng, base, length)
        part = out[int(at * RATE) :][: len(sound)]
        part += sound[: len(part)]
        at += length * 0.9
    return levelled(out)


def _vowel(rng: Generator, base: float, seconds: float) -> Array:
    time = np.arange(int(seconds * RATE)) / RATE
    along = time / seconds
    pitch = base * (1 + rng.normal(0, 0.08) + rng.normal(0, 0.12) * along)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    lows, highs = (270, 850, 1900, 2900), (850, 2300, 3100, 4100)
    starts, ends = rng.uniform(lows, highs), rng.uniform(lows, highs)
    sound = np.zeros(len(time))
    for number in range(1, int(4500 / base)):
        frequency = number * pitch
        gain = np.full(len(time), 0.01)
        for start, end in zip(starts, ends, strict=True):
            centre = start + (end - start) * along
            gain += (500 / centre) ** 0.8 * np.exp(-(((frequency - centre) / 120) ** 2))
        sound += gain * np.sin(number * phase)
    return np.asarray(sound * np.sin(np.pi * along) ** 0.6 * rng.uniform(0.4, 1), np.float32)


def _hiss(rng: Generator, seconds: float) -> Array:
    sound = shaped(rng.standard_normal(int(seconds * RATE)), float(rng.uniform(2000, 6000)), 0.5)
    return np.asarray(0.25 * sound * np.hanning(len(sound)), np.float32)


def effect(rng: Generator, seconds: float) -> Array:
    """Weather, a machine, blows, chirps: two of them at once."""
    kinds = rng.choice(4, 2, replace=False)
    makers = (_weather, _machine, _blows, _chirps)
    parts = [makers[kind](rng, seconds) * rng.uniform(0.4, 1.0) for kind in kinds]
    return levelled(parts[0] + parts[1])


def _weather(rng: Generator, seconds: float) -> Array:
    sound = shaped(rng.standard_normal(int(seconds * RATE)), float(rng.uniform(300, 2500)), 1.5)
    return sound * (0.4 + np.abs(slow(rng, len(sound), 0.7)))


def _machine(rng: Generator, seconds: float) -> Array:
    count = int(seconds * RATE)
    pitch = rng.uniform(35, 120) * (1 + 0.25 * slow(rng, count, 0.6))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    levels = rng.uniform(0, 1, 24) / np.arange(1, 25) ** 0.6
    return np.asarray(sum(a * np.sin(n * phase) for n, a in enumerate(levels, 1)), np.float32)


def _blows(rng: Generator, seconds: float) -> Array:
    out = np.zeros(int(seconds * RATE), np.float32)
    for at in rng.uniform(0, seconds, int(seconds * rng.uniform(1.5, 5))):
        time = np.arange(int(0.5 * RATE)) / RATE
        rings = rng.uniform(150, 4500, 6)
        ring = np.sin(2 * np.pi * rings[:, None] * time) * rng.uniform(0, 1, 6)[:, None]
        sound = ring.sum(0) + rng.standard_normal(len(time)) * 0.8
        part = out[int(at * RATE) :][: len(time)]
        part += (sound * np.exp(-rng.uniform(8, 30) * time))[: len(part)].astype(np.float32)
    return out


def _chirps(rng: Generator, seconds: float) -> Array:
    out = np.zeros(int(seconds * RATE), np.float32)
    for at in rng.uniform(0, seconds, int(seconds * rng.uniform(2, 6))):
        length = rng.uniform(0.06, 0.4)
        time = np.arange(int(length * RATE)) / RATE
        sweep = rng.uniform(1200, 4500) + rng.uniform(-2500, 2500) * time
        sound = np.sin(2 * np.pi * np.cumsum(sweep) / RATE) * np.hanning(len(time))
        part = out[int(at * RATE) :][: len(time)]
        part += sound[: len(part)].astype(np.float32)
    return out


def slow(rng: Generator, count: int, rate: float) -> Array:
    """A curve of about -1..1 that turns about `rate` times a second."""
    knots = rng.uniform(-1, 1, max(4, int(count / RATE * rate) + 3))
    places = np.linspace(0, len(knots) - 1, count)
    return np.asarray(np.interp(places, np.arange(len(knots)), knots), np.float32)


def shaped(sound: Array, centre: float, octaves: float) -> Array:
    """The sound through a soft band around `centre` hertz."""
    spectrum = np.fft.rfft(sound)
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    distance = np.log2(np.maximum(frequencies, 1) / centre) / octaves
    return np.asarray(np.fft.irfft(spectrum * np.exp(-(distance**2)), len(sound)), np.float32)


def levelled(sound: Array, level: float = 0.1) -> Array:
    """The sound at this root mean square."""
    strength = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) or 1.0
    return np.asarray(sound * (level / strength), np.float32)

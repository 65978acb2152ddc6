"""The sound of reel 1: a cue of plucked chords, and the mix of the flattened film."""

from __future__ import annotations

from typing import Any

import numpy as np
import reel

RATE = 16_000
_CHORDS = ((110.0, 165.0, 262.0), (98.0, 147.0, 233.0), (87.3, 131.0, 220.0), (82.4, 123.5, 208.0))


def lanterns() -> bytes:
    """The cue, as 16-bit mono at 16 kHz: a chord every two seconds, a note on top of each half."""
    total = reel.MEDIA["music"].frames * RATE // reel.RATE
    wave = np.zeros(total + 4 * RATE)
    rng = np.random.default_rng(404)
    for beat in range(total // RATE):
        chord = _CHORDS[beat // 2 % 4]
        top = chord[2] * 2 ** (int(rng.integers(0, 3)) * 5 / 12)
        tones = [*chord, top] if beat % 2 == 0 else [top]
        for late, tone in enumerate(tones):
            start = beat * RATE + late * 900
            wave[start : start + 3 * RATE] += _pluck(tone)
    return _samples(wave[:total] * np.minimum(1, np.arange(total, 0, -1) / RATE))


def mix(*parts: tuple[int, bytes]) -> bytes:
    """The film's sound: parts over the cue, which ducks beneath them. Starts are in frames."""
    bed = np.frombuffer(lanterns(), dtype="<i2").astype(np.float64) / 32768
    level = np.ones(len(bed))
    over = np.zeros(len(bed))
    for first, samples in parts:
        start = first * RATE // reel.RATE
        part = np.frombuffer(samples, dtype="<i2").astype(np.float64) / 32768
        part = part[: len(bed) - start]
        over[start : start + len(part)] += part
        level[start : start + len(part)] = 0.15
    return _samples(bed * level + over)


def _pluck(tone: float) -> Any:
    """Three seconds of a string: harmonics that die away, the high ones sooner."""
    t = np.arange(3 * RATE) / RATE
    parts = [np.sin(2 * np.pi * tone * k * t) * np.exp(-t * (1.1 + 0.9 * k)) / k for k in (1, 2, 3)]
    return 0.11 * np.sum(parts, axis=0) * np.minimum(1, t / 0.006)


def _samples(wave: Any) -> bytes:
    return (np.clip(wave, -1, 1) * 32767).astype("<i2").tobytes()

"""What happens to sound between a record and a delivery: one function a treatment.

Each takes mono `float32` at `RATE` and gives mono `float32` at `RATE`. Those that change how long
it lasts say so by `Treated.speed`: seconds of the source a second of the result.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import av
import numpy as np

from quality.mix_sounds import RATE, Array, Generator, levelled, slow

_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Treated:
    """Sound after a treatment, and in words what was done."""

    samples: Array
    what: str
    speed: float = 1.0


def plain(rng: Generator, samples: Array) -> Treated:
    """Nothing."""
    return Treated(samples, "as it was")


def recoded(rng: Generator, samples: Array) -> Treated:
    """Through a lossy codec at a low rate, twice."""
    choices = (("mp3", "libmp3lame", 48), ("ogg", "libopus", 20), ("adts", "aac", 40))
    what = []
    for number in rng.choice(len(choices), 2, replace=False):
        form, codec, kilobits = choices[number]
        samples = through_codec(samples, form, codec, kilobits * 1000)
        what.append(f"{codec} {kilobits}k")
    return Treated(samples, " + ".join(what))


def relevelled(rng: Generator, samples: Array) -> Treated:
    """Squeezed by a compressor and moved by hand, by up to 6 dB either way."""
    squeezed = np.sign(samples) * np.abs(samples) ** 0.6
    moved = squeezed * 10 ** (6 * slow(rng, len(samples), 0.4) / 20)
    return Treated(levelled(moved), "compressed, ±6 dB on the way")


def equalised(rng: Generator, samples: Array) -> Treated:
    """A telephone, or a curve of ±12 dB."""
    if rng.random() < 0.5:
        return Treated(_filtered(samples, _telephone), "300 to 3,400 Hz")
    knots = rng.uniform(-12, 12, 9)

    def curve(frequencies: Array) -> Array:
        octaves = np.log2(np.maximum(frequencies, 40) / 40)
        return np.asarray(10 ** (np.interp(octaves, np.arange(9), knots) / 20))

    return Treated(levelled(_filtered(samples, curve)), "±12 dB by octaves")


def noisy(rng: Generator, samples: Array) -> Treated:
    """White or pink noise, 6 to 12 dB below."""
    below = rng.uniform(6, 12)
    noise = rng.standard_normal(len(samples))
    colour = "white"
    if rng.random() < 0.5:
        noise = _filtered(noise, lambda f: 1 / np.sqrt(np.maximum(f, 20)))
        colour = "pink"
    level = 0.1 * 10 ** (-below / 20)
    return Treated(samples + levelled(noise, level), f"{colour} noise {below:.0f} dB below")


def echoing(rng: Generator, samples: Array) -> Treated:
    """A room: a few early echoes and a tail of half a second to a second and a half."""
    tail = rng.uniform(0.5, 1.5)
    time = np.arange(int(tail * RATE)) / RATE
    room = rng.standard_normal(len(time)) * np.exp(-6.9 * time / tail) * 0.04
    room[0] = 1.0
    for _ in range(4):
        room[int(rng.uniform(0.01, 0.12) * RATE)] += rng.uniform(0.2, 0.6)
    size = len(samples) + len(room)
    whole = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(room, size), size)
    return Treated(levelled(whole[: len(samples)]), f"room of {tail:.1f} s")


def respeeded(rng: Generator, samples: Array) -> Treated:
    """Faster or slower by up to 5 %, the pitch with it, as film is run at another rate."""
    speed = _factor(rng, 0.95, 1.05)
    return Treated(at_speed(samples, speed), f"speed {speed:.3f}", speed)


def stretched(rng: Generator, samples: Array) -> Treated:
    """Faster or slower by up to 5 %, the pitch kept."""
    speed = _factor(rng, 0.95, 1.05)
    return Treated(at_tempo(samples, speed), f"tempo {speed:.3f}", speed)


def repitched(rng: Generator, samples: Array) -> Treated:
    """Higher or lower by up to a semitone, the speed kept."""
    semitones = _factor(rng, -1.0, 1.0, avoid=0.0)
    ratio = 2 ** (semitones / 12)
    changed = at_tempo(at_speed(samples, ratio), 1 / ratio)
    return Treated(changed, f"pitch {semitones:+.2f} semitones")


TREATMENTS: dict[str, Callable[[Generator, Array], Treated]] = {
    "plain": plain,
    "re-encoded": recoded,
    "re-levelled": relevelled,
    "equalised": equalised,
    "noisy": noisy,
    "echoing": echoing,
    "speed": respeeded,
    "tempo": stretched,
    "pitch": repitched,
}


def _factor(rng: Generator, low: float, high: float, avoid: float = 1.0) -> float:
    """Anything between, but not too near to no change at all."""
    span = (high - low) / 2
    amount = rng.uniform(0.4, 1.0) * span
    return float(avoid + (amount if rng.random() < 0.5 else -amount))


def through_codec(samples: Array, form: str, codec: str, bits: int) -> Array:
    """Encoded and decoded again; what the codec puts before it is cut off."""
    rate = 48_000 if codec == "libopus" else RATE
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout, stream.bit_rate = "mono", bits
        for frame in frames_of(at_rate(samples, RATE, rate), rate):
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    file.seek(0)
    parts = []
    with av.open(file) as container:
        resampler = av.AudioResampler("flt", "mono", RATE)
        for frame in container.decode(audio=0):
            parts += [each.to_ndarray()[0] for each in resampler.resample(frame)]
    decoded = np.concatenate(parts)
    late = _delay(samples, decoded)
    return np.asarray(decoded[late : late + len(samples)], np.float32)


def _delay(before: Array, after: Array) -> int:
    """By how many samples `after` lags, at most 0.2 s."""
    size = 1 << 17
    spectra = np.fft.rfft(after[: size // 2], size) * np.conj(
        np.fft.rfft(before[: size // 2], size)
    )
    return int(np.argmax(np.fft.irfft(spectra, size)[: RATE // 5]))


def at_rate(samples: Array, old: int, new: int) -> Array:
    """Resampled, time and pitch kept."""
    if old == new:
        return samples
    resampler = av.AudioResampler("flt", "mono", new)
    parts = [out for frame in frames_of(samples, old) for out in resampler.resample(frame)]
    parts += resampler.resample(None)
    return np.concatenate([part.to_ndarray()[0] for part in parts])


def at_speed(samples: Array, speed: float) -> Array:
    """Played faster by `speed`, the pitch with it."""
    return at_rate(samples, round(RATE * speed), RATE)


def at_tempo(samples: Array, tempo: float) -> Array:
    """Played faster by `tempo`, the pitch kept (FFmpeg's `atempo`)."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono", time_base=None)
    change, sink = graph.add("atempo", f"{tempo:.6f}"), graph.add("abuffersink")
    source.link_to(change)
    change.link_to(sink)
    graph.configure()
    parts: list[Array] = []
    for frame in [*frames_of(samples, RATE), None]:
        graph.push(frame)
        parts += _pulled(graph)
    return np.concatenate(parts)


def _pulled(graph: Any) -> list[Array]:
    parts = []
    while True:
        try:
            parts.append(graph.pull().to_ndarray()[0])
        except (av.BlockingIOError, av.EOFError):
            return parts


def frames_of(samples: Array, rate: int) -> list[Any]:
    """Samples as frames that codecs and filters take."""
    frames = []
    for start in range(0, len(samples), _BLOCK):
        block = np.ascontiguousarray(samples[None, start : start + _BLOCK], np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout="mono")
        frame.rate, frame.pts = rate, start
        frames.append(frame)
    return frames


def _filtered(samples: Array, gain: Callable[[Array], Array]) -> Array:
    spectrum = np.fft.rfft(samples)
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    return np.asarray(np.fft.irfft(spectrum * gain(frequencies), len(samples)), np.float32)


def _telephone(frequencies: Array) -> Array:
    low = 1 / (1 + (300 / np.maximum(frequencies, 1)) ** 6)
    return np.asarray(low / (1 + (frequencies / 3400) ** 8))

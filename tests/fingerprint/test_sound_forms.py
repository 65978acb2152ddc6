"""Sounds come in every form: sample rates, bit depths, channels, tracks of a film."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from quality.mix import write_flac
from quality.mix_sounds import RATE, babble, music
from quality.mix_treatments import at_rate
from quality.sound_bank import SoundBank

from checkthegate.model import Gap, Grade
from checkthegate.model.match import Match

Array = numpy.ndarray[Any, Any]
START, END = 4.0, 12.0


@pytest.fixture(scope="module")
def tune() -> Array:
    return music(numpy.random.default_rng(1), 16)


@pytest.fixture(scope="module")
def excerpt(tune: Array) -> Array:
    return tune[int(START * RATE) : int(END * RATE)]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory, tune: Array) -> SoundBank:
    folder = tmp_path_factory.mktemp("bank")
    write_flac(folder / "tune.flac", [tune[:, None]])
    made = SoundBank(folder / "bank")
    made.add([folder / "tune.flac"])
    return made


def frames(samples: Array, rate: int, form: str, layout: str) -> list[Any]:
    """Samples of shape (frames, channels) as frames that a codec takes."""
    resampler = av.AudioResampler(form, layout, rate)
    packed = numpy.ascontiguousarray(samples.reshape(1, -1), numpy.float32)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
    frame.rate, frame.pts = rate, 0
    return [*resampler.resample(frame), *resampler.resample(None)]


def put(container: Any, tracks: Sequence[tuple[Array, int, str, str, str]]) -> None:
    """Tracks of (samples, rate, codec, sample format, layout), one after the other."""
    streams = []
    for _, rate, codec, form, layout in tracks:
        stream = container.add_stream(codec, rate=rate)
        stream.layout, stream.format = layout, form
        streams.append(stream)
    for stream, (samples, rate, _, form, layout) in zip(streams, tracks, strict=True):
        for frame in frames(samples, rate, form, layout):
            frame.pts = None
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def only(bank: SoundBank, file: Path) -> Match:
    """The one match, without any gap."""
    answers = bank.answers(file)
    assert [each for each in answers if isinstance(each, Gap)] == []
    (match,) = [each for each in answers if isinstance(each, Match)]
    assert match.grade is Grade.PROVEN
    assert match.source_span is not None
    assert match.source_span.start == pytest.approx(START, abs=0.5)
    assert match.source_span.end == pytest.approx(END, abs=0.5)
    return match


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 96_000, 192_000])
def test_every_sample_rate(bank: SoundBank, excerpt: Array, tmp_path: Path, rate: int) -> None:
    file = tmp_path / "rate.wav"
    samples = at_rate(excerpt, RATE, rate)[:, None]
    with av.open(str(file), "w") as container:
        put(container, [(samples, rate, "pcm_s16le", "s16", "mono")])
    only(bank, file)


@pytest.mark.parametrize(
    ("codec", "form"),
    [
        ("pcm_u8", "u8"),
        ("pcm_s24le", "s32"),
        ("pcm_s32le", "s32"),
        ("pcm_f32le", "flt"),
        ("pcm_f64le", "dbl"),
    ],
)
def test_every_depth(
    bank: SoundBank, excerpt: Array, tmp_path: Path, codec: str, form: str
) -> None:
    file = tmp_path / "depth.wav"
    with av.open(str(file), "w") as container:
        put(container, [(excerpt[:, None], RATE, codec, form, "mono")])
    only(bank, file)


@pytest.mark.parametrize(
    ("layout", "count"), [("stereo", 2), ("2.1", 3), ("quad", 4), ("5.1", 6), ("7.1", 8)]
)
def test_each_channel_by_itself(
    bank: SoundBank, excerpt: Array, tmp_path: Path, layout: str, count: int
) -> None:
    other = babble(numpy.random.default_rng(2), END - START)
    samples = numpy.stack([other] * (count - 1) + [excerpt], axis=1)
    file = tmp_path / "channels.wav"
    with av.open(str(file), "w") as container:
        put(container, [(samples, RATE, "pcm_s16le", "s16", layout)])
    assert only(bank, file).detail == {"stream": 0, "channel": count}


def test_each_track_of_a_film(bank: SoundBank, excerpt: Array, tmp_path: Path) -> None:
    other = babble(numpy.random.default_rng(3), END - START)
    file = tmp_path / "film.mov"
    with av.open(str(file), "w") as container:
        picture = container.add_stream("mpeg4", rate=25)
        picture.width = picture.height = 64
        tracks = [(each[:, None], RATE, "pcm_s16le", "s16", "mono") for each in (other, excerpt)]
        put(container, tracks)
        grey = av.VideoFrame.from_ndarray(numpy.zeros((64, 64, 3), numpy.uint8), format="rgb24")
        container.mux(picture.encode(grey))
        container.mux(picture.encode())
    assert only(bank, file).detail == {"stream": 2}

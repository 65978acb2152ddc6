from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from tests.delivery.making import movie
from tests.detect.running import opened, opened_bytes

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.delivery.sounds import read_sounds
from checkthegate.detect.decode_examples import wave
from checkthegate.model import Asset, Unreadable
from checkthegate.seams import Sound

RATE = 11_025
Array = numpy.ndarray[Any, Any]


def tones(channels: int, rate: int, seconds: float) -> Array:
    """A tone of its own in each channel: 300 Hz, 600 Hz, …"""
    time = numpy.arange(int(rate * seconds)) / rate
    rows = [numpy.sin(2 * numpy.pi * 300 * (n + 1) * time) / 4 for n in range(channels)]
    return numpy.stack(rows).astype(numpy.float32)


def sound_file(
    file: Path, codec: str, rows: Array, rate: int, layout: str, starts: Sequence[int] = (0,)
) -> Path:
    """The rows (channels, frames) as one stream, once for each of `starts` (seconds)."""
    with av.open(str(file), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate)
        stream.layout = layout
        for start in starts:
            for at in range(0, rows.shape[1], 1024):
                block = numpy.ascontiguousarray(rows[:, at : at + 1024])
                frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
                frame.rate, frame.pts = rate, start * rate + at
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file


def heard(found: OpenedFile, stream: int = 0) -> tuple[list[Sound], str]:
    """The blocks, and why there were no more."""
    blocks: list[Sound] = []
    try:
        for block in read_sounds(found, stream, RATE):
            blocks.append(block)
    except Unreadable as problem:
        return blocks, problem.reason
    return blocks, ""


def pitch(samples: Array) -> float:
    """The frequency that is loudest."""
    return float(numpy.argmax(abs(numpy.fft.rfft(samples))) * RATE / len(samples))


@pytest.mark.parametrize(
    ("name", "codec", "rate", "layout", "channels"),
    [
        ("a.wav", "pcm_s16le", 8_000, "mono", 1),
        ("a.wav", "pcm_s24le", 96_000, "stereo", 2),
        ("a.wav", "pcm_f32le", 48_000, "5.1", 6),
        ("a.wav", "pcm_u8", 22_050, "mono", 1),
        ("a.flac", "flac", 44_100, "stereo", 2),
        ("a.mp3", "libmp3lame", 44_100, "stereo", 2),
        ("a.m4a", "aac", 48_000, "5.1", 6),
        ("a.ogg", "libopus", 48_000, "mono", 1),
        ("a.mkv", "ac3", 48_000, "5.1", 6),
    ],
)
def test_every_channel_at_the_rate_asked_for(
    tmp_path: Path, name: str, codec: str, rate: int, layout: str, channels: int
) -> None:
    file = sound_file(tmp_path / name, codec, tones(channels, rate, 9.5), rate, layout)
    with opened(file) as found:
        blocks, reason = heard(found)
    assert reason == ""
    assert [block.rate for block in blocks] == [RATE] * len(blocks)
    assert max(len(block.samples) for block in blocks) < 6 * RATE
    whole = numpy.concatenate([block.samples for block in blocks])
    assert whole.dtype == numpy.float32
    assert whole.shape == (pytest.approx(9.5 * RATE, abs=0.06 * RATE), channels)
    for number in range(channels):
        if layout == "5.1" and number == 3 and codec != "pcm_f32le":
            continue  # codecs keep only the lowest sounds of this one
        assert pitch(whole[:, number]) == pytest.approx(300 * (number + 1), abs=2)
        assert 0.15 < abs(whole[RATE:-RATE, number]).max() < 0.35


def test_blocks_follow_each_other(tmp_path: Path) -> None:
    with opened_bytes(tmp_path, "a.wav", wave(20)) as found:
        blocks, _ = heard(found)
    at = 0.0
    for block in blocks:
        assert block.start == pytest.approx(at, abs=0.001)
        at += len(block.samples) / RATE
    assert at == pytest.approx(20, abs=0.01)


def test_a_pause_in_the_stream_is_a_pause_in_time(tmp_path: Path) -> None:
    rows = tones(1, 48_000, 2)
    file = sound_file(tmp_path / "a.mkv", "pcm_s16le", rows, 48_000, "mono", (0, 30))
    with opened(file) as found:
        blocks, reason = heard(found)
    assert reason == ""
    assert [round(block.start) for block in blocks] == [0, 30]
    assert [len(block.samples) / RATE for block in blocks] == pytest.approx([2, 2], abs=0.05)


def test_time_that_runs_backwards_goes_on(tmp_path: Path) -> None:
    parts = []
    for number in range(2):
        file = sound_file(tmp_path / f"{number}.ts", "mp2", tones(1, 48_000, 3), 48_000, "mono")
        parts.append(file.read_bytes())
    with opened_bytes(tmp_path, "a.ts", b"".join(parts)) as found:
        blocks, _ = heard(found)
    assert sum(len(block.samples) for block in blocks) == pytest.approx(6 * RATE, rel=0.05)
    assert [block.start for block in blocks] == sorted(block.start for block in blocks)


def test_the_sound_of_a_film(tmp_path: Path) -> None:
    with opened(movie(tmp_path / "film.mp4", 50)) as found:
        blocks, reason = heard(found, 1)
        assert heard(found, 0) == ([], "the file does not hold the sound it was asked for")
    assert reason == ""
    assert sum(len(block.samples) for block in blocks) == pytest.approx(2 * RATE, rel=0.05)


def test_damaged_parts_are_counted(tmp_path: Path) -> None:
    file = sound_file(tmp_path / "a.mka", "aac", tones(1, 48_000, 30), 48_000, "mono")
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    noise = numpy.random.default_rng(3).integers(0, 256, 600, numpy.uint8).tobytes()
    content[middle : middle + 600] = noise
    with opened_bytes(tmp_path, "damaged.mka", bytes(content)) as found:
        blocks, reason = heard(found)
    assert sum(len(block.samples) for block in blocks) > 24 * RATE
    assert "parts of its sound are damaged" in reason


def test_what_is_there_of_a_file_that_is_cut_off(tmp_path: Path) -> None:
    content = wave(20)
    with opened_bytes(tmp_path, "a.wav", content[: len(content) // 2]) as found:
        blocks, reason = heard(found)
    assert sum(len(block.samples) for block in blocks) == pytest.approx(10 * RATE, rel=0.01)
    assert "cut off after about 50%" in reason


def test_noise_is_refused(tmp_path: Path) -> None:
    noise = numpy.random.default_rng(1).integers(0, 256, 50_000, numpy.uint8).tobytes()
    with opened_bytes(tmp_path, "a.flac", b"fLaC\0\0\0\x22" + noise) as found:
        blocks, reason = heard(found)
    assert blocks == []
    assert reason


def test_encrypted_sound_is_said_to_be(tmp_path: Path) -> None:
    key = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
        "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
    }
    with opened(movie(tmp_path / "locked.mp4", 50, **key)) as found:
        assert "encrypted" in heard(found, 1)[1]


def test_absurd_channels_and_rates_are_refused(tmp_path: Path) -> None:
    tone = bytearray(wave(1))
    tone[22:24], tone[32:34] = (65).to_bytes(2, "little"), (130).to_bytes(2, "little")
    with opened_bytes(tmp_path, "many.wav", bytes(tone)) as found:
        assert heard(found)[1]
    tone = bytearray(wave(1))
    tone[24:28] = (3).to_bytes(4, "little")
    with opened_bytes(tmp_path, "slow.wav", bytes(tone)) as found:
        assert "sample rate" in heard(found)[1]


def test_it_says_that_work_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(wave(240))
    with file.open("rb") as stream:
        kind, media_type = identify(stream, file.name)
    said: list[int] = []
    asset = Asset("a.wav", kind, media_type, file.stat().st_size, "sha256:00")
    found = OpenedFile(asset, file, working=lambda: said.append(1))
    heard(found)
    found.close()
    assert len(said) > 2


@pytest.mark.shared
def test_real_sound_with_six_channels(shared_data: Path) -> None:
    file = next((shared_data / "packages_imf").rglob("*ENG-51_00.mxf"))
    with opened(file) as found:
        blocks, reason = heard(found)
    assert reason == ""
    assert blocks[0].samples.shape[1] == 6

"""Sounds known again: what is found, how sure, from where to where, and what is not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from PIL import Image
from quality.mix import read, write_flac
from quality.mix_sounds import RATE, babble, effect, levelled, music
from quality.mix_treatments import (
    at_speed,
    equalised,
    noisy,
    recoded,
    relevelled,
    repitched,
    stretched,
)
from quality.sound_bank import SoundBank
from quality.words_bank import opened

from checkthegate.fingerprint import chromaprint, sound
from checkthegate.fingerprint.sound import SoundHasher, hasher
from checkthegate.fingerprint.sound_print import SoundPrint
from checkthegate.model import Asset, Exhibit, Gap, Grade, Kind, Unreadable
from checkthegate.model.match import Match, Role
from checkthegate.seams import Hasher

Array = numpy.ndarray[Any, Any]
LENGTH = 20.0
START, END = 6.0, 13.0


def chance(seed: int) -> numpy.random.Generator:
    return numpy.random.default_rng(seed)


def filed(folder: Path, samples: Array, name: str) -> Path:
    """Mono or (frames, channels) samples as a FLAC file."""
    shaped = samples if samples.ndim == 2 else samples[:, None]
    file = folder / f"{name}.flac"
    write_flac(file, [shaped], channels=shaped.shape[1])
    return file


def part(samples: Array, start: float, end: float) -> Array:
    return samples[int(start * RATE) : int(end * RATE)]


def laid(bed: Array, over: Array, at: float) -> Array:
    """The bed with something over it."""
    mixed = bed.copy()
    mixed[int(at * RATE) : int(at * RATE) + len(over)] += over
    return mixed


@pytest.fixture(scope="module")
def tune() -> Array:
    return music(chance(1), LENGTH)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory, tune: Array) -> SoundBank:
    """A tune, a voice and an effect on record."""
    folder = tmp_path_factory.mktemp("bank")
    known = {"tune": tune, "voice": babble(chance(2), LENGTH), "effect": effect(chance(3), LENGTH)}
    made = SoundBank(folder / "bank")
    made.add([filed(folder, samples, name) for name, samples in known.items()])
    return made


def found(bank: SoundBank, folder: Path, samples: Array) -> list[Match]:
    return bank.matches(filed(folder, samples, "target"))


def spans(match: Match) -> list[float]:
    assert match.span is not None
    assert match.source_span is not None
    return [match.span.start, match.span.end, match.source_span.start, match.source_span.end]


def test_it_is_a_hasher() -> None:
    assert isinstance(hasher({}), Hasher)
    kinds = [Kind.AUDIO, Kind.VIDEO, Kind.IMAGE, Kind.TEXT]
    answers = [SoundHasher().wants(Asset("x", kind, "x/y", 1, "")) for kind in kinds]
    assert answers == [True, True, False, False]
    assert SoundHasher().lacks() is None


def test_an_excerpt_under_something_louder(bank: SoundBank, tune: Array, tmp_path: Path) -> None:
    bed = babble(chance(4), 30)
    matches = found(bank, tmp_path, laid(bed, levelled(part(tune, START, END), 0.07), 11))
    (match,) = matches
    assert match.banked.source == "tune"
    assert match.grade is Grade.PROVEN
    assert spans(match) == pytest.approx([11, 18, START, END], abs=0.5)
    assert match.differs is None
    assert match.detail == {"stream": 0}


@pytest.mark.parametrize("treatment", [recoded, relevelled, equalised, noisy, stretched, repitched])
def test_whatever_was_done_to_it(
    bank: SoundBank, tune: Array, tmp_path: Path, treatment: Any
) -> None:
    treated = treatment(chance(5), levelled(part(tune, START, END)))
    bed = effect(chance(6), 24) * 0.3
    (match,) = found(bank, tmp_path, laid(bed, treated.samples, 8))
    assert match.grade is Grade.PROVEN
    length = len(treated.samples) / RATE
    assert spans(match) == pytest.approx([8, 8 + length, START, END], abs=0.5)


@pytest.mark.parametrize("speed", [0.95, 1.05])
def test_the_speed_is_told(bank: SoundBank, tune: Array, tmp_path: Path, speed: float) -> None:
    (match,) = found(bank, tmp_path, at_speed(part(tune, START, END), speed))
    assert match.grade is Grade.PROVEN
    assert match.detail["speed"] == pytest.approx(speed, abs=0.003)
    assert match.detail["semitones"] == pytest.approx(12 * numpy.log2(speed), abs=0.1)


def test_one_channel_of_two(bank: SoundBank, tune: Array, tmp_path: Path) -> None:
    left = babble(chance(7), LENGTH) * 3
    stereo = numpy.stack([left, part(tune, 0, LENGTH)], axis=1)
    (match,) = found(bank, tmp_path, stereo)
    assert match.banked.source == "tune"
    assert match.detail == {"stream": 0, "channel": 2}


def test_channels_that_are_the_same_are_heard_once(bank: SoundBank, tmp_path: Path) -> None:
    voice = babble(chance(8), 6)
    once = opened(filed(tmp_path, voice, "mono"))
    twice = opened(filed(tmp_path, numpy.stack([voice, voice * 0.8], axis=1), "stereo"))
    prints = [
        SoundPrint.from_bytes(SoundHasher().fingerprint(each) or b"") for each in (once, twice)
    ]
    assert [len(each.channels) for each in prints] == [1, 1]


def test_a_whole_copy_among_others(bank: SoundBank, tune: Array, tmp_path: Path) -> None:
    quiet = numpy.zeros(3 * RATE, numpy.float32)
    whole = numpy.concatenate([quiet, tune, quiet])
    (match,) = found(bank, tmp_path, whole)
    assert spans(match) == pytest.approx([3, 3 + LENGTH, 0, LENGTH], abs=0.5)
    assert match.distance < 0.1


def test_another_performance_is_at_most_suspected(tmp_path: Path) -> None:
    performances = [music(chance(seed), LENGTH, chance(100)) for seed in (11, 12)]
    bank = SoundBank(tmp_path / "bank")
    bank.add([filed(tmp_path, performances[0], "first")])
    grades = {match.grade for match in found(bank, tmp_path, performances[1])}
    assert grades <= {Grade.SUSPECTED}


def test_nothing_in_other_sounds(bank: SoundBank, tmp_path: Path) -> None:
    others = [music(chance(21), 15), babble(chance(22), 15), effect(chance(23), 15)]
    assert found(bank, tmp_path, numpy.concatenate(others)) == []


def test_silence_and_a_tone_are_nothing_to_know(tmp_path: Path) -> None:
    silent = opened(filed(tmp_path, numpy.zeros(5 * RATE, numpy.float32), "silence"))
    assert SoundHasher().fingerprint(silent) is None
    click = numpy.concatenate([numpy.zeros(3 * RATE), chance(2).normal(0, 0.2, RATE // 2)])
    assert SoundHasher().fingerprint(opened(filed(tmp_path, click, "click"))) is None
    tone = numpy.sin(numpy.arange(15 * RATE) * 2 * numpy.pi * 1000 / RATE).astype("f4") / 4
    bank = SoundBank(tmp_path / "bank")
    bank.add([filed(tmp_path, numpy.concatenate([tone, babble(chance(31), 8)]), "tone")])
    other = numpy.concatenate([tone, music(chance(32), 8)])
    assert [
        match.grade for match in found(bank, tmp_path, other) if match.grade is Grade.PROVEN
    ] == []


def test_what_it_was_made_from_is_nearer(tmp_path: Path, tune: Array) -> None:
    plate = babble(chance(41), LENGTH)
    bank = SoundBank(tmp_path / "bank")
    (entry,) = bank.add([filed(tmp_path, plate, "plate")], Role.INPUT)
    bank.add([filed(tmp_path, plate + tune * 0.5, "made")], inputs=(entry.digest,))
    of_plate = {m.banked.source: m.grade for m in found(bank, tmp_path, part(plate, 2, 15))}
    assert of_plate["plate"] is Grade.PROVEN
    assert of_plate.get("made") is not Grade.PROVEN
    of_made = found(bank, tmp_path, part(plate + tune * 0.5, 2, 15))
    assert {m.banked.source: m.grade for m in of_made}["made"] is Grade.PROVEN


def test_both_sides_are_shown(bank: SoundBank, tune: Array, tmp_path: Path) -> None:
    (match,) = found(bank, tmp_path, laid(babble(chance(51), 24), part(tune, START, END), 9))
    kinds = [(each.side, each.media_type) for each in match.exhibits]
    assert kinds == [("both", "image/png"), ("found", "audio/ogg"), ("source", "audio/ogg")]
    picture, *players = match.exhibits
    assert Image.open(io.BytesIO(picture.body)).size[0] == 640
    assert sum(len(each.body) for each in match.exhibits) < 140 * 1024
    assert [each.caption for each in players] == ["0:09.0", "0:06.0"] or players[0].caption
    assert 6 < seconds(players[0]) <= 8.1
    assert 6 < seconds(players[1]) <= 8.1


def seconds(exhibit: Exhibit) -> float:
    with av.open(io.BytesIO(exhibit.body)) as container:
        return float(sum(frame.samples / frame.rate for frame in container.decode(audio=0)))


def test_the_second_time_nothing_is_listened_to(
    bank: SoundBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filed(tmp_path, babble(chance(61), 8), "target")
    assert bank.answers(file) == []
    monkeypatch.setattr(sound, "listened", None)
    assert bank.answers(file) == []


def test_an_entry_added_is_found_at_once(bank: SoundBank, tmp_path: Path) -> None:
    voice = babble(chance(71), 10)
    target = filed(tmp_path, voice, "target")
    assert bank.matches(target) == []
    bank.add([filed(tmp_path, voice, "late")])
    assert [match.banked.source for match in bank.matches(target)] == ["late"]


def test_what_could_not_be_heard_is_a_gap(bank: SoundBank, tune: Array, tmp_path: Path) -> None:
    content = filed(tmp_path, tune, "whole").read_bytes()
    cut = tmp_path / "cut.flac"
    damaged = bytearray(content)
    middle = len(damaged) // 2
    damaged[middle : middle + 4000] = chance(1).integers(0, 256, 4000, numpy.uint8).tobytes()
    cut.write_bytes(damaged)
    answers = bank.answers(cut)
    assert [each.banked.source for each in answers if isinstance(each, Match)]
    (gap,) = [each for each in answers if isinstance(each, Gap)]
    assert "s of its sound are missing" in gap.reason


def test_a_sound_that_is_cut_off_is_a_gap(bank: SoundBank, tune: Array, tmp_path: Path) -> None:
    content = filed(tmp_path, tune, "whole").read_bytes()
    cut = tmp_path / "cut.flac"
    cut.write_bytes(content[: len(content) * 3 // 5])
    reasons = [each.reason for each in bank.answers(cut) if isinstance(each, Gap)]
    assert len(reasons) == 1
    assert "cut off" in reasons[0] or "damaged" in reasons[0]


def test_a_film_without_sound_and_a_sound_without_any(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        frame = av.VideoFrame.from_ndarray(numpy.zeros((64, 64, 3), numpy.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert SoundHasher().fingerprint(opened(film)) is None
    broken = tmp_path / "broken.flac"
    broken.write_bytes(b"fLaC" + bytes(2000))
    with pytest.raises(Unreadable):
        SoundHasher().fingerprint(opened(broken))


def test_without_chromaprint_it_says_so_and_still_finds(
    bank: SoundBank, tune: Array, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "tool", lambda: None)
    monkeypatch.setattr(chromaprint, "tool", lambda: None)
    assert "Chromaprint" in (SoundHasher().lacks() or "")
    (match,) = found(bank, tmp_path, part(tune, 2, 12))
    assert match.grade is Grade.PROVEN


def test_without_the_libraries_nothing_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "_installed", lambda library: False)
    assert "not installed" in (SoundHasher().lacks() or "")
    with pytest.raises(Unreadable, match="not installed"):
        SoundHasher().fingerprint(opened(filed(tmp_path, babble(chance(81), 2), "a")))


@pytest.mark.shared
def test_shared_copies_and_voices(shared_data: Path, tmp_path: Path) -> None:
    copies = shared_data / "audio_copy"
    spoken = sorted((shared_data / "voices").rglob("*.flac"))[:14]
    bank = SoundBank(tmp_path / "bank")
    bank.add([*sorted(copies.glob("*.wav")), *spoken])
    for name in ("test1_22050.mp3", "test2_8000.mkv"):
        (match,) = bank.matches(copies / name)
        assert (match.banked.source, match.grade) == (name.split(".")[0], Grade.PROVEN)
    everyone = numpy.concatenate([read(file) for file in others(shared_data, spoken)])
    assert found(bank, tmp_path, everyone) == []


def others(shared_data: Path, spoken: Sequence[Path]) -> list[Path]:
    """Other utterances, of the same speakers among others."""
    return [
        file for file in sorted((shared_data / "voices").rglob("*.flac")) if file not in spoken
    ][:8]

"""The parts of knowing sounds: peaks, prints, keys, the index, lines, Chromaprint's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.fingerprint import chromaprint, sound_index
from checkthegate.fingerprint.chromaprint import WordMaker
from checkthegate.fingerprint.sound_index import brute_force, load, write
from checkthegate.fingerprint.sound_keys import KEYS, source_pairs, target_pairs, unheard
from checkthegate.fingerprint.sound_line import Line, Side, settled
from checkthegate.fingerprint.sound_meeting import meeting
from checkthegate.fingerprint.sound_print import Channel, SoundPrint
from checkthegate.fingerprint.spectra import RATE, TICK_SECONDS, PeakFinder, Peaks, no_peaks

Array = numpy.ndarray[Any, Any]


def random_peaks(seed: int, seconds: float = 12.0, each_second: int = 40) -> Peaks:
    chance = numpy.random.default_rng(seed)
    count = int(seconds * each_second)
    return Peaks(
        numpy.sort(chance.integers(0, int(seconds / TICK_SECONDS), count)).astype("<u4"),
        chance.integers(200, 4200, count).astype("<u2"),
        chance.integers(0, 200, count).astype("u1"),
        chance.integers(0, 200, count).astype("u1"),
    )


def channel(peaks: Peaks, seconds: float = 12.0, words: Array | None = None) -> Channel:
    said = numpy.zeros(0, "<u4") if words is None else words
    return Channel(1, 0, peaks, numpy.zeros(int(seconds * 21), "u1"), said)


def noise(seed: int, seconds: float) -> Array:
    return numpy.random.default_rng(seed).normal(0, 0.1, int(seconds * RATE)).astype(numpy.float32)


def peaks_of(samples: Array, block: int) -> Peaks:
    finder = PeakFinder()
    for start in range(0, len(samples), block):
        finder.feed(samples[start : start + block])
    return finder.finish()


def same(one: Peaks, other: Peaks) -> bool:
    names = ("times", "pitches", "levels", "strengths")
    return all(numpy.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 40_000), st.integers(0, 5))
def test_peaks_do_not_depend_on_how_they_are_fed(block: int, seed: int) -> None:
    samples = noise(seed, 30)
    assert same(peaks_of(samples, max(block, 200)), peaks_of(samples, len(samples)))


def test_a_peak_says_when_and_how_high() -> None:
    samples = noise(1, 10) * 0.01
    blip = numpy.hanning(2000) * numpy.sin(2 * numpy.pi * 800 * numpy.arange(2000) / RATE)
    samples[5 * RATE : 5 * RATE + 2000] += blip.astype(numpy.float32)
    peaks = peaks_of(samples, 50_000)
    loudest = int(numpy.argmax(peaks.levels))
    assert peaks.times[loudest] * TICK_SECONDS == pytest.approx(5 + 1000 / RATE, abs=0.01)
    assert 100 * 2 ** (peaks.pitches[loudest] / 64 / 12) == pytest.approx(800, rel=0.005)


def test_nothing_in_silence_and_in_nothing() -> None:
    assert len(peaks_of(numpy.zeros(3 * RATE, numpy.float32), 999)) == 0
    assert len(PeakFinder().finish()) == 0
    click = peaks_of(noise(1, 0.01), 9)
    assert click.times.max() * TICK_SECONDS < 0.1


def test_not_more_peaks_than_are_asked_for() -> None:
    few = random_peaks(1).strongest(5)
    seconds = (few.times * TICK_SECONDS).astype(int)
    assert numpy.bincount(seconds).max() <= 10
    assert len(few) == pytest.approx(12 * 5, abs=5)


@given(st.integers(0, 100), st.integers(0, 3))
@settings(max_examples=20)
def test_a_print_is_read_as_it_was_written(seed: int, channels: int) -> None:
    words = numpy.arange(seed, dtype="<u4")
    written = [channel(random_peaks(seed + n, 2), 2.0, words) for n in range(channels)]
    read = SoundPrint.from_bytes(SoundPrint(2.5, tuple(written), b"taste").to_bytes())
    assert (read.seconds, read.taste, len(read.channels)) == (2.5, b"taste", channels)
    for one, other in zip(read.channels, written, strict=True):
        assert same(one.peaks, other.peaks)
        assert (one.stream, one.number) == (1, 0)
        assert numpy.array_equal(one.words, words)
        assert numpy.array_equal(one.outline, other.outline)


@given(st.binary(max_size=300), st.integers(0, 4000))
@settings(max_examples=60)
def test_anything_else_is_refused(junk: bytes, at: int) -> None:
    whole = SoundPrint(9.0, (channel(random_peaks(1, 3)),)).to_bytes()
    changed = whole[:at] + junk if at < len(whole) else junk
    try:
        SoundPrint.from_bytes(changed)
    except ValueError:
        return
    # What was changed may lie in the outline alone, where every byte means something.
    assert changed.startswith(b"GSND\x01")


def test_no_peaks_are_stored_too() -> None:
    assert len(Peaks.from_bytes(no_peaks().to_bytes())) == 0


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_the_index_finds_what_the_slow_truth_finds(seed: int) -> None:
    import tempfile

    entries = [(number, 0, channel(random_peaks(seed + number, 4), 4.0)) for number in range(4)]
    asked = target_pairs(random_peaks(seed, 2))
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), entries)
        index = load(Path(folder))
        hits = index.find(asked, 20)
        fast = set()
        for which, place, shift in zip(hits.asked, hits.places, hits.shifts, strict=True):
            number, part, first = index.channel_at(int(place))
            fast.add((int(which), number, part, int(place) - first, int(shift)))
    slow = {tuple(map(int, each)) for each in brute_force(entries, asked, 20)}
    assert fast == slow
    assert slow


def test_words_are_found_wherever_they_are(tmp_path: Path) -> None:
    words = numpy.array([7, 9, 7, 4_000_000_000], "<u4")
    write(tmp_path, [(5, 0, channel(random_peaks(1), words=words)), (8, 2, channel(no_peaks()))])
    index = load(tmp_path)
    hits = index.find_words(numpy.array([4_000_000_000, 1, 7], "<u4"))
    assert hits.asked.tolist() == [0, 2, 2]
    frames = sound_index.word_frames(4) + sound_index.APART
    assert sorted(hits.places.tolist()) == sorted(frames[[3, 0, 2]].tolist())
    assert [index.channel_at(int(place))[:2] for place in hits.places] == [(5, 0)] * 3


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    write(tmp_path, [])
    assert len(load(tmp_path).find(target_pairs(random_peaks(1)), 20).asked) == 0


def test_an_index_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    write(tmp_path, [(1, 0, channel(random_peaks(1)))])
    numpy.save(tmp_path / "pair-places.npy", numpy.zeros((3, 1), "<u4"))
    with pytest.raises(ValueError, match="do not fit"):
        load(tmp_path)


def test_only_what_is_new_in_a_channel_is_asked_again() -> None:
    one, other = random_peaks(1, 4), random_peaks(2, 4)
    assert not unheard(one, one).any()
    fresh = unheard(other, one)
    assert fresh.mean() > 0.7
    asked, every = target_pairs(other, fresh), target_pairs(other)
    assert 0 < len(asked) <= len(every)
    assert len(target_pairs(other, numpy.zeros(len(other), bool))) == 0


def test_keys_stay_in_their_range() -> None:
    for seed in range(5):
        peaks = random_peaks(seed, 20, 60)
        for pairs in (source_pairs(peaks), target_pairs(peaks)):
            assert len(pairs)
            assert pairs.keys.min() >= 0
            assert pairs.keys.max() < KEYS


@given(
    st.floats(0.95, 1.05), st.floats(-1, 1), st.floats(-0.4, 0.4), st.floats(-0.2, 0.2)
)  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_a_line_is_found_from_nearby(
    speed: float, shift: float, lag: float, detuned: float
) -> None:
    peaks = Side.of(random_peaks(3))
    line = Line(2.0, speed, shift)
    heard = Side(line.forth(peaks.times), peaks.pitches + shift, peaks.levels)
    around = float(line.forth(6.0))
    guess = Line(around - 6.0 + lag, 1.0, shift + detuned)
    found = settled(peaks, heard, around, guess)
    assert found is not None
    assert found.line.back(around) == pytest.approx(6.0, abs=0.06)
    assert found.line.shift == pytest.approx(shift, abs=0.2)
    assert found.votes > 3 * found.expected
    met = meeting(peaks, heard, line)
    assert met is not None
    assert met.hit.all()
    assert met.chance.mean() < 0.3


def test_chromaprint_says_the_same_in_blocks() -> None:
    if chromaprint.tool() is None:
        pytest.skip("neither imageio-ffmpeg nor fpcalc is installed")
    samples = noise(4, 20)
    made = []
    for block in (len(samples), 5_000):
        maker = WordMaker()
        for start in range(0, len(samples), block):
            maker.feed(samples[start : start + block])
        made.append(maker.finish())
    assert numpy.array_equal(made[0], made[1])
    assert len(made[0]) == pytest.approx(
        (20 - chromaprint.WORD_REACH) / chromaprint.WORD_SECONDS, abs=3
    )


def test_chromaprint_that_fails_gives_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromaprint, "tool", lambda: ("false",))
    maker = WordMaker()
    for _ in range(20):
        maker.feed(noise(1, 5))
    assert len(maker.finish()) == 0
    monkeypatch.setattr(chromaprint, "tool", lambda: ("/no/such/program",))
    maker = WordMaker()
    maker.feed(noise(1, 1))
    assert len(maker.finish()) == 0
    maker.close()

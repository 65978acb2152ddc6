"""Every shot of a second is looked at, and little else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fingerprint.moving_pictures import asset, film, scene

from checkthegate.fingerprint.sampling import Beginnings, choose
from checkthegate.seams import Packets

LENGTHS = [26, 40, 24, 31, 55, 28, 36]
STARTS = np.cumsum([0, *LENGTHS[:-1]]) / 24
ENCODINGS = {
    "keys at cuts": {"g": "250", "preset": "veryfast"},
    "keys by the clock": {"g": "48", "keyint_min": "48", "sc_threshold": "0", "preset": "veryfast"},
    "one key": {"g": "1000", "sc_threshold": "0", "preset": "veryfast"},
}


@pytest.fixture(scope="module")
def shots() -> list[np.ndarray]:
    return [
        frame
        for number, length in enumerate(LENGTHS)
        for frame in scene(number, seconds=length / 24, camera=0.1 * (number % 2))
    ]


def packets_of(file: Path) -> Packets:
    with asset(file) as found, found.film() as moving:
        return moving.packets()


@pytest.mark.parametrize("way", ENCODINGS)
def test_every_shot_is_seen(tmp_path: Path, shots: list[np.ndarray], way: str) -> None:
    packets = packets_of(film(tmp_path / "cut.mp4", shots, **ENCODINGS[way]))
    chosen = choose(packets)
    ends = [*STARTS[1:], len(shots) / 24]
    for start, end in zip(STARTS, ends, strict=True):
        seen = (chosen.times >= start - 1e-3) & (chosen.times < end - 1e-3)
        assert seen.any(), f"the shot at {start:.2f} s is not looked at"
    assert len(chosen.times) < len(shots) / 8


def test_frames_that_stand_alone_are_looked_at_twice_a_second(tmp_path: Path) -> None:
    packets = packets_of(film(tmp_path / "cut.mov", scene(1), codec="prores_ks"))
    chosen = choose(packets)
    assert chosen.times == pytest.approx([0, 0.5, 1.0, 1.5])


@given(
    st.lists(st.floats(0.01, 0.5), min_size=1, max_size=200),
    st.integers(0, 2**32),
)
def test_whatever_the_packets_say(steps: list[float], seed: int) -> None:
    times = np.cumsum([0.0, *steps])
    count = len(times)
    chance = np.random.default_rng(seed)
    sizes = chance.integers(0, 10**6, count)
    packets = Packets(times, sizes, chance.random(count) < chance.random())
    chosen = choose(packets)
    assert chosen.times[0] == 0
    assert (np.diff(chosen.times) > 0).all()
    assert np.isin(chosen.times, times).all()
    told = chosen.promise()
    assert told["frames"] == count
    assert told["frames_looked_at"] == len(chosen.times) <= count


def test_it_is_told_what_was_looked_at(tmp_path: Path, shots: list[np.ndarray]) -> None:
    file = film(tmp_path / "cut.mp4", shots, **ENCODINGS["keys at cuts"])
    told = choose(packets_of(file)).promise()
    assert f"of {len(shots)} frames" in str(told["promise"])
    assert "every shot of 1 s and longer" in str(told["promise"])


def test_key_frames_at_cuts_are_told_from_those_by_the_clock(
    tmp_path: Path, shots: list[np.ndarray]
) -> None:
    at_cuts = Beginnings(packets_of(film(tmp_path / "a.mp4", shots, **ENCODINGS["keys at cuts"])))
    # Soon after another change a key frame may be late for its own: of that nothing is sure.
    assert [at_cuts.at(float(start)) for start in STARTS].count(True) >= len(STARTS) - 2
    assert not at_cuts.at(1.0)
    file = film(tmp_path / "b.mp4", shots, **ENCODINGS["keys by the clock"])
    by_clock = Beginnings(packets_of(file))
    assert [by_clock.at(2.0 * number) for number in range(5)] == [True, *[False] * 4]

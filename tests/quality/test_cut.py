"""The made cut is what its truth says."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from quality.cut import make
from quality.encoding import frames_of, rate_and_length
from quality.finishing import KINDS
from quality.plan import RATE, Wanted, plan
from quality.truth import Truth

SMALL = Wanted(
    shots=9, planted=4, seed=5, size=(192, 108), kinds=("none", "flip", "speed", "modified plate")
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("cut") / "made"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GATE_TEST_DATA", raising=False)
        return folder, make(folder, SMALL)


def test_the_film_is_as_long_as_it_says(made: tuple[Path, Truth]) -> None:
    folder, truth = made
    rate, length = rate_and_length(folder / "cut" / truth.films["h264"])
    assert rate == RATE
    assert length == round(truth.seconds * RATE)


def test_every_planted_clip_is_where_the_truth_says(made: tuple[Path, Truth]) -> None:
    """Its frames resemble the record's at the source's times, and not those before and after."""
    folder, truth = made
    film = list(frames_of(folder / "cut" / truth.films["h264"]))
    assert len(truth.planted) == 4
    for planted in truth.planted:
        assert planted.source is not None
        record = list(frames_of(folder / "records" / planted.record))
        start, end = (round(at * RATE) for at in planted.span)
        speed = (planted.source[1] - planted.source[0]) / (planted.span[1] - planted.span[0])
        middle = (start + end) // 2
        place = round((planted.source[0] + (middle - start) / RATE * speed) * RATE)
        flipped = -1 if planted.kind == "flip" else 1
        assert apart(film[middle], record[place][:, ::flipped]) < 12
        assert apart(film[start - 1], record[place][:, ::flipped]) > 20
        if end < len(film):
            assert apart(film[end], record[place][:, ::flipped]) > 20


def test_the_modified_plate_differs_from_the_plate_in_a_part(made: tuple[Path, Truth]) -> None:
    folder, truth = made
    record, plate = next((name, plate) for name, plate in truth.records.items() if plate)
    first = next(frames_of(folder / "records" / record, 20)).astype(int)
    second = next(frames_of(folder / "plates" / plate, 20)).astype(int)
    differing = (np.abs(first - second).max(axis=2) > 40).mean()
    assert 0.01 < differing < 0.4
    assert [each.file for each in truth.plates] == [plate]


def test_the_same_arguments_make_the_same_plan() -> None:
    first, second = plan(Wanted()), plan(Wanted())
    assert [shot.frames for shot in first.shots] == [shot.frames for shot in second.shots]
    assert first.clips == second.clips
    other = plan(Wanted(seed=2))
    assert [shot.frames for shot in other.shots] != [shot.frames for shot in first.shots]


def test_a_whole_cut_has_the_shots_that_are_promised() -> None:
    planned = plan(Wanted())
    planted = [shot for shot in planned.shots if shot.what == "planted"]
    assert len(planned.shots) == 200
    assert len(planted) == 30
    assert {shot.kind for shot in planted} == set(KINDS)
    assert all(1.0 <= shot.frames / RATE <= 4.0 for shot in planted)
    assert sum(shot.what == "plate" for shot in planned.shots) == 2
    assert 2.0 < sum(shot.frames for shot in planned.shots) / RATE / 200 < 4.0


def apart(first: np.ndarray, second: np.ndarray) -> float:
    """The mean difference of two frames in levels, detail averaged away."""
    small = [cv2.resize(each, (32, 18), interpolation=cv2.INTER_AREA) for each in (first, second)]
    return float(cv2.absdiff(*small).mean())

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from tests.fingerprint.pictures import (
    collaged,
    cropped,
    graded,
    grained,
    jpeg,
    letterboxed,
    on_a_desk,
    scene,
    turned,
    written,
)

from checkthegate.fingerprint.borders import content_box, trimmed
from checkthegate.fingerprint.geometry import scaled
from checkthegate.fingerprint.registering import agreement, register, warp
from checkthegate.fingerprint.still_prints import grey

Edit = Callable[[np.ndarray], np.ndarray]

FINISHED: dict[str, Edit] = {
    "as it is": lambda a: a,
    "jpeg": lambda a: jpeg(a, 20),
    "grade": graded,
    "grade and grain": lambda a: jpeg(grained(graded(a)), 50),
    "blur": lambda a: cv2.GaussianBlur(a, (0, 0), 2),
    "half the size": lambda a: scaled(a, 240),
    "crop": lambda a: jpeg(graded(cropped(a, 0.4)), 50),
    "mirror": lambda a: np.ascontiguousarray(a[:, ::-1]),
    "on its side": lambda a: np.ascontiguousarray(np.rot90(a)),
    "turned": lambda a: turned(a, 12),
    "wider": lambda a: cv2.resize(a, (640, 300)),
    "letterbox": lambda a: letterboxed(graded(a)),
    "time-code": lambda a: jpeg(written(a, bar=False), 60),
    "bar": lambda a: jpeg(written(a, bar=True), 60),
    "screenshot": on_a_desk,
    "collage": lambda a: collaged([scene(91), a, scene(92), scene(93)]),
}


def kept_of(picture: np.ndarray) -> np.ndarray:
    """The small picture that a fingerprint keeps."""
    return jpeg(scaled(picture, 384), 85)


def source_of(picture: np.ndarray) -> np.ndarray:
    return grey(kept_of(picture))


@pytest.mark.parametrize("edit", FINISHED)
def test_the_same_picture_however_finished(edit: str) -> None:
    picture = scene(5)
    target = FINISHED[edit](picture)
    found = register(source_of(picture), grey(target))
    assert found is not None
    assert found.flipped == (edit == "mirror")
    agreed = agreement(kept_of(picture), target, found)
    assert agreed.same, agreed
    assert agreed.agreeing > 0.95
    if edit == "crop":
        assert agreed.covered == pytest.approx(0.4, abs=0.03)
    if edit == "collage":
        assert agreed.target_covered == pytest.approx(0.25, abs=0.02)


def test_another_picture_is_not_found() -> None:
    for seed in range(20, 23):
        assert register(source_of(scene(5)), grey(scene(seed))) is None


@pytest.mark.parametrize("finish", ["as it is", "jpeg", "grade and grain", "time-code"])
def test_a_picture_in_which_something_moved_is_not_the_same(finish: str) -> None:
    picture, thing = scene(6), scene(7)[80:170, 60:140]
    before, after = picture.copy(), picture.copy()
    before[100:190, 200:280] = thing
    after[100:190, 206:286] = thing
    target = grey(FINISHED[finish](after))
    found = register(source_of(before), target)
    assert found is not None
    agreed = agreement(source_of(before), target, found)
    assert not agreed.same
    assert agreed.agreeing > 0.6


def test_a_picture_with_another_thing_in_it_is_not_the_same() -> None:
    picture, other = scene(6), scene(6)
    other[100:180, 200:300] = scene(8)[40:120, 40:140]
    target = grey(other)
    found = register(source_of(picture), target)
    assert found is not None
    agreed = agreement(source_of(picture), target, found)
    assert not agreed.same
    assert agreed.changed > 0.02
    assert agreed.differs > 0.02


@pytest.mark.shared
def test_frames_of_a_take_are_told_apart(shared_data: object) -> None:
    from pathlib import Path

    av = pytest.importorskip("av")
    with av.open(Path(str(shared_data)) / "takes" / "hungry.mkv") as container:
        frames = [each.to_ndarray(format="rgb24") for each in container.decode(video=0)]
    source = source_of(frames[20])
    same, others = [], []
    for edit in ("grade and grain", "time-code", "bar", "crop"):
        target = grey(FINISHED[edit](frames[20]))
        found = register(source, target)
        same.append(found is not None and agreement(source, target, found).same)
    for number in (10, 22, 30):
        target = grey(FINISHED["jpeg"](frames[number]))
        found = register(source, target)
        others.append(found is not None and agreement(source, target, found).same)
    assert all(same)
    assert not any(others)


def test_warp_lays_the_target_over_the_source() -> None:
    picture = scene(9)
    target = grey(cropped(picture, 0.5))
    found = register(source_of(picture), target)
    assert found is not None
    laid, seen = warp(target, found, (320, 480))
    assert seen.mean() == pytest.approx(0.5, abs=0.03)
    apart = np.abs(laid.astype(int) - grey(picture).astype(int))[seen]
    assert np.median(apart) < 6


@pytest.mark.parametrize("shape", [(1, 1), (8, 300), (40, 40)])
def test_tiny_and_flat_pictures_are_not_found(shape: tuple[int, int]) -> None:
    assert register(np.full(shape, 90, np.uint8), grey(scene(5))) is None
    assert register(grey(scene(5)), np.full(shape, 90, np.uint8)) is None


def test_bars_of_one_tone_are_cut() -> None:
    picture = scene(11)
    left, top, right, bottom = content_box(letterboxed(picture, 60))
    assert (left, right) == (0, 480)
    assert abs(top - 60) <= 3
    assert abs(bottom - 380) <= 3
    pillars = np.pad(picture, ((0, 0), (90, 70), (0, 0)), constant_values=255)
    left, _, right, _ = content_box(pillars)
    assert abs(left - 90) <= 3
    assert abs(right - 570) <= 3
    assert trimmed(picture).shape == picture.shape
    assert trimmed(np.zeros((50, 60, 3), np.uint8)).shape == (50, 60, 3)

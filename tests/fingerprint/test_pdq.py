from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.fingerprint.pictures import graded, grained, jpeg, scene

from checkthegate.fingerprint import pdq

WAYS = [lambda a: a, lambda a: a[:, ::-1], lambda a: a[::-1], lambda a: a[::-1, ::-1]]

# What the industry takes for the same picture is 31 bits; ours stay this near published codes.
FROM_A_PHOTOGRAPH = 12
FROM_A_SMALL_PICTURE = 16


def bits_apart(one: np.ndarray, two: np.ndarray) -> int:
    return int(np.bitwise_count(one ^ two).sum())


@pytest.mark.shared
def test_near_the_published_codes(shared_data: Path) -> None:
    folder = shared_data / "copy_image"
    compared = 0
    with (folder / "manifest.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            published = row["pdq_published"] or row["pdq_computed"]
            if not published:
                continue
            picture = np.asarray(Image.open(folder / row["file"]).convert("RGB"))
            code, quality = pdq.pdq(picture)
            apart = bits_apart(code, np.frombuffer(bytes.fromhex(published), np.uint8))
            large = min(picture.shape[:2]) >= 600
            assert apart <= (FROM_A_PHOTOGRAPH if large else FROM_A_SMALL_PICTURE), row["file"]
            assert quality == int(row["pdq_quality"]), row["file"]
            compared += 1
    assert compared >= 15


@pytest.mark.shared
def test_near_the_published_codes_of_a_film(shared_data: Path) -> None:
    av = pytest.importorskip("av")
    folder = shared_data / "copy_video"
    lines = (folder / "vpdq_hashes" / "doorknob-hd-no-bar.txt").read_text().splitlines()
    published = [each.split(",") for each in lines]
    apart = []
    with av.open(folder / "doorknob-hd-no-bar.mp4") as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == 12:
                break
            code, _ = pdq.pdq(frame.to_ndarray(format="rgb24"))
            wanted = bytes.fromhex(published[number][2])
            apart.append(bits_apart(code, np.frombuffer(wanted, np.uint8)))
    assert max(apart) <= FROM_A_PHOTOGRAPH


def test_all_eight_ways_from_one_transform() -> None:
    picture = scene(1)
    codes = pdq.dihedral(picture)
    assert bits_apart(codes[0], pdq.pdq(picture)[0]) == 0
    for way in WAYS:
        for side in (way(picture), way(picture).transpose(1, 0, 2)):
            own = pdq.pdq(np.ascontiguousarray(side))[0]
            assert min(bits_apart(own, each) for each in codes) <= 2


def test_finishing_stays_near_and_others_far() -> None:
    picture = scene(2)
    code, quality = pdq.pdq(picture)
    assert quality == 100
    finished = jpeg(grained(graded(picture)), 20)
    assert bits_apart(code, pdq.pdq(finished)[0]) <= pdq.MATCH_RADIUS
    others = [bits_apart(code, pdq.pdq(scene(seed))[0]) for seed in range(10, 40)]
    assert min(others) > 2 * pdq.MATCH_RADIUS


def test_many_frames_at_once_are_what_each_is() -> None:
    frames = np.stack([pdq.to_luma64(scene(seed)) for seed in range(5)])
    codes, qualities = pdq.pdq_many(frames)
    for seed, code in enumerate(codes):
        assert bits_apart(code, pdq.pdq(scene(seed))[0]) <= 6
    assert qualities.min() == 100


def test_a_flat_picture_has_no_quality() -> None:
    assert pdq.pdq(np.full((90, 120, 3), 128, np.uint8))[1] == 0
    assert pdq.pdq(np.full((90, 120), 128, np.uint8))[1] == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (3, 2, 3), (2000, 7)])
def test_odd_shapes_have_a_code(shape: tuple[int, ...]) -> None:
    code, quality = pdq.pdq(np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8))
    assert code.shape == (32,)
    assert 0 <= quality <= 100

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.fingerprint.pictures import (
    Kept,
    MemoryBank,
    Still,
    banked,
    collaged,
    cropped,
    found,
    graded,
    grained,
    jpeg,
    letterboxed,
    on_a_desk,
    scene,
    turned,
    weights,
    written,
)

from checkthegate.fingerprint.exhibits import MOST_BYTES
from checkthegate.fingerprint.motion import on_grid
from checkthegate.fingerprint.pdq import pdq
from checkthegate.fingerprint.picture import PictureHasher, hasher
from checkthegate.fingerprint.picture_print import KeptStill, PicturePrint, from_bytes, to_bytes
from checkthegate.fingerprint.sscd import Descriptors
from checkthegate.fingerprint.still_prints import grey
from checkthegate.fingerprint.still_prints import jpeg as jpeg_of
from checkthegate.model import Grade

EDITS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "jpeg": lambda a: jpeg(a, 20),
    "grade, grain": lambda a: jpeg(grained(graded(a)), 50),
    "crop": lambda a: jpeg(cropped(a, 0.4), 60),
    "mirror": lambda a: np.ascontiguousarray(a[:, ::-1]),
    "on its side": lambda a: np.ascontiguousarray(np.rot90(a)),
    "turned": lambda a: turned(a, 15),
    "letterbox, bar": lambda a: jpeg(letterboxed(written(a, bar=True)), 60),
    "screenshot": on_a_desk,
    "collage": lambda a: collaged([scene(91), scene(92), a, scene(93)]),
}
ENTRIES = 12


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> tuple[PictureHasher, MemoryBank]:
    folder = tmp_path_factory.mktemp("bank")
    return banked(folder, [scene(seed) for seed in range(ENTRIES)], weights())


@pytest.mark.parametrize("edit", EDITS)
def test_a_recorded_picture_is_proven_however_finished(
    edit: str, bank: tuple[PictureHasher, MemoryBank]
) -> None:
    (match,) = found(*bank, EDITS[edit](scene(3)))
    assert match.banked.number == 3
    assert match.grade is Grade.PROVEN
    assert match.distance < 0.35
    assert match.span is None
    assert match.source_span is None


def test_nothing_is_found_in_other_pictures(bank: tuple[PictureHasher, MemoryBank]) -> None:
    for seed in range(50, 54):
        assert found(*bank, scene(seed)) == []
    assert found(*bank, np.zeros((200, 300, 3), np.uint8)) == []


def test_all_parts_of_a_collage_are_found(bank: tuple[PictureHasher, MemoryBank]) -> None:
    matches = found(*bank, collaged([scene(1), scene(90), scene(5), scene(8)]))
    assert {each.banked.number for each in matches} == {1, 5, 8}
    assert all(each.detail["share"] == pytest.approx(0.25, abs=0.03) for each in matches)


def test_a_changed_picture_is_suspected(bank: tuple[PictureHasher, MemoryBank]) -> None:
    changed = scene(4)
    changed[90:210, 150:310] = scene(60)[90:210, 150:310]
    (match,) = found(*bank, changed)
    assert match.banked.number == 4
    assert match.grade is Grade.SUSPECTED
    assert match.differs is not None
    assert match.differs > 0.05


def test_an_asset_nearer_to_a_plate_is_not_what_was_made_from_it(tmp_path: Path) -> None:
    plate = scene(30)
    output = plate.copy()
    output[120:150, 200:236] = scene(61)[120:150, 200:236]
    knower, bank = banked(tmp_path, [output, plate], weights(), {0: [1]})
    for picture, nearest in ((plate, 1), (output, 0)):
        matches = found(knower, bank, jpeg(graded(picture), 60))
        proven = [each.banked.number for each in matches if each.grade is Grade.PROVEN]
        assert proven == [nearest]


def test_many_look_alikes_do_not_flood(tmp_path: Path) -> None:
    pictures = []
    for seed in range(20):
        variant = scene(31)
        variant[60:220, 100:300] = scene(100 + seed)[60:220, 100:300]
        pictures.append(variant)
    matches = found(*banked(tmp_path, pictures, weights()), scene(31))
    assert 0 < len(matches) <= 8
    assert all(each.grade is Grade.SUSPECTED for each in matches)
    assert [each.distance for each in matches] == sorted(each.distance for each in matches)


def test_exhibits_lie_side_by_side(bank: tuple[PictureHasher, MemoryBank]) -> None:
    (match,) = found(*bank, EDITS["crop"](scene(3)))
    ours, theirs = match.exhibits
    assert (ours.side, theirs.side) == ("found", "source")
    assert max(len(ours.body), len(theirs.body)) <= MOST_BYTES
    sizes = {Image.open(io.BytesIO(each.body)).size for each in match.exhibits}
    assert len(sizes) == 1
    assert "3.png" in theirs.caption


def test_a_known_still_is_not_decoded_again(bank: tuple[PictureHasher, MemoryBank]) -> None:
    knower, entries = bank
    cache = Kept()
    other = np.random.default_rng(1).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    first, again = Still(other), Still(other)
    assert list(knower.match(first, entries, cache)) == []  # type: ignore[arg-type]
    assert first.decoded == 1
    assert list(knower.match(again, entries, cache)) == []  # type: ignore[arg-type]
    assert again.decoded == 0
    assert found(knower, entries, EDITS["collage"](scene(2)), cache) == []


def test_a_damaged_cache_costs_only_time(bank: tuple[PictureHasher, MemoryBank]) -> None:
    cache = Kept()
    found(*bank, EDITS["mirror"](scene(6)), cache)
    for key in cache:
        cache[key] = cache[key][:-3]
    (match,) = found(*bank, EDITS["mirror"](scene(6)), cache)
    assert match.grade is Grade.PROVEN


def test_a_damaged_fingerprint_is_a_gap(tmp_path: Path) -> None:
    knower, bank = banked(tmp_path, [scene(1), scene(2)], weights())
    bank._prints = [each[:90] for each in bank._prints]
    (gap,) = knower.match(Still(scene(2)), bank, Kept())  # type: ignore[arg-type]
    assert "damaged" in gap.reason  # type: ignore[union-attr]


def test_without_networks_finishing_is_still_found(tmp_path: Path) -> None:
    knower, bank = banked(tmp_path, [scene(seed) for seed in range(6)], None)
    assert knower.recipe != PictureHasher().recipe or "not installed" in str(knower.lacks())
    for edit in ("jpeg", "grade, grain", "mirror", "on its side"):
        (match,) = found(knower, bank, EDITS[edit](scene(3)))
        assert match.banked.number == 3
        assert match.grade is Grade.PROVEN
    assert found(knower, bank, scene(70)) == []


def test_the_code_of_an_entry_is_that_of_the_picture(tmp_path: Path) -> None:
    _, bank = banked(tmp_path, [scene(1)], None)
    kept = from_bytes(bank.fingerprint(0))
    assert np.array_equal(kept.codes[0], pdq(scene(1))[0])
    assert len(kept.descriptors) in (0, len(kept.codes))
    assert len(kept.stills) == 1


def test_a_frame_of_a_recorded_film_is_found(tmp_path: Path) -> None:
    networks = Descriptors(weights())
    frames = [moving(step) for step in range(24)]
    kept = PicturePrint(
        "film",
        480,
        320,
        1.0,
        24.0,
        np.zeros(1, np.float32),
        pdq(frames[0])[0][None],
        networks.bulk(frames[:1]).astype(np.float16),
        (KeptStill(0.0, jpeg_of(frames[0], 80)),),
        np.stack([on_grid(grey(each), (43, 64)) for each in frames]).astype(np.uint8),
        np.arange(24, dtype=np.float32) / 24,
    )
    knower = hasher({"models": str(weights())})
    bank = MemoryBank(tmp_path, knower, [to_bytes(kept)])
    (match,) = found(knower, bank, jpeg(graded(moving(14)), 60))
    assert match.grade is Grade.PROVEN
    assert match.source_span is not None
    assert match.source_span.start == pytest.approx(14 / 24, abs=0.05)
    (look_alike,) = found(knower, bank, jpeg(graded(moving(14, down=40)), 60))
    assert look_alike.grade is Grade.SUSPECTED


def moving(step: int, down: int = 0) -> np.ndarray:
    """A frame of a take: a thing crosses the scene."""
    frame = scene(12)
    left = 60 + 8 * step
    frame[60 + down : 180 + down, left : left + 110] = scene(13)[60:180, 60:170]
    return frame

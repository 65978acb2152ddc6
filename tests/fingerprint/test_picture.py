from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.fingerprint.pictures import MemoryBank, Still, banked, scene, weights

from checkthegate.fingerprint import picture
from checkthegate.fingerprint.picture import hasher
from checkthegate.fingerprint.picture_print import CODE_BYTES, DIMENSIONS, from_bytes
from checkthegate.fingerprint.proposing import Proposer
from checkthegate.fingerprint.still_prints import working_picture
from checkthegate.model import Asset, Kind, Unreadable
from checkthegate.seams import Hasher


def test_is_a_hasher_that_wants_pictures_and_films() -> None:
    knower = hasher({})
    assert isinstance(knower, Hasher)
    kinds = [
        kind for kind in Kind if knower.wants(Asset("a", kind, "application/x-any", 1, "sha256:"))
    ]
    assert kinds == [Kind.IMAGE, Kind.VIDEO, Kind.SEQUENCE]


def test_says_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "make setup" in str(hasher({"models": str(tmp_path)}).lacks())
    assert hasher({"models": str(weights())}).lacks() is None
    monkeypatch.setattr(picture, "_LIBRARIES", ("a_library_that_nobody_has",))
    bare = hasher({})
    assert "matching" in str(bare.lacks())
    with pytest.raises(Unreadable, match="matching"):
        bare.fingerprint(Still(scene(1)))  # type: ignore[arg-type]


def test_prints_with_and_without_networks_are_not_compared() -> None:
    assert hasher({}).recipe != hasher({"models": str(weights())}).recipe


def test_a_blank_still_has_no_fingerprint() -> None:
    knower = hasher({})
    assert knower.fingerprint(Still(np.full((90, 160, 3), 20, np.uint8))) is None  # type: ignore[arg-type]


def test_a_fingerprint_is_the_same_each_time_and_small() -> None:
    knower = hasher({"models": str(weights())})
    one, two = (knower.fingerprint(Still(scene(4, 900, 600))) for _ in range(2))  # type: ignore[arg-type]
    assert one == two
    assert one is not None
    assert len(one) < 120_000
    kept = from_bytes(one)
    assert kept.codes.shape == (1, CODE_BYTES)
    assert kept.descriptors.shape == (1, DIMENSIONS)
    assert (kept.width, kept.height) == (900, 600)


def test_the_index_proposes_what_comparing_all_would(tmp_path: Path) -> None:
    _, bank = banked(tmp_path, [scene(seed) for seed in range(7)], weights())
    kept = [from_bytes(bank.fingerprint(number)) for number in range(7)]
    asked = np.concatenate([each.descriptors for each in kept[:3]]).astype(np.float32)
    near = Proposer(bank).near(asked, 0.45)
    got = {(int(q), int(n)) for q, n in zip(near.queries, near.numbers, strict=True)}
    every = np.concatenate([each.descriptors for each in kept]).astype(np.float32)
    scores = asked @ every.T
    wanted = {(q, n) for q, n in zip(*np.nonzero(scores >= 0.45), strict=True)}
    assert got == wanted
    codes = Proposer(bank).near_codes(kept[5].codes, 0)
    assert codes.numbers.tolist() == [5]
    assert codes.scores.tolist() == [0]


def test_an_empty_bank_has_nothing(tmp_path: Path) -> None:
    knower = hasher({"models": str(weights())})
    bank = MemoryBank(tmp_path, knower, [])
    assert len(Proposer(bank).near(np.zeros((1, DIMENSIONS), np.float32), 0.0)) == 0


def test_damaged_fingerprints_are_left_out_of_the_index(tmp_path: Path) -> None:
    knower = hasher({"models": str(weights())})
    good = knower.fingerprint(Still(scene(2)))  # type: ignore[arg-type]
    bank = MemoryBank(tmp_path, knower, [b"damaged", good or b"", b""])
    near = Proposer(bank).near_codes(from_bytes(good or b"").codes, 0)
    assert near.numbers.tolist() == [1]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_looked_at_upright(orientation: int) -> None:
    from types import SimpleNamespace

    from PIL import Image, ImageOps

    rgb = scene(3, 120, 80)
    still = Still(rgb)
    shown = SimpleNamespace(rgb=rgb, alpha=None, orientation=orientation)
    still.picture = lambda: shown  # type: ignore[method-assign]
    image = Image.fromarray(rgb)
    image.getexif()[0x0112] = orientation
    upright = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(working_picture(still), upright)  # type: ignore[arg-type]


def test_see_through_pictures_lie_on_grey() -> None:
    from types import SimpleNamespace

    rgb = scene(3, 120, 80)
    alpha = np.full((80, 120), 255, np.uint8)
    alpha[:, :60] = 0
    still = Still(rgb)
    still.picture = lambda: SimpleNamespace(rgb=rgb, alpha=alpha)  # type: ignore[method-assign]
    seen = working_picture(still)  # type: ignore[arg-type]
    assert (seen[:, :60] == 128).all()
    assert np.array_equal(seen[:, 60:], rgb[:, 60:])

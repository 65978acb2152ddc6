from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.fingerprint import index_bits


def codes_near(seed: int, count: int, flips: int) -> np.ndarray:
    """Codes around a few centres, so that there is something within any radius."""
    random = np.random.default_rng(seed)
    centres = random.integers(0, 256, (3, 32), dtype=np.uint8)
    bits = np.unpackbits(centres[random.integers(0, 3, count)], axis=1)
    for row in bits:
        row[random.integers(0, 256, flips)] ^= 1
    return np.packbits(bits, axis=1)


def indexed(folder: Path, codes: np.ndarray) -> index_bits.BitIndex:
    index_bits.write(folder, codes, np.arange(len(codes))[:, None] * 7)
    return index_bits.load(folder)


def same(left: index_bits.Hits, right: index_bits.Hits) -> bool:
    return all(
        one.dtype == other.dtype and np.array_equal(one, other)
        for one, other in zip(left, right, strict=True)
    )


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32), st.integers(0, 80), st.integers(0, 300), st.integers(0, 40),
    st.integers(-1, 257),
)  # fmt: skip
def test_equals_brute_force(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int, count: int, asked: int, flips: int, radius: int,
) -> None:  # fmt: skip
    codes = codes_near(seed, count, flips)
    queries = codes_near(seed, asked, 5)
    index = indexed(tmp_path_factory.mktemp("bits"), codes)
    assert same(index.within(queries, radius), index_bits.brute_force(codes, queries, radius))


def test_the_slow_truth_is_the_number_of_differing_bits() -> None:
    codes = np.zeros((2, 32), np.uint8)
    codes[1, :2] = (0b1011, 0x80)
    numbers, rows, distances = index_bits.brute_force(codes, codes[:1], 4)
    assert (numbers.tolist(), rows.tolist(), distances.tolist()) == ([0, 0], [0, 1], [0, 4])
    assert index_bits.brute_force(codes, codes[:1], 3)[1].tolist() == [0]


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_bank_and_a_bank_of_one(tmp_path: Path, count: int) -> None:
    index = indexed(tmp_path, np.full((count, 32), 9, np.uint8))
    numbers, rows, distances = index.within(np.full((2, 32), 9, np.uint8), 0)
    assert (numbers.tolist(), rows.tolist(), distances.tolist()) == (
        [0, 1][: 2 * count],
        [0, 0][: 2 * count],
        [0, 0][: 2 * count],
    )
    assert index.ids.shape == (count, 1)


def test_without_faiss_the_answer_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = codes_near(3, 500, 20)
    index = indexed(tmp_path, codes)
    fast = index.within(codes[:9], 30)
    monkeypatch.setitem(sys.modules, "faiss", None)
    assert len(fast[0]) > 9
    assert same(fast, index.within(codes[:9], 30))


def test_ids_and_codes_must_fit(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 ids for 1 entries"):
        index_bits.write(tmp_path, np.zeros((1, 32), np.uint8), np.zeros((2, 1)))
    index_bits.write(tmp_path, np.zeros((1, 32), np.uint8), np.zeros((1, 1)))
    np.save(tmp_path / "codes.npy", np.zeros((1, 16), np.uint8))
    with pytest.raises(ValueError, match="not of the expected form"):
        index_bits.load(tmp_path)

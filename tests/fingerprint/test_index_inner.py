from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.fingerprint import index_inner
from checkthegate.fingerprint.index_multiply import MIDDLE, multiplier


def unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)


def vectors_around(seed: int, count: int, spread: float, centres: int = 4) -> np.ndarray:
    """Unit vectors around a few centres: from all alike to hardly related."""
    random = np.random.default_rng(seed)
    middles = unit(random.standard_normal((centres, 512)))
    noise = random.standard_normal((count, 512)) * spread / 22.6
    return unit(middles[random.integers(0, centres, count)] + noise)


def indexed(folder: Path, vectors: np.ndarray) -> index_inner.InnerIndex:
    index_inner.write(folder, vectors, np.arange(len(vectors))[:, None])
    return index_inner.load(folder)


def same(left: index_inner.Hits, right: index_inner.Hits) -> bool:
    return all(
        one.dtype == other.dtype and np.array_equal(one, other)
        for one, other in zip(left, right, strict=True)
    )


@settings(deadline=None, max_examples=25)
@given(
    st.integers(0, 2**32), st.integers(0, 300), st.integers(0, 12), st.floats(0, 3),
    st.floats(-1.1, 1.1),
)  # fmt: skip
def test_equals_brute_force(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int, count: int, asked: int, spread: float, threshold: float,
) -> None:  # fmt: skip
    vectors = vectors_around(seed, count, spread)
    queries = vectors_around(seed, asked, spread)
    index = indexed(tmp_path_factory.mktemp("inner"), vectors)
    truth = index_inner.brute_force(vectors.astype(np.float16), queries, threshold)
    assert same(index.above(queries, threshold), truth)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32), st.integers(0, 511), st.floats(0, 20))
def test_a_threshold_at_the_very_score_still_counts(
    tmp_path_factory: pytest.TempPathFactory, seed: int, peak: int, height: float
) -> None:
    """Also for vectors that 8 bits cannot hold: one component far above all others."""
    vectors = vectors_around(seed, 40, 1)
    vectors[::3, peak] += height
    vectors = unit(vectors)
    queries = unit(vectors[:2] + vectors[5:7])
    index = indexed(tmp_path_factory.mktemp("inner"), vectors)
    every = index_inner.brute_force(index.vectors, queries, -2)
    for score in np.sort(every[2])[::7]:
        truth = index_inner.brute_force(index.vectors, queries, float(score))
        assert score in truth[2]
        assert same(index.above(queries, float(score)), truth)


def test_several_blocks_and_more_queries_than_fit_at_once(tmp_path: Path) -> None:
    vectors = vectors_around(5, 4500, 0.8, centres=50)
    queries = vectors_around(5, 300, 0.8, centres=50)
    index = indexed(tmp_path, vectors)
    found = index.above(queries, 0.55)
    everything = queries.astype(np.float64) @ index.vectors.astype(np.float64).T
    numbers, rows = np.nonzero(everything.astype(np.float32) >= np.float32(0.55))
    assert len(rows) > 300
    assert np.array_equal(found[0], numbers)
    assert np.array_equal(found[1], rows)


def test_without_the_fast_kernel_the_answer_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = vectors_around(1, 2500, 1)
    index = indexed(tmp_path, vectors)
    fast = index.above(vectors[:3], 0.5)
    monkeypatch.setattr(index_inner, "multiplier", lambda: None)
    assert len(fast[0]) > 3
    assert same(fast, index.above(vectors[:3], 0.5))


def test_no_kernel_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    multiplier.cache_clear()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert multiplier() is None
    multiplier.cache_clear()


def test_products_of_the_largest_numbers_are_exact() -> None:
    multiply = multiplier()
    assert multiply is not None
    random = np.random.default_rng(2)
    left = random.choice(np.array([0, 1, MIDDLE, 127], np.uint8), (5, 512))
    right = random.choice(np.array([-127, 127], np.int8), (512, 70))
    right[:, 0], left[0] = 127, 127
    expected = (left.astype(np.int64) - MIDDLE) @ right.astype(np.int64)
    assert np.array_equal(multiply(left, right), expected)


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_bank_and_a_bank_of_one(tmp_path: Path, count: int) -> None:
    one = vectors_around(8, 1, 1)
    index = indexed(tmp_path, one[:count])
    numbers, rows, scores = index.above(np.concatenate([one, -one]), 0.9)
    assert (numbers.tolist(), rows.tolist()) == ([0] * count, [0] * count)
    assert scores.tolist() == pytest.approx([1] * count, abs=1e-3)


def test_what_cannot_be_indexed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a number"):
        index_inner.write(tmp_path, np.full((1, 512), np.nan), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="0 ids for 1 entries"):
        index_inner.write(tmp_path, np.zeros((1, 512)), np.zeros((0, 1)))
    indexed(tmp_path, vectors_around(1, 3, 1))
    np.save(tmp_path / "vector-ids.npy", np.zeros((2, 1), np.int64))
    with pytest.raises(ValueError, match="do not fit"):
        index_inner.load(tmp_path)

"""The index of kept grams says what comparing everything says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkthegate.fingerprint import words_index


def written(folder: Path, seed: int, texts: int, different: int) -> words_index.WordIndex:
    """An index over texts with up to 40 grams each out of so many different ones."""
    random = np.random.default_rng(seed)
    pool = random.integers(0, 2**64, max(1, different), dtype=np.uint64)
    kept = []
    for _ in range(texts):
        count = random.integers(0, 40)
        kept.append((random.choice(pool, count), np.sort(random.choice(1000, count, False))))
    words_index.write(folder, [number * 3 + 1 for number in range(texts)], kept)
    return words_index.load(folder)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32), st.integers(0, 30), st.sampled_from([1, 5, 300, 10**6]),
    st.sampled_from([1_000_000, 50, 3]),
)  # fmt: skip
def test_equals_brute_force(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int, texts: int, different: int, most: int,
) -> None:  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(words_index, "MOST_HITS", most)
        index = written(tmp_path_factory.mktemp("grams"), seed, texts, different)
        others = np.random.default_rng(seed + 1).integers(0, 2**64, 9, dtype=np.uint64)
        asked = np.concatenate([index.hashes[::3], others, index.hashes[:2]])
        truth = words_index.brute_force(index, asked)
        found = index.find(asked)
    assert len(found[0]) <= most
    assert all(np.array_equal(*pair) for pair in zip(found, truth, strict=True))


def test_every_occurrence_is_found_with_text_and_place(tmp_path: Path) -> None:
    gram, other = np.array([7, 2**63], np.uint64)
    kept = [(np.array([gram, other]), np.array([4, 9])), (np.array([gram]), np.array([0]))]
    words_index.write(tmp_path, [50, 60], kept)
    asked, numbers, places = words_index.load(tmp_path).find(np.array([1, gram, other], np.uint64))
    assert asked.tolist() == [1, 1, 2]
    assert numbers.tolist() == [50, 60, 50]
    assert places.tolist() == [4, 0, 9]


def test_the_rarest_are_kept_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_index, "MOST_HITS", 6)
    assert words_index.rarest(np.array([9, 1, 3, 2, 5])).tolist() == [0, 1, 3, 2, 0]
    assert words_index.rarest(np.array([3, 3])).tolist() == [3, 3]


def test_parts_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    written(tmp_path, 1, 20, 300)
    np.save(tmp_path / "gram-places.npy", np.zeros((1, 1), np.uint64))
    with pytest.raises(ValueError, match="do not fit"):
        words_index.load(tmp_path)

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.fingerprint.pictures import cropped, graded, jpeg, scene, weights

from checkthegate.fingerprint.sscd import BULK_WEIGHTS, Descriptors


def test_not_ready_where_there_are_no_weights(tmp_path: Path) -> None:
    assert not Descriptors(None).ready
    (tmp_path / BULK_WEIGHTS).write_bytes(b"")
    assert not Descriptors(tmp_path).ready


def test_copies_are_near_and_others_far() -> None:
    networks = Descriptors(weights())
    picture = scene(1)
    pictures = [picture, jpeg(graded(picture), 30), cropped(picture, 0.5), scene(2), scene(3)]
    for describe in (networks.bulk, networks.full):
        vectors = describe(pictures)
        assert vectors.shape == (5, 512)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
        cosines = vectors @ vectors[0]
        assert cosines[1] > 0.5
        assert cosines[2] > 0.4
        assert cosines[3:].max() < cosines[2]


def test_a_picture_is_described_the_same_alone_and_among_others() -> None:
    networks = Descriptors(weights())
    pictures = [scene(seed, 300 + seed, 200) for seed in range(6)]
    alone = np.concatenate([networks.bulk([each]) for each in pictures])
    assert np.allclose(alone, networks.bulk(pictures), atol=1e-5)
    assert networks.bulk([]).shape == (0, 512)

"""The scorer of pictures, with made-up answers; the edits edit."""

from __future__ import annotations

import numpy as np
import pytest
from quality.edits import EDITS
from quality.images import Asked, Hit, metrics, table
from quality.paint import photograph

FOUND = Asked("flip", "a.jpg", "", (Hit("a.jpg", "proven", 0.1),))
MISSED = Asked("blur", "b.jpg", "", ())
FALSE = Asked("foreign", "", "", (Hit("a.jpg", "suspected", 0.4),))
FAR = Asked("grey", "c.jpg", "", (Hit("c.jpg", "suspected", 0.5),))
NEIGHBOUR = Asked("neighbour", "", "frame_000.png", (Hit("frame_000.png", "suspected", 0.1),))
PROVEN_NEIGHBOUR = Asked("neighbour", "", "frame_000.png", (Hit("frame_000.png", "proven", 0.1),))


def test_recall_and_false_matches() -> None:
    told = metrics([FOUND, MISSED, FALSE, FAR], 1000)
    assert told["recall"] == pytest.approx(2 / 3)
    assert told["recall proven"] == pytest.approx(1 / 3)
    assert told["recall at zero false"] == pytest.approx(1 / 3)
    assert told["false in a million"] == pytest.approx(250)
    assert told["false proven"] == 0
    assert told["recall/flip"] == 1
    assert told["recall/blur"] == 0


def test_a_neighbouring_frame_may_be_suspected_and_not_proven() -> None:
    assert metrics([NEIGHBOUR], 10)["false in a million"] == 0
    assert metrics([PROVEN_NEIGHBOUR], 10)["false proven"] == 1


def test_the_table_names_false_matches() -> None:
    assert any("foreign of nothing recorded taken for a.jpg" in line for line in table([FALSE]))


def test_there_are_seventeen_edits_and_each_changes_the_picture() -> None:
    assert len(EDITS) == 17
    picture, other = photograph(1, 320, 240), photograph(2, 320, 240)
    for name, edit in EDITS.items():
        edited = edit(picture, np.random.default_rng(1), other)
        assert edited.dtype == np.uint8, name
        assert edited.shape != picture.shape or (edited != picture).mean() > 0.05, name

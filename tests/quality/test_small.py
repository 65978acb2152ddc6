"""The measurements in small: what `make quality` does at length, within a minute.

Everything goes through the real commands; see quality/README.md for what is measured.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from quality.finishing import KINDS
from quality.models import missing
from quality.plan import Wanted

from quality import films, images, takes

# Given time on a busy machine.
pytestmark = [pytest.mark.dear, pytest.mark.timeout(900)]

CUT = Wanted(shots=26, planted=len(KINDS), seed=11, size=(640, 360))


@pytest.fixture(autouse=True)
def _matching_is_here() -> None:
    if why := missing():
        pytest.skip(why)


def said(capsys: pytest.CaptureFixture[str], measured: dict[str, float]) -> str:
    """What to show when a number is not good enough."""
    return f"{capsys.readouterr().out}\n{measured}"


def test_planted_clips_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured = films.measure_cut(CUT, build=tmp_path)
    why = said(capsys, measured)
    assert measured["h264/recall"] >= 14 / 15, why
    assert measured["h264/recall proven"] >= 12 / 15, why
    assert measured["h264/false proven"] == 0, why
    assert measured["h264/plates proven AI"] == 0, why


def test_takes_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured = takes.measure(folder=tmp_path)
    why = said(capsys, measured)
    for name, value in measured.items():
        if name.endswith("recall proven"):
            assert value == 1, why
        if name.endswith(("false proven", "plates proven AI")):
            assert value == 0, why


def test_edited_pictures_are_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measured = images.measure(build=tmp_path, bank=100, queries=5)
    why = said(capsys, measured)
    assert measured["recall"] >= 0.97, why
    assert measured["false proven"] == 0, why

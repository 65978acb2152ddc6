"""Sounds known again, in small: what `python -m quality sound` does at length."""

from __future__ import annotations

from pathlib import Path

import pytest

from quality import sound

pytestmark = [pytest.mark.dear, pytest.mark.timeout(600)]


def test_planted_excerpts_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GATE_TEST_DATA", raising=False)
    measured = sound.mixed(tmp_path, seed=6, plants=6, sources=6)
    why = f"{capsys.readouterr().out}\n{measured}"
    assert measured["recall"] >= 5 / 6, why
    assert measured["recall at any ends"] == 1, why
    assert measured["false proven"] == 0, why
    assert measured["false suspected"] <= 1, why
    assert measured["gaps"] == 0, why

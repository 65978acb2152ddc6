"""Sequences in a check: one asset, every frame read, generations kept apart."""

from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from checkthegate.app.check import CheckRequest, check
from checkthegate.model import AiState, AssetDecision, Decision, Kind, Verdict


def _check(folder: Path, cache: bool = False) -> Decision:
    request = CheckRequest(paths=(folder,), workers=0, use_cache=cache)
    return check(request, lambda _: None).decision


def _by_path(decision: Decision) -> dict[str, AssetDecision]:
    return {each.asset.path: each for each in decision.assets}


def _frames(folder: Path, count: int = 30, size: tuple[int, int] = (32, 18)) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1001, 1001 + count):
        Image.new("RGB", size, (number % 255, 20, 30)).save(folder / f"shot.{number}.png")


def _generated(file: Path) -> None:
    marks = PngImagePlugin.PngInfo()
    marks.add_text("parameters", "a lighthouse\nSteps: 20, Sampler: Euler, Model: sd15, Seed: 1")
    Image.new("RGB", (32, 18)).save(file, pnginfo=marks)


def test_frames_of_one_size_are_one_asset(tmp_path: Path) -> None:
    _frames(tmp_path / "a")
    decision = _check(tmp_path)
    (asset,) = decision.assets
    assert asset.asset.path == "a/shot.[1001-1030].png"
    assert asset.asset.kind is Kind.SEQUENCE
    assert decision.summary.files == 30
    assert decision.verdict is Verdict.CLEAR
    (said,) = asset.evidence
    assert said.detail["count"] == 30
    assert said.detail["sampled"] == 4


def test_frames_of_two_sizes_are_single_files(tmp_path: Path) -> None:
    _frames(tmp_path)
    Image.new("RGB", (33, 18)).save(tmp_path / "shot.1005.png")
    assert len(_check(tmp_path).assets) == 30


def test_a_frame_that_says_how_it_was_generated_keeps_them_single(tmp_path: Path) -> None:
    _frames(tmp_path)
    _generated(tmp_path / "shot.1010.png")
    decided = _by_path(_check(tmp_path))
    assert len(decided) == 30
    assert decided["shot.1010.png"].ai is AiState.GENERATED
    assert decided["shot.1011.png"].ai is AiState.NONE_FOUND


def test_a_missing_frame_is_a_gap_that_names_it(tmp_path: Path) -> None:
    _frames(tmp_path)
    (tmp_path / "shot.1015.png").unlink()
    decision = _check(tmp_path)
    (asset,) = decision.assets
    assert "1015" in asset.gaps[0].reason
    assert decision.verdict is Verdict.ESCALATE


def test_an_unreadable_sampled_frame_is_a_gap_with_its_number(tmp_path: Path) -> None:
    _frames(tmp_path)
    whole = (tmp_path / "shot.1013.png").read_bytes()
    (tmp_path / "shot.1013.png").write_bytes(whole[: len(whole) - 30])
    (asset,) = _check(tmp_path).assets
    assert any("Frames 1013" in gap.reason for gap in asset.gaps)


def test_the_cache_gives_the_same_answer(tmp_path: Path) -> None:
    _frames(tmp_path)
    first, second = _check(tmp_path, cache=True), _check(tmp_path, cache=True)
    assert first.assets[0].asset == second.assets[0].asset
    assert first.assets[0].evidence == second.assets[0].evidence
    assert second.summary.cached > 0


@pytest.mark.shared
def test_the_real_sequence_is_one_asset(shared_data: Path) -> None:
    decided = _by_path(_check(shared_data / "exr"))
    whole = decided["numbered_sequence/t[01-08].exr"]
    assert whole.asset.kind is Kind.SEQUENCE
    assert not whole.gaps
    assert len([path for path in decided if path.startswith("single/")]) == 4

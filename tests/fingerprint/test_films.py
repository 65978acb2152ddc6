"""Films in a cut: this very take is proven however it was finished, another take and a plate are
not, and both ends are right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fingerprint.moving_pictures import (
    RATE,
    FilmBank,
    Frames,
    at_speed,
    bank,
    covered,
    cropped,
    each,
    film,
    graded,
    grained,
    larger,
    letterboxed,
    mirrored,
    proven,
    said,
    scene,
    still_life,
    with_timecode,
)
from tests.fingerprint.pictures import weights

from checkthegate.fingerprint.sscd import Descriptors
from checkthegate.model import Gap, Grade
from checkthegate.model.match import Match, Role, Screening

CLIP, OTHER = 7, 8
NEAR = 0.12

FINISHES: dict[str, Callable[[Frames], Frames]] = {
    "as it is": lambda frames: frames,
    "grade": each(graded),
    "letterbox": each(letterboxed),
    "crop": each(cropped),
    "flip": each(mirrored),
    "three times as large": each(larger),
    "grain": grained,
    "burned-in time-code": with_timecode,
    "slower": at_speed(0.8),
    "faster": at_speed(1.25),
    "grade, crop and time-code": lambda frames: with_timecode(each(cropped)(each(graded)(frames))),
}


@pytest.fixture(scope="module")
def networks() -> Descriptors:
    return Descriptors(weights())


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, networks: Descriptors) -> FilmBank:
    folder = tmp_path_factory.mktemp("clips")
    films = {"clip": scene(CLIP, 1, 3.0), "other": scene(OTHER, 1, 3.0)}
    return bank(folder, films, descriptors=networks)


def cut(tmp_path: Path, *parts: Frames, codec: str = "libx264", **options: str) -> Path:
    frames = [frame for part in parts for frame in part]
    return film(tmp_path / ("cut.mov" if codec == "prores_ks" else "cut.mp4"), frames, codec=codec,
                **options)  # fmt: skip


def sized(frames: Frames, like: Frames) -> Frames:
    """A scene of the size of other frames."""
    scale = like[0].shape[0] // frames[0].shape[0]
    return each(larger)(frames) if scale == 3 else frames


@pytest.mark.parametrize("finish", FINISHES)
def test_a_part_of_it_is_proven_however_it_was_finished(
    finish: str, tmp_path: Path, clips: FilmBank, networks: Descriptors
) -> None:
    used = FINISHES[finish](scene(CLIP, 1, 3.0)[12:60])
    before, after = sized(scene(21, 0, 2.0), used), sized(scene(22, 0, 2.0), used)
    (match,) = proven(said(cut(tmp_path, before, used, after), clips, networks))
    assert match.banked.path == "clip"
    assert match.span is not None
    assert match.span.start == pytest.approx(2.0, abs=NEAR)
    assert match.span.end == pytest.approx(2.0 + len(used) / RATE, abs=NEAR)
    assert match.source_span is not None
    assert match.source_span.start == pytest.approx(0.5, abs=NEAR)
    assert match.source_span.end == pytest.approx(2.5, abs=NEAR)
    assert match.exhibits


@pytest.mark.parametrize("codec", ["prores_ks", "libx264 at a fixed pace"])
def test_whatever_it_is_coded_in(
    codec: str, tmp_path: Path, clips: FilmBank, networks: Descriptors
) -> None:
    parts = scene(21, 0, 2.1), scene(CLIP, 1, 3.0)[12:40], scene(22, 0, 2.0)
    paced = {"g": "48", "sc_threshold": "0", "crf": "20"}
    options = {} if codec == "prores_ks" else paced
    (match,) = proven(said(cut(tmp_path, *parts, codec=codec.split()[0], **options), clips,
                           networks))  # fmt: skip
    assert match.span is not None
    assert match.span.start == pytest.approx(len(parts[0]) / RATE, abs=NEAR)


def test_what_lies_mostly_behind_something_else_is_suspected(
    tmp_path: Path, clips: FilmBank, networks: Descriptors
) -> None:
    used = covered(scene(CLIP, 1, 3.0)[12:60])
    found = said(cut(tmp_path, scene(21, 0, 2.0), used, scene(22, 0, 2.0)), clips, networks)
    (match,) = [each for each in found if isinstance(each, Match)]
    assert (match.banked.path, match.grade) == ("clip", Grade.SUSPECTED)
    assert match.span is not None
    assert match.span.start == pytest.approx(2.0, abs=NEAR)
    assert match.span.end == pytest.approx(4.0, abs=NEAR)


def test_another_take_is_at_most_suspected(
    tmp_path: Path, clips: FilmBank, networks: Descriptors
) -> None:
    found = said(cut(tmp_path, *(scene(CLIP, take, 2.0) for take in (2, 3, 4))), clips, networks)
    assert not proven(found)
    suspected = [each for each in found if isinstance(each, Match)]
    assert suspected
    assert {each.grade for each in suspected} == {Grade.SUSPECTED}


def test_takes_of_one_setup_one_after_another_are_told_apart(
    tmp_path: Path, clips: FilmBank, networks: Descriptors
) -> None:
    takes = [scene(CLIP, take, 1.5) for take in (2, 3, 1, 4)]
    (match,) = proven(said(cut(tmp_path, *takes), clips, networks))
    assert match.span is not None
    assert match.span.start == pytest.approx(3.0, abs=NEAR)
    assert match.span.end == pytest.approx(4.5, abs=NEAR)


def test_the_same_clip_twice_is_two_matches(
    tmp_path: Path, clips: FilmBank, networks: Descriptors
) -> None:
    whole = scene(CLIP, 1, 3.0)
    found = proven(said(cut(tmp_path, whole[:36], whole[30:66]), clips, networks))
    ends = sorted(end for each in found if each.span for end in (each.span.start, each.span.end))
    assert ends == pytest.approx([0.0, 1.5, 1.5, 3.0], abs=NEAR)


def test_nothing_in_what_holds_nothing(
    tmp_path: Path, clips: FilmBank, networks: Descriptors
) -> None:
    (screening,) = said(cut(tmp_path, scene(31, 0, 2.0), scene(32, 0, 2.0)), clips, networks)
    assert isinstance(screening, Screening)
    assert screening.detail["frames"] == 96
    assert "every shot of 1 s and longer" in str(screening.detail["promise"])


def test_a_plate_and_what_was_made_of_it_are_told_apart(
    tmp_path: Path, networks: Descriptors
) -> None:
    plate = scene(CLIP, 1, 2.5, people=2)
    made = [frame.copy() for frame in plate]
    addition = scene(55, 3, 2.5)
    for frame, other in zip(made, addition, strict=True):
        frame[60:140, 200:290] = other[40:120, 100:190]
    known = bank(
        tmp_path,
        {"made": made, "plate": plate},
        roles={"plate": Role.INPUT},
        inputs={"made": ("plate",)},
        descriptors=networks,
    )
    found = proven(said(cut(tmp_path, plate[6:54], made[6:54]), known, networks))
    spans = {each.banked.path: each.span for each in found}
    assert set(spans) == {"plate", "made"}
    assert spans["plate"] is not None
    assert spans["made"] is not None
    assert spans["plate"].end == pytest.approx(2.0, abs=NEAR)
    assert spans["made"].start == pytest.approx(2.0, abs=NEAR)


def test_a_shot_in_which_nothing_moves_goes_by_its_detail(
    tmp_path: Path, networks: Descriptors
) -> None:
    known = bank(tmp_path, {"calm": still_life(5)}, descriptors=networks)
    parts = scene(21, 0, 1.5), each(graded)(still_life(5, 1.5)), scene(22, 0, 1.5)
    (match,) = proven(said(cut(tmp_path, *parts), known, networks))
    assert match.span is not None
    assert match.span.start == pytest.approx(1.5, abs=0.3)
    assert match.span.end == pytest.approx(3.0, abs=0.3)


def test_what_is_damaged_is_a_gap(tmp_path: Path, clips: FilmBank, networks: Descriptors) -> None:
    file = cut(tmp_path, scene(21, 0, 2.0), scene(CLIP, 1, 3.0)[12:60])
    content = bytearray(file.read_bytes())
    middle = len(content) // 3
    content[middle : 2 * middle] = bytes(middle)
    file.write_bytes(bytes(content))
    assert [each for each in said(file, clips, networks) if isinstance(each, Gap)]

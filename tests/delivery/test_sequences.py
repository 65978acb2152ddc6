"""Which numbered pictures belong together, and how they play."""

from pathlib import Path

import numpy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from checkthegate.delivery.sequence_film import OpenedSequence, frames_of
from checkthegate.delivery.sequences import find_runs, numbers_in_words, sequence_digest
from checkthegate.model import Asset, Kind


def _names(stem: str, numbers: list[int], tail: str = ".exr", width: int = 4) -> list[str]:
    return [f"{stem}{number:0{width}}{tail}" for number in numbers]


def test_eight_consecutive_numbers_are_a_run_and_seven_are_not() -> None:
    assert find_runs(_names("a/shot.", list(range(1, 8)))) == []
    (run,) = find_runs(_names("a/shot.", list(range(1, 9))))
    assert run.path == "a/shot.[0001-0008].exr"
    assert run.surely


def test_missing_frames_are_named_and_wide_holes_part() -> None:
    numbers = [*range(1001, 1011), *range(1012, 1021), *range(1101, 1110)]
    first, second = find_runs(_names("s.", numbers, ".dpx"))
    assert (first.path, first.missing) == ("s.[1001-1010,1012-1020].dpx", (1011,))
    assert second.path == "s.[1101-1109].dpx"


def test_folders_patterns_and_formats_are_kept_apart() -> None:
    numbers = list(range(10))
    paths = [
        *_names("a/x.", numbers),
        *_names("b/x.", numbers),
        *_names("a/y.", numbers),
        *_names("a/x.", numbers, ".png"),
    ]
    assert [run.path for run in find_runs(paths)] == [
        "a/x.[0000-0009].exr",
        "a/x.[0000-0009].png",
        "a/y.[0000-0009].exr",
        "b/x.[0000-0009].exr",
    ]


def test_generators_numbering_is_no_run() -> None:
    assert find_runs([f"ComfyUI_{number:05}_.png" for number in range(20)]) == []


def test_numbers_without_zeros_grow_in_one_run() -> None:
    (run,) = find_runs([f"f{number}.jpg" for number in range(5, 15)])
    assert run.path == "f[5-14].jpg"
    assert not run.surely


@given(st.sets(st.integers(0, 200), max_size=80), st.sampled_from([1, 3, 4]))
def test_no_file_is_in_two_runs_and_missing_ones_are_missing(numbers: set[int], width: int) -> None:
    paths = _names("s", sorted(numbers), width=width)
    runs = find_runs(paths)
    places = [place for run in runs for place in run.frames.values()]
    assert len(places) == len(set(places))
    for run in runs:
        assert not set(run.missing) & set(run.frames)
        assert all(paths[place] == f"s{n:0{width}}.exr" for n, place in run.frames.items())


def test_the_digest_is_over_sorted_lines() -> None:
    import hashlib

    lines = [("sha256:bb", "f2.exr"), ("sha256:aa", "f1.exr")]
    expected = hashlib.sha256(b"sha256:aa f1.exr\nsha256:bb f2.exr\n").hexdigest()
    assert sequence_digest(lines) == f"sha256:{expected}"


def test_numbers_in_words() -> None:
    assert numbers_in_words([1, 2, 3, 7, 9, 10]) == "1-3,7,9-10"
    assert numbers_in_words(list(range(0, 300, 2))).endswith(",…")


def test_a_sequence_plays_like_a_film(tmp_path: Path) -> None:
    frames, files = [], {}
    for number in range(10):
        file = tmp_path / f"f{number:04}.png"
        Image.new("RGB", (64, 36), (number * 20, 0, 0)).save(file)
        size = file.stat().st_size
        frames.append(Asset(file.name, Kind.IMAGE, "image/png", size, "sha256:0"))
        files[number] = file
    files[3].write_bytes(b"damaged")
    whole = Asset("f[0000-0009].png", Kind.SEQUENCE, "image/png", 0, "sha256:1")
    with OpenedSequence(whole, frames, frames_of(files)).film() as film:
        assert (film.width, film.height, len(film.packets().times)) == (64, 36, 10)
        some = list(film.at([0.0, 4 / 24, 4.2 / 24], 32))
        assert [round(frame.time * 24) for frame in some] == [0, 4]
        assert some[1].rgb.shape == (18, 32, 3)
        assert numpy.all(some[1].rgb[..., 0] == 80)
        assert [round(frame.time * 24) for frame in film.between(2 / 24, 6 / 24, 64)] == [2, 4, 5]
        assert film.lost == 1

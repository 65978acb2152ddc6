"""Walking a delivery: everything is a file to look at, a gap, or listed as skipped."""

import os
from pathlib import Path

import pytest

from checkthegate.delivery.archive import Unpacker
from checkthegate.delivery.found import Turnover
from checkthegate.delivery.walk import Ours, open_delivery
from checkthegate.model import UsageError


def walk(*paths: Path, home: Path | None = None, out: Path | None = None) -> Turnover:
    work = paths[0].parent / "unpacked-for-test"
    work.mkdir(exist_ok=True)
    return open_delivery(paths, Unpacker(work), Ours(home, out))


def names(turnover: Turnover) -> list[str]:
    return [found.path for found in turnover.files]


def test_paths_are_relative_to_the_named_folder_and_sorted(tmp_path: Path) -> None:
    root = tmp_path / "delivery"
    (root / "b" / "deep").mkdir(parents=True)
    (root / "b" / "deep" / "x.txt").write_text("x")
    (root / "a.txt").write_text("a")
    assert names(walk(root)) == ["a.txt", "b/deep/x.txt"]


def test_a_file_has_its_name_and_several_paths_get_a_prefix(tmp_path: Path) -> None:
    one, two = tmp_path / "1" / "reel", tmp_path / "2" / "reel"
    for folder in (one, two):
        folder.mkdir(parents=True)
        (folder / "f.txt").write_text("f")
    assert names(walk(one / "f.txt")) == ["f.txt"]
    assert names(walk(one, two, one / "f.txt")) == ["f.txt", "reel#2/f.txt", "reel/f.txt"]


def test_a_missing_path_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        walk(tmp_path / "nowhere")


def test_an_empty_folder_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "empty" / "within").mkdir(parents=True)
    with pytest.raises(UsageError, match="nothing to check"):
        walk(tmp_path / "empty")


def test_links_are_never_followed_out_of_the_delivery(tmp_path: Path) -> None:
    root = tmp_path / "delivery"
    root.mkdir()
    (tmp_path / "outside.txt").write_text("secret")
    (root / "inside.txt").write_text("in")
    (root / "out").symlink_to(tmp_path / "outside.txt")
    (root / "again").symlink_to("inside.txt")
    (root / "dangling").symlink_to("nothing")
    (root / "loop").symlink_to(".")
    turnover = walk(root)
    assert names(turnover) == ["inside.txt"]
    assert sorted(gap.path for gap in turnover.gaps) == ["dangling", "out"]
    assert sorted(each.path for each in turnover.skipped) == ["again", "loop"]


def test_a_foreign_home_is_a_gap_and_our_own_is_skipped(tmp_path: Path) -> None:
    root = tmp_path / "delivery"
    for home in (root / ".gate", root / "vendor" / ".gate"):
        home.mkdir(parents=True)
        (home / "gate.toml").write_text("")
        (home / "approval.txt").write_text("yes")
    (root / "a.txt").write_text("a")
    turnover = walk(root, home=root / ".gate")
    assert names(turnover) == ["a.txt"]
    assert [gap.path for gap in turnover.gaps] == ["vendor/.gate"]
    assert [each.path for each in turnover.skipped] == [".gate"]


def test_only_our_own_reports_are_skipped(tmp_path: Path) -> None:
    root = tmp_path / "delivery"
    ours, posing = root / "gate-report-20260101", root / "gate-report-posing"
    for folder in (ours, posing):
        folder.mkdir(parents=True)
        (folder / "report.html").write_text("<html>")
    (ours / "report.json").write_text('{"schema": "checkthegate.report/1"}')
    (ours / "smuggled.png").write_bytes(b"\x89PNG")
    turnover = walk(root)
    assert names(turnover) == [
        "gate-report-20260101/smuggled.png",
        "gate-report-posing/report.html",
    ]
    assert len(turnover.skipped) == 2


def test_a_pipe_is_skipped_and_not_read(tmp_path: Path) -> None:
    root = tmp_path / "delivery"
    root.mkdir()
    os.mkfifo(root / "pipe")
    (root / "a.txt").write_text("a")
    turnover = walk(root)
    assert names(turnover) == ["a.txt"]
    assert [each.path for each in turnover.skipped] == ["pipe"]


def test_a_name_that_is_no_text_is_still_reported(tmp_path: Path) -> None:
    root = tmp_path / "delivery"
    root.mkdir()
    Path(os.fsdecode(os.fsencode(root) + b"/bad\xff.txt")).write_text("x")
    assert names(walk(root)) == ["bad\\xff.txt"]

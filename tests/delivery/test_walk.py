"""Walking a delivery: everything is a file to look at, a gap, or listed as skipped."""

import os
import zipfile
from pathlib import Path

import pytest

from checkthegate.delivery.archive import Unpacker
from checkthegate.delivery.found import Turnover
from checkthegate.delivery.walk import Ours, open_delivery
from checkthegate.model import UsageError, digest_bytes


def walk(*paths: Path, home: Path | None = None, reports: frozenset[str] = frozenset()) -> Turnover:
    work = paths[0].parent / "unpacked-for-test"
    work.mkdir(exist_ok=True)
    return open_delivery(paths, Unpacker(work), Ours(home, reports))


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


def test_only_reports_that_we_wrote_are_skipped(tmp_path: Path) -> None:
    root = tmp_path / "delivery"
    ours, posing = root / "gate-report-20260101", root / "gate-report-posing"
    for folder in (ours, posing):
        folder.mkdir(parents=True)
        (folder / "report.json").write_text('{"schema": "checkthegate.report/1"}')
        (folder / "report.html").write_bytes(b"<html>" if folder is ours else b"\x89PNG")
        (folder / "smuggled.png").write_bytes(b"\x89PNG")
    (root / "link.png").symlink_to(ours / "report.html")
    turnover = walk(root, reports=frozenset({digest_bytes(b"<html>")}))
    assert names(turnover) == [
        "gate-report-20260101/report.json",
        "gate-report-20260101/smuggled.png",
        "gate-report-posing/report.html",
        "gate-report-posing/report.json",
        "gate-report-posing/smuggled.png",
    ]
    assert [each.path for each in turnover.skipped] == ["gate-report-20260101/report.html"]
    assert [gap.path for gap in turnover.gaps] == ["link.png"]


def test_links_in_a_circle_are_gaps(tmp_path: Path) -> None:
    root = tmp_path / "delivery"
    root.mkdir()
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")
    (root / "self").symlink_to("self")
    (root / "a.txt").write_text("a")
    assert sorted(gap.path for gap in walk(root).gaps) == ["one", "self", "two"]


def test_no_two_files_have_one_name(tmp_path: Path) -> None:
    root = tmp_path / "delivery"
    (root / "x.zip!").mkdir(parents=True)
    (root / "x.zip!" / "a.txt").write_text("a folder that calls itself an archive")
    with zipfile.ZipFile(root / "x.zip", "w") as archive:
        archive.writestr("a.txt", "in the archive")
    assert names(walk(root)) == ["x.zip", "x.zip!/a.txt", "x.zip!/a.txt#2"]


def test_paths_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("a/x", "b/x", "x#2"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "f.txt").write_text(folder)
    turnover = walk(tmp_path / "a/x", tmp_path / "b/x", tmp_path / "x#2")
    assert names(turnover) == ["x#2#2/f.txt", "x#2/f.txt", "x/f.txt"]


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

"""The line that says how far a check is."""

from checkthegate.app.looking import Progress
from checkthegate.cli.progress import progress_line

START = Progress(0, 10, 0, 4_000_000_000)


def test_it_says_what_is_done_how_fast_and_how_long_it_will_take() -> None:
    line = progress_line(Progress(5, 10, 2_000_000_000, 4_000_000_000, "reel/a.mov"), 10.0, START)
    assert line == "5 of 10 files · 2.0 GB of 4.0 GB · 200 MB/s · 10 s left · reel/a.mov"


def test_small_files_are_not_measured_by_their_bytes_alone() -> None:
    first = Progress(0, 20_000, 0, 500_000)
    line = progress_line(Progress(5_000, 20_000, 125_000, 500_000), 10.0, first)
    assert line.endswith("125 kB of 500 kB · 12.5 kB/s · 30 s left")


def test_what_was_known_before_says_nothing_of_the_rate() -> None:
    first = Progress(9_000, 10_000, 9_000_000, 10_000_000)
    line = progress_line(Progress(9_500, 10_000, 9_500_000, 10_000_000), 10.0, first)
    assert "50.0 kB/s · 10 s left" in line


def test_a_name_cannot_write_on_the_terminal() -> None:
    line = progress_line(Progress(1, 10, 0, 0, "a\x1b[2Jb" + "x" * 90), 0.0, START)
    assert "\x1b" not in line
    assert len(line) < 100


def test_before_anything_is_done_nothing_is_promised() -> None:
    assert progress_line(START, 0.0, START) == "0 of 10 files · 0 bytes of 4.0 GB"

"""Private folders of checks: gone with the check, and cleared away when it was killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checkthegate.app.workplace import clear_left_behind, workplace


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_it_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with workplace() as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "unpacked").write_text("x")
    assert not folder.exists()


def test_another_check_leaves_a_folder_in_use_alone(tmp_path: Path) -> None:
    with workplace() as folder:
        clear_left_behind(tmp_path)
        assert folder.is_dir()


def test_what_a_killed_check_left_is_cleared_away(tmp_path: Path) -> None:
    script = (
        "import os, tempfile; tempfile.tempdir = os.environ['PLACE']\n"
        "from checkthegate.app.workplace import workplace\n"
        "with workplace() as folder: print(folder, flush=True); os.kill(os.getpid(), 9)"
    )
    surroundings = {**os.environ, "PLACE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=surroundings
    )
    left = Path(done.stdout.strip())
    assert left.is_dir()
    with workplace():
        assert not left.exists()


def test_nothing_else_is_touched(tmp_path: Path) -> None:
    old = time.time() - 1_000_000
    strangers = [
        tmp_path / name for name in ("gate-report-20260101", "gate-keeper", "other-abcdefgh")
    ]
    for folder in strangers:
        folder.mkdir(mode=0o700)
        os.utime(folder, (old, old))
    young = tmp_path / "gate-abcdefgh"
    young.mkdir(mode=0o700)
    aged = tmp_path / "gate-work-abcdefgh"
    aged.mkdir(mode=0o700)
    os.utime(aged, (old, old))
    clear_left_behind(tmp_path)
    assert all(folder.is_dir() for folder in strangers)
    assert young.is_dir()
    assert not aged.exists()

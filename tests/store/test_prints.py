"""What was computed from a file's bytes: kept within bounds, forgotten when damaged."""

from __future__ import annotations

import os
from pathlib import Path

from checkthegate.store.prints import PrintFolder


def files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())


def test_what_was_kept_is_got_by_digest_and_recipe(tmp_path: Path) -> None:
    kept = PrintFolder(tmp_path / "cache")
    assert kept.get("sha256:a", "1") is None
    kept.put("sha256:a", "1", b"print")
    kept.put("sha256:a", "2", b"")
    assert PrintFolder(tmp_path / "cache").get("sha256:a", "1") == b"print"
    assert kept.get("sha256:a", "2") == b""
    assert kept.get("sha256:b", "1") is None
    for each in files(tmp_path):
        assert each.stat().st_mode & 0o077 == 0
        assert each.parent.stat().st_mode & 0o077 == 0


def test_a_damaged_print_is_none(tmp_path: Path) -> None:
    kept = PrintFolder(tmp_path)
    for change in (lambda body: body[:-1], lambda body: b"", lambda body: b"\0" + body[1:]):
        kept.put("sha256:a", "1", b"print")
        (file,) = files(tmp_path)
        file.write_bytes(change(file.read_bytes()))
        assert kept.get("sha256:a", "1") is None
        assert files(tmp_path) == []


def test_the_longest_unused_is_forgotten_when_it_is_too_much(tmp_path: Path) -> None:
    kept = PrintFolder(tmp_path, most_bytes=10_000)
    for number in range(9):
        kept.put(f"sha256:{number}", "1", bytes(1000))
    for age, file in enumerate(files(tmp_path)):
        os.utime(file, (1_700_000_000 + age, 1_700_000_000 + age))
    assert kept.get("sha256:3", "1") is not None
    kept.put("sha256:new", "1", bytes(1000))
    assert sum(each.stat().st_size for each in files(tmp_path)) <= 10_000
    assert kept.get("sha256:3", "1") is not None
    assert kept.get("sha256:new", "1") is not None
    assert sum(kept.get(f"sha256:{number}", "1") is None for number in range(9)) >= 2


def test_what_would_crowd_out_everything_is_not_kept(tmp_path: Path) -> None:
    kept = PrintFolder(tmp_path, most_bytes=1000)
    kept.put("sha256:a", "1", bytes(400))
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    kept = PrintFolder(tmp_path / "cache")
    kept.put("sha256:a", "1", b"print")
    assert kept.get("sha256:a", "1") is None

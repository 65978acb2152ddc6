"""The cache remembers what is settled and answers by job key."""

import os
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from checkthegate.model import UsageError
from checkthegate.store.cache import Cache

OLD = int((time.time() - 60) * 1e9)


def test_jobs_by_key(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    key = ("sha256:aa", "metadata@1", "sha256:s")
    with cache.together():
        cache.remember_job(key, [{"gap": "why", "observer": "metadata"}])
    again = Cache(tmp_path / "cache.db")
    assert again.jobs(["sha256:aa", "sha256:bb"]) == {key: [{"gap": "why", "observer": "metadata"}]}


def test_a_file_that_may_still_change_is_not_remembered(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    now = int(time.time() * 1e9)
    cache.remember_file((1, 2, ""), (10, now, now), "sha256:aa", "image", "image/png", 10)
    cache.remember_file((1, 3, ""), (10, OLD, OLD), "sha256:aa", "image", "image/png", 10)
    known = cache.known_files([(1, 2, ""), (1, 3, "")])
    assert list(known) == [(1, 3, "")]
    assert known[(1, 3, "")]["digest"] == "sha256:aa"


def test_many_files_at_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    keys = [(1, inode, "") for inode in range(1000)]
    with cache.together():
        for key in keys:
            cache.remember_file(key, (10, OLD, OLD), "sha256:aa", "image", "image/png", 10)
    assert set(cache.known_files(keys[:990])) == set(keys[:990])


def test_what_fails_half_way_is_not_written(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")

    def half() -> None:
        with cache.together():
            cache.remember_thumbnail("sha256:aa", b"jpeg")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert cache.thumbnails(["sha256:aa"]) == {}


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    Cache(tmp_path / "deep" / "cache.db")
    assert stat.S_IMODE(os.stat(tmp_path / "deep" / "cache.db").st_mode) == 0o600


def test_a_damaged_cache_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_bytes(b"not a database" * 100)
    cache = Cache(tmp_path / "cache.db")
    assert cache.jobs(["sha256:aa"]) == {}
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "cache.db.damaged").execute("SELECT * FROM x")


def test_a_cache_that_cannot_be_made_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="cache"):
        Cache(tmp_path / "file" / "cache.db")


def test_damage_found_on_the_way_costs_only_time(tmp_path: Path) -> None:
    file = tmp_path / "cache.db"
    cache = Cache(file)
    with cache.together():
        for number in range(2000):
            cache.remember_thumbnail(f"sha256:{number:064}", b"jpeg" * 50)
    cache.close()
    content = bytearray(file.read_bytes())
    content[4096 * 4 :] = b"\xa5" * (len(content) - 4096 * 4)
    file.write_bytes(content)
    cache = Cache(file)
    assert len(cache.thumbnails(f"sha256:{number:064}" for number in range(2000))) < 2000
    cache.close()
    assert Path(f"{file}.damaged").is_file()
    assert Cache(file).thumbnails(["sha256:aa"]) == {}


def test_a_full_disk_costs_only_time(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    cache._database.execute("PRAGMA max_page_count=12")
    for number in range(50):
        with cache.together():
            cache.remember_thumbnail(f"sha256:{number:064}", b"jpeg" * 1000)
    kept = cache.thumbnails(f"sha256:{number:064}" for number in range(50))
    assert 0 < len(kept) < 50
    cache.close()
    assert not (tmp_path / "cache.db.damaged").exists()


def test_a_cache_that_somebody_else_holds_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checkthegate.store.cache._PATIENCE_SECONDS", 0.05)
    cache = Cache(tmp_path / "cache.db")
    other = sqlite3.connect(tmp_path / "cache.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with cache.together():
        cache.remember_thumbnail("sha256:aa", b"jpeg")
    other.execute("ROLLBACK")
    assert cache.thumbnails(["sha256:aa"]) == {}

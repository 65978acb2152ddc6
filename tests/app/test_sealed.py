"""Decisions sealed as final read every byte; what was observed of the same bytes is kept."""

import sqlite3
from pathlib import Path

import pytest
from tests.app.test_check import A1111, by_path, delivery, picture, run

from checkthegate.app.check import Checked
from checkthegate.app.home import Home, make_home
from checkthegate.model import AiState, digest_bytes


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files just made count as settled, since nobody can set a ctime back."""
    monkeypatch.setattr("checkthegate.store.cache._SETTLED_NS", 0)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home", "Night Harbour", ["netflix"])


def _from(checked: Checked) -> set[str]:
    return {each.digest_from for each in checked.decision.assets}


@pytest.mark.parametrize("workers", [0, 2])
def test_a_final_check_with_a_home_reads_every_byte(
    tmp_path: Path, home: Home, workers: int
) -> None:
    root = delivery(tmp_path, {f"{n}.png": picture(A1111, n) for n in range(3)})
    first, second = (run(root, home=home, workers=workers) for _ in range(2))
    assert (_from(first), _from(second)) == ({"read"}, {"read"})


def test_a_temp_check_and_one_without_a_home_go_by_stat(tmp_path: Path, home: Home) -> None:
    root = delivery(tmp_path, {"a.png": picture()})
    run(root)
    assert _from(run(root)) == {"stat"}
    run(root, home=home)
    assert _from(run(root, home=home, final=False)) == {"stat"}


def test_a_final_check_still_answers_from_the_cache(tmp_path: Path, home: Home) -> None:
    root = delivery(tmp_path, {f"{n}.png": picture(A1111, n) for n in range(3)})
    run(root)
    plain = run(root).decision.summary.cached
    first, second = run(root, home=home), run(root, home=home)
    assert first.decision.summary.cached == 0
    assert second.decision.summary.cached >= plain > 0
    for one, other in zip(first.decision.assets, second.decision.assets, strict=True):
        assert set(map(repr, one.evidence)) == set(map(repr, other.evidence))
        assert (one.ai, one.verdict, one.findings) == (other.ai, other.verdict, other.findings)


def test_no_observer_runs_again_on_the_same_bytes(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checkthegate.app import workshop

    root = delivery(tmp_path, {"a.png": picture(A1111), "b.png": picture(seed=2)})
    run(root, home=home)

    def never(*_: object) -> object:
        raise AssertionError("an observer ran again")

    monkeypatch.setattr(workshop, "_observe", never)
    again = run(root, home=home)
    assert _from(again) == {"read"}
    assert by_path(again)["a.png"].ai is AiState.GENERATED


def _changed_behind_the_back(file: Path, content: bytes, cache: Path) -> None:
    """Other bytes of the same size, with the cache believing that the file is as it was."""
    assert len(content) == file.stat().st_size
    file.write_bytes(content)
    status = file.stat()
    with sqlite3.connect(cache) as database:
        changed = database.execute(
            "UPDATE cache_files SET mtime = ?, ctime = ? WHERE inode = ?",
            (status.st_mtime_ns, status.st_ctime_ns, status.st_ino),
        )
        assert changed.rowcount == 1
    database.close()


def test_a_byte_changed_behind_the_stat_values_is_noticed(tmp_path: Path, home: Home) -> None:
    generated = picture(A1111)
    other = generated.replace(b"dreamshaper_8", b"dreamshaper_9")
    root = delivery(tmp_path, {"a.png": generated})
    before = run(root, home=home)
    _changed_behind_the_back(root / "a.png", other, home.cache)
    fooled = run(root, home=home, final=False)
    assert fooled.decision.assets[0].asset.digest == digest_bytes(generated)
    after = run(root, home=home)
    assert before.decision.assets[0].asset.digest == digest_bytes(generated)
    assert after.decision.assets[0].asset.digest == digest_bytes(other)
    assert after.decision.assets[0].digest_from == "read"
    assert _from(run(root, home=home, final=False)) == {"stat"}

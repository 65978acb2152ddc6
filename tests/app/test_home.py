"""Homes: made, found upwards only when known, copied, and refused when they are strangers."""

import shutil
import stat
from pathlib import Path

import pytest

from checkthegate.app.home import find_home, make_home, open_home, trust_home
from checkthegate.model import UsageError


def test_a_new_home_is_private_and_found_from_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path, "Night Harbour", ["netflix"])
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((home.folder / "keys" / "home.key").stat().st_mode) == 0o600
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert find_home(None) == home


def test_a_found_home_of_somebody_else_is_refused_until_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other:
        other.setenv("XDG_CONFIG_HOME", str(tmp_path / "their-account"))
        theirs = make_home(tmp_path / "delivery", "Theirs", ["netflix"])
    monkeypatch.chdir(tmp_path / "delivery")
    with pytest.raises(UsageError, match="not made by this account") as refused:
        find_home(None)
    assert "gate home trust" in refused.value.hint
    assert find_home(tmp_path / "delivery") == theirs
    trust_home(theirs)
    assert find_home(None) == theirs


def test_home_option_and_variable_take_either_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path, "Night Harbour", ["netflix"])
    assert open_home(tmp_path) == open_home(tmp_path / ".gate") == home
    monkeypatch.chdir("/")
    assert find_home(None) is None
    monkeypatch.setenv("GATE_HOME", str(tmp_path))
    assert find_home(None) == home


def test_a_copied_home_keeps_its_key(tmp_path: Path) -> None:
    home = make_home(tmp_path / "one", "Night Harbour", ["netflix"])
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert open_home(tmp_path / "two").key == home.key


def test_a_second_home_is_refused(tmp_path: Path) -> None:
    make_home(tmp_path, "One", ["netflix"])
    with pytest.raises(UsageError, match="already has a home"):
        make_home(tmp_path, "Two", ["netflix"])


def test_a_damaged_key_is_named(tmp_path: Path) -> None:
    home = make_home(tmp_path, "One", ["netflix"])
    (home.folder / "keys" / "home.key").write_text("not a key")
    with pytest.raises(UsageError, match="missing or damaged"):
        open_home(tmp_path)


@pytest.mark.parametrize("name", ['Quote " and \\ back', "Zeitgeist – Übermorgen", "日本"])
def test_any_production_name_survives(tmp_path: Path, name: str) -> None:
    assert make_home(tmp_path, name, ["netflix"]).production == name

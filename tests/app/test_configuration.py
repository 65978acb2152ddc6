"""`gate.toml`: defaults, and clear words for what is wrong in it."""

from pathlib import Path

import pytest

from checkthegate.app.configuration import Configuration, read_configuration
from checkthegate.app.temporary import is_temporary
from checkthegate.model import UsageError


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "gate.toml"
    file.write_text(text)
    return file


def test_everything_has_a_default(tmp_path: Path) -> None:
    assert read_configuration(written(tmp_path, "")) == Configuration()


def test_settings_are_read(tmp_path: Path) -> None:
    text = '[delivery]\ntemp = ["editorial/**"]\n[limits]\nmegapixels = 10\nobserver_seconds = 5\n'
    configuration = read_configuration(written(tmp_path, text))
    assert configuration.temp == ("editorial/**",)
    assert configuration.limits.pixels == 10_000_000
    assert configuration.limits.observer_seconds == 5.0


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[delivery]\ntemp = 3\n", "wrong type"),
        ("[delivery]\ntemp = [3]\n", "list of texts"),
        ("[delivery]\ntmp = []\n", "“tmp” is not a setting"),
        ("[deliveries]\n", "not a section"),
        ("[limits]\nmegapixels = true\n", "wrong type"),
        ("[limits]\nmegapixels = 0\n", "more than 0"),
        ("[limits\n", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        read_configuration(written(tmp_path, text))


@pytest.mark.parametrize(
    ("path", "pattern", "matches"),
    [
        ("editorial/temp/a.mov", "editorial/**", True),
        ("editorial", "editorial/**", False),
        ("vfx/editorial/a.mov", "editorial/**", False),
        ("vfx/editorial/a.mov", "**/editorial/*", True),
        ("a.mov", "**/*.mov", True),
        ("vfx/temp_01.exr", "vfx/temp_??.exr", True),
        ("vfx/temp_001.exr", "vfx/temp_??.exr", False),
        ("vfx/a[1].exr", "vfx/a[1].exr", True),
        ("vfx/sub/a.exr", "vfx/*", False),
    ],
)
def test_path_patterns(path: str, pattern: str, matches: bool) -> None:
    assert is_temporary(path, [pattern]) is matches

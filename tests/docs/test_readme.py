"""What README.md promises is compared with what the program does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
GATE = Path(sys.executable).with_name("gate")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the demo prints, run as `make demo` runs it."""
    place = tmp_path_factory.mktemp("demo")
    surroundings = {**os.environ, "HOME": str(place), "COLUMNS": "80", "PYTHONUTF8": "1"}
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "GATE_HOME"):
        surroundings.pop(name, None)
    done = subprocess.run(
        [GATE, "check", "samples/delivery", "--out", str(place / "out")],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    return done.stdout.replace(str(place / "out"), "build/demo")


def test_the_excerpt_is_what_the_demo_prints(demo: str) -> None:
    (excerpt,) = re.findall(r"<!-- excerpt.*?-->\n```\n(.*?)```", README, re.DOTALL)
    printed = " ".join(demo.split())
    at = 0
    for part in excerpt.split("…"):
        words = " ".join(part.split())
        found = printed.find(words, at)
        assert found >= 0, f"the demo does not print: {words}"
        at = found + len(words)


def test_the_last_line_is_the_path_of_the_report(demo: str) -> None:
    assert demo.splitlines()[-1] == "build/demo/report.html"


def test_every_option_and_command_named_is_one() -> None:
    helped = subprocess.run([GATE, "check", "--help"], capture_output=True, text=True).stdout
    options = set(re.findall(r"`(--[a-z-]+)", README))
    assert options
    assert not [option for option in options if option not in helped and option != "--production"]
    commands = set(re.findall(r"gate (init|trust|check|home)\b", README))
    listed = subprocess.run([GATE, "--help"], capture_output=True, text=True).stdout
    assert commands <= set(re.findall(r"[a-z]+", listed))


def test_verdicts_are_named_in_their_order_with_their_shapes() -> None:
    from checkthegate.model import Verdict
    from checkthegate.report.terminal import SHAPES

    rows = re.findall(r"^\| (\S+) `(\w+)` \|", README, re.MULTILINE)
    assert rows == [(SHAPES[verdict.value], verdict.value) for verdict in Verdict]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    file = ROOT / name
    links = re.findall(r"\]\(([^)#]+)\)", file.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (file.parent / link).exists()]
    assert not missing

"""The demo comes out as told: run once as `make demo` runs it, and compared with README.md."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from checkthegate.app.places import account_models
from checkthegate.fingerprint.sscd import Descriptors

# Given time on a busy machine.
pytestmark = [pytest.mark.dear, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
GATE = Path(sys.executable).with_name("gate")
EXCERPT = re.compile(r"<!-- excerpt of (.+?):.*?-->\n```\n(.*?)```", re.DOTALL)
STATUS_STOPPED = 1


@dataclass(frozen=True)
class Demo:
    """What both halves print."""

    story: str
    check: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    if not Descriptors(account_models()).ready:
        pytest.skip("the networks' weights are not here (make models), so films are not found")
    place = tmp_path_factory.mktemp("demo")
    surroundings = {**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"}
    surroundings |= {
        "XDG_CACHE_HOME": str(place / "cache"),
        "XDG_CONFIG_HOME": str(place / "config"),
    }
    surroundings.pop("GATE_HOME", None)
    home, out = str(place / "records"), str(place / "out")
    story = _run([sys.executable, "samples/story.py", home], surroundings, 0)
    words = ["check", "samples/delivery", "--home", home, "--out", out]
    check = _run([str(GATE), *words], surroundings, STATUS_STOPPED)
    return Demo(story, check.replace(out, "build/demo"))


def _run(words: Sequence[str], surroundings: dict[str, str], status: int) -> str:
    done = subprocess.run(words, cwd=ROOT, env=surroundings, capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def test_the_story_comes_out(demo: Demo) -> None:
    steps = re.findall(r"^  (\S.*?)  +(\S.*)$", demo.story, re.MULTILINE)
    outcomes = dict(steps)
    assert outcomes["check the turnover"] == "escalate"
    assert outcomes["check it again"] == "notify"
    assert outcomes["certify it"] == "signed, the delivery in hand (31 certified)"
    assert outcomes["one frame is swapped"] == "NOT the delivery in hand (30 certified, 1 changed)"
    assert outcomes["check the re-cut"] == "escalate"
    assert outcomes["the studio takes it back"] == "blocked"
    assert outcomes["verify the records"].endswith("every one as recorded")


def test_the_finished_storm_is_found_by_its_content_and_named_by_its_event(demo: Demo) -> None:
    first = demo.story.split("import the studio's answer")[0]
    (found,) = re.findall(r"^    NH_101_0080 +(\S+) to (\S+) V1 +ComfyUI +(.+)$", first, re.M)
    assert "01:00:14:00" <= found[0] <= "01:00:14:12"
    assert found[1:] == ("01:00:17:00", "matches-recorded: escalate")
    assert "NH_101_0080_storm_v007.mp4" in demo.check


def test_only_what_is_new_in_the_recut_asks_for_something(demo: Demo) -> None:
    recut = demo.story.split("check the re-cut")[1]
    asking = re.findall(r"^    (\S+) .*: escalate(.*)$", recut, re.MULTILINE)
    assert asking == [("NH_101_0220", " NEW")]
    assert "4 unchanged, 12 moved, 1 trimmed, 1 new, 2 omitted" in recut


@pytest.mark.parametrize("half", ["story", "check"])
def test_the_excerpts_are_what_the_demo_prints(demo: Demo, half: str) -> None:
    excerpts = [text for what, text in EXCERPT.findall(README) if what == f"the demo’s {half}"]
    assert excerpts
    printed = " ".join(getattr(demo, half).split())
    for excerpt in excerpts:
        at = 0
        for part in excerpt.split("…"):
            words = " ".join(part.split())
            found = printed.find(words, at)
            assert found >= 0, f"the demo does not print: {words}"
            at = found + len(words)


def test_the_last_line_is_the_path_of_the_report(demo: Demo) -> None:
    assert demo.check.splitlines()[-1] == "build/demo/report.html"

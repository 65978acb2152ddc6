"""What README.md promises is compared with what the program does.

Its excerpts of the demo are compared where the demo is run: tests/samples/test_demo.py.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
GATE = Path(sys.executable).with_name("gate")


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

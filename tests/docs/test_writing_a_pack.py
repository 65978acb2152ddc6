"""docs/writing-a-pack.md is followed step by step: its files are written, its commands run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.dear

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/writing-a-pack.md").read_text("utf-8")
BLOCK = re.compile(r"(?:(Added to |Changed in )?`([\w./-]+)`:\n\n)?```(\w+)\n(.*?)```", re.DOTALL)
STATUS = re.compile(r"\(exit status (\d)\)")


def steps() -> list[tuple[str, str, str, str]]:
    """(how, file, language, content) of each block, in the order of the page."""
    found = [match.groups(default="") for match in BLOCK.finditer(PAGE)]
    return [(how.strip(), file, language, content) for how, file, language, content in found]


def commands(content: str) -> Iterator[tuple[list[str], list[str], int]]:
    """Each command of a console block, the lines it must print, and its exit status."""
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        status = next((int(found[1]) for line in shown if (found := STATUS.match(line))), 0)
        words = re.findall(r'"[^"]*"|\S+', command)
        lines = [line for line in shown if line and not STATUS.match(line)]
        yield [word.strip('"') for word in words], lines, status


def run(words: list[str], folder: Path, account: Path) -> subprocess.CompletedProcess[str]:
    if words[0] == "cp":
        assert words[1] == "-r"
        shutil.copytree(folder / words[2], folder / words[3])
        return subprocess.CompletedProcess(words, 0, "", "")
    assert words[0] == "gate"
    surroundings = {
        **os.environ,
        "XDG_CONFIG_HOME": str(account / "config"),
        "XDG_CACHE_HOME": str(account / "cache"),
        "COLUMNS": "90",
        "PYTHONUTF8": "1",
    }
    surroundings.pop("GATE_HOME", None)
    return subprocess.run(
        [sys.executable, "-m", "checkthegate", *words[1:]],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
    )


def assert_printed(lines: list[str], printed: str) -> None:
    """Each line stands in what was printed, in that order, whatever the blanks and breaks."""
    text, at = " ".join(printed.split()), 0
    for line in lines:
        wanted = " ".join(line.split())
        found = text.find(wanted, at)
        assert found >= 0, f"the page says {wanted!r}, but this was printed:\n{printed}"
        at = found + len(wanted)


def change(text: str, diff: str) -> str:
    """A text with each run of `-` lines replaced by the `+` lines after it."""
    for old, new in re.findall(r"((?:^- .*\n)+)((?:^\+ .*\n)+)", diff, re.MULTILINE):
        gone, come = (re.sub(r"^[-+] ", "", part, flags=re.MULTILINE) for part in (old, new))
        assert text.count(gone) == 1, f"not there exactly once:\n{gone}"
        text = text.replace(gone, come)
    return text


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the whole page has been followed."""
    folder = tmp_path_factory.mktemp("afternoon")
    account = tmp_path_factory.mktemp("account")
    shutil.copytree(ROOT / "samples/delivery", folder / "samples/delivery")
    for how, name, language, content in steps():
        file = folder / name
        if language == "console":
            for words, lines, status in commands(content):
                done = run(words, folder, account)
                assert done.returncode == status, (words, done.stdout, done.stderr)
                assert_printed(lines, done.stdout + done.stderr)
        elif how == "Changed in":
            file.write_text(change(file.read_text("utf-8"), content), "utf-8")
        elif how == "Added to":
            file.write_text(file.read_text("utf-8") + content, "utf-8")
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")
    return folder


def test_every_block_says_which_file_it_is() -> None:
    assert all(name or language == "console" for _, name, language, _ in steps())
    assert len(steps()) > 20


def test_the_page_can_be_followed_to_its_end(followed: Path) -> None:
    locked = (followed / "packs/packs.lock").read_text()
    assert re.findall(r"^(lantern \d) sha256", locked, re.MULTILINE) == ["lantern 1", "lantern 2"]


@pytest.mark.parametrize("report", ["report", "report-at-home"])
def test_the_reports_name_the_rule_and_the_memo(followed: Path, report: str) -> None:
    page = (followed / report / "report.html").read_text("utf-8")
    assert "lan.final" in page
    assert "Lantern Pictures" in page


def test_it_warns_before_it_teaches() -> None:
    assert PAGE.index("not legal advice") < PAGE.index("## 1.")
    assert "ask your studio contact" in " ".join(PAGE.replace("\n>", "").split())

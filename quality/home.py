"""A fresh home and the real command: records clips, checks a film, as anybody would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TOOL = "Dreamer"
_USE = f"""\
title: Shots made for the measurement
purpose: background
outputs: [video, image]
tools:
  - {{name: {_TOOL}, environment: local, stores: no, reuses: no, trains: no}}
final: yes
prominence: incidental
human_contribution: yes
inputs: []
references: []
imitates: no
talent: []
union_work: no
mistakable_for_real: no
training: null
"""
_MOST_ARGUMENTS = 400


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check said, and the seconds it took, start to end."""

    report: dict[str, Any]
    seconds: float


class Production:
    """A production in an empty folder, with caches of its own."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        folder.mkdir(parents=True)
        self.folder, self._workers = folder, workers
        self._surroundings = {
            **os.environ,
            "XDG_CACHE_HOME": str(folder / "account-cache"),
            "XDG_CONFIG_HOME": str(folder / "account-config"),
            "GATE_DEBUG": "1",
        }
        self._surroundings.pop("GATE_HOME", None)
        (folder / "use.yaml").write_text(_USE, "utf-8")
        self.gate("init", ".", "--production", "Measured")
        self.gate("use", "add", "--from", "use.yaml")
        self.gate("tool", "add", _TOOL)
        listed = json.loads(self.gate("use", "list", "--json"))
        self._use = str(listed["items"][-1]["id"])

    def record(self, files: Sequence[Path], inputs: Sequence[Path] = ()) -> float:
        """Record files, made from these inputs; the seconds it took."""
        began = time.perf_counter()
        for first in range(0, len(files), _MOST_ARGUMENTS):
            words = [str(path.resolve()) for path in files[first : first + _MOST_ARGUMENTS]]
            made = ["--from-file", *(str(path.resolve()) for path in inputs)] if inputs else []
            workers = ["--workers", str(self._workers)]
            self.gate("record", *words, "--use", self._use, "--tool", _TOOL, *workers, *made)
        return time.perf_counter() - began

    def check(self, *paths: Path, options: Sequence[str] = ()) -> Checked:
        """Check files or folders."""
        words = [str(path.resolve()) for path in paths]
        began = time.perf_counter()
        told = self.gate("check", *words, "--json", "--workers", str(self._workers), *options)
        return Checked(json.loads(told), time.perf_counter() - began)

    def gate(self, *words: str) -> str:
        """What the command prints. Raises `RuntimeError` with its words when it fails."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "checkthegate", *words],
            cwd=self.folder,
            env=self._surroundings,
            capture_output=True,
            text=True,
        )
        if done.returncode > 1:
            raise RuntimeError(f"gate {' '.join(words[:3])} …: {done.stderr[-2000:]}")
        return done.stdout

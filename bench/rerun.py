"""Times `gate check` on a folder, and again on the unchanged folder, as whole processes.

    python bench/rerun.py [--files 1000] [--workers N]

See bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pictures

TARGET = 50.0
_SETTLE_SECONDS = 2.5
_MOST_FILE_BYTES = 5_500_000
_GATE = Path(sys.executable).with_name("gate")


def main() -> int:
    parser = argparse.ArgumentParser(description="An unchanged second run against the first.")
    parser.add_argument("--files", type=int, default=1000, help="files to check (1000)")
    parser.add_argument("--workers", type=int, default=0, help="worker processes (gate's default)")
    arguments = parser.parse_args()
    _assert_room(arguments.files)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "delivery"
        pictures.write(folder, pictures.bases(), range(arguments.files))
        time.sleep(_SETTLE_SECONDS)
        first, cold = _check(folder, arguments.workers)
        second, warm = _check(folder, arguments.workers)
    ratio = first / second
    print(f"{arguments.files} files, {cold['bytes'] / 1e6:.0f} MB")
    print(f"  first run             {first:8.2f} s  ({cold['cached']} jobs from the cache)")
    print(f"  second run, unchanged {second:8.2f} s  ({warm['cached']} jobs from the cache)")
    print(f"ratio first / second    {ratio:.0f}x  (target at least {TARGET:.0f}x)")
    return 0 if ratio >= TARGET else 1


def _assert_room(files: int) -> None:
    place, wanted = tempfile.gettempdir(), files * _MOST_FILE_BYTES
    if shutil.disk_usage(place).free < wanted:
        raise SystemExit(f"{place} has less than {wanted / 1e9:.0f} GB free: use fewer --files")


def _check(folder: Path, workers: int) -> tuple[float, dict[str, float]]:
    """Wall seconds of one run, and its summary. The cache is this benchmark's own."""
    own = folder.parent / "cache"
    surroundings = {**os.environ, "XDG_CACHE_HOME": str(own), "HOME": str(folder.parent / "home")}
    surroundings.pop("GATE_HOME", None)
    command = [str(_GATE), "check", str(folder), "--json"]
    if workers:
        command += ["--workers", str(workers)]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, env=surroundings, cwd=folder.parent)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise SystemExit(f"gate check ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    summary: dict[str, float] = json.loads(done.stdout)["summary"]
    return seconds, summary


if __name__ == "__main__":
    sys.exit(main())

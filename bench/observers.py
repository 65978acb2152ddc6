"""Times the observers against the physical limit, on the same files, in the same run.

    python bench/observers.py [--files 1000] [--decode 200]

Prints how long metadata and credential observers take against hashing the same files, and the
pixel observers against decoding them. Everything runs in this one process, so that the ratios
compare like with like. See bench/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pictures

HEADERS = ("metadata", "c2pa", "hints", "workflow")
PIXELS = ("decode", "watermark", "stealth")
TARGET = 1.5
Timings = dict[str, float]
Work = Callable[[list[Path]], None]


def main() -> int:
    arguments = _arguments()
    observers = _observers()
    works = {
        "hash": _hash,
        "headers": lambda files: _observe(files, [observers[name] for name in HEADERS]),
        **{f"only {name}": _alone(observers[name]) for name in HEADERS},
    }
    if shutil.which("exiftool"):
        works["exiftool"] = _exiftool
    pixel_works = {
        "decode": _decode,
        "pixels": lambda files: _observe(files, [observers[name] for name in PIXELS]),
    }
    ready = pictures.bases()
    taken, size = _run(ready, arguments.files, arguments.round, works)
    slow, slow_size = _run(ready, arguments.decode, arguments.round, pixel_works)
    return _report(arguments, taken, size, slow, slow_size)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=1000, help="files to hash and read (1000)")
    parser.add_argument("--decode", type=int, default=200, help="files to decode (200)")
    parser.add_argument("--round", type=int, default=40, help="files on disk at one time (40)")
    return parser.parse_args()


def _observers() -> dict[str, Any]:
    found = entry_points(group="checkthegate.observers")
    return {point.name: point.load()({}) for point in found if point.name in HEADERS + PIXELS}


def _run(
    ready: list[pictures.Base], total: int, size: int, works: dict[str, Work]
) -> tuple[Timings, int]:
    """Seconds of each work over `total` files, and their bytes; the order turns every round."""
    taken: Timings = defaultdict(float)
    volume, names = 0, list(works)
    with tempfile.TemporaryDirectory() as folder:
        warm = pictures.write(Path(folder) / "warm", ready, range(2))
        for work in works.values():
            work(warm)
        for turn, numbers in enumerate(pictures.rounds(total, size)):
            files = pictures.write(Path(folder) / f"round{turn}", ready, numbers)
            volume += sum(file.stat().st_size for file in files)
            for step in range(len(names)):
                name = names[(turn + step) % len(names)]
                start = time.perf_counter()
                works[name](files)
                taken[name] += time.perf_counter() - start
            shutil.rmtree(files[0].parent)
    return taken, volume


def _hash(files: list[Path]) -> None:
    for file in files:
        with file.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")


def _decode(files: list[Path]) -> None:
    from PIL import Image

    for file in files:
        with Image.open(file) as image:
            image.load()


def _alone(observer: Any) -> Work:
    return lambda files: _observe(files, [observer])


def _observe(files: list[Path], observers: list[Any]) -> None:
    """Identify, open and observe, as a check does; a gap would mean that nothing was timed."""
    from checkthegate.delivery.identify import identify
    from checkthegate.delivery.opened import OpenedFile
    from checkthegate.model import Asset, Gap

    for file in files:
        with file.open("rb") as stream:
            kind, media_type = identify(stream, file.name)
        asset = Asset(file.name, kind, media_type, file.stat().st_size, "sha256:")
        opened = OpenedFile(asset, file)
        for observer in observers:
            if observer.wants(asset):
                for seen in observer.observe(opened):
                    if isinstance(seen, Gap):
                        raise SystemExit(f"{observer.id} could not read {file.name}: {seen.reason}")
        opened.close()


def _exiftool(files: list[Path]) -> None:
    subprocess.run(
        ["exiftool", "-fast", "-json", str(files[0].parent)], check=True, capture_output=True
    )


def _report(
    arguments: argparse.Namespace, taken: Timings, size: int, slow: Timings, slow_size: int
) -> int:
    many, few = (arguments.files, size), (arguments.decode, slow_size)
    print(f"{many[0]} files, {size / 1e6:.0f} MB; {few[0]} of them decoded")
    _line("hashing (SHA-256, streamed)", taken["hash"], many)
    _line("metadata + credential observers", taken["headers"], many)
    for name in HEADERS:
        _line(f"  {name} alone", taken[f"only {name}"], many)
    if "exiftool" in taken:
        _line("exiftool -fast, one process", taken["exiftool"], many)
    _line("decoding (Pillow)", slow["decode"], few)
    _line("pixel observers, decoding included", slow["pixels"], few)
    first, second = taken["headers"] / taken["hash"], slow["pixels"] / slow["decode"]
    print(f"ratio observers / hashing             {first:.2f}   target at most {TARGET}")
    print(f"ratio (hashing + observers) / hashing {1 + first:.2f}")
    print(f"ratio pixel observers / decoding      {second:.2f}   target at most {TARGET}")
    if "exiftool" in taken:
        print(f"ratio observers / exiftool            {taken['headers'] / taken['exiftool']:.2f}")
    else:
        print("exiftool was left out: it is not installed (Debian: libimage-exiftool-perl)")
    return 0 if max(first, second) <= TARGET else 1


def _line(label: str, seconds: float, amount: tuple[int, int]) -> None:
    files, size = amount
    rate, each = size / 1e6 / seconds, 1000 * seconds / files
    print(f"  {label:<36} {seconds:8.2f} s {rate:8.0f} MB/s {each:8.2f} ms a file")


if __name__ == "__main__":
    sys.exit(main())

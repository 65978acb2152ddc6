"""Times looking through a 1080p cut for recorded clips against decoding it with ffmpeg.

    python bench/screening.py [--seconds 120] [--cores 1] [--hours 2] [--codecs h264,prores]

Both sides are pinned to the same cores and see the same file, in turns. Screening (a bank of clips
that are not in the cut) and the closer look (what the clips that are in it add) are printed apart.
The physical limit is printed beside them: reading the file, and reading its packets. See
bench/README.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import banked  # noqa: E402
from quality.cut import make  # noqa: E402
from quality.films import place_of  # noqa: E402
from quality.plan import Wanted  # noqa: E402
from quality.truth import Truth  # noqa: E402

TARGETS = {"h264": 0.15, "prores": 0.30}
CLOSER = 1.5
_MEMORY_SLACK = 60.0
_SHOT_SECONDS = 2.9


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds for one cut; `share` of the running time that was matched; `found` of `planted`."""

    label: str
    codec: str
    decode: float
    packets: float
    screen: float
    whole: float
    share: float
    found: int
    planted: int

    @property
    def ratio(self) -> float:
        """The whole over decoding."""
        return self.whole / self.decode

    @property
    def target(self) -> float:
        """What the ratio may be."""
        return TARGETS[self.codec] + CLOSER * self.share


def main() -> int:
    parser = argparse.ArgumentParser(description="Screening a cut against decoding it.")
    parser.add_argument("--seconds", type=float, default=120.0, help="the cut's length (120)")
    parser.add_argument("--cores", type=int, default=1, help="for both sides (1)")
    parser.add_argument("--hours", type=float, default=2.0, help="for memory; 0 leaves it out (2)")
    parser.add_argument("--codecs", default="h264,prores")
    parser.add_argument("--memory-of", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.memory_of:
        return _watched(*given.memory_of)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: given.cores])
    codecs = tuple(given.codecs.split(","))
    shots = round(given.seconds / _SHOT_SECONDS)
    few, many = max(1, round(shots * 0.02)), max(3, shots // 4)
    rows = []
    for label, planted in (("at most 2 % AI", few), ("a quarter AI", many)):
        wanted = Wanted(shots, planted, 40, (1920, 1080), codecs)
        for row in _measure(label, wanted, given.cores):
            _tell(row)
            rows.append(row)
    flat = _memory(given.hours) if given.hours else True
    return 0 if flat and all(row.ratio <= row.target for row in rows) else 1


def _measure(label: str, wanted: Wanted, cores: int) -> Iterator[Timed]:
    """Each codec as it is done; the cut is made first where it is not there, which takes long."""
    folder = place_of(wanted)
    truth = make(folder, wanted)
    hasher = banked.picture_hasher()
    with tempfile.TemporaryDirectory() as place:
        ours = [folder / "records" / planted.record for planted in truth.planted]
        others = sorted(set((folder / "records").iterdir()) - set(ours))
        bank = banked.OpenBank(hasher, [*ours, *others], Path(place) / "bank")
        unrelated = banked.OpenBank(hasher, _elsewhere(), Path(place) / "unrelated")
        for codec, name in truth.films.items():
            film, banks = folder / "cut" / name, (hasher, bank, unrelated)
            yield _timed_cut(label, codec, film, truth, banks, cores)


def _elsewhere() -> list[Path]:
    """Clips that are in no timed cut."""
    wanted = Wanted(8, 4, 41, (1280, 720))
    folder = place_of(wanted)
    make(folder, wanted)
    return sorted((folder / "records").iterdir())


def _timed_cut(
    label: str, codec: str, film: Path, truth: Truth, with_: tuple[Any, Any, Any], cores: int
) -> Timed:
    hasher, bank, unrelated = with_
    found: list[Any] = []

    def whole() -> None:
        found[:] = banked.matches(hasher, film, bank)

    works: list[Callable[[], object]] = [
        lambda: _decode(film, cores),
        lambda: _packets(film),
        lambda: banked.matches(hasher, film, unrelated),
        whole,
    ]
    best = [float("inf")] * len(works)
    for _ in range(3):
        for number, work in enumerate(works):
            start = time.perf_counter()
            work()
            best[number] = min(best[number], time.perf_counter() - start)
    named = {each.banked.path for each in found}
    hit = sum(planted.record in named for planted in truth.planted)
    share = banked.share_found(found, truth.seconds)
    return Timed(label, codec, *best, share, hit, len(truth.planted))


def _ffmpeg() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _decode(film: Path, threads: int) -> None:
    command = [_ffmpeg(), "-v", "error", "-threads", str(threads), "-i", str(film)]
    subprocess.run([*command, "-map", "0:v:0", "-f", "null", "-"], check=True)


def _packets(film: Path) -> None:
    """Reading every packet and decoding none: nobody can know a film's packets faster."""
    import av

    with av.open(str(film)) as container:
        for packet in container.demux(container.streams.video[0]):
            bytes(packet)


def _tell(row: Timed) -> None:
    print(f"1080p {row.codec}, {row.label}; {row.found} of {row.planted} clips found", flush=True)
    for name, seconds in (
        ("ffmpeg -f null decodes it", row.decode),
        ("the limit: reading its packets", row.packets),
        ("screening", row.screen),
        ("closer look at what was proposed", max(0.0, row.whole - row.screen)),
    ):
        print(f"  {name:<36} {seconds:8.2f} s {seconds / row.decode:8.3f}")
    print(f"  share of the running time matched    {row.share:17.3f}")
    print(
        f"  ratio {row.ratio:.3f}   target at most {row.target:.3f} (0.15 or 0.30, + 1.5 x share)"
    )


def _memory(hours: float) -> bool:
    """Whether a long file takes no more memory than a short one. Looped by stream copy."""
    wanted = Wanted(40, 4, 42, (1280, 720))
    folder = place_of(wanted)
    truth = make(folder, wanted)
    film = folder / "cut" / truth.films["h264"]
    copies = max(1, round(hours * 3600 / truth.seconds))
    with tempfile.TemporaryDirectory(dir=folder) as place:
        if shutil.disk_usage(place).free < (copies + 10) * film.stat().st_size:
            print("memory was left out: too little disk for the looped film")
            return False
        short = _looped(film, Path(place) / "short.mp4", max(1, copies // 12))
        brief, long_ = (
            _peak(each, folder) for each in (short, _looped(film, Path(place) / "l.mp4", copies))
        )
    print(f"peak memory: {brief:.0f} MB for {hours / 12:.2f} h, {long_:.0f} MB for {hours:g} h")
    print(f"  target at most {_MEMORY_SLACK:.0f} MB more")
    return long_ - brief <= _MEMORY_SLACK


def _looped(film: Path, target: Path, copies: int) -> Path:
    command = [_ffmpeg(), "-v", "error", "-stream_loop", str(copies - 1), "-i", str(film)]
    subprocess.run([*command, "-c", "copy", "-map", "0:v:0", str(target)], check=True)
    return target


def _peak(film: Path, folder: Path) -> float:
    """Megabytes at most, of a process that looks through the film for the cut's clips."""
    command = [sys.executable, __file__, "--memory-of", str(film), str(folder / "records")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def _watched(film: Path, records: Path) -> int:
    hasher = banked.picture_hasher()
    with tempfile.TemporaryDirectory() as place:
        bank = banked.OpenBank(hasher, sorted(records.iterdir())[:3], Path(place) / "bank")
        banked.matches(hasher, film, bank)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return 0


if __name__ == "__main__":
    sys.exit(main())

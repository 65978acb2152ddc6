"""Times knowing sounds again, beside fpcalc, which only makes Chromaprint's words.

    python bench/sound.py [--minutes 60] [--tracks 2000] [--full]

On one file, a made mix of dialogue, music and weather in stereo: fpcalc alone; what a record costs
(peaks of both channels and of the mix, the same words, a taste to play); and what a check costs
against a bank of forty sounds, of which some are in the mix. Then a bank of many tracks: look-ups
against the slow truth, and one more entry. Processor time, children included. `--full` is ten
thousand tracks. See bench/README.md.
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
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from quality.mix import STRETCH, sources, stretches, voices, write_flac
from quality.mix_sounds import RATE, Array
from quality.sound_bank import SoundBank
from quality.words_bank import opened

from checkthegate.fingerprint import sound_index
from checkthegate.fingerprint.sound_index import FRAME_SECONDS
from checkthegate.fingerprint.sound_keys import target_pairs
from checkthegate.fingerprint.sound_listening import listened
from checkthegate.fingerprint.sound_print import Channel
from checkthegate.fingerprint.sound_proposing import STEP, Proposer
from checkthegate.fingerprint.spectra import TICK_SECONDS, Peaks

TARGET, ADDED_TARGET_MS, FLAT_TARGET_MB = 0.5, 1000.0, 40.0
_MADE, _SOURCES, _SEED = 10, 40, 5
_TRACK_SECONDS, _EACH_SECOND, _MOST_SHIFT = 40.0, 45, 20


def main() -> int:
    parser = argparse.ArgumentParser(description="Sounds known again.")
    parser.add_argument("--minutes", type=float, default=60, help="length of the mix (60)")
    parser.add_argument("--tracks", type=int, default=2000, help="tracks of the bank (2000)")
    parser.add_argument("--full", action="store_true", help="ten thousand tracks")
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peak:
        return _print_peak(asked.peak)
    with tempfile.TemporaryDirectory() as folder:
        bank = _mix(Path(folder), asked.minutes * 60)
        ratio = _rates(Path(folder), bank, "mono", asked.minutes * 60)
        _rates(Path(folder), bank, "stereo", asked.minutes * 60)
        flat = _flat(Path(folder))
        exact, added = _tracks(Path(folder), 10_000 if asked.full else asked.tracks)
    kept = ratio >= TARGET and flat <= FLAT_TARGET_MB and exact and added <= ADDED_TARGET_MS
    return 0 if kept else 1


def _mix(folder: Path, seconds: float) -> SoundBank:
    """`stereo.flac` and `mono.flac` of this length, `short.flac` of a tenth; a bank of what is
    planted in them."""
    known = dict(sources(_SEED, _SOURCES, voices(None)))
    made = [sound for sound, _ in stretches(_SEED, _MADE, voices(None), known)]
    for name, length, channels in (
        ("stereo", seconds, 2),
        ("mono", seconds, 1),
        ("short", seconds / 10, 2),
    ):
        rounds = range(max(1, round(length / STRETCH)))
        blocks = (made[at % _MADE][:, :channels] for at in rounds)
        write_flac(folder / f"{name}.flac", blocks, channels=channels)
    files = []
    for name, samples in known.items():
        files.append(folder / f"{name}.flac")
        write_flac(files[-1], [samples[:, None]])
    bank = SoundBank(folder / "bank")
    bank.add(files)
    return bank


def _spent() -> float:
    """Processor seconds so far, those of ended children included."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _timed(work: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = _spent()
        work()
        best = min(best, _spent() - start)
    return best


def _rates(folder: Path, bank: SoundBank, name: str, seconds: float) -> float:
    """Prints the rates of both, and gives that of a record over fpcalc's."""
    mix = folder / f"{name}.flac"
    peers = {name: _timed(lambda c=command: _run(c)) for name, command in _peers(mix).items()}
    heard = listened(opened(mix))
    kept = len(heard.found.to_bytes())

    def record() -> None:
        listened(opened(mix), taste=True).found.to_bytes()

    ours = {"a record": _timed(record), "a check": _timed(lambda: bank.matches(mix), 1)}
    print(f"{seconds:,.0f} s of {name}; {kept / seconds * 3600 / 1e6:.1f} MB kept of an hour")
    for what, took in {**peers, **ours}.items():
        print(f"  {what:<28} {seconds / took:8,.0f} times real time ({took:6.2f} s)")
    if not peers:
        print("  fpcalc left out: neither it nor imageio-ffmpeg is installed")
        return TARGET
    for peer, took in peers.items():
        ratios = "; ".join(f"{what} / it {took / each:.2f}" for what, each in ours.items())
        print(f"  {peer}: {ratios} (target for a record: {TARGET})")
    return next(iter(peers.values())) / ours["a record"]


def _peers(mix: Path) -> dict[str, list[str]]:
    """Commands that make Chromaprint's words of a file, the one to compare with first."""
    found = {}
    if shutil.which("fpcalc"):
        found["fpcalc"] = ["fpcalc", "-raw", "-length", "1000000", str(mix)]
    try:
        import imageio_ffmpeg
    except ImportError:
        return found
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(mix)]
    found["chromaprint of FFmpeg"] = [*program, "-f", "chromaprint", "-fp_format", "raw", "-"]
    return found


def _run(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, check=False)


def _flat(folder: Path) -> float:
    """By how many MB listening to the whole mix peaks above listening to a tenth of it."""
    peaks = []
    for name in ("short", "stereo"):
        command = [sys.executable, __file__, "--peak", str(folder / f"{name}.flac")]
        run = subprocess.run(command, capture_output=True, check=True, text=True, env=os.environ)
        peaks.append(float(run.stdout))
    more = peaks[1] - peaks[0]
    print(
        f"  peak memory {peaks[1]:.0f} MB, of a tenth of it {peaks[0]:.0f} MB: {more:.0f} MB more"
    )
    print(f"  (target {FLAT_TARGET_MB:.0f}; what is kept grows, what is worked on does not)")
    return more


def _print_peak(file: Path) -> int:
    listened(opened(file))
    # What getrusage says begins with the process it was forked from.
    status = Path("/proc/self/status")
    if status.exists():
        lines = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        print(int(lines[0].split()[1]) / 1024)
    else:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return 0


def _tracks(folder: Path, count: int) -> tuple[bool, float]:
    """Whether look-ups in a bank of many tracks say the slow truth; ms until one more is found."""
    segment = folder / "tracks"
    segment.mkdir()
    start = time.process_time()
    sound_index.write(segment, _channels(count))
    made = time.process_time() - start
    mapped = _timed(lambda: sound_index.load(segment))
    index = sound_index.load(segment)
    asked = target_pairs(_peaks(count // 2).between(3, 4))
    found = index.find(asked, _MOST_SHIFT)
    took = _timed(lambda: index.find(asked, _MOST_SHIFT))
    fast = sorted(_told(index, found))
    slow = time.process_time()
    truth = sorted(sound_index.brute_force(_channels(count), asked, _MOST_SHIFT))
    slow = time.process_time() - slow
    size = sum(file.stat().st_size for file in segment.iterdir()) / 1e6
    print(
        f"  {count:,} tracks of {_TRACK_SECONDS:.0f} s: indexed in {made:.0f} s, {size:.0f} MB, ",
        end="",
    )
    print(f"mapped in {1000 * mapped:.1f} ms")
    print(f"  {len(asked):,} look-ups, {len(fast):,} hits in {1000 * took:.1f} ms; ", end="")
    print(f"equal to the slow truth: {fast == truth} (which takes {slow:.0f} s)")
    return fast == truth and bool(truth), _added(folder, segment)


def _told(
    index: sound_index.SoundIndex, hits: sound_index.Hits
) -> Iterator[tuple[int, int, int, int, int]]:
    for which, place, shift in zip(hits.asked, hits.places, hits.shifts, strict=True):
        number, part, first = index.channel_at(int(place))
        yield int(which), number, part, int(place) - first, int(shift)


def _added(folder: Path, many: Path) -> float:
    """Milliseconds until one more sound is found beside the many."""
    bank = SoundBank(folder / "more")
    samples: Array = next(iter(sources(_SEED + 1, 1, voices(None))))[1]
    file, target = folder / "added.flac", folder / "target.flac"
    write_flac(file, [samples[:, None]])
    write_flac(target, [samples[: 10 * RATE, None]])
    start = time.perf_counter()
    (entry,) = bank.add([file])
    print(f"  one more: on record in {1000 * (time.perf_counter() - start):.0f} ms; ", end="")
    heard = listened(opened(target)).found.channels[0]
    proposer = Proposer([many, bank.folders[0]])
    looking = time.perf_counter()
    windows = list(proposer.proposals(heard, None, lambda: None))
    each = 1000 * (time.perf_counter() - looking) / max(1, len(windows))
    took = 1000 * (time.perf_counter() - start)
    # The numbers of the many begin at 1.
    there = [found[0].number == entry.number for found in windows if found]
    print(f"proposed {took:.0f} ms after (target {ADDED_TARGET_MS:.0f}), first of {sum(there)} of ")
    print(f"  {len(windows)} windows; {each:.0f} ms a window of {2 * STEP * FRAME_SECONDS:.0f} s")
    return took if any(there) else float("inf")


def _channels(count: int) -> Iterator[tuple[int, int, Channel]]:
    outline = np.zeros(int(_TRACK_SECONDS * 21), "u1")
    for number in range(1, count + 1):
        yield number, 0, Channel(0, 0, _peaks(number), outline, np.zeros(0, "<u4"))


def _peaks(seed: int) -> Peaks:
    """Peaks as music has them: more of them low than high."""
    chance = np.random.default_rng(seed)
    count = int(_TRACK_SECONDS * _EACH_SECOND)
    return Peaks(
        np.sort(chance.integers(0, int(_TRACK_SECONDS / TICK_SECONDS), count)).astype("<u4"),
        np.clip(chance.normal(2600, 900, count), 10, 4300).astype("<u2"),
        chance.integers(0, 200, count).astype("u1"),
        chance.integers(0, 200, count).astype("u1"),
    )


if __name__ == "__main__":
    raise SystemExit(main())

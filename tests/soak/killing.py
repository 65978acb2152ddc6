"""Kills a writing workload at random points and shows that nothing acknowledged is lost.

    python -m tests.soak.killing --points 200 --seed 1
    python -m tests.soak.killing --points 20 --url sqlite:////tmp/records.db

At each point several processes append events in batches, each of several threads; all are killed
(SIGKILL) in the middle of it; a PostgreSQL of our own is killed too, every fourth time.
Then: everything that was acknowledged is there as it was given, no batch is there in part, nothing
is there twice, the ledger and its tables verify. Ends with 1 when anything else is found.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from checkthegate.model import GateError
from checkthegate.seams import RecordReading
from tests.databases import NoServer, Server, postgresql
from tests.store.samples import breaks, event, opened

PROCESSES, THREADS = 2, 2
LONGEST = 0.25


def run(url: str, points: int, seed: int, crash: Callable[[], None] | None = None) -> Iterator[str]:
    """What was found wrong, over `points` kills. `crash` ends and restarts the server."""
    chance = random.Random(seed)
    acknowledged: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="gate-kill-") as place:
        opened(url).close()
        for point in range(points):
            files = _killed(url, Path(place), point, chance.uniform(0.0, LONGEST))
            for file in files:
                acknowledged.update(_read(file))
            if crash is not None and point % 4 == 3:
                crash()
            whole = point == points - 1 or point % 20 == 19
            yield from (f"point {point}: {wrong}" for wrong in _wrong(url, acknowledged, whole))
    if not acknowledged:
        yield "nothing was ever acknowledged: the workload did not run"


def _killed(url: str, place: Path, point: int, seconds: float) -> list[Path]:
    """Run the workload, kill it; the files in which its processes noted what was acknowledged."""
    files = [place / f"{point}-{number}" for number in range(PROCESSES)]
    ready = [os.pipe() for _ in files]
    pids = [_started(url, file, pipe) for file, pipe in zip(files, ready, strict=True)]
    for reading, writing in ready:
        os.close(writing)
        os.read(reading, 1)
        os.close(reading)
    time.sleep(seconds)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        os.waitpid(pid, 0)
    return files


def _started(url: str, file: Path, pipe: tuple[int, int]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _write(url, file, pipe[1])
    finally:
        os._exit(9)


def _write(url: str, file: Path, ready: int) -> None:
    """Append batches until killed. A batch is noted only once it was acknowledged."""
    noted = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    records = opened(url)
    os.write(ready, b".")

    def work(thread: int) -> None:
        for count in range(1_000_000):
            batch = f"{file.name}-{thread}-{count}"
            size = 1 + count % 3
            body = {"batch": batch, "of": size}
            receipt = records.append(
                [
                    event("tool-added", f"tool_{batch}_{n}", {"name": batch, "facts": body})
                    for n in range(size)
                ]
            )
            os.write(noted, json.dumps([batch, receipt.entries.start]).encode() + b"\n")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def _read(file: Path) -> Mapping[str, int]:
    """Acknowledged batches and their first entries. A half-written last line was no notice."""
    content = file.read_bytes() if file.exists() else b""
    lines = content[: content.rfind(b"\n") + 1].splitlines()
    return dict(json.loads(line) for line in lines)


def _wrong(url: str, acknowledged: Mapping[str, int], whole: bool) -> Iterator[str]:
    try:
        records = opened(url, create=False)
    except GateError as problem:
        yield f"does not open: {problem.message}"
        return
    try:
        with records.reading() as reading:
            yield from _batches_wrong(reading, acknowledged)
            if whole:
                yield from (f"entry {entry}: {what}" for entry, what in breaks(reading))
    finally:
        records.close()


def _batches_wrong(reading: RecordReading, acknowledged: Mapping[str, int]) -> Iterator[str]:
    first: dict[str, int] = {}
    counted: Counter[str] = Counter()
    sizes: dict[str, int] = {}
    subjects = set()
    expected = 0
    for number, found in reading.events():
        facts: Any = found.body["facts"]
        batch = facts["batch"]
        if number != expected:
            yield f"entry {expected} is missing"
        expected = number + 1
        if number != first.setdefault(batch, number) + counted[batch]:
            yield f"batch {batch} is interleaved with others"
        counted[batch] += 1
        sizes[batch] = facts["of"]
        if found.subject in subjects:
            yield f"{found.subject} is there twice"
        subjects.add(found.subject)
    yield from (f"batch {b} is there in part" for b, n in counted.items() if n != sizes[b])
    yield from (
        f"acknowledged batch {batch} is lost"
        for batch, start in acknowledged.items()
        if first.get(batch) != start
    )


def _restarter(server: Server) -> Callable[[], None]:
    def crash() -> None:
        server.kill()
        server.start()

    return crash


def _report(name: str, found: Iterator[str]) -> bool:
    wrong = list(found)
    print(
        f"{name}: {'nothing lost, nothing half-written' if not wrong else wrong[:20]}", flush=True
    )
    return not wrong


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Kill a writing workload at random points.")
    parser.add_argument("--points", type=int, default=200, help="kills on each database (200)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other points (1)")
    parser.add_argument("--url", help="this database alone; both by default")
    arguments = parser.parse_args()
    points, seed = arguments.points, arguments.seed
    if arguments.url:
        return 0 if _report(arguments.url, run(arguments.url, points, seed)) else 1
    with tempfile.TemporaryDirectory() as place:
        fine = _report("SQLite", run(f"sqlite:///{place}/records.db", points, seed))
    try:
        with postgresql() as server:
            found = run(server.database(), points, seed, _restarter(server))
            fine = _report("PostgreSQL", found) and fine
    except NoServer as reason:
        print(f"PostgreSQL was left out: {reason}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())

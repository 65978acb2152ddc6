"""Times recording, verifying and tracing, each against what the machine must spend anyway.

    python bench/ledger.py [--entries 1000000] [--edges 1000000] [--seconds 3] [--postgresql]

See bench/README.md.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.databases import NoServer, postgresql

from checkthegate.app.sealing import HomeSealing
from checkthegate.ledger import StoredEntry, public_key, verify_chain
from checkthegate.model.event import Event
from checkthegate.model.table import Change, Column, ColumnType, Put, Table
from checkthegate.seams import Projection, RecordReading, RecordStore
from checkthegate.store.records import open_records

APPENDS, RATIO, SECONDS, LINEAGE, REACHED = 3000.0, 1.5, 60.0, 0.050, 10_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FILES = Table(
    "files",
    (
        Column("id", required=True),
        Column("digest", required=True),
        Column("size", ColumnType.INT),
        Column("facts", ColumnType.JSON),
        Column("entry", ColumnType.INT, required=True),
    ),
    ("id",),
    (("digest",),),
)
EDGES = Table(
    "edges",
    (
        Column("source", required=True),
        Column("target", required=True),
        Column("entry", ColumnType.INT, required=True),
    ),
    ("source", "target"),
    (("target",),),
)


def project(number: int, event: Event) -> Sequence[Change]:
    body = event.body
    if event.kind == "files-recorded":
        return [Put("files", {"id": event.subject, "entry": number, **body})]
    pairs: Sequence[Sequence[str]] = body["edges"]  # type: ignore[assignment]
    return [Put("edges", {"source": a, "target": b, "entry": number}) for a, b in pairs]


def file_event(name: str) -> Event:
    body = {
        "digest": "sha256:" + sha256(name.encode()).hexdigest(),
        "size": 4_194_304,
        "facts": {"tool": "ComfyUI", "model": "sd_xl_base_1.0.safetensors", "steps": 30},
    }
    return Event("files-recorded", f"rec_{name}", body, "2026-03-01T12:00:00.000000Z", "anna")


def opened(url: str) -> RecordStore:
    projection = Projection(1, (FILES, EDGES), project)
    return open_records(url, projection, HomeSealing(KEY), create=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Recording, verifying, tracing: against limits.")
    parser.add_argument("--entries", type=int, default=1_000_000, help="to verify (1000000)")
    parser.add_argument("--edges", type=int, default=1_000_000, help="to trace (1000000)")
    parser.add_argument("--seconds", type=float, default=3.0, help="of appending, each time (3)")
    parser.add_argument("--postgresql", action="store_true", help="a PostgreSQL of our own, too")
    arguments = parser.parse_args()
    fine = True
    for name, url in _databases(arguments.postgresql):
        print(f"{name}", flush=True)
        fine = _appending(url, arguments.seconds, binding=name == "SQLite") and fine
    for name, url in _databases(arguments.postgresql):
        print(f"{name}, {arguments.entries} entries", flush=True)
        fine = _verifying(url, arguments.entries) and fine
    for name, url in _databases(arguments.postgresql):
        print(f"{name}, {arguments.edges} edges", flush=True)
        fine = _tracing(url, arguments.edges) and fine
    return 0 if fine else 1


def _databases(with_postgresql: bool) -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as place:
        yield "SQLite", f"sqlite:///{place}/records.db"
    if not with_postgresql:
        return
    try:
        with postgresql() as server:
            yield "PostgreSQL", server.database()
    except NoServer as reason:
        print(f"PostgreSQL was left out: {reason}")


def _appending(url: str, seconds: float, *, binding: bool) -> bool:
    opened(url).close()
    limit = median(_synced_rows(seconds / 3) for _ in range(3))
    rates = {}
    for processes, threads in ((1, 1), (1, 2), (1, 8), (1, 32), (2, 1), (2, 8)):
        rates[processes, threads] = rate = _written(url, processes, threads, seconds)
        who = f"{processes} process{'es' * (processes > 1)}, {threads} threads each"
        print(f"  {who:<28}{rate:9.0f} appends/s  {rate / limit:6.1f}x the limit", flush=True)
    print(f"  {'one row a transaction, synced':<28}{limit:9.0f} rows/s     (the limit of the disk)")
    best = max(rates.values())
    print(f"  best                        {best:9.0f} appends/s  (target {APPENDS:.0f})")
    return best >= APPENDS or not binding


def _synced_rows(seconds: float) -> float:
    """Rows a second that a bare loop commits to SQLite, one a transaction, each on the disk."""
    with (
        tempfile.TemporaryDirectory(prefix="gate-bench-") as place,
        closing(sqlite3.connect(f"{place}/bare.db", isolation_level=None)) as bare,
    ):
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, body BLOB)")
        body, count, start = b"x" * 400, 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            bare.execute("INSERT INTO rows VALUES (?, ?)", (count, body))
            count += 1
        return count / (time.perf_counter() - start)


def _written(url: str, processes: int, threads: int, seconds: float) -> float:
    """Events a second, one an append, over all processes and threads."""
    reading, writing = os.pipe()
    pids = []
    for number in range(processes):
        pid = os.fork()
        if pid == 0:
            count = _write(url, f"{number}-{secrets.token_hex(4)}", threads, seconds)
            os.write(writing, f"{count} ".encode())
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    os.close(writing)
    with os.fdopen(reading) as counts:
        return sum(map(int, counts.read().split())) / seconds


def _write(url: str, name: str, threads: int, seconds: float) -> int:
    records, counts = opened(url), [0] * threads
    until = time.perf_counter() + seconds

    def work(thread: int) -> None:
        while time.perf_counter() < until:
            records.append([file_event(f"{name}-{thread}-{counts[thread]}")])
            counts[thread] += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    return sum(counts)


def _verifying(url: str, entries: int) -> bool:
    records = opened(url)
    with _timed() as writing:
        for start in range(0, entries, 1000):
            stop = min(entries, start + 1000)
            records.append([file_event(f"{number:07d}") for number in range(start, stop)])
    limit, chain, both = [], [], []
    for _ in range(3):
        with records.reading() as reading, _timed() as taken:
            _same_rows_and_hashes(reading)
        limit.append(taken())
        with records.reading() as reading, _timed() as taken:
            rows = map(StoredEntry._make, reading.entries())
            verified = verify_chain(
                rows, reading.checkpoints(), [public_key(KEY)], nodes=reading.nodes
            )
        chain.append(taken())
        if not verified.ok or verified.entries != entries:
            raise SystemExit(f"does not verify: {verified.breaks[:3]}")
    with records.reading() as reading, _timed() as taken:
        differing = list(reading.differences())
    both = median(chain) + taken()
    if differing:
        raise SystemExit(f"differs: {differing[:3]}")
    ratio = median(chain) / median(limit)
    print(f"  written in batches of 1000  {writing():7.1f} s  ({entries / writing():.0f} a second)")
    print(f"  same rows, same hashes      {median(limit):7.1f} s  (the limit)")
    print(f"  ledger verified             {median(chain):7.1f} s")
    print(f"  ratio                       {ratio:7.2f}    (target at most {RATIO})")
    print(f"  ledger and tables           {both:7.1f} s  (target {SECONDS:.0f} s for a million)")
    records.close()
    return ratio <= RATIO and both <= SECONDS * max(1.0, entries / 1e6)


def _same_rows_and_hashes(reading: RecordReading) -> None:
    """What no verification can do without: each row once, and the SHA-256 of body with salt, of
    leaf, and of the tree above."""
    row: list[bytes] = []
    for _, leaf, salt, body in reading.entries():
        sha256((salt or b"") + (body or b"")).digest()
        row.append(sha256(b"\x00" + leaf).digest())
    for _ in reading.checkpoints():
        pass
    for level in range(len(row).bit_length()):
        for first in range(0, len(row), 4096):
            reading.nodes(level, first, min(4096, len(row) - first))
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [sha256(b"\x01" + left + right).digest() for left, right in pairs]


def _tracing(url: str, edges: int) -> bool:
    """Seven generations of files, each made from two of the generation before."""
    records = opened(url)
    for start in range(0, edges, 20_000):
        batch = [_edge(number) for number in range(start, min(edges, start + 20_000))]
        body = {"edges": batch}
        at = "2026-03-01T12:00:00.000000Z"
        records.append([Event("edges-recorded", f"rec_{start}", body, at, "anna")])
    fine = True
    directions = (("ancestors", "target", "source"), ("descendants", "source", "target"))
    with records.reading() as reading:
        for name, leaving, entering in directions:
            taken, reached = [], []
            for number in range(20):
                node = f"rec_{(edges // 2 // 20 * number + edges // 4) % (edges // 2):07d}"
                with _timed() as timed:
                    found = reading.reachable("edges", leaving, entering, [node], limit=REACHED)
                taken.append(timed())
                reached.append(len(found))
            worst = max(taken)
            fine = fine and worst <= LINEAGE
            print(
                f"  {name:<12} median {median(taken) * 1e3:6.2f} ms, worst {worst * 1e3:6.2f} ms "
                f"(target {LINEAGE * 1e3:.0f} ms), up to {max(reached)} edges"
            )
    records.close()
    return fine


def _edge(number: int) -> list[str]:
    """Edge `number`: file number // 2 is made from one earlier file and from another."""
    target = number // 2
    source = target // 3 if number % 2 else max(0, target // 2 - 1)
    return [f"rec_{source:07d}", f"rec_{target:07d}"]


@contextmanager
def _timed() -> Iterator[Callable[[], float]]:
    start = time.perf_counter()
    end: list[float] = []
    yield lambda: (end[0] if end else time.perf_counter()) - start
    end.append(time.perf_counter())


if __name__ == "__main__":
    sys.exit(main())

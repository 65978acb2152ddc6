"""How long it takes to find what a file came from, and what came of it, among a million edges.

    python bench/lineage.py [--edges 1000000] [--asked 300]

Both databases, the same events. Printed beside it: the same walk over a graph in memory, which
is what the question costs when nothing has to be fetched. Ends with 1 above the target.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.databases import NoServer, postgresql

from checkthegate.app.neighbourhood import around
from checkthegate.app.recording import PROJECTION_VERSION
from checkthegate.app.sealing import HomeSealing
from checkthegate.model.event import Event
from checkthegate.registry.lineage import Graph
from checkthegate.registry.project import project
from checkthegate.registry.tables import TABLES
from checkthegate.registry.times import as_known_now
from checkthegate.seams import Projection, RecordReading, RecordStore
from checkthegate.store.records import open_records

TARGET = 0.050
TIME = "2026-03-01T12:00:00.000000Z"
RECORDS_A_SHOT, FILES, INPUTS, BATCH = 150, 4, 2, 2000
EDGES_A_RECORD = FILES + INPUTS + 3
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def coded(prefix: str, number: int) -> str:
    letters = [ALPHABET[number >> shift & 31] for shift in range(45, -5, -5)]
    return f"{prefix}_{''.join(letters)}"


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def events(edges: int) -> Iterator[Event]:
    """Shots of versions made from versions: each step takes two earlier files of its shot."""
    chance = random.Random(1)
    for number in range(edges // EDGES_A_RECORD):
        shot, step = divmod(number, RECORDS_A_SHOT)
        before = range(shot * RECORDS_A_SHOT * FILES, number * FILES)
        recent = before[-8 * FILES :] if step else ()
        sources = chance.sample(recent, INPUTS) if recent else [10**9 + shot, 2 * 10**9 + shot]
        body = {
            "use": coded("use", shot),
            "steps": [{"name": "T", "tool": coded("tool", shot % 40), "models": ["sdxl"]}],
            "files": [
                {"digest": digest(number * FILES + n), "path": f"{number}_{n}.png"}
                for n in range(FILES)
            ],
            "inputs": [{"digest": digest(each)} for each in sources],
        }
        yield Event("files-recorded", coded("rec", number), body, TIME, "bench")


def fill(store: RecordStore, edges: int) -> float:
    started, made = time.perf_counter(), events(edges)
    while batch := list(islice(made, BATCH)):
        store.append(batch)
    return time.perf_counter() - started


def timed(ask: Callable[[str], int], nodes: Sequence[str]) -> tuple[float, float, float]:
    """(median, 99th percentile, edges or nodes found on average)."""
    took, found = [], 0
    for node in nodes:
        started = time.perf_counter()
        found += ask(node)
        took.append(time.perf_counter() - started)
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.99) - 1], found / len(nodes)


def in_memory(reading: RecordReading) -> Graph:
    down: dict[str, list[str]] = {}
    up: dict[str, list[str]] = {}
    for row in reading.rows("record_edges"):
        down.setdefault(row["source"], []).append(row["target"])
        up.setdefault(row["target"], []).append(row["source"])
    return Graph(down, up, {}, {})


def measure(name: str, store: RecordStore, edges: int, asked: int) -> bool:
    print(f"\n{name}: {edges:,} edges, filled in {fill(store, edges):.0f} s", flush=True)
    files = edges // EDGES_A_RECORD * FILES
    chance = random.Random(2)
    nodes = [digest(chance.randrange(files)) for _ in range(asked)]
    when, good = as_known_now(TIME), True
    with store.reading() as reading:
        columns = ("record_edges", "source", "target")
        asks: list[tuple[str, Callable[[str], int], float]] = [
            ("descendants", lambda node: len(reading.reachable(*columns, [node])), TARGET),
            ("ancestors", lambda node: len(reading.reachable(columns[0], columns[2], columns[1],
                                                             [node])), TARGET),
            ("both, with names and paths", lambda node: len(around(reading, node, when)
                                                            .graph.kinds), 2 * TARGET),
        ]  # fmt: skip
        for what, ask, target in asks:
            middle, worst, found = timed(ask, nodes)
            good &= worst <= target
            print(
                f"  {what:<28} p50 {middle * 1000:6.1f} ms  p99 {worst * 1000:6.1f} ms"
                f"  {found:6.0f} found  {worst / target:4.2f} of the target"
            )
        started = time.perf_counter()
        most = len(reading.reachable(*columns, [coded("tool", 1)]))
        took = time.perf_counter() - started
        print(f"  all that came of one tool    {took * 1000:.0f} ms for {most:,} edges")
        if name == "SQLite":
            graph = in_memory(reading)
            both = timed(lambda node: len(graph.descendants(node).found)
                         + len(graph.ancestors(node).found), nodes)  # fmt: skip
            print(f"  in memory, both              p50 {both[0] * 1000:6.1f} ms")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=300)
    wanted = parser.parse_args()
    projection = Projection(PROJECTION_VERSION, tuple(TABLES.values()), project)
    sealing = HomeSealing(Ed25519PrivateKey.generate())
    good = True
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as folder:
        store = open_records(f"sqlite:///{folder}/records.db", projection, sealing, create=True)
        good &= measure("SQLite", store, wanted.edges, wanted.asked)
        store.close()
    try:
        with postgresql() as server:
            store = open_records(server.database(), projection, sealing, create=True)
            good &= measure("PostgreSQL", store, wanted.edges, wanted.asked)
            store.close()
    except NoServer as reason:
        print(f"\nPostgreSQL: left out, {reason}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

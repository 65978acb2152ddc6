"""Flips single bytes of a home's database: verification notices every one that counts.

    python -m tests.soak.tampering --count 300 --seed 1

A flip is noticed when `gate ledger verify` is not ok. One that is not noticed must lie where
nothing is kept: then every row and the schema read as before. Anything else ends with 1, and so
does a verification that raises.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checkthegate.app.home import Home, make_home
from checkthegate.app.recording import event, new_id, record, records_of
from checkthegate.app.verifying import verify_home

DIGEST = "sha256:" + "{:064x}"
_PACK = {"id": "netflix", "version": "1", "digest": DIGEST.format(1)}
_ANSWER = {"verdict": "escalate", "approval": "required", "rules": ["nfx.p4"], "packs": [_PACK]}


@dataclass(frozen=True, slots=True)
class Flip:
    """What became of one flip: `noticed`, `unused` or `failure`."""

    offset: int
    mask: int
    kind: str
    why: str = ""


def make_records(folder: Path, rounds: int = 12) -> Home:
    """A home with records of many kinds, all of it in its one database file."""
    home = make_home(folder, "Night Harbour", ["netflix"])
    with records_of(home) as store:
        for number in range(rounds):
            record(store, *_round(number))
    file = home.folder / "records.db"
    if file.exists() and _whole(file):
        raise AssertionError("the log was not emptied")
    return home


def _round(number: int) -> Iterator[Any]:
    tool, talent, use, consent = new_id("tool"), new_id("tal"), new_id("use"), new_id("con")
    yield event("tool-added", tool, {"name": f"Tool {number}", "maker": "Somebody"})
    careful = {"stores": "no", "reuses": "no", "trains": "no", "environment": "local"}
    stated = [{"fact": fact, "answer": answer} for fact, answer in careful.items()]
    review = {"facts": stated, "reviewer": "Ada", "review_by": "2999-01-01"}
    yield event("tool-fact-stated", tool, review)
    yield event("talent-added", talent, {"name": f"Person {number}"})
    yield event("consent-granted", consent, {"talent": talent, "types": ["replica"]})
    tools = [{"name": f"Tool {number}", "generative": "yes", **careful}]
    declared = {"schema": "checkthegate.use/1", "title": f"Use {number}", "tools": tools}
    use_body = {"title": f"Use {number}", "declaration": declared, "answer": _ANSWER}
    yield event("use-declared", use, {**use_body, "tools": [tool], "talents": [talent]})
    files = [
        {"digest": DIGEST.format(number * 100 + n), "path": f"gen/{number}_{n}.png",
         "private": {"prompt": f"rain on pier {number} " * 20}}
        for n in range(4)
    ]  # fmt: skip
    steps = [{"name": f"Tool {number}", "tool": tool, "models": ["sdxl"]}]
    inputs = [{"digest": DIGEST.format(number * 100 - 99), "path": "plate.png"}] if number else None
    body = {"use": use, "steps": steps, "files": files, "talents": [talent], "inputs": inputs}
    yield event("files-recorded", new_id("rec"), {k: v for k, v in body.items() if v})


def _whole(file: Path) -> int:
    """Empty the log into the file; how much of it is left."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    log = file.with_name(f"{file.name}-wal")
    return log.stat().st_size if log.exists() else 0


def dump(file: Path) -> dict[str, Any]:
    """All that anybody could read in a database: schema and rows."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        connection.text_factory = bytes
        schema = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
        ).fetchall()
        names = [row[1].decode() for row in schema if row[0] == b"table"]
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608
        return {"schema": schema, "rows": rows}
    finally:
        connection.close()


def run(home: Home, count: int, seed: int) -> Iterator[Flip]:
    """Flip a byte, verify, put it back; `count` times."""
    file = home.folder / "records.db"
    whole, before = file.read_bytes(), dump(file)
    chance, written = random.Random(seed), [n for n, byte in enumerate(whole) if byte]
    for number in range(count):
        # Most of a small database is empty pages, so every other flip hits what was written.
        offset = chance.choice(written) if number % 2 else chance.randrange(len(whole))
        mask = chance.randrange(1, 256)
        changed = bytearray(whole)
        changed[offset] ^= mask
        for end in ("-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
        file.write_bytes(changed)
        yield _judged(home, file, before, offset, mask)
        file.write_bytes(whole)


def _judged(home: Home, file: Path, before: dict[str, Any], offset: int, mask: int) -> Flip:
    try:
        found = verify_home(home.folder, None)
    except Exception as problem:  # whatever it raises, it should have been a break
        return Flip(offset, mask, "failure", f"raised {type(problem).__name__}: {problem}")
    if not found["ok"]:
        return Flip(offset, mask, "noticed", found["breaks"][0]["what"])
    try:
        same = dump(file) == before
    except sqlite3.Error as problem:
        return Flip(offset, mask, "failure", f"not noticed, but not readable: {problem}")
    return Flip(offset, mask, "unused" if same else "failure", "" if same else "rows differ")


def main() -> int:
    """Run the soak and print what came of it; 1 when anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gate-tamper-"))
    os.environ["XDG_CONFIG_HOME"] = str(folder / "account")
    os.environ.pop("GATE_DATABASE_URL", None)
    try:
        flips = list(run(make_records(folder / "home"), wanted.count, wanted.seed))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    counted = Counter(flip.kind for flip in flips)
    print(f"{len(flips)} flips: {dict(counted)}")
    for flip in flips:
        if flip.kind == "failure":
            print(f"  byte {flip.offset} ^ {flip.mask:#04x}: {flip.why}")
    return 1 if counted["failure"] else 0


if __name__ == "__main__":
    sys.exit(main())

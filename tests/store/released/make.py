"""Writes the dumps of the newest version beside this file, once, when it is released.

    python -m tests.store.released.make

A dump that is there is never written again: it is what that version left.
"""

from __future__ import annotations

import sqlite3
import subprocess
import tempfile
from pathlib import Path

from tests.databases import postgresql
from tests.store.samples import event, opened, tool

from checkthegate.model import digest_bytes
from checkthegate.store.schema import HEAD

PLACE = Path(__file__).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "records.db"
        _fill(f"sqlite:///{file}")
        with sqlite3.connect(file) as database:
            _write("sqlite", "\n".join(database.iterdump()) + "\n")
    with postgresql() as server:
        address = server.database()
        _fill(address)
        command = [str(server.programs / "pg_dump"), "--no-owner", "--inserts", address]
        dumped = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        lines = [line for line in dumped.splitlines() if not line.startswith(("--", "\\"))]
        kept = [line for line in lines if "transaction_timeout" not in line]
        _write("postgresql", "\n".join(kept) + "\n")


def _fill(url: str) -> None:
    records = opened(url)
    records.append([tool(1), tool(2), tool(3, name="Somebody")])
    body = b"a fingerprint"
    edges = {"edges": [["a", "b"]], "fingerprint": digest_bytes(body)}
    changes = [
        event("tool-changed", "tool_000002", {"name": "renamed"}),
        event("edges-added", "rec_1", edges),
    ]
    records.transact(lambda _: changes, {digest_bytes(body): body})
    erasure = {"tool": "tool_000003", "entries": [2], "edges": []}
    records.erase([2], event("person-erased", "tool_000003", erasure))
    records.close()


def _write(kind: str, dump: str) -> None:
    file = PLACE / f"{HEAD}.{kind}.sql"
    if file.exists():
        print(f"{file.name} is there already")
    else:
        file.write_text(dump)


if __name__ == "__main__":
    main()

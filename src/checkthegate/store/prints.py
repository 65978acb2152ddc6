"""What was computed from a file's bytes alone, in a folder of the cache that stays within bounds.

Each is a file that begins with the digest of the rest, so that a damaged one is as good as none.
Nothing that befalls the folder ends anything: it merely forgets.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 4 * 1024**3
"""So much is kept at most, unless stated otherwise; the longest unused goes first."""

_DIGEST = 32
_LEFT = 0.8


class PrintFolder:
    """The seam `FingerprintCache` over a folder. Safe for several processes at once."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most_bytes
        self._added = 0
        self._held: int | None = None

    def get(self, digest: str, recipe: str) -> bytes | None:
        """What was kept for these bytes by this recipe."""
        file = self._file(digest, recipe)
        try:
            stored = file.read_bytes()
            os.utime(file)
        except OSError:
            return None
        body = stored[_DIGEST:]
        if hashlib.sha256(body).digest() == stored[:_DIGEST]:
            return body
        with suppress(OSError):
            file.unlink()
        return None

    def put(self, digest: str, recipe: str, body: bytes) -> None:
        """Keep it, unless it is too large beside everything else."""
        if len(body) > self._most // 4:
            return
        file = self._file(digest, recipe)
        fresh = file.with_name(f"new-{secrets.token_hex(8)}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(hashlib.sha256(body).digest())
                stream.write(body)
            fresh.replace(file)
        except OSError:
            with suppress(OSError):
                fresh.unlink()
            return
        self._bound(len(body) + _DIGEST)

    def _file(self, digest: str, recipe: str) -> Path:
        name = hashlib.sha256(f"{digest} {recipe}".encode()).hexdigest()
        return self._folder / name[:2] / name

    def _bound(self, added: int) -> None:
        """Forget the longest unused when there is too much; looked at once, then reckoned."""
        self._added += added
        if self._held is None or self._held + self._added > self._most:
            files = sorted(_files(self._folder))
            self._held, self._added = sum(size for _, size, _ in files), 0
            if self._held > self._most:
                self._forget(files)

    def _forget(self, files: list[tuple[int, int, str]]) -> None:
        held = self._held or 0
        for _, size, name in files:
            if held <= self._most * _LEFT:
                break
            with suppress(OSError):
                os.unlink(name)
            held -= size
        self._held = held


def _files(folder: Path) -> Iterator[tuple[int, int, str]]:
    """When each file was last used (ns), its size and its name."""
    for place, _, names in os.walk(folder):
        for name in names:
            file = os.path.join(place, name)
            with suppress(OSError):
                status = os.stat(file)
                yield status.st_mtime_ns, status.st_size, file

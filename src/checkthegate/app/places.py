"""Where things lie: the account's own folders, packs and schemas that ship with the program."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def account_config() -> Path:
    """The account's configuration folder, mode 0700."""
    return _private(_base("XDG_CONFIG_HOME", ".config") / "checkthegate")


def account_cache() -> Path:
    """The account's cache folder, mode 0700."""
    return _private(_base("XDG_CACHE_HOME", ".cache") / "checkthegate")


def account_models() -> Path:
    """The folder of downloaded model weights: `$GATE_MODELS`, else the account's own."""
    named = os.environ.get("GATE_MODELS", "")
    return Path(named) if named else _base("XDG_DATA_HOME", ".local/share") / "checkthegate/models"


def shipped(folder: str) -> Path:
    """A folder of files that ship with the program: `packs` or `schemas`."""
    inside = _PACKAGE / f"_{folder}"
    return inside if inside.is_dir() else _PACKAGE.parent.parent / folder


def account_digest_key() -> bytes:
    """The account's own key for keyed digests in reports of checks made without a home."""
    return digest_key(account_config() / "digest.key")


def digest_key(file: Path) -> bytes:
    """The 32 bytes in `file`, made at first use, readable by its owner only.

    Where none can be kept, a key of this run alone: its digests fit no other report's.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError:
        key = secrets.token_bytes(32)
        with suppress(OSError):
            write_private(file, key)
            return file.read_bytes()
        return key
    except OSError:
        return secrets.token_bytes(32)


def write_private(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read, all of it or nothing."""
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)


def _base(variable: str, default: str) -> Path:
    named = os.environ.get(variable, "")
    return Path(named) if os.path.isabs(named) else Path.home() / default


def _private(folder: Path) -> Path:
    """The folder, made if that is possible; whoever writes into it says so if it is not."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder

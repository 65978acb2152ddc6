"""Trusted roots of credentials: configured by people, never taken from a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from checkthegate.app.home import Home
from checkthegate.app.places import account_config, write_private
from checkthegate.model import UsageError, digest_bytes

_MOST_BYTES = 4 * 1024 * 1024


def trust_folder(home: Home | None) -> Path:
    """Where roots are kept: in the home, or with the account where there is no home."""
    return home.trust if home else account_config() / "trust"


def add_anchors(home: Home | None, file: Path) -> list[dict[str, str]]:
    """Trust the certificates in a PEM file. Returns what they are. Raises `UsageError`."""
    text = _read(file)
    anchors = _described(file, text)
    folder = trust_folder(home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = digest_bytes(text.encode()).removeprefix("sha256:")[:16]
    write_private(folder / f"{name}.pem", text.encode())
    return anchors


def list_anchors(home: Home | None) -> list[dict[str, str]]:
    """Every trusted root, with the name `remove_anchors` takes."""
    return [
        {"id": file.stem, **anchor}
        for file in _files(home)
        for anchor in _described(file, _read(file))
    ]


def _described(file: Path, text: str) -> list[dict[str, str]]:
    # Reading certificates takes a while to load; a check only passes their text on.
    from checkthegate.credentials.trust import anchors_from_pem

    try:
        anchors = anchors_from_pem(text)
    except UsageError as problem:
        message = f"The certificates in “{file}” cannot be used: {problem.message}."
        raise UsageError(message, hint=problem.hint, path=str(file)) from None
    return [
        {
            "organisation": anchor.organisation,
            "common_name": anchor.common_name,
            "not_after": anchor.not_after.date().isoformat(),
            "fingerprint": anchor.fingerprint,
        }
        for anchor in anchors
    ]


def remove_anchors(home: Home | None, name: str) -> None:
    """Trust a file's certificates no longer. Raises `UsageError` for an unknown name."""
    for file in _files(home):
        if file.stem == name and file.parent == trust_folder(home):
            file.unlink()
            return
    raise UsageError(f"No trusted roots are kept as “{name}”.", hint="See: gate trust list")


def observer_settings(home: Home | None) -> dict[str, dict[str, Any]]:
    """The settings of observers: trust anchors for credentials."""
    anchors = "\n".join(_read(file) for file in _files(home))
    return {"c2pa": {"anchors": anchors}}


def _files(home: Home | None) -> Sequence[Path]:
    folder = trust_folder(home)
    kept = sorted(folder.glob("*.pem")) if folder.is_dir() else []
    if home is None:
        return kept
    return [*kept, *(home.folder / name for name in home.configuration.anchors)]


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UsageError(
                f"“{file}” is too large for a list of certificates.",
                hint="Name a PEM file.",
                path=str(file),
            )
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            f"The certificates in “{file}” cannot be read ({problem}).",
            hint="Name a PEM file that you may read.",
            path=str(file),
        ) from None

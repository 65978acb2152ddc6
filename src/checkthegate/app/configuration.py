"""`gate.toml`: a home's settings, every one with a default, unknown ones refused."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checkthegate.model import UsageError
from checkthegate.seams import Limits

_KNOWN: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "production": {"name": str, "packs": list, "pack_folders": list},
    "records": {"database": str},
    "delivery": {"temp": list},
    "limits": {"megapixels": (int, float), "observer_seconds": (int, float)},
    "trust": {"anchors": list},
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings of a home. `temp` holds path patterns.

    `pack_folders` are folders of rule packs, `anchors` files; both relative to the home.
    """

    production: str = ""
    packs: tuple[str, ...] = ("netflix",)
    pack_folders: tuple[str, ...] = ()
    database: str = ""
    temp: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


def first_configuration(production: str, packs: Sequence[str]) -> str:
    """The `gate.toml` of a new home, with every setting explained."""
    return (
        "# Settings of this home. Everything here has a default and may be left out.\n\n"
        "[production]\n"
        f"name = {json.dumps(production, ensure_ascii=False)}\n"
        f"packs = {json.dumps(list(packs))}  # the rules that apply\n"
        "# More folders of rule packs, as seen from this file: ../packs\n"
        "pack_folders = []\n\n"
        "[records]\n"
        "# Where the records are, when not in this folder: postgresql://host/database\n"
        'database = ""\n\n'
        "[delivery]\n"
        "# What is not final although the delivery is, as path patterns: editorial/**\n"
        "temp = []\n\n"
        "[limits]\n"
        "megapixels = 64          # larger pictures are not decoded and become a gap\n"
        "observer_seconds = 120   # an observer that takes longer on one file becomes a gap\n\n"
        "[trust]\n"
        "# More trusted roots for credentials, beside those of: gate trust add PEM\n"
        "anchors = []\n"
    )


def read_configuration(file: Path) -> Configuration:
    """Read and check a `gate.toml`. Raises `UsageError` naming the file and the setting."""
    try:
        stated = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise _wrong(file, f"It cannot be read ({problem}).") from None
    except tomllib.TOMLDecodeError as problem:
        raise _wrong(file, f"It is not valid TOML: {problem}.") from None
    _check(file, stated)
    production = stated.get("production", {})
    limits = stated.get("limits", {})
    plain = Limits()
    return Configuration(
        production=production.get("name", ""),
        packs=tuple(production.get("packs", ("netflix",))),
        pack_folders=tuple(production.get("pack_folders", ())),
        database=stated.get("records", {}).get("database", ""),
        temp=tuple(stated.get("delivery", {}).get("temp", ())),
        anchors=tuple(stated.get("trust", {}).get("anchors", ())),
        limits=Limits(
            pixels=int(limits.get("megapixels", plain.pixels / 1e6) * 1e6),
            observer_seconds=float(limits.get("observer_seconds", plain.observer_seconds)),
        ),
    )


def _check(file: Path, stated: Mapping[str, Any]) -> None:
    for section, settings in stated.items():
        if section not in _KNOWN or not isinstance(settings, dict):
            raise _wrong(file, f"[{section}] is not a section of it.")
        for name, value in settings.items():
            expected = _KNOWN[section].get(name)
            if expected is None:
                raise _wrong(file, f"“{name}” is not a setting of [{section}].")
            if not isinstance(value, expected) or isinstance(value, bool):
                raise _wrong(file, f"“{name}” in [{section}] has the wrong type.")
            if isinstance(value, list) and not all(isinstance(entry, str) for entry in value):
                raise _wrong(file, f"“{name}” in [{section}] must be a list of texts.")
            if isinstance(value, int | float) and value <= 0:
                raise _wrong(file, f"“{name}” in [{section}] must be more than 0.")


def _wrong(file: Path, what: str) -> UsageError:
    return UsageError(
        f"The settings “{file}” cannot be used. {what}",
        hint="Mend or remove that line; docs/architecture.md lists the settings.",
        path=str(file),
    )

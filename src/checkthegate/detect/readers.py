"""Which libraries decode here, for the settings of the observers that look at content."""

from __future__ import annotations

from functools import cache

from checkthegate.model import Json


@cache
def reader_versions(*packages: str) -> dict[str, Json]:
    """The installed version of each package by name, empty where it is not installed."""
    return {package: _version_of(package) for package in packages}


def _version_of(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""

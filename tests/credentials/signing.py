"""What the credentials tests share: an identity, opened assets, signed bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from checkthegate.credentials.development import (
    DevelopmentIdentity,
    development_signer,
    manifest_of,
    sign_bytes,
)
from checkthegate.credentials.examples import small_png
from checkthegate.credentials.observer import observer
from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.model import Asset, Evidence, Gap, Observation

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@cache
def identity() -> DevelopmentIdentity:
    return development_signer("Example Studio", datetime.now(UTC))


def trusting() -> Any:
    return observer({"anchors": identity().anchor_pem})


def asset_of(path: Path) -> Asset:
    with path.open("rb") as stream:
        kind, media_type = identify(stream, path.name)
    return Asset(path.name, kind, media_type, path.stat().st_size, "sha256:" + "0" * 64)


def looked(reader: Any, path: Path, sidecar: Path | None = None) -> list[Observation]:
    asset = asset_of(path)
    if not reader.wants(asset):
        return []
    opened = OpenedFile(asset, path, sidecars={".c2pa": sidecar} if sidecar else {})
    try:
        return list(reader.observe(opened))
    finally:
        opened.close()


def seen(reader: Any, folder: Path, content: bytes, name: str = "shot.png") -> list[Observation]:
    path = folder / name
    path.write_bytes(content)
    return looked(reader, path)


def claims(found: list[Observation]) -> dict[str, Evidence]:
    """The first evidence of each claim."""
    first: dict[str, Evidence] = {}
    for entry in found:
        if isinstance(entry, Evidence):
            first.setdefault(entry.claim, entry)
    return first


def gaps(found: list[Observation]) -> list[str]:
    return [entry.reason for entry in found if isinstance(entry, Gap)]


def signed(
    actions: list[Mapping[str, Any]], *, generator: str = "Acme Paint/7", **more: Any
) -> bytes:
    assertions = more.pop("assertions", ())
    manifest = manifest_of(actions, generator=generator, assertions=assertions)
    return sign_bytes(small_png(), "image/png", identity(), manifest, **more).content


def created(source_type: str | None, agent: object = None, **more: Any) -> bytes:
    action: dict[str, Any] = {"action": "c2pa.created"}
    if source_type is not None:
        action["digitalSourceType"] = source_type
    if agent is not None:
        action["softwareAgent"] = agent
    return signed([action], **more)

"""Tasks and results as JSON, fingerprints as bytes behind it: what crosses is never code.

A worker reads hostile files with native decoders. Should one be taken over, it can send
wrong words, but nothing that runs in the process that judges.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from checkthegate.model import Asset, Kind, observation_from_json, observation_to_json
from checkthegate.seams import Observed, Task, TaskResult


def pack_task(task: Task) -> bytes:
    """A task as bytes."""
    return json.dumps(
        {
            "number": task.number,
            "location": task.location,
            "observers": task.observers,
            "asset": asset_to_json(task.asset),
            "sidecars": {suffix: list(place) for suffix, place in task.sidecars.items()},
            "hashers": task.hashers,
            "parts": [[location, asset_to_json(asset)] for location, asset in task.parts],
        }
    ).encode("ascii")


def unpack_task(packed: bytes) -> Task:
    """The inverse of `pack_task`."""
    said = json.loads(packed)
    return Task(
        number=said["number"],
        location=tuple(said["location"]),
        observers=tuple(said["observers"]),
        asset=asset_from_json(said["asset"]),
        sidecars={suffix: tuple(place) for suffix, place in said["sidecars"].items()},
        hashers=tuple(said["hashers"]),
        parts=tuple(_part(location, asset) for location, asset in said["parts"]),
    )


def _part(location: list[str], said: list[Any]) -> tuple[tuple[str, ...], Asset]:
    asset = asset_from_json(said)
    if asset is None:
        raise ValueError("a frame of a sequence is an asset")
    return tuple(location), asset


def pack_result(result: TaskResult) -> bytes:
    """A result as bytes: a line of JSON, then fingerprints one after the other."""
    sizes = [[hasher, len(body)] for hasher, body in result.fingerprints.items()]
    line = json.dumps(
        {
            "number": result.number,
            "asset": asset_to_json(result.asset),
            "observed": [observed_to_json(observed) for observed in result.observed],
            "problem": result.problem,
            "thumbnail": base64.b64encode(result.thumbnail).decode("ascii"),
            "cached": result.cached,
            "fingerprints": sizes,
        }
    ).encode("ascii")
    return b"\n".join((line, b"".join(result.fingerprints.values())))


def unpack_result(packed: bytes) -> TaskResult:
    """The inverse of `pack_result`."""
    end = packed.index(b"\n")
    said = json.loads(packed[:end])
    return TaskResult(
        number=said["number"],
        asset=asset_from_json(said["asset"]),
        observed=tuple(observed_from_json(observed) for observed in said["observed"]),
        problem=said["problem"],
        thumbnail=base64.b64decode(said["thumbnail"]),
        cached=said["cached"],
        fingerprints=_fingerprints(packed, end + 1, said["fingerprints"]),
    )


def _fingerprints(packed: bytes, start: int, sizes: list[Any]) -> dict[str, bytes]:
    found = {}
    for hasher, size in sizes:
        found[str(hasher)] = packed[start : start + size]
        start += size
    return found


def observed_to_json(observed: Observed) -> dict[str, Any]:
    """What one observer said, as JSON."""
    return {
        "observer": observed.observer,
        "sound": observed.sound,
        "settings": observed.settings,
        "said": [observation_to_json(observation) for observation in observed.observations],
    }


def observed_from_json(said: dict[str, Any]) -> Observed:
    """The inverse of `observed_to_json`."""
    return Observed(
        observer=said["observer"],
        observations=tuple(observation_from_json(stored) for stored in said["said"]),
        sound=said["sound"],
        settings=said["settings"],
    )


def asset_to_json(asset: Asset | None) -> list[Any] | None:
    """An asset as JSON."""
    if asset is None:
        return None
    return [asset.path, asset.kind.value, asset.media_type, asset.size, asset.digest, asset.final]


def asset_from_json(said: list[Any] | None) -> Asset | None:
    """The inverse of `asset_to_json`."""
    if said is None:
        return None
    path, kind, media_type, size, digest, final = said
    return Asset(path, Kind(kind), media_type, size, digest, final)

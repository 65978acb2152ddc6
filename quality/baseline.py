"""The numbers of the last release, and whether a run keeps them. Pure but for reading the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

BASELINE = Path(__file__).with_name("baseline.json")
_SMALL_IS_GOOD = ("false", "gaps", "accused", "proven AI", "neighbours", "wrong")
_TOLERANCE = 1e-6


def small_is_good(name: str) -> bool:
    """Whether a metric of this name gets worse when it grows."""
    last = name.rsplit("/", 1)[-1]
    return last.startswith(_SMALL_IS_GOOD) or any(word in last for word in _SMALL_IS_GOOD[2:])


def known(corpus: str) -> dict[str, float]:
    """The numbers to keep for a corpus: `shared`, with the shared real files, or `own`."""
    if not BASELINE.exists():
        return {}
    stored: dict[str, dict[str, float]] = json.loads(BASELINE.read_text("utf-8"))
    return stored.get(corpus, {})


def keep(corpus: str, measured: Mapping[str, float]) -> None:
    """Write these numbers as the ones to keep from now on."""
    stored = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {}
    stored[corpus] = {**stored.get(corpus, {}), **measured}
    BASELINE.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", "utf-8")


def regressions(
    measured: Mapping[str, float], kept: Mapping[str, float], ran: tuple[str, ...]
) -> list[str]:
    """What got worse than it was, or is no longer measured; only of what `ran`."""
    worse = []
    for name, bar in sorted(kept.items()):
        if name.split("/", 1)[0] not in ran:
            continue
        value = measured.get(name)
        if value is None:
            worse.append(f"{name}: was {bar:g}, is no longer measured")
        elif small_is_good(name) and value > bar + _TOLERANCE:
            worse.append(f"{name}: {value:g}, was at most {bar:g}")
        elif not small_is_good(name) and value < bar - _TOLERANCE:
            worse.append(f"{name}: {value:g}, was at least {bar:g}")
    return worse

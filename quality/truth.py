"""What lies where in a made cut: the truth that reports are scored against."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Planted:
    """A recorded clip in the cut. `span` and `source` in seconds; `source` is None for a still.

    `kind` is how it was finished; `tags` say what makes it harder (`look-alike` beside it,
    `dissolve`, `real file`).
    """

    record: str
    span: Span
    source: Span | None
    kind: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plate:
    """Untouched material in the cut that a recorded clip was made from."""

    file: str
    span: Span
    source: Span


@dataclass(frozen=True, slots=True)
class Truth:
    """All that is known of a cut. Files are names in the folders beside it.

    `records` maps each recorded file to what it was made from, or to "". `alike` holds for a
    recorded file where the cut shows something that looks like it and is not it.
    """

    seed: int
    seconds: float
    shots: int
    films: dict[str, str]
    planted: tuple[Planted, ...]
    plates: tuple[Plate, ...] = ()
    records: dict[str, str] = field(default_factory=dict)
    alike: dict[str, tuple[Span, ...]] = field(default_factory=dict)


def write(truth: Truth, path: Path) -> None:
    """Write it as JSON."""
    path.write_text(json.dumps(asdict(truth), indent=1) + "\n", "utf-8")


def read(path: Path) -> Truth:
    """The inverse of `write`."""
    stored = json.loads(path.read_text("utf-8"))
    return Truth(
        stored["seed"],
        stored["seconds"],
        stored["shots"],
        stored["films"],
        tuple(_planted(each) for each in stored["planted"]),
        tuple(Plate(p["file"], _span(p["span"]), _span(p["source"])) for p in stored["plates"]),
        stored["records"],
        {name: tuple(_span(each) for each in spans) for name, spans in stored["alike"].items()},
    )


def _planted(stored: dict[str, Any]) -> Planted:
    source = _span(stored["source"]) if stored["source"] else None
    span, tags = _span(stored["span"]), tuple(stored["tags"])
    return Planted(stored["record"], span, source, stored["kind"], tags)


def _span(stored: list[float]) -> Span:
    return stored[0], stored[1]

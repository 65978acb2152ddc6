"""Material known by its content: what the bank holds, and what was found to match it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from checkthegate.model.asset import Kind
from checkthegate.model.canonical import Json
from checkthegate.model.evidence import Exhibit, Span
from checkthegate.model.verdict import Grade

_NOTHING: Mapping[str, Json] = MappingProxyType({})


class Role(StrEnum):
    """Why material is in the bank, worst first: which claim a match becomes."""

    RECORDED = "recorded"
    INPUT = "input"
    WORK = "work"

    @property
    def claim(self) -> str:
        """The claim of evidence that says so."""
        return f"matches-{self.value}"


@dataclass(frozen=True, slots=True)
class Banked:
    """One file of the bank. Its fingerprint is looked up by `number`, which never changes.

    `source` is the record's or work's id and `path` the path it was registered with. `digest` is
    the file's own. `inputs` holds digests of what a recorded file was made from.
    """

    number: int
    role: Role
    source: str
    path: str
    digest: str
    kind: Kind
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An asset, or a span of it, that is (`proven`) or looks like (`suspected`) what is banked.

    Spans are seconds of media time or character offsets; None is the whole. `distance` is 0 for the
    same and comparable within one hasher only. `differs` is the share (0..1) of the frame, or of
    the span, that does not agree with what is banked. `detail` may leave the home.
    """

    banked: Banked
    grade: Grade
    distance: float
    span: Span | None = None
    source_span: Span | None = None
    differs: float | None = None
    detail: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class Screening:
    """What of an asset was looked at and what was not: in words, which `detail` has as `promise`,
    and in numbers. It may leave the home."""

    detail: Mapping[str, Json]


def match_id(asset_digest: str, source_digest: str) -> str:
    """The id of the match between two contents: the same in every check, for people's answers."""
    joined = f"{asset_digest} {source_digest}".encode()
    return f"mat_{hashlib.sha256(joined).hexdigest()[:20]}"

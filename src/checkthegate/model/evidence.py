"""What observers say: evidence of something, or a gap where they could not look.

Evidence is not judgement. `detail` may leave the home in a report. `private` never does:
prompts, people's names, places, whole workflow graphs go there.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from checkthegate.model.canonical import Json
from checkthegate.model.verdict import Grade

_NOTHING: Mapping[str, Json] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an asset: seconds of media time, or character offsets of a text."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Source:
    """What a match points back to: a record, a work, a person."""

    id: str
    path: str | None = None
    span: Span | None = None
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something small to show beside evidence: a picture, a sound, a passage.

    `side` is `found` (what lies in the asset), `source` (what it matches) or `both`. `body` is of
    `media_type` (`image/jpeg`, `image/png`, `audio/ogg`, `text/plain`, `text/html` never).
    `caption` is a short text for people. Exhibits go into the HTML report alone, never into JSON.
    """

    side: str
    media_type: str
    body: bytes
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observer's statement about one asset.

    `claim` says what is claimed (`ai-generated`, `ai-modified`, `ai-tool`, `ai-possible`,
    `ai-workflow`, `ai-watermark`, `ai-hint`, `camera-capture`, `contradiction`, …; see
    docs/vocabulary.md): what is or may be AI begins with `ai-`.
    """

    observer: str
    grade: Grade
    claim: str
    detail: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)
    private: Mapping[str, Json] = field(default_factory=lambda: _NOTHING)
    span: Span | None = None
    source: Source | None = None
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could have told and was not read, with the reason in plain words.

    The reason is shown to people and leaves the home: no absolute path, no user name.
    """

    observer: str
    reason: str


Observation = Evidence | Gap


def observation_to_json(observation: Observation) -> dict[str, Any]:
    """The stored form of an observation (home and cache only: it holds `private`)."""
    if isinstance(observation, Gap):
        return {"gap": observation.reason, "observer": observation.observer}
    stored: dict[str, Any] = {
        "observer": observation.observer,
        "grade": observation.grade.value,
        "claim": observation.claim,
        "detail": dict(observation.detail),
    }
    if observation.private:
        stored["private"] = dict(observation.private)
    if observation.span is not None:
        stored["span"] = [observation.span.start, observation.span.end]
    if observation.source is not None:
        stored["source"] = _source_to_json(observation.source)
    if observation.exhibits:
        stored["exhibits"] = [_exhibit_to_json(each) for each in observation.exhibits]
    return stored


def observation_from_json(stored: Mapping[str, Any]) -> Observation:
    """The inverse of `observation_to_json`."""
    if "gap" in stored:
        return Gap(stored["observer"], stored["gap"])
    span, source = stored.get("span"), stored.get("source")
    return Evidence(
        observer=stored["observer"],
        grade=Grade(stored["grade"]),
        claim=stored["claim"],
        detail=stored["detail"],
        private=stored.get("private", _NOTHING),
        span=Span(*span) if span else None,
        source=_source_from_json(source) if source else None,
        exhibits=tuple(_exhibit_from_json(each) for each in stored.get("exhibits", ())),
    )


def _exhibit_to_json(exhibit: Exhibit) -> list[str]:
    body = b64encode(exhibit.body).decode("ascii")
    return [exhibit.side, exhibit.media_type, body, exhibit.caption]


def _exhibit_from_json(stored: Sequence[str]) -> Exhibit:
    side, media_type, body, caption = stored
    return Exhibit(side, media_type, b64decode(body), caption)


def _source_to_json(source: Source) -> dict[str, Any]:
    span = [source.span.start, source.span.end] if source.span else None
    return {"id": source.id, "path": source.path, "span": span, "distance": source.distance}


def _source_from_json(stored: Mapping[str, Any]) -> Source:
    span = Span(*stored["span"]) if stored["span"] else None
    return Source(stored["id"], stored["path"], span, stored["distance"])

"""Whether a match is of all of an asset: then it has no span, and its numbers are kept beside."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from checkthegate.model import Evidence, Kind, Span, Unreadable
from checkthegate.seams import OpenAsset

SPAN: Final = "span"
_ENDS_SECONDS: Final = 0.5
_SHARE: Final = 0.95
# What one hasher finds can be all there is to an asset of these kinds. A film's sound never is.
_WHOLE: Final[Mapping[str, frozenset[Kind]]] = MappingProxyType(
    {
        "picture": frozenset({Kind.VIDEO}),
        "sound": frozenset({Kind.AUDIO}),
        "words": frozenset({Kind.TEXT, Kind.TIMELINE}),
    }
)


def is_all(opened: OpenAsset, hasher: str, span: Span) -> bool:
    """Whether a span is (almost) all of an asset that one hasher alone can speak for: nineteen
    twentieths of it, and at most half a second missing at either end of what plays."""
    if opened.asset.kind not in _WHOLE.get(hasher, ()):
        return False
    try:
        if hasher == "words":
            return _is_all_text(opened.text().body, span)
        return _is_all_time(opened.media().seconds, span)
    except Unreadable:
        return False


def lies(said: Evidence) -> Span | None:
    """Where evidence lies, in numbers even if it is of the whole; None where none are known."""
    kept = said.detail.get(SPAN)
    if said.span is None and isinstance(kept, Mapping):
        start, end = kept.get("start"), kept.get("end")
        if isinstance(start, int | float) and isinstance(end, int | float):
            return Span(float(start), float(end))
    return said.span


def _is_all_text(body: str, span: Span) -> bool:
    """Spaces and marks do not count."""
    start, end = max(0, int(span.start)), max(0, int(span.end))
    inside = sum(map(str.isalnum, body[start:end]))
    return inside > 0 and inside >= _SHARE * sum(map(str.isalnum, body))


def _is_all_time(seconds: float, span: Span) -> bool:
    if seconds <= 0:
        return False
    near = span.start <= _ENDS_SECONDS and seconds - span.end <= _ENDS_SECONDS
    return near and span.end - span.start >= _SHARE * seconds

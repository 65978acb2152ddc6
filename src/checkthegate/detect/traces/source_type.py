"""IPTC Digital Source Type, and the two types that only C2PA has.

Terms are told by their last part, whatever the address before it, and without regard to case;
`compositedWithTrainedAlgorithmicMedia` is a common misspelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checkthegate.detect.carriers.tag import Tag
from checkthegate.detect.traces.fields import local_name
from checkthegate.detect.traces.statement import state
from checkthegate.model import Evidence, Grade, Json

_AI = {
    "trainedAlgorithmicMedia": ("ai-generated", Grade.DECLARED),
    "trainedAlgorithmicData": ("ai-generated", Grade.DECLARED),
    "compositeWithTrainedAlgorithmicMedia": ("ai-modified", Grade.DECLARED),
    "compositeSynthetic": ("ai-modified", Grade.DECLARED),
    "virtualRecording": ("ai-possible", Grade.SUSPECTED),
    "composite": ("ai-possible", Grade.SUSPECTED),
}
_CAPTURED = (
    "digitalCapture", "computationalCapture", "negativeFilm", "positiveFilm", "print",
    "screenCapture", "compositeCapture",
)  # fmt: skip
_EDITED = (
    "humanEdits", "digitalArt", "digitalCreation", "softwareImage", "minorHumanEdits",
    "algorithmicallyEnhanced", "algorithmicMedia", "dataDrivenMedia",
)  # fmt: skip
_TERMS: dict[str, tuple[str, Grade]] = {
    **_AI,
    **dict.fromkeys(_CAPTURED, ("camera-capture", Grade.DECLARED)),
    **dict.fromkeys(_EDITED, ("edited", Grade.DECLARED)),
}
_BY_LOWER = {term.lower(): term for term in _TERMS}
_SPELT = re.compile(r"^composited?with", re.I)


def meaning(value: str) -> tuple[str, str, Grade] | None:
    """(term, claim, grade) of a source type however written, or None for an unknown one."""
    last = re.split(r"[/#:]", value[:500].strip().strip("\0").rstrip("/"))[-1].strip()
    last = _SPELT.sub("compositeWith", last)
    term = _BY_LOWER.get(last.lower())
    if term is not None:
        return (term, *_TERMS[term])
    if "trainedalgorithmic" in last.lower():
        claim = "ai-modified" if last.lower().startswith("composite") else "ai-generated"
        return last[:80], claim, Grade.DECLARED
    return None


def source_types(tags: Sequence[Tag]) -> Iterator[tuple[Tag, str, str, Grade]]:
    """(tag, term, claim, grade) of each source type among the tags."""
    for tag in tags:
        if local_name(tag) == "digitalsourcetype" or "digitalsourcetype" in tag.key.lower():
            found = meaning(tag.value)
            if found is not None:
                yield (tag, *found)


def traces(tags: Sequence[Tag]) -> Iterator[Evidence]:
    """A statement for each source type."""
    for tag, term, claim, grade in source_types(tags):
        detail: dict[str, Json] = {"source_type": term}
        yield state(claim, tag, grade=grade, detail=detail)

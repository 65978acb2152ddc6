"""Digital source types: IPTC's terms and C2PA's own, and what each says about AI.

Source: IPTC NewsCodes `digitalsourcetype`, and `http://c2pa.org/digitalsourcetype/`.
Matched on the last part of the address, since files differ in scheme and case.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A source type's canonical name and the claim it makes, "" when it makes none.

    `suspected` marks terms that only say that AI may be part of it.
    """

    name: str
    claim: str
    suspected: bool = False


_TERMS = (
    Term("trainedAlgorithmicMedia", "ai-generated"),
    Term("compositeWithTrainedAlgorithmicMedia", "ai-modified"),
    Term("compositeSynthetic", "ai-modified"),
    # The result of a model, but not media (depth, masks, text): what it did to this file
    # the term does not say.
    Term("trainedAlgorithmicData", "ai-tool"),
    Term("composite", "ai-possible", suspected=True),
    Term("virtualRecording", "ai-possible", suspected=True),
    Term("digitalCapture", "camera-capture"),
    Term("computationalCapture", "camera-capture"),
    Term("compositeCapture", "camera-capture"),
    Term("negativeFilm", "camera-capture"),
    Term("positiveFilm", "camera-capture"),
    Term("print", "camera-capture"),
    Term("screenCapture", "camera-capture"),
    Term("humanEdits", "edited"),
    Term("minorHumanEdits", "edited"),
    Term("algorithmicallyEnhanced", "edited"),
    Term("algorithmicMedia", ""),
    Term("dataDrivenMedia", ""),
    Term("digitalCreation", ""),
    Term("digitalArt", ""),
    Term("softwareImage", ""),
    Term("empty", ""),
)
_BY_NAME = {term.name.lower(): term for term in _TERMS}
_MISSPELT = {
    "compositedwithtrainedalgorithmicmedia": "compositewithtrainedalgorithmicmedia",
    "compositewithtrainedalgorithmic": "compositewithtrainedalgorithmicmedia",
    "compositedsynthetic": "compositesynthetic",
    "trainedalgorithmmedia": "trainedalgorithmicmedia",
    "trainedalgorithmicmedium": "trainedalgorithmicmedia",
}


def term_of(value: str) -> Term | None:
    """The term that an address or a bare name means, or None for an unknown one."""
    last = value.strip().rstrip("/#").replace("#", "/").replace(":", "/").rpartition("/")[2]
    name = last.strip().lower()
    return _BY_NAME.get(_MISSPELT.get(name, name))

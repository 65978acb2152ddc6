"""Matches by content in a producer’s language: what lies where, what it is, how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from checkthegate.model import Evidence
from checkthegate.report.text import clock

MATCHES: Final = frozenset({"matches-recorded", "matches-input", "matches-work"})
REJECTED: Final = "match-rejected"
_BY: Final = {
    "picture": "its pictures",
    "sound": "its sound",
    "words": "its words",
}
_NOT_PROOF: Final = "That is a likeness, not proof."
_LITTLE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Told:
    """One match as words need it, from the model or from a report document.

    `claim` is what was claimed, also of a match that a person has rejected. Spans are (start,
    end), None for the whole. `answer` is what a person said of it, {} when nobody did.
    """

    claim: str
    grade: str
    detail: Mapping[str, Any]
    span: tuple[float, float] | None
    source_span: tuple[float, float] | None
    source: str
    path: str
    rejected: bool
    answer: Mapping[str, Any]

    @property
    def by_words(self) -> bool:
        """Whether its spans are characters of a text."""
        return self.detail.get("by") == "words"

    @property
    def match(self) -> str:
        """The id people answer it by; empty when it has none."""
        return _text(self.detail, "match")

    @property
    def exact(self) -> bool:
        """Whether the very bytes are the same."""
        return self.detail.get("exact") is True

    @property
    def harmless(self) -> bool:
        """Whether it asks nothing of anybody: the rules pass it or a person has rejected it."""
        cleared = self.detail.get("kind") == "owned" or self.detail.get("licensed") is True
        return (
            self.rejected
            or self.claim == "matches-input"
            or (self.claim == "matches-work" and cleared)
            or "nearer" in self.detail
        )


def told_of(evidence: Evidence | Mapping[str, Any]) -> Told | None:
    """The match that an evidence is, None when it is none."""
    said = _plain(evidence) if isinstance(evidence, Evidence) else evidence
    rejected = said["claim"] == REJECTED
    claim = _text(said["detail"], "claim") if rejected else said["claim"]
    if not rejected and claim not in MATCHES:
        return None
    source = said.get("source") or {}
    answer = said["detail"].get("answer")
    return Told(
        claim=claim,
        grade=said.get("grade", ""),
        detail=said["detail"],
        span=_span(said.get("span")),
        source_span=_span(source.get("span")),
        source=str(source.get("id") or ""),
        path=str(source.get("path") or ""),
        rejected=rejected,
        answer=answer if isinstance(answer, Mapping) else {},
    )


def match_sentence(told: Told) -> str:
    """What a match says, in one to three sentences."""
    if told.exact and not told.rejected:
        return _exactly(told)
    where = place_words(told.span, told.by_words) or "It"
    several = told.by_words and told.span is not None
    what = f"{_thing(told)}{_there(told)}"
    if told.rejected:
        taken = f"{where} {'were' if several else 'was'} taken for {what}."
        return f"{taken} {_person(told)} rejected that{_why(told)}."
    if told.grade == "suspected":
        return (
            f"{where} {'look' if several else 'looks'} like {what}{_being(told)}. {_likeness(told)}"
        )
    first = f"{where} {'are' if several else 'is'} {what}{_being(told)}{_ground(told)}"
    return " ".join(filter(None, (first, _rights(told), _differs(told))))


def match_brief(told: Told) -> str:
    """What a match is, in half a line: `your recorded file shot_042.mov (…), made by AI`."""
    unlicensed = told.claim == "matches-work" and not told.harmless
    return f"{_thing(told)}{_there(told)}{_being(told)}{'; no licence' if unlicensed else ''}"


def place_words(span: tuple[float, float] | None, characters: bool) -> str:
    """`00:12.4–00:15.9`, `Characters 120–480`; nothing for the whole."""
    if span is None:
        return ""
    if characters:
        return f"Characters {span[0]:,.0f}–{span[1]:,.0f}"
    return f"{clock(span[0])}–{clock(span[1])}"


def distance_words(distance: object) -> str:
    """How far the two are from each other, in words that say what the number means."""
    if isinstance(distance, bool) or not isinstance(distance, int | float):
        return ""
    return "no difference found" if distance <= 0 else f"distance {distance:.3g} (0 is the same)"


def differs_words(detail: Mapping[str, Any]) -> str:
    """`12 % of the frame differs`; nothing where nobody compared, or next to nothing does."""
    share = detail.get("differs")
    if isinstance(share, bool) or not isinstance(share, int | float) or not _LITTLE <= share <= 1:
        return ""
    stuff = {"words": "of the words differ", "sound": "of the sound differs"}
    what = stuff.get(_text(detail, "by"), "of the frame differs")
    return f"{max(1, round(share * 100))} % {what}"


def answer_words(told: Told) -> str:
    """Who said what of it, and why; empty when nobody did."""
    if not told.answer:
        return ""
    word = "rejected" if told.rejected else "confirmed"
    return f"{word} by {_person(told)}{_why(told)}"


def _exactly(told: Told) -> str:
    if told.claim == "matches-work":
        own = told.detail.get("kind") == "owned"
        rights = "" if own else ", which belongs to others"
        return " ".join(filter(None, (f"These very bytes are {_thing(told)}{rights}.",
                                      _rights(told))))  # fmt: skip
    if told.claim == "matches-input":
        return (
            "These very bytes went into something on record as made by AI. "
            "That does not make it AI."
        )
    use = _text(told.detail, "use")
    under = f", under the use {use}" if use else ""
    return f"These very bytes are on record as {_made(told)} by AI{under}."


def _made(told: Told) -> str:
    return "changed" if told.detail.get("made") == "modified" else "made"


def _thing(told: Told) -> str:
    """What is matched, as people call it."""
    if told.claim == "matches-work":
        title = _text(told.detail, "title") or _last(told.path)
        owner = _text(told.detail, "owner")
        named = f"“{title}”" if title else told.source or "a reference work"
        if told.detail.get("kind") == "owned":
            return f"your own work {named}"
        return f"{named} ({owner})" if owner else named
    named = _last(told.path)
    if not named:
        return f"material on record as {told.source}" if told.source else "material on record"
    return f"your file {named}" if told.claim == "matches-input" else f"your recorded file {named}"


def _there(told: Told) -> str:
    there = place_words(told.source_span, told.by_words)
    return f" ({there[:1].lower()}{there[1:]})" if there else ""


def _being(told: Told) -> str:
    """What the thing is to the production."""
    if told.claim == "matches-recorded":
        return f", {_made(told)} by AI"
    if told.claim == "matches-input":
        return ", which went into something made by AI" if told.grade == "suspected" else ""
    return "" if told.detail.get("kind") == "owned" else ", which belongs to others"


def _ground(told: Told) -> str:
    """How that is known."""
    if told.grade != "proven":
        return f": {_person(told)} says so{_why(told)}." if told.answer else ": somebody says so."
    by = _BY.get(_text(told.detail, "by"), "its content")
    finished = "reworded or not" if told.by_words else "regraded or not"
    if told.claim == "matches-work" or told.detail.get("by") == "sound":
        finished = "however finished"
    said = f", {finished}: proven by {by}."
    return said + (f" {_person(told)} confirmed it{_why(told)}." if told.answer else "")


def _likeness(told: Told) -> str:
    if "nearer" in told.detail:
        return "What lies there is proven to be something nearer, so this counts for nothing."
    if told.claim == "matches-work" and told.detail.get("licensed") is True:
        return f"{_NOT_PROOF} {_rights(told)}"
    if told.claim == "matches-recorded":
        return "It may be another take or a look-alike. " + _NOT_PROOF
    return _NOT_PROOF


def _rights(told: Told) -> str:
    if told.claim == "matches-input":
        return "It went into something made by AI; that does not make it AI."
    if told.claim != "matches-work" or told.detail.get("kind") == "owned":
        return ""
    if told.detail.get("licensed") is True:
        named = _text(told.detail, "licence")
        return f"The licence {named or 'on file'} covers this production."
    return "No licence on file covers this production."


def _differs(told: Told) -> str:
    differs = differs_words(told.detail)
    return f"About {differs}." if differs else ""


def _person(told: Told) -> str:
    return _text(told.answer, "person") or "Somebody"


def _why(told: Told) -> str:
    why = _text(told.answer, "why").rstrip(".")
    return f" (“{why}”)" if why else ""


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _plain(evidence: Evidence) -> Mapping[str, Any]:
    source = evidence.source
    span = evidence.span
    there = source.span if source else None
    return {
        "claim": evidence.claim,
        "grade": evidence.grade.value,
        "detail": evidence.detail,
        "span": {"start": span.start, "end": span.end} if span else None,
        "source": {
            "id": source.id if source else "",
            "path": source.path if source else "",
            "span": {"start": there.start, "end": there.end} if there else None,
        },
    }


def _span(stated: Mapping[str, Any] | None) -> tuple[float, float] | None:
    return (float(stated["start"]), float(stated["end"])) if stated else None


def _text(stated: Mapping[str, Any], name: str) -> str:
    value = stated.get(name)
    return value.strip() if isinstance(value, str) else ""

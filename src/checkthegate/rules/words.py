"""English for what was found: the words that a pack's texts have places for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from checkthegate.model import Evidence, Gap, Grade, Kind
from checkthegate.rules.ai_state import CONTRADICTION, RECORDED_CLAIM, is_generated

_THINGS: Mapping[Kind, str] = {
    Kind.IMAGE: "picture",
    Kind.VIDEO: "video",
    Kind.AUDIO: "sound file",
    Kind.TEXT: "document",
    Kind.TIMELINE: "timeline",
    Kind.PACKAGE: "package",
    Kind.SEQUENCE: "image sequence",
    Kind.OTHER: "file",
}
_TRACES: Mapping[str, str] = {
    "ai-workflow": "it holds a generator’s recipe{with_tool}",
    "ai-tool": "it passed through {tool}, which can generate; the mark does not say whether it did",
    "ai-possible": "its own mark says it may be AI-made",
    "ai-hint": "a name or a marker in it hints at AI{with_tool}",
    "ai-watermark": "something like a generator’s hidden mark is in it, but not clearly",
    CONTRADICTION: "two statements in it cannot both be true",
}
_OTHER_TRACE = "an uncertain sign in it points to AI{with_tool}"
_SHOWN = 3
_NAME_LENGTH = 60
_REASON_LENGTH = 300


def thing_word(kind: Kind) -> str:
    """What a producer calls an asset of that kind."""
    return _THINGS[kind]


def plain_name(value: object) -> str:
    """A name found in a file, made fit for a sentence: one line, short, printable."""
    if not isinstance(value, str):
        return ""
    text = " ".join("".join(c if c.isprintable() else " " for c in value[:500]).split())
    return text if len(text) <= _NAME_LENGTH else text[: _NAME_LENGTH - 1].rstrip() + "…"


def listed(names: Iterable[str]) -> str:
    """`A`, `A and B`, `A, B and C`, `A, B, C and 4 more`; empty for none."""
    distinct = list(dict.fromkeys(name for name in names if name))
    if len(distinct) > _SHOWN:
        distinct = [*distinct[:_SHOWN], f"{len(distinct) - _SHOWN} more"]
    if len(distinct) < 2:
        return "".join(distinct)
    return f"{', '.join(distinct[:-1])} and {distinct[-1]}"


def says_words(certain: Sequence[Evidence]) -> str:
    """What the asset says of itself, as the end of `This picture …`; never without a verb."""
    if not certain:
        return "may be AI-made"
    recorded = [said for said in certain if said.claim == RECORDED_CLAIM]
    if recorded:
        return _recorded_words(recorded)
    made = [said for said in certain if is_generated(said)]
    spoken = [said for said in made if said.claim != "ai-watermark"]
    tools = listed(_tools(spoken or made or certain))
    if made and not spoken:
        return f"carries the hidden mark of {tools or 'a picture generator'}"
    signed = any(said.grade is Grade.PROVEN for said in (spoken or certain))
    opening = "is signed as" if signed else "says it was"
    if made:
        return f"{opening} made {'with ' + tools if tools else 'by generative AI'}"
    return f"{opening} changed {'with ' + tools if tools else 'by generative AI'}"


def _recorded_words(recorded: Sequence[Evidence]) -> str:
    proven = [said for said in recorded if said.grade is Grade.PROVEN]
    if any(said.span is None for said in proven):
        return "is on record as made by AI"
    if proven:
        return "holds material that is on record as made by AI"
    return "holds what a person has confirmed to be material on record as made by AI"


def traces_words(traces: Sequence[Evidence]) -> str:
    """Every kind of trace once, as clauses beginning with `it` or `its`."""
    clauses = []
    for said in traces:
        tool = plain_name(said.detail.get("tool"))
        known = said.grade is not Grade.SUSPECTED or said.claim in ("ai-hint", "ai-watermark")
        clause = _TRACES.get(said.claim, _OTHER_TRACE) if known else _OTHER_TRACE
        if said.claim == RECORDED_CLAIM:
            clause = "it looks like material on record as made by AI" + _file_of(said)
        clauses.append(
            clause.replace("{with_tool}", " ({tool})" if tool else "").replace(
                "{tool}", tool or "a tool"
            )
        )
    return listed_clauses(clauses)


def gaps_words(gaps: Iterable[Gap]) -> str:
    """The reasons of the gaps, without their full stops."""
    return listed_clauses(_reason(gap.reason) for gap in gaps)


def listed_clauses(clauses: Iterable[str]) -> str:
    """Clauses joined by semicolons, the first three and a count."""
    distinct = list(dict.fromkeys(clause for clause in clauses if clause))
    if len(distinct) > _SHOWN:
        distinct = [*distinct[:_SHOWN], f"and {len(distinct) - _SHOWN} more reasons"]
    return "; ".join(distinct)


def _file_of(said: Evidence) -> str:
    """The recorded file that something looks like, in brackets."""
    path = said.source.path if said.source else None
    name = plain_name(path.rpartition("/")[2]) if path else ""
    return f" ({name})" if name else ""


def _reason(reason: str) -> str:
    text = " ".join(reason[: 2 * _REASON_LENGTH].split()).rstrip(".")
    return text if len(text) <= _REASON_LENGTH else text[:_REASON_LENGTH].rstrip() + "…"


def _tools(evidence: Iterable[Evidence]) -> list[str]:
    return [plain_name(said.detail.get("tool")) for said in evidence]

"""Every kind of event: whose id is its subject, and what its body holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from checkthegate.model import Approval, Kind, Verdict
from checkthegate.model.match import Role
from checkthegate.model.registry import (
    ConsentBasis,
    ConsentType,
    Cover,
    Made,
    Modality,
    Promise,
    ReplicaType,
    SignatureStatus,
    ToolFactName,
    WorkKind,
)
from checkthegate.model.use import Answer
from checkthegate.registry.fields import Field, Shape
from checkthegate.registry.prominence import REVIEWED


@dataclass(frozen=True, slots=True)
class EventKind:
    """What an event of this kind is made of. `prefixes` are those of its subject's id."""

    name: str
    prefixes: tuple[str, ...]
    fields: tuple[Field, ...]


def _lines(names: str, shape: Shape = Shape.LINE) -> tuple[Field, ...]:
    """Fields of one shape by name; `!` marks the required, `*` a list."""
    return tuple(
        Field(name.rstrip("!*"), shape, required="!" in name, many="*" in name)
        for name in names.split()
    )


def _word(name: str, words: type[StrEnum] | Iterable[str]) -> Field:
    return Field(
        name.rstrip("!*"),
        Shape.WORD,
        required="!" in name,
        many="*" in name,
        words=tuple(str(word) for word in words),
    )


def _id(name: str, *prefixes: str) -> Field:
    return Field(
        name.rstrip("!*"), Shape.ID, required="!" in name, many="*" in name, words=prefixes
    )


def _entry(name: str, *fields: Field) -> Field:
    return Field(
        name.rstrip("!*"), Shape.ENTRY, required="!" in name, many="*" in name, fields=fields
    )


def _list(name: str, shape: Shape = Shape.LINE, *, words: tuple[str, ...] = ()) -> Field:
    """A list that may be empty, since "none" is an answer too."""
    return Field(name, shape, required=True, many=True, empty=True, words=words)


_SIZE = Field("size", Shape.INTEGER)
_DIGEST = Field("digest", Shape.DIGEST, required=True)
_WHY = Field("why", Shape.TEXT, required=True)
_NOTE = Field("note", Shape.TEXT)
_PAPER = (_DIGEST, *_lines("name media_type"), _SIZE)
_DOCUMENT = _entry("document", *_PAPER)
_EVIDENCE = _entry("evidence", *_PAPER)
_PACKS = _entry("packs*", *_lines("id! version!"), _DIGEST)
_JUDGED = _entry(
    "answer!",
    _word("verdict!", Verdict),
    _word("approval!", Approval),
    _list("rules", Shape.RULE),
    Field("packs", Shape.ENTRY, required=True, many=True, fields=_PACKS.fields),
)
_TOOL = (*_lines("name! version tier account maker"), _NOTE)
_USE = (
    *_lines("title!"),
    Field("declaration", Shape.DOCUMENT, required=True),
    _JUDGED,
    _list("tools", Shape.ID, words=("tool",)),
    _list("talents", Shape.ID, words=("tal",)),
)
_WORK = (
    _word("kind!", WorkKind),
    *_lines("title owner rights"),
    _entry(
        "licence",
        *_lines("reference productions*"),
        *_lines("starts ends", Shape.DAY),
        _DOCUMENT,
    ),
    _entry("files!*", _DIGEST, *_lines("path! media_type"), _SIZE),
    _NOTE,
)
_TALENT = (*_lines("name! represented_by union_name"), Field("minor", Shape.FLAG), _NOTE)
_CONSENT = (
    _id("talent!", "tal"),
    _word("types!*", ConsentType),
    _word("basis", ConsentBasis),
    _word("replica", ReplicaType),
    *_lines("production purpose media* territories* languages* script_version person"),
    *_lines("scope conditions scan_reason", Shape.TEXT),
    *_lines("starts ends script_on", Shape.DAY),
    *_lines("strike_suspends minor", Shape.FLAG),
    *(_word(name, Answer) for name in ("separately_signed", "notice_given", "pay_settled")),
    _DOCUMENT,
)
_APPROVAL = (
    _word("answer!", (Answer.YES, Answer.NO)),
    *_lines("person! capacity!"),
    _lines("rules!*", Shape.RULE)[0],
    _word("covers!", Cover),
    _entry("files*", _DIGEST, *_lines("path")),
    _id("use", "use"),
    Field("scope", Shape.TEXT),
    _entry("ranges*", Field("digest", Shape.DIGEST), *_lines("start! end!", Shape.NUMBER)),
    *_lines("until answered_on", Shape.DAY),
    _entry("evidence!", *_PAPER),
    Field("headers", Shape.DOCUMENT),
    _word("signature", SignatureStatus),
    _id("escalation", "esc"),
    _PACKS,
)
_RECORD = (
    _id("use!", "use"),
    _entry(
        "steps!*",
        _id("tool", "tool"),
        *_lines("name! version models*"),
        _word("generative", Answer),
    ),
    _entry(
        "files!*",
        _DIGEST,
        *_lines("path! media_type"),
        _SIZE,
        _word("kind", Kind),
        Field("facts", Shape.DOCUMENT),
        Field("private", Shape.DOCUMENT),
    ),
    _entry("inputs*", _DIGEST, *_lines("path")),
    _id("talents*", "tal"),
    _word("made", Made),
    _word("promise", Promise),
    _NOTE,
)
_FINGERPRINTED = (
    _entry(
        "files!*",
        _DIGEST,
        *_lines("path! hasher! recipe!"),
        _word("kind!", Kind),
        _word("role!", Role),
        Field("fingerprint", Shape.DIGEST, required=True),
        _SIZE,
    ),
)
_MATCH = (
    *_lines("match! person!"),
    _WHY,
    Field("digest", Shape.DIGEST),
    *_lines("source claim"),
)

_PROMINENCE = (
    Field("digest", Shape.DIGEST),
    _id("record", "rec"),
    _word("prominence!", REVIEWED),
    *_lines("person! path"),
    _WHY,
)

_CHANGES = ("unchanged", "moved", "trimmed", "new", "omitted")

KINDS: Mapping[str, EventKind] = MappingProxyType(
    {
        name: EventKind(name, tuple(prefixes.split()), tuple(fields))
        for name, prefixes, fields in (
            ("tool-added", "tool", _TOOL),
            ("tool-changed", "tool", _TOOL),
            (
                "tool-fact-stated",
                "tool",
                (
                    _entry(
                        "facts!*",
                        _word("fact!", ToolFactName),
                        *_lines("answer clause"),
                        Field("text", Shape.TEXT),
                    ),
                    *_lines("reviewer!"),
                    *_lines("stated_on review_by!", Shape.DAY),
                    _DOCUMENT,
                    _NOTE,
                ),
            ),
            ("use-declared", "use", _USE),
            ("use-changed", "use", (*_USE, Field("because", Shape.LINE))),
            (
                "use-rejudged",
                "use",
                (
                    _JUDGED,
                    _entry("before!", _word("verdict!", Verdict), _word("approval!", Approval)),
                    *_lines("because! cause"),
                ),
            ),
            ("use-closed", "use", (_WHY,)),
            ("work-added", "work", _WORK),
            ("work-changed", "work", _WORK),
            ("talent-added", "tal", _TALENT),
            ("talent-changed", "tal", _TALENT),
            (
                "talent-enrolled",
                "tal",
                (
                    _id("consent!", "con"),
                    _word("modality!", Modality),
                    _entry("files!*", _DIGEST, *_lines("path")),
                ),
            ),
            ("talent-forgotten", "tal", (_WHY,)),
            ("consent-granted", "con", _CONSENT),
            ("consent-refused", "con", _CONSENT),
            ("consent-revoked", "con", (_WHY, _DOCUMENT)),
            ("approval-imported", "apr", _APPROVAL),
            ("approval-revoked", "apr", (_WHY, _EVIDENCE)),
            (
                "escalation-opened",
                "esc",
                (
                    _id("use", "use"),
                    _entry("files*", _DIGEST, *_lines("path")),
                    *_lines("rules!*", Shape.RULE),
                    Field("question", Shape.TEXT, required=True),
                    *_lines("contact delivery"),
                    Field("packet", Shape.DIGEST),
                    Field("sent_on", Shape.DAY),
                ),
            ),
            (
                "escalation-answered",
                "esc",
                (
                    _word("answer!", ("yes", "no", "question")),
                    *_lines("person!"),
                    Field("answered_on", Shape.DAY),
                    Field("text", Shape.TEXT),
                    _EVIDENCE,
                    _id("approval", "apr"),
                ),
            ),
            ("files-recorded", "rec", _RECORD),
            ("fingerprinted", "rec work", _FINGERPRINTED),
            (
                "gap-accepted",
                "gap",
                (*_lines("pattern! person! observer"), _WHY, Field("until", Shape.DAY)),
            ),
            ("match-confirmed", "mat", _MATCH),
            ("match-rejected", "mat", _MATCH),
            ("prominence-stated", "prom", _PROMINENCE),
            (
                "decision-made",
                "dec",
                (
                    _word("verdict!", Verdict),
                    _word("approval!", Approval),
                    Field("final", Shape.FLAG, required=True),
                    *_lines("delivery checkpoint"),
                    Field("document", Shape.DIGEST),
                    Field("packs", Shape.ENTRY, required=True, many=True, fields=_PACKS.fields),
                    Field("assets", Shape.INTEGER),
                    Field("as_of", Shape.TIME),
                ),
            ),
            (
                "certificate-issued",
                "cert",
                (
                    _id("decision!", "dec"),
                    _word("verdict!", Verdict),
                    _word("approval!", Approval),
                    Field("final", Shape.FLAG, required=True),
                    Field("packs", Shape.ENTRY, required=True, many=True, fields=_PACKS.fields),
                    _entry("files!*", _DIGEST, *_lines("path!"), _SIZE),
                    _entry("approvals*", _id("id!", "apr"), Field("evidence", Shape.DIGEST)),
                    _entry(
                        "since",
                        *_lines("of!"),
                        *(Field(name, Shape.INTEGER) for name in _CHANGES),
                    ),
                ),
            ),
            (
                "person-erased",
                "ers",
                (
                    Field("entries", Shape.INTEGER, required=True, many=True),
                    _entry(
                        "rows!*", *_lines("table!"), Field("where", Shape.DOCUMENT, required=True)
                    ),
                    _WHY,
                ),
            ),
        )
    }
)
"""Every kind of event by name."""

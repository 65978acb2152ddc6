"""Matches of content as the records leave them: what they match, and what people said of them.

Whoever compares contents knows a record or a work only by its id. What that is, as of a time,
and whether a person has answered for the match, is said here; nothing is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from checkthegate.model import Asset, Evidence, Grade, Source
from checkthegate.model.registry import AsOf, WorkKind
from checkthegate.registry.coverage import MOST_DIFFERENT
from checkthegate.registry.rows import Row, Rows
from checkthegate.registry.times import in_effect, not_begun, past

RECORDED: Final = "matches-recorded"
INPUT: Final = "matches-input"
WORK: Final = "matches-work"
REJECTED: Final = "match-rejected"
CONFIRMED_WORD: Final = "confirmed"
REJECTED_WORD: Final = "rejected"
_CLAIMS: Final = frozenset({RECORDED, INPUT, WORK})
_SLACK: Final = 0.5
_SAID_OF_WORKS: Final = ("kind", "title", "owner", "rights", "licence", "note")


def settled(
    evidence: Sequence[Evidence], rows: Rows, when: AsOf, production: str = ""
) -> tuple[Evidence, ...]:
    """The evidence, its matches named, answered for, and seen side by side.

    A match of what was not on file by then is left out. One that a person rejected becomes
    `match-rejected`; one that was only suspected and that a person confirmed is `declared`.
    A look-alike of what is proven to be something nearer names that as `nearer` in its detail.
    """
    known = _Known(rows, when, production)
    told = [each for said in evidence if (each := known.told(said)) is not None]
    return _beside(told)


def work_evidence(
    asset: Asset, rows: Rows, when: AsOf, production: str = ""
) -> tuple[Evidence, ...]:
    """`matches-work` for each work that these very bytes are, or are a part of."""
    known = _Known(rows, when, production)
    found = []
    for file in rows.rows("work_files", digest=asset.digest):
        source = Source(file["work"], file["path"], None, 0.0)
        said = Evidence("record", Grade.PROVEN, WORK, {"exact": True}, source=source)
        if any(in_effect(row, when) for row in rows.rows("works", id=file["work"])):
            found.append(known.named(said))
    return tuple(found)


def licensed(licence: Mapping[str, Any] | None, when: AsOf, production: str) -> bool:
    """Whether a work's licence covers the production and is in force; one without days or
    productions is not limited in them."""
    if not licence:
        return False
    named = [each.casefold().strip() for each in licence.get("productions") or ()]
    if named and production.casefold().strip() not in named:
        return False
    return not (past(licence.get("ends"), when) or not_begun(licence.get("starts"), when))


def work_at(rows: Rows, work: Row, when: AsOf) -> Row:
    """A row of `works` as it was said to be as of a time: what was changed later is undone."""
    told = [row for row in rows.rows("work_versions", work=work["id"]) if in_effect(row, when)]
    newest = max(told, key=lambda row: (row["holds_from"], row["entry"]), default=None)
    if newest is None:
        return work
    return {**work, **{name: newest[name] for name in _SAID_OF_WORKS}}


class _Known:
    """What the rows say of what is matched; each thing is looked up once."""

    def __init__(self, rows: Rows, when: AsOf, production: str) -> None:
        self._rows = rows
        self._when = when
        self._production = production
        self._sources: dict[tuple[str, str], Row | None] = {}
        self._words: dict[str, Row | None] = {}

    def told(self, said: Evidence) -> Evidence | None:
        """One evidence named and answered for; None when it was not on file by then."""
        if said.claim not in _CLAIMS or said.source is None:
            return said
        row = self._source(said)
        if row is not None and not in_effect(row, self._when):
            return None
        return self._answered(self.named(said))

    def named(self, said: Evidence) -> Evidence:
        """The evidence with what the records say of its source."""
        row = self._source(said)
        if row is None:
            return said
        if said.claim == WORK:
            return replace(said, detail={**said.detail, **self._work(row)})
        told = {"use": row["use"]}
        if said.claim == RECORDED:
            told["made"] = row["made"]
        return replace(said, detail={**said.detail, **told})

    def _work(self, row: Row) -> dict[str, Any]:
        licence = row["licence"] or {}
        told = {
            "kind": row["kind"],
            "title": row["title"],
            "owner": row["owner"],
            "licence": licence.get("reference"),
        }
        if row["kind"] != WorkKind.OWNED:
            told["licensed"] = licensed(row["licence"], self._when, self._production)
        return {name: value for name, value in told.items() if value is not None}

    def _answered(self, said: Evidence) -> Evidence:
        word = self._word(said.detail.get("match"))
        if word is None:
            return said
        answer = {
            "word": word["word"],
            "person": word["person"],
            "why": word["why"],
            "on": word["holds_from"],
        }
        detail = {**said.detail, "answer": answer}
        if word["word"] == REJECTED_WORD:
            return replace(said, claim=REJECTED, detail={**detail, "claim": said.claim})
        grade = Grade.worst((said.grade, Grade.DECLARED), Grade.DECLARED)
        return replace(said, grade=grade, detail=detail)

    def _source(self, said: Evidence) -> Row | None:
        if said.source is None:
            return None
        key = ("works" if said.claim == WORK else "records", said.source.id)
        if key not in self._sources:
            row = next(iter(self._rows.rows(key[0], id=key[1])), None)
            if row is not None and key[0] == "works":
                row = work_at(self._rows, row, self._when)
            self._sources[key] = row
        return self._sources[key]

    def _word(self, match: object) -> Row | None:
        """The newest word on a match that counted by then."""
        if not isinstance(match, str):
            return None
        if match not in self._words:
            self._words[match] = newest_word(self._rows, match, self._when)
        return self._words[match]


def newest_word(rows: Rows, match: str, when: AsOf) -> Row | None:
    """The answer to a match that counts as of a time: the last one given by then."""
    given = [row for row in rows.rows("match_words", match=match) if in_effect(row, when)]
    return max(given, key=lambda row: (row["holds_from"], row["entry"]), default=None)


def _beside(told: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Look-alikes in the light of what is proven where they are."""
    proven = [
        each
        for each in told
        if each.claim in (RECORDED, INPUT) and each.grade is Grade.PROVEN and each.source
    ]
    if not proven:
        return tuple(told)
    return tuple(_beside_one(each, proven) for each in told)


def _beside_one(said: Evidence, proven: Sequence[Evidence]) -> Evidence:
    if said.claim != RECORDED or said.grade is not Grade.SUSPECTED:
        return said
    for each in proven:
        if _nearer(each, said) and _within(said, each) and each.source is not None:
            return replace(said, detail={**said.detail, "nearer": each.source.id})
    return said


def _nearer(proven: Evidence, said: Evidence) -> bool:
    """Whether what is proven is known to fill the frame and to be no further than a look-alike.

    Distances are comparable within one way of comparing only. Where a tenth of the frame or more
    is something else, the look-alike may be that.
    """
    ours, theirs = (each.source.distance if each.source else None for each in (proven, said))
    same = proven.detail.get("by") is not None and proven.detail.get("by") == said.detail.get("by")
    differs = proven.detail.get("differs")
    fills = isinstance(differs, int | float) and differs <= MOST_DIFFERENT
    return same and fills and ours is not None and theirs is not None and ours <= theirs


def _within(said: Evidence, proven: Evidence) -> bool:
    """Whether a look-alike lies where something is proven; ends may be found half a second off."""
    if proven.span is None:
        return True
    if said.span is None:
        return False
    slack = 0.0 if said.detail.get("by") == "words" else _SLACK
    return proven.span.start - slack <= said.span.start and said.span.end <= proven.span.end + slack

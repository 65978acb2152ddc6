"""Reference works found in an asset: whose they are, whether licensed, whether AI made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checkthegate.model import Evidence, Grade
from checkthegate.rules.kleene import UNKNOWN, Tri
from checkthegate.rules.words import listed, listed_clauses, plain_name

WORK_CLAIM = "matches-work"
_OWNED = "owned"


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """What is known of the works in an asset.

    `found`: something matches a work, at any grade. `cleared`: all of them are the production's
    own or licensed; not known while one is only suspected. `recreated`: one that is not lies
    where AI made or changed the asset. `alike`: something only looks like one. `works` and
    `cleared_words` say which, for sentences.
    """

    found: bool
    cleared: Tri
    recreated: Tri
    alike: bool
    works: str
    cleared_words: str


def work_facts(evidence: Sequence[Evidence], certain: Sequence[Evidence]) -> WorkFacts:
    """The facts of the works in `evidence`; `certain` are the claims that AI was at work."""
    found = [said for said in evidence if said.claim == WORK_CLAIM]
    open_ = [said for said in found if not _cleared(said)]
    sure = [said for said in open_ if said.grade is not Grade.SUSPECTED]
    alike = [said for said in open_ if said.grade is Grade.SUSPECTED]
    recreated: Tri = any(_lies_in(said, certain) for said in sure)
    if not recreated and any(_lies_in(said, certain) for said in alike):
        recreated = UNKNOWN
    named = [said for said in sure if recreated is not True or _lies_in(said, certain)] or alike
    return WorkFacts(
        found=bool(found),
        cleared=False if sure else UNKNOWN if alike else True,
        recreated=recreated,
        alike=bool(alike),
        works=listed(_title(said) for said in named) or "a work of others",
        cleared_words=_cleared_words(found),
    )


def _cleared(said: Evidence) -> bool:
    """Whether a work is one's own or licensed; one of which that is not said is neither."""
    return said.detail.get("kind") == _OWNED or said.detail.get("licensed") is True


def _lies_in(work: Evidence, certain: Sequence[Evidence]) -> bool:
    return any(_same_stuff(work, said) and _overlap(work, said) for said in certain)


def _same_stuff(work: Evidence, said: Evidence) -> bool:
    """A picture found in a film is not made by AI because the sound beside it is."""
    ours, theirs = work.detail.get("by"), said.detail.get("by")
    return ours is None or theirs is None or ours == theirs


def _overlap(work: Evidence, said: Evidence) -> bool:
    if work.span is None or said.span is None:
        return True
    latest, first = max(work.span.start, said.span.start), min(work.span.end, said.span.end)
    instant = work.span.start >= work.span.end or said.span.start >= said.span.end
    return latest <= first if instant else latest < first


def _title(said: Evidence) -> str:
    source = said.source
    path = source.path.rpartition("/")[2] if source and source.path else ""
    named = plain_name(said.detail.get("title")) or plain_name(path)
    return f"“{named}”" if named else "a work of others"


def _cleared_words(found: Sequence[Evidence]) -> str:
    """A sentence for a producer: what was found, and why it may be here."""
    own = listed(_title(said) for said in found if said.detail.get("kind") == _OWNED)
    licensed = [
        f"{_title(said)} belongs to others, and the licence"
        f"{_reference(said)} covers this production"
        for said in found
        if said.detail.get("kind") != _OWNED and _cleared(said)
    ]
    clauses = [f"it holds {own}, the production’s own work"] if own else []
    return listed_clauses([*clauses, *licensed]) or "it holds no work of others"


def _reference(said: Evidence) -> str:
    named = plain_name(said.detail.get("licence"))
    return f" {named}" if named else " on file"

"""Matches as the page shows them: what was found and what it is, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from checkthegate.model import Exhibit
from checkthegate.report.exhibits import Room, Shown
from checkthegate.report.match_words import (
    Told,
    answer_words,
    differs_words,
    distance_words,
    match_sentence,
    place_words,
    told_of,
)

MOST_OPEN: Final = 40
MOST_ALIKE: Final = 6
MOST_FOLDED: Final = 40
_MOST_PLACES: Final = 60
_MOST_PAIRS: Final = 4
_KINDS: Final = ("picture", "sound", "passage")
_NONE: Final = Shown("", "", "")
_WORDS: Final = {
    "matches-recorded": "Recorded material",
    "matches-input": "What went into recorded material",
    "matches-work": "Reference work",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a match lies in the asset and in its source, as people read it."""

    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two exhibits to compare: from the asset, and from what it matches."""

    found: Shown | None
    source: Shown | None


@dataclass(frozen=True, slots=True)
class MatchCard:
    """One match of two contents with every place where it was found.

    `grade` is `rejected` when a person said it is a mistake. `asks` says that it waits for a
    person's answer. `both` are exhibits that show both sides at once.
    """

    anchor: str
    what: str
    said: str
    grade: str
    match: str
    source: str
    path: str
    places: Sequence[Place]
    more_places: int
    pairs: Sequence[Pair]
    both: Sequence[Shown]
    facts: Sequence[str]
    answer: str
    asks: bool

    @property
    def wide(self) -> bool:
        """Whether its exhibits need the whole width: sound is heard and seen along a line."""
        return any((pair.found or pair.source or _NONE).kind == "sound" for pair in self.pairs)

    @property
    def beside(self) -> bool:
        """Whether its words fit beside its pictures."""
        one = len(self.pairs) == 1 and not self.both
        return one and (self.pairs[0].found or self.pairs[0].source or _NONE).kind == "picture"


@dataclass(frozen=True, slots=True)
class MatchCards:
    """An asset's matches: those to look at, further look-alikes, and what asks nothing.

    `more` counts those that are left out of the page.
    """

    open: Sequence[MatchCard]
    alike: Sequence[MatchCard]
    known: Sequence[MatchCard]
    rejected: Sequence[MatchCard]
    more: int

    def __bool__(self) -> bool:
        return bool(self.open or self.alike or self.known or self.rejected)


Found = tuple[Told, Mapping[str, Any], Sequence[Exhibit]]


def matches_in(asset: Mapping[str, Any]) -> list[Told]:
    """The matches by content of a report's asset, each place once, in the order of evidence."""
    return [told for told, _, _ in _found(asset, {})]


def is_matched(asset: Mapping[str, Any]) -> bool:
    """Whether there is something to show: a match by content, or a work by its very bytes."""
    every = (told_of(said) for said in asset["evidence"])
    return any(told and (not told.exact or told.claim == "matches-work") for told in every)


def match_cards(
    asset: Mapping[str, Any], exhibits: Mapping[int, Sequence[Exhibit]], anchor: str, room: Room
) -> MatchCards:
    """The matches of an asset as cards. `exhibits` are by the number of the evidence."""
    groups: dict[tuple[str, ...], list[Found]] = {}
    for found in _found(asset, exhibits):
        told = found[0]
        key = (told.match or told.path, told.source, told.claim, told.grade, str(told.rejected))
        groups.setdefault((*key, str("nearer" in told.detail)), []).append(found)
    ordered = sorted(groups.values(), key=lambda group: _order(group[0][0]))
    sorted_out: dict[str, list[list[Found]]] = {"open": [], "alike": [], "known": [], "no": []}
    for group in ordered:
        sorted_out[_pile(group[0][0], len(sorted_out["open"]))].append(group)
    kept = {
        "open": sorted_out["open"][:MOST_OPEN],
        **{name: sorted_out[name][:MOST_FOLDED] for name in ("alike", "known", "no")},
    }
    cards = {
        name: [_card(group, f"{anchor}-{name}{n}", room) for n, group in enumerate(piled)]
        for name, piled in kept.items()
    }
    more = len(groups) - sum(map(len, kept.values()))
    return MatchCards(cards["open"], cards["alike"], cards["known"], cards["no"], more)


def _found(asset: Mapping[str, Any], exhibits: Mapping[int, Sequence[Exhibit]]) -> list[Found]:
    told = [(n, told_of(said), said) for n, said in enumerate(asset["evidence"])]
    exact = {(one.claim, one.source) for _, one, _ in told if one and one.exact}
    return [
        (one, said, exhibits.get(n, ()))
        for n, one, said in told
        if one and not one.exact and not _is_exact_too(one, exact)
    ]


def _is_exact_too(told: Told, exact: set[tuple[str, str]]) -> bool:
    """Whether the very bytes are known to be that already, so that it need not be said again."""
    return (told.claim, told.source) in exact and told.span is None


def _pile(told: Told, before: int) -> str:
    if told.rejected:
        return "no"
    if told.harmless:
        return "known"
    return "alike" if told.grade == "suspected" and before >= MOST_ALIKE else "open"


def _order(told: Told) -> tuple[int, bool, tuple[float, float]]:
    """What is proven before what is said and what is suspected; then as it lies in the asset."""
    grades = {"proven": 0, "declared": 1, "suspected": 2}
    claims = ("matches-work", "matches-recorded", "matches-input")
    return grades.get(told.grade, 3), told.claim == claims[2], told.span or (-1.0, -1.0)


def _card(group: Sequence[Found], anchor: str, room: Room) -> MatchCard:
    told, said, _ = group[0]
    pairs: list[Pair] = []
    both: list[Shown] = []
    for _, _, exhibits in group:
        if len(pairs) + len(both) < _MOST_PAIRS:
            _compare(exhibits, room, pairs, both)
    places = [_place(each) for each, _, _ in group if each.span or each.source_span]
    return MatchCard(
        anchor=anchor,
        what=_WORDS.get(told.claim, told.claim),
        said=match_sentence(told),
        grade="rejected" if told.rejected else told.grade,
        match=told.match,
        source=told.source,
        path=told.path,
        places=places[:_MOST_PLACES],
        more_places=max(0, len(places) - _MOST_PLACES),
        pairs=pairs,
        both=both,
        facts=_facts(told, said),
        answer=answer_words(told),
        asks=told.grade == "suspected" and not told.harmless and not told.answer,
    )


def _place(told: Told) -> Place:
    characters = told.by_words
    return Place(
        place_words(told.span, characters) or "all of it",
        place_words(told.source_span, characters) or "all of it",
    )


def _facts(told: Told, said: Mapping[str, Any]) -> list[str]:
    distance = (said.get("source") or {}).get("distance")
    by = told.detail.get("by")
    known = f"known by its {by}" if by in ("picture", "sound", "words") else ""
    differs = differs_words(told.detail) if told.grade == "suspected" or told.rejected else ""
    return [each for each in (known, distance_words(distance), differs) if each]


def _compare(exhibits: Sequence[Exhibit], room: Room, pairs: list[Pair], both: list[Shown]) -> None:
    """Puts what was found beside its source, pictures beside pictures, sound beside sound."""
    sides: dict[tuple[str, str], list[Shown]] = {}
    for exhibit in exhibits[: 4 * _MOST_PAIRS]:
        shown = room.show(exhibit)
        if shown is None:
            continue
        if exhibit.side == "both":
            both.append(shown)
        else:
            sides.setdefault((shown.kind, exhibit.side), []).append(shown)
    for kind in _KINDS:
        found, source = (sides.get((kind, side), []) for side in ("found", "source"))
        pairs += [Pair(left, right) for left, right in zip_longest(found, source)]

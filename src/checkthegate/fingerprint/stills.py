"""Finds what of the bank lies in a still: proposals from cheap to dear, each looked at closely.

First codes of the picture in all eight ways, then descriptors of the whole picture, then of its
parts. Each stage proposes; only the closer look decides. What was looked at and could not be laid
over the still may yet be a look-alike: the careful network says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from checkthegate.fingerprint.exhibits import side_by_side
from checkthegate.fingerprint.pdq import MATCH_RADIUS
from checkthegate.fingerprint.picture_print import (
    KeptStill,
    PicturePrint,
    from_bytes,
    pictures_of,
    samples_of,
)
from checkthegate.fingerprint.plates import nearer_to_input
from checkthegate.fingerprint.registering import Registration
from checkthegate.fingerprint.still_closer import Look, Sought, look
from checkthegate.fingerprint.still_in_film import frame_of
from checkthegate.fingerprint.still_prints import decoded, grey
from checkthegate.fingerprint.tiles import TILES, WHOLE, Region
from checkthegate.model import Gap, Grade, Unreadable
from checkthegate.model.evidence import Span
from checkthegate.model.match import Match

if TYPE_CHECKING:
    import numpy

    from checkthegate.fingerprint.proposing import Proposals, Proposer
    from checkthegate.fingerprint.sscd import Descriptors
    from checkthegate.fingerprint.still_screen import Screen
    from checkthegate.model.match import Banked
    from checkthegate.seams import Bank, OpenAsset

    Array = numpy.ndarray[Any, Any]

FRONT: Final = 0.28
"""From this cosine on, a picture like the whole still is looked at."""

PARTS: Final = 0.32
"""From this cosine on, a picture like a part of the still is looked at."""

CLOSE: Final = 0.45
"""From this cosine on, the careful network is asked about what cannot be laid over the still."""

LOOK_ALIKE: Final = 0.7
"""From this cosine of the careful network on, what cannot be laid over the still looks like it,
if nothing else that was looked at comes as near: pictures of one style are near one another."""

WITHOUT_NETWORKS: Final = 68
"""The radius of codes that are looked at where the networks are not installed."""

_MOST_LOOKS, _MOST_A_PART = 16, 3
_BEHIND, _BEHIND_BITS = 0.25, 20
_MOST_SUSPECTED, _MOST_FILMS = 8, 3
_FILLS = 0.85
_ALONE, _ASKED_ABOUT = 0.15, 3
_STEP = 1 / 24


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry of the bank that may lie in a region of the still, by one of its samples. `score`
    is the small network's cosine, or that of an exact copy where a code proposed it."""

    number: int
    sample: int
    region: Region
    score: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """An entry that was looked at. `time` is that of the picture it was compared with; `cosine` is
    the careful network's, where it was asked. `frame` is the likeness of a film's frame that was
    found between the pictures kept of it. `outdone`: what it was made from, or what was made from
    it, is nearer."""

    proposal: Proposal
    print: PicturePrint
    time: float
    source: Array
    look: Look | None
    cosine: float = 0.0
    frame: float | None = None
    outdone: bool = False

    @property
    def proven(self) -> bool:
        """Whether it is this very picture."""
        same = self.frame is not None or (self.look is not None and self.look.same)
        return same and not self.outdone

    @property
    def laid(self) -> bool:
        """Whether it could be laid over the still, and enough of it agrees."""
        return self.look is not None and self.look.alike

    @property
    def distance(self) -> float:
        """0 for the same; comparable among pictures."""
        if self.frame is not None:
            return round(1.0 - self.frame, 4)
        if self.look is not None and self.look.alike:
            return self.look.distance
        return round(1.0 - self.cosine / 2, 4)


class StillSearch:
    """One still of the delivery against one bank."""

    def __init__(
        self,
        opened: OpenAsset,
        screen: Screen,
        bank: Bank,
        proposer: Proposer,
        descriptors: Descriptors,
    ) -> None:
        self._opened, self._screen, self._bank = opened, screen, bank
        self._proposer, self._descriptors = proposer, descriptors
        self._best: dict[int, Candidate] = {}
        self._sought: dict[tuple[int, float], Sought] = {}
        self._damaged = False

    def matches(self) -> Iterator[Match | Gap]:
        """What was found, proven before suspected, nearest first."""
        for stage in (self._by_codes, self._by_front, self._by_parts):
            for proposal in stage():
                self._opened.working()
                self._look_at(proposal)
            if stage != self._by_codes and self._is_filled():
                break
        self._seek_frames()
        self._weigh_inputs()
        yield from map(self._match, self._chosen())
        if self._damaged:
            yield Gap("fingerprint", "A fingerprint on record is damaged and was not compared.")

    def _by_codes(self) -> Sequence[Proposal]:
        codes = self._screen.codes
        radius = MATCH_RADIUS if len(self._screen.vectors) else WITHOUT_NETWORKS
        near = self._proposer.near_codes(codes, radius)
        return _nearest(near, near.scores, (WHOLE,) * len(codes), _BEHIND_BITS)

    def _by_front(self) -> Sequence[Proposal]:
        vectors = self._screen.vectors
        near = self._proposer.near(vectors, FRONT)
        return _nearest(near, -near.scores, (WHOLE,) * len(vectors), _BEHIND)

    def _by_parts(self) -> Sequence[Proposal]:
        near = self._proposer.near(self._screen.tiles, PARTS)
        return _nearest(near, -near.scores, TILES, _BEHIND, _MOST_A_PART)

    def _is_filled(self) -> bool:
        """Whether a proven match leaves no room for another."""
        looks = [each.look for each in self._best.values() if each.proven]
        return any(each is not None and each.agreement.target_covered >= _FILLS for each in looks)

    def _look_at(self, proposal: Proposal) -> None:
        known = self._best.get(proposal.number)
        if known is not None and known.proven:
            return
        candidate = self._candidate(proposal)
        if candidate is None:
            return
        if known is None or (candidate.proven, -candidate.distance) > (
            known.proven,
            -known.distance,
        ):
            self._best[proposal.number] = candidate

    def _candidate(self, proposal: Proposal) -> Candidate | None:
        kept = self._kept_picture(proposal)
        if kept is None:
            self._damaged = True
            return None
        print_, time, sought = kept
        found = look(sought, self._screen, proposal.region)
        return Candidate(proposal, print_, time, sought.rgb, found)

    def _kept_picture(self, proposal: Proposal) -> tuple[PicturePrint, float, Sought] | None:
        """The kept picture nearest to a sample, unpacked once."""
        try:
            print_ = pictures_of(self._bank.fingerprint(proposal.number))
        except Unreadable:
            return None
        still = _kept_near(print_, proposal.sample)
        if still is None:
            return None
        key = (proposal.number, still.time)
        if key not in self._sought:
            picture = decoded(still.jpeg)
            if picture is None:
                return None
            self._sought[key] = Sought(picture)
        return print_, still.time, self._sought[key]

    def _seek_frames(self) -> None:
        """Films whose kept pictures come near: is the still one of the frames between?"""
        order = sorted(self._best.items(), key=lambda each: each[1].distance)
        films = [each for each in order if each[1].laid and each[1].print.kind == "film"]
        for number, candidate in [each for each in films if not each[1].proven][:_MOST_FILMS]:
            self._opened.working()
            found = self._frame(number, candidate)
            if found is not None:
                self._best[number] = replace(candidate, time=found[0], frame=found[1])

    def _frame(self, number: int, candidate: Candidate) -> tuple[float, float] | None:
        if candidate.look is None:
            return None
        try:
            film = from_bytes(self._bank.fingerprint(number))
        except Unreadable:
            self._damaged = True
            return None
        return frame_of(film, candidate.time, self._screen.grey, candidate.look.matrix)

    def _weigh_inputs(self) -> None:
        """Where what something was made from lies in the still: is the still nearer to that?"""
        for number, candidate in list(self._best.items()):
            banked = self._bank.banked(number)
            if not candidate.laid:
                continue
            for digest in banked.inputs:
                for plate in self._bank.numbers_of(digest):
                    self._weigh(number, plate)

    def _weigh(self, number: int, plate: int) -> None:
        """Only the nearer of an output and its input stays proven."""
        output = self._best[number]
        if plate not in self._best:
            self._look_at(Proposal(plate, self._sample_at(plate, output.time), WHOLE))
        source = self._best.get(plate)
        if source is None or not source.proven or not output.proven or output.look is None:
            return
        lying = Registration(output.look.matrix, False, 1.0)
        pictures = grey(output.source), grey(source.source), self._screen.grey
        loser = number if nearer_to_input(*pictures, lying) else plate
        self._best[loser] = replace(self._best[loser], outdone=True)

    def _sample_at(self, number: int, time: float) -> int:
        """The sample of an entry nearest to a time in seconds."""
        try:
            times = samples_of(self._bank.fingerprint(number)).times
        except Unreadable:
            return 0
        return int(abs(times - time).argmin()) if len(times) else 0

    def _chosen(self) -> list[Candidate]:
        order = sorted(self._best.values(), key=lambda each: (each.distance, each.proposal.number))
        proven = [each for each in order if each.proven]
        suspected = [each for each in order if each.laid and not each.proven]
        suspected += self._standing_out()
        return proven + suspected[:_MOST_SUSPECTED]

    def _standing_out(self) -> list[Candidate]:
        """What only the careful network recognises, where it recognises one alone."""
        unlaid = [each for each in self._best.values() if not each.laid]
        order = sorted(unlaid, key=lambda each: -each.proposal.score)[:_ASKED_ABOUT]
        if not order or order[0].proposal.score < CLOSE or not self._descriptors.ready:
            return []
        asked = [replace(each, cosine=self._cosine(each)) for each in order]
        asked.sort(key=lambda each: -each.cosine)
        second = asked[1].cosine if len(asked) > 1 else 0.0
        alone = asked[0].cosine >= LOOK_ALIKE and asked[0].cosine - second >= _ALONE
        return asked[:1] if alone else []

    def _cosine(self, candidate: Candidate) -> float:
        """What the careful network says of an entry and the region it was looked for in."""
        here = candidate.proposal.region.cut(self._screen.rgb)
        one, two = self._descriptors.full([candidate.source, here])
        return float(one @ two)

    def _match(self, candidate: Candidate) -> Match:
        banked = self._bank.banked(candidate.proposal.number)
        found = candidate.look
        detail: dict[str, Any] = {}
        differs = None
        if found is not None and candidate.laid:
            detail["share"] = round(found.agreement.target_covered, 3)
            moved = candidate.frame is not None
            differs = found.agreement.overlaid if moved else found.agreement.differs
        return Match(
            banked,
            Grade.PROVEN if candidate.proven else Grade.SUSPECTED,
            candidate.distance,
            source_span=_span(candidate),
            differs=None if differs is None else round(differs, 4),
            detail=detail,
            exhibits=side_by_side(
                self._screen.rgb,
                candidate.source,
                found.matrix if found is not None and candidate.laid else None,
                _captions(candidate, banked),
            ),
        )


def _nearest(
    near: Proposals,
    order: Array,
    regions: Sequence[Region],
    behind: float,
    most: int = 12,
) -> Sequence[Proposal]:
    """The best hits first, each entry once for each region; in each region not too many, and none
    further than `behind` the best there."""
    import numpy

    chosen: dict[tuple[Region, int], Proposal] = {}
    best: dict[Region, float] = {}
    taken: Counter[Region] = Counter()
    for place in numpy.argsort(order, kind="stable").tolist():
        number, region = int(near.numbers[place]), regions[int(near.queries[place])]
        score = float(order[place])
        full = taken[region] >= most or score > best.setdefault(region, score) + behind
        if full or (region, number) in chosen:
            continue
        taken[region] += 1
        sample = int(near.samples[place])
        chosen[region, number] = Proposal(number, sample, region, -score if score < 0 else 1.0)
        if len(chosen) == _MOST_LOOKS:
            break
    return list(chosen.values())


def _kept_near(print_: PicturePrint, sample: int) -> KeptStill | None:
    """The kept picture nearest in time to a sample."""
    if not print_.stills or not 0 <= sample < max(1, len(print_.times)):
        return None
    time = float(print_.times[sample]) if len(print_.times) else 0.0
    return min(print_.stills, key=lambda still: abs(still.time - time))


def _span(candidate: Candidate) -> Span | None:
    if candidate.print.kind == "still":
        return None
    step = 1 / candidate.print.rate if candidate.print.rate > 0 else _STEP
    return Span(round(candidate.time, 3), round(candidate.time + step, 3))


def _captions(candidate: Candidate, banked: Banked) -> tuple[str, str]:
    at = f" at {candidate.time:.1f} s" if candidate.print.kind == "film" else ""
    return "In the delivery", f"{banked.path}{at}"

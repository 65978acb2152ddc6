"""Finds what of a bank is heard in a sound: proposals, each looked at closely, the best kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from checkthegate.fingerprint.sound_align import Aligned, Source, aligned, ended
from checkthegate.fingerprint.sound_judging import distance, judged
from checkthegate.fingerprint.sound_line import Line, Side
from checkthegate.fingerprint.sound_print import MIX, SoundPrint, channels_of
from checkthegate.fingerprint.sound_proposing import Proposal, Proposer
from checkthegate.model import Grade
from checkthegate.seams import Bank

MOST_FOUND: Final = 2_000
_REMEMBERED = 64
_SAME_PLACE = 0.5
_AGAIN_SECONDS = 7.0
_AGAIN_VOTES = 1.5
_NEARER = 0.01


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a channel of the bank's entry heard in a channel of the target.

    `part` and `channel` are places in the prints' `channels`.
    """

    number: int
    part: int
    channel: int
    aligned: Aligned
    grade: Grade

    @property
    def distance(self) -> float:
        """0 for the same."""
        return distance(self.aligned)


@dataclass(slots=True)
class Search:
    """One target against a bank."""

    bank: Bank
    target: SoundPrint
    working: Callable[[], None]
    _found: dict[int, list[Found]] = field(default_factory=dict)
    _count: int = 0
    _tried: dict[tuple[int, ...], tuple[float, int]] = field(default_factory=dict)
    _sources: OrderedDict[int, Sequence[Source]] = field(default_factory=OrderedDict)

    def found(self) -> list[Found]:
        """Everything that is heard, each place once for each entry, in the target's order."""
        proposer = Proposer(self.bank.folders)
        for place in range(len(self.target.channels)):
            self._tried.clear()
            self._look(proposer, place)
        best = [
            self._in_its_channel(each)
            for each in _best(each for found in self._found.values() for each in found)
        ]
        exact = [self._ended(each) for each in self._against_inputs(best)]
        return sorted(exact, key=lambda each: each.aligned.target)

    def _ended(self, each: Found) -> Found:
        source = self._source(each.number)[each.part]
        side = Side.of(self.target.channels[each.channel].peaks)
        return replace(each, aligned=ended(source, side, each.aligned))

    def _look(self, proposer: Proposer, place: int) -> None:
        channel = self.target.channels[place]
        side = Side.of(channel.peaks)
        before = next(
            (each for each in self.target.channels[:place] if each.stream == channel.stream), None
        )
        for proposals in proposer.proposals(channel, before, self.working):
            for proposal in proposals:
                if self._count < MOST_FOUND and not self._known(proposal, place):
                    self._try(proposal, place, side)

    def _known(self, proposal: Proposal, place: int) -> bool:
        """Whether it was found already, or tried a moment ago in vain."""
        for each in self._found.get(proposal.number, ()):
            sure = each.channel == place or each.grade is Grade.PROVEN
            start, end = each.aligned.target
            if (
                sure
                and start - 2 <= proposal.around <= end + 2
                and each.aligned.line.near(proposal.guess, proposal.around)
            ):
                return True
        key = _place(proposal)
        before = self._tried.get(key)
        self._tried[key] = proposal.around, proposal.votes
        return (
            before is not None
            and proposal.around - before[0] < _AGAIN_SECONDS
            and proposal.votes <= _AGAIN_VOTES * before[1]
        )

    def _try(self, proposal: Proposal, place: int, side: Side) -> None:
        sources = self._source(proposal.number)
        if proposal.part >= len(sources):
            return
        source = sources[proposal.part]
        for each in aligned(source, side, proposal.around, proposal.guess):
            grade = judged(each)
            if grade is not None:
                found = Found(proposal.number, proposal.part, place, each, grade)
                self._found.setdefault(proposal.number, []).append(found)
                self._count += 1

    def _source(self, number: int) -> Sequence[Source]:
        """The channels of an entry, the last ones remembered."""
        if number in self._sources:
            self._sources.move_to_end(number)
            return self._sources[number]
        self.working()
        channels = channels_of(self.bank.fingerprint(number))
        self._sources[number] = [Source.of(channel.peaks) for channel in channels]
        while len(self._sources) > _REMEMBERED:
            self._sources.popitem(last=False)
        return self._sources[number]

    def _in_its_channel(self, each: Found) -> Found:
        """The same where it is heard, if what is heard in the mix comes from one channel alone."""
        mixed = self.target.channels[each.channel]
        if mixed.number != MIX:
            return each
        alone = [
            found
            for place, channel in enumerate(self.target.channels)
            if channel.stream == mixed.stream and channel.number != MIX
            for found in self._again(each, place, Side.of(channel.peaks))
        ]
        return alone[0] if len({one.channel for one in alone}) == 1 else each

    def _again(self, each: Found, place: int, side: Side) -> Iterator[Found]:
        """What was found, as it is heard in another channel; nothing where it is less sure."""
        source = self._source(each.number)[each.part]
        middle = sum(each.aligned.target) / 2
        for other in aligned(source, side, middle, each.aligned.line):
            grade = judged(other)
            if grade is not None and _overlap(other, each.aligned) > 0.5:
                if grade.rank >= each.grade.rank:
                    yield Found(each.number, each.part, place, other, grade)
                return

    def _against_inputs(self, found: Iterable[Found]) -> Iterator[Found]:
        """The same, where what something was made from is nearer with that instead."""
        said: set[tuple[int, int]] = set()
        for each in found:
            nearer = self._nearer_input(each)
            yield (
                each
                if nearer is None
                else Found(each.number, each.part, each.channel, each.aligned, Grade.SUSPECTED)
            )
            if nearer is not None:
                key = nearer.number, round(nearer.aligned.target[0])
                if key not in said:
                    said.add(key)
                    yield nearer

    def _nearer_input(self, each: Found) -> Found | None:
        """What the entry was made from, where that is proven to be nearer than the entry."""
        side: Side | None = None
        best: Found | None = None
        middle = sum(each.aligned.target) / 2
        for digest in self.bank.banked(each.number).inputs:
            for number in self.bank.numbers_of(digest):
                side = side or Side.of(self.target.channels[each.channel].peaks)
                for part, source in enumerate(self._source(number)):
                    line = Line(each.aligned.line.offset, each.aligned.line.speed)
                    for other in aligned(source, side, middle, line):
                        if judged(other) is Grade.PROVEN and _overlap(other, each.aligned) > 0.5:
                            near = Found(number, part, each.channel, other, Grade.PROVEN)
                            best = min(best or near, near, key=lambda one: one.distance)
        return best if best is not None and best.distance < each.distance - _NEARER else None


def _place(proposal: Proposal) -> tuple[int, ...]:
    offset, shift = proposal.guess.offset, proposal.guess.shift
    return proposal.number, proposal.part, round(offset / _SAME_PLACE), round(shift * 2)


def _best(found: Iterable[Found]) -> list[Found]:
    """The surest of those of one entry that lie in the same place of the target."""
    best: list[Found] = []
    taken: dict[int, list[Found]] = {}
    for each in sorted(found, key=lambda one: (-one.grade.rank, -one.aligned.evidence)):
        others = taken.setdefault(each.number, [])
        if all(_overlap(each.aligned, other.aligned) < 0.5 for other in others):
            others.append(each)
            best.append(each)
    return best


def _overlap(one: Aligned, other: Aligned) -> float:
    """Which share of the shorter one's target lies in the other's."""
    start = max(one.target[0], other.target[0])
    end = min(one.target[1], other.target[1])
    return max(0.0, end - start) / max(1e-6, min(one.seconds, other.seconds))

"""How sure a shared passage is: what makes a match, and of which grade.

Measured on real answers of students (copied, lightly and heavily revised, own) and on screenplays:
own texts on the same subject share at most 15 words in one passage; see quality/words.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from checkthegate.fingerprint.words_align import Stretch
from checkthegate.fingerprint.words_common import is_boilerplate
from checkthegate.fingerprint.words_print import Words
from checkthegate.fingerprint.words_tokens import WORD
from checkthegate.model import Grade

LEAST = 16 * WORD
"""What agrees in less than this (a sentence) is a turn of phrase or a short quotation."""
PROVEN = 25 * WORD
"""What must agree in a passage for it to be this very passage."""
AGREEMENT = 0.75
"""The share of a passage that must agree, on the side where it is less, for the same."""
SHORT, SHORT_AGREEMENT = 40 * WORD, 0.85
"""In less than that, more must agree: heavy revision leaves a few lines alone by chance."""
SCATTERED = 30 * WORD
"""What must agree, in fragments near each other, for a heavily revised passage to be suspected."""
_FRAGMENT = 6 * WORD
_NEAR = 40
_NEAR_IN_SOURCE = 120
_THIN = 0.45
_SMALL_FRAGMENT = 5 * WORD
_SCATTERED_NEAR = 70
_SCATTERED_IN_SOURCE = 300
_SCATTERED_SHARE = 0.14


@dataclass(frozen=True, slots=True)
class Shared:
    """A passage of the target (words `start` up to `stop`) and of the source that belong together.

    `stretches` are in order of the target.

    `agreeing` is the weight of the words that agree, `share` that weight's part of the passage, on
    the side where it is less.
    """

    stretches: tuple[Stretch, ...]
    agreeing: int
    share: float
    start: int
    stop: int
    source_start: int
    source_stop: int

    @property
    def grade(self) -> Grade:
        """Copied or lightly revised is proven; less is a hint."""
        return Grade.PROVEN if is_proven(self.agreeing, self.share) else Grade.SUSPECTED


def is_proven(agreeing: int, share: float) -> bool:
    """Whether so much that agrees, and such a share, is this very passage."""
    least = AGREEMENT if agreeing >= SHORT else SHORT_AGREEMENT
    return agreeing >= PROVEN and share >= least


def shared(target: Words, source: Words, stretches: Sequence[Stretch]) -> list[Shared]:
    """The passages that two texts share, long enough to tell something, in order of the target."""
    told = [
        each
        for each in distinct(target, stretches)
        if agreeing(target, each) >= _SMALL_FRAGMENT and not _is_common(target, each)
    ]
    large = [each for each in told if agreeing(target, each) >= _FRAGMENT]
    joined = _joined(target, source, large, _belong)
    passages = [each.shared() for each in joined if each.agreeing >= LEAST]
    used = {id(stretch) for each in passages for stretch in each.stretches}
    rest = [each for each in told if id(each) not in used]
    scattered = [each.shared() for each in _joined(target, source, rest, _scattered)]
    passages += [
        each for each in scattered if each.agreeing >= SCATTERED and each.share >= _SCATTERED_SHARE
    ]
    return sorted(passages, key=lambda each: each.start)


def agreeing(target: Words, stretch: Stretch) -> int:
    """What the agreeing words of a stretch weigh."""
    return sum(target.between(at, at + length) for at, _, length in stretch.runs)


def distinct(target: Words, stretches: Sequence[Stretch]) -> list[Stretch]:
    """In order, without those that say again what a better one says of the same words."""
    kept = list[Stretch]()
    taken = bytearray(len(target.tokens))
    for stretch in sorted(stretches, key=lambda each: -agreeing(target, each)):
        if taken.count(1, stretch.start, stretch.stop) * 2 > stretch.stop - stretch.start:
            continue
        taken[stretch.start : stretch.stop] = b"\1" * (stretch.stop - stretch.start)
        kept.append(stretch)
    return sorted(kept, key=lambda each: each.start)


@dataclass(slots=True)
class _Group:
    """Stretches that may be one passage; weights are added up as they come."""

    target: Words
    stretches: list[Stretch]
    agreeing: int
    of_source: int
    stop: int
    source_start: int
    source_stop: int

    @classmethod
    def of(cls, target: Words, source: Words, stretch: Stretch) -> _Group:
        """A group of one."""
        there = stretch.source_start, stretch.source_stop
        weight = source.between(*there)
        return cls(target, [stretch], agreeing(target, stretch), weight, stretch.stop, *there)

    def with_(self, other: _Group) -> _Group:
        """Both as one. Costs the same however many there are."""
        return _Group(
            self.target,
            self.stretches,
            self.agreeing + other.agreeing,
            self.of_source + other.of_source,
            max(self.stop, other.stop),
            min(self.source_start, other.source_start),
            max(self.source_stop, other.source_stop),
        )

    @property
    def share(self) -> float:
        """The part of the passage that agrees, on the side where it is less."""
        whole = self.target.between(self.stretches[0].start, self.stop)
        return min(1.0, self.agreeing / max(whole, self.of_source))

    @property
    def proven(self) -> bool:
        """Whether it is this very passage."""
        return is_proven(self.agreeing, self.share)

    def shared(self) -> Shared:
        """The passage."""
        there = self.source_start, self.source_stop
        start = self.stretches[0].start
        return Shared(tuple(self.stretches), self.agreeing, self.share, start, self.stop, *there)

    def source_gap(self, other: _Group) -> int:
        """How many words of the source lie between both."""
        ahead = other.source_start - self.source_stop
        return max(ahead, self.source_start - other.source_stop)


def _joined(
    target: Words,
    source: Words,
    stretches: Sequence[Stretch],
    belong: Callable[[_Group, _Group, _Group], bool],
) -> list[_Group]:
    """Neighbours joined while `belong` says of group, next and both together that they belong."""
    groups = list[_Group]()
    for stretch in stretches:
        alone = _Group.of(target, source, stretch)
        together = groups[-1].with_(alone) if groups else alone
        if groups and belong(groups[-1], alone, together):
            together.stretches.append(stretch)
            groups[-1] = together
        else:
            groups.append(alone)
    return groups


def _belong(group: _Group, alone: _Group, together: _Group) -> bool:
    """As long as joining does not make a sure passage unsure."""
    gap = (alone.stretches[0].start - group.stop) * WORD
    # A turn of phrase some lines away is no part of the passage.
    if gap > min(group.agreeing, alone.agreeing, _NEAR * WORD):
        return False
    if group.source_gap(alone) > _NEAR_IN_SOURCE:
        return False
    if together.proven:
        return True
    return not group.proven and not alone.proven and together.share >= _THIN


def _scattered(group: _Group, alone: _Group, together: _Group) -> bool:
    """Fragments of a passage that was heavily revised lie near each other, on both sides."""
    near = alone.stretches[0].start - group.stop <= _SCATTERED_NEAR
    return near and group.source_gap(alone) <= _SCATTERED_IN_SOURCE


def _is_common(target: Words, stretch: Stretch) -> bool:
    start, end = target.letters(stretch.start, stretch.stop)
    return is_boilerplate(target.text.body[start:end])

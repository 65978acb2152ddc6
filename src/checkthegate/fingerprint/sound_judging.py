"""How sure it is that a stretch is this very recording, and not another performance of it.

The peaks of a copy meet within a few thousandths of a second, and as loud beside each other as they
were, whatever was done to it as a whole. Two performances of one score, by the same machine even,
differ note by note in when, how loud and how purely each is played.
"""

from __future__ import annotations

from checkthegate.fingerprint.sound_align import Aligned
from checkthegate.fingerprint.sound_line import FASTEST, SLOWEST, Line
from checkthegate.fingerprint.sound_meeting import Spread
from checkthegate.model import Grade

_DECIBELS_FULL = 30.0
_COPY = Spread(0.0075, 0.07, 2.0)
_CLOSE_COPY = Spread(0.0045, 0.04, 1.5)
_NEXT_TO_EQUAL = Spread(0.0045, 0.03, 0.8)
_IN_A_ROOM = Spread(0.018, 0.065, 1.7)
_IN_A_ROOM_PURE = Spread(0.014, 0.03, 2.6)
_IN_A_ROOM_FAR = Spread(0.018, 0.065, 2.6)
_IN_A_ROOM_SURELY = Spread(0.013, 0.035, 1.6)
_PROVEN, _PROVEN_CLOSE, _PROVEN_ROOM, _PROVEN_SECONDS = 105.0, 60.0, 120.0, 2.0
_LATE_TOGETHER, _NOT_TOGETHER = 0.2, 0.27
_ALIKE, _ALIKE_FAR, _ALIKE_SECONDS, _ALIKE_DECIBELS = 90.0, 100.0, 2.0, 1.4
_EDGE = 0.005
_ALIKE_ROOM = 150.0
_PERFORMED = Spread(0.013, 0.065, 5.0)
_PERFORMED_EVIDENCE, _PERFORMED_RATE, _CHANGED_RATE = 250.0, 9.0, 25.0
_OTHER_PITCH, _OTHER_SPEED = 0.25, 0.008


def judged(found: Aligned) -> Grade | None:
    """`proven` for this very recording, `suspected` for what is alike, None for what is nothing."""
    if found.seconds < _ALIKE_SECONDS or _at_the_edge(found.line):
        return None
    if _is_proven(found):
        return Grade.PROVEN
    return Grade.SUSPECTED if found.evidence >= _ALIKE and _is_alike(found) else None


def _at_the_edge(line: Line) -> bool:
    """Whether it would fit better outside of what is looked for, and so is no fit."""
    return not SLOWEST + _EDGE < line.speed < FASTEST - _EDGE


def _is_changed(line: Line) -> bool:
    """Whether it is at another pitch or speed. Among so many, one that fits roughly is likelier
    to do so by chance: music of the same scale and beat."""
    return abs(line.shift) > _OTHER_PITCH or abs(line.speed - 1) > _OTHER_SPEED


def _is_proven(found: Aligned) -> bool:
    close, doubt = found.spread, 1 / max(1, found.spread.pairs) ** 0.5
    if found.seconds < _PROVEN_SECONDS:
        return False
    # Nobody plays a score twice as loud and as pure, note by note; a stretch of time by an editor
    # shifts what begins together together, and changes nothing else.
    if within(close, _NEXT_TO_EQUAL) and found.evidence >= _PROVEN:
        return True
    if close.together - doubt > _LATE_TOGETHER:
        return False
    if within(close, _CLOSE_COPY):
        return found.evidence >= _PROVEN_CLOSE
    if within(close, _COPY):
        return found.evidence >= _PROVEN
    # In a room everything comes a little late, each in its own way, yet as pure as it was.
    each_its_own_way = close.together + doubt < _NOT_TOGETHER
    return within(close, _IN_A_ROOM_SURELY) and each_its_own_way and found.evidence >= _PROVEN_ROOM


def _is_alike(found: Aligned) -> bool:
    if within(found.spread, _COPY) or within(found.spread, _IN_A_ROOM):
        return found.evidence >= _ALIKE_FAR or found.spread.decibels <= _ALIKE_DECIBELS
    changed = _is_changed(found.line)
    if not changed:
        if within(found.spread, _IN_A_ROOM_PURE) and found.evidence >= _PROVEN_ROOM:
            return True
        if within(found.spread, _IN_A_ROOM_FAR) and found.evidence >= _ALIKE_ROOM:
            return True
    rate = _CHANGED_RATE if changed else _PERFORMED_RATE
    enough = max(_PERFORMED_EVIDENCE, rate * found.seconds)
    return within(found.spread, _PERFORMED) and found.evidence >= enough


def within(spread: Spread, most: Spread) -> bool:
    """Whether peaks meet at least that closely in every way."""
    return (
        spread.seconds <= most.seconds
        and spread.semitones <= most.semitones
        and spread.decibels <= most.decibels
    )


def distance(found: Aligned) -> float:
    """0 for the same: which share of the source's peaks is not met, and how unevenly loud."""
    met = (found.share - found.chance) / max(1e-6, 1 - found.chance)
    return round(max(0.0, 1 - met) + min(found.spread.decibels, 6.0) / _DECIBELS_FULL, 4)

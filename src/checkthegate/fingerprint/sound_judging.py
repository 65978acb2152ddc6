"""How sure it is that a stretch is this very recording, and not another performance of it.

The peaks of a copy meet within a few thousandths of a second, and as loud beside each other as they
were, whatever was done to it as a whole. Two performances of one score, by the same machine even,
differ note by note in when, how loud and how purely each is played.
"""

from __future__ import annotations

from checkthegate.fingerprint.sound_align import Aligned
from checkthegate.model import Grade

_PROVEN_EVIDENCE, _PROVEN_SECONDS = 60.0, 2.0
_LEAST_EVIDENCE, _LEAST_SECONDS, _LEAST_RATE = 35.0, 1.0, 2.5
_SAME_SECONDS, _SAME_DECIBELS = 0.0072, 2.6
_ROOM_SECONDS, _ROOM_DECIBELS, _ROOM_SEMITONES = 0.016, 1.6, 0.04
_DECIBELS_FULL = 30.0


def judged(found: Aligned) -> Grade | None:
    """`proven` for this very recording, `suspected` for what is alike, None for what is nothing."""
    if found.evidence < _LEAST_EVIDENCE or found.seconds < _LEAST_SECONDS:
        return None
    if found.evidence < _LEAST_RATE * found.seconds:
        return None
    enough = found.evidence >= _PROVEN_EVIDENCE and found.seconds >= _PROVEN_SECONDS
    return Grade.PROVEN if enough and _this_very_one(found) else Grade.SUSPECTED


def _this_very_one(found: Aligned) -> bool:
    close = found.spread
    if close.seconds <= _SAME_SECONDS and close.decibels <= _SAME_DECIBELS:
        return True
    # In a room everything comes a little late, each in its own way, yet as pure as it was.
    return (
        close.seconds <= _ROOM_SECONDS
        and close.decibels <= _ROOM_DECIBELS
        and close.semitones <= _ROOM_SEMITONES
    )


def distance(found: Aligned) -> float:
    """0 for the same: which share of the source's peaks is not met, and how unevenly loud."""
    met = (found.share - found.chance) / max(1e-6, 1 - found.chance)
    return round(max(0.0, 1 - met) + min(found.spread.decibels, 6.0) / _DECIBELS_FULL, 4)

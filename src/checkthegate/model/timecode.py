"""Time-code: names of frames, `hh:mm:ss:ff`, with and without drop-frame. Pure and exact.

Drop-frame leaves out names, never frames: at 29.97 the names :00 and :01 (at 59.94 :00 to :03) at
the start of each minute that is no multiple of ten, so that the names keep up with the clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

_WRITTEN = re.compile(r"\s*(-?)(\d{1,2})[:;.,](\d{1,2})[:;.,](\d{1,2})([:;.,])(\d{1,3})\s*\Z")
_HOURS_A_DAY = 24
_KNOWN_NOMINAL = (24, 30, 48, 60, 96, 120)


def exact_rate(rate: float) -> Fraction:
    """The rate meant by a decimal: 23.98, 29.97 and 59.94 are so many times 1000/1001.

    Raises `ValueError` for what is no rate: zero, negative, infinite, beyond a million.
    """
    if not 0.01 <= rate <= 1_000_000:
        raise ValueError(f"{rate} is no frame rate")
    for nominal in _KNOWN_NOMINAL:
        pulled = Fraction(nominal * 1000, 1001)
        if abs(rate - float(pulled)) < 0.008:
            return pulled
    return Fraction(rate).limit_denominator(1001)


def nominal(rate: Fraction) -> int:
    """How many frames a second of time-code counts: 30 for 29.97."""
    return max(1, round(rate))


def can_drop(rate: Fraction) -> bool:
    """Whether drop-frame counting exists at this rate: 29.97, 59.94 and 119.88."""
    return rate.denominator == 1001 and nominal(rate) % 30 == 0


def timecode(frame: int, rate: Fraction, *, drop: bool = False) -> str:
    """The name of a frame, counted from midnight; it starts anew after 24 hours.

    `drop` is ignored where it does not exist. A negative frame has a `-` in front.
    """
    if frame < 0:
        return "-" + timecode(-frame, rate, drop=drop)
    second = nominal(rate)
    dropping = drop and can_drop(rate)
    number = frame % _frames_a_day(second, dropping)
    if dropping:
        number += _left_out_before(number, second)
    minutes, rest = divmod(number, second * 60)
    seconds, frames = divmod(rest, second)
    width = max(2, len(str(second - 1)))
    mark = ";" if dropping else ":"
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{mark}{frames:0{width}}"


def frame_of(written: str, rate: Fraction, *, drop: bool | None = None) -> int:
    """The frame with this name, counted from midnight; the inverse of `timecode`.

    With `drop` None a `;` (or `,`) before the frames says so. A name that drop-frame leaves out
    means the next frame that has one. Raises `ValueError` for what is no time-code at this rate.
    """
    return frames_at(rate, drop=drop)(written)


def frames_at(rate: Fraction, *, drop: bool | None = None) -> Callable[[str], int]:
    """`frame_of` at one rate, for reading many."""
    second, droppable = nominal(rate), can_drop(rate)

    def frame(written: str) -> int:
        parts = _WRITTEN.match(written)
        if parts is None:
            raise ValueError(f"“{written[:40]}” is no time-code")
        minus, hour, minute, beat, mark, last = parts.groups()
        hours, minutes, seconds, frames = int(hour), int(minute), int(beat), int(last)
        if minutes > 59 or seconds > 59 or frames >= second:
            raise ValueError(f"“{written[:40]}” is no time-code at {second} frames a second")
        number = ((hours * 60 + minutes) * 60 + seconds) * second + frames
        if droppable and (mark in ";," if drop is None else drop):
            number = _without_left_out(number, hours * 60 + minutes, seconds, frames, second)
        return -number if minus else number

    return frame


def says_drop(written: str) -> bool:
    """Whether a time-code is written the way drop-frame is."""
    parts = _WRITTEN.match(written)
    return parts is not None and parts[5] in ";,"


def _left_out(second: int) -> int:
    """How many names are left out in a minute."""
    return second // 15


def _frames_a_day(second: int, dropping: bool) -> int:
    whole = _HOURS_A_DAY * 3600 * second
    return whole - _left_out(second) * 9 * 6 * _HOURS_A_DAY if dropping else whole


def _left_out_before(frame: int, second: int) -> int:
    """How many names are left out before the name of this frame."""
    skipped = _left_out(second)
    ten, rest = divmod(frame, 600 * second - 9 * skipped)
    minute = max(0, rest - skipped) // (60 * second - skipped)
    return 9 * skipped * ten + skipped * minute


def _without_left_out(number: int, minutes: int, seconds: int, frames: int, second: int) -> int:
    skipped = _left_out(second)
    if minutes % 10 and not seconds and frames < skipped:
        number += skipped - frames
    return number - skipped * (minutes - minutes // 10)

"""Three values: yes, no, and not known (Kleene's strong logic).

There is no way to ask whether something is known: a condition can only lose an answer when
a fact is lost, never gain or turn one. That is what makes "knowing less never helps" hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final, Literal, NoReturn, TypeAlias


class Unknown(Enum):
    """The type of `UNKNOWN`. It has no truth value, so it can never pass for a yes or no."""

    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        raise TypeError("what is not known is neither true nor false")

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN
"""A fact, or the answer to a condition, that is not known."""

Tri: TypeAlias = bool | Literal[Unknown.UNKNOWN]


def all_of(answers: Iterable[Tri]) -> Tri:
    """No if any is no; else not known if any is not known; else yes. Yes for none at all."""
    result: Tri = True
    for answer in answers:
        if answer is False:
            return False
        if answer is UNKNOWN:
            result = UNKNOWN
    return result


def any_of(answers: Iterable[Tri]) -> Tri:
    """Yes if any is yes; else not known if any is not known; else no. No for none at all."""
    result: Tri = False
    for answer in answers:
        if answer is True:
            return True
        if answer is UNKNOWN:
            result = UNKNOWN
    return result


def negated(answer: Tri) -> Tri:
    """Yes for no, no for yes; what is not known stays so."""
    return UNKNOWN if answer is UNKNOWN else not answer

"""Conditions in plain English, made while they are compiled, so that a pack can be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checkthegate.rules.scope import Fact, FactKind


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a condition says (`yes`), and what its opposite says (`no`), as clauses.

    `simple` clauses need no brackets when they are joined with others.
    """

    yes: str
    no: str
    simple: bool = True


ALWAYS = Phrase("always", "never")


def of_all(parts: Sequence[Phrase]) -> Phrase:
    """Several clauses that must all hold."""
    if len(parts) == 1:
        return parts[0]
    return Phrase(
        _joined(parts, "and", denied=False), _joined(parts, "or", denied=True), simple=False
    )


def of_any(parts: Sequence[Phrase]) -> Phrase:
    """Several clauses of which one must hold."""
    return opposite(of_all([opposite(part) for part in parts]))


def opposite(part: Phrase) -> Phrase:
    """The clause turned around."""
    return Phrase(part.no, part.yes, part.simple)


def of_some(fact: Fact, part: Phrase) -> Phrase:
    """A clause that must hold for one entry of a list."""
    noun = _subject(fact) or "entry"
    return Phrase(
        f"for at least one {noun}, {part.yes}", f"for every {noun}, {part.no}", simple=False
    )


def of_every(fact: Fact, part: Phrase) -> Phrase:
    """A clause that must hold for each entry of a list."""
    return opposite(of_some(fact, opposite(part)))


def of_flag(fact: Fact, wanted: bool) -> Phrase:
    """A yes or no, in the words the fact declares, else around its meaning."""
    if len(fact.phrase) == 2:
        said = Phrase(*fact.phrase)
    else:
        said = Phrase(fact.meaning, f"it is not so that {fact.meaning}")
    return said if wanted else opposite(said)


def of_choice(fact: Fact, words: Iterable[str]) -> Phrase:
    """One word out of a list."""
    subject = _subject(fact) or f"“{fact.meaning}”"
    chosen = list(words)
    either = " or ".join([*filter(None, [", ".join(chosen[:-1])]), chosen[-1]])
    verb = "include" if fact.kind is FactKind.WORDS else "is"
    if len(chosen) > 1:
        return Phrase(f"{subject} {verb} {either}", f"{subject} {verb} none of {either}")
    denied = "include no" if fact.kind is FactKind.WORDS else "is not"
    return Phrase(f"{subject} {verb} {either}", f"{subject} {denied} {either}")


def of_number(fact: Fact, least: int, most: int | None) -> Phrase:
    """A number between bounds; `most` is None without an upper one."""
    subject = _subject(fact) or f"“{fact.meaning}”"
    if least == most:
        return Phrase(f"{subject} is {least}", f"{subject} is not {least}")
    if most is None:
        return Phrase(f"{subject} is {least} or more", f"{subject} is less than {least}")
    bounds = f"between {least} and {most}"
    return Phrase(f"{subject} is {bounds}", f"{subject} is not {bounds}")


def sentence(clause: str) -> str:
    """A clause as a sentence."""
    return clause[:1].upper() + clause[1:] + "."


def _joined(parts: Sequence[Phrase], word: str, *, denied: bool) -> str:
    said = [part.no if denied else part.yes for part in parts]
    wrapped = [text if part.simple else f"({text})" for text, part in zip(said, parts, strict=True)]
    return f", {word} ".join(wrapped)


def _subject(fact: Fact) -> str:
    return fact.phrase[0] if len(fact.phrase) == 1 else ""

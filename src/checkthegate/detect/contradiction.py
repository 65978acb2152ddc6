"""Statements in one asset that cannot both be true. Evidence in, evidence out; nothing is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from checkthegate.model import Evidence, Grade, Json

OBSERVER = "contradiction"
_MADE = frozenset({"ai-generated", "ai-modified", "ai-watermark"})


def contradictions(evidence: Sequence[Evidence]) -> list[Evidence]:
    """A `contradiction` at `suspected` for each of three kinds, each kind at most once a pair.

    Two generators of different makers; a camera's claim beside "generated"; a credential that
    says "captured" beside metadata that says AI. What a credential says of its ingredients is
    about something else and does not count; nor does what is only suspected.
    """
    said = [e for e in evidence if e.grade is not Grade.SUSPECTED and not _of_ingredient(e)]
    found: dict[tuple[str, ...], Evidence] = {}
    for one in [*_two_makers(said), *_captured_and_made(said)]:
        between = one.detail["between"]
        found.setdefault(tuple(map(str, between)) if isinstance(between, list) else (), one)
    return list(found.values())


def _of_ingredient(evidence: Evidence) -> bool:
    return evidence.detail.get("manifest") == "ingredient" or "relationship" in evidence.detail


def _two_makers(said: Sequence[Evidence]) -> Iterator[Evidence]:
    made = [one for one in said if one.claim in _MADE]
    if len(made) < 2:
        return
    from checkthegate.detect.traces.tools import called

    makers: dict[str, str] = {}
    for one in made:
        tool = called(str(one.detail.get("tool") or ""))
        if tool is not None and not tool.hosts:
            makers.setdefault(tool.family, tool.name)
    for first, second in combinations(makers.values(), 2):
        why = f"The file names two different generators, {first} and {second}."
        yield _contradiction([first, second], why)


def _captured_and_made(said: Sequence[Evidence]) -> Iterator[Evidence]:
    captured = [one for one in said if one.claim == "camera-capture"]
    if not captured:
        return
    signed = [one for one in captured if one.observer == "c2pa"]
    for one in said:
        if one.claim == "ai-generated":
            why = f"One mark says that a camera made this, another that {_who(one)} did."
            yield _contradiction(["camera-capture", one.claim, *_tool(one)], why)
        elif one.claim == "ai-modified" and one.observer != "c2pa" and signed:
            why = (
                f"A credential says that a camera made this, metadata that {_who(one)} changed it."
            )
            yield _contradiction(["camera-capture", one.claim, *_tool(one)], why)


def _tool(one: Evidence) -> list[str]:
    tool = one.detail.get("tool")
    return [tool] if isinstance(tool, str) else []


def _who(one: Evidence) -> str:
    return next(iter(_tool(one)), "a generator")


def _contradiction(between: Sequence[str], why: str) -> Evidence:
    detail: dict[str, Json] = {"between": list(between), "why": why}
    return Evidence(OBSERVER, Grade.SUSPECTED, "contradiction", detail)

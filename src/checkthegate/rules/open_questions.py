"""Which answers of a declaration are missing or unsure, where they could matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checkthegate.model.use import Answer, DeclaredUse, InputKind, Training

_ALWAYS = (
    "final",
    "inputs",
    "references",
    "imitates",
    "talent",
    "union_work",
    "mistakable_for_real",
    "training",
)
_FREE_INPUTS = (InputKind.PUBLIC, InputKind.OWN, InputKind.LICENSED)


def open_questions(use: DeclaredUse) -> tuple[str, ...]:
    """Paths of the answers left out or unsure (`final`, `tools[0].stores`), in asking order.

    What cannot matter is not named: the agreement when no covered work is affected, the part
    in the final when there is none, an exemption nobody claims, everything when each step is
    plain (but for training).
    """
    if all(step.generative is Answer.NO for step in use.tools) and use.tools:
        return ("training",) if use.training is None else ()
    return tuple(_open(use))


def _open(use: DeclaredUse) -> Iterator[str]:
    for at, step in enumerate(use.tools):
        yield from _parts(step, f"tools[{at}]", "environment", "stores", "reuses", "trains")
    yield from _parts(use, "", *_ALWAYS)
    for at, each in enumerate(use.inputs or ()):
        if each.what not in _FREE_INPUTS:
            yield from _parts(each, f"inputs[{at}]", "cleared")
    for at, reference in enumerate(use.references or ()):
        yield from _parts(reference, f"references[{at}]", "permission")
    for at, entry in enumerate(use.talent or ()):
        yield from _parts(entry, f"talent[{at}]", "effect", "change", "consent")
    if isinstance(use.training, Training):
        yield from _parts(use.training, "training", "on", "cleared", "scope")
    if use.union_work is not Answer.NO:
        yield from _parts(use, "", "union_agreement")
    if use.final is Answer.YES:
        yield from _parts(use, "", "prominence", "human_contribution")


def _parts(whole: Any, where: str, *names: str) -> Iterator[str]:
    for name in names:
        answer = getattr(whole, name)
        if answer is None or answer == "unsure":
            yield f"{where}.{name}" if where else name

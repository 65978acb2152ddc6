"""Triage of declared uses: what to do, under which rule, why, and what would make it easier."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from checkthegate.app.wiring import load_packs
from checkthegate.declaration import Fault, read_lines
from checkthegate.model import Finding, PackRef, UsageError, Verdict
from checkthegate.model.use import DeclaredUse
from checkthegate.rules import Change, Pack, UseDecision, judge_use
from checkthegate.rules import would_change as changes_that_help

SCHEMA: Final = "checkthegate.answer/1"
SCOPE: Final = "use"
NOTICE: Final = (
    "This is not legal advice, and no studio has reviewed or endorsed it. "
    "Your studio contact has the last word."
)
_DEFAULT: Final = ("netflix",)


def ask(
    uses: Iterable[DeclaredUse], packs: Sequence[Pack], would_change: bool = True
) -> Iterator[dict[str, Any]]:
    """The `checkthegate.answer/1` document of each use, in order, one at a time.

    `packs` is what `packs_for_uses` gives. `would_change` looks for the single changes that
    would improve the verdict, which takes most of the time.
    """
    for use in uses:
        decision = judge_use(use, packs)
        changes = changes_that_help(use, decision, packs) if would_change else ()
        yield answer_document(use.title, decision, changes)


def ask_lines(
    stream: BinaryIO, packs: Sequence[Pack], would_change: bool = True
) -> Iterator[dict[str, Any]]:
    """Exactly one answer for each line of a `.jsonl` stream, in order, in flat memory.

    A line that is no declaration is answered with `{"error": …, "verdict": "escalate"}`.
    """
    for said in read_lines(stream):
        if isinstance(said, Fault):
            yield {"error": said.as_json(), "verdict": Verdict.ESCALATE.value}
        else:
            yield from ask((said,), packs, would_change)


def packs_for_uses(names: Sequence[str], home: Path | None) -> tuple[Pack, ...]:
    """The packs that judge declared uses: the named ones, else the home's, else the default.

    Raises `UsageError` when none of them has a rule for declared uses.
    """
    wanted = tuple(names) or _packs_of_home(home)
    found = tuple(pack for pack in load_packs(wanted) if pack.by_scope.get(SCOPE))
    if not found:
        raise UsageError(
            f"No rule of {', '.join(wanted)} is about declared uses.",
            hint="Name a pack that has such rules, for example: --pack netflix",
        )
    return found


def answer_document(
    title: str, decision: UseDecision, changes: Iterable[Change]
) -> dict[str, Any]:
    """The answer as it leaves the program."""
    packs = [_pack(each) for each in decision.packs]
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "title": title,
        "verdict": decision.verdict.value,
        "approval": decision.approval.value,
        "rules": list(decision.rules),
        "findings": [_finding(each) for each in decision.findings],
        "would_change": [_change(each) for each in changes],
        "pack": packs[0],
    }
    if len(packs) > 1:
        document["packs"] = packs
    return document | {"notice": NOTICE}


def _packs_of_home(named: Path | None) -> tuple[str, ...]:
    """The packs of the home in use. A home is only looked into when there seems to be one,
    since that takes longer than the whole answer."""
    here = Path.cwd()
    near = any((folder / ".gate").is_dir() for folder in (here, *here.parents))
    if named is None and not os.environ.get("GATE_HOME") and not near:
        return _DEFAULT
    from checkthegate.app.home import find_home

    home = find_home(named)
    return home.configuration.packs if home else _DEFAULT


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "outcome": finding.outcome.value,
        "verdict": finding.verdict.value,
        "approval": finding.approval.value,
        "title": finding.title,
        "reason": finding.reason,
        "next_step": finding.next_step,
        "citation": finding.citation,
    }


def _change(change: Change) -> dict[str, Any]:
    return {"field": change.field, "to": change.to, "verdict": change.verdict.value}


def _pack(ref: PackRef) -> Mapping[str, str]:
    return {"id": ref.id, "version": ref.version, "digest": ref.digest}

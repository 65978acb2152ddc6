"""Triage of declared uses: what to do, under which rule, why, and what would make it easier."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from checkthegate.app.rulebook import HOUSE_PACK, select_packs, shelves
from checkthegate.declaration import Fault, read_lines
from checkthegate.model import Finding, PackRef, UsageError, Verdict
from checkthegate.model.use import DeclaredUse
from checkthegate.rules import Pack, UseDecision, WouldChange, judge_use, open_questions
from checkthegate.rules import would_change as changes_that_help
from checkthegate.rules.would_change import written

if TYPE_CHECKING:
    from checkthegate.app.home import Home

SCHEMA: Final = "checkthegate.answer/1"
SCOPE: Final = "use"
NOTICE: Final = (
    "This is not legal advice, and no studio has reviewed or endorsed it. "
    "Your studio contact has the last word."
)
_DEFAULT: Final = ("netflix",)
_ENTRIES: Final = {
    "tools": "step",
    "inputs": "input",
    "references": "reference",
    "talent": "performer",
}


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
        yield answer_document(use, decision, changes)


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


def packs_for_uses(
    names: Sequence[str] = (), folders: Sequence[Path] = (), home: Path | None = None
) -> tuple[Pack, ...]:
    """The packs that judge declared uses: the named ones, else the home's, else the default.

    `folders` hold packs beside those that ship with the program. Raises `UsageError` when no
    pack but the house's has a rule for declared uses.
    """
    used = _home(home)
    wanted = tuple(names) or (used.configuration.packs if used else _DEFAULT)
    every = select_packs(wanted, shelves(used, folders), date.today())
    found = tuple(pack for pack in every if pack.by_scope.get(SCOPE))
    if all(pack.id == HOUSE_PACK for pack in found):
        raise UsageError(
            f"No rule of {', '.join(wanted)} is about declared uses.",
            hint="Name a pack that has such rules, for example: --pack netflix",
        )
    return found


def answer_document(
    use: DeclaredUse, decision: UseDecision, changes: Iterable[WouldChange]
) -> dict[str, Any]:
    """The answer as it leaves the program."""
    named = [each for each in decision.packs if each.id != HOUSE_PACK] or decision.packs
    packs = [_pack(each) for each in decision.packs]
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "title": use.title,
        "verdict": decision.verdict.value,
        "approval": decision.approval.value,
        "rules": list(decision.rules),
        "findings": [_finding(each) for each in decision.findings],
        "would_change": [_change(each, use) for each in changes],
        "open_questions": list(open_questions(use)),
        "pack": _pack(named[0]),
    }
    if len(packs) > 1:
        document["packs"] = packs
    return document | {"notice": NOTICE}


def _home(named: Path | None) -> Home | None:
    """The home in use, if any. Looked for only where there seems to be one, since reading its
    key takes longer than the whole answer."""
    here = Path.cwd()
    near = any((folder / ".gate").is_dir() for folder in (here, *here.parents))
    if named is None and not os.environ.get("GATE_HOME") and not near:
        return None
    from checkthegate.app.home import find_home

    return find_home(named)


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


def _change(change: WouldChange, use: DeclaredUse) -> dict[str, Any]:
    return {
        "field": change.field,
        "to": change.to,
        "verdict": change.verdict.value,
        "approval": change.approval.value,
        "if_so": change.if_so,
        "says": change.says,
        "about": _about(change, use),
    }


def _about(change: WouldChange, use: DeclaredUse) -> str | None:
    """Which entry of a list it concerns, in a few words; performers are only counted."""
    listed, bracket, rest = change.field.partition("[")
    if listed not in _ENTRIES:
        return None
    entries = getattr(use, listed) or ()
    if bracket:
        at = int(rest.partition("]")[0])
    elif isinstance(change.to, list) and len(change.to) < len(entries):
        kept = [*change.to, None]
        at = next(n for n, each in enumerate(entries) if kept[n] != written(each))
    else:
        return None
    name = getattr(entries[at], "what", None) or getattr(entries[at], "name", None)
    return str(name) if name else f"{_ENTRIES[listed]} {at + 1}"


def _pack(ref: PackRef) -> Mapping[str, str]:
    return {"id": ref.id, "version": ref.version, "digest": ref.digest}

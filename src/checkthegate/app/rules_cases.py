"""Runs the cases of packs: each says what one rule must answer to some facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from checkthegate.app.rulebook import Volume
from checkthegate.rules import because, run_cases
from checkthegate.rules.evaluate import CaseFault
from checkthegate.rules.pack import Pack


def case_results(volumes: Iterable[Volume]) -> list[dict[str, Any]]:
    """For each pack version how many cases it has, and each that comes out otherwise.

    Raises `PackError` for a pack that cannot be used.
    """
    return [_tested(volume) for volume in volumes]


def _tested(volume: Volume) -> dict[str, Any]:
    pack = volume.read()
    faults = run_cases(pack)
    return {
        "id": volume.name,
        "cases": len(pack.cases),
        "disagreements": [_disagreement(fault, pack) for fault in faults],
    }


def _disagreement(fault: CaseFault, pack: Pack) -> dict[str, Any]:
    case = fault.case
    expected = [case.outcome, case.verdict, case.approval]
    return {
        "rule": case.rule,
        "scope": case.scope,
        "case": case.name,
        "where": case.where,
        "expected": ", ".join(word.value for word in expected if word is not None),
        "came_out": fault.said,
        "decided_by": list(because(pack.rule(case.rule, case.scope), case.values)),
    }

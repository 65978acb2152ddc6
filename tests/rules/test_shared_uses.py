"""The labelled declarations: verdict and approval equal, the named rules among those fired."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checkthegate.declaration import read_declarations
from checkthegate.rules import Pack, judge_use


@pytest.mark.shared
def test_every_labelled_declaration_agrees(shared_data: Path, netflix_pack: Pack) -> None:
    file = shared_data.parent / "cases" / "triage.jsonl"
    if not file.is_file():
        pytest.skip("the labelled declarations are not beside the shared real files")
    cases = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    wrong = [said for said in (_disagreement(case, netflix_pack) for case in cases) if said]
    print("\n".join(wrong))
    assert not wrong, f"{len(wrong)} of {len(cases)} disagree:\n" + "\n".join(wrong)
    assert len(cases) >= 120


def _disagreement(case: dict[str, Any], pack: Pack) -> str:
    (use,) = read_declarations(json.dumps(case["use"]).encode(), "case.json")
    decision = judge_use(use, [pack])
    expected = case["expect"]
    missing = sorted(set(expected["rules"]) - set(decision.rules))
    said = (decision.verdict.value, decision.approval.value)
    if said == (expected["verdict"], expected["approval"]) and not missing:
        return ""
    wanted = f"{expected['verdict']}, {expected['approval']}"
    return f"{case['id']}: {', '.join(said)}, wanted {wanted}; not fired: {missing} ({case['why']})"

"""`gate check` against the manifests of the shared real files, file by file."""

import csv
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checkthegate.app.check import CheckRequest, check
from checkthegate.model import AiState, AssetDecision, Kind, Verdict

pytestmark = pytest.mark.shared

FOLDERS = ("c2pa", "ai_metadata", "exr")
AI = (AiState.GENERATED, AiState.MODIFIED)
# What a manifest calls a tool, where our evidence uses the maker's own name for it.
TOOL_NAMES = {
    "A1111": "AUTOMATIC1111",
    "SDv1": "Stable Diffusion 1",
    "SDv2": "Stable Diffusion 2",
    "SDXL48": "Stable Diffusion XL",
}


def manifest(folder: str) -> list[dict[str, str]]:
    named = os.environ.get("GATE_TEST_DATA", "")
    file = Path(named) / folder / "manifest.csv"
    if not named or not file.is_file():
        return []
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


def rows() -> Iterator[Any]:
    for folder in FOLDERS:
        for row in manifest(folder):
            if row["label"] != "trust_list" and not row["file"].startswith("trust/"):
                yield pytest.param(folder, row, id=f"{folder}/{row['file']}")


@functools.cache
def checked(folder: str) -> dict[str, AssetDecision]:
    """One check a folder and process, shared by its rows."""
    request = CheckRequest(
        paths=(Path(os.environ["GATE_TEST_DATA"]) / folder,), workers=0, use_cache=False
    )
    return {each.asset.path: each for each in check(request, lambda _: None).decision.assets}


@pytest.mark.dear
@pytest.mark.parametrize(("folder", "row"), list(rows()) or [pytest.param("", {}, id="none")])
def test_every_file_is_what_its_manifest_says(folder: str, row: dict[str, str]) -> None:
    in_sequence = row["file"].startswith("numbered_sequence/")
    found = checked(folder)["numbered_sequence/t[01-08].exr" if in_sequence else row["file"]]
    if row["label"] == "comfyui_workflow_file":
        assert found.ai is AiState.UNKNOWN
        assert any(each.claim == "ai-workflow" for each in found.evidence)
    elif row.get("expect_ai") == "yes":
        assert found.ai in AI
        assert found.verdict is Verdict.ESCALATE
        assert says(found, row), [dict(each.detail) for each in found.evidence]
    else:
        assert found.ai not in AI
    if row["label"] in ("invalid_or_tampered", "malformed", "remote_manifest"):
        assert found.ai is AiState.UNKNOWN
        assert found.gaps
    if row["label"] in ("no_ai_metadata", "no_manifest", "signed_not_ai", "no_watermark"):
        assert found.ai is AiState.NONE_FOUND or found.asset.media_type == "image/x-adobe-dng"
    if folder == "exr":
        kind = Kind.SEQUENCE if in_sequence else Kind.IMAGE
        assert (found.ai, found.asset.kind) == (AiState.NONE_FOUND, kind)


def says(found: AssetDecision, row: dict[str, str]) -> bool:
    """Whether the evidence names the manifest's tool or source type."""
    about = [each.detail for each in found.evidence if each.claim.startswith("ai-")]
    terms = {part for part in row.get("dst", "").split("|") if part}
    if terms:
        return any(detail.get("source_type") in terms for detail in about)
    tool = row.get("tool", "")
    if "DigitalSourceType=" in tool:
        return any(detail.get("source_type") == tool.split("=")[1] for detail in about)
    return any(detail.get("tool") == TOOL_NAMES.get(tool, tool) for detail in about)


def test_with_the_trust_lists_the_signed_ones_are_proven(shared_data: Path, tmp_path: Path) -> None:
    """Valid is not trusted: only configured anchors make a credential proven."""
    from checkthegate.app.home import make_home
    from checkthegate.app.trust import add_anchors

    home = make_home(tmp_path, "Night Harbour", ["netflix"])
    for name in ("C2PA-TRUST-LIST.pem", "anchors.pem"):
        add_anchors(home, shared_data / "c2pa" / "trust" / name)
    request = CheckRequest(paths=(shared_data / "c2pa" / "ai_signed",), workers=0, home=home)
    found = {e.asset.path: e for e in check(request, lambda _: None).decision.assets}
    for row in manifest("c2pa"):
        if row["label"] == "ai_signed" and row["state_c2pa_plus_itl"] == "Trusted":
            asset = found[row["file"].removeprefix("ai_signed/")]
            grades = {e.grade for e in asset.evidence if e.claim in ("ai-generated", "ai-modified")}
            assert "proven" in grades, row["file"]
    before = checked("c2pa")
    assert not any(
        e.grade == "proven" for path, a in before.items() for e in a.evidence if "ai_signed" in path
    )

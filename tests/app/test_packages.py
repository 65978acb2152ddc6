"""Packages in a check: an asset beside their files, faults that count, playlists as timelines."""

import zipfile
from pathlib import Path

import pytest
from tests.editorial.packages import composition, package, written

from checkthegate.app.check import CheckRequest, check
from checkthegate.app.packages import MEDIA_TYPE
from checkthegate.model import AssetDecision, Decision, Kind, Verdict

_ESSENCE = {"notes.txt": b"as if it were essence", "more.txt": b"more of it"}
_PLAYLIST = composition("FEATURE", [("MainImage", "notes.txt", 0, 48, 1)])


def _check(folder: Path) -> Decision:
    return check(CheckRequest(paths=(folder,), workers=0), lambda _: None).decision


def _package_of(decision: Decision) -> AssetDecision:
    kinds = {each.asset.media_type: each for each in decision.assets}
    return kinds[MEDIA_TYPE]


def test_a_whole_package_is_an_asset_in_addition_to_its_files(tmp_path: Path) -> None:
    written(package(_ESSENCE, {"CPL.xml": _PLAYLIST}), tmp_path / "imf")
    decision = _check(tmp_path)
    whole = _package_of(decision)
    assert whole.asset.path == "imf"
    assert [each.claim for each in whole.evidence] == ["package"]
    assert decision.summary.files == 5
    kinds = {each.asset.path: each.asset.kind for each in decision.assets}
    assert kinds["imf/CPL.xml"] is Kind.TIMELINE


def test_a_fault_is_evidence_and_stops_the_delivery(tmp_path: Path) -> None:
    files = package(_ESSENCE, {"CPL.xml": _PLAYLIST})
    written(files | {"more.txt": b"as if it wer"}, tmp_path)
    decision = _check(tmp_path)
    (fault,) = [each for each in _package_of(decision).evidence if each.claim != "package"]
    assert (fault.claim, fault.detail["file"]) == ("package-hash-mismatch", "more.txt")
    assert _package_of(decision).verdict is Verdict.ESCALATE


def test_a_package_in_an_archive_is_examined_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "imf.zip", "w") as archive:
        for name, body in package(_ESSENCE, {"CPL.xml": _PLAYLIST}).items():
            archive.writestr(f"imf/{name}", body)
    whole = _package_of(_check(tmp_path))
    assert whole.asset.path == "imf.zip!/imf"
    assert [each.claim for each in whole.evidence] == ["package"]


@pytest.mark.shared
def test_real_packages(shared_data: Path) -> None:
    decision = _check(shared_data / "packages_imf")
    claims = {
        each.asset.path: {said.claim for said in each.evidence} - {"package"}
        for each in decision.assets
        if each.asset.media_type == MEDIA_TYPE
    }
    assert len(claims) == 6
    assert claims["Application5__MultiAppIMP"] == set()
    assert "package-missing-file" in claims["BadXML"]

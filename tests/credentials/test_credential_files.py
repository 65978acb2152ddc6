"""Really signed, tampered and unsigned files, against the truth that lies beside them."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checkthegate.credentials.observer import observer
from checkthegate.credentials.trust import anchors_from_pem
from checkthegate.model import Evidence, Grade
from tests.credentials.signing import claims, gaps, looked

_ROOT = os.environ.get("GATE_TEST_DATA")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not _ROOT, reason="GATE_TEST_DATA is not set: no real files to read"),
]
FOLDER = Path(_ROOT or "/nowhere") / "c2pa"
TRUST = FOLDER / "trust"


def _rows() -> list[dict[str, str]]:
    if not _ROOT:
        return [{"file": "none", "label": "", "expect_ai": ""}]
    with (FOLDER / "manifest.csv").open(newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["c2pa"]]


def _anchors() -> str:
    names = ("C2PA-TRUST-LIST.pem", "anchors.pem", "test_cert_root_bundle.pem")
    return "".join((TRUST / name).read_text() for name in names)


@pytest.fixture(scope="module")
def readers() -> dict[str, Any]:
    allowed = (TRUST / "allowed.sha256.txt").read_text()
    return {
        "none": observer({}),
        "all": observer({"anchors": _anchors(), "allowed": allowed}),
    }


@pytest.mark.parametrize("trust", ["none", "all"])
@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["file"])
def test_file_by_file(readers: dict[str, Any], trust: str, row: dict[str, str]) -> None:
    found = looked(readers[trust], FOLDER / row["file"])
    said = [entry for entry in found if isinstance(entry, Evidence)]
    ai = [entry for entry in said if entry.claim.startswith("ai-")]
    if row["expect_ai"] == "yes":
        assert {entry.claim for entry in ai} & {"ai-generated", "ai-modified"}
        wanted = set(row["dst"].split("|"))
        assert {entry.detail.get("source_type") for entry in ai} & wanted
        assert claims(found)["credential"].detail["signer"] == row["signer"]
        assert row["generator"].split("/")[0].split(" ")[0] in str(
            claims(found)["credential"].detail["generator"]
        )
    else:
        assert ai == []
    if row["label"] in ("invalid_or_tampered", "malformed", "remote_manifest"):
        assert gaps(found)
    if row["label"] in ("no_manifest", "signed_not_ai"):
        assert gaps(found) == []
    if row["c2pa"] == "yes":
        assert claims(found)["credential"].detail["trusted"] is (
            claims(found)["credential"].detail["state"] == "Trusted"
        )
    if trust == "none":
        assert not any(entry.grade is Grade.PROVEN for entry in said)
    elif row.get("state_c2pa_plus_itl") == "Trusted":
        assert any(entry.grade is Grade.PROVEN for entry in ai)


def test_the_digital_capture_is_a_capture(readers: dict[str, Any]) -> None:
    found = looked(readers["none"], FOLDER / "signed_not_ai" / "C_with_CAWG_data.jpg")
    assert claims(found)["camera-capture"].detail["source_type"] == "digitalCapture"


def test_no_path_and_no_person_is_shown(readers: dict[str, Any]) -> None:
    for row in _rows():
        for entry in looked(readers["none"], FOLDER / row["file"]):
            text = str(dict(entry.detail)) if isinstance(entry, Evidence) else entry.reason
            assert str(FOLDER) not in text
            for name in ("Alex Tran", "Rand McKinney", "randmckinney", "John Doe", "Joe Bloggs"):
                assert name not in text


def test_real_trust_lists_can_be_added() -> None:
    found = anchors_from_pem((TRUST / "C2PA-TRUST-LIST.pem").read_text())
    assert len(found) > 5
    assert all(anchor.organisation or anchor.common_name for anchor in found)


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_an_identity_to_be_resolved_asks_nobody() -> None:
    """A CAWG identity names a host to be asked; not even its name may be looked up."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from tests.credentials.signing import looked; from pathlib import Path;"
        "from checkthegate.credentials.observer import observer;"
        "found = looked(observer({}), Path(sys.argv[2]));"
        "print([dict(e.detail).get('codes') for e in found if hasattr(e, 'detail')])"
    )
    if subprocess.run(["strace", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("strace may not trace here")
    file = FOLDER / "signed_not_ai" / "cloudscape-ACA-Cr.jpeg"
    here = str(Path(__file__).parents[2])
    traced = ["strace", "-f", "-e", "trace=connect,sendto,sendmmsg"]
    run = subprocess.run(
        [*traced, sys.executable, "-c", script, here, str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert "cawg.ica.did_unavailable" in run.stdout
    assert "AF_INET" not in run.stderr
    assert "AF_INET6" not in run.stderr

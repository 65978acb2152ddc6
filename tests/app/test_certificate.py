"""Certificates: written for what passes, bound to every byte, verified elsewhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from checkthegate.app.bundles import verify_file
from checkthegate.app.check import CheckRequest
from checkthegate.app.home import find_home, make_home
from checkthegate.app.reporting import Reported, ReportRequest, check_and_report
from checkthegate.model import UsageError, Verdict

_VERIFIER = Path(__file__).parents[2] / "docs" / "verify_bundle.py"


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    folder = tmp_path / "delivery"
    (folder / "seq").mkdir(parents=True)
    for number in range(10):
        Image.new("RGB", (16, 16), (number, 0, 0)).save(folder / "seq" / f"f.{number:04}.tif")
    (folder / "notes.txt").write_text("Notes of the cut.")
    (folder / "copy of notes.txt").write_text("Notes of the cut.")
    return folder


def _checked(tmp_path: Path, delivery: Path, out: Path | None) -> Reported:
    place = tmp_path / "home"
    if not place.exists():
        place.mkdir()
        make_home(place, "Film", ("netflix",))
    request = CheckRequest(paths=(delivery,), home=find_home(place), workers=0)
    wanted = ReportRequest(files=False, certificate=out)
    return check_and_report(request, wanted, lambda _: None)


def test_a_delivery_that_passes_is_certified_file_by_file(tmp_path: Path, delivery: Path) -> None:
    out = tmp_path / "cut.json"
    reported = _checked(tmp_path, delivery, out)
    assert reported.certificate == out
    key = str(reported.document["home"]["key"])
    held = verify_file(out, [key], delivery)
    assert held["ok"]
    states = {each["path"]: each["state"] for each in held["delivery"]["files"]}
    assert set(states.values()) == {"certified"}
    assert {"seq/f.0000.tif", "notes.txt", "copy of notes.txt"} <= set(states)


def test_another_delivery_is_told_apart_file_by_file(tmp_path: Path, delivery: Path) -> None:
    out = tmp_path / "cut.json"
    key = str(_checked(tmp_path, delivery, out).document["home"]["key"])
    (delivery / "seq" / "f.0003.tif").write_bytes(b"another frame")
    (delivery / "seq" / "f.0004.tif").unlink()
    (delivery / "added.txt").write_text("late")
    held = verify_file(out, [key], delivery)
    assert not held["ok"]
    states = {each["path"]: each["state"] for each in held["delivery"]["files"]}
    assert states["seq/f.0003.tif"] == "changed"
    assert states["seq/f.0004.tif"] == "missing"
    assert states["added.txt"] == "unnamed"
    assert states["notes.txt"] == "certified"


def _states(out: Path, delivery: Path) -> dict[str, str]:
    held = verify_file(out, [], delivery)["delivery"]
    assert held["ok"] == all(each["state"] == "certified" for each in held["files"])
    return {each["path"]: each["state"] for each in held["files"] if each["state"] != "certified"}


def test_certified_bytes_in_the_wrong_place_are_a_change(tmp_path: Path, delivery: Path) -> None:
    out = tmp_path / "cut.json"
    _checked(tmp_path, delivery, out)
    frames = delivery / "seq"
    (frames / "f.0003.tif").write_bytes((frames / "f.0002.tif").read_bytes())
    (delivery / "copy of notes.txt").write_bytes((frames / "f.0002.tif").read_bytes())
    assert _states(out, delivery) == {"seq/f.0003.tif": "changed", "copy of notes.txt": "changed"}


def test_one_of_two_equal_files_can_be_missing(tmp_path: Path, delivery: Path) -> None:
    out = tmp_path / "cut.json"
    _checked(tmp_path, delivery, out)
    (delivery / "copy of notes.txt").unlink()
    assert _states(out, delivery) == {"copy of notes.txt": "missing"}


def test_a_delivery_may_be_laid_out_anew(tmp_path: Path, delivery: Path) -> None:
    out = tmp_path / "cut.json"
    _checked(tmp_path, delivery, out)
    (delivery / "seq").rename(delivery / "frames")
    (delivery / "notes.txt").rename(delivery / "remarks.txt")
    assert _states(out, delivery) == {}


def test_an_unknown_key_is_not_ok(tmp_path: Path, delivery: Path) -> None:
    out = tmp_path / "cut.json"
    _checked(tmp_path, delivery, out)
    held = verify_file(out, [], delivery)
    assert held["intact"]
    assert not held["ok"]


def test_what_does_not_pass_gets_none(tmp_path: Path, delivery: Path) -> None:
    (delivery / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"no picture")
    out = tmp_path / "cut.json"
    reported = _checked(tmp_path, delivery, out)
    assert reported.decision.verdict is Verdict.ESCALATE
    assert reported.certificate is None
    assert not out.exists()
    assert any("No certificate" in note for note in reported.notes)


def test_without_a_home_there_is_no_key_to_sign_with(tmp_path: Path, delivery: Path) -> None:
    request = CheckRequest(paths=(delivery,), workers=0)
    wanted = ReportRequest(files=False, certificate=tmp_path / "cut.json")
    with pytest.raises(UsageError, match="signed with a home"):
        check_and_report(request, wanted, lambda _: None)


def test_the_stand_alone_verifier_agrees(tmp_path: Path, delivery: Path) -> None:
    out = tmp_path / "cut.json"
    key = str(_checked(tmp_path, delivery, out).document["home"]["key"])
    command = [sys.executable, str(_VERIFIER), str(out), "--key", key]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    forged = json.loads(out.read_text())
    forged["entries"][0]["event"] = forged["entries"][0]["event"].replace("notes", "n0tes")
    out.write_text(json.dumps(forged))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 3

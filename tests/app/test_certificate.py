"""Certificates: written for what passes, bound to every byte, verified elsewhere."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from tests.editorial.packages import composition, package, written

from checkthegate.app.bundles import verify_file
from checkthegate.app.check import CheckRequest
from checkthegate.app.home import find_home, make_home
from checkthegate.app.ledgering import prove, write_bundle
from checkthegate.app.recording import records_of
from checkthegate.app.registry.desk import Desk
from checkthegate.app.registry.works import add_works
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


def _litter(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" + bytes(40))
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "note.txt").write_text("Nobody sees this.")
    (folder / "link.txt").symlink_to("notes.txt")
    with zipfile.ZipFile(folder / "refs.zip", "w") as archive:
        archive.writestr("a/words.txt", "Words in an archive.")


def test_what_a_check_lists_is_what_a_certificate_is_held_against(
    tmp_path: Path, delivery: Path
) -> None:
    _litter(delivery)
    out = tmp_path / "cut.json"
    key = str(_checked(tmp_path, delivery, out).document["home"]["key"])
    held = verify_file(out, [key], delivery)
    assert held["ok"]
    states = {each["path"]: each["state"] for each in held["delivery"]["files"]}
    assert {".DS_Store", ".hidden/note.txt", "refs.zip", "notes.txt"} <= set(states)
    assert not {path for path in states if "!" in path or path == "link.txt"}


def test_hidden_files_and_links_added_later_are_named(tmp_path: Path, delivery: Path) -> None:
    out = tmp_path / "cut.json"
    _checked(tmp_path, delivery, out)
    _litter(delivery)
    (delivery / "away.txt").symlink_to(tmp_path / "cut.json")
    assert _states(out, delivery) == dict.fromkeys(
        (".DS_Store", ".hidden/note.txt", "refs.zip", "away.txt"), "unnamed"
    )


def test_the_certificate_the_home_and_reports_may_lie_in_the_delivery(
    tmp_path: Path, delivery: Path
) -> None:
    make_home(delivery, "Film", ("netflix",))
    home = find_home(delivery)
    out = delivery / "cut.json"
    request = CheckRequest(paths=(delivery,), home=home, workers=0)
    wanted = ReportRequest(out=delivery / "report", certificate=out)
    assert check_and_report(request, wanted, lambda _: None).certificate == out
    assert (delivery / "report" / "report.html").exists()
    assert _states(out, delivery) == {}
    copied = tmp_path / "copy.json"
    copied.write_bytes(out.read_bytes())
    assert _states(copied, delivery) == {}
    shutil.rmtree(delivery / ".gate")
    make_home(delivery, "Another", ("netflix",))
    assert _states(out, delivery) == {".gate": "unnamed"}


def test_a_record_is_held_against_what_would_be_recorded(tmp_path: Path, delivery: Path) -> None:
    home = make_home(tmp_path / "home", "Film", ("netflix",))
    with records_of(home) as store:
        desk = Desk(home, store)
        added = add_works(desk, [delivery], {"kind": "owned"}, as_one=True)
        bundle = tmp_path / "work.json"
        write_bundle(prove(desk, added.works[0]["id"]), bundle)
    (delivery / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    held = verify_file(bundle, [], delivery)["delivery"]
    assert {each["state"] for each in held["files"]} == {"certified"}


def _still(shade: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (16, 16), (shade, 9, 9)).save(target, "PNG")
    return target.getvalue()


_ESSENCE = {"reel1.png": _still(1), "reel2.png": _still(2)}
_EDL = b"""TITLE: CUT
FCM: NON-DROP FRAME

001  REEL1 V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME: reel1.png
"""


@pytest.fixture
def imf(tmp_path: Path) -> Path:
    playlist = composition("FEATURE", [("MainImage", name, 0, 48, 1) for name in _ESSENCE])
    written(package(_ESSENCE, {"CPL.xml": playlist}), tmp_path / "turnover" / "imf")
    (tmp_path / "turnover" / "cut.edl").write_bytes(_EDL)
    return tmp_path / "turnover"


def _certified(tmp_path: Path, out: Path, **named: tuple[Path, ...]) -> Reported:
    home = make_home(tmp_path / "home", "Film", ("netflix",))
    request = CheckRequest(home=home, workers=0, **named)  # type: ignore[arg-type]
    reported = check_and_report(
        request, ReportRequest(files=False, certificate=out), lambda _: None
    )
    assert reported.certificate == out, [
        (each.asset.path, each.gaps, each.findings)
        for each in reported.decision.assets
        if each.verdict is Verdict.ESCALATE
    ]
    return reported


def test_a_package_with_its_cut_list_is_certified_file_by_file(tmp_path: Path, imf: Path) -> None:
    out = tmp_path / "cut.json"
    _certified(tmp_path, out, paths=(imf,))
    held = verify_file(out, [], imf)["delivery"]
    assert held["ok"]
    assert {each["path"] for each in held["files"]} == {
        "cut.edl", "imf/ASSETMAP.xml", "imf/PKL.xml", "imf/CPL.xml",
        "imf/reel1.png", "imf/reel2.png",
    }  # fmt: skip
    (imf / "imf" / "reel2.png").write_bytes(_still(3))
    assert _states(out, imf) == {"imf/reel2.png": "changed"}


def test_swapped_reels_are_named_however_the_paths_were_given(tmp_path: Path, imf: Path) -> None:
    out = tmp_path / "cut.json"
    _certified(tmp_path, out, paths=(imf / "imf",), timelines=(imf / "cut.edl",))
    assert _states(out, imf) == {}
    for name, body in zip(("reel2.png", "reel1.png"), _ESSENCE.values(), strict=True):
        (imf / "imf" / name).write_bytes(body)
    swapped = {"reel1.png": "changed", "reel2.png": "changed"}
    assert _states(out, imf) == {f"imf/{name}": state for name, state in swapped.items()}
    assert _states(out, imf / "imf") == {**swapped, "cut.edl": "missing"}

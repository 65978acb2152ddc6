"""Whole checks of a cut with its media: named, relinked, judged, compared with the one before."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from PIL import Image, PngImagePlugin
from tests.editorial.cuts import edl_of

import checkthegate.app.check as checking
import checkthegate.app.workshop as workshop
from checkthegate.app.check import Checked, CheckRequest, check
from checkthegate.app.home import make_home
from checkthegate.app.recording import event, new_id, record, records_of
from checkthegate.app.reporting import ReportRequest, check_and_report
from checkthegate.editorial.observer import TimelineObserver
from checkthegate.editorial.slate import SlateObserver
from checkthegate.model import AssetDecision, Kind, Verdict
from checkthegate.model.timeline import Changed
from checkthegate.seams import Observer

SETTINGS = "a lighthouse\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 7, Size: 64x36"


@pytest.fixture(autouse=True)
def _with_timelines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our observers take part whether or not the installation already names them."""
    for module in (checking, workshop):
        monkeypatch.setattr(module, "load_observers", _with_ours(module.load_observers))


def _with_ours(load: Callable[..., tuple[Observer, ...]]) -> Callable[..., tuple[Observer, ...]]:
    def loaded(settings: Mapping[str, Any]) -> tuple[Observer, ...]:
        found = load(settings)
        known = {each.id for each in found}
        ours: tuple[Observer, ...] = (TimelineObserver(), SlateObserver())
        return (*found, *(each for each in ours if each.id not in known))

    return loaded


def film(file: Path, seconds: float, timecode: str = "") -> Path:
    """A small film made by code, with a time-code where one is given."""
    import imageio_ffmpeg

    code = ["-timecode", timecode] if timecode else []
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-f", "lavfi"),
        *("-i", f"testsrc=s=64x36:r=24:d={seconds}", *code),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p", str(file)),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return file


def still(file: Path) -> Path:
    """A picture that says it was generated."""
    said = PngImagePlugin.PngInfo()
    said.add_text("parameters", SETTINGS)
    Image.effect_noise((64, 36), 40).convert("RGB").save(file, pnginfo=said)
    return file


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """A cut of a film and a generated still, with media that it does not use."""
    folder = tmp_path / "delivery"
    (folder / "media").mkdir(parents=True)
    film(folder / "media" / "SH010.mov", 4, "01:00:00:00")
    still(folder / "media" / "SH020.png")
    still(folder / "media" / "spare.png")
    content = edl_of([("SH010", 86_424, 48), ("SH020", 0, 24), ("SH030", 0, 24)])
    content = content.replace(b"SH020.mov", b"SH020.png")
    (folder / "cut.edl").write_bytes(content)
    return folder


def _checked(folder: Path, **more: Any) -> Checked:
    asked: dict[str, Any] = {"paths": (), "workers": 0, "media": (folder / "media",)} | more
    return check(CheckRequest(**asked), lambda _: None)


def _asset(checked: Checked, name: str) -> AssetDecision:
    return next(each for each in checked.decision.assets if each.asset.name == name)


def test_a_cut_with_its_media(delivery: Path) -> None:
    checked = _checked(delivery, timelines=(delivery / "cut.edl",))
    cut = _asset(checked, "cut.edl")
    assert (cut.asset.kind, cut.verdict) == (Kind.TIMELINE, Verdict.ESCALATE)
    (claim,) = cut.evidence
    assert (claim.claim, dict(claim.detail)) == ("timeline", {"format": "edl", "clips": 3})
    (gap,) = cut.gaps
    assert (gap.observer, "003 “SH030.mov”" in gap.reason) == ("media", True)
    (shown,) = checked.decision.timelines
    assert [(e.linked_by, e.verdict.value) for e in shown.events] == [
        ("file name", "clear"),
        ("file name", "escalate"),
        ("", "escalate"),
    ]
    (row,) = shown.rows
    assert (row.record_in, row.record_out, row.track) == ("01:00:02:00", "01:00:03:00", "V1")
    assert (row.tool, row.approval, row.seconds) == ("AUTOMATIC1111", "required", 1.0)
    assert any("Event 002" in finding.reason for finding in cut.findings)
    assert [each.path for each in checked.decision.skipped] == ["media/spare.png"]
    assert all(e.claim != "slate" for a in checked.decision.assets for e in a.evidence)


def test_the_cut_as_a_path_says_the_same(delivery: Path) -> None:
    one = _checked(delivery, timelines=(delivery / "cut.edl",)).decision
    other = _checked(delivery, paths=(delivery / "cut.edl",)).decision
    assert one.timelines == other.timelines
    assert (one.verdict, one.skipped) == (other.verdict, other.skipped)


def test_a_folder_is_delivered_as_a_whole(delivery: Path) -> None:
    checked = _checked(delivery, paths=(delivery,), media=())
    assert _asset(checked, "spare.png").verdict is Verdict.ESCALATE
    assert checked.decision.skipped == ()
    assert checked.decision.timelines[0].named is False


def test_an_otioz_is_one_cut_with_the_media_inside(delivery: Path, tmp_path: Path) -> None:
    import zipfile

    timeline = otio.schema.Timeline("R1")
    track = otio.schema.Track("V", kind="Video")
    timeline.tracks.append(track)
    half = otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(12, 24)
    )
    media = otio.schema.ExternalReference("media/SH020.png", half)
    track.append(otio.schema.Clip("SH020", media_reference=media, source_range=half))
    bundle = tmp_path / "cut.otioz"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("content.otio", otio.adapters.write_to_string(timeline, "otio_json"))
        archive.write(delivery / "media" / "SH020.png", "media/SH020.png")
    checked = _checked(tmp_path, paths=(bundle,), media=())
    (shown,) = checked.decision.timelines
    assert [(e.name, e.media) for e in shown.events] == [("SH020", "cut.otioz!/media/SH020.png")]
    assert _asset(checked, "cut.otioz").verdict is Verdict.ESCALATE


def test_a_folder_that_is_a_bundle_is_named_by_its_folder(delivery: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "cut.otiod"
    (bundle / "media").mkdir(parents=True)
    (delivery / "media" / "SH020.png").rename(bundle / "media" / "SH020.png")
    clip = otio.schema.Clip("SH020", otio.schema.ExternalReference("media/SH020.png"))
    clip.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(12, 24)
    )
    timeline = otio.schema.Timeline("R1")
    timeline.tracks.append(otio.schema.Track("V", [clip], kind="Video"))
    (bundle / "content.otio").write_text(otio.adapters.write_to_string(timeline, "otio_json"))
    (shown,) = _checked(tmp_path, timelines=(bundle,), media=()).decision.timelines
    assert (shown.named, shown.events[0].media) == (True, "media/SH020.png")


def test_a_recut_says_what_changed_and_carries_the_rest_over(delivery: Path) -> None:
    named: dict[str, Any] = {"timelines": (delivery / "cut.edl",)}
    _checked(delivery, **named)
    recut = edl_of([("SH010", 86_424, 48), ("SH010", 86_440, 12)])
    (delivery / "new.edl").write_bytes(recut)
    checked = _checked(delivery, timelines=(delivery / "new.edl",), since=delivery / "cut.edl")
    (shown,) = checked.decision.timelines
    assert [each.changed for each in shown.events] == [Changed.UNCHANGED, Changed.NEW]
    assert shown.events[0].note.startswith("Carried over from “cut.edl”")
    assert (shown.changes["omitted"], len(shown.omitted)) == (2, 2)
    assert checked.decision.verdict is Verdict.CLEAR


def test_a_timeline_that_is_none_is_a_gap_and_all_media_count(delivery: Path) -> None:
    (delivery / "cut.edl").write_text("just some words about a film\n")
    checked = _checked(delivery, timelines=(delivery / "cut.edl",))
    cut = _asset(checked, "cut.edl")
    assert cut.asset.kind is Kind.TIMELINE
    assert [gap.observer for gap in cut.gaps] == ["timeline"]
    assert _asset(checked, "spare.png").verdict is Verdict.ESCALATE


def test_with_a_home_decisions_in_between_change_nothing_and_records_do(
    delivery: Path, tmp_path: Path
) -> None:
    home = make_home(tmp_path / "home", "Night Harbour", ["netflix"])
    cut = (delivery / "cut.edl",)

    def notes(**more: Any) -> list[str]:
        request = CheckRequest(
            paths=(), timelines=cut, media=(delivery / "media",), workers=0, home=home, **more
        )
        wanted = ReportRequest(out=tmp_path / "out")
        (shown,) = check_and_report(request, wanted, lambda _: None).decision.timelines
        return [event.note for event in shown.events if event.media]

    assert notes() == ["", ""]
    assert all(note.startswith("Carried over") for note in notes(since=delivery / "cut.edl"))
    with records_of(home) as store:
        body = {"pattern": "x/**", "why": "y", "person": "Nora"}
        record(store, event("gap-accepted", new_id("gap"), body))
    assert notes(since=delivery / "cut.edl") == ["", ""]

"""Reel 1 gets one answer, event by event, in whichever format its cut is handed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

pytestmark = pytest.mark.dear

DELIVERY = Path(__file__).resolve().parents[2] / "samples" / "delivery"
CUT = DELIVERY / "editorial" / "NH_101_R1_v12.otio"
MEDIA = ("camera", "vfx", "sound", "picture")
EVENTS = 19
AI = {
    "NH_101_0140": ("V", "delivery/vfx/NH_101_0140_comp_v003.mp4"),
    "NH_101_SHANTY": ("A", "delivery/sound/NH_101_shanty_cue.mp3"),
}
Answers = dict[str, tuple[Any, ...]]


@pytest.fixture(scope="module", autouse=True)
def _one_cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The media are looked at once: every cut after the first finds their results."""
    account = tmp_path_factory.mktemp("reel")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(account / "cache"))
        patch.setenv("XDG_CONFIG_HOME", str(account / "config"))
        yield account / "cache"


@pytest.fixture(autouse=True)
def _kept_cache(_one_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(_one_cache))


def answers(cut: Path) -> Answers:
    """What a check says of each event of a cut, by its name."""
    from checkthegate.app.check import CheckRequest, check

    media = tuple(DELIVERY / folder for folder in MEDIA)
    request = CheckRequest((), timelines=(cut,), media=media, workers=0, pictures=False)
    decision = check(request, lambda progress: None).decision
    (shown,) = decision.timelines
    return {
        event.name: (
            event.track[:1],
            event.record_in_frame - shown.start,
            event.record_out_frame - shown.start,
            event.media.rpartition("/")[2],
            event.ai.value,
            event.verdict.value,
        )
        for event in shown.events
    }


def described() -> Any:
    """The cut with what some adapters cannot write said in words that all can."""
    timeline = otio.adapters.read_from_file(str(CUT))
    for clip in timeline.find_clips():
        media = clip.media_reference
        if isinstance(media, otio.schema.ImageSequenceReference):
            pattern = f"{media.target_url_base}{media.name_prefix}%04d{media.name_suffix}"
            clip.media_reference = otio.schema.ExternalReference(pattern, media.available_range)
        elif media.available_range is None:
            media.available_range = otio.opentime.TimeRange(
                otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(1440, 24)
            )
    return timeline


@pytest.fixture(scope="module")
def told(_one_cache: Path) -> Answers:
    """The answers for the cut as it is delivered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(_one_cache))
        return answers(CUT)


def test_every_event_finds_its_media_and_the_marked_ones_are_named(told: Answers) -> None:
    assert len(told) == EVENTS
    assert all(media for _, _, _, media, _, _ in told.values())
    escalated = {name: said for name, said in told.items() if said[-1] != "clear"}
    assert {name: (said[0], said[3]) for name, said in escalated.items()} == {
        name: (track, path.rpartition("/")[2]) for name, (track, path) in AI.items()
    }
    assert {said[4] for said in escalated.values()} == {"generated"}


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("cut.xml", {"adapter_name": "fcp_xml"}),
        ("cut.fcpxml", {"adapter_name": "fcpx_xml"}),
        ("cut.aaf", {"use_empty_mob_ids": True}),
    ],
)
def test_the_same_cut_through_the_adapters(
    name: str, how: dict[str, Any], told: Answers, tmp_path: Path
) -> None:
    otio.adapters.write_to_file(described(), str(tmp_path / name), **how)
    assert answers(tmp_path / name) == told


def test_the_list_of_the_pictures_alone(told: Answers, tmp_path: Path) -> None:
    timeline = described()
    timeline.tracks[:] = [track for track in timeline.tracks if track.name == "V1"]
    otio.adapters.write_to_file(timeline, str(tmp_path / "cut.edl"), style="nucoda")
    found = answers(tmp_path / "cut.edl")
    pictures = {n: said for n, said in told.items() if said[0] == "V" and "TITLE" not in n}
    assert found == pictures


def test_the_delivered_list_says_what_the_delivered_cut_says(told: Answers) -> None:
    without_title = {name: said for name, said in told.items() if "TITLE" not in name}
    assert answers(CUT.with_suffix(".edl")) == without_title

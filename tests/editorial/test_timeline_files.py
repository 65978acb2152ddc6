"""The shared timelines, by their manifest: what is valid is read, what is not is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.editorial.observer import TimelineObserver, timelines_in
from checkthegate.model import Asset, Evidence, Gap, Kind, Observation, Unreadable


def _said(file: Path) -> tuple[Kind, list[Observation]]:
    with file.open("rb") as stream:
        kind, media_type = identify(stream, file.name)
    asset = Asset(file.name, kind, media_type, file.stat().st_size, "sha256:0")
    observer = TimelineObserver()
    assert observer.wants(asset)
    opened = OpenedFile(asset, file)
    try:
        return kind, list(observer.observe(opened))
    except Unreadable as problem:
        return kind, [Gap(observer.id, problem.reason)]
    finally:
        opened.close()


@pytest.mark.shared
def test_every_valid_timeline_is_read_with_its_clips_and_every_other_refused(
    shared_data: Path,
) -> None:
    folder = shared_data / "timelines"
    rows = list(csv.DictReader((folder / "manifest.csv").read_text("utf-8").splitlines()))
    assert len(rows) > 40
    wrong = []
    for row in rows:
        kind, said = _said(folder / row["file"])
        gaps = [each.reason for each in said if isinstance(each, Gap)]
        claims = [each.detail for each in said if isinstance(each, Evidence)]
        if kind is not Kind.TIMELINE:
            wrong.append((row["file"], kind))
        elif row["label"] == "invalid":
            if not gaps or not all(len(gap) > 40 for gap in gaps):
                wrong.append((row["file"], "not refused"))
        elif gaps or not claims or claims[0]["format"] != row["format"]:
            wrong.append((row["file"], gaps or claims))
        elif row["clips_or_events"] and claims[0]["clips"] != int(row["clips_or_events"]):
            wrong.append((row["file"], claims[0]["clips"]))
    assert wrong == []


@pytest.mark.shared
def test_what_the_worker_read_comes_back_whole(shared_data: Path) -> None:
    for file in sorted((shared_data / "timelines").glob("*/*.otio")):
        _, said = _said(file)
        timelines = timelines_in(said)
        assert timelines
        assert sum(len(each.clips) for each in timelines) == next(
            each.detail["clips"] for each in said if isinstance(each, Evidence)
        )


@pytest.mark.shared
def test_avid_time_code_is_that_of_its_own_track(shared_data: Path) -> None:
    """Drop-frame from five hours on, of media at another rate."""
    _, said = _said(shared_data / "timelines/aaf/2997fps-DFTC.aaf")
    (timeline,) = timelines_in(said)
    assert timeline.at(timeline.clips[0]) == ("05:00:00;00", "05:01:39;21")
    assert all(clip.source and clip.source.length == 2392 for clip in timeline.clips)

"""One cut in every format is the same cut; written by the adapters that others use, read by us."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.editorial.cuts import SHOTS, cut, span, written

from checkthegate.editorial.aaf import read_aaf
from checkthegate.editorial.edl import read_edl
from checkthegate.editorial.fcp7 import read_fcp7
from checkthegate.editorial.fcpxml import read_fcpxml
from checkthegate.editorial.otio_document import read_otio
from checkthegate.model.timeline import Clip, Timeline
from checkthegate.model.timeline_form import packed, unpacked

_EXPECTED = [
    ("SH010", "V1", 0, 48, 86_410, 86_458),
    ("SH020", "V1", 48, 78, 86_500, 86_530),
    ("SH030", "V1", 90, 114, 90_000, 90_024),
]


def _plain(timeline: Timeline, clip: Clip) -> tuple[Any, ...]:
    assert clip.source is not None
    first = timeline.start
    place = (clip.record.start - first, clip.record.end - first)
    return clip.name, clip.track, *place, clip.source.start, clip.source.end


def _read(adapter: str, content: bytes) -> Timeline:
    if adapter == "cmx_3600":
        return read_edl(content)
    reader = {"otio_json": read_otio, "fcp_xml": read_fcp7, "fcpx_xml": read_fcpxml}[adapter]
    return reader(content)[0]


@pytest.mark.parametrize("adapter", ["otio_json", "fcp_xml", "fcpx_xml", "cmx_3600"])
def test_one_cut_in_every_format(adapter: str) -> None:
    timeline = _read(adapter, written(cut(), adapter))
    assert timeline.rate == 24
    assert timeline.problems == ()
    assert [_plain(timeline, clip) for clip in timeline.clips] == _EXPECTED
    if adapter != "cmx_3600":
        assert [clip.media.file for clip in timeline.clips] == [f"{n}.mov" for n, _, _ in SHOTS]


def test_the_same_cut_as_aaf(tmp_path: Path) -> None:
    file = tmp_path / "cut.aaf"
    otio.adapters.write_to_file(cut(), str(file), use_empty_mob_ids=True)
    with file.open("rb") as stream:
        (timeline,) = read_aaf(stream)
    assert (timeline.rate, timeline.start, timeline.problems) == (24, 86_400, ())
    assert [_plain(timeline, clip) for clip in timeline.clips] == _EXPECTED
    assert timeline.clips[0].media.reel == "SH010"
    assert len(timeline.clips[0].media.umid) == 64


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 500)), min_size=1, max_size=6))
@settings(deadline=None, max_examples=25)
def test_any_cut_there_and_back(parts: list[tuple[int, int]]) -> None:
    shots = [(f"SH{n}", 86_400 + start, length) for n, (start, length) in enumerate(parts)]
    document = cut(shots)
    expected = [
        (
            clip.name,
            round(clip.range_in_parent().start_time.value),
            clip.source_range.start_time.value,
        )
        for clip in document.find_clips()
    ]
    for adapter in ("otio_json", "fcp_xml"):
        timeline = _read(adapter, written(document, adapter))
        found = [
            (clip.name, clip.record.start - timeline.start, clip.source and clip.source.start)
            for clip in timeline.clips
        ]
        assert found == expected
        assert unpacked(packed([timeline])) == (timeline,)


def test_dissolves_lengthen_both_sides() -> None:
    document = cut(SHOTS[:2])
    track = document.tracks[0]
    del track[1]
    half = otio.opentime.RationalTime(6, 24)
    track.insert(1, otio.schema.Transition("d", "SMPTE_Dissolve", half, half))
    (timeline,) = read_otio(written(document, "otio_json"))
    one, other = timeline.clips
    assert _plain(timeline, one) == ("SH010", "V1", 0, 54, 86_410, 86_464)
    assert _plain(timeline, other) == ("SH020", "V1", 42, 78, 86_494, 86_530)
    assert (one.dissolve_out, other.dissolve_in) == (12, 12)


def test_speed_is_followed_into_the_media() -> None:
    document = cut(SHOTS[:1] * 3)
    for clip, speed in zip(document.find_clips(), (2.0, 0.5, -1.0), strict=True):
        clip.effects.append(otio.schema.LinearTimeWarp("w", speed))
    (timeline,) = read_otio(written(document, "otio_json"))
    used = [clip.source.length for clip in timeline.clips if clip.source]
    assert used == [96, 24, 48]
    assert [clip.speed for clip in timeline.clips] == [2, Fraction(1, 2), -1]
    freeze = cut(SHOTS[:1])
    freeze.find_clips()[0].effects.append(otio.schema.FreezeFrame())
    (timeline,) = read_otio(written(freeze, "otio_json"))
    assert timeline.clips[0].source is not None
    assert timeline.clips[0].source.length == 1


def test_nests_are_flattened_and_cut_off() -> None:
    inner = otio.schema.Stack("scene 3")
    track = otio.schema.Track("inner", kind="Video")
    inner.append(track)
    track.extend([each.clone() for each in cut().find_clips()])
    inner.source_range = span(40, 20)
    document = otio.schema.Timeline("outer", global_start_time=otio.opentime.RationalTime(0, 24))
    outer = otio.schema.Track("V", kind="Video")
    document.tracks.append(outer)
    outer.append(otio.schema.Gap(source_range=span(0, 100)))
    outer.append(inner)
    (timeline,) = read_otio(written(document, "otio_json"))
    assert [_plain(timeline, clip) for clip in timeline.clips] == [
        ("SH010", "V1", 100, 108, 86_450, 86_458),
        ("SH020", "V1", 108, 120, 86_500, 86_512),
    ]
    assert {clip.nest for clip in timeline.clips} == {("scene 3",)}


def test_what_is_switched_off_is_listed_as_such() -> None:
    document = cut()
    document.find_clips()[1].enabled = False
    (timeline,) = read_otio(written(document, "otio_json"))
    assert [clip.enabled for clip in timeline.clips] == [True, False, True]

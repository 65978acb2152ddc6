"""Cuts that were made to hurt: bounded, a sentence, never another exception."""

from __future__ import annotations

import io
import json
import random
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.editorial.cuts import cut, edl_of, written

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.editorial import assembly
from checkthegate.editorial.aaf import read_aaf
from checkthegate.editorial.assembly import DEEPEST, MOST_CLIPS
from checkthegate.editorial.edl import read_edl
from checkthegate.editorial.examples import examples
from checkthegate.editorial.fcp7 import read_fcp7
from checkthegate.editorial.fcpxml import read_fcpxml
from checkthegate.editorial.otio_document import read_otio
from checkthegate.editorial.reading import read_timelines
from checkthegate.model import Asset, Unreadable
from checkthegate.model.timeline import Timeline


def _time(value: float, rate: object = 24) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}


def _range(start: float, length: float) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(start),
        "duration": _time(length),
    }


def _otio(*children: dict[str, Any]) -> bytes:
    track = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "children": list(children)}
    stack = {"OTIO_SCHEMA": "Stack.1", "children": [track]}
    return json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "R1", "tracks": stack}).encode()


def _clip(**more: Any) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "Clip.1", "name": "SH010", "source_range": _range(0, 24), **more}


def test_fifty_thousand_events_are_read_and_not_one_more() -> None:
    head, line = edl_of([("SH010", 100, 10)]).split(b"\n\n")
    started = time.process_time()
    timeline = read_edl(head + b"\n\n" + line * (MOST_CLIPS + 10))
    assert time.process_time() - started < 20
    assert len(timeline.clips) == MOST_CLIPS
    assert any("more than 50000 events" in problem for problem in timeline.problems)


def test_nests_that_multiply_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times ten times ten …, twelve deep, in a file of a few lines."""
    levels = "".join(
        f'<media id="m{n}" name="M"><sequence format="r1"><spine>'
        + "".join(f'<ref-clip ref="m{n + 1}" offset="0s" duration="10s"/>' for _ in range(10))
        + "</spine></sequence></media>"
        for n in range(12)
    )
    document = (
        '<fcpxml version="1.9"><resources><format id="r1" frameDuration="1/24s"/>'
        f'{levels}</resources><project name="R1"><sequence format="r1"><spine>'
        '<ref-clip ref="m0" offset="0s" duration="10s"/></spine></sequence></project></fcpxml>'
    )
    monkeypatch.setattr(assembly, "MOST_VISITS", 5_000)
    (timeline,) = read_fcpxml(document.encode())
    assert "more than 50000 events" in timeline.problems[0]


def test_nests_in_a_circle_end() -> None:
    """A compound clip that holds itself, and a sequence in itself."""
    fcpxml = b"""<fcpxml version="1.9"><resources><format id="r1" frameDuration="1/24s"/>
<media id="r2" name="A"><sequence format="r1"><spine><ref-clip ref="r2" offset="0s" duration="9s"/>
<ref-clip ref="r2" offset="9s" duration="9s"/></spine></sequence></media></resources>
<project name="R1"><sequence format="r1"><spine><ref-clip ref="r2" offset="0s" duration="90s"/>
</spine></sequence></project></fcpxml>"""
    (timeline,) = read_fcpxml(fcpxml)
    assert any(f"more than {DEEPEST} deep" in problem for problem in timeline.problems)
    fcp7 = b"""<xmeml version="5"><sequence id="s"><rate><timebase>24</timebase></rate>
<media><video><track><clipitem><name>me</name><start>0</start><end>90</end><in>0</in><out>90</out>
<sequence id="s"/></clipitem></track></video></media></sequence></xmeml>"""
    (timeline,) = read_fcp7(fcp7)
    assert any(f"more than {DEEPEST} deep" in problem for problem in timeline.problems)


@pytest.mark.parametrize(
    "children",
    [
        [_clip(source_range=_range(0, -50))],
        [_clip(source_range=_range(1e300, 24))],
        [_clip(source_range={"duration": _time(24, 1e-300), "start_time": _time(0)})],
        [_clip(source_range=_range(0, 0))],
        [{"OTIO_SCHEMA": "Wormhole.1"}],
        [_clip(effects=[{"OTIO_SCHEMA": "LinearTimeWarp.1", "time_scalar": 1e200}])],
        [{"OTIO_SCHEMA": "Gap.1", "source_range": _range(0, 24 * 3600 * 3)}, _clip()],
        [_clip(media_reference=7, effects="none", markers={"a": 1}, name=["x"])],
        [_clip(name="\ud800\x00\u202e" * 400)],
    ],
)
def test_odd_values_are_refused_or_read_never_raised(children: list[dict[str, Any]]) -> None:
    try:
        (timeline,) = read_otio(_otio(*children))
    except Unreadable:
        return
    assert timeline.clips or timeline.problems
    json.dumps([clip.name for clip in timeline.clips]).encode()


@pytest.mark.parametrize("reader", [read_fcp7, read_fcpxml])
def test_entities_are_never_followed(reader: Callable[[bytes], tuple[Timeline, ...]]) -> None:
    for entity in (b'<!ENTITY a "b">', b'<!ENTITY a SYSTEM "file:///etc/passwd">'):
        with pytest.raises(Unreadable, match="entities"):
            reader(b"<!DOCTYPE x [" + entity + b"]><x>&a;</x>")
    with pytest.raises(Unreadable, match="nested deeper"):
        reader(b"<a>" * 400 + b"</a>" * 400)


def test_an_otioz_is_read_inside_and_never_unpacked_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "cut.otioz"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../evil.txt", "x")
        archive.writestr("content.otio", written(cut(), "otio_json"))
        archive.writestr("version.txt", "1.0.0")
    assert len(_opened(file)[0].clips) == 3
    bomb = tmp_path / "bomb.otioz"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.otio", b" " * (70 * 1024 * 1024))
    with pytest.raises(Unreadable, match="larger than"):
        _opened(bomb)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["bomb.otioz", "cut.otioz"]


def _opened(file: Path) -> tuple[Timeline, ...]:
    with file.open("rb") as stream:
        kind, media_type = identify(stream, file.name)
    asset = Asset(file.name, kind, media_type, file.stat().st_size, "sha256:0")
    opened = OpenedFile(asset, file)
    try:
        return read_timelines(opened)
    finally:
        opened.close()


def test_an_aaf_that_is_damaged_anywhere_is_refused_or_read(tmp_path: Path) -> None:
    file = tmp_path / "cut.aaf"
    otio.adapters.write_to_file(cut(), str(file), use_empty_mob_ids=True)
    whole, chance = file.read_bytes(), random.Random(7)
    reasons = set()
    for number in range(40):
        damaged = bytearray(whole[: chance.randint(600, len(whole))] if number % 2 else whole)
        for _ in range(chance.randint(1, 60)):
            damaged[chance.randrange(512, len(damaged))] = chance.randrange(256)
        file.write_bytes(damaged)
        try:
            with file.open("rb") as stream:
                read_aaf(stream)
        except Unreadable as problem:
            reasons.add(problem.reason)
    assert len(reasons) == 1
    assert str(tmp_path) not in "".join(reasons)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_damage_never_raises(data: st.DataObject) -> None:
    example = data.draw(st.sampled_from([each for each in examples() if each.name[-3:] != "aaf"]))
    content = bytearray(example.content[:20_000])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
    _, media_type = identify(io.BytesIO(bytes(content)), example.name)
    readers: dict[str, Callable[[bytes], object]] = {
        "text/x-edl": read_edl,
        "application/x-otio+json": read_otio,
        "application/x-fcpxml+xml": read_fcpxml,
        "application/x-fcp7+xml": read_fcp7,
    }
    if media_type in readers:
        with suppress(Unreadable):
            readers[media_type](bytes(content))

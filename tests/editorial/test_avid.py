"""AAF as Avid writes it, made by code: nests, several time-codes, dissolves, speeds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2
import pytest

from checkthegate.editorial.aaf import read_aaf
from checkthegate.model import Unreadable
from checkthegate.model.timeline import Clip, Timeline


class Made:
    """An AAF in the making: media at 24 frames a second whose tape begins at one hour."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.masters = {name: self._media(name) for name in ("SH010", "SH020")}

    def _media(self, name: str) -> Any:
        file = self.file
        tape = file.create.SourceMob(f"TAPE_{name}")
        tape.descriptor = file.create.TapeDescriptor()
        picture = tape.create_timeline_slot(24)
        picture.segment = file.create.SourceClip(length=10_000, media_kind="picture")
        for fps, start in ((30, 108_000), (24, 86_400)):
            code = tape.create_timeline_slot(24)
            code.segment = file.create.Timecode(fps=fps, drop=False, length=10_000)
            code.segment.start = start
        source = file.create.SourceMob(name)
        source.descriptor = file.create.CDCIDescriptor()
        said = {
            "ComponentWidth": 8, "HorizontalSubsampling": 2, "StoredHeight": 1080, "Length": 5000,
            "StoredWidth": 1920, "FrameLayout": "FullFrame", "VideoLineMap": [42, 0],
            "ImageAspectRatio": "16/9", "SampleRate": "24/1",
        }  # fmt: skip
        for key, value in said.items():
            source.descriptor[key].value = value
        locator = file.create.NetworkLocator()
        locator["URLString"].value = f"file:///m/{name}.mxf"
        source.descriptor["Locator"].append(locator)
        slot = source.create_timeline_slot(24)
        slot.segment = tape.create_source_clip(picture.slot_id, 240, 5000, "picture")
        master = file.create.MasterMob(name)
        above = master.create_timeline_slot(24)
        above.segment = source.create_source_clip(slot.slot_id, 0, 5000, "picture")
        file.content.mobs.extend([tape, source, master])
        return master

    def clip(self, name: str, start: int, length: int) -> Any:
        master = self.masters[name]
        return master.create_source_clip(next(iter(master.slots)).slot_id, start, length, "picture")

    def effect(self, name: str, inputs: int, length: int) -> Any:
        operation = self.file.create.OperationDef(
            f"0e2c3b4a-0000-4000-8000-00000000000{inputs}", name
        )
        operation.media_kind = "picture"
        operation["NumberInputs"].value = inputs
        self.file.dictionary.register_def(operation)
        return self.file.create.OperationGroup(operation, length, media_kind="picture")

    def composition(self, name: str, *components: Any, top: bool = True) -> Any:
        mob = self.file.create.CompositionMob(name)
        if top:
            mob.usage = "Usage_TopLevel"
        slot = mob.create_timeline_slot(24)
        sequence = self.file.create.Sequence(media_kind="picture")
        slot.segment = sequence
        sequence.components.extend(components)
        sequence.length = sum(each.length or 0 for each in components)
        for fps, start in ((30, 99), (24, 86_400)):
            code = mob.create_timeline_slot(24)
            code.segment = self.file.create.Timecode(fps=fps, drop=False, length=1000)
            code.segment.start = start
        self.file.content.mobs.append(mob)
        return mob


def _read(file: Path) -> Timeline:
    with file.open("rb") as stream:
        (timeline,) = read_aaf(stream)
    return timeline


def _source(clip: Clip) -> tuple[int, int]:
    assert clip.source is not None
    return clip.source.start, clip.source.end


def test_source_times_are_those_of_the_tape_at_the_right_count(tmp_path: Path) -> None:
    file = tmp_path / "cut.aaf"
    with aaf2.open(str(file), "w") as writing:
        made = Made(writing)
        made.composition("R1", made.clip("SH010", 48, 24))
    timeline = _read(file)
    (clip,) = timeline.clips
    assert (timeline.start, timeline.rate, timeline.at(clip)[0]) == (86_400, 24, "01:00:00:00")
    first = 86_400 + 240
    assert clip.media.available is not None
    assert clip.media.available.start == first
    assert _source(clip) == (first + 48, first + 72)
    assert (clip.media.file, clip.media.reel) == ("SH010.mxf", "TAPE_SH010")


def test_a_dissolve_lies_over_both_and_a_nest_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "cut.aaf"
    with aaf2.open(str(file), "w") as writing:
        made = Made(writing)
        inner = made.composition("Scene 3", made.clip("SH020", 100, 50), top=False)
        nest = inner.create_source_clip(next(iter(inner.slots)).slot_id, 10, 20, "picture")
        dissolve = writing.create.Transition()
        dissolve["DataDefinition"].value = writing.dictionary.lookup_datadef("picture")
        dissolve.length = 12
        dissolve["CutPoint"].value = 6
        dissolve["OperationGroup"].value = made.effect("Dissolve", 2, 12)
        made.composition("R1", made.clip("SH010", 0, 60), dissolve, made.clip("SH020", 0, 60), nest)
    one, two, nested = _read(file).clips
    assert (one.record.start, one.record.end) == (86_400, 86_460)
    assert (two.record.start, two.record.end) == (86_448, 86_508)
    assert (one.dissolve_out, two.dissolve_in) == (12, 12)
    assert (nested.record.start, nested.record.end, nested.nest) == (86_508, 86_528, ("Scene 3",))
    first = 86_400 + 240
    assert _source(nested) == (first + 110, first + 130)


def test_a_speed_effect_uses_what_it_takes_in(tmp_path: Path) -> None:
    file = tmp_path / "cut.aaf"
    with aaf2.open(str(file), "w") as writing:
        made = Made(writing)
        effect = made.effect("Motion Control", 1, 24)
        effect.segments.append(made.clip("SH010", 0, 48))
        made.composition("R1", effect, made.clip("SH020", 0, 24))
    fast, plain = _read(file).clips
    assert (fast.record.length, fast.speed) == (24, Fraction(2))
    assert _source(fast) == (86_640, 86_688)
    assert (plain.record.start, plain.speed) == (86_424, 1)


def test_a_composition_in_itself_ends(tmp_path: Path) -> None:
    file = tmp_path / "cut.aaf"
    with aaf2.open(str(file), "w") as writing:
        made = Made(writing)
        mob = made.composition("R1", made.clip("SH010", 0, 48))
        slot = next(iter(mob.slots))
        me = mob.create_source_clip(slot.slot_id, 0, 48, "picture")
        slot.segment.components.insert(0, me)
    timeline = _read(file)
    assert any("deep in each other" in problem for problem in timeline.problems)


def test_a_bin_of_clips_is_described(tmp_path: Path) -> None:
    file = tmp_path / "bin.aaf"
    with aaf2.open(str(file), "w") as writing:
        Made(writing)
    timeline = _read(file)
    assert sorted(clip.name for clip in timeline.clips) == ["SH010", "SH020"]
    assert all(clip.record.length == 0 for clip in timeline.clips)


def test_what_is_no_aaf_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cut.aaf"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1AAFB\r\x00OM" + b"\0" * 4000)
    with file.open("rb") as stream, pytest.raises(Unreadable, match="damaged"):
        read_aaf(stream)

"""What each format says in its own way: comments, dissolves, speeds, nests, timed text."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.editorial.cuts import edl_of

from checkthegate.delivery import cut_lists
from checkthegate.editorial.ale import read_ale
from checkthegate.editorial.edl import read_edl, rerated
from checkthegate.editorial.fcp7 import read_fcp7
from checkthegate.editorial.fcpxml import read_fcpxml
from checkthegate.editorial.subtitles import read_srt, read_vtt
from checkthegate.model import Unreadable
from checkthegate.model.timeline import Clip

_HEAD = "TITLE: HARBOUR R1\nFCM: NON-DROP FRAME\n\n"
_A = "001  A001C003 V     C        01:00:10:00 01:00:12:00 01:00:00:00 01:00:02:00\n"


def _clips(text: str) -> tuple[Clip, ...]:
    return read_edl(text.encode()).clips


def _source(clip: Clip) -> tuple[int, int]:
    assert clip.source is not None
    return clip.source.start, clip.source.end


def test_comments_say_what_a_clip_is() -> None:
    text = (
        _HEAD + _A + "* FROM CLIP NAME: SH010 (LAY3)\n* SOURCE FILE: SH010.LAY3.01\n"
        "* LOC: 01:00:01:14 RED     ANIM FIX NEEDED\n* ASC_SAT: 0.9\n"
    )
    timeline = read_edl(text.encode())
    (clip,) = timeline.clips
    assert timeline.name == "HARBOUR R1"
    assert (clip.name, clip.label, clip.media.reel) == ("SH010 (LAY3)", "001", "A001C003")
    assert clip.media.file == "SH010.LAY3.01"
    (marker,) = timeline.markers
    assert (marker.frame, marker.name, marker.comment) == (86_438, "RED", "ANIM FIX NEEDED")


def test_paths_of_any_system_end_in_a_name() -> None:
    for path in ("S:\\path\\to\\SH010.0001.exr", "/mnt/vfx/SH010.0001.exr"):
        (clip,) = _clips(_HEAD + _A + f"* FROM FILE: {path}\n")
        assert clip.media.file == "SH010.0001.exr"


def test_a_dissolve_uses_more_of_both() -> None:
    before, after = _clips(
        _HEAD + "002  A001C004 V C 01:00:00:00 01:00:00:00 01:00:02:00 01:00:02:00\n"
        "002  A001C005 V D    012 02:00:00:00 02:00:04:00 01:00:02:00 01:00:06:00\n"
        "* FROM CLIP NAME: SH010.MOV\n* TO CLIP NAME: SH020.MOV\n"
    )
    assert (before.name, before.record.length, before.dissolve_out) == ("SH010.MOV", 12, 12)
    assert _source(before) == (86_400, 86_412)
    assert (after.name, after.record.length, after.dissolve_in) == ("SH020.MOV", 96, 12)
    assert _source(after) == (172_800, 172_896)


@pytest.mark.parametrize(
    ("speed", "used", "pace"),
    [("048.0", (86_640, 86_736), 2), ("012.0", (86_640, 86_664), Fraction(1, 2)),
     ("000.0", (86_640, 86_641), 0), ("-024.0", (86_593, 86_688), -1)],
)  # fmt: skip
def test_speed_effects(speed: str, used: tuple[int, int], pace: Fraction) -> None:
    (clip,) = _clips(_HEAD + _A + f"M2   A001C003       {speed}                01:00:10:00\n")
    assert (clip.speed, _source(clip)) == (pace, used)


def test_sound_on_several_tracks_is_one_event() -> None:
    text = _A.replace(" V ", " AA ") + "AUD  3\n" + _A.replace(" V ", " B ")
    one, other = _clips(_HEAD + text)
    assert (one.track, other.track) == ("A1+A2+A3", "V1+A1")


def test_black_has_no_media_of_its_own() -> None:
    (clip,) = _clips(_HEAD + _A.replace("A001C003", "BL"))
    assert clip.media.made_here == "black"


def test_letters_of_any_encoding_are_read() -> None:
    text = _HEAD + _A + "* FROM CLIP NAME: SCÈNE 4\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert read_edl(text.encode(encoding)).clips[0].name == "SCÈNE 4"


def test_line_ends_and_blank_lines_do_not_matter() -> None:
    for end in ("\r\n", "\r", "\n\n"):
        assert len(_clips((_HEAD + _A + _A).replace("\n", end))) == 2


def test_the_rate_is_the_smallest_that_fits_and_drop_frame_is_2997() -> None:
    assert read_edl((_HEAD + _A).encode()).rate == 24
    assert read_edl((_HEAD + _A).replace("12:00 01", "12:24 01").encode()).rate == 25
    drop = (_HEAD + _A).replace("NON-DROP", "DROP").replace("12:00 01", "12;00 01")
    timeline = read_edl(drop.encode())
    assert (timeline.rate, timeline.drop_frame) == (Fraction(30_000, 1001), True)
    assert not timeline.rate_stated


def test_events_that_make_no_sense_are_told_not_dropped() -> None:
    backwards = _A.replace("01:00:00:00 01:00:02:00", "01:00:02:00 01:00:00:00")
    timeline = read_edl((_HEAD + _A + backwards + "003  A1 V C 01:00:00:00 01:00\n").encode())
    assert len(timeline.clips) == 2
    assert timeline.clips[1].record.length == 0
    assert "ends before it begins" in timeline.problems[1]
    assert "line 6 looks like an event" in timeline.problems[0]


def test_a_script_with_an_event_in_it_is_no_list_read_whole() -> None:
    words = "\n".join(f"EXT. HARBOUR {n}\nThe light goes out." for n in range(20))
    timeline = read_edl((_HEAD + _A + words).encode())
    assert "lines of it are no part" in timeline.problems[0]
    assert cut_lists.of_text(f"A mail about this event:\n{_A}") is None
    assert cut_lists.of_text(_A) == cut_lists.EDL


def test_over_midnight() -> None:
    line = _A.replace("01:00:00:00 01:00:02:00", "23:59:59:00 00:00:01:00")
    assert _clips(_HEAD + line)[0].record.length == 48


@given(st.lists(st.tuples(st.integers(0, 80_000), st.integers(1, 400)), min_size=1, max_size=8))
def test_another_rate_keeps_the_names_of_frames(parts: list[tuple[int, int]]) -> None:
    timeline = read_edl(edl_of([(f"S{n}", *part) for n, part in enumerate(parts)]))
    if timeline.rate != 24:
        return
    again = rerated(timeline, Fraction(25))
    before = [
        (timeline.at(clip), clip.source and clip.source.timecodes()) for clip in timeline.clips
    ]
    assert [(again.at(c), c.source and c.source.timecodes()) for c in again.clips] == before


_FCP7 = """<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5"><sequence id="s"><name>R1</name>
<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate><timecode><frame>107892</frame>
<displayformat>DF</displayformat></timecode><media><video><track>
<clipitem id="c1"><name>SH010</name><start>0</start><end>-1</end><in>10</in><out>70</out>
<file id="f"><name>SH010.mov</name><pathurl>file://localhost/m/SH%20010.mov</pathurl>
<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate><duration>900</duration>
<timecode><frame>1000</frame><reel><name>A001</name></reel></timecode></file></clipitem>
<transitionitem><start>40</start><end>60</end><alignment>center</alignment></transitionitem>
<clipitem id="c2"><name>SH020</name><enabled>FALSE</enabled><start>-1</start><end>100</end>
<in>200</in><out>260</out><file id="f"/></clipitem>
<generatoritem><name>Text</name><start>100</start><end>130</end><in>0</in><out>30</out></generatoritem>
<clipitem id="c3"><name>nest</name><start>130</start><end>160</end><in>20</in><out>50</out>
<sequence id="n"><name>Scene 3</name><rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>
<media><video><track><clipitem><name>IN</name><start>0</start><end>100</end><in>300</in><out>400</out>
<file id="f"/></clipitem></track></video></media></sequence></clipitem>
</track></video></media></sequence></xmeml>"""


def test_final_cut_7() -> None:
    (timeline,) = read_fcp7(_FCP7.encode())
    assert (timeline.rate, timeline.drop_frame) == (Fraction(30_000, 1001), True)
    one, two, title, nested = timeline.clips
    assert timeline.at(one) == ("01:00:00;00", "01:00:02;00")
    assert _source(one) == (1010, 1070)
    assert (one.media.file, one.media.reel, one.dissolve_out) == ("SH 010.mov", "A001", 20)
    assert (two.record.start - timeline.start, two.enabled, _source(two)) == (
        40,
        False,
        (1200, 1260),
    )
    assert title.media.made_here == "Text"
    assert (nested.record.start - timeline.start, _source(nested)) == (130, (1320, 1350))
    assert nested.nest == ("Scene 3",)


_FCPXML = """<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.9"><resources>
<format id="r1" frameDuration="1001/24000s"/><format id="r9" frameDuration="1/24s"/>
<asset id="r2" name="SH010" start="3600s" duration="100s" hasVideo="1" format="r9">
<media-rep kind="original-media" src="file:///m/SH010.mov"/></asset>
<asset id="r3" name="MUSIC" src="file:///m/MUSIC.wav" start="0s" duration="60s" hasAudio="1"/>
<media id="r4" name="Compound"><sequence format="r9"><spine><asset-clip ref="r2" offset="0s"
start="3605s" duration="4s"/></spine></sequence></media><effect id="r5" name="Basic Title"/>
</resources><library><event><project name="R1"><sequence format="r9" tcStart="3600s"><spine>
<asset-clip name="SH010" ref="r2" offset="3600s" start="3601s" duration="2s">
<asset-clip lane="1" name="SH010 pip" ref="r2" offset="3601.5s" start="3650s" duration="1s"/>
<asset-clip lane="-1" name="MUSIC" ref="r3" offset="3601s" duration="9s"/></asset-clip>
<ref-clip ref="r4" offset="3602s" start="1s" duration="2s" name="Compound"/>
<title ref="r5" offset="3604s" duration="1s" name="Credits"><text><text-style>The End</text-style>
</text></title>
<asset-clip name="FAST" ref="r2" offset="3605s" start="0s" duration="2s"><timeMap>
<timept time="0s" value="3610s"/><timept time="10s" value="3630s"/></timeMap></asset-clip>
<clip name="LOST" offset="3607s" duration="1s"><video ref="r77" offset="0s" duration="1s"/></clip>
</spine></sequence></project></event></library></fcpxml>"""


def test_final_cut_x() -> None:
    (timeline,) = read_fcpxml(_FCPXML.encode())
    assert (timeline.rate, timeline.start) == (24, 86_400)
    by_name = {clip.name: clip for clip in timeline.clips}
    places = {
        name: (clip.track, clip.record.start - 86_400, clip.record.length)
        for name, clip in by_name.items()
    }
    assert places["SH010 pip"] == ("V2", 12, 24)
    assert places["MUSIC"][0] == "A1"
    assert places["MUSIC"][1:] == (0, 216)
    assert places["FAST"] == ("V1", 120, 48)
    assert _source(by_name["SH010 pip"]) == (87_600, 87_624)
    assert (_source(by_name["FAST"]), by_name["FAST"].speed) == ((86_640, 86_736), 2)
    assert by_name["Credits"].media.made_here == "title"
    assert by_name["Credits"].text == "The End"
    nested = next(clip for clip in timeline.clips if clip.nest)
    assert (nested.record.start - 86_400, _source(nested)) == (48, (86_544, 86_592))
    assert (by_name["LOST"].media.name, by_name["LOST"].source) == ("LOST", None)


def test_clip_logs_describe_and_lie_nowhere() -> None:
    text = (
        "Heading\nFIELD_DELIM\tTABS\nFPS\t23.976\n\nColumn\nName\tTape\tStart\tEnd\tSource File\n\n"
        "Data\nSH010\tA001\t01:00:00:00\t01:00:10:00\tA001_C003.R3D\n"
    )
    timeline = read_ale(text.encode())
    (clip,) = timeline.clips
    assert (clip.name, clip.media.reel, clip.media.file) == ("SH010", "A001", "A001_C003.R3D")
    assert (clip.record.length, clip.source and clip.source.length) == (0, 240)
    assert timeline.rate == Fraction(24_000, 1001)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**6)), min_size=1, max_size=5))
def test_subtitles_of_both_kinds_say_the_same(cues: list[tuple[int, int]]) -> None:
    def stamp(at: int, mark: str) -> str:
        seconds, thousandths = divmod(at, 1000)
        minutes, seconds = divmod(seconds, 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{mark}{thousandths:03}"

    def times(mark: str, at: int, length: int) -> str:
        return f"{stamp(at, mark)} --> {stamp(at + length, mark)}"

    srt = "\n".join(f"{n}\n{times(',', *cue)}\nWords {n}\n" for n, cue in enumerate(cues, 1))
    vtt = "WEBVTT\n\n" + "\n".join(
        f"{times('.', *cue)}\nWords {n}\n" for n, cue in enumerate(cues, 1)
    )
    one, other = read_srt(srt.encode()), read_vtt(vtt.encode())
    expected = [(at, at + length, f"Words {n}") for n, (at, length) in enumerate(cues, 1)]
    for timeline in (one, other):
        assert [(c.record.start, c.record.end, c.text) for c in timeline.clips] == expected


@pytest.mark.parametrize(
    "content", [b"", b"1\n", b"1\n00:00:01,000 -> 00:00:02,000\nx\n", b"1\nno time\n"]
)
def test_damaged_subtitles_are_refused(content: bytes) -> None:
    for reader in (read_srt, read_vtt):
        with pytest.raises(Unreadable):
            reader(content)

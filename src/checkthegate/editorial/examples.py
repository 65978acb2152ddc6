"""Timelines made by code, for the conformance suite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from checkthegate.seams import Example

_READ: Final = (("timeline", "declared"),)
_EDL: Final = b"""TITLE: HARBOUR R1
FCM: NON-DROP FRAME

001  A001C003 V     C        01:00:10:00 01:00:12:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME: SH010.MOV
002  A001C004 V     C        01:00:00:00 01:00:00:00 01:00:02:00 01:00:02:00
002  A001C005 V     D    012 02:00:00:00 02:00:04:00 01:00:02:00 01:00:06:00
M2   A001C005       012.0                02:00:00:00
* TO CLIP NAME: SH020.MOV
"""
_ALE: Final = b"""Heading
FIELD_DELIM\tTABS
FPS\t24

Column
Name\tTape\tStart\tEnd

Data
SH010\tA001C003\t01:00:00:00\t01:00:20:00
"""
_SRT: Final = b"1\r\n00:00:01,000 --> 00:00:02,500\r\nThe light is out.\r\n"
_VTT: Final = b"WEBVTT\n\n00:01.000 --> 00:02.500\nThe light is out.\n"
_FCP7: Final = b"""<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5"><sequence><name>R1</name>
<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate><media><video><track><clipitem><name>SH010
</name><start>0</start><end>50</end><in>10</in><out>60</out><file id="f"><name>SH010.mov</name>
<rate><timebase>25</timebase></rate><duration>100</duration></file></clipitem></track></video></media>
</sequence></xmeml>"""
_FCPXML: Final = b"""<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.9"><resources>
<format id="r1" frameDuration="1/24s"/><asset id="r2" name="SH010" src="file:///m/SH010.mov"
start="3600s" duration="10s" hasVideo="1" format="r1"/></resources><project name="R1">
<sequence format="r1"><spine><asset-clip ref="r2" offset="0s" start="3602s" duration="2s"/></spine>
</sequence></project></fcpxml>"""
_BOMB: Final = b"""<?xml version="1.0"?><!DOCTYPE fcpxml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
<fcpxml version="1.9"><project name="&b;"/></fcpxml>"""


def _time(value: float, rate: float = 24.0) -> dict[str, object]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}


def _range(start: float, duration: float) -> dict[str, object]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(start),
        "duration": _time(duration),
    }


def _otio() -> bytes:
    reference = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": "media/SH010.mov"}
    clip = {
        "OTIO_SCHEMA": "Clip.2",
        "name": "SH010",
        "source_range": _range(10, 48),
        "media_references": {"DEFAULT_MEDIA": reference},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }
    track = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "children": [clip]}
    stack = {"OTIO_SCHEMA": "Stack.1", "children": [track]}
    return json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "R1", "tracks": stack}).encode()


def examples() -> Sequence[Example]:
    """Every format that is text, read; and damaged, hostile and empty ones, which are gaps."""
    otio = _otio()
    return [
        Example("cut.edl", _EDL, _READ),
        Example("cut-latin.edl", _EDL.replace(b"SH010", b"SC\xc8NE"), _READ),
        Example("log.ale", _ALE, _READ),
        Example("words.srt", _SRT, _READ),
        Example("words.vtt", _VTT, _READ),
        Example("cut.xml", _FCP7, _READ),
        Example("cut.fcpxml", _FCPXML, _READ),
        Example("cut.otio", otio, _READ),
        Example("notes.txt", b"Reel 1: the light goes out at 01:00:02:00.\n"),
        Example("half.otio", otio[: len(otio) // 2], gap=True),
        Example("deep.otio", b'{"OTIO_SCHEMA": ' * 100_000, gap=True),
        Example("half.fcpxml", _FCPXML[:300], gap=True),
        Example("bomb.fcpxml", _BOMB, gap=True),
        Example("empty.edl", b"TITLE: NOTHING\nFCM: NON-DROP FRAME\n", gap=True),
        Example("wrong.srt", _SRT.replace(b"02,500", b"02:500"), gap=True),
        Example(
            "damaged.aaf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1AAFB\r\x00OM" + b"\0" * 500, gap=True
        ),
    ]

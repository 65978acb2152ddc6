"""WAV and AVI: lists, broadcast-wave texts, embedded tags, lengths that lie."""

from __future__ import annotations

import io
import struct

import pytest

from checkthegate.detect.carriers import riff
from checkthegate.seams import Limits

from . import made
from .made import XMP, chunk, found, frame, tags, troubles, wave


def look(content: bytes, limits: Limits | None = None):
    return found(riff.read, content, "audio/wav", limits)


INFO = chunk(b"LIST", b"INFO" + chunk(b"ICMT", b"made with suno\0") + chunk(b"ISFT", b"Lavf61"))
BEXT = chunk(
    b"bext", b"A scene".ljust(256, b"\0") + b"Voicer".ljust(32, b"\0") + b"\0" * 314 + b"A=PCM"
)


def test_every_kind_of_text() -> None:
    carried = look(
        wave(
            INFO,
            BEXT,
            chunk(b"iXML", b"<BWFXML/>"),
            chunk(b"axml", b"<ebu/>"),
            chunk(b"_PMX", XMP),
            chunk(b"id3 ", made.id3(frame(b"TIT2", b"\3Song"))),
            chunk(b"C2PA", b"\0" * 33),
            chunk(b"LIST", b"adtl" + chunk(b"labl", b"\1\0\0\0Here\0")),
        )
    )
    assert tags(carried) == {
        "riff ICMT": "made with suno",
        "riff ISFT": "Lavf61",
        "riff bext/Description": "A scene",
        "riff bext/Originator": "Voicer",
        "riff bext/CodingHistory": "A=PCM",
        "riff iXML": "<BWFXML/>",
        "riff axml": "<ebu/>",
        "riff labl": "Here",
        "id3 TIT2": "Song",
        "xmp xmp:CreatorTool": "Dream Machine",
    }
    assert troubles(carried) == []


def test_tags_behind_the_sound() -> None:
    body = wave()[12:] + INFO
    carried = look(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body)
    assert tags(carried)["riff ICMT"] == "made with suno"
    assert troubles(carried) == []


@pytest.mark.parametrize("form", [b"RF64", b"BW64"])
def test_64_bit_sizes(form: bytes) -> None:
    inner = wave()[12:]
    sound = inner[: -8 - 64] + b"data" + b"\xff" * 4 + b"\0" * 64 + INFO
    size = 4 + 36 + len(sound)
    ds64 = chunk(b"ds64", struct.pack("<QQQI", size, 64, 32, 0))
    content = form + b"\xff" * 4 + b"WAVE" + ds64 + sound
    carried = look(content)
    assert tags(carried)["riff ICMT"] == "made with suno"
    assert troubles(carried) == []
    assert troubles(look(content[:-3]))


def test_avi_with_tags_in_its_header_and_a_second_part() -> None:
    hdrl = chunk(b"LIST", b"hdrl" + chunk(b"LIST", b"strl" + chunk(b"strn", b"Camera\0")))
    movi = chunk(b"LIST", b"movi" + chunk(b"00dc", b"\xff" * 21))
    content = made.riff(b"AVI ", hdrl, INFO, movi) + made.riff(b"AVIX", movi)
    carried = look(content)
    assert tags(carried) == {
        "riff strn": "Camera",
        "riff ICMT": "made with suno",
        "riff ISFT": "Lavf61",
    }
    assert troubles(carried) == []


WHOLE = wave(INFO, BEXT)


@pytest.mark.parametrize("keep", range(9, len(WHOLE), 17))
def test_every_cut_is_told(keep: int) -> None:
    assert troubles(look(WHOLE[:keep])), keep


@pytest.mark.parametrize(
    "content",
    [
        WHOLE + b"garbage behind it",
        made.riff(b"WAVE", INFO),
        wave(chunk(b"LIST", b"INFO" + b"ICMT" + struct.pack("<I", 4000) + b"abc")),
        wave(b"\1\2\3\4\5\6\7\x08"),
        wave(chunk(b"bext", b"short")),
        wave(b"\0" * 8 + INFO[8:]),
        wave(b"\0" * len(INFO)),
        wave(chunk(b"LIST", b"INFO" + b"\0" * 8 + b"made with suno\0\0" + INFO[12:])),
        wave(chunk(b"LIST", b"INFO" + chunk(b"\0CMT", b"made with suno\0"))),
        b"RIFF" + b"\xff" * 4 + WHOLE[8:],
    ],
)
def test_crooked_files_are_told(content: bytes) -> None:
    assert troubles(look(content))


def test_tags_hung_on_behind() -> None:
    carried = look(WHOLE + made.id3(frame(b"TIT2", b"\3Song")))
    assert tags(carried)["id3 TIT2"] == "Song"
    assert troubles(carried) == []
    assert troubles(look(WHOLE + b"\0" * 2000)) == []


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", [b"INFO", b"hdrl", b"WAVE"])
def test_nests_are_told_and_quick(kind: bytes) -> None:
    deep = b""
    for _ in range(3000):
        deep = chunk(b"LIST", kind + deep)
    assert troubles(look(wave(deep)))


def test_too_much_is_told() -> None:
    assert troubles(look(WHOLE, Limits(metadata_bytes=100)))
    assert troubles(look(wave(chunk(b"junk", b"") * 200), Limits(items=2)))


@pytest.mark.parametrize("form", ["wav", "avi"])
def test_what_a_real_muxer_writes(form: str) -> None:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    with av.open(target, "w", format=form) as container:
        container.metadata["comment"] = "made with suno"
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame(format="s16", layout="mono", samples=800)
        sound.rate = 8000
        sound.planes[0].update(b"\0" * 1600)
        container.mux(stream.encode(sound))
        container.mux(stream.encode())
    carried = look(target.getvalue())
    assert tags(carried)["riff ICMT"] == "made with suno"
    assert troubles(carried) == []

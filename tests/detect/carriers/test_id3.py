"""MP3: ID3v2 in three versions, ID3v1, APE, the sound behind them, and damages."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.detect.carriers import id3 as reader
from checkthegate.detect.carriers import mpeg_audio
from checkthegate.seams import Limits

from .made import XMP, comments, found, frame, id3, mpeg, syncsafe, tags, troubles


def look(content: bytes, limits: Limits | None = None):
    return found(reader.read, content, "audio/mpeg", limits)


SUNO = b"https://suno.com/song/1"


@pytest.mark.parametrize("version", [3, 4])
def test_every_kind_of_frame(version: int) -> None:
    frames = [
        (b"TIT2", b"\1" + "Lied für dich".encode("utf-16")),
        (b"TXXX", b"\0AIGC\0{}"),
        (b"COMM", b"\0eng\0made with suno"),
        (b"COMM", b"\1eng" + "Note".encode("utf-16") + b"\0\0" + "ja".encode("utf-16")),
        (b"USLT", b"\0eng\0la la"),
        (b"WOAS", SUNO),
        (b"WXXX", b"\0home\0" + SUNO),
        (b"PRIV", b"maker\0yes"),
        (b"PRIV", b"XMP\0" + XMP),
        (b"GEOB", b"\0application/c2pa\0name\0what\0" + b"\0" * 40),
        (b"APIC", b"\0image/png\0\3\0" + b"\x89PNG"),
        (b"UFID", b"owner\0id"),
    ]
    whole = id3(*[frame(name, raw, version) for name, raw in frames], version=version)
    carried = look(whole + mpeg())
    assert tags(carried) == {
        "id3 TIT2": "Lied für dich",
        "id3 TXXX:AIGC": "{}",
        "id3 COMM": "made with suno",
        "id3 COMM:Note": "ja",
        "id3 USLT": "la la",
        "id3 WOAS": SUNO.decode(),
        "id3 WXXX:home": SUNO.decode(),
        "id3 PRIV:maker": "yes",
        "id3 GEOB:application/c2pa": "",
        "id3 UFID:owner": "id",
        "xmp xmp:CreatorTool": "Dream Machine",
    }
    assert troubles(carried) == []


def test_version_2_2() -> None:
    frames = [frame(b"TT2", b"\0Song", 2), frame(b"WAS", SUNO, 2), frame(b"TXX", b"\0a\0b", 2)]
    carried = look(id3(*frames, version=2) + mpeg())
    assert tags(carried) == {"id3 TIT2": "Song", "id3 WOAS": SUNO.decode(), "id3 TXXX:a": "b"}
    assert troubles(carried) == []


def test_unsynchronisation_extended_header_footer_padding() -> None:
    plain = frame(b"PRIV", b"o\0\xff\xe0x", 3)
    carried = look(id3(plain.replace(b"\xff\xe0", b"\xff\0\xe0"), version=3, flags=0x80) + mpeg())
    assert "id3 PRIV:o" in tags(carried)
    assert troubles(carried) == []
    extended = id3(b"\0\0\0\6" + b"\0" * 6, frame(b"TIT2", b"\0x", 3), version=3, flags=0x40)
    assert tags(look(extended + mpeg())) == {"id3 TIT2": "x"}
    footed = id3(frame(b"TIT2", b"\0x"), flags=0x10)
    carried = look(footed + b"3DI" + footed[3:10] + mpeg())
    assert tags(carried) == {"id3 TIT2": "x"}
    assert troubles(carried) == []
    assert troubles(look(id3(frame(b"TIT2", b"\0x"), b"\0" * 500) + mpeg())) == []


def test_compressed_and_encrypted_frames() -> None:
    text = b"\0" + b"long " * 100
    packed = len(text).to_bytes(4, "big") + zlib.compress(text)
    carried = look(id3(frame(b"TIT2", packed, 3, 0x80), version=3) + mpeg())
    assert tags(carried)["id3 TIT2"].startswith("long long")
    packed = syncsafe(len(text)) + zlib.compress(text)
    assert "id3 TIT2" in tags(look(id3(frame(b"TIT2", packed, 4, 9)) + mpeg()))
    assert troubles(look(id3(frame(b"TIT2", b"\1secret", 4, 4)) + mpeg()))
    bomb = b"\0\0\0\0" + zlib.compress(b"\0" * 30_000_000)
    assert troubles(look(id3(frame(b"TIT2", bomb, 3, 0x80), version=3) + mpeg()))


def test_plain_sizes_in_version_4() -> None:
    text = b"\0" + b"x" * 299
    crooked = b"TIT2" + len(text).to_bytes(4, "big") + b"\0\0" + text
    carried = look(id3(crooked, frame(b"TALB", b"\0y")) + mpeg())
    assert tags(carried) == {"id3 TIT2": "x" * 299, "id3 TALB": "y"}


def test_chapters() -> None:
    inner = frame(b"TIT2", b"\0Part one")
    carried = look(id3(frame(b"CHAP", b"c1\0" + b"\0" * 16 + inner)) + mpeg())
    assert tags(carried) == {"id3 TIT2": "Part one"}
    deep = inner
    for _ in range(50):
        deep = frame(b"CHAP", b"c\0" + b"\0" * 16 + deep)
    assert troubles(look(id3(deep) + mpeg()))


def ape(key: bytes, text: bytes, *, header: bool = True) -> bytes:
    entry = struct.pack("<II", len(text), 0) + key + b"\0" + text
    tail = struct.pack("<III", 2000, len(entry) + 32, 1)
    top = 0xA0 if header else 0
    head = b"APETAGEX" + tail + bytes([0, 0, 0, top]) + b"\0" * 8
    foot = b"APETAGEX" + tail + bytes([0, 0, 0, top & 0x80]) + b"\0" * 8
    return (head if header else b"") + entry + foot


V1 = (
    b"TAG"
    + b"Song".ljust(30, b"\0")
    + b"\0" * 64
    + b"made with suno".ljust(28, b"\0")
    + b"\0\1\xff"
)


@pytest.mark.parametrize("header", [True, False])
def test_tags_behind_the_sound(header: bool) -> None:
    carried = look(mpeg() + ape(b"Comment", b"hello", header=header) + V1)
    assert tags(carried) == {
        "id3 APE:Comment": "hello",
        "id3 ID3v1:Title": "Song",
        "id3 ID3v1:Comment": "made with suno",
    }
    assert troubles(carried) == []


def test_tags_between_the_frames() -> None:
    carried = look(mpeg() + id3(frame(b"WOAS", SUNO)) + mpeg() + b"\0" * 50)
    assert tags(carried) == {"id3 WOAS": SUNO.decode()}
    assert troubles(carried) == []


def xing(size: int) -> bytes:
    first = bytearray(mpeg(1))
    head = b"Xing" + struct.pack(">IIII", 15, 5, size, 0)[:12] + b"\0" * 104 + b"LAME3.100"
    first[36 : 36 + len(head)] = head
    return bytes(first) + mpeg(5)


def test_encoder_and_written_length() -> None:
    whole = xing(417 * 6)
    assert tags(look(whole)) == {"id3 encoder": "LAME3.100"}
    assert troubles(look(whole)) == []
    assert troubles(look(whole[: 417 * 3]))
    for keep in range(36, 60):
        assert troubles(look(whole[:keep]))


@pytest.mark.parametrize(
    "content",
    [
        id3(frame(b"TIT2", b"\0x")),
        id3(frame(b"TIT2", b"\0x")) + b"this is no sound at all" * 20,
        id3(frame(b"TIT2", b"\0x"))[:-2],
        mpeg()[:-9],
        mpeg() + b"garbage within" + mpeg(1)[:100],
        id3(b"TIT2" + syncsafe(900) + b"\0\0\0x") + mpeg(),
        id3(b"\1\2\3\4" + syncsafe(2) + b"\0\0\0x") + mpeg(),
        b"ID3\4\0\0\xff\0\0\0" + mpeg(),
        id3(frame(b"TIT2", b"\0x"), version=9) + mpeg(),
        mpeg()
        + ape(b"Comment", b"hello").replace(b"\5\0\0\0\0\0\0\0Com", b"\xff\xff\0\0\0\0\0\0Com"),
    ],
)
def test_crooked_files_are_told(content: bytes) -> None:
    assert troubles(look(content))


@pytest.mark.parametrize(
    "content",
    [
        id3(frame(b"TIT2", b"\0x"), b"\0" * 40 + b"left over" + b"\0" * 40) + mpeg(),
        id3(frame(b"TIT2", b"\0x"), b"\0\0\0\1") + mpeg(),
        id3(frame(b"TIT2", b"\0x")) + b"COMM and more" + mpeg(),
        id3(frame(b"TIT2", b"\3made with \xff suno")) + mpeg(),
        id3(frame(b"COMM", b"\3eng\0made with \xff suno")) + mpeg(),
        id3(frame(b"COMM", b"\3eng\xff\0made with suno")) + mpeg(),
        id3(frame(b"TIT2", b"\1\xff\xfe\0\xd8x\0")) + mpeg(),
        id3(frame(b"TIT2", b"\7made with suno")) + mpeg(),
        id3(frame(b"TIT2", b"\0made with suno"), flags=1) + mpeg(),
        id3(syncsafe(5) + b"\1\0", frame(b"TIT2", b"\0made with suno"), flags=0x40) + mpeg(),
        id3(syncsafe(500) + b"\1\0", frame(b"TIT2", b"\0made with suno"), flags=0x40) + mpeg(),
        id3(frame(b"TIT2", b"\0made with suno", 4, 0x8000)) + mpeg(),
        id3(frame(b"WOAS", SUNO, 4, 0x40)) + mpeg(),
        id3(frame(b"WOAS", SUNO, 4, 1)) + mpeg(),
        mpeg() + ape(b"Comment", b"hello").replace(b"\5\0\0\0\0\0\0\0Com", b"\2\0\0\0\0\0\0\0Com"),
    ],
)
def test_bytes_that_mean_nothing_are_told(content: bytes) -> None:
    assert troubles(look(content))


@pytest.mark.parametrize(
    "content",
    [
        id3(frame(b"TIT2", b"\0x"), b"\0" * 400) + b"\0" * 400 + mpeg(),
        id3(frame(b"TIT2", b"\3Lied f\xc3\xbcr dich\0und\0mich\0")) + mpeg(),
        id3(frame(b"TIT2", b"\1\xff\xfex\0\0")) + mpeg(),
        id3(frame(b"WXXX", b"\3home\0https://example.org/\xe9")) + mpeg(),
        id3(frame(b"WOAS", syncsafe(len(SUNO)) + SUNO, 4, 1)) + mpeg(),
        id3(frame(b"WOAS", b"\1" + SUNO, 4, 0x40), frame(b"GRID", b"us\0\1")) + mpeg(),
        id3(frame(b"TIT2", b"\0x", 3, 0x6000), version=3) + mpeg(),
        id3(frame(b"TIT2", b"\0said to have an extended header"), flags=0x40) + mpeg(),
    ],
)
def test_padding_and_odd_but_whole_frames_are_no_trouble(content: bytes) -> None:
    assert troubles(look(content)) == []


def test_flac_behind_a_tag() -> None:
    block = comments(b"libFLAC", b"comment=made")
    flac = b"fLaC" + b"\x84" + len(block).to_bytes(3, "big") + block
    carried = look(id3(frame(b"TIT2", b"\0x")) + flac)
    assert tags(carried) == {"id3 TIT2": "x", "vorbis vendor": "libFLAC", "vorbis COMMENT": "made"}


def test_too_much_is_told() -> None:
    big = id3(frame(b"TIT2", b"\0" + b"x" * 5000))
    assert troubles(look(big + mpeg(), Limits(metadata_bytes=1000)))


@pytest.mark.parametrize(
    ("head", "length"),
    [
        (b"\xff\xfb\x90\x00", 417),  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz
        (b"\xff\xfb\x92\x00", 418),  # the same with padding
        (b"\xff\xfd\x84\x00", 384),  # MPEG-1 layer II, 128 kbit/s, 48 kHz
        (b"\xff\xff\x94\x00", 288),  # MPEG-1 layer I, 288 kbit/s, 48 kHz
        (b"\xff\xf3\x84\xc0", 192),  # MPEG-2 layer III, 64 kbit/s, 24 kHz
        (b"\xff\xfb\xf0\x00", 0),  # a rate that does not exist
        (b"RIFF", 0),
    ],
)
def test_length_of_a_frame(head: bytes, length: int) -> None:
    assert mpeg_audio.frame_length(head) == length


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_a_fault(junk: bytes) -> None:
    look(b"ID3\4\0\0" + junk)
    look(id3(junk, version=3) + mpeg())


def test_what_a_real_muxer_writes() -> None:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    with av.open(target, "w", format="mp3") as container:
        container.metadata["comment"] = "made with suno"
        stream = container.add_stream("libmp3lame", rate=44100, layout="mono")
        for at in range(20):
            sound = av.AudioFrame(format="s16p", layout="mono", samples=1152)
            sound.rate, sound.pts = 44100, at * 1152
            sound.planes[0].update(b"\0\x10" * 1152)
            container.mux(stream.encode(sound))
        container.mux(stream.encode())
    carried = look(target.getvalue())
    assert tags(carried)["id3 TXXX:comment"] == "made with suno"
    assert tags(carried)["id3 encoder"].startswith("L")
    assert troubles(carried) == []
    assert troubles(look(target.getvalue()[: len(target.getvalue()) // 2]))


def test_damaged_tags_inside_other_containers_are_told() -> None:
    assert troubles(list(reader.tags(b"no tag at all", Limits())))


def test_adts_sound_behind_a_tag() -> None:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    with av.open(target, "w", format="adts") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        for at in range(20):
            sound = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            sound.rate, sound.pts = 44100, at * 1024
            sound.planes[0].update(b"\0" * sound.planes[0].buffer_size)
            container.mux(stream.encode(sound))
        container.mux(stream.encode())
    whole = id3(frame(b"TIT2", b"\0x")) + target.getvalue()
    assert troubles(look(whole)) == []
    assert troubles(look(whole[:-3]))

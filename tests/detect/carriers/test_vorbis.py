"""FLAC and Ogg: comment fields, page checksums, and where the sound must end."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.detect.carriers import ogg, vorbis
from checkthegate.seams import Limits

from .made import comments, found, frame, id3, tags, troubles


def look(content: bytes, limits: Limits | None = None):
    return found(vorbis.read, content, "audio/ogg", limits)


def page(serial: int, number: int, flags: int, *packets: bytes, open_end: bool = False) -> bytes:
    lacing = b"".join(b"\xff" * (len(one) // 255) + bytes([len(one) % 255]) for one in packets)
    lacing = lacing[:-1] if open_end else lacing
    head = b"OggS\0" + bytes([flags]) + struct.pack("<QII", 0, serial, number) + b"\0" * 4
    raw = head + bytes([len(lacing)]) + lacing + b"".join(packets)
    return raw[:22] + struct.pack("<I", slow_checksum(raw)) + raw[26:]


def slow_checksum(raw: bytes) -> int:
    """The checksum as RFC 3533 describes it, bit by bit."""
    crc = 0
    for byte in raw:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc


@given(st.binary(min_size=27, max_size=300))
def test_checksum_is_the_one_described(raw: bytes) -> None:
    raw = raw[:22] + b"\0" * 4 + raw[26:]
    assert ogg.checksum(raw) == slow_checksum(raw)


FIELDS = comments(b"Lavf", b"comment=made with suno", b"prompt=" + b"long " * 200)
HEADS = {
    "vorbis": (b"\x01vorbis" + b"\0" * 23, b"\x03vorbis" + FIELDS + b"\1"),
    "opus": (b"OpusHead" + b"\0" * 11, b"OpusTags" + FIELDS),
    "flac": (
        b"\x7fFLAC\1\0\0\1fLaC" + b"\0" * 38,
        b"\x84" + len(FIELDS).to_bytes(3, "big") + FIELDS,
    ),
    "speex": (b"Speex   " + b"\0" * 72, FIELDS),
    "theora": (b"\x80theora" + b"\0" * 35, b"\x81theora" + FIELDS),
}


def stream(codec: str, serial: int = 7) -> bytes:
    first, second = HEADS[codec]
    sound = page(serial, 2, 0, b"\xaa" * 300)
    return (
        page(serial, 0, 2, first) + page(serial, 1, 0, second) + sound + page(serial, 3, 4, b"end")
    )


@pytest.mark.parametrize("codec", list(HEADS))
def test_every_codec(codec: str) -> None:
    carried = look(stream(codec))
    assert tags(carried) == {
        "vorbis vendor": "Lavf",
        "vorbis COMMENT": "made with suno",
        "vorbis PROMPT": "long " * 200,
    }
    assert troubles(carried) == []


def test_comments_over_two_pages_and_a_second_chain() -> None:
    first, second = HEADS["opus"]
    pages = page(1, 0, 2, first) + page(1, 1, 0, second[:510], open_end=True)
    pages += page(1, 2, 1, second[510:]) + page(1, 3, 4, b"x")
    carried = look(pages + stream("vorbis", 2))
    assert [tag.key for tag in carried].count("COMMENT") == 2
    assert troubles(carried) == []


@pytest.mark.parametrize("keep", range(5, len(stream("opus")), 29))
def test_every_cut_of_an_ogg_is_told(keep: int) -> None:
    assert troubles(look(stream("opus")[:keep])), keep


@pytest.mark.parametrize("at", range(0, len(stream("opus")), 53))
def test_every_changed_byte_of_an_ogg_is_told(at: int) -> None:
    whole = bytearray(stream("opus"))
    whole[at] ^= 0x10
    assert troubles(look(bytes(whole))), at


@pytest.mark.parametrize(
    "content",
    [
        page(1, 0, 2, HEADS["opus"][0]) + page(1, 2, 4, HEADS["opus"][1]),
        page(1, 0, 0, b"no beginning"),
        page(1, 0, 2, HEADS["vorbis"][0]) + page(1, 1, 0, b"x", b"y") + page(1, 2, 4, b"z"),
        page(1, 0, 2, HEADS["opus"][0]) + page(1, 1, 4, b"OpusTags" + b"\xff" * 20),
        page(1, 0, 6, HEADS["speex"][0], comments(b"v", b"no equals sign")),
        stream("opus") + b"garbage",
        b"".join(page(at, 0, 6, b"x") for at in range(400)),
    ],
)
def test_crooked_files_are_told(content: bytes) -> None:
    assert troubles(look(content))


def flac(*, sound: bool = True) -> bytes:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    with av.open(target, "w", format="flac") as container:
        container.metadata["comment"] = "made with suno"
        coder = container.add_stream("flac", rate=8000, layout="mono")
        for at in range(3):
            piece = av.AudioFrame(format="s16", layout="mono", samples=4000)
            piece.rate, piece.pts = 8000, at * 4000
            piece.planes[0].update(bytes(byte * 7 % 251 for byte in range(8000)))
            container.mux(coder.encode(piece))
        container.mux(coder.encode())
    return target.getvalue()


def test_flac_of_a_real_muxer_and_its_damages() -> None:
    whole = flac()
    carried = look(whole)
    assert tags(carried)["vorbis DESCRIPTION"] == "made with suno"
    assert troubles(carried) == []
    for keep in range(5, len(whole), max(1, len(whole) // 60)):
        assert troubles(look(whole[:keep])), keep
    assert troubles(look(whole[:-20] + b"\x55" + whole[-19:]))
    assert tags(look(whole + b"TAG" + b"Song".ljust(125, b"\0")))["id3 ID3v1:Title"] == "Song"
    wrapped = look(id3(frame(b"TIT2", b"\0x")) + whole)
    assert troubles(wrapped)  # not told as Ogg
    assert troubles(look(whole[:4] + b"\x7f" + whole[5:]))


def test_a_reserved_size_in_a_flac_frame_is_told() -> None:
    whole = flac()
    reserved = b"\xff\xf8\x09\x18\0" + bytes(20)
    assert troubles(look(whole[: -len(reserved)] + reserved))


def test_flac_application_blocks_and_missing_description() -> None:
    block = b"\x82" + (8).to_bytes(3, "big") + b"riffABCD"
    carried = look(b"fLaC" + block + b"\xff\xf8")
    assert tags(carried) == {"vorbis APPLICATION": "riff"}
    assert troubles(carried)


def test_too_much_is_told() -> None:
    assert troubles(look(b"fLaC\x84\x7f\xff\xff" + b"\0" * 0x7FFFFF, Limits(metadata_bytes=100)))
    many = comments(b"v", *[b"A=b"] * 40)
    assert troubles(look(page(1, 0, 6, b"OpusHead", b"OpusTags" + many), Limits(items=5)))


@pytest.mark.parametrize(("codec", "rate"), [("libopus", 48000), ("flac", 44100)])
def test_what_a_real_muxer_writes(codec: str, rate: int) -> None:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    with av.open(target, "w", format="ogg") as container:
        coder = container.add_stream(codec, rate=rate, layout="stereo")
        coder.metadata["comment"] = "made with suno"
        for at in range(20):
            form = "s16" if codec == "flac" else "fltp"
            piece = av.AudioFrame(format=form, layout="stereo", samples=960)
            piece.rate, piece.pts = rate, at * 960
            for plane in piece.planes:
                plane.update(b"\0" * plane.buffer_size)
            container.mux(coder.encode(piece))
        container.mux(coder.encode())
    carried = look(target.getvalue())
    assert tags(carried)["vorbis DESCRIPTION"] == "made with suno"
    assert troubles(carried) == []

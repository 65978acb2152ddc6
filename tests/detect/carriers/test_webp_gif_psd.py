"""WebP, GIF and Photoshop files: what they say, and what happens when they are damaged."""

import struct
from pathlib import Path

import pytest

from tests.detect.carriers.images import AI, ai_xmp, comment, dataset, resource, said

_DST = "Iptc4xmpExt:DigitalSourceType"


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _webp(*chunks: bytes, flags: int = 0x0C) -> bytes:
    body = b"WEBP" + _riff(b"VP8X", bytes([flags]) + bytes(9)) + _riff(b"VP8L", b"/\1\2\3")
    body += b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


_EXIF = _riff(b"EXIF", comment(b"UNICODE", "Steps: 20".encode("utf-16-be")))
_XMP = _riff(b"XMP ", ai_xmp())


def test_webp_with_and_without_the_label_before_exif(tmp_path: Path) -> None:
    found = said(tmp_path, _webp(_EXIF, _XMP))
    assert found.value("exif", "UserComment") == "Steps: 20"
    assert found.value("xmp", _DST) == AI
    assert not found.troubles
    labelled = _riff(b"EXIF", b"Exif\0\0" + comment(b"ASCII", b"Steps: 20"))
    assert said(tmp_path, _webp(labelled, flags=8)).value("exif", "UserComment") == "Steps: 20"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (_webp(_EXIF, _XMP)[:-40], "cut off"),
        (_webp(_EXIF, _XMP) + b"more", "added"),
        (_webp(_EXIF, _XMP).replace(b"EXIF", b"EXIG"), "EXIF"),
        (_webp(_EXIF, flags=12), "XMP"),
        (_webp(flags=0).replace(b"VP8L", b"VP8Z"), "no picture"),
        (_webp(_EXIF + b"XMP \xff\xff\xff\x0f", flags=8), "no end"),
    ],
)
def test_damaged_webp(tmp_path: Path, content: bytes, word: str) -> None:
    found = said(tmp_path, content)
    assert any(word in reason for reason in found.troubles), found.troubles


def _blocks(body: bytes) -> bytes:
    cut = (body[at : at + 255] for at in range(0, len(body), 255))
    return b"".join(bytes([len(part)]) + part for part in cut) + b"\0"


def _gif(*extensions: bytes, end: bytes = b"\x3b") -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 2, 2, 0) + b"\2" + _blocks(b"\x84\x51")
    return screen + b"".join(extensions) + picture + end


_MAGIC = b"\1" + bytes(range(255, -1, -1)) + b"\0"


def test_gif_comment_and_xmp(tmp_path: Path) -> None:
    text = b'{"prompt": "' + b"x" * 600 + b'"}'
    packet = b"\x21\xff\x0bXMP DataXMP" + ai_xmp() + _MAGIC
    loop = b"\x21\xff\x0bNETSCAPE2.0" + _blocks(b"\1\0\0")
    found = said(tmp_path, _gif(loop, b"\x21\xfe" + _blocks(text), packet))
    assert found.value("gif", "comment") == text.decode()
    assert found.value("xmp", _DST) == AI
    assert not found.troubles


@pytest.mark.parametrize(
    "content",
    [
        _gif(end=b""),
        _gif()[:-4],
        _gif(b"\x55"),
        _gif(b"\x21\xfe\xffshort"),
        b"GIF89a\1\0\1\0\0\0\0\x3b",
        b"GIF89a\1",
    ],
)
def test_damaged_gif(tmp_path: Path, content: bytes) -> None:
    assert said(tmp_path, content).troubles


def _psd(resources: bytes, picture: bytes, *, big: bool = False) -> bytes:
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 2 if big else 1, 3, 2, 4, 8, 3)
    layers = struct.pack(">Q" if big else ">I", 0)
    return head + bytes(4) + struct.pack(">I", len(resources)) + resources + layers + picture


_RAW = b"\0\0" + bytes(3 * 2 * 4)
_RUNS = b"\0\1" + struct.pack(">H", 2) * 6 + b"\xfd\0" * 6
_BIG_RUNS = b"\0\1" + struct.pack(">I", 2) * 6 + b"\xfd\0" * 6
_RESOURCES = (
    resource(0x03ED, b"odd")
    + resource(0x0404, dataset(110, b"Made with Google AI"))
    + resource(0x0422, comment(b"ASCII", b"Steps: 20"))
    + resource(0x0424, ai_xmp())
)


@pytest.mark.parametrize(("picture", "big"), [(_RAW, False), (_RUNS, False), (_BIG_RUNS, True)])
def test_photoshop_resources(tmp_path: Path, picture: bytes, big: bool) -> None:
    whole = _psd(_RESOURCES, picture, big=big)
    found = said(tmp_path, whole)
    assert found.value("iptc", "2:110 Credit") == "Made with Google AI"
    assert found.value("exif", "UserComment") == "Steps: 20"
    assert found.value("xmp", _DST) == AI
    assert not found.troubles
    assert said(tmp_path, whole[:-1]).troubles


@pytest.mark.parametrize(
    "content",
    [
        _psd(_RESOURCES, _RAW)[:60],
        _psd(_RESOURCES[:-9], _RAW),
        _psd(_RESOURCES, _RAW).replace(b"8BIM", b"9BIM"),
        _psd(_RESOURCES, _RAW).replace(b"8BPS\0\1", b"8BPS\0\7"),
        _psd(_RESOURCES, b"\0\1" + struct.pack(">H", 9) * 6 + b"\xfd\0" * 6),
        _psd(b"", _RAW).replace(struct.pack(">II", 2, 4), struct.pack(">II", 0, 4)),
    ],
)
def test_damaged_photoshop_files(tmp_path: Path, content: bytes) -> None:
    assert said(tmp_path, content).troubles


def test_iptc_is_read_by_its_lengths(tmp_path: Path) -> None:
    long = b"\x1c\x02\x78\x80\x04" + struct.pack(">I", 5) + b"story"
    place = dataset(90, b"Sometown") + dataset(101, b"Somewhere")
    block = dataset(90, b"\x1b%G", 1) + place + long + dataset(110, "Größe".encode())
    found = said(tmp_path, _psd(resource(0x0404, block), _RAW))
    assert [(tag.key, tag.value) for tag in found.tags] == [
        ("2:120 Caption/Abstract", "story"),
        ("2:110 Credit", "Größe"),
    ]
    assert said(tmp_path, _psd(resource(0x0404, block[:-3]), _RAW)).troubles

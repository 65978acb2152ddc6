"""Exif and TIFF: encodings of text, both byte orders, and directories that lie."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkthegate.detect.carriers import Tag, Trouble, exif
from tests.detect.carriers.images import AI, ai_xmp, comment, dataset, resource, said, tiff


def _tags(block: bytes) -> dict[str, str]:
    return {one.key: one.value for one in exif.parse(block) if isinstance(one, Tag)}


def _troubles(block: bytes) -> list[str]:
    return [one.reason for one in exif.parse(block) if isinstance(one, Trouble)]


@pytest.mark.parametrize("order", ["<", ">"])
def test_names_and_values(order: str) -> None:
    block = tiff(
        {
            0x010F: (2, b"Prompt: {}\0"),
            0x0110: (2, b"Mod\0"),
            0x0131: (2, "Grün\0".encode()),
            0x9C9C: (1, "夜 comment\0".encode("utf-16-le")),
            0x8825: (4, struct.pack(order + "L", 8)),
            0xEA1C: (2, b"unknown tag\0"),
        },
        order,
        {
            0x829A: (5, struct.pack(order + "LL", 1, 60)),
            0x8827: (3, struct.pack(order + "H", 800)),
            0x9003: (2, b"2026:01:02 03:04:05\0"),
        },
    )
    assert _tags(block) == {
        "Make": "Prompt: {}",
        "Model": "Mod",
        "Software": "Grün",
        "XPComment": "夜 comment",
        "GPSInfo": "present",
        "0xEA1C": "unknown tag",
        "ExposureTime": "1/60",
        "ISOSpeedRatings": "800",
        "DateTimeOriginal": "2026:01:02 03:04:05",
    }
    assert not _troubles(block)


_WORDS = "a girl, 夜の街, steps: 20"
_CHINESE = "夜晚的城市街道上有一只黑色的猫在慢慢地走路，天空中下着雨"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        (b"UNICODE", _WORDS.encode("utf-16-le"), _WORDS),
        (b"UNICODE", _WORDS.encode("utf-16-be"), _WORDS),
        (b"UNICODE", _WORDS.encode("utf-16"), _WORDS),
        (b"UNICODE", _WORDS.encode(), _WORDS),
        (b"UNICODE", _CHINESE.encode("utf-16-le"), _CHINESE),
        (b"UNICODE", _CHINESE.encode("utf-16-be"), _CHINESE),
        (b"ASCII", b"Steps: 20\0\0", "Steps: 20"),
        (b"ASCII", _WORDS.encode(), _WORDS),
        (b"", _WORDS.encode(), _WORDS),
        (b"", _WORDS.encode("utf-16-le"), _WORDS),
        (b"", _WORDS.encode("utf-16-be"), _WORDS),
        (b"JIS", _WORDS.encode("iso2022_jp"), _WORDS),
        (b'{"prompt', b'": "no mark"}', '{"prompt": "no mark"}'),
        (b"charset=", b'"Unicode" Steps: 20', "Steps: 20"),
    ],
)
def test_user_comment_in_its_encodings(order: str, code: bytes, raw: bytes, text: str) -> None:
    assert _tags(comment(code, raw, order)) == {"UserComment": text}


def test_a_comment_with_a_damaged_number_is_found_or_told() -> None:
    block = comment(b"UNICODE", "Steps: 20".encode("utf-16-be"), ">")
    for at in range(8, 8 + 2 + 12 + 4 + 2 + 12):
        for bit in range(8):
            damaged = bytearray(block)
            damaged[at] ^= 1 << bit
            found = list(exif.parse(bytes(damaged)))
            assert any(isinstance(one, Trouble) or one.key == "UserComment" for one in found)


def test_writers_that_leave_out_the_pointer_behind_a_sub_directory() -> None:
    block = comment(b"ASCII", b"Steps")
    at = block.index(b"ASCII") - 4
    joined = block[:at] + block[at + 4 :]
    shifted = joined.replace(struct.pack("<L", at + 4), struct.pack("<L", at))
    assert _tags(shifted) == {"UserComment": "Steps"}
    assert not _troubles(shifted)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"garbage, not a block",
        b"II*\0\xff\xff\0\0",
        b"II*\0\x08\0\0\0\0\0" + b"\0\0\0\0" + b"content that a count of 0 hides",
        tiff({0x010E: (2, b"a long description\0")})[:-6],
        tiff({0x010E: (2, b"abc\0")}, following=8),
        tiff({0x010E: (2, b"abc\0")}, following=9000),
        tiff({0x010E: (2, b"abc\0"), 0x8769: (4, struct.pack("<L", 8))}),
        tiff({0x010E: (2, b"abc\0"), 0x8769: (4, struct.pack("<L", 1 << 30))}),
        tiff({0x010E: (2, b"abcdef\0")}).replace(b"\7\0\0\0", b"\xff\xff\xff\x7f"),
        tiff({0x010E: (2, b"abc\0")}).replace(b"\x0e\1\2\0", b"\x0e\1\x42\0"),
        b"II*\0\x08\0\0\0\xff\x0f" + bytes(12 * 10),
    ],
)
def test_directories_that_lie(block: bytes) -> None:
    assert _troubles(block)


def test_an_empty_directory_with_nothing_behind_it_is_whole() -> None:
    assert not _troubles(b"II*\0\x08\0\0\0" + bytes(8))


@given(st.binary(max_size=300))
def test_no_bytes_raise(tail: bytes) -> None:
    for head in (b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0"):
        list(exif.parse(head + tail))


def test_a_tiff_file_with_packets_of_other_carriers(tmp_path: Path) -> None:
    content = tiff(
        {
            0x010E: (2, b"Workflow: {}\0"),
            0x02BC: (1, ai_xmp()),
            0x83BB: (7, dataset(110, b"Made with Google AI")),
            0x8649: (1, resource(0x0404, dataset(65, b"Program"))),
            0x0111: (4, struct.pack("<LL", 8, 16)),
            0x0117: (4, struct.pack("<LL", 8, 8)),
        }
    )
    found = said(tmp_path, content)
    assert {(tag.carrier, tag.key): tag.value for tag in found.tags} == {
        ("exif", "ImageDescription"): "Workflow: {}",
        ("xmp", "Iptc4xmpExt:DigitalSourceType"): AI,
        ("iptc", "2:110 Credit"): "Made with Google AI",
        ("iptc", "2:65 Originating Program"): "Program",
    }
    assert not found.troubles


@pytest.mark.parametrize(("where", "length"), [(0x0111, 0x0117), (0x0144, 0x0145)])
def test_pixels_beyond_the_end_of_a_tiff(tmp_path: Path, where: int, length: int) -> None:
    table = {where: (4, struct.pack("<LL", 8, 5000)), length: (4, struct.pack("<LL", 8, 8))}
    assert "beyond its end" in said(tmp_path, tiff(table)).troubles[0]


def test_big_tiff(tmp_path: Path) -> None:
    text = b"ComfyUI workflow\0"
    entry = struct.pack("<HHQQ", 0x010E, 2, len(text), 52)
    content = b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 1) + entry + bytes(8) + text
    assert said(tmp_path, content).value("exif", "ImageDescription") == "ComfyUI workflow"
    assert said(tmp_path, content[:-3]).troubles


def test_deeply_linked_directories_end(tmp_path: Path) -> None:
    many = b"".join(
        struct.pack("<HHHLLL", 1, 0x0100, 3, 1, 4, 8 + 18 * (at + 1)) for at in range(500)
    )
    assert "more directories" in said(tmp_path, b"II*\0\x08\0\0\0" + many).troubles[-1]

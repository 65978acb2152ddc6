"""PNG chunks: every kind of text, every kind of damage."""

import struct
import zlib
from pathlib import Path

import pytest

from checkthegate.seams import Limits
from tests.detect.carriers.images import AI, ai_xmp, chunk, comment, png, resource, said

_TEXT = "a lighthouse in fog, Größe 夜"


def test_texts_of_all_three_kinds_and_after_the_pixels(tmp_path: Path) -> None:
    content = png(
        chunk(b"tEXt", b"parameters\0" + _TEXT.encode()),
        chunk(b"tEXt", b"Author\0Gr\xf6\xdfe"),
        chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b'{"3": {}}')),
        chunk(b"iTXt", b"Title\0\0\0en\0Titel\0" + _TEXT.encode()),
        after=chunk(b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(_TEXT.encode())),
    )
    found = said(tmp_path, content)
    assert [(tag.key, tag.value) for tag in found.tags] == [
        ("parameters", _TEXT),
        ("Author", "Größe"),
        ("prompt", '{"3": {}}'),
        ("Title", _TEXT),
        ("workflow", _TEXT),
    ]
    assert {tag.carrier for tag in found.tags} == {"png"}
    assert found.tags[1].raw == b"Gr\xf6\xdfe"
    assert not found.troubles


def test_a_keyword_may_come_twice(tmp_path: Path) -> None:
    found = said(tmp_path, png(chunk(b"tEXt", b"Comment\0a"), chunk(b"tEXt", b"Comment\0b")))
    assert found.values("png", "Comment") == ["a", "b"]


def test_exif_chunk_and_xmp_text(tmp_path: Path) -> None:
    block = comment(b"ASCII", b"Steps: 20")
    packet = b"XML:com.adobe.xmp\0\0\0\0\0" + ai_xmp()
    found = said(tmp_path, png(chunk(b"eXIf", block), chunk(b"iTXt", packet)))
    assert found.value("exif", "UserComment") == "Steps: 20"
    assert found.value("xmp", "Iptc4xmpExt:DigitalSourceType") == AI
    assert AI in found.value("png", "XML:com.adobe.xmp")


@pytest.mark.parametrize("kind", ["exif", "xmp", "iptc"])
def test_profiles_written_as_hexadecimal_text(tmp_path: Path, kind: str) -> None:
    packet = {
        "exif": b"Exif\0\0" + comment(b"ASCII", b"Steps: 20"),
        "xmp": ai_xmp(),
        "iptc": resource(0x0404, b"\x1c\x02\x6e\0\x13Made with Google AI"),
    }[kind]
    lines = f"\n{kind}\n{len(packet):8}\n{packet.hex()}\n".encode()
    body = f"Raw profile type {kind}\0\0".encode() + zlib.compress(lines)
    found = said(tmp_path, png(chunk(b"zTXt", body)))
    assert [tag.value for tag in found.tags] == [
        {"exif": "Steps: 20", "xmp": AI, "iptc": "Made with Google AI"}[kind]
    ]
    short = f"Raw profile type {kind}\0\0".encode() + zlib.compress(lines[:-20])
    assert said(tmp_path, png(chunk(b"zTXt", short))).troubles


def test_positions_are_present_and_nothing_more(tmp_path: Path) -> None:
    packet = ai_xmp().replace(b'rdf:about=""', b'rdf:about="" exif:GPSLatitude="51,30.5N"')
    found = said(
        tmp_path,
        png(
            chunk(b"tEXt", b"exif:GPSLatitude\0" + b"51/1, 30/1"),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet),
        ),
    )
    assert found.values("png", "exif:GPSInfo") == ["present"]
    assert found.values("xmp", "exif:GPSInfo") == ["present"]
    assert "51" not in "".join(tag.value for tag in found.tags)


def test_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    content = png(chunk(b"tEXt", b"parameters\0Steps: 20"))
    for at in range(8, len(content)):
        damaged = bytearray(content)
        damaged[at] ^= 0x10
        assert said(tmp_path, bytes(damaged)).troubles, at


def test_a_text_with_a_wrong_checksum_is_still_read(tmp_path: Path) -> None:
    found = said(tmp_path, png(chunk(b"tEXt", b"parameters\0Steps: 20")[:-1] + b"!"))
    assert found.values("png", "parameters") == ["Steps: 20"]
    assert "checksum" in found.troubles[0]


@pytest.mark.parametrize("kept", [9, 20, 33, 50, 60, -1, -12])
def test_cut_off_anywhere(tmp_path: Path, kept: int) -> None:
    assert said(tmp_path, png()[:kept]).troubles


@pytest.mark.parametrize(
    ("extra", "word"),
    [
        (chunk(b"zTXt", b"prompt\0\0not zlib"), "damaged"),
        (chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b"x" * 500)[:-6]), "cut off"),
        (chunk(b"iTXt", b"prompt\0\0\0only"), "divided"),
        (chunk(b"tEXt", b"no end of the name"), "name"),
        (struct.pack(">I", 0x7FFFFFF0) + b"tEXt", "cut off"),
        (struct.pack(">I", 0xFFFFFFFF) + b"tEXt", "damaged"),
        (b"\0\0\0\0\1\2\3\4\0\0\0\0", "damaged"),
    ],
)
def test_broken_chunks(tmp_path: Path, extra: bytes, word: str) -> None:
    found = said(tmp_path, png(extra))
    assert any(word in reason for reason in found.troubles), found.troubles


@pytest.mark.parametrize(
    ("at", "value"), [(16, b"\0\0\0\0"), (24, b"\3"), (25, b"\5"), (26, b"\1")]
)
def test_a_header_that_makes_no_sense(tmp_path: Path, at: int, value: bytes) -> None:
    content = png()
    changed = content[:at] + value + content[at + len(value) :]
    whole = changed[:29] + struct.pack(">I", zlib.crc32(changed[12:29])) + changed[33:]
    assert "no sense" in said(tmp_path, whole).troubles[0]


def test_a_text_bomb_is_bounded(tmp_path: Path) -> None:
    body = b"prompt\0\0" + zlib.compress(bytes(3_000_000))
    found = said(tmp_path, png(chunk(b"zTXt", body)), limits=Limits(metadata_bytes=1_000_000))
    assert not found.tags
    assert "more than is allowed" in found.troubles[0]
    plain = chunk(b"tEXt", b"a\0" + b"x" * 900) * 2
    found = said(tmp_path, png(plain), limits=Limits(metadata_bytes=1000))
    assert len(found.tags) == 1
    assert "not all was read" in found.troubles[0]


def test_big_pictures_are_checked_through_the_window(tmp_path: Path) -> None:
    noise = bytes((at * 7919 + at // 3) % 251 for at in range(700_000))
    pixels = chunk(b"IDAT", noise)
    content = png(pixels, after=chunk(b"tEXt", b"prompt\0late"))
    found = said(tmp_path, content)
    assert found.value("png", "prompt") == "late"
    assert not found.troubles
    damaged = bytearray(content)
    damaged[400_000] ^= 1
    found = said(tmp_path, bytes(damaged))
    assert found.value("png", "prompt") == "late"
    assert found.troubles

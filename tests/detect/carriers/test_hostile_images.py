"""Image files made to crash, to stall or to fill the memory of whoever reads them."""

import random
import struct
import zlib
from pathlib import Path

import pytest

from checkthegate.seams import Limits
from tests.detect.carriers.images import (
    ai_xmp,
    chunk,
    comment,
    dataset,
    jpeg,
    png,
    resource,
    said,
    segment,
    tiff,
)

_EXIF = b"Exif\0\0" + comment(b"UNICODE", "Steps: 20".encode("utf-16-be"))
_WHOLE = {
    "png": png(chunk(b"eXIf", _EXIF[6:]), chunk(b"zTXt", b"a\0\0" + zlib.compress(b"b"))),
    "jpeg": jpeg(
        segment(0xE1, _EXIF),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + ai_xmp()),
        segment(0xED, b"Photoshop 3.0\0" + resource(0x0404, dataset(110, b"AI"))),
    ),
    "tiff": tiff({0x010E: (2, b"text\0"), 0x02BC: (1, ai_xmp())}, ">", {0x9286: (7, b"x" * 20)}),
    "xmp": ai_xmp(),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", sorted(_WHOLE))
def test_no_damage_raises_or_stalls(tmp_path: Path, name: str) -> None:
    chance = random.Random(name)
    for _ in range(150):
        content = bytearray(_WHOLE[name])
        for _ in range(chance.choice((1, 4, 30))):
            content[chance.randrange(4, len(content))] = chance.randrange(256)
        if chance.random() < 0.3:
            del content[chance.randrange(4, len(content)) :]
        said(tmp_path, bytes(content))


def test_offsets_no_file_can_have(tmp_path: Path) -> None:
    far = (1 << 64) - 1
    big_tiff = b"II+\0\x08\0\0\0" + struct.pack("<Q", far)
    assert said(tmp_path, big_tiff + bytes(40)).troubles
    entry = struct.pack("<HHQQ", 0x9999, 7, 1 << 40, far)
    assert not said(tmp_path, b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 1) + entry).tags
    header = b"".join(
        name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value
        for name, kind, value in (
            (b"channels", b"chlist", b"\0"),
            (b"compression", b"compression", b"\0"),
            (b"dataWindow", b"box2i", struct.pack("<iiii", 0, 0, 0, 0)),
        )
    )
    exr = b"\x76\x2f\x31\x01\2\0\0\0" + header + b"\0" + struct.pack("<Q", far)
    assert said(tmp_path, exr + bytes(40)).troubles


def test_one_text_named_by_every_entry(tmp_path: Path) -> None:
    entries = b"".join(struct.pack("<HHLL", 0xF000 + at, 2, 50_000, 12_100) for at in range(1000))
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 1000) + entries + bytes(100) + b"x" * 50_000
    found = said(tmp_path, block)
    assert "over and over" in found.troubles[0]
    assert len(found.tags) < 10


@pytest.mark.timeout(60)
def test_very_many_parts_end_soon(tmp_path: Path) -> None:
    few = Limits(items=100)
    assert said(tmp_path, png(chunk(b"tEXt", b"a\0b") * 30_000), limits=few).troubles
    assert said(tmp_path, jpeg(segment(0xFE, b"x") * 30_000), limits=few).troubles
    gif = b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xfe\1x\0" * 30_000 + b"\x3b"
    assert said(tmp_path, gif, limits=few).troubles
    block = resource(0x0404, dataset(25, b"word") * 30_000)
    assert said(tmp_path, tiff({0x8649: (1, block)}), limits=few).troubles

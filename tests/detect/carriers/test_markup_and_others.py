"""SVG, XML and HTML; JPEG 2000, JPEG XL and bitmaps; and who reads what."""

import struct
from importlib.util import find_spec
from pathlib import Path

import pytest

from checkthegate.delivery import identify
from checkthegate.detect.carriers import READERS
from checkthegate.seams import Limits
from tests.detect.carriers.images import AI, ai_xmp, comment, said, segment, tiff

_DST = "Iptc4xmpExt:DigitalSourceType"
_RDF = ai_xmp().decode().partition("<x:xmpmeta")[2].partition(">")[2].partition("</x:xmpmeta>")[0]


def _svg(inside: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode()


def test_svg_metadata_title_and_comments(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://example.invalid/svg11.dtd">'
    inside = f"<!-- Generator: X --><title>A title</title><metadata>{_RDF}</metadata><g/>"
    found = said(tmp_path, _svg(inside, doctype))
    assert {(tag.carrier, tag.key): tag.value for tag in found.tags} == {
        ("svg", "comment"): "Generator: X",
        ("svg", "title"): "A title",
        ("xmp", _DST): AI,
    }
    assert not found.troubles


def test_broken_svg_still_tells(tmp_path: Path) -> None:
    for content in (_svg(f"<metadata>{_RDF}</metadata><g>"), _svg(f"<g a=b><metadata>{_RDF}")):
        found = said(tmp_path, content)
        assert found.value("xmp", _DST) == AI
        assert found.troubles


def test_bounds_of_xml(tmp_path: Path) -> None:
    deep = _svg("<g>" * 300 + "</g>" * 300)
    assert "nested" in said(tmp_path, deep).troubles[0]
    entities = _svg("<g>&a;</g>", '<!DOCTYPE svg [<!ENTITY a "aaa">]>')
    assert "entities" in said(tmp_path, entities, media_type="image/svg+xml").troubles[0]
    big = _svg("<g/>" * 100)
    assert "larger" in said(tmp_path, big, limits=Limits(document_bytes=200)).troubles[0]


def test_html_names(tmp_path: Path) -> None:
    page = (
        '<html><head><META content="Some&#39;AI" name=generator><meta property="og:title" '
        "content='T'><meta charset=utf-8></head>"
    )
    found = said(tmp_path, page.encode())
    assert found.value("html", "generator") == "Some'AI"
    assert found.value("html", "og:title") == "T"


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


_XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_STREAM = (
    b"\xff\x4f"
    + segment(0x51, bytes(36))
    + segment(0x64, b"\0\1made by OpenJPEG")
    + b"\xff\x90\0\x0a"
    + bytes(8)
    + b"\xff\x93\xff\xd9"
)
_JP2 = (
    _box(b"jP  ", b"\r\n\x87\n")
    + _box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    + _box(b"uuid", _XMP_BOX + ai_xmp())
    + _box(b"uuid", b"JpgTiffExif->JP2" + comment(b"ASCII", b"Steps: 20"))
    + _box(b"jp2c", _STREAM)
)


def test_jpeg_2000_boxes_and_comments(tmp_path: Path) -> None:
    found = said(tmp_path, _JP2)
    assert found.value("xmp", _DST) == AI
    assert found.value("exif", "UserComment") == "Steps: 20"
    assert found.value("jp2", "comment") == "made by OpenJPEG"
    assert not found.troubles
    assert said(tmp_path, _STREAM).value("jp2", "comment") == "made by OpenJPEG"


@pytest.mark.parametrize("content", [_JP2[:-2], _JP2[:-40], _JP2[:60], _STREAM[:-1], _JP2[:32]])
def test_damaged_jpeg_2000(tmp_path: Path, content: bytes) -> None:
    assert said(tmp_path, content).troubles


def test_bare_jpeg_xl_says_nothing(tmp_path: Path) -> None:
    found = said(tmp_path, b"\xff\x0a" + bytes(40))
    assert not found.tags
    assert not found.troubles


def test_bitmaps_are_measured(tmp_path: Path) -> None:
    head = b"BM" + struct.pack("<IIIIiiHHII", 70, 0, 54, 40, 2, -2, 1, 24, 0, 16) + bytes(16)
    assert not said(tmp_path, head + bytes(16)).troubles
    assert said(tmp_path, head + bytes(15)).troubles
    assert said(tmp_path, head[:30]).troubles


def test_camera_raw_of_unknown_make_is_a_gap(tmp_path: Path) -> None:
    assert "cannot be read" in said(tmp_path, b"FUJIFILMCCD-RAW 0201" + bytes(200)).troubles[0]
    content = tiff({0x010F: (2, b"Panasonic\0")}).replace(b"II*\0", b"II\x55\0")
    raw = b"II\xbc\1" + content[4:]
    assert said(tmp_path, raw).troubles


def test_media_nobody_reads_is_a_gap(tmp_path: Path) -> None:
    assert "cannot be read here" in said(tmp_path, b"MThd\0\0\0\6\0\1\0\2" + bytes(50)).troubles[0]


def test_every_image_type_that_is_identified_has_a_reader() -> None:
    named = {media_type for _, _, media_type in identify._MAGIC}
    named |= {media_type for _, media_type in identify._BRANDS}
    named |= {*identify._RIFF.values(), *identify._ROOTS.values(), "image/tiff"}
    images = {media_type for media_type in named if media_type.startswith("image/")}
    assert images <= set(READERS)
    for module in set(READERS.values()):
        assert find_spec(f"checkthegate.detect.carriers.{module}") is not None, module

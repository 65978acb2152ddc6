"""JPEG segments, extended XMP, trailers, and every kind of damage."""

import hashlib
import itertools
import struct
from pathlib import Path

import pytest

from tests.detect.carriers.images import (
    AI,
    ai_xmp,
    comment,
    dataset,
    jpeg,
    resource,
    said,
    segment,
    xmp,
)

_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_MORE = b"http://ns.adobe.com/xmp/extension/\0"


def _extended(packet: bytes, pieces: list[int]) -> tuple[bytes, list[bytes]]:
    """The digest of a packet, and its segments cut at `pieces`."""
    digest = hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode()
    bounds = [0, *pieces, len(packet)]
    return digest, [
        segment(
            0xE1,
            _MORE + digest + struct.pack(">II", len(packet), start) + packet[start:end],
        )
        for start, end in itertools.pairwise(bounds)
    ]


def test_every_segment_that_carries_text(tmp_path: Path) -> None:
    irb = b"Photoshop 3.0\0" + resource(0x03ED, b"xx!") + resource(0x0404, dataset(110, b"AI"))
    content = jpeg(
        segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        segment(0xE1, _EXIF + comment(b"ASCII", b"Steps: 20")),
        segment(0xE1, _XMP + ai_xmp()),
        segment(0xED, irb),
        segment(0xFE, b'{"prompt": "x"}'),
        late=segment(0xC4, b"\0" * 20) + segment(0xFE, b"late"),
    )
    found = said(tmp_path, content)
    assert {(tag.carrier, tag.key): tag.value for tag in found.tags} == {
        ("exif", "UserComment"): "Steps: 20",
        ("xmp", "Iptc4xmpExt:DigitalSourceType"): AI,
        ("iptc", "2:110 Credit"): "AI",
        ("jpeg", "comment"): "late",
    }
    assert found.values("jpeg", "comment") == ['{"prompt": "x"}', "late"]
    assert not found.troubles


def test_a_second_scan_is_walked_through(tmp_path: Path) -> None:
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\xff\0" * 40_000
    found = said(tmp_path, jpeg(late=scan + b"\xff\xff" + segment(0xFE, b"between") + scan))
    assert found.value("jpeg", "comment") == "between"
    assert not found.troubles


@pytest.mark.parametrize("size", [262_143, 262_144, 262_145, 262_146, 524_288])
def test_a_marker_across_the_window(tmp_path: Path, size: int) -> None:
    found = said(tmp_path, jpeg(late=b"\x55" * size + segment(0xFE, b"here")))
    assert found.value("jpeg", "comment") == "here"


def test_extended_xmp_in_any_order(tmp_path: Path) -> None:
    packet = xmp(f"<ext:AIPromptInformation>{'word ' * 50}</ext:AIPromptInformation>")
    digest, parts = _extended(packet, [40, 90])
    main = xmp("", f'xmlns:n="http://ns.adobe.com/xmp/note/" n:HasExtendedXMP="{digest.decode()}"')
    head = segment(0xE1, _XMP + main)
    whole = said(tmp_path, jpeg(head, parts[2], parts[0], parts[1]))
    assert whole.value("xmp", "Iptc4xmpExt:AIPromptInformation") == ("word " * 50).strip()
    assert not whole.troubles
    for kept in ([parts[0], parts[2]], [parts[0], parts[1]], []):
        assert said(tmp_path, jpeg(head, *kept)).troubles


def test_the_record_of_edits_behind_the_end(tmp_path: Path) -> None:
    record = b"\0\0SEFHe\0PhotoEditor_Re_Edit_Data" + b'{"genAIType":1}' + b"SEFT"
    found = said(tmp_path, jpeg() + bytes(400_000) + record)
    value = found.value("jpeg", "trailer/PhotoEditor_Re_Edit_Data")
    assert value.startswith('{"genAIType":1}')
    assert not found.troubles


def test_a_damaged_marker_or_label_does_not_hide_what_it_holds(tmp_path: Path) -> None:
    block = _EXIF + comment(b"UNICODE", "Steps: 20".encode("utf-16-be"))
    for marker in (0xE0, 0xE3, 0xE5, 0xE9, 0xF1, 0xC1):
        assert said(tmp_path, jpeg(segment(marker, block))).value("exif", "UserComment")
    assert said(tmp_path, jpeg(segment(0xE1, b"Eyif\0\0" + block[6:]))).tags
    assert said(tmp_path, jpeg(segment(0xE1, b"g" + (_XMP + ai_xmp())[1:]))).tags


@pytest.mark.parametrize(
    "content",
    [
        jpeg(end=b""),
        jpeg()[:-1],
        jpeg(segment(0xFE, b"x"))[:5],
        jpeg(b"\xff\xfe\xff\xf0short"),
        jpeg(b"\xff\xfe\0\1"),
        jpeg(segment(0xFE, b"x") + b"stray"),
        b"\xff\xd8\xff\xd9",
    ],
)
def test_damage_is_told(tmp_path: Path, content: bytes) -> None:
    assert said(tmp_path, content).troubles


def test_nothing_inside_says_nothing(tmp_path: Path) -> None:
    found = said(tmp_path, jpeg(segment(0xE1, b"FLIR\0\1\0\0" + bytes(40))))
    assert not found.tags
    assert not found.troubles

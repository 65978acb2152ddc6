"""A place made for a credential whose content is wiped is a gap; other users of it are not."""

from __future__ import annotations

import io
import struct
from functools import cache
from pathlib import Path

import pytest

from checkthegate.credentials.development import created_manifest, sign_bytes
from checkthegate.credentials.observer import observer
from checkthegate.credentials.walks import C2PA_BOX
from tests.credentials.signing import claims, gaps, identity, seen

ISO = bytes.fromhex("00110010800000aa00389b71")


def jpeg(*segments: bytes) -> bytes:
    """A small grey picture with further segments (marker and content) at its beginning."""
    from PIL import Image

    target = io.BytesIO()
    Image.new("L", (16, 16), 128).save(target, "JPEG")
    whole = target.getvalue()
    extra = (part[:2] + struct.pack(">H", len(part)) + part[2:] for part in segments)
    return whole[:2] + b"".join(extra) + whole[2:]


def box(kind: bytes, label: bytes = b"thing\0") -> bytes:
    """One JUMBF box in an APP11 segment."""
    described = b"jumd" + kind + b"\3" + label
    inner = struct.pack(">I", len(described) + 4) + described
    return b"\xff\xebJP\0\1\0\0\0\1" + struct.pack(">I", len(inner) + 8) + b"jumb" + inner


def film(kind: bytes) -> bytes:
    """Boxes of a film with one `uuid` box of this type and wiped content."""
    head = b"ftypisom\0\0\0\0isom"
    parts = [head, b"moov", b"uuid" + kind + bytes(200), b"mdat" + bytes(32)]
    return b"".join(struct.pack(">I", len(part) + 4) + part for part in parts)


@cache
def signed_jpeg() -> bytes:
    manifest = created_manifest("Acme Paint/7", "trainedAlgorithmicMedia", "acme-image")
    return sign_bytes(jpeg(), "image/jpeg", identity(), manifest).content


@pytest.mark.parametrize("kept", [4, 6, 12, 16, 20, 24, 28, 44])
def test_a_wiped_credential_in_a_jpeg_is_a_gap(tmp_path: Path, kept: int) -> None:
    whole = signed_jpeg()
    assert "ai-generated" in claims(seen(observer({}), tmp_path, whole, "a.jpg"))
    at = whole.index(b"\xff\xeb")
    end = at + 2 + int.from_bytes(whole[at + 2 : at + 4], "big")
    wiped = whole[: at + kept] + bytes(end - at - kept) + whole[end:]
    assert gaps(seen(observer({}), tmp_path, wiped, "a.jpg"))


@pytest.mark.parametrize(
    "segments",
    [
        (),
        (b"\xff\xebHDR_RI ver=11",),
        (box(b"json" + ISO),),
        (box(b"json" + ISO), b"\xff\xebJP\0\1\0\0\0\2\0\0\0\x40jumb" + bytes(40)),
        (box(bytes.fromhex("40cb0c32bb8a489da70b2ad6f47f4369")),),
    ],
)
def test_other_users_of_the_place_are_no_gap(tmp_path: Path, segments: tuple[bytes, ...]) -> None:
    assert seen(observer({}), tmp_path, jpeg(*segments), "a.jpg") == []


@pytest.mark.parametrize(
    "segment",
    [
        b"\xff\xeb" + bytes(300),
        b"\xff\xebJP" + bytes(300),
        b"\xff\xebJP\0\1\0\0\0\2\0\0\0\x40jumb" + bytes(40),
        box(b"c2pb" + ISO),
        box(bytes(16)),
        box(b"json" + ISO, b"c2pa\0"),
    ],
)
def test_what_may_have_been_a_credential_is_a_gap(tmp_path: Path, segment: bytes) -> None:
    assert gaps(seen(observer({}), tmp_path, jpeg(segment), "a.jpg"))


@pytest.mark.parametrize("kind", [bytes(16), C2PA_BOX[:8] + bytes(8), b"\0" + C2PA_BOX[1:]])
def test_a_wiped_credential_in_a_film_is_a_gap(tmp_path: Path, kind: bytes) -> None:
    assert gaps(seen(observer({}), tmp_path, film(kind), "a.mp4"))


def test_other_boxes_of_a_film_are_no_gap(tmp_path: Path) -> None:
    kind = bytes.fromhex("50524f4621d24fcebb88695cfac9c740")
    assert seen(observer({}), tmp_path, film(kind), "a.mp4") == []

"""MXF: who wrote it, comments, encrypted essence, and partitions that are not there."""

from __future__ import annotations

import io
import struct

import pytest

from checkthegate.detect.carriers import mxf

from .made import XMP, found, tags, troubles

PARTITION = bytes.fromhex("060e2b34020501010d01020101")
INDEX = bytes.fromhex("060e2b34020501010d01020101110100")
SETS = bytes.fromhex("060e2b34025301010d01010101")
ESSENCE = bytes.fromhex("060e2b34010201010d01030116010100")
LOCKED = bytes.fromhex("060e2b34020401070d010301027e0100")


def look(content: bytes):
    return found(mxf.read, content, "application/mxf")


def packet(key: bytes, value: bytes) -> bytes:
    return key + b"\x83" + len(value).to_bytes(3, "big") + value


def field(number: int, value: bytes) -> bytes:
    return struct.pack(">HH", number, len(value)) + value


def words(text: str) -> bytes:
    return text.encode("utf-16-be") + b"\0\0"


def partition(kind: int, this: int, footer: int, header: bytes = b"", status: int = 4) -> bytes:
    fields = struct.pack(">HHIQQQQQIQI", 1, 3, 1, this, 0, footer, len(header), 0, 0, 0, 1)
    key = PARTITION + bytes([kind, status, 0])
    return packet(key, fields + b"\0" * 16 + struct.pack(">II", 0, 16)) + header


IDENTIFICATION = packet(
    SETS + b"\1\x30\0",
    field(0x3C01, words("Studio")) + field(0x3C02, words("Pika")) + field(0x3C04, words("1.0")),
)
TAGGED = packet(
    SETS + b"\1\x3f\0",
    field(0x5001, words("Comment")) + field(0x5003, b"B" + b"\0" * 16 + words("made by machine")),
)
WANTED = {"mxf CompanyName": "Studio", "mxf ProductName": "Pika", "mxf VersionString": "1.0"}


def whole(*essence: bytes, index: bool = True, more: bytes = b"") -> bytes:
    header = IDENTIFICATION + TAGGED
    size = len(partition(2, 0, 0, header)) + sum(map(len, essence)) + len(more)
    content = partition(2, 0, size, header) + b"".join(essence) + more + partition(4, size, size)
    places = [0, size] if not more else [0, size - len(more), size]
    table = b"".join(struct.pack(">IQ", 1, place) for place in places)
    length = 16 + 4 + len(table) + 4
    return content + (packet(INDEX, table + struct.pack(">I", length)) if index else b"")


CLEAR = packet(ESSENCE, b"\xff" * 200)


@pytest.mark.parametrize("index", [True, False])
def test_who_wrote_it(index: bool) -> None:
    carried = look(whole(CLEAR, CLEAR, index=index))
    assert tags(carried) == WANTED | {"mxf Comment": "made by machine"}
    assert troubles(carried) == []


def test_encrypted_essence_is_told() -> None:
    carried = look(whole(packet(LOCKED, b"\xff" * 200)))
    assert tags(carried)["mxf ProductName"] == "Pika"
    assert any("encrypted" in reason for reason in troubles(carried))


def test_xmp_in_a_stream_of_its_own() -> None:
    stream = packet(PARTITION + b"\3\x11\0", struct.pack(">HHIQQQQQIQI", *([0] * 11)) + b"\0" * 24)
    content = whole(CLEAR, more=stream + packet(ESSENCE, XMP))
    carried = look(content)
    assert tags(carried)["xmp xmp:CreatorTool"] == "Dream Machine"
    assert troubles(carried) == []


@pytest.mark.parametrize("index", [True, False])
def test_every_cut_is_told(index: bool) -> None:
    content = whole(CLEAR, CLEAR, index=index)
    footed = len(whole(CLEAR, CLEAR, index=False))  # the index is optional
    for keep in (at for at in range(20, len(content), 13) if at != footed):
        assert troubles(look(content[:keep])), keep


@pytest.mark.parametrize(
    "content",
    [
        partition(2, 0, 1 << 40, IDENTIFICATION) + CLEAR,
        partition(2, 0, 0, packet(SETS + b"\1\x30\0", struct.pack(">HH", 0x3C01, 900) + b"ab")),
        whole(CLEAR, b"garbage within the essence, long enough to see", index=False),
        PARTITION + b"\2\4\0\x8f" + b"\0" * 40,
    ],
)
def test_crooked_files_are_told(content: bytes) -> None:
    assert troubles(look(content))


def test_what_a_real_muxer_writes() -> None:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    with av.open(target, "w", format="mxf") as container:
        container.metadata["company_name"] = "Studio"
        container.metadata["product_name"] = "Pika"
        stream = container.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode())
    carried = look(target.getvalue())
    assert tags(carried)["mxf ProductName"] == "Pika"
    assert troubles(carried) == []
    assert troubles(look(target.getvalue()[: len(target.getvalue()) // 2]))

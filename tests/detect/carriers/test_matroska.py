"""Matroska and WebM: tags before and behind clusters, unknown sizes, checksums, cuts."""

from __future__ import annotations

import io
import zlib

import pytest

from checkthegate.detect.carriers import matroska
from checkthegate.seams import Limits

from .made import element, found, tags, troubles

HEAD = element(0x1A45DFA3, element(0x4282, b"webm"))
CLUSTER = element(0x1F43B675, element(0xE7, b"\0"), element(0xA3, b"\x81\0\0\x80" + b"\xff" * 90))
INFO = element(
    0x1549A966, element(0x4D80, b"Lavf61"), element(0x5741, b"Studio"), element(0x7BA9, b"T")
)


def look(content: bytes, limits: Limits | None = None):
    return found(matroska.read, content, "video/webm", limits)


def simple(name: bytes, text: bytes, *inside: bytes) -> bytes:
    return element(0x67C8, element(0x45A3, name), element(0x4487, text), *inside)


def tagged(*simples: bytes) -> bytes:
    return element(0x1254C367, element(0x7373, element(0x63C0), *simples))


def segment(*parts: bytes) -> bytes:
    return HEAD + element(0x18538067, *parts)


TAGS = tagged(simple(b"PROMPT", b'{"3": {}}', simple(b"AIGC", b'{"Label":"1"}')))
WANTED = {"matroska PROMPT": '{"3": {}}', "matroska AIGC": '{"Label":"1"}'}
WRITERS = {"matroska MuxingApp": "Lavf61", "matroska WritingApp": "Studio", "matroska Title": "T"}
WHOLE = segment(INFO, CLUSTER, CLUSTER, TAGS)


@pytest.mark.parametrize("order", [(INFO, TAGS, CLUSTER), (INFO, CLUSTER, CLUSTER, TAGS)])
def test_tags_before_and_behind_the_clusters(order: tuple[bytes, ...]) -> None:
    carried = look(segment(*order))
    assert tags(carried) == WRITERS | WANTED
    assert troubles(carried) == []


def test_unknown_sizes() -> None:
    open_cluster = CLUSTER[:4] + b"\x01" + b"\xff" * 7 + CLUSTER[12:]
    body = INFO + open_cluster + open_cluster + TAGS
    carried = look(HEAD + b"\x18\x53\x80\x67" + b"\xff" + body)
    assert tags(carried) == WRITERS | WANTED
    assert troubles(carried) == []
    assert troubles(look(HEAD + b"\x18\x53\x80\x67" + b"\xff" + body[:-5]))


def test_attachments() -> None:
    def attached(name: bytes, mime: bytes, content: bytes) -> bytes:
        return element(
            0x61A7, element(0x466E, name), element(0x4660, mime), element(0x465C, content)
        )

    attachments = element(
        0x1941A469,
        attached(b"workflow.json", b"application/json", b'{"nodes": []}'),
        attached(b"font.ttf", b"font/ttf", b"\0" * 100),
    )
    carried = look(segment(attachments, CLUSTER))
    assert tags(carried)["matroska attachment/json"] == '{"nodes": []}'
    assert [tag.value for tag in carried if tag.key == "attachment"] == [
        "application/json",
        "font/ttf",
    ]
    assert troubles(carried) == []


def test_checksums() -> None:
    body = element(0x7373, simple(b"PROMPT", b"cat"))
    right = element(0xBF, b"").replace(b"\xbf\x01" + b"\0" * 7, b"\xbf\x84")
    crc = zlib.crc32(body).to_bytes(4, "little")
    assert troubles(look(segment(element(0x1254C367, right, crc, body)))) == []
    damaged = look(segment(element(0x1254C367, right, crc, body.replace(b"cat", b"dog"))))
    assert tags(damaged) == {"matroska PROMPT": "dog"}
    assert any("checksum" in reason for reason in troubles(damaged))


def test_encrypted_tracks() -> None:
    coding = element(0x6D80, element(0x6240, element(0x5035, b"")))
    tracks = element(0x1654AE6B, element(0xAE, element(0x536E, b"Main"), coding))
    carried = look(segment(tracks, CLUSTER))
    assert tags(carried) == {"matroska Name": "Main"}
    assert any("encrypted" in reason for reason in troubles(carried))


@pytest.mark.parametrize("keep", range(13, len(WHOLE), 11))
def test_every_cut_is_told(keep: int) -> None:
    assert troubles(look(WHOLE[:keep])), keep


def test_tags_before_a_cut_are_still_told() -> None:
    carried = look(segment(INFO, TAGS, CLUSTER)[:-30])
    assert tags(carried) == WRITERS | WANTED
    assert troubles(carried)


@pytest.mark.parametrize(
    "content",
    [
        WHOLE + b"garbage",
        HEAD,
        segment(INFO, b"\0" * 30),
        segment(element(0x1254C367, b"\x73\x73\x88abc")),
        segment(b"\x12\x54\xc3\x67\xff" + b"x" * 20),
    ],
)
def test_crooked_files_are_told(content: bytes) -> None:
    assert troubles(look(content))


def test_zero_padding_is_fine() -> None:
    assert troubles(look(WHOLE + b"\0" * 3000)) == []


def test_depth_and_number_are_bounded() -> None:
    deep = simple(b"A", b"a")
    for _ in range(400):
        deep = simple(b"A", b"a", deep)
    assert troubles(look(segment(tagged(deep))))
    many = segment(tagged(*[simple(b"A", b"a")] * 50))
    carried = look(many, Limits(items=10))
    assert len(tags(carried)) == 1
    assert any("more than 10" in reason for reason in troubles(carried))
    assert troubles(look(many, Limits(metadata_bytes=20)))


@pytest.mark.parametrize("form", ["webm", "matroska"])
def test_what_a_real_muxer_writes(form: str) -> None:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    with av.open(target, "w", format=form) as container:
        container.metadata["prompt"] = '{"3": 1}'
        container.metadata["title"] = "made"
        stream = container.add_stream("libvpx", rate=24)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode())
    carried = look(target.getvalue())
    assert tags(carried)["matroska PROMPT"] == '{"3": 1}'
    assert tags(carried)["matroska Title"] == "made"
    assert troubles(carried) == []
    assert troubles(look(target.getvalue()[: len(target.getvalue()) // 2]))

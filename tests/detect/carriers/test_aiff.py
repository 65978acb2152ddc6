"""AIFF: text chunks, comments, ID3 and XMP inside, lengths that lie."""

from __future__ import annotations

import io
import struct

import pytest

from checkthegate.detect.carriers import aiff

from .made import XMP, chunk, found, frame, id3, tags, troubles


def look(content: bytes):
    return found(aiff.read, content, "audio/aiff")


def form(*chunks: bytes) -> bytes:
    body = b"AIFF" + b"".join(chunks)
    return b"FORM" + struct.pack(">I", len(body)) + body


def big(kind: bytes, payload: bytes) -> bytes:
    return chunk(kind, payload, ">")


COMM = big(b"COMM", b"\0" * 18)
SSND = big(b"SSND", b"\0" * 50)
COMT = big(b"COMT", struct.pack(">HIHH", 1, 0, 0, 3) + b"hey\0")
TEXTS = [big(b"NAME", b"Song"), big(b"AUTH", b"Nobody"), big(b"ANNO", b"made with suno"), COMT]
WHOLE = form(COMM, *TEXTS, SSND, big(b"(c) ", b"2026"))


def test_every_kind_of_text() -> None:
    tag = big(b"ID3 ", id3(frame(b"TIT2", b"\3Other")))
    carried = look(
        form(COMM, *TEXTS, SSND, big(b"(c) ", b"2026"), tag, big(b"APPL", b"XMP " + XMP))
    )
    assert tags(carried) == {
        "aiff NAME": "Song",
        "aiff AUTH": "Nobody",
        "aiff ANNO": "made with suno",
        "aiff COMT": "hey",
        "aiff (c)": "2026",
        "id3 TIT2": "Other",
        "xmp xmp:CreatorTool": "Dream Machine",
    }
    assert troubles(carried) == []


@pytest.mark.parametrize("keep", range(9, len(WHOLE), 7))
def test_every_cut_is_told(keep: int) -> None:
    assert troubles(look(WHOLE[:keep])), keep


@pytest.mark.parametrize(
    "content",
    [
        WHOLE + b"garbage behind it",
        form(COMM, *TEXTS),
        form(COMM, b"\1\2\3\4\0\0\0\0", SSND),
        form(COMM, big(b"COMT", struct.pack(">HIHH", 9, 0, 0, 3) + b"hey\0"), SSND),
        form(COMM, b"NAME\x7f\0\0\0", SSND),
    ],
)
def test_crooked_files_are_told(content: bytes) -> None:
    assert troubles(look(content))


def test_what_a_real_muxer_writes() -> None:
    av = pytest.importorskip("av")
    target = io.BytesIO()
    with av.open(target, "w", format="aiff", options={"write_id3v2": "1"}) as container:
        container.metadata["comment"] = "made with suno"
        container.metadata["title"] = "Song"
        coder = container.add_stream("pcm_s16be", rate=8000, layout="mono")
        piece = av.AudioFrame(format="s16", layout="mono", samples=800)
        piece.rate = 8000
        container.mux(coder.encode(piece))
        container.mux(coder.encode())
    carried = look(target.getvalue())
    assert tags(carried)["id3 TIT2"] == "Song"
    assert tags(carried)["id3 TXXX:comment"] == "made with suno"
    assert troubles(carried) == []

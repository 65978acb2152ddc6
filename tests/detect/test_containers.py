"""What generators write, written by a real muxer into every container that takes it, is found."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from checkthegate.detect.metadata import observer
from checkthegate.model import Evidence

from .running import gaps, opened_bytes, seen

av = pytest.importorskip("av")

PROMPT = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "night.safetensors"}},
    "2": {"class_type": "KSampler", "inputs": {"seed": 7, "model": ["1", 0]}},
}
GRAPH = {"last_node_id": 1, "nodes": [{"id": 1, "type": "KSampler", "mode": 0}], "links": []}
LABEL = {"Label": "1", "ContentProducer": "Kling", "ProduceID": "7"}
MARKS = {
    "ComfyUI": {"prompt": json.dumps(PROMPT), "workflow": json.dumps(GRAPH)},
    "ComfyUI in a comment": {
        "comment": json.dumps({"prompt": json.dumps(PROMPT), "workflow": GRAPH})
    },
    "Suno": {"comment": "made with suno; created=2026-03-02T10:11:12Z; id=none"},
    "Kling by its label": {"AIGC": json.dumps(LABEL)},
}
COMMENTS = ("ComfyUI in a comment", "Suno")
ANY_NAME = {"movflags": "use_metadata_tags"}

# Name: format, codec, options.
TAKES_ANY_NAME: dict[str, tuple[str, str, dict[str, str]]] = {
    "a.mp3": ("mp3", "libmp3lame", {}),
    "b.mp3": ("mp3", "libmp3lame", {"id3v2_version": "3", "write_id3v1": "1"}),
    "a.aac": ("adts", "aac", {"write_id3v2": "1"}),
    "a.flac": ("flac", "flac", {}),
    "a.ogg": ("ogg", "libopus", {}),
    "b.ogg": ("ogg", "flac", {}),
    "a.opus": ("opus", "libopus", {}),
    "a.mka": ("matroska", "aac", {}),
    "a.mkv": ("matroska", "libx264", {}),
    "a.webm": ("webm", "libvpx-vp9", {}),
    "a.mov": ("mov", "libx264", ANY_NAME),
    "a.mp4": ("mp4", "libx264", ANY_NAME),
    "a.m4a": ("ipod", "aac", ANY_NAME),
    "a.aiff": ("aiff", "pcm_s16be", {"write_id3v2": "1"}),
    "a.flv": ("flv", "flv", {}),
    "a.wmv": ("asf", "wmv2", {}),
    "a.caf": ("caf", "pcm_s16be", {}),
}
TAKES_COMMENTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "plain.mov": ("mov", "libx264", {}),
    "plain.mp4": ("mp4", "libx264", {}),
    "plain.m4a": ("ipod", "aac", {}),
    "plain.3gp": ("3gp", "libx264", {}),
    "plain.aiff": ("aiff", "pcm_s16be", {}),
    "a.wav": ("wav", "pcm_s16le", {}),
    "bext.wav": ("wav", "pcm_s16le", {"write_bext": "1"}),
    "rf64.wav": ("wav", "pcm_s16le", {"rf64": "always"}),
    "a.avi": ("avi", "mpeg4", {}),
}
EVERY = {**TAKES_ANY_NAME, **TAKES_COMMENTS}
PAIRS = [(name, mark) for name in EVERY for mark in (MARKS if name in TAKES_ANY_NAME else COMMENTS)]


def muxed(kind: str, codec: str, options: Mapping[str, str], tags: Mapping[str, str]) -> bytes:
    """A quarter of a second of silence, or a few dark frames, with `tags`."""
    target = io.BytesIO()
    with av.open(target, "w", format=kind, options=dict(options)) as container:
        container.metadata.update(tags)
        coder = av.codec.Codec(codec, "w")
        if coder.type == "audio":
            _sound(container, codec, coder.audio_formats[0].name)
        else:
            _pictures(container, codec)
    return target.getvalue()


def _sound(container: Any, codec: str, form: str) -> None:
    stream = container.add_stream(codec, rate=48000, layout="mono")
    for number in range(12):
        frame = av.AudioFrame(form, "mono", 1024)
        frame.rate, frame.pts = 48000, 1024 * number
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def _pictures(container: Any, codec: str) -> None:
    stream = container.add_stream(codec, rate=25)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    for number in range(5):
        frame = av.VideoFrame(64, 64, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([60 + 10 * number]) * plane.buffer_size)
        frame.pts = number
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


@pytest.mark.parametrize(("name", "mark"), PAIRS)
def test_a_mark_is_found_and_its_tool_named(tmp_path: Path, name: str, mark: str) -> None:
    content = muxed(*EVERY[name], MARKS[mark])
    with opened_bytes(tmp_path, name, content) as found:
        said = seen(observer({}), found)
    assert gaps(said) == []
    [evidence] = [one for one in said if isinstance(one, Evidence)]
    assert evidence.claim == "ai-generated"
    assert evidence.grade.value == "declared"
    assert evidence.detail["tool"] == mark.partition(" ")[0]


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_said_of_plain_comments(tmp_path: Path, name: str) -> None:
    tags = {"title": "Harbour, dusk", "comment": "take 3, prompt start, workflow as agreed"}
    with opened_bytes(tmp_path, name, muxed(*EVERY[name], tags)) as found:
        assert seen(observer({}), found) == []


@pytest.mark.parametrize("name", TAKES_ANY_NAME)
def test_a_prompt_of_an_unknown_program_is_a_hint(tmp_path: Path, name: str) -> None:
    content = muxed(*EVERY[name], {"prompt": "a lighthouse at night"})
    with opened_bytes(tmp_path, name, content) as found:
        [said] = seen(observer({}), found)
    assert isinstance(said, Evidence)
    assert (said.claim, said.grade.value) == ("ai-hint", "suspected")


def test_the_short_comment_at_the_end_of_a_file_is_read(tmp_path: Path) -> None:
    options = {"id3v2_version": "0", "write_id3v1": "1"}
    content = muxed("mp3", "libmp3lame", options, MARKS["Suno"])
    with opened_bytes(tmp_path, "a.mp3", content) as found:
        [said] = seen(observer({}), found)
    assert isinstance(said, Evidence)
    assert (said.detail["tool"], said.detail["key"]) == ("Suno", "ID3v1:Comment")

"""Recipes of generators as files: found by content, and nothing else taken for one."""

import json
from pathlib import Path

import pytest

from checkthegate.delivery.identify import identify
from checkthegate.delivery.opened import OpenedFile
from checkthegate.detect.workflow import observer
from checkthegate.model import Asset, Evidence, Gap, Grade, Observation
from checkthegate.seams import Limits

API = {
    "1": {"class_type": "UNETLoader", "inputs": {"unet_name": "video/wan2.safetensors"}},
    "2": {"class_type": "KSampler", "inputs": {"seed": 7, "model": ["1", 0]}},
}


def observe(tmp_path: Path, content: bytes, limits: Limits | None = None) -> list[Observation]:
    file = tmp_path / "thing"
    file.write_bytes(content)
    with file.open("rb") as stream:
        kind, media_type = identify(stream, file.name)
    asset = Asset("thing", kind, media_type, len(content), "sha256:00")
    assert observer({}).wants(asset)
    opened = OpenedFile(asset, file, limits=limits)
    try:
        return list(observer({}).observe(opened))
    finally:
        opened.close()


def one(said: list[Observation]) -> Evidence:
    [only] = said
    assert isinstance(only, Evidence)
    assert (only.observer, only.claim, only.grade) == ("workflow", "ai-workflow", Grade.DECLARED)
    return only


@pytest.mark.parametrize(
    ("document", "tool"),
    [
        (API, "ComfyUI"),
        ({"prompt": API, "client_id": "x"}, "ComfyUI"),
        ([API], "ComfyUI"),
        ({"last_node_id": 1, "nodes": [{"type": "MadeUpNode", "widgets_values": None}]}, "ComfyUI"),
        ({"sui_image_params": {"prompt": "a", "model": "m"}}, "SwarmUI"),
        ({"metadata_scheme": "fooocus", "base_model": "m"}, "Fooocus"),
        ({"default_model": "m", "default_loras": [], "default_sampler": "s"}, "Fooocus"),
        ({"nodes": [{"type": "invocation", "data": {"type": "t2l"}}], "edges": []}, "InvokeAI"),
        ({"sd_model_checkpoint": "m", "samples_save": True}, "AUTOMATIC1111"),
        ({"reqBody": {"prompt": "a", "use_stable_diffusion_model": "m"}}, "Easy Diffusion"),
        ({"prompt": "a", "seed": 1, "steps": 2}, None),
    ],
)
def test_recipes_are_told_by_their_maker(tmp_path: Path, document, tool: str | None) -> None:
    said = one(observe(tmp_path, json.dumps(document).encode()))
    assert said.detail.get("tool") == tool


def test_the_model_is_told_without_its_folder_and_the_seed_kept_back(tmp_path: Path) -> None:
    said = one(observe(tmp_path, json.dumps(API).encode()))
    assert said.detail["model"] == "wan2.safetensors"
    assert said.detail["node_types"] == ["KSampler", "UNETLoader"]
    assert said.private["seed"] == "7"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    assert one(observe(tmp_path, json.dumps(API, indent=1).encode(encoding)))


def test_settings_beside_a_picture(tmp_path: Path) -> None:
    text = (
        b"a cat\nNegative prompt: dog\nSteps: 9, Sampler: Euler, Seed: 5, Model: m, Version: v1.9"
    )
    said = one(observe(tmp_path, text))
    assert said.detail["tool"] == "AUTOMATIC1111"
    assert said.private["negative_prompt"] == "dog"


@pytest.mark.parametrize(
    "content",
    [
        b'{"nodes": [{"type": "clip"}], "links": []}',
        b'{"nodes": [{"type": "n8n-nodes-base.set"}], "connections": {}}',
        b'{"OTIO_SCHEMA": "Timeline.1", "name": "cut", "tracks": {}}',
        b'{"class_type": "school", "prompt": "What did you learn?"}',
        b'{"prompt": "Continue?"}',
        b"[1, 2, 3]",
        b"INT. KITCHEN - DAY\n\nSteps: behind the door. Sampler: a man with a keyboard.\n",
    ],
)
def test_other_documents_are_no_recipes(tmp_path: Path, content: bytes) -> None:
    assert observe(tmp_path, content) == []


@pytest.mark.parametrize("deep", [b"[" * 300_000, b'{"a":' * 300_000])
def test_depth_is_a_gap(tmp_path: Path, deep: bytes) -> None:
    [gap] = observe(tmp_path, b'{"class_type": ' + deep)
    assert isinstance(gap, Gap)
    assert "AI workflow" in gap.reason
    [gap] = observe(tmp_path, b'{"prompt": ' + deep)
    assert isinstance(gap, Gap)
    assert "this JSON is damaged" in gap.reason


@pytest.mark.parametrize("keep", [20, 60, -10, -1])
def test_a_cut_workflow_is_a_gap(tmp_path: Path, keep: int) -> None:
    [gap] = observe(tmp_path, json.dumps(API).encode()[:keep])
    assert isinstance(gap, Gap)
    assert "AI workflow" in gap.reason


@pytest.mark.parametrize(
    "content",
    [
        b'{"shots": ["sh010", "sh0',
        b'{"shots": ["sh010"}',
        b'[{"a": 1}, ',
        b'{"a": 1}\n{"a": 1}}\n',
        b'{"a": "\xff"}',
    ],
)
def test_any_damaged_json_is_a_gap(tmp_path: Path, content: bytes) -> None:
    [gap] = observe(tmp_path, content)
    assert isinstance(gap, Gap)
    assert "this JSON is damaged" in gap.reason


@pytest.mark.parametrize(
    "content", [b'{"shots": ["sh010"]}', b'{"a": 1}\n{"a": 2}\n\n', b'{"rate": NaN}\n']
)
def test_whole_json_is_no_gap(tmp_path: Path, content: bytes) -> None:
    assert observe(tmp_path, content) == []


def test_text_beyond_the_limit_is_said_to_be_unread(tmp_path: Path) -> None:
    small = Limits(document_bytes=1024 * 1024)
    [gap] = observe(tmp_path, b"A long story. " * 100_000, small)
    assert isinstance(gap, Gap)
    assert "first 1 MB" in gap.reason


def test_a_million_commas_end_soon(tmp_path: Path) -> None:
    [gap] = observe(tmp_path, b'{"class_type": [' + b"1," * 2_000_000 + b"1]}")
    assert isinstance(gap, Gap)
